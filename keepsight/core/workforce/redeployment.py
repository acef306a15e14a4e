"""
Redeployment: who offers what, who needs what, and which offers meet which needs (WRK-04, COM-13).

The most urgent needs are met first, then as many days as can be; each pairing and each refusal has
its reason. It proposes: a manager decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True)
class Offer:
    """Somebody who can be lent: what they can do and when."""

    id: int
    skills: frozenset[str]
    from_on: date
    to_on: date
    team: int | None = None
    visits: bool = True  # may see families face to face (their own risk assessment)


@dataclass(frozen=True)
class Need:
    """Work for which somebody is needed. ``urgent`` 1 comes before 2."""

    id: int
    skills: frozenset[str]
    from_on: date
    to_on: date
    urgent: int = 2
    team: int | None = None
    visits: bool = False


@dataclass(frozen=True)
class Match:
    """An offer proposed for a need. ``days`` that both cover; ``part`` of the need. [days, 0–1]"""

    need: int
    offer: int
    days: int
    part: float
    because: str


def why_not(need: Need, offer: Offer) -> str:
    """Say in a sentence why an offer cannot meet a need; nothing where it can."""
    lacks = sorted(need.skills - offer.skills)
    if lacks:
        return f"Lacks: {', '.join(lacks)}."
    if need.visits and not offer.visits:
        return "May not see families face to face."
    if need.team is not None and need.team == offer.team:
        return "Works in this team already."
    if _days(need, offer) <= 0:
        return f"Free from {offer.from_on:%d/%m/%Y} to {offer.to_on:%d/%m/%Y}."
    return ""


def _days(need: Need, offer: Offer) -> int:
    return (min(need.to_on, offer.to_on) - max(need.from_on, offer.from_on)).days + 1


def match(needs: Sequence[Need], offers: Sequence[Offer]) -> list[Match]:
    """
    Pair each need with at most one offer and each offer with at most one need.

    Returns
    -------
    list of Match
        Of all pairings the one that meets the most needs of the highest urgency, then of the next, and
        so on; among those the one with the most days. Exact: solved as an assignment.
    """
    pairs = {
        (n, o): _days(need, offer)
        for n, need in enumerate(needs)
        for o, offer in enumerate(offers)
        if not why_not(need, offer)
    }
    if not pairs:
        return []
    chosen = _assigned(needs, offers, pairs)
    found = []
    for n, o in chosen:
        need, offer, days = needs[n], offers[o], pairs[n, o]
        length = (need.to_on - need.from_on).days + 1
        words = f"Can do {', '.join(sorted(need.skills)) or 'the work'}; covers {days} of {length} days."
        found.append(Match(need.id, offer.id, days, days / length, words))
    return sorted(found, key=lambda each: each.need)


def _assigned(
    needs: Sequence[Need], offers: Sequence[Offer], pairs: dict[tuple[int, int], int]
) -> list[tuple[int, int]]:
    import highspy

    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    taken = {pair: solver.addBinary() for pair in pairs}
    for n in range(len(needs)):
        _at_most_one(solver, [taken[pair] for pair in pairs if pair[0] == n])
    for o in range(len(offers)):
        _at_most_one(solver, [taken[pair] for pair in pairs if pair[1] == o])
    most_days = sum(pairs.values()) + 1.0
    ranks = sorted({need.urgent for need in needs}, reverse=True)  # the least urgent first
    worth = {rank: most_days * (len(needs) + 1.0) ** place for place, rank in enumerate(ranks)}
    terms = [variable * (worth[needs[n].urgent] + pairs[n, o]) for (n, o), variable in taken.items()]
    solver.maximize(sum(terms[1:], terms[0]))
    values = solver.getSolution().col_value
    return [pair for pair, variable in taken.items() if values[variable.index] > 0.5]


def _at_most_one(solver: Any, variables: list[Any]) -> None:
    """At most one of these."""
    if len(variables) > 1:
        solver.addConstr(sum(variables[1:], variables[0] * 1) <= 1)
