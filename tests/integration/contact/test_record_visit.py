"""Recording a visit: one transaction, brothers and sisters, required answers, nothing twice, nothing lost."""
# ruff: noqa: E501 (a row of a table stays one line)

import uuid

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.contact import actions
from keepsight.apps.contact.models import ContactPlan, Visit, VisitDraft
from keepsight.apps.contact.queries import draft_of
from keepsight.apps.risk.models import Rating
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.terms import VisitMode, VisitOutcome
from tests import factories as make
from tests.factories import NOW, TODAY, days
from tests.tables import ids, table

pytestmark = pytest.mark.django_db
WHY_VIRTUAL = "The household is shielding until July."


@pytest.fixture
def who():
    user, worker = make.practitioner()
    user.worker = worker
    return user


@pytest.fixture
def child(who):
    return a_child(who)


def a_child(who):
    made = make.child(who.worker.authority)
    make.involvement(made, who.worker, kind="cp", started_on=days(-60))
    make.confirmation(made, level="red")
    actions.plan(made.authority, on=TODAY, at=NOW)
    return made


def record(children, by, **more):
    answers = {
        "outcome": VisitOutcome.SEEN, "visit_on": TODAY, "mode": VisitMode.F2F_HOME, "seen_alone": True,
        "submission": uuid.uuid4(), **more,
    }  # fmt: skip
    return actions.record_visit(children, by=by, at=NOW, on=TODAY, **answers)


def test_a_visit_counts_at_once(child, who):
    assert ContactPlan.objects.get().due_on < TODAY
    (visit,) = record(child, who)
    assert (visit.seen, visit.seen_alone, visit.place, visit.service) == (True, True, "Home", "cp")
    assert (visit.worker_name, visit.recorded_by, visit.recorded_at) == (who.name, who, NOW)
    plan = ContactPlan.objects.get()
    assert (plan.due_on, plan.last_f2f_on, plan.f2f_in_interval) == (days(7), TODAY, True)
    assert plan.why.endswith("last seen face to face 3 June.")
    assert Rating.objects.filter(child=child, is_current=True).count() == 1
    event = Event.objects.get(kind=EventKind.VISIT_RECORDED)
    assert (event.subject_type, event.subject_id, event.actor_name) == ("child", str(child.pk), who.name)


def test_brothers_and_sisters_are_seen_in_one_go(child, who):
    sister = a_child(who)
    visits = record(
        [child, sister], who,
        apart={sister.pk: {"seen_alone": False, "not_alone_reason": "She asked her mother to stay."}},
    )  # fmt: skip
    assert len({visit.group for visit in visits}) == 1
    assert {visit.child_id: visit.seen_alone for visit in visits} == {child.pk: True, sister.pk: False}
    assert visits[0].not_alone_reason == ""
    assert set(ContactPlan.objects.values_list("due_on", flat=True)) == {days(7)}
    assert Event.objects.filter(kind=EventKind.VISIT_RECORDED).count() == 2


def test_sending_twice_records_once(child, who):
    form = uuid.uuid4()
    first = record(child, who, submission=form)
    second = record(child, who, submission=form)
    assert [visit.pk for visit in first] == [visit.pk for visit in second]
    assert Visit.objects.count() == 1
    assert Event.objects.filter(kind=EventKind.VISIT_RECORDED).count() == 1


def test_a_failed_attempt_never_moves_the_next_visit(child, who):
    before = ContactPlan.objects.values_list("due_on", "last_seen_on").get()
    (visit,) = record(
        child, who, outcome=VisitOutcome.NO_ACCESS, mode=None, seen_alone=None, note="Knocked twice; back at 4."
    )
    assert (visit.seen, visit.mode, visit.seen_alone) == (False, "no_access", None)
    assert ContactPlan.objects.values_list("due_on", "last_seen_on").get() == before


MISSING = table("""
    outcome   | mode     | alone | why not alone | why virtual          | note || answer | sentence
    seen      |          | yes   |               |                      |      || mode             | Say how you saw
    seen      | f2f_home |       |               |                      |      || seen_alone       | whether the child was alone
    seen      | f2f_home | no    |               |                      |      || not_alone_reason | why the child was not seen alone
    seen      | video    | yes   |               |                      |      || virtual_reason   | why this was not face to face
    seen      | video    | yes   |               | Shielding.           |      || virtual_reason   | in 20 characters or more
    not_seen  | f2f_home |       |               |                      |      || note             | what you tried and what happens next
    no_access |          |       |               |                      |      || note             | what you tried and what happens next
""")  # fmt: skip


@pytest.mark.parametrize("row", MISSING, ids=ids(MISSING))
def test_the_outcome_decides_what_must_be_said(row, child, who):
    save = actions.save_draft(child, answers={"note": "begun"}, by=who, at=NOW)
    with pytest.raises(NotAllowedNow, match=row["sentence"]) as refused:
        record(
            child, who, outcome=VisitOutcome(row["outcome"]), mode=VisitMode(row["mode"]) if row["mode"] else None,
            seen_alone={"yes": True, "no": False}.get(row["alone"]), not_alone_reason=row["why not alone"],
            virtual_reason=row["why virtual"], note=row["note"],
        )  # fmt: skip
    assert refused.value.field == row["answer"]
    assert not Visit.objects.exists()
    assert VisitDraft.objects.get() == save  # what was typed is still there


