"""Files of a whole register over HTTP, while the memory of the server is watched: flat, if they stream."""

import http.client
import threading
import time
from pathlib import Path

FLAT = 60.0  # MB that a file of a hundred thousand rows may take beyond the first one, which warms up
STEP = 0.2  # s between two looks at the memory


def processes_on(port: int) -> list[int]:
    """The server on a port and its children, by what stands in /proc."""
    held = {}
    for each in Path("/proc").iterdir():
        if each.name.isdigit():
            try:
                line = (each / "cmdline").read_bytes().decode(errors="replace").split("\0")
                held[int(each.name)] = (int((each / "stat").read_text().rpartition(")")[2].split()[1]), line)
            except OSError:
                continue
    found = {pid for pid, (_, line) in held.items() if "granian" in line and str(port) in line}
    while more := {pid for pid, (parent, _) in held.items() if parent in found} - found:
        found |= more
    return sorted(found)


def memory(pids: list[int]) -> float:
    """What they keep in memory now [MB]."""
    total = 0.0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024
    return total


def drawn(port: int, request: str) -> tuple[int, int, list[tuple[float, float]]]:
    """Take one file: its status, bytes, and the memory of the server over time [s, MB]."""
    path, _, cookie = request.partition(" ")
    pids, watched, over = processes_on(port), [], threading.Event()
    started = time.perf_counter()

    def watch() -> None:
        while not over.wait(STEP):
            watched.append((time.perf_counter() - started, memory(pids)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    link.request("GET", path, headers={"Cookie": cookie})
    answer = link.getresponse()
    size = 0
    while part := answer.read(1 << 16):
        size += len(part)
    watched.append((time.perf_counter() - started, memory(pids)))
    over.set()
    watcher.join()
    return answer.status, size, watched


def files(port: int, requests: dict[str, str]) -> bool:
    """Each file, with the memory of the server in tenths of its time; whether it stays flat."""
    flat = True
    for name, request in requests.items():
        drawn(port, requests["few rows, csv"])
        before = memory(processes_on(port))
        status, size, watched = drawn(port, request)
        if status != 200:
            print(f"  {name}: NOT MEASURED, status {status}")
            flat = False
            continue
        whole = watched[-1][0]
        tenths = [[mb for at, mb in watched if n * whole / 10 <= at <= (n + 1) * whole / 10] for n in range(10)]
        curve = " ".join(f"{max(part):.0f}" if part else "–" for part in tenths)
        most = max(mb for _, mb in watched) - before
        flat = flat and most <= FLAT
        print(
            f"  {name}: {size / 1e6:.1f} MB in {whole:.0f} s; memory before {before:.0f} MB, by tenths of the time "
            f"{curve}; {most:+.0f} MB{'' if most <= FLAT else '   NOT FLAT'}",
            flush=True,
        )
    return flat
