"""How headings and sheet names are compared: letters and digits only, in any case."""

import re

_APART = re.compile(r"[^a-z0-9]+")


def fold(written: str) -> str:
    """
    Give a heading's letters and digits, in lower case.

    Spaces of every kind, curly quotes, doubled brackets and trailing punctuation so make no
    difference: "Date of  Adoption Order " is "dateofadoptionorder".
    """
    return _APART.sub("", written.lower())


def words(written: str) -> frozenset[str]:
    """Give the words of a heading, in lower case."""
    return frozenset(_APART.sub(" ", written.lower()).split())
