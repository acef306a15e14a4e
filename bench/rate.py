"""Rating fact sheets with reasons, against a plain row-by-row twin with identical results."""

import time
from collections.abc import Callable
from typing import Any

import polars as pl

from keepsight.core.packs import book
from keepsight.core.risk import policy, rate
from tests.oracle.facts import invented
from tests.oracle.rating import Twin

CHILDREN = 100_000
TARGET = 50  # times the twin


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def run(children: int = CHILDREN) -> dict[str, Any]:
    """Rate the same fact sheets twice, compare every row, and give times and ratio."""
    rules = book("pandemic_2020")
    facts = invented(children, seed=20200323)
    compiled = policy(rules)
    twin = Twin(rules.table("rating"), rules.table("facts")["windows"])
    rows = facts.to_dicts()  # made beforehand, so that the twin is not charged for it
    rate(facts, compiled)
    # The best of several for both: ours is so short that a moment of other work would decide it.
    seconds, rated = min((_timed(lambda: rate(facts, compiled)) for _ in range(9)), key=lambda pair: pair[0])
    plain_seconds, plain = min((_timed(lambda: [twin.rate(row) for row in rows]) for _ in range(2)), key=lambda p: p[0])
    return {
        "children": children,
        "rules": len(compiled.rules),
        "reasons": int(rated["reasons"].list.len().sum()),
        "seconds": seconds,
        "plain_seconds": plain_seconds,
        "ratio": plain_seconds / seconds,
        "identical": rated.equals(pl.DataFrame(plain, schema=rated.schema)),
    }


def main() -> None:
    """Print what was measured; leave with 1 if the two differ or the ratio is too small."""
    figures = run()
    same = "identical" if figures["identical"] else "DIFFERENT"
    print(
        f"rate: {figures['children']:,} fact sheets, {figures['rules']} rules, {figures['reasons']:,} reasons: "
        f"{figures['seconds']:.3f} s; plain Python twin {figures['plain_seconds']:.1f} s, results {same}"
    )
    print(f"rate: {figures['ratio']:.0f} times the plain twin (wanted: {TARGET})")
    if not figures["identical"] or figures["ratio"] < TARGET:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
