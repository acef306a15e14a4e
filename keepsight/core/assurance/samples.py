"""
Stratified random samples that anybody can draw again (QAP-02, RAG-11).

Each case is ranked within its stratum by a keyed digest of the seed and its reference: no state, no
order of rows, no version of a library comes into it. The same seed and population give the same
sample for ever; a case that joins or leaves the population moves nobody else's rank.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from keepsight.core.errors import BadInput


class NothingToDraw(BadInput):
    """The population is empty, or the sample is."""

    code = "nothing_to_draw"


@dataclass(frozen=True)
class Sample:
    """
    A sample.

    ``drawn`` has ``ref``, ``stratum`` and ``second`` (wants a second opinion), in the order drawn;
    ``counts`` has ``stratum``, ``population`` and ``drawn``; ``digest`` names the population.
    """

    drawn: pl.DataFrame
    counts: pl.DataFrame
    digest: str


def rank(seed: str, ref: str) -> int:
    """Give the place of a case in the lottery."""
    return int.from_bytes(hashlib.sha256(f"{seed}\0{ref}".encode()).digest()[:8], "big")


def draw(
    population: pl.DataFrame,
    *,
    strata: Sequence[str],
    size: int,
    seed: str,
    least: int = 0,
    second_share: float = 0.0,
) -> Sample:
    """
    Draw a sample.

    Parameters
    ----------
    population : DataFrame
        ``ref`` (text, each once) and the columns named in ``strata``.
    strata : sequence of str
        Columns over whose values the sample is spread; none: one stratum.
    size : int
        How many in all; the whole population where it has fewer.
    seed : str
        Anything; kept with the sample.
    least : int
        Of each stratum, where it has so many and the size allows. [cases]
    second_share : float
        Part of each stratum's sample for a second opinion, rounded up. [0–1]

    Returns
    -------
    Sample
        Allocation is proportional with largest remainders after ``least``; ties go to the stratum that
        comes first by name.

    Raises
    ------
    NothingToDraw
        If there is no case, or ``size`` is less than 1.
    """
    if population.is_empty() or size < 1:
        raise NothingToDraw("There is nothing to draw: choose other cases, or a sample of 1 or more.")
    named = (
        pl.concat_str([pl.col(each).cast(pl.String).fill_null("not known") for each in strata], separator=" · ")
        if strata
        else pl.lit("all")
    )
    cases = population.select("ref", stratum=named).with_columns(
        rank=pl.Series([rank(seed, ref) for ref in population["ref"]], dtype=pl.UInt64)
    )
    sizes = dict(cases.group_by("stratum").len().sort("stratum").iter_rows())
    share = _allocated(sizes, min(size, cases.height), least)
    wanted = pl.col("stratum").replace_strict(share, return_dtype=pl.Int64)
    ranked = cases.sort("stratum", "rank").with_columns(place=pl.int_range(pl.len()).over("stratum"))
    drawn = ranked.filter(pl.col("place") < wanted).with_columns(
        second=pl.col("place") < (wanted * second_share).ceil(),
    )
    counts = pl.DataFrame(
        {"stratum": list(sizes), "population": list(sizes.values()), "drawn": [share[name] for name in sizes]}
    )
    return Sample(drawn.sort("rank").select("ref", "stratum", "second"), counts, digest_of(population, strata))


def digest_of(population: pl.DataFrame, strata: Sequence[str]) -> str:
    """Name a population: the same cases in any order give the same word."""
    rows = population.select("ref", *strata).cast(pl.String).fill_null("").sort("ref", *strata).rows()
    return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode()).hexdigest()


def _allocated(sizes: dict[str, int], size: int, least: int) -> dict[str, int]:
    """Largest remainders, after everyone has their least, and nobody more than they have."""
    given = dict.fromkeys(sizes, 0)
    for _ in range(least):
        for name in sizes:
            if sum(given.values()) < size and given[name] < sizes[name]:
                given[name] += 1
    left = size - sum(given.values())
    total = sum(sizes.values())
    while left > 0:
        # Furthest below its proportional part comes next; one at a time, so that no stratum overflows.
        behind = {name: sizes[name] * size / total - given[name] for name in sizes if given[name] < sizes[name]}
        name = max(sorted(behind), key=lambda each: behind[each])
        given[name] += 1
        left -= 1
    return given
