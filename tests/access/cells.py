"""Reading one cell of the matrix."""

import re

from tests.access.world import ORDER

# Schools among schools: they stand there whoever the children are.
SCHOOLS_NAMED = (
    "desk:vulnerable_learners", "desk:vulnerable_learners_csv", "desk:vulnerable_learners_xlsx",
    "desk:vulnerable_learners_print", "portal:setting_people", "portal:pupils",
)  # fmt: skip


def letters_of(cell: str) -> str:
    """Letters of facts at the end of a cell; a link back to an address that the person asked for tells nothing."""
    found = re.fullmatch(r"(?:page|asks|refused|not now|not so|done|to \S+) ([a-z]+)", cell.split(" (and")[0])
    return found[1] if found and set(found[1]) <= set(ORDER) else ""


def told_by(address: str, cell: str) -> str:
    """The letters of a cell, without a school that stands among the schools."""
    letters = letters_of(cell)
    return "" if letters == "s" and address.split(" ")[0] in SCHOOLS_NAMED else letters
