"""
A register of a million entries beside the same list written by hand, under 50 concurrent readers, in one run.

Ours has sign-in, access, the reading log, tiles, saved lists and the whole GOV.UK layout on; the twin is one table with
real columns and the same indexes, a query and a template, and counts nothing. Each page is taken in turn by
both. Then a file of 100,000 rows is drawn, and what it needs of memory measured.

``KEEPSIGHT_BENCH_ENTRIES`` and ``KEEPSIGHT_BENCH_ENTRIES_SQLITE`` make it smaller.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.web import READERS, ROOT, load, serving
from tests.postgres import server

ON_POSTGRESQL = int(os.environ.get("KEEPSIGHT_BENCH_ENTRIES", "1000000"))
ON_SQLITE = int(os.environ.get("KEEPSIGHT_BENCH_ENTRIES_SQLITE", "100000"))
ROUNDS, MOST = 3, 3.0  # times as long as the twin


def bench(database: str, folder: Path, urls: dict[str, str], entries: int) -> bool:
    """One database: fill both, take turns; whether every page holds."""
    var = folder / "var"
    var.mkdir()
    env = {"KEEPSIGHT_VAR": str(var), "PLAIN_VAR": str(folder)} | urls
    plain = {"PLAIN_VAR": str(folder)} | ({"PLAIN_DATABASE": urls["KEEPSIGHT_DATABASE"]} if urls else {})
    quiet = {"cwd": ROOT, "check": True, "stdout": subprocess.DEVNULL}
    ours = os.environ | env
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=ours, **quiet)
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], env=ours, **quiet)
    subprocess.run([sys.executable, "-m", "bench.plain.tracker_app", "make"], env=os.environ | plain, **quiet)
    filled = subprocess.run(
        [sys.executable, "-m", "bench.registers_fill", str(entries)], cwd=ROOT, env=ours, check=True,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    pages = json.loads(filled.stdout.splitlines()[-1])
    print(f"{database}: {entries:,} entries, one in ten open; {READERS} readers without pause, 2 server processes,")
    print(f"  best of {ROUNDS} rounds each; milliseconds, ours and by hand", flush=True)
    holds = True
    with (
        serving("bench.plain.tracker_app:application", plain, "/") as plain_port,
        serving("keepsight.config.wsgi:application", env, "/account/login/") as our_port,
    ):
        for name, requests in pages.items():
            rounds = [
                (load(our_port, requests["ours"], folder), load(plain_port, requests["plain"], folder))
                for _ in range(ROUNDS)
            ]
            us, them = (min((each[side] for each in rounds), key=lambda figures: figures[1]) for side in (0, 1))
            errors = sum(each[3] for pair in rounds for each in pair)
            ratio = us[1] / them[1]
            holds = holds and ratio <= MOST and not errors
            print(
                f"  {name:20} p50 {us[1]:6.0f} and {them[1]:6.0f}   p95 {us[2]:6.0f} and {them[2]:6.0f}   "
                f"{ratio:5.2f} times{'' if ratio <= MOST else '  TOO SLOW'}{f'  errors {errors}' if errors else ''}",
                flush=True,
            )
    subprocess.run([sys.executable, "-m", "bench.registers_file"], cwd=ROOT, env=ours, check=True)
    return holds


def main() -> None:
    """Both databases."""
    if not shutil.which("wrk"):
        print("wrk is not installed, so nothing was measured. On Debian: apt-get install wrk")
        return
    holds = True
    if ON_SQLITE:
        with tempfile.TemporaryDirectory() as folder:
            holds = bench("SQLite", Path(folder), {}, ON_SQLITE) and holds
    if ON_POSTGRESQL:
        with tempfile.TemporaryDirectory() as folder, server() as url:
            holds = bench("PostgreSQL", Path(folder), {"KEEPSIGHT_DATABASE": url}, ON_POSTGRESQL) and holds
    print("within three times the list by hand" if holds else "NOT within three times the list by hand")


if __name__ == "__main__":
    main()
