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
_WRITTEN = {"rule": pl.String, "points": pl.Int64, "sentence": pl.String}
_MOST = 2**32  # places that the shorter, quicker number can tell apart


@dataclass
class Reasons:
    """Reasons of ``height`` children, added rule by rule in the order in which they are told."""

    height: int
    written: list[pl.DataFrame] = field(default_factory=list)  # the different reasons: rule, points, sentence
    told: list[tuple[pl.Series, pl.Series]] = field(default_factory=list)  # child's place, reason's place
    _count: int = 0

    def __post_init__(self) -> None:
        self._places = pl.int_range(self.height, dtype=pl.UInt32, eager=True)

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
        children = self._places.filter(holds)
        if children.is_empty():
            return
        which, sentences = _told(sentence, facts, holds)
        told = {"rule": [rule] * len(sentences), "points": [points] * len(sentences), "sentence": sentences}
        self._add(children, which, pl.DataFrame(told, schema=_WRITTEN))

    def add_weighed(self, rule: str, *, points: pl.Series, sentence: str) -> None:
        """Add a reason that weighs ``points`` for each child, and is told where they are more than 0."""
        holds, most = points > 0, points.max()
        if not holds.any():
            return
        assert isinstance(most, int), "Points are whole numbers."
        told = {"rule": [rule] * most, "points": range(1, most + 1), "sentence": [sentence] * most}
        self._add(self._places.filter(holds), points.filter(holds) - 1, pl.DataFrame(told, schema=_WRITTEN))

    def _add(self, children: pl.Series, which: pl.Series | int, different: pl.DataFrame) -> None:
        if isinstance(which, int):
            places = pl.Series([which + self._count], dtype=pl.UInt32).new_from_index(0, children.len())
        else:
            places = which.cast(pl.UInt32) + self._count
        self.told.append((children, places))
        self.written.append(different)
        self._count += different.height

    def lists(self) -> pl.Series:
        """Give each child's reasons as a list of ``REASON``, in the order of adding."""
        if not self.told:
            return pl.Series("reasons", [[]] * self.height, dtype=pl.List(REASON))
        children, places = (pl.concat(list(parts)) for parts in zip(*self.told, strict=True))
        # A child's place counts more than any reason's: children first, then the order of telling.
        dtype = pl.UInt32 if self.height * self._count < _MOST else pl.UInt64
        told = (children.cast(dtype) * self._count + places.cast(dtype)).sort()
        found = pl.concat(self.written).rechunk()[(told % self._count).cast(pl.UInt32)]
        return listed(found.to_struct(), (told // self._count).cast(pl.UInt32), self.height).alias("reasons")


def _told(sentence: Sentence, facts: pl.DataFrame, holds: pl.Series) -> tuple[pl.Series | int, pl.Series]:
    """Which sentence each child hears (0: all the only one), and the different sentences."""
    if not sentence.facts:
        return 0, pl.Series([sentence.template])
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
    return each, named.select(sentence=sentence.said()).to_series()


def _by_number(sentence: Sentence, numbers: pl.Series, least: int, most: int) -> tuple[pl.Series, pl.Series]:
    """Write the sentence for every number from least to most, and last for a number that is unknown."""
    every = pl.int_range(least, most + 1, dtype=pl.Int64, eager=True)
    every = pl.concat([every, pl.Series([None], dtype=pl.Int64)]).alias(numbers.name)
    said = every.to_frame().select(sentence=sentence.said()).to_series()
    return (numbers - least).fill_null(most - least + 1), said


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
