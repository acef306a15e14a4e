"""
What the log of who looked costs: a page with it against the same page without, and an event against a plain row.

Both servers of the pages are the same code on the same database; one of them writes no event. They take
turns, one reader at a time, so that a drift of the machine meets both. Then single events: the insert with
sealing, numbering and tying against the same row into a table without them, and the check of the whole log.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bench.web import ROOT, SCALE, serving
from tests.postgres import server

ROUNDS, PAGES_A_ROUND = 10, 60


def timed(port: int, requests: list[str]) -> list[float]:
    """Seconds of each page, one after another."""
    taken = []
    for line in requests:
        path, cookie = line.split(" ", 1)
        asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers={"Cookie": cookie})
        started = time.perf_counter()
        with urllib.request.urlopen(asked) as answer:
            answer.read()
            assert answer.status == 200
            assert "/account/" not in answer.url, "the reader was sent to sign in"
        taken.append(time.perf_counter() - started)
    return taken


def bench(database: str, folder: Path, urls: dict[str, str]) -> None:
    env = {"KEEPSIGHT_VAR": str(folder / "var")} | urls
    everything = os.environ | env
    quiet = {"cwd": ROOT, "env": everything, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], **quiet)
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], **quiet)
    example = [sys.executable, "-m", "keepsight.cli", "example", str(folder / "files"), "--scale", SCALE, "--install"]
    subprocess.run(example, **quiet, stderr=subprocess.DEVNULL)
    listing = [sys.executable, "-m", "bench.web_readers"]
    listed = subprocess.run(listing, cwd=ROOT, env=everything, check=True, capture_output=True, text=True)
    readers = json.loads(listed.stdout.splitlines()[-1])
    print(f"{database}: example at scale {SCALE}, {ROUNDS} rounds of {PAGES_A_ROUND} pages in turn, one reader; p50")
    with (
        serving("keepsight.config.wsgi:application", env, "/account/login/") as with_log,
        serving("bench.without_log:application", env, "/account/login/") as without_log,
    ):
        for page, requests in (("My work", readers["work"]), ("child page", readers["child"])):
            some = (requests * PAGES_A_ROUND)[:PAGES_A_ROUND]
            taken: dict[int, list[float]] = {with_log: [], without_log: []}
            for port in taken:
                timed(port, some)
            for number in range(ROUNDS):
                for port in (with_log, without_log) if number % 2 else (without_log, with_log):
                    taken[port] += timed(port, some)
            on, off = (statistics.median(taken[port]) * 1000 for port in (with_log, without_log))
            print(f"  {page:11} with the log {on:6.2f} ms, without {off:6.2f} ms: {on / off:4.2f} times", flush=True)
    command = [sys.executable, "-m", "bench.audit_events"]
    subprocess.run(command, cwd=ROOT, env=everything, check=True)


def main() -> None:
    """Both databases."""
    with tempfile.TemporaryDirectory() as folder:
        bench("SQLite", Path(folder), {})
    with tempfile.TemporaryDirectory() as folder, server() as url:
        bench("PostgreSQL", Path(folder), {"KEEPSIGHT_DATABASE": url})


if __name__ == "__main__":
    main()
