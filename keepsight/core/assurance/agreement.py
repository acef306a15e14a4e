"""How far two opinions agree: percent and Cohen's kappa, each with its interval (QAP-02, RAG-11)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

from keepsight.core.packs.kinds import AgreementWord


@dataclass(frozen=True)
class Agreement:
    """
    Of ``n`` cases judged twice: how often both say the same, and kappa with its interval.

    ``percent`` and its ends lie between 0 and 1 (Wilson); ``kappa`` and its ends between −1 and 1
    (Fleiss, Cohen and Everitt 1969, large samples). ``kappa`` is None where it is not defined (both
    always gave one and the same answer) or there are fewer cases than the pack wants.
    """

    n: int
    percent: float
    percent_low: float
    percent_high: float
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    called: str
    table: dict[tuple[str, str], int]
    why_no_kappa: str = ""


def agreement(
    pairs: Sequence[tuple[str, str]],
    *,
    words: Sequence[AgreementWord] = (),
    level: float = 0.95,
    least: int = 0,
) -> Agreement | None:
    """
    Compare first and second opinions.

    Parameters
    ----------
    pairs : sequence of (str, str)
        First and second answer to one question about one case.
    words : sequence of AgreementWord
        What kappa is called, from which value on.
    level : float
        Of the intervals. [0–1]
    least : int
        Cases below which no kappa is given. [cases]

    Returns
    -------
    Agreement or None
        None where nothing was judged twice.
    """
    n = len(pairs)
    if n == 0:
        return None
    table: dict[tuple[str, str], int] = {}
    for pair in pairs:
        table[pair] = table.get(pair, 0) + 1
    same = sum(count for (one, other), count in table.items() if one == other)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    low, high = _wilson(same, n, z)
    kappa, spread, why = _kappa(table, n)
    if kappa is not None and n < least:
        kappa, spread, why = None, None, f"Fewer than {least} cases were judged twice."
    ends: tuple[float | None, float | None] = (None, None)
    if kappa is not None and spread is not None:
        ends = (max(-1.0, kappa - z * spread), min(1.0, kappa + z * spread))
    called = next((w.name for w in sorted(words, key=lambda w: -w.least) if kappa is not None and kappa >= w.least), "")
    return Agreement(n, same / n, low, high, kappa, ends[0], ends[1], called, table, why)


def _wilson(same: int, n: int, z: float) -> tuple[float, float]:
    p, zz = same / n, z * z
    middle = (p + zz / (2 * n)) / (1 + zz / n)
    half = z * math.sqrt(p * (1 - p) / n + zz / (4 * n * n)) / (1 + zz / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def _kappa(table: dict[tuple[str, str], int], n: int) -> tuple[float | None, float | None, str]:
    """Kappa and its standard error away from nothing, by Fleiss, Cohen and Everitt."""
    answers = sorted({answer for pair in table for answer in pair})
    p = {pair: count / n for pair, count in table.items()}
    first = {a: sum(p.get((a, b), 0.0) for b in answers) for a in answers}
    second = {b: sum(p.get((a, b), 0.0) for a in answers) for b in answers}
    observed = sum(p.get((a, a), 0.0) for a in answers)
    chance = sum(first[a] * second[a] for a in answers)
    if chance >= 1.0 - 1e-12:
        return None, None, "Both always gave the same single answer, so there is no chance to correct for."
    kappa = (observed - chance) / (1 - chance)
    agree = sum(p.get((a, a), 0.0) * (1 - (first[a] + second[a]) * (1 - kappa)) ** 2 for a in answers)
    differ = (1 - kappa) ** 2 * sum(value * (second[a] + first[b]) ** 2 for (a, b), value in p.items() if a != b)
    bias = (kappa - chance * (1 - kappa)) ** 2
    variance = max(0.0, (agree + differ - bias) / (n * (1 - chance) ** 2))
    return kappa, math.sqrt(variance), ""
