"""From the register to the child's page: a use that was authorised eases a duty while it lasts, and no longer."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keepsight.apps.accounts.models import Role
from keepsight.apps.contact import actions as contact
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.events.models import Event
from keepsight.apps.registers import actions, easing
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import register_of, rule_of
from keepsight.apps.registers.models import Entry, Register
from tests import factories as make
from tests.factories import NOW, TODAY, days

pytestmark = pytest.mark.django_db
DUE, USUALLY = days(-1), (days(-1), "f2f")  # six weeks after the last visit: overdue since today


def council():
    """An authority with an emergency, a team whose practitioner has a child in care, and those who decide."""
    authority = make.authority()
    authority.settings["contact_mode"] = "bau"  # days of law alone
    authority.save()
    team = make.team(authority)
    who, worker = make.practitioner(team)
    actions.install(authority, at=NOW)
    Register.objects.filter(authority=authority).update(is_on=True)  # as an emergency does
    here = SimpleNamespace(
        authority=authority, team=team, who=who, worker=worker,
        leader=make.user(Role.LEADER, of=authority), lead=make.user(Role.EMERGENCY_LEAD, of=authority),
        manager=make.user(Role.TEAM_MANAGER, team=team, name="Vera Hall"),
    )  # fmt: skip
    here.child = in_care(here)
    return here


def in_care(here, level="amber"):
    child = make.child(here.authority)
    placed = {"placement_started_on": days(-149).isoformat(), "placement_type": "U6"}
    make.involvement(child, here.worker, kind="cla", started_on=days(-149), details=placed)
    make.confirmation(child, level=level)
    make.visit(child, visit_on=days(-43), mode="f2f_home", service="cla")
    contact.plan(here.authority, on=TODAY, at=NOW, children=[child.pk])
    return child


def exercise_of(here):
    return Event.objects.create(
        authority=here.authority, pack="pandemic_2020", title="Exercise", is_exercise=True, phase="closure",
        activated_at=NOW,
    )  # fmt: skip


@pytest.fixture
def here():
    return council()


def decide(here, decided="limited", authoriser="team", event=None, **said):
    """The council's decision on E01, agreed by a second person."""
    raw = {
        "in_short": "Where guidance stands in the way", "easement": "e01", "legal_source": "SI 2020/445 regulation 8",
        "decided": decided, "authoriser": authoriser, "decided_by": "Tactical group", "decided_on": days(-9),
        "reasons": "Staff are away.", "review_on": days(14), **said,
    }  # fmt: skip
    entry = actions.add(register_of(here.authority, easing.DECISION), raw, by=here.lead, at=NOW, event=event)
    return actions.move(entry, "in_force", by=here.leader, at=NOW)


def ask(here, child=None, event=None, **said):
    raw = {
        "short": "Visit later", "easement": "e01", "legal_source": "SI 2020/445 regulation 8", "original_due_on": DUE,
        "from_on": days(-2), "to_on": days(4), "reason": "symptoms", "reason_words": "Carer has symptoms.",
        "instead": "Video each day.", "authorised_on": days(-2), "authoriser_post": "team", **said,
    }  # fmt: skip
    about = About(child=child or here.child)
    return actions.add(
        register_of(here.authority, easing.USE), raw, by=here.who, at=NOW, about=about, event=event, team=here.team
    )


def authorise(here, entry):
    return actions.move(entry, "authorised", by=here.manager, at=NOW)


def planned(child):
    row = ContactPlan.objects.get(child=child)
    return row.due_on, row.due_mode


def words(here, client, at=NOW):
    """What the child's page and the team's list say to the manager, and the worker's own page to the worker."""
    pages = []
    with time_machine.travel(at, tick=False):
        for who, address in (
            (here.manager, f"/children/{here.child.ref}/"), (here.manager, f"/lists/open/?team={here.team.pk}"),
            (here.who, "/"),
        ):  # fmt: skip
            client.force_login(who, "allauth.account.auth_backends.AuthenticationBackend")
            pages.append(client.get(address, follow=True).content.decode())
    return pages


def test_an_authorised_use_eases_the_duty_and_says_so_until_it_ends(here, client):
    decide(here)
    assert planned(here.child) == USUALLY
    entry = ask(here)
    assert planned(here.child) == USUALLY, "what was only asked for eases nothing"
    entry = authorise(here, entry)
    assert planned(here.child) == (days(4), "f2f")
    said = (
        f"Eased until 7 June: visit in the first year of a placement (T21), due by law on 2 June. "
        f"SI 2020/445 regulation 8. Authorised on 1 June by Vera Hall, Team manager (EAU-{entry.number})."
    )
    page, listed, own = words(here, client, at=NOW + timedelta(days=4))
    assert said in page
    assert said in own
    assert ">Eased until 7 June<" in listed
    actions.change(entry, {"done_on": TODAY, "outcome": "Seen."}, by=here.manager, at=NOW, revision=entry.revision)
    entry = Entry.objects.get(pk=entry.pk)
    actions.move(entry, "ended", by=here.manager, at=NOW)
    assert planned(here.child) == USUALLY
    for page in words(here, client):
        assert "Eased until" not in page


def test_its_end_comes_with_the_day_and_nobody_has_to_do_anything(here, client):
    decide(here)
    authorise(here, ask(here))
    assert easing.renew(at=NOW) == 0, "planned today already"
    last, after = NOW + timedelta(days=4), NOW + timedelta(days=5)
    assert (easing.renew(at=last), planned(here.child)) == (1, (days(4), "f2f"))
    assert (easing.renew(at=after), planned(here.child)) == (1, USUALLY)
    assert easing.renew(at=after + timedelta(days=1)) == 0, "it is over, so it is planned no more for its sake"
    for page in words(here, client, at=after):
        assert "Eased until" not in page


