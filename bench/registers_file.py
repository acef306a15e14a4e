"""What a file of a hundred thousand entries needs of memory, beside one of ten thousand: the same, if it streams."""

import os
import time
import tracemalloc
from datetime import date
from itertools import islice

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "keepsight.config.settings"
django.setup()

from django.utils import timezone  # noqa: E402

from keepsight.apps.accounts.models import Authority, User  # noqa: E402
from keepsight.apps.people.permissions import grants_of  # noqa: E402
from keepsight.apps.registers import exports  # noqa: E402
from keepsight.apps.registers.definitions import register_of  # noqa: E402
from keepsight.apps.registers.listing import Asked  # noqa: E402
from keepsight.apps.registers.queries import Seen  # noqa: E402
from keepsight.core.spreadsheets import Sheet, csv_parts, write_workbook  # noqa: E402

FEW, MANY = 10_000, 100_000


def taken(rows: int, fmt: str) -> tuple[float, float]:
    """Peak of memory [MB] and time [s] of a file of so many rows."""
    at = timezone.now()
    user = User.objects.order_by("pk")[0]
    register = register_of(Authority.objects.get(code="bench"), "action")
    seen = Seen(grants_of(user, at), register, on=date.today(), at=at, exercise=None)  # noqa: DTZ011
    which = exports.list_of(seen, Asked(show="all", sort="-number"))
    sheet = Sheet(which.title, which.columns, islice(which.rows, rows))
    tracemalloc.start()
    started = time.perf_counter()
    if fmt == "csv":
        sum(len(part) for part in csv_parts(sheet))
    else:
        with open(os.devnull, "wb") as nowhere:
            write_workbook(nowhere, sheet)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak, time.perf_counter() - started


def main() -> None:
    """Both formats."""
    for fmt in ("csv", "xlsx"):
        few, _ = taken(FEW, fmt)
        many, seconds = taken(MANY, fmt)
        print(
            f"  {fmt} of {MANY:,} rows: peak {many:.1f} MB, of {FEW:,} rows {few:.1f} MB; {seconds:.0f} s while traced"
        )


if __name__ == "__main__":
    main()
