"""
Rows about children without names: stable salted ids, months for days of birth, areas for postcodes.

What leaves is still personal data: month of birth, area and service together are often true of one
child only. ``uniqueness`` says of how many.
"""

import hashlib
import hmac
from collections.abc import Iterable, Sequence

import polars as pl

LENGTH = 20  # hexadecimal characters: 80 bits, no two children of a country alike
QUASI = ("birth_month", "lsoa", "service")  # what somebody may know of a child and look for
# Facts that are not for analysts: they tell a day of birth with time, or health (RULES §5).
LEFT_OUT = frozenset({"child", "service", "age", "due_in_days", "shielding", "named_other_weeks"})
IN_MONTHS = {"care_days": "care_months", "placement_days": "placement_months"}  # exact days would date an event
_PURPOSE = b"keepsight pseudonym of a child"
_DAYS_A_MONTH = 30


def pseudonym(key: str, authority: str, child: int) -> str:
    """
    The pseudonym of a child: the same in every extract and snapshot of one key and authority, and in no other.

    It cannot be turned back, nor guessed from the child's number, without the key.
    """
    own = hmac.new(hashlib.sha256(key.encode()).digest(), _PURPOSE, hashlib.sha256).digest()
    return hmac.new(own, f"{authority}:{child}".encode(), hashlib.sha256).hexdigest()[:LENGTH]


def pseudonyms(key: str, authority: str, children: Iterable[int]) -> list[str]:
    """The pseudonyms of several children."""
    return [pseudonym(key, authority, child) for child in children]


def mark_of(key: str) -> str:
    """Which key made some pseudonyms, without telling it: kept beside them."""
    return hmac.new(key.encode(), b"which key", hashlib.sha256).hexdigest()[:8]


def month_of_birth(frame: pl.DataFrame, column: str = "date_of_birth") -> pl.DataFrame:
    """The frame with ``birth_month`` (2012-05) in place of the day of birth."""
    return frame.with_columns(birth_month=pl.col(column).dt.strftime("%Y-%m")).drop(column)


def coded_facts(facts: pl.DataFrame, *, hidden: Sequence[int] = ()) -> pl.DataFrame:
    """
    The facts that may leave: no day can be worked out of them, and nothing of health.

    Parameters
    ----------
    facts : DataFrame
        As ``core.people.facts.FACTS``.
    hidden : children
        Whose place is confidential: what follows from the place is left blank.
    """
    shown = [name for name in facts.columns if name not in LEFT_OUT]
    blank = pl.col("child").is_in(list(hidden))
    return facts.select(
        pl.col("child").alias("child_id"),
        *(
            (pl.col(name) // _DAYS_A_MONTH).alias(IN_MONTHS[name])
            if name in IN_MONTHS
            else pl.when(~blank).then(pl.col(name)).alias(name)
            if name == "idaci_decile"
            else pl.col(name)
            for name in shown
        ),
    )


def uniqueness(frame: pl.DataFrame, columns: Sequence[str] = QUASI) -> tuple[int, int]:
    """
    How far a frame's rows can be told apart by what somebody may know already.

    Returns
    -------
    unique : int
        Rows that are the only ones with their values. [children]
    smallest : int
        The k of k-anonymity: rows in the smallest group; 0 for no rows. [children]
    """
    if frame.is_empty():
        return 0, 0
    sizes = frame.group_by(columns).len()["len"]
    return int((sizes == 1).sum()), min(sizes.to_list())
