"""Sight and plan against their slow, obvious twin, over many small invented worlds."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.contact import plan as planning
from keepsight.core.contact.cases import cases
from keepsight.core.contact.rules import contact_rules
from keepsight.core.contact.sight import SightRules, sightings, summary
from keepsight.core.duties.easements import USES, eased_on
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Easements, FactDefinitions
from keepsight.core.people.fact_sheet import fact_sheet
from keepsight.core.terms import ContactMode, InvolvementKind, SightLine, VisitMode
from tests.oracle import contact_twin as twin
from tests.worlds import tables, week

AS_AT = date(2020, 6, 3)
BOOK = book(event="pandemic_2020")
CALENDAR = WorkingCalendar.from_table(BOOK.table("calendar"))
RULES = SightRules.from_table(BOOK.table("sight"))
DAYS = twin.Days(BOOK.table("calendar"))
LATELY = st.integers(-3, 75).map(lambda ago: AS_AT - timedelta(days=ago))  # a few days still to come
LONG = st.integers(0, 500).map(lambda ago: AS_AT - timedelta(days=ago))
MONDAYS = st.integers(0, 6).map(lambda ago: date(2020, 6, 1) - timedelta(weeks=ago))
CODES = st.sampled_from(["/", "\\", "L", "I", "N", "X", "U", "-", "B"])


KINDS = st.sampled_from([kind.value for kind in InvolvementKind if kind != "ehcp"])


@st.composite
def spells(draw, child, kinds=KINDS):
    kind = draw(kinds)
    started = draw(LONG)
    ended = draw(st.none() | st.just(started + timedelta(days=30)))
    details = None
    if kind == "cla":
        details = {
            "placement_started_on": draw(LONG).isoformat(),
            "legal_status_on": draw(LONG).isoformat(),
            "legal_status": draw(st.sampled_from(["C1", "C2", "V2"])),
            "placement_type": draw(st.sampled_from(["U1", "U4", "U6", "P1", "K2", "H5"])),
            "permanence_plan": draw(st.sampled_from(["a", "e", "f"])),
            "last_review_on": draw(st.none() | LONG.map(str)),
        }
    return {"child_id": child, "kind": kind, "started_on": started, "ended_on": ended, "details": details}


@st.composite
def worlds(draw, kinds_drawn=KINDS):
    people, rows = [1, 2, 3], {"involvements": [], "visits": [], "attendance": [], "sightings": [], "ehc_plans": []}
    modes = [mode.value for mode in VisitMode] + [""]
    for child in people:
        kinds = draw(
            st.lists(spells(child, kinds_drawn), max_size=3, unique_by=lambda row: (row["kind"], row["started_on"]))
        )
        rows["involvements"] += kinds
        for _ in range(draw(st.integers(0, 4))):
            rows["visits"].append(
                {
                    "child_id": child, "visit_on": draw(LATELY), "mode": draw(st.sampled_from(modes)),
                    "seen": draw(st.sampled_from([True, True, False, None])),
                    "service": draw(st.sampled_from(["cin", "cp", "early_help", ""])),
                }
            )  # fmt: skip
        for monday in draw(st.lists(MONDAYS, max_size=2, unique=True)):
            marks = draw(st.dictionaries(st.integers(0, 9), CODES, max_size=4))
            rows["attendance"].append({"child_id": child, **week(monday, marks)})
        for _ in range(draw(st.integers(0, 2))):
            line = draw(st.sampled_from([line.value for line in SightLine]))
            rows["sightings"].append({"child_id": child, "seen_on": draw(LATELY), "line": line})
        if draw(st.booleans()):
            rows["ehc_plans"].append({"child_id": child, "plan_on": draw(LONG)})
    people[0] = {"id": 1, "expected_on": draw(st.none() | st.just(date(2020, 9, 1)))}
    return tables(people, **rows, covered=["involvements", "ehc_plans", "alerts", "factors"])


@st.composite
def uses(draw, child):
    """Uses of easements by one child, some of them over, some still to come."""
    many = draw(st.integers(0, 2))
    names = [draw(st.sampled_from(["E01", "E01", "E01", "E02", "E08"])) for _ in range(many)]
    days = [(draw(LATELY), draw(st.integers(0, 60))) for _ in range(many)]
    return [
        (child, name, first, first + timedelta(days=length)) for name, (first, length) in zip(names, days, strict=True)
    ]


def seen_by(world):
    found = cases(world, as_at=AS_AT)
    return found, summary(
        found, sightings(world, RULES, as_at=AS_AT), rules=RULES, calendar=CALENDAR, as_at=AS_AT
    )  # fmt: skip


def recorded(used):
    """As the register gives them."""
    rows = [(child, f"EAU-{n}", *rest, "Vera Hall", None) for n, (child, *rest) in enumerate(sum(used, []), 1)]
    return pl.DataFrame(rows, schema=USES.schema, orient="row")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_sight_is_as_its_twin(world):
    found, sight = seen_by(world)
    slow = [twin.sight(case, world, BOOK.table("sight"), DAYS, AS_AT) for case in found.iter_rows(named=True)]
    assert sight.select(list(slow[0])).to_dicts() == slow


LEVELS = st.lists(st.sampled_from([None, "red", "amber", "green"]), min_size=3, max_size=3)


@pytest.mark.parametrize("mode", list(ContactMode))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    world=worlds(),
    levels=LEVELS,
    computed=st.sampled_from(["red", "amber", "green"]),
    agreed=st.none() | st.tuples(st.integers(1, 40), st.sampled_from(["days", "working_days"])),
    used=st.tuples(uses(1), uses(2), uses(3)),
)
def test_the_plan_is_as_its_twin(mode, world, levels, computed, agreed, used):
    the_plan_is_as_its_twin(mode, world, levels, computed, agreed, used)


@pytest.mark.parametrize("mode", [ContactMode.EMERGENCY, ContactMode.BAU])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds(st.just("cla")), levels=LEVELS, used=st.tuples(uses(1), uses(2), uses(3)))
def test_the_plan_of_children_in_care_is_eased_as_its_twin_says(mode, world, levels, used):
    the_plan_is_as_its_twin(mode, world, levels, "amber", None, used)


def the_plan_is_as_its_twin(mode, world, levels, computed, agreed, used):
    found, sight = seen_by(world)
    facts = fact_sheet(
        world, as_at=AS_AT, calendar=CALENDAR, definitions=BOOK.read("facts", FactDefinitions)
    )  # fmt: skip
    assert facts["service"].to_list() == found["service"].to_list()  # one meaning of service in the whole house
    rules = contact_rules(BOOK, mode)
    confirmed = pl.DataFrame(
        {"child_id": [1, 2, 3], "confirmed_level": levels, "computed_level": [computed] * 3},
        schema={"child_id": pl.Int64, "confirmed_level": pl.String, "computed_level": pl.String},
    )
    own = pl.DataFrame(
        [(2, *agreed)] if agreed else [], schema={"child_id": pl.Int64, "every": pl.Int64, "unit": pl.String},
        orient="row",
    )  # fmt: skip
    planned = planning.plan(
        found, facts=facts, sight=sight, levels=confirmed, agreed=own, rules=rules, as_at=AS_AT,
        eased=eased_on(recorded(used), BOOK.read("easements", Easements), AS_AT),
    )  # fmt: skip
    holds = {
        duty.id: dict(zip(facts["child"], facts.select(duty.when.expr.fill_null(False)).to_series(), strict=True))
        for duty in rules.duties
    }
    entries = [row for row in BOOK.table("timescales")["timescales"] if row["id"] in holds]
    slow = []
    for case, seen in zip(found.to_dicts(), sight.to_dicts(), strict=True):
        if case["service"] == "none":
            continue
        place = case["child_id"] - 1
        level = levels[place] or ("unrated" if case["is_open"] else computed)
        duties = [(row, holds[row["id"]][case["child_id"]]) for row in entries]
        theirs = [agreed] if agreed and case["child_id"] == 2 else []
        eased = twin.easings([each[1:] for each in used[place]], BOOK.table("easements"), AS_AT)
        due = twin.plan(case, seen, level, theirs, BOOK.table("contact"), duties, mode.value, DAYS, AS_AT, eased)
        slow.append((case["child_id"], *due))
    quick = planned.select("child_id", "due_on", pl.col("due_mode", "bound_id").fill_null("")).rows()
    assert quick == slow
