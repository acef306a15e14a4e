"""
A register of a million entries beside the same list written by hand, under 50 concurrent readers, in one run.

Ours has sign-in, access, the chained log of who looked, tiles, saved lists, boxes to choose entries and the whole
GOV.UK layout on; the twin (``bench.plain.tracker_app``) is one table with real columns and the same indexes, a query
and a template; it signs people in and writes a plain row of who looked. Neither counts a million rows.

Both take turns in short slices, so that what else the machine does meets both. A slice with an error counts for
nothing and fails the run. Then files of 100,000 rows are drawn over HTTP, while the memory
of the server is watched.

``KEEPSIGHT_BENCH_REGISTERS=small`` takes 50,000 entries on PostgreSQL and 10,000 on SQLite, in fewer slices;
``postgresql`` or ``sqlite`` beside it (``small,sqlite``) takes that one alone.
"""

import http.client
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psycopg

from bench.registers_file import files
from bench.web import READERS, ROOT, load, serving
from tests.postgres import server

CHOSEN = set(os.environ.get("KEEPSIGHT_BENCH_REGISTERS", "").split(",")) - {""}
SMALL = "small" in CHOSEN
ON_POSTGRESQL, ON_SQLITE = (50_000, 10_000) if SMALL else (1_000_000, 100_000)
ROUNDS, SECONDS, LONGEST, MOST = (2, 1, 8, 3.0) if SMALL else (5, 3, 48, 3.0)  # slices, their length, times the twin


class Slice(NamedTuple):
    """What one slice measured: pages a second, milliseconds, errors."""

    rate: float
    p50: float
    p95: float
    errors: int


def looked_at(port: int, requests: list[str], marks: str) -> tuple[int, int]:
    """Ask for each page once, which also warms up. How many were wrong, and the size of the last in bytes."""
    wrong, size = 0, 0
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for request in requests:
        path, _, cookie = request.partition(" ")
        link.request("GET", path, headers={"Cookie": cookie})
        answer = link.getresponse()
        body = answer.read()
        size = len(body)
        wrong += answer.status != 200 or marks.encode() not in body
    link.close()
    return wrong, size


def measured(ports: dict[str, int], requests: dict[str, list[str]], folder: Path) -> tuple[dict[str, list[Slice]], int]:
    """
    Slices of both in turn, and how many had errors.

    One in which a side finished no page, because the machine was busy with others, is taken again for longer.
    """
    for side, port in ports.items():
        load(port, requests[side], folder, seconds=1)
    found: dict[str, list[Slice]] = {side: [] for side in ports}
    refused, seconds = 0, SECONDS
    while len(found["ours"]) + refused < ROUNDS and seconds <= LONGEST:
        pair = {side: Slice(*load(port, requests[side], folder, seconds=seconds)) for side, port in ports.items()}
        if any(each.errors for each in pair.values()):
            refused += 1
        elif not all(each.rate for each in pair.values()):
            seconds *= 2
        else:
            for side, each in pair.items():
                found[side].append(each)
    return found, refused


def told(name: str, found: dict[str, list[Slice]], refused: int, wrong: int, sizes: list[int]) -> bool:
    """Print one line, and say whether it holds."""
    if len(found["ours"]) + refused < ROUNDS or not found["ours"] or wrong:
        print(f"  {name:20} NOT MEASURED: {refused} slices with errors, {wrong} pages wrong", flush=True)
        return False
    mid = {
        (side, part): statistics.median(getattr(each, part) for each in slices)
        for side, slices in found.items() for part in ("p50", "p95")
    }  # fmt: skip
    times = {
        part: statistics.median(
            getattr(us, part) / getattr(them, part) for us, them in zip(found["ours"], found["plain"], strict=True)
        )
        for part in ("p50", "p95")
    }
    holds = times["p50"] <= MOST and times["p95"] <= MOST
    print(
        f"  {name:20} p50 {mid['ours', 'p50']:6.0f} and {mid['plain', 'p50']:6.0f}  {times['p50']:5.2f} times   "
        f"p95 {mid['ours', 'p95']:6.0f} and {mid['plain', 'p95']:6.0f}  {times['p95']:5.2f} times   "
        f"{sizes[0] / 1000:.0f} and {sizes[1] / 1000:.0f} kB{'' if holds else '   TOO SLOW'}"
        f"{f'   {refused} slices with errors: FAILED' if refused else ''}",
        flush=True,
    )
    return holds and not refused


def bench(database: str, folder: Path, urls: dict[str, str], entries: int) -> bool:
    """One database: fill both, take turns; whether every page holds."""
    (folder / "var").mkdir()
    env = {"KEEPSIGHT_VAR": str(folder / "var"), "PLAIN_VAR": str(folder)} | urls
    ours = os.environ | env

    def run(*command: str) -> str:
        return subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=ours, check=True, stdout=subprocess.PIPE, text=True
        ).stdout

    run("manage.py", "migrate", "-v0")
    run("manage.py", "collectstatic", "--noinput", "-v0")
    cookies = run("-m", "bench.plain.tracker_app", "make").splitlines()[-1]
    started = time.perf_counter()
    pages = json.loads(run("-m", "bench.registers_fill", str(entries), cookies).splitlines()[-1])
    print(f"{database}: {entries:,} entries, one in ten open, filled in {time.perf_counter() - started:.0f} s;")
    print(f"  {pages.pop('sizes')}")
    print(f"  {READERS} readers without pause, 2 server processes each, {ROUNDS} slices of {SECONDS} s in turn;")
    print("  milliseconds, ours and by hand (medians of slices)", flush=True)
    taken = pages.pop("files")
    holds = True
    with (
        serving("bench.plain.tracker_app:application", env, "/") as plain,
        serving("keepsight.config.wsgi:application", env, "/account/login/") as port,
    ):
        ports = {"ours": port, "plain": plain}
        for name, requests in pages.items():
            looks = {side: looked_at(ports[side], requests[side], "ACT-") for side in ports}
            wrong, sizes = sum(each[0] for each in looks.values()), [each[1] for each in looks.values()]
            holds = told(name, *measured(ports, requests, folder), wrong, sizes) and holds
    with serving("keepsight.config.wsgi:application", env, "/account/login/", workers=1) as port:
        return files(port, taken) and holds


def main() -> int:
    """Both databases."""
    if not shutil.which("wrk"):
        print("wrk is not installed, so nothing was measured. On Debian: apt-get install wrk")
        return 0
    holds = True
    if "sqlite" not in CHOSEN:
        with tempfile.TemporaryDirectory() as folder, server() as url:
            with psycopg.connect(url, autocommit=True) as link:
                link.execute("CREATE DATABASE tracker")
            urls = {"KEEPSIGHT_DATABASE": url, "PLAIN_DATABASE": url.rsplit("/", 1)[0] + "/tracker"}
            holds = bench("PostgreSQL", Path(folder), urls, ON_POSTGRESQL) and holds
    if "postgresql" not in CHOSEN:
        with tempfile.TemporaryDirectory() as folder:
            holds = bench("SQLite", Path(folder), {}, ON_SQLITE) and holds
    print("within three times the list by hand" if holds else "NOT within three times the list by hand")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
