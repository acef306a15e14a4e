"""Laws of sight and plan: what must hold whatever the lists say."""

from dataclasses import replace
from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepsight.core.contact import plan as planning
from keepsight.core.contact.rules import contact_rules
from keepsight.core.packs.kinds import FactDefinitions
from keepsight.core.people.fact_sheet import fact_sheet
from keepsight.core.terms import ContactMode, SightLine
from tests.oracle.test_contact_twin import AS_AT, BOOK, CALENDAR, seen_by, worlds
from tests.worlds import tables

LAW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONG_AGO = st.integers(0, 90).map(lambda ago: AS_AT - timedelta(days=ago))


def plans(world, *, mode, level, agreed=()):
    found, sight = seen_by(world)
    facts = fact_sheet(world, as_at=AS_AT, calendar=CALENDAR, definitions=BOOK.read("facts", FactDefinitions))
    words = {"child_id": pl.Int64, "confirmed_level": pl.String, "computed_level": pl.String}
    levels = pl.DataFrame([(child, level, level) for child in (1, 2, 3)], schema=words, orient="row")
    own = pl.DataFrame(
        list(agreed), schema={"child_id": pl.Int64, "every": pl.Int64, "unit": pl.String}, orient="row"
    )  # fmt: skip
    rules = contact_rules(BOOK, mode)
    return planning.plan(found, facts=facts, sight=sight, levels=levels, agreed=own, rules=rules, as_at=AS_AT)


@LAW
@given(world=worlds(), child=st.sampled_from([1, 2, 3]), day=LONG_AGO, line=st.sampled_from([*SightLine]))
def test_a_further_sighting_never_makes_a_child_more_unseen(world, child, day, line):
    _, before = seen_by(world)
    one_more = pl.DataFrame(
        {"child_id": [child], "seen_on": [day], "line": [line.value], "face_to_face": [True]},
        schema=world.sightings.schema,
    )
    _, after = seen_by(replace(world, sightings=pl.concat([world.sightings, one_more])))
    for old, new in zip(before.to_dicts(), after.to_dicts(), strict=True):
        assert new["sight_lines"] >= old["sight_lines"]
        assert not (old["unseen"] is False and new["unseen"])
        if old["any_seen_wd"] is not None:
            assert old["unseen_from"] is None or new["unseen_from"] >= old["unseen_from"]
        assert old["any_seen_wd"] is None or new["any_seen_wd"] <= old["any_seen_wd"]


@LAW
@given(world=worlds(), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(world, seed):
    names = ("involvements", "visits", "attendance", "sightings", "ehc_plans")
    mixed = replace(
        world, **{name: getattr(world, name).sample(fraction=1, shuffle=True, seed=seed) for name in names}
    )  # fmt: skip
    assert seen_by(mixed)[1].equals(seen_by(world)[1])
    mode = ContactMode.EMERGENCY
    assert plans(mixed, mode=mode, level="red").equals(plans(world, mode=mode, level="red"))


@LAW
@given(world=worlds())
def test_nobody_is_lost_and_nobody_is_there_twice(world):
    found, sight = seen_by(world)
    assert sight["child_id"].to_list() == [1, 2, 3]
    planned = plans(world, mode=ContactMode.EMERGENCY, level="amber")
    assert planned["child_id"].to_list() == found.filter(pl.col("service") != "none")["child_id"].to_list()


@pytest.mark.parametrize("mode", list(ContactMode))
@LAW
@given(world=worlds(), agreed=st.none() | st.integers(1, 30))
def test_more_risk_never_means_a_later_visit(mode, world, agreed):
    own = [(2, agreed, "days")] if agreed else []
    by_level = [plans(world, mode=mode, level=level, agreed=own) for level in (None, "red", "amber", "green")]
    open_only = [frame.filter(pl.col("is_open"))["due_on"].fill_null(date(9999, 1, 1)).to_list() for frame in by_level]
    for unrated, red, amber, green in zip(*open_only, strict=True):
        assert unrated == red
        assert red <= amber <= green


@pytest.mark.parametrize("mode", [ContactMode.EMERGENCY, ContactMode.RECOVERY])
@LAW
@given(world=worlds(), level=st.sampled_from(["red", "amber", "green"]))
def test_a_table_never_makes_a_visit_later_than_the_law(mode, world, level):
    usual = plans(world, mode=ContactMode.BAU, level=level).to_dicts()
    now = plans(world, mode=mode, level=level).to_dicts()
    for law, table in zip(usual, now, strict=True):
        local = law["bound_id"] == "T12" and mode is ContactMode.EMERGENCY  # local procedure, not law
        assert law["due_on"] is None or local or table["due_on"] <= law["due_on"]


@LAW
@given(world=worlds(), every=st.integers(1, 60))
def test_the_childs_own_plan_never_makes_a_visit_later(world, every):
    without = plans(world, mode=ContactMode.EMERGENCY, level="amber").to_dicts()
    having = plans(
        world, mode=ContactMode.EMERGENCY, level="amber", agreed=[(child, every, "days") for child in (1, 2, 3)]
    ).to_dicts()
    for before, after in zip(without, having, strict=True):
        assert before["due_on"] is None or after["due_on"] <= before["due_on"]


@LAW
@given(world=worlds())
def test_due_soon_comes_before_due(world):
    for row in plans(world, mode=ContactMode.EMERGENCY, level="red").to_dicts():
        assert row["due_on"] is None or row["due_soon_on"] <= row["due_on"]


def test_no_children_no_rows():
    nothing = tables([])
    assert [frame.height for frame in seen_by(nothing)] == [0, 0]
    assert plans(nothing, mode=ContactMode.EMERGENCY, level="red").height == 0
