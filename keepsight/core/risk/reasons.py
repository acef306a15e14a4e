"""
Reasons: the sentences of the rules that hold, gathered into one list a child.

Children are many and different reasons few: each is written once, and what is sorted and gathered
is two numbers: which child, which reason.
"""

from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from keepsight.core.risk.policy import Sentence

REASON = pl.Struct({"rule": pl.String, "points": pl.Int64, "sentence": pl.String})
_CHILD = 2**32  # a child's place counts more than any reason's: children first, then order of telling


@dataclass
class Reasons:
    """Reasons of ``height`` children, added rule by rule in the order in which they are told."""

    height: int
    written: list[pl.DataFrame] = field(default_factory=list)  # the different reasons: rule, points, sentence
    told: list[pl.Series] = field(default_factory=list)  # child's place · _CHILD + reason's place
    _count: int = 0

    def add(self, rule: str, *, holds: pl.Series, points: int | None, sentence: Sentence, facts: pl.DataFrame) -> None:
        """
        Add the reason that one rule gives.

        Parameters
        ----------
        rule : str
            Its id.
        holds : Series of bool
            For which children; null is no.
        points : int or None
            What it weighs. [points]
        sentence : Sentence
            What is said.
        facts : DataFrame
            The fact sheet, for the facts that the sentence names.
        """
        if not holds.any():
            return
        which, sentences = _told(sentence, facts, holds)
        self._add(holds, which, sentences.with_columns(rule=pl.lit(rule), points=pl.lit(points, dtype=pl.Int64)))

    def add_weighed(self, rule: str, *, points: pl.Series, sentence: str) -> None:
        """Add a reason that weighs ``points`` for each child, and is told where they are more than 0."""
        holds, most = points > 0, points.max()
        if not holds.any():
            return
        assert isinstance(most, int), "Points are whole numbers."
        weights = pl.int_range(1, most + 1, dtype=pl.Int64, eager=True)
        different = pl.DataFrame({"points": weights}).with_columns(rule=pl.lit(rule), sentence=pl.lit(sentence))
        self._add(holds, points.filter(holds) - 1, different)

    def _add(self, holds: pl.Series, which: pl.Series | int, different: pl.DataFrame) -> None:
        children = pl.int_range(self.height, dtype=pl.Int64, eager=True).filter(holds)
        self.told.append((children * _CHILD + (which + self._count)).alias("told"))
        self.written.append(different.select("rule", "points", "sentence"))
        self._count += different.height

    def lists(self) -> pl.Series:
        """Give each child's reasons as a list of ``REASON``, in the order of adding."""
        if not self.told:
            return pl.Series("reasons", [[]] * self.height, dtype=pl.List(REASON))
        told = pl.concat(self.told).sort()
        reasons = pl.concat(self.written).rechunk()
        found = reasons[(told % _CHILD).cast(pl.UInt32)]
        return listed(found.to_struct(), (told // _CHILD).cast(pl.UInt32), self.height).alias("reasons")


def _told(sentence: Sentence, facts: pl.DataFrame, holds: pl.Series) -> tuple[pl.Series | int, pl.DataFrame]:
    """Which sentence each child hears (0: all the only one), and the different sentences."""
    if not sentence.facts:
        return 0, pl.DataFrame({"sentence": [sentence.template]})
    named = facts.select(sentence.facts).filter(holds).select(sentence.numbers())
    numbers = named.to_series()
    few = len(sentence.facts) == 1 and numbers.dtype == pl.Int64
    if few and numbers.len() > numbers.null_count():
        least, most = numbers.min(), numbers.max()
        assert isinstance(least, int)
        assert isinstance(most, int)
        if most - least < numbers.len():
            return _by_number(sentence, numbers, least, most)
    each = pl.int_range(named.height, dtype=pl.Int64, eager=True)
    return each, named.select(sentence=sentence.said())


def _by_number(sentence: Sentence, numbers: pl.Series, least: int, most: int) -> tuple[pl.Series, pl.DataFrame]:
    """Write the sentence for every number from least to most, and last for a number that is unknown."""
    every = pl.int_range(least, most + 1, dtype=pl.Int64, eager=True)
    every = pl.concat([every, pl.Series([None], dtype=pl.Int64)]).alias(numbers.name)
    return (numbers - least).fill_null(most - least + 1), every.to_frame().select(sentence=sentence.said())


def listed(values: pl.Series, rows: pl.Series, height: int) -> pl.Series:
    """
    Cut values into one list a row.

    Parameters
    ----------
    values : Series
        Anything.
    rows : Series of UInt32
        The row of each value, rising.
    height : int
        How many rows there are; a row without values has an empty list.
    """
    edges = rows.search_sorted(pl.int_range(height + 1, dtype=pl.UInt32, eager=True)).cast(pl.Int64)
    cut = pa.LargeListArray.from_arrays(edges.to_arrow(), values.to_arrow(compat_level=pl.CompatLevel.newest()))
    series = pl.from_arrow(cut)
    assert isinstance(series, pl.Series)
    return series
