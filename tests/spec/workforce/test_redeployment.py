"""Offers and needs: who is proposed for what, and why somebody is not (WRK-04)."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.workforce.redeployment import Need, Offer, match, why_not
from tests.tables import table

APRIL = date(2020, 4, 1)


def span(first, last):
    return {"from_on": APRIL + timedelta(days=first), "to_on": APRIL + timedelta(days=last)}


WHY = table("""
    needs   | can         | visits | may visit | free  || why not
    driving | driving, IT | no     | no        | 0–30  ||
    driving | IT          | no     | yes       | 0–30  || Lacks: driving.
    phone   | phone       | yes    | no        | 0–30  || May not see families face to face.
    phone   | phone       | no     | yes       | 20–30 || Free from 21/04/2020 to 01/05/2020.
""")


@pytest.mark.parametrize("row", WHY, ids=[" ".join(row.values()) for row in WHY])
def test_why_an_offer_cannot_meet_a_need(row):
    need = Need(1, frozenset({row["needs"]}), **span(0, 10), visits=row["visits"] == "yes")
    first, last = row["free"].split("–")
    offer = Offer(1, frozenset(row["can"].split(", ")), **span(int(first), int(last)), visits=row["may visit"] == "yes")
    assert why_not(need, offer) == row["why not"]


def test_the_urgent_need_comes_first_and_the_reason_is_told():
    offer = Offer(7, frozenset({"phone"}), **span(0, 4))
    needs = [Need(1, frozenset(), **span(0, 9)), Need(2, frozenset({"phone"}), **span(0, 4), urgent=1)]
    assert [(m.need, m.offer, m.because) for m in match(needs, [offer])] == [
        (2, 7, "Can do phone; covers 5 of 5 days.")
    ]


skills = st.frozensets(st.sampled_from(["phone", "driving", "IT"]), max_size=2)
spans = st.tuples(st.integers(0, 10), st.integers(0, 10)).map(sorted)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(skills, spans, st.integers(1, 3)), min_size=1, max_size=4),
    st.lists(st.tuples(skills, spans), min_size=1, max_size=4),
)
def test_no_other_pairing_is_better(needed, offered):
    needs = [Need(n, s, **span(*d), urgent=u) for n, (s, d, u) in enumerate(needed)]
    offers = [Offer(n, s, **span(*d)) for n, (s, d) in enumerate(offered)]

    def worth(pairs):
        days = sum(
            (min(needs[n].to_on, offers[o].to_on) - max(needs[n].from_on, offers[o].from_on)).days + 1 for n, o in pairs
        )
        return (*(sum(needs[n].urgent == rank for n, _ in pairs) for rank in (1, 2, 3)), days)

    best = max(
        worth([(n, o) for n, o in enumerate(chosen) if o is not None])
        for chosen in itertools.product([None, *range(len(offers))], repeat=len(needs))
        if len([o for o in chosen if o is not None]) == len({o for o in chosen if o is not None})
        and all(o is None or not why_not(needs[n], offers[o]) for n, o in enumerate(chosen))
    )
    assert worth([(m.need, m.offer) for m in match(needs, offers)]) == best
