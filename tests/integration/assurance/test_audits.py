"""An audit from its sample to an action, with second opinions (QAP-01, QAP-02, RAG-11)."""

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.assurance.actions import audits as acts
from keepsight.apps.assurance.models import Judgement
from keepsight.apps.assurance.rounds import findings, questions_of, words_of
from keepsight.apps.audit.models import Event
from keepsight.apps.registers import actions as registers
from keepsight.core.errors import NotPermitted
from keepsight.core.terms import RecordClass
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    authority = make.authority()
    team = make.team(authority)
    worker = make.worker(team)
    lead = make.user(Role.QUALITY_ASSURANCE, of=authority)
    other = make.user(Role.QUALITY_ASSURANCE, of=authority)
    for place in range(24):
        level = ("red", "amber", "green")[place % 3]
        make.plan(make.child(authority), by=worker, level=level, worked_level=level)
    registers.install(authority, at=make.NOW)
    return authority, lead, other


def begun(office, tool="dip_sample", **given):
    authority, lead, other = office
    said = {"population": "open", "strata": ["level"], "size": 12, "seed": "June", "second_share": 0.5, **given}
    return acts.begin(
        authority, in_force(authority).book, title="June", tool=tool, due_on=make.days(7), by=lead, at=make.NOW,
        on=make.TODAY,
        **said,
    )  # fmt: skip


def sheet(audit, **given):
    said = {each.id: next(iter(words_of(each)), "x") for each in questions_of(audit).questions}
    return {**said, **given}


def test_the_same_seed_draws_the_same_cases_and_every_level_its_part(office):
    one, other = begun(office), begun(office)
    assert list(one.items.values_list("child", "stratum")) == list(other.items.values_list("child", "stratum"))
    assert one.population_digest == other.population_digest
    assert one.counts == {"amber": [8, 4], "green": [8, 4], "red": [8, 4]}
    assert one.items.filter(wants_second=True).count() == 6
    assert list(begun(office, seed="July").items.values_list("child")) != list(one.items.values_list("child"))


def test_a_restricted_record_and_ones_own_are_never_drawn(office):
    authority, lead, other = office
    hidden = make.child(authority, record_class=RecordClass.RESTRICTED)
    make.plan(hidden)
    audit = begun(office, size=100)
    assert audit.size == 24
    assert not audit.items.filter(child=hidden).exists()


def test_two_opinions_are_given_apart_and_compared(office):
    authority, lead, other = office
    audit = acts.give_out(begun(office), [lead, other], by=lead, at=make.NOW)
    for item in audit.items.all():
        first, second = item.auditor, item.second_auditor
        acts.judge(item, sheet(audit, level=item.level), by=first, at=make.NOW, done=True)
        if second:
            assert second != first
            acts.judge(item, sheet(audit, level="red"), by=second, at=make.NOW, done=True)
    found = findings(audit)
    assert (found["audited"], found["twice"]) == (12, 6)
    assert (found["levels"]["percent"], found["levels"]["too_high"], found["levels"]["too_low"]) == ("100%", 0, 0)
    level = found["agreement"][0]
    assert (level["n"], level["percent"], level["kappa"]) == (6, "33%", "Fewer than 10 cases were judged twice.")


def test_an_opinion_given_stays_and_a_draft_may_leave_questions_open(office):
    authority, lead, other = office
    audit = acts.give_out(begun(office), [lead, other], by=lead, at=make.NOW)
    item = audit.items.filter(auditor=lead).first()
    acts.judge(item, {"level": "red"}, by=lead, at=make.NOW, done=False)
    with pytest.raises(acts.WrongAudit) as wrong:
        acts.judge(item, {"level": "red"}, by=lead, at=make.NOW, done=True)
    assert "Answer: How sure are you?" in wrong.value.troubles.values()
    acts.judge(item, sheet(audit), by=lead, at=make.NOW, done=True)
    with pytest.raises(acts.WrongAudit, match="stays as it was"):
        acts.judge(item, sheet(audit, level="green"), by=lead, at=make.NOW, done=True)
    assert Event.objects.filter(kind="case_audited", subject_id=str(item.child_id)).count() == 2


def test_nobody_judges_a_case_of_somebody_else_or_one_restricted_since(office):
    authority, lead, other = office
    audit = acts.give_out(begun(office, second_share=0.0), [lead], by=lead, at=make.NOW)
    item = audit.items.first()
    with pytest.raises(NotPermitted):
        acts.judge(item, sheet(audit), by=other, at=make.NOW, done=True)
    item.child.record_class = RecordClass.RESTRICTED
    item.child.save()
    with pytest.raises(NotPermitted):
        acts.judge(item, sheet(audit), by=lead, at=make.NOW, done=True)


def test_second_opinions_need_a_second_person(office):
    authority, lead, other = office
    with pytest.raises(acts.WrongAudit, match="second person"):
        acts.give_out(begun(office), [lead], by=lead, at=make.NOW)


def test_a_theme_becomes_an_action_in_the_register(office, client):
    authority, lead, other = office
    audit = acts.give_out(begun(office, tool="thematic_audit"), [lead, other], by=lead, at=make.NOW)
    for item in audit.items.all():
        worst = {each.id: list(words_of(each))[-1] for each in questions_of(audit).questions if words_of(each)}
        acts.judge(item, sheet(audit, **worst), by=item.auditor, at=make.NOW, done=True)
    theme = findings(audit)["themes"][0]
    assert theme["cases"] == 12
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        page = client.get(reverse("assurance:audit", args=[audit.ref])).content.decode()
        assert "12 of 12" in page
        day = {"due_on_day": 20, "due_on_month": 6, "due_on_year": 2020}
        address = reverse("assurance:audit_act", args=[audit.ref])
        answer = client.post(address, {"theme": theme["theme"], "what": "Train all teams", "owner": "", **day})
    assert answer.status_code == 302
    acted = authority.registers.get(key="action").entries.get()
    assert (acted.title, acted.values["came_from"]) == ("Train all teams", "audit")


def test_the_pages_lead_from_a_draw_to_an_opinion(office, client):
    authority, lead, other = office
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        day = {"due_on_day": 20, "due_on_month": 6, "due_on_year": 2020}
        said = {
            "title": "Dip",
            "tool": f"{authority.pk}:dip_sample",
            "population": "red",
            "size": 3,
            "second": 0,
            "seed": "",
        }
        answer = client.post(reverse("assurance:audit_new"), {**said, **day})
        assert answer.status_code == 302, answer.content.decode()
        audit = authority.audits.get()
        page = client.get(reverse("assurance:audit", args=[audit.ref])).content.decode()
        assert "0 of 3 cases audited" in page
        client.post(reverse("assurance:audit", args=[audit.ref]), {"auditors": [lead.pk]})
        cases = client.get(reverse("assurance:my_cases")).content.decode()
        item = audit.items.first()
        address = reverse("assurance:judge", args=[item.pk])
        assert address in cases
        page = client.get(address).content.decode()
        assert "Red" not in page.split("<form")[0], "the level given is not shown before"
        assert client.post(address, {"level": "red"}).status_code == 422
        assert client.post(address, sheet(audit)).status_code == 302
        client.force_login(make.user(Role.LEADER, of=authority))
        assert client.get(address).status_code == 403
    assert Judgement.objects.filter(done=True).count() == 1
