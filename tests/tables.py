"""Text tables in tests: what a practitioner can read and check."""

from datetime import date


def table(text: str) -> list[dict[str, str]]:
    """Give the rows of a small table; ``|`` parts cells, ``||`` the expected part. Lines with # are remarks."""
    lines = [line.strip() for line in text.strip().splitlines()]
    lines = [line.replace("||", "|") for line in lines if line and not line.startswith("#")]
    head, *body = ([cell.strip() for cell in line.split("|")] for line in lines)
    assert all(len(row) == len(head) for row in body), "a row of the table has too many or too few cells"
    return [dict(zip(head, row, strict=True)) for row in body]


def day(text: str) -> date | None:
    """``2020-05-08`` or ``Fri 2020-05-08``: the name of the day is checked. Empty is none."""
    if not text:
        return None
    *name, iso = text.split()
    value = date.fromisoformat(iso)
    assert not name or value.strftime("%a") == name[0], f"{iso} is a {value:%a}"
    return value


def ids(rows: list[dict[str, str]]) -> list[str]:
    """Names for the rows of a parametrised test."""
    return [" ".join(row.values()) for row in rows]