def test_a_use_that_is_to_begin_eases_from_its_first_day(here):
    make.visit(here.child, visit_on=days(-38), mode="f2f_home", service="cla")  # due in four days
    contact.plan(here.authority, on=TODAY, at=NOW)
    decide(here)
    authorise(here, ask(here, from_on=days(2), to_on=days(9)))
    assert planned(here.child) == (days(4), "f2f")
    assert (easing.renew(at=NOW + timedelta(days=2)), planned(here.child)) == (1, (days(9), "f2f"))


def test_without_a_decision_of_the_council_nothing_is_eased_and_with_its_end_nothing_any_more(here):
    authorise(here, ask(here))
    assert planned(here.child) == USUALLY
    decision = decide(here)
    assert planned(here.child) == (days(4), "f2f")
    decision = actions.change(decision, {"ended_words": "All seen."}, by=here.lead, at=NOW, revision=decision.revision)
    actions.move(decision, "ended", by=here.leader, at=NOW)
    assert planned(here.child) == USUALLY


@pytest.mark.parametrize(
    "said",
    [{"decided": "not_used"}, {"authoriser": "head"}, {"easement": "e02"}, {"law_to": days(-1)}, {"law_from": days(1)}],
    ids=["not used", "agreed too low", "another easement", "law is over", "law is to come"],
)
def test_a_decision_that_does_not_carry_the_use_eases_nothing(here, said):
    decide(here, **said)
    authorise(here, ask(here))
    assert planned(here.child) == USUALLY


def test_the_newest_decision_counts(here):
    decide(here)
    authorise(here, ask(here))
    decide(here, decided="not_used", decided_on=days(-3))
    assert planned(here.child) == USUALLY


def test_what_was_authorised_counts_until_a_longer_term_is_authorised_too(here):
    decide(here)
    entry = authorise(here, ask(here))
    entry = actions.change(entry, {"to_on": days(20)}, by=here.who, at=NOW, revision=entry.revision)
    assert planned(here.child) == (days(4), "f2f"), "nobody agreed to the longer term yet"
    actions.move(entry, "extended", by=here.manager, at=NOW, why="Symptoms go on.")
    assert planned(here.child) == (days(20), "f2f")


def test_an_exercise_eases_nothing(here):
    decide(here)
    authorise(here, ask(here, event=exercise_of(here)))
    contact.plan(here.authority, on=TODAY, at=NOW)
    assert planned(here.child) == USUALLY
    other = council()
    decide(other, event=exercise_of(other))
    authorise(other, ask(other))
    assert planned(other.child) == USUALLY


def test_one_council_eases_nothing_for_another(here):
    other = council()
    decide(other)
    authorise(here, ask(here))
    assert planned(here.child) == USUALLY
    wrong = authorise(other, ask(other))
    Entry.objects.filter(pk=wrong.pk).update(child=here.child)  # a record that should not be
    contact.plan(here.authority, on=TODAY, at=NOW)
    assert planned(here.child) == USUALLY


def test_a_red_child_is_seen_face_to_face_as_often_as_before(here):
    here.authority.settings["contact_mode"] = "emergency"
    here.authority.save()
    red = in_care(here, "red")
    before = planned(red)
    decide(here)
    authorise(here, ask(here, child=red))
    assert planned(red) == before == (days(-36), "f2f")
    assert "(T21)" in ContactPlan.objects.get(child=red).eased


def test_a_use_of_which_the_rules_say_nothing_is_recorded_and_eases_nothing(here):
    decide(here, easement="e14")
    authorise(here, ask(here, easement="e14"))
    row = ContactPlan.objects.get(child=here.child)
    assert (row.due_on, row.eased[:36]) == (DUE, "Easement recorded until 7 June: E14 ")


def test_planning_asks_no_more_for_many_eased_children_than_for_one(here):
    decide(here)
    authorise(here, ask(here))
    with CaptureQueriesContext(
        connection,
    ) as few:
        contact.plan(here.authority, on=TODAY, at=NOW)
    for _ in range(4):
        authorise(here, ask(here, child=in_care(here)))
    with CaptureQueriesContext(connection) as many:
        contact.plan(here.authority, on=TODAY, at=NOW)
    assert ContactPlan.objects.exclude(eased="").count() == 5
    assert len(many) == len(few)


def test_the_fields_and_states_that_are_read_stand_in_the_packs(here):
    use, decision = (rule_of(register_of(here.authority, key).current) for key in (easing.USE, easing.DECISION))
    assert {*easing.AUTHORISED} <= {state.id for state in use.states if state.second_person}
    assert {*easing.DECIDED} <= {state.id for state in decision.states if state.second_person}
    assert {*easing.STANDS} == {state.id for state in decision.states if not state.ends} - {"proposed"}
    read = {"easement", "from_on", "to_on", "authorised_on", "authoriser_post"}
    assert read <= {field.id for field in use.fields}
    asked = {"easement", "decided", "decided_on", "authoriser", "law_from", "law_to"}
    assert asked <= {field.id for field in decision.fields}
    posts = next(field for field in use.fields if field.id == "authoriser_post")
    assert tuple(choice.id for choice in posts.choices) == easing.POSTS
