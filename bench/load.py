"""
The whole morning of both example councils, by scale: write, load, rate, plan, first snapshot.

``python -m bench.load [scale …]`` (0.1 and 1 if none is given). Each scale runs in a process of its own
with an empty SQLite database, so that peak memory is its own. Printed: rows, breakdown, and how time
grows with the number of children.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

ON, AT = date(2020, 6, 3), datetime(2020, 6, 3, 6, 0, tzinfo=UTC)
MOST_GROWTH, MOST_GIB = 11.0, 4.0


def main(scales: list[str] | None = None) -> int:
    """Measure each scale and print the figures side by side."""
    measured = [_apart(scale) for scale in scales or ["0.1", "1"]]
    for figures in measured:
        _print(figures)
    for small, large in zip(measured, measured[1:], strict=False):
        times = large["rows"] / small["rows"]
        grown = large["total"] / small["total"]
        print(f"{times:.1f} times the rows took {grown:.1f} times as long (at 10 times: at most {MOST_GROWTH:g}).")
    peak = max(figures["peak_gib"] for figures in measured)
    print(f"Peak memory {peak:.2f} GiB (at most {MOST_GIB:g}).")
    return 0


def _apart(scale: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="keepsight-bench-") as folder:
        here = {**os.environ, "KEEPSIGHT_VAR": folder, "KEEPSIGHT_DATABASE": f"sqlite:///{folder}/bench.sqlite3"}
        here["DJANGO_SETTINGS_MODULE"] = "keepsight.config.settings"
        done = subprocess.run(
            [sys.executable, "-m", "bench.load", "--one", scale, folder], env=here, stdout=subprocess.PIPE, check=True
        )
    return json.loads(done.stdout.splitlines()[-1])


def _one(scale: float, folder: Path) -> dict[str, Any]:
    import django

    django.setup()
    from django.core.management import call_command

    from keepsight.apps.intake.example import install
    from keepsight.example import write

    call_command("migrate", verbosity=0)
    started = perf_counter()
    write(folder / "files", as_at=ON, scale=scale)
    writing = perf_counter() - started
    peak_writing = _peak_gib()
    started = perf_counter()
    said = install(folder / "files", on=ON, at=AT)
    total = perf_counter() - started
    from django.db.models import Sum

    from keepsight.apps.audit.models import Load
    from keepsight.apps.learning.models import Enrolment
    from keepsight.apps.people.models import Child

    parts: dict[str, float] = {}
    for council in said["authorities"].values():
        for what, taken in council["seconds"].items():
            parts[what] = parts.get(what, 0.0) + taken
    return {
        "scale": scale,
        "rows": Load.objects.aggregate(rows=Sum("rows_in"))["rows"],
        "pupils": Enrolment.objects.count(),
        "children": Child.objects.count(),
        "writing": writing,
        "total": total,
        "parts": parts,
        "peak_gib": _peak_gib(),
        "peak_writing_gib": peak_writing,
        "database_mib": (folder / "bench.sqlite3").stat().st_size / 2**20,
    }


def _peak_gib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _print(figures: dict[str, Any]) -> None:
    print(
        f"Scale {figures['scale']:g}: {figures['rows']:,} rows, {figures['pupils']:,} pupils, "
        f"{figures['children']:,} children known to a service; written in {figures['writing']:.1f} s "
        f"(peak {figures['peak_writing_gib']:.2f} GiB)."
    )
    for what, taken in sorted(figures["parts"].items(), key=lambda item: -item[1]):
        if taken >= 0.05:
            print(f"  {taken:8.1f} s  {what}")
    print(
        f"  {figures['total']:8.1f} s  in all, {figures['rows'] / figures['total']:,.0f} rows a second; "
        f"peak {figures['peak_gib']:.2f} GiB; database {figures['database_mib']:,.0f} MiB"
    )


if __name__ == "__main__":
    if "--one" in sys.argv:
        _, scale, folder = sys.argv[1:]
        print(json.dumps(_one(float(scale), Path(folder))))
    else:
        sys.exit(main(sys.argv[1:]))
