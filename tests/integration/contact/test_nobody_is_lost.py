"""Nobody open is lost: from the spells of a random register to the plan, the queues, and one row of a team table."""

import random
from datetime import date, timedelta

import pytest

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.briefing.checking import check
from keepsight.apps.contact.actions import rate_and_plan
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.contact.queries import open_and_not_planned
from keepsight.apps.desk import queries
from keepsight.apps.learning.models import EhcPlan
from keepsight.apps.people.models import Child, Identifier, Involvement
from tests import factories as make
from tests.factories import NOW, TODAY, days

pytestmark = pytest.mark.django_db
KINDS = ("early_help", "assessment", "section_47", "cin", "cp", "cla", "care_leaver", "adoption")
BORN = (None, date(2012, 5, 1), date(1994, 1, 1), days(-1), days(60), date(2004, 2, 29))
CHILDREN = 60


def is_open(spell: Involvement) -> bool:
    """What the rules say of one spell, in plain words: begun, not ended, and no conference since."""
    if spell.started_on > TODAY or (spell.ended_on and spell.ended_on <= TODAY):
        return False
    if spell.kind != "section_47":
        return True
    held = spell.details.get("icpc_on")
    return not spell.details.get("icpc_unnecessary") and not (held and date.fromisoformat(held) <= TODAY)


def random_register(seed: int):
    """Two councils of one service, with everything in it that a register can have wrong."""
    dice = random.Random(seed)
    councils = [make.authority(), make.authority()]
    teams = {council: [make.team(council), make.team(council)] for council in councils}
    workers = {council: [make.worker(team) for team in teams[council]] for council in councils}
    for number in range(CHILDREN):
        council = dice.choice(councils)
        child = make.child(
            council, date_of_birth=dice.choice(BORN), expected_on=dice.choice([None, None, days(-30), days(30)]),
            died_on=dice.choice([None] * 8 + [days(-3), days(400)]),
            record_class=dice.choice(["standard"] * 4 + ["restricted"]),
            not_in_file_since=dice.choice([None, days(-8)]),
        )  # fmt: skip
        Identifier.objects.create(authority=council, child=child, scheme="la_child_id", value=f"C{number}")
        for _ in range(dice.randint(0, 3)):
            by = dice.choice([None, *workers[council]])
            started = TODAY + timedelta(days=dice.choice([-4000, -400, -60, -1, 0, 1, 30]))
            details = dice.choice([{}, {}, {"icpc_on": str(days(-5))}, {"icpc_unnecessary": True}, {"level": 3}])
            Involvement.objects.get_or_create(
                child=child, kind=dice.choice(KINDS), started_on=started,
                defaults={
                    "ended_on": dice.choice([None, None, TODAY, days(-1), days(9)]), "worker": by, "details": details,
                    "team": dice.choice([None, by.team if by else dice.choice(teams[council])]),
                    "not_in_file_since": dice.choice([None, days(-8)]),
                },
            )  # fmt: skip
        if dice.random() < 0.2:
            EhcPlan.objects.create(
                child=child, send_id=f"S{number}", plan_on=dice.choice([None, days(-90)]),
                ceased_on=dice.choice([None, days(-1), days(9)]),
            )  # fmt: skip
        if dice.random() < 0.5:
            level = dice.choice(["red", "amber", "green"])
            make.confirmation(child, level=level, review_on=dice.choice([days(-9), days(9)]))
        if dice.random() < 0.4:
            make.visit(child, seen=dice.choice([True, False, None]), mode=dice.choice(["f2f_home", "video", ""]))
    return councils


def open_children(council) -> set[int]:
    alive = Child.objects.filter(authority=council).exclude(died_on__lte=TODAY)
    return {child.pk for child in alive if any(is_open(spell) for spell in child.involvements.all())}


@pytest.mark.parametrize("seed", range(4))
def test_every_open_child_is_planned_and_stands_in_exactly_one_row(seed):
    councils = random_register(seed)
    for council in councils:
        rate_and_plan(council, on=TODAY, at=NOW)
        wanted = open_children(council)
        assert len(wanted) > 5
        plans = ContactPlan.objects.filter(authority=council)
        assert set(plans.open_cases().values_list("pk", flat=True)) == wanted
        assert open_and_not_planned(council, TODAY)[0] == set()

        leader = Grants((("leader", council.pk, None),), ())
        seen = plans_visible_to(leader, Permission.TEAM_VIEW)
        rows = queries.team_rows(seen, TODAY)
        assert len({row["team_id"] for row in rows}) == len(rows)
        assert sum(row["children"] for row in rows) == len(wanted)
        for row in rows:
            of_team = seen.filter(team_id=row["team_id"])
            workers = queries.worker_rows(of_team, TODAY)
            assert len({each["worker_id"] for each in workers}) == len(workers)
            assert sum(each["children"] for each in workers) == row["children"]
        levels = seen.counts(("red", "amber", "green", "unrated", "open"), TODAY)
        assert sum(levels.values()) == 2 * len(wanted), "each open child has one level"
        listed = [row[0] for row in queries.rows_of(seen.queue("open", TODAY))]
        assert sorted(listed) == sorted(wanted)
    assert check(councils, on=TODAY).wrong == []


def test_a_day_that_has_passed_since_birth_was_expected_brings_the_child_before_us():
    """Nobody wrote down the birth: the child must not stay unborn, and unseen by no list, for ever."""
    worker = make.worker()
    waiting, late = (
        make.child(worker.authority, date_of_birth=None, expected_on=expected) for expected in (TODAY, days(-1))
    )
    for child in (waiting, late):
        make.involvement(child, worker, kind="cp", started_on=days(-90))
    rate_and_plan(worker.authority, on=TODAY, at=NOW)
    assert set(ContactPlan.objects.queue("nobody", TODAY).values_list("pk", flat=True)) == {late.pk}


def test_the_check_finds_a_child_who_was_loaded_and_not_planned():
    worker = make.worker()
    child = make.child(worker.authority)
    make.involvement(child, worker)
    assert any(
        "1 children have open work and stand in no list" in each for each in check([worker.authority], on=TODAY).wrong
    )
    rate_and_plan(worker.authority, on=TODAY, at=NOW)
    assert check([worker.authority], on=TODAY).wrong == []


def test_the_check_says_who_is_recorded_as_died_with_open_work():
    worker = make.worker()
    child = make.child(worker.authority, died_on=days(-2))
    make.involvement(child, worker)
    rate_and_plan(worker.authority, on=TODAY, at=NOW)
    said = check([worker.authority], on=TODAY)
    assert said.wrong == []
    assert any("recorded as died and still have open work" in note for note in said.notes)
