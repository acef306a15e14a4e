"""
My work and a child's page under 50 concurrent readers, beside a plain Django list, in one run.

Ours has access scoping, the reading log and the whole GOV.UK layout on; the plain list has none of
them. Both are served by the same server with two processes, on the same two cores as the readers.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import server

ROOT = Path(__file__).resolve().parents[1]
READERS, SECONDS, ROUNDS = 50, int(os.environ.get("KEEPSIGHT_BENCH_SECONDS", "8")), 3
SCALE = os.environ.get("KEEPSIGHT_BENCH_SCALE", "0.3")
LUA = """
local lines = {}
for line in io.lines(os.getenv("BENCH_REQUESTS")) do
  local path, cookie = line:match("^(%S+)%s?(.*)$")
  lines[#lines + 1] = {path, cookie}
end
local turn = math.random(#lines)
request = function()
  turn = turn % #lines + 1
  return wrk.format("GET", lines[turn][1], {["Cookie"] = lines[turn][2]})
end
done = function(summary, latency)
  local errors = summary.errors.status + summary.errors.read + summary.errors.timeout
  io.write(string.format("BENCH %f %f %f %d\\n", summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, errors))
end
"""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def serving(application: str, env: dict[str, str], path: str, *, workers: int = 2) -> Iterator[int]:
    """Serve an application with two processes until the block ends."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(workers)]
    command += ["--blocking-threads", "2"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error", application]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | env)
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2).read()
                break
            except OSError:
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def load(port: int, requests: list[str], folder: Path, *, seconds: int = SECONDS) -> tuple[float, float, float, int]:
    """Fifty readers without a pause: pages per second, p50 and p95 in milliseconds, errors."""
    lua, listing = folder / "readers.lua", folder / "requests.txt"
    lua.write_text(LUA)
    listing.write_text("\n".join(requests) + "\n")
    command = [
        "wrk",
        "-t1",
        f"-c{READERS}",
        f"-d{seconds}s",
        "--timeout",
        "60s",
        "-s",
        str(lua),
        f"http://127.0.0.1:{port}",
    ]
    printed = subprocess.run(
        command, env=os.environ | {"BENCH_REQUESTS": str(listing)}, capture_output=True, text=True, check=True
    ).stdout
    rate, p50, p95, errors = re.search(r"BENCH (\S+) (\S+) (\S+) (\d+)", printed).groups()  # type: ignore[union-attr]
    return float(rate), float(p50), float(p95), int(errors)


def bench(database: str, folder: Path, urls: dict[str, str]) -> None:
    """One database: install the example, then take turns so that a drift of the machine meets both."""
    env = {"KEEPSIGHT_VAR": str(folder / "var")} | urls
    quiet = {"cwd": ROOT, "env": os.environ | env, "check": True, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], **quiet)
    subprocess.run([sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], **quiet)
    example = [sys.executable, "-m", "keepsight.cli", "example", str(folder / "files"), "--scale", SCALE, "--install"]
    subprocess.run(example, **quiet, stderr=subprocess.DEVNULL)
    listing = [sys.executable, "-m", "bench.web_readers"]
    listed = subprocess.run(listing, cwd=ROOT, env=os.environ | env, check=True, capture_output=True, text=True)
    readers = json.loads(listed.stdout.splitlines()[-1])
    plain = {"PLAIN_VAR": str(folder)} | ({"PLAIN_DATABASE": urls["KEEPSIGHT_DATABASE"]} if urls else {})
    subprocess.run([sys.executable, "-m", "bench.plain.app", "fill"], cwd=ROOT, env=os.environ | plain, check=True)

    pages = {
        "plain list, 50 of 10,000": [f"/?page={number}" for number in range(1, 201)],
        "My work": readers["work"],
        "child page": readers["child"],
    }
    figures: dict[str, list[tuple[float, float, float, int]]] = {name: [] for name in pages}
    with (
        serving("bench.plain.app:application", plain, "/") as plain_port,
        serving("keepsight.config.wsgi:application", env, "/account/login/") as our_port,
    ):
        for _ in range(ROUNDS):
            for name, requests in pages.items():
                port = plain_port if name.startswith("plain") else our_port
                figures[name].append(load(port, requests, folder))
    print(f"{database}: example at scale {SCALE}, caseloads {min(readers['caseloads'])}–{max(readers['caseloads'])},")
    print(f"  {READERS} readers without pause, 2 server processes, {ROUNDS} rounds of {SECONDS} s in turn; medians")
    base = sorted(rate for rate, *_ in figures["plain list, 50 of 10,000"])[ROUNDS // 2]
    for name, rounds in figures.items():
        rate, p50, p95, errors = sorted(rounds)[ROUNDS // 2]
        print(
            f"  {name:26} {rate:7.0f} pages/s  p50 {p50:5.0f} ms  p95 {p95:5.0f} ms"
            f"  {rate / base:4.2f} × the plain list  errors {sum(r[3] for r in rounds)}"
        )


def main() -> None:
    """Both databases."""
    if not shutil.which("wrk"):
        print("wrk is not installed, so nothing was measured. On Debian: apt-get install wrk")
        return
    with tempfile.TemporaryDirectory() as folder:
        bench("SQLite", Path(folder), {})
    with tempfile.TemporaryDirectory() as folder, server() as url:
        bench("PostgreSQL", Path(folder), {"KEEPSIGHT_DATABASE": url})


if __name__ == "__main__":
    main()
