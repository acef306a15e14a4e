"""One reader in a process of its own: ``python -m bench.annex_a_reader ours|bare PATH``. Imports only what it times."""

import json
import resource
import sys
import time
from pathlib import Path


def ours(path: Path) -> dict[str, float]:
    from keepsight.core.formats import read

    start = time.perf_counter()
    reading = read(path)
    took = time.perf_counter() - start
    return {"read": took, "findings": reading.findings.height, "adding_up": int(reading.accounts()["adds_up"].sum())}


def bare(path: Path) -> dict[str, float]:
    import fastexcel

    start = time.perf_counter()
    book = fastexcel.read_excel(path)
    for place in range(len(book.sheet_names)):
        book.load_sheet(place).to_arrow()
    return {"read": time.perf_counter() - start}


def peak_mib() -> float:
    """Give the peak resident size of this process since it began [MiB]; getrusage would count the parent's too."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().split("VmHWM:")[1].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    told = {"ours": ours, "bare": bare}[sys.argv[1]](Path(sys.argv[2]))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({**told, "cpu": used.ru_utime + used.ru_stime, "peak": peak_mib()}))
