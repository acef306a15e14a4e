"""The rules of the out-of-hours rota, one by one, and what the solver makes of them (WRK-05)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.core.packs.kinds import RotaRules
from keepsight.core.workforce.rota import Duty, Person, broken_rules, duties_of, fair_parts, fill
from tests.tables import ids, table

RULES = book().read("rota", RotaRules)
CALENDAR = WorkingCalendar.from_table(book().table("calendar"))
WREN = Person(1, "Wren", can=frozenset({"manager"}))


def held(evenings: str, days: str = "") -> list[Duty]:
    """Evenings by day of April 2020; day duties as ``Sat 4``, or ``Sat 4 as manager``."""
    found = [Duty(date(2020, 4, int(day)), "evening") for day in evenings.split(",") if day.strip()]
    for part in filter(None, (each.strip() for each in days.split(","))):
        name, day, *manager = part.split()
        on = date(2020, 4, int(day))
        assert f"{on:%a}" == name
        found.append(Duty(on, "manager_on_call" if manager else "weekend_day"))
    return found


BROKEN = table("""
    evenings        | days on duty           || breaks
    6               |                        ||
    6, 7, 8         |                        ||
    6, 7, 8, 9      |                        || do 4 duties in the week of 06/04/2020; 3 is the most.
                    | Sat 4, Sat 4 as manager || do two duties on 04/04/2020 without a rest.
                    | Sat 4, Sun 5           ||
                    | Sat 4, Sat 11          ||
                    | Sat 4, Sat 11, Sun 19  || work 3 weekends of the four from 30/03/2020; 2 is the most.
    30              | Sat 4, Sun 12          ||
""")


@pytest.mark.parametrize("row", BROKEN, ids=ids(BROKEN))
def test_what_one_persons_duties_break(row):
    assert broken_rules(WREN, held(row["evenings"], row["days on duty"]), RULES) == [
        f"Wren would {row['breaks']}"
    ] * bool(row["breaks"])


def test_who_is_away_or_cannot_do_it_is_named():
    sat = date(2020, 4, 4)
    pell = Person(2, "Pell", away=frozenset({sat}))
    assert broken_rules(pell, [], RULES, new=Duty(sat, "manager_on_call")) == [
        "Pell cannot do manager on call: it needs “manager”.",
        "Pell is away on 04/04/2020.",
    ]


def test_too_short_a_rest_between_two_days():
    close = replace(
        RULES,
        duties=tuple(
            replace(kind, hours=12.0, starts="17:30") if kind.id == "evening" else kind for kind in RULES.duties
        ),
    )
    assert broken_rules(WREN, held("3", "Sat 4"), close) == [
        "Wren would have less than 11 hours' rest before 04/04/2020."
    ]


def test_good_friday_is_a_holiday_and_not_a_friday():
    kinds = [duty.kind for duty in duties_of(RULES, date(2020, 4, 10), date(2020, 4, 10), CALENDAR)]
    assert kinds == ["weekend_day", "weekend_day", "manager_on_call"]


def test_fair_parts_go_by_share_and_by_what_was_done_before():
    people = [Person(1, "A"), Person(2, "B", share=0.5), Person(3, "C", before=3.0)]
    evenings = [Duty(date(2020, 4, 6) + timedelta(days=n), "evening") for n in range(4)]
    parts = fair_parts(people, evenings, RULES)
    assert (round(parts[1], 6), round(parts[2], 6), parts[3]) == (round(8 / 3, 6), round(4 / 3, 6), 0.0)
    assert sum(parts.values()) == pytest.approx(4.0), "C has done more than a part already, so A and B share it all"


def test_a_duty_nobody_may_do_stays_open_and_says_why():
    sat = Duty(date(2020, 4, 4), "manager_on_call")
    found = fill(
        [Person(2, "Pell"), Person(3, "Quill", frozenset({"manager"}), away=frozenset({sat.on}))], [sat], RULES
    )
    assert found.who == {sat: None}
    assert found.open_because == {
        sat: ["Pell cannot do manager on call: it needs “manager”.", "Quill is away on 04/04/2020."]
    }


def test_what_was_set_by_hand_stays_and_the_rest_is_filled_around_it():
    duties = duties_of(RULES, date(2020, 4, 6), date(2020, 4, 10), CALENDAR)
    people = [Person(n, f"P{n}", frozenset({"manager"})) for n in range(1, 5)]
    monday = duties[0]
    found = fill(people, duties, RULES, fixed={monday: 3})
    assert found.who[monday] == 3
    assert None not in found.who.values()


@st.composite
def small_rotas(draw):
    first = date(2020, 4, 1) + timedelta(days=draw(st.integers(0, 20)))
    length = draw(st.integers(3, 9))
    days = [first + timedelta(days=n) for n in range(length)]
    people = []
    for n in range(draw(st.integers(1, 4))):
        can = frozenset({"manager"}) if draw(st.booleans()) else frozenset()
        away = frozenset(draw(st.lists(st.sampled_from(days), max_size=3)))
        share, before = draw(st.sampled_from([0.5, 1.0])), draw(st.sampled_from([0.0, 1.5]))
        people.append(Person(n, f"P{n}", can, share, away, before))
    return people, duties_of(RULES, first, days[-1], CALENDAR)


@settings(max_examples=25)
@given(small_rotas())
def test_a_filled_rota_breaks_no_rule_and_leaves_open_only_what_nobody_could_add(rota):
    people, duties = rota
    found = fill(people, duties, RULES)
    assert set(found.who) == set(duties)
    does = {person.id: [duty for duty, who in found.who.items() if who == person.id] for person in people}
    for person in people:
        assert broken_rules(person, does[person.id], RULES) == []
    for duty, who in found.who.items():
        if who is None:  # else adding just that one would leave fewer open
            assert all(broken_rules(person, does[person.id], RULES, new=duty) for person in people), duty


@settings(max_examples=15)
@given(small_rotas())
def test_no_other_rota_leaves_fewer_open_or_is_fairer_than_was_proved(rota):
    """The slow obvious twin goes through every assignment of a few duties."""
    people, duties = rota
    people, duties = people[:3], sorted(duties)[:6]
    found = fill(people, duties, RULES)
    parts = fair_parts(people, duties, RULES)
    points = {kind.id: kind.points for kind in RULES.duties}
    best = (float("inf"), float("inf"))

    def open_points(who):
        return sum(points[duty.kind] for duty, person in who.items() if person is None)

    def worst(who):
        return max(abs(sum(points[d.kind] for d, w in who.items() if w == p.id) - parts[p.id]) for p in people)

    def walk(place, does, who):
        nonlocal best
        if place == len(duties):
            best = min(best, (open_points(who), worst(who)))
            return
        duty = duties[place]
        for person in people:
            if not broken_rules(person, does[person.id], RULES, new=duty):
                walk(place + 1, {**does, person.id: [*does[person.id], duty]}, {**who, duty: person.id})
        walk(place + 1, does, {**who, duty: None})

    walk(0, {person.id: [] for person in people}, {})
    assert found.proved
    assert open_points(found.who) == pytest.approx(best[0])
    assert worst(found.who) <= best[1] + RULES.gap + 0.02