def test_what_the_outcome_does_not_ask_for_is_not_kept(child, who):
    (visit,) = record(child, who, virtual_reason=WHY_VIRTUAL, not_alone_reason="Left over from before")
    assert (visit.virtual_reason, visit.not_alone_reason) == ("", "")


def test_a_cancelled_visit_needs_no_more(child, who):
    (visit,) = record(child, who, outcome=VisitOutcome.CANCELLED, mode=None, seen_alone=None)
    assert (visit.seen, visit.seen_alone) == (False, None)


def test_a_visit_to_come_is_not_recorded(child, who):
    with pytest.raises(NotAllowedNow, match="cannot be after today"):
        record(child, who, visit_on=days(1))


def test_a_visit_of_last_week_counts_from_last_week(child, who):
    record(child, who, visit_on=days(-5))
    assert ContactPlan.objects.get().due_on == days(2)


def test_a_draft_is_kept_per_person_and_gone_when_sent(child, who):
    colleague, _ = make.practitioner(who.worker.team)
    actions.save_draft(child, answers={"outcome": "seen"}, by=who, at=NOW)
    actions.save_draft(child, answers={"outcome": "seen", "note": "more"}, by=who, at=NOW)
    actions.save_draft(child, answers={"outcome": "no_access"}, by=colleague, at=NOW)
    assert draft_of(who, child) == {"outcome": "seen", "note": "more"}
    record(child, who)
    assert draft_of(who, child) == {}
    assert draft_of(colleague, child) == {"outcome": "no_access"}


def test_all_or_nothing(child, who, monkeypatch):
    actions.save_draft(child, answers={"note": "begun"}, by=who, at=NOW)
    before = list(ContactPlan.objects.values())

    def fails(*_, **__):
        raise RuntimeError("in the middle")

    monkeypatch.setattr("keepsight.apps.contact.actions.planning.contact_plans", fails)
    with pytest.raises(RuntimeError):
        record(child, who)
    assert not Visit.objects.exists()
    assert list(ContactPlan.objects.values()) == before
    assert draft_of(who, child) == {"note": "begun"}


def test_one_child_out_of_reach_and_none_is_recorded(child, who):
    strange = a_child(_stranger())
    with pytest.raises(NotPermitted, match="not among those you work with"):
        record([child, strange], who)
    assert not Visit.objects.exists()


def test_an_analyst_records_nothing(child, who):
    with pytest.raises(NotPermitted):
        record(child, make.user(Role.ANALYST, of=child.authority))


def _stranger():
    user, worker = make.practitioner()
    user.worker = worker
    return user


# --- virtual visits: a manager signs the reason (O1) ------------------------------------------------


@pytest.fixture
def virtual(child, who):
    (visit,) = record(child, who, mode=VisitMode.VIDEO, virtual_reason=WHY_VIRTUAL)
    return visit


def test_a_virtual_visit_waits_for_a_manager_and_does_not_meet_a_visit_at_home(virtual, who):
    assert (virtual.virtual_reason, virtual.virtual_signed_at) == (WHY_VIRTUAL, None)
    plan = ContactPlan.objects.get()
    assert plan.due_on < TODAY
    assert plan.last_contact_on == TODAY


def test_a_manager_signs_once(virtual, who):
    manager = make.user(Role.TEAM_MANAGER, team=who.worker.team)
    signed = actions.sign_virtual(virtual, by=manager, at=NOW)
    assert (signed.virtual_signed_by, signed.virtual_signed_at) == (manager.name, NOW)
    assert Event.objects.filter(kind=EventKind.VIRTUAL_APPROVED).count() == 1
    with pytest.raises(NotAllowedNow, match="already signed"):
        actions.sign_virtual(virtual, by=manager, at=NOW)


def test_nobody_signs_their_own_reason(child):
    manager = make.user(Role.TEAM_MANAGER, of=child.authority)
    (visit,) = record(child, manager, mode=VisitMode.PHONE, virtual_reason=WHY_VIRTUAL)
    with pytest.raises(NotPermitted, match="another manager"):
        actions.sign_virtual(visit, by=manager, at=NOW)


def test_a_practitioner_signs_nothing(virtual, who):
    colleague, _ = make.practitioner(who.worker.team)
    with pytest.raises(NotPermitted):
        actions.sign_virtual(virtual, by=colleague, at=NOW)


def test_a_face_to_face_visit_has_nothing_to_sign(child, who):
    (visit,) = record(child, who)
    with pytest.raises(NotAllowedNow, match="not virtual"):
        actions.sign_virtual(visit, by=make.user(Role.TEAM_MANAGER, of=child.authority), at=NOW)
