"""
Reading and checking the Annex A workbook: rows a second against liiatools 0.2.0, time against the
bare read of all sheets, and peak memory. ``python -m bench.annex_a [--full]``.

liiatools is installed into an environment of its own under the system's temporary folder, with
faust-cchardet in place of cchardet, which does not build on Python 3.11. It takes some 200 seconds
for 60,000 rows, the same time a row at any size, so it gets a tenth of the same rows; ``--full``
gives it all.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from bench.annex_a_workbook import write_annex_a

ROWS = 60_000
SAMPLE = 6_000
ROUNDS = 5
PEER = "liiatools==0.2.0"
PEER_NEEDS = (
    "faust-cchardet", "PyYAML<7", "XlsxWriter<4", "click<9", "click-log<1", "dacite<2", "lxml<5", "more-itertools<9",
    "openpyxl<4", "pandas<2", "numpy<2", "python-decouple<4", "regex<2023", "sfdata-stream-parser==0.4.1",
    "tablib[cli,xlsx]<4", "xlrd<3", "xmlschema<2", "elementpath<3",
)  # fmt: skip
PEER_CALL = "from liiatools.datasets.annex_a.annex_a_cli import annex_a; annex_a()"


def main() -> int:
    """Make the workbooks, run the three readers, print sizes, rates and ratios."""
    full = "--full" in sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="keepsight-bench-") as folder:
        whole, sample = Path(folder) / "annex_a.xlsx", Path(folder) / "annex_a_sample.xlsx"
        rows, fewer = write_annex_a(whole, ROWS), write_annex_a(sample, SAMPLE)
        print(f"Workbook: {rows:,} rows on 11 sheets, {whole.stat().st_size / 1e6:.1f} MB, 3 cells in 100 dirty")
        ours = _compare_with_bare(whole, rows)
        _compare_with_peer(whole if full else sample, rows if full else fewer, ours)
    return 0


def _compare_with_bare(path: Path, rows: int) -> float:
    """Run ours and the bare read in turn, each in a process of its own; give our rows a second."""
    runs: dict[str, list[dict[str, float]]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        for which, kept in runs.items():
            kept.append(_in_own_process(which, path))
    middle = {
        which: {key: statistics.median(run[key] for run in kept) for key in kept[0]} for which, kept in runs.items()
    }
    ours, bare = middle["ours"], middle["bare"]
    print(f"Keepsight, read and checked: {rows / ours['read']:,.0f} rows/s ({ours['read']:.2f} s), "
          f"{ours['findings']:,.0f} findings, {ours['adding_up']:.0f} of 11 sheets add up")  # fmt: skip
    print(f"Bare fastexcel, all sheets:  {rows / bare['read']:,.0f} rows/s ({bare['read']:.2f} s)")
    print(f"Ratio to the bare read: {ours['read'] / bare['read']:.1f} in process, {ours['whole'] / bare['whole']:.1f} "
          f"as whole processes with imports ({ours['whole']:.2f} s and {bare['whole']:.2f} s), "
          f"{ours['cpu'] / bare['cpu']:.1f} in processor time; at most 4.0 is wanted")  # fmt: skip
    peak = max(run["peak"] for run in runs["ours"])
    print(f"Peak memory of the whole process: {peak:.0f} MiB (bare {bare['peak']:.0f} MiB); at most 250 MiB is wanted")
    return rows / ours["read"]


def _in_own_process(which: str, path: Path) -> dict[str, float]:
    start = time.perf_counter()
    call = [sys.executable, "-m", "bench.annex_a_reader", which, str(path)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    return {**json.loads(done.stdout), "whole": time.perf_counter() - start}


def _compare_with_peer(path: Path, rows: int, ours: float) -> None:
    python = _peer()
    if python is None:
        return
    with tempfile.TemporaryDirectory(prefix="keepsight-bench-") as out:
        call = [
            str(python),
            "-c",
            PEER_CALL,
            "cleanfile",
            "--i",
            str(path),
            "--la_code",
            "BAR",
            "--la_log_dir",
            out,
            "--o",
            out,
        ]
        start = time.perf_counter()
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        took = time.perf_counter() - start
        if done.returncode or not list(Path(out).glob("*_clean.xlsx")):
            print(
                f"liiatools 0.2.0 is installed and did not clean the workbook: {(done.stderr or '?').splitlines()[-1]}"
            )
            return
    theirs = rows / took
    print(f"liiatools 0.2.0, cleanfile:  {theirs:,.0f} rows/s ({took:.0f} s for {rows:,} of the same rows)")
    print(f"Keepsight reads {ours / theirs:,.0f} times as many rows a second; at least 100 is wanted")


def _peer() -> Path | None:
    """Give the Python of liiatools' own environment, made on the first run; nothing when it cannot be had."""
    home = Path(tempfile.gettempdir()) / "keepsight-bench-liiatools-0.2.0"
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        print("Installing liiatools 0.2.0 into an environment of its own …", flush=True)
        venv.create(home, clear=True, with_pip=True)
        pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        for wanted in ([*pip, *PEER_NEEDS], [*pip, "--no-deps", PEER]):
            done = subprocess.run(wanted, capture_output=True, text=True, check=False)
            if done.returncode:
                print("liiatools 0.2.0 could not be installed here, so there is no figure for it.")
                return None
        (home / "ready").touch()
    return python


if __name__ == "__main__":
    sys.exit(main())
