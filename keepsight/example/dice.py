"""
Seeded chance, vectorised: the same seed and names give the same numbers on every machine.

The stream is Python's own Mersenne Twister, whose output for a seed is promised not to change,
read into Polars as a buffer. Each purpose has dice of its own (``dice.of("visits")``), so that a
new question asked in one place does not change the answers everywhere else.
"""

import random
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import pyarrow as pa


class Dice:
    """Chance for one purpose."""

    def __init__(self, *names: object):
        self._names = names
        self._source = random.Random("/".join(str(name) for name in names))

    def of(self, *names: object) -> "Dice":
        """Give dice for a part of this purpose, independent of what was thrown here."""
        return Dice(*self._names, *names)

    def uniform(self, n: int) -> pl.Series:
        """Give ``n`` numbers in [0, 1)."""
        if n == 0:
            return pl.Series(dtype=pl.Float64)
        buffer = pa.py_buffer(self._source.randbytes(4 * n))
        words = pl.from_arrow(pa.Array.from_buffers(pa.uint32(), n, [None, buffer]))
        assert isinstance(words, pl.Series)
        return words.cast(pl.Float64) / 4294967296.0

    def whole(self, n: int, low: int, high: int) -> pl.Series:
        """Give ``n`` whole numbers from ``low`` to ``high``, both included."""
        return (self.uniform(n) * (high - low + 1)).floor().cast(pl.Int64) + low

    def below(self, tops: pl.Series) -> pl.Series:
        """Give for each top a whole number from 0 to one less than it."""
        return (self.uniform(len(tops)) * tops).floor().cast(pl.Int64)

    def happens(self, n: int, share: float | pl.Series) -> pl.Series:
        """Give ``n`` yes or no, yes for this share."""
        return self.uniform(n) < share

    def choose(self, n: int, weights: Mapping[Any, float]) -> pl.Series:
        """Give ``n`` of the keys, each with its weight."""
        keys = list(weights)
        sums = pl.Series(list(weights.values()), dtype=pl.Float64).cum_sum()
        at = sums.search_sorted(self.uniform(n) * float(sums[-1]), side="right").clip(0, len(keys) - 1)
        return pl.Series(keys).gather(at)

    def pick(self, n: int, values: Sequence[Any] | pl.Series) -> pl.Series:
        """Give ``n`` of the values, all as likely."""
        return pl.Series(values).gather(self.whole(n, 0, len(values) - 1))

    def exponential(self, n: int) -> pl.Series:
        """Give ``n`` exponential numbers of mean 1."""
        return -(1.0 - self.uniform(n)).log()

    def normal(self, n: int) -> pl.Series:
        """Give ``n`` numbers of the standard normal distribution (Box and Muller)."""
        return (2 * self.exponential(n)).sqrt() * (self.uniform(n) * 6.283185307179586).cos()

    def poisson(self, rates: pl.Series) -> pl.Series:
        """Give a Poisson count for each rate, by walking up the distribution function."""
        left, term, count = self.uniform(len(rates)), (-rates).exp(), pl.zeros(len(rates), pl.Int64, eager=True)
        for step in range(1, 400):
            above = left >= term
            if not above.any():
                break
            left = left - term
            count = count + above.cast(pl.Int64)
            term = pl.select(pl.when(above).then(term * rates / step).otherwise(2.0)).to_series()
        return count

    def bounds(self, n: int, bands: Sequence[tuple[float, float]], weights: Sequence[float]) -> pl.Series:
        """Give ``n`` numbers, each uniform within a band chosen by weight."""
        band = self.choose(n, dict(enumerate(weights)))
        low = pl.Series([low for low, _ in bands], dtype=pl.Float64).gather(band)
        high = pl.Series([high for _, high in bands], dtype=pl.Float64).gather(band)
        return low + self.uniform(n) * (high - low)

    def order(self, n: int) -> pl.Series:
        """Give the numbers 0 to ``n`` - 1 in a random order."""
        return self.uniform(n).arg_sort().cast(pl.Int64)

    def spots(self, n: int, share: float) -> list[int]:
        """Give the places, of ``n``, that are picked with this share."""
        return self.happens(n, share).arg_true().to_list()
