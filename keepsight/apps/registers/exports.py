"""A register's list as a file: narrowed as the page is, drawn in batches by key, so that memory stays flat."""

from collections.abc import Iterator
from typing import Any

from keepsight.apps.accounts.exports import List
from keepsight.apps.registers import present_list
from keepsight.apps.registers.listing import Asked
from keepsight.apps.registers.permissions import check_may
from keepsight.apps.registers.queries import Seen

BATCH = 1000


def list_of(seen: Seen, asked: Asked) -> List:
    """
    The entries that were asked for, as far as this person may take them away.

    Raises
    ------
    NotPermitted
        If the register lets them read but not take away.
    """
    check_may(seen.grants, seen.register, "export")
    sight = seen.sight
    columns = list(asked.columns) or [each for each in sight.columns() if each not in ("added", "changed")]
    taken = seen.entries(asked, verb="export")
    children = taken.exclude(child=None).order_by().values_list("child", flat=True).distinct().iterator()
    words = present_list.narrowed_by(sight, asked, owners={}, teams={})
    return List(
        sight.rule.plural, f"{sight.rule.plural}: {seen.register.authority.name}",
        [sight.columns()[each] for each in columns], rows(seen, asked, columns), taken.count(),
        f"registers:list {seen.register.key}", children, asked.told(),
        "; ".join([*words, *(["found by words"] if seen.words else [])]),
        (f"Exercise: {seen.exercise.title}",) if seen.exercise else (), seen.register.authority.code,
    )  # fmt: skip


def rows(seen: Seen, asked: Asked, columns: list[str]) -> Iterator[list[Any]]:
    """Row by row, a batch of entries at a time."""
    after = ""
    while True:
        page = seen.page(asked, after=after, rows=BATCH, verb="export")
        for cells in present_list.Rows(seen, columns, page.rows).cells():
            yield [cell.raw if cell.raw is not None else cell.text or None for cell in cells]
        after = page.after
        if not after:
            return
