"""Command, staff and assurance: other authorities', one's own signature, and exercises."""

from typing import Any

from keepsight.apps.assurance.models import AuditRound, Judgement, Wave
from keepsight.apps.command.models import CommandReport, Meeting, Position, ReturnSlip, Term
from keepsight.apps.events.models import Event
from keepsight.apps.people.models import Child
from keepsight.apps.workforce.models import Rota, Shift, SurveyAnswer
from tests import factories as make
from tests.access.attacks.table import DENIED, Attacker, attempt, refused
from tests.integration.command.world import hold


def picture(a: Attacker) -> CommandReport:
    return CommandReport.objects.get(ref=a.world.ids["picture"])


@attempt(
    "CMD-01", "Read another authority's emergency: structure, meeting, minutes, return, picture", "Not found", DENIED
)
def _(a: Attacker) -> None:
    ids = a.world.ids
    for person in ("leader/other authority", "emergency_lead/other authority", "cell_member/other authority"):
        a.as_(person)
        for url in (
            f"{ids['event']}/", f"{ids['event']}/structure/", f"{ids['event']}/positions/", f"{ids['event']}/report/",
            f"{ids['event']}/cells/{ids['cell']}/", f"meetings/{ids['meeting']}/",
            f"meetings/{ids['meeting']}/minutes.docx",
            f"meetings/{ids['meeting']}/minutes.pdf", f"returns/{ids['slip']}/", f"returns/rounds/{ids['round']}/",
            f"reports/{ids['picture']}/", f"reports/{ids['picture']}/report.docx",
            f"reports/{ids['picture']}/report.pdf",
            f"?event={ids['event']}", f"meetings/?event={ids['event']}", f"reports/?event={ids['event']}",
        ):  # fmt: skip
            came = a.get(f"/command/{url}")
            assert came.status_code in (403, 404) or "Pandemic" not in came.seen, url
            if "?" not in url:
                refused(came)


@attempt("CMD-02", "Change another authority's emergency", "Not found, nothing changes", DENIED)
def _(a: Attacker) -> None:
    ids = a.world.ids
    a.as_("emergency_lead/other authority")
    for url, sent in (
        (f"meetings/{ids['meeting']}/cancel/", {"why": "Because"}),
        (f"meetings/{ids['meeting']}/agree/", {"revision": 1}),
        (f"reports/{ids['picture']}/sign/", {"seen": picture(a).digest}), (f"returns/{ids['slip']}/chase/", {}),
        (f"returns/{ids['slip']}/name/", {"user": a.user.pk}), (f"{ids['event']}/close/", {"handover": "Mine"}),
        (f"{ids['event']}/positions/strategic_chair/", {"user": a.user.pk}),
        (f"{ids['event']}/phases/widening/", {"why": "x"}),
        (f"{ids['exercise']}/exercise/take-away/", {}), (f"{ids['event']}/terms/{ids['term']}/", {"what": "end"}),
        (f"reports/make/cop/?event={ids['event']}", {}),
        ("activate/fellshire/severe_weather/", {"reason": "Because of snow"}),
    ):  # fmt: skip
        refused(a.post(f"/command/{url}", sent))
    assert Meeting.objects.get(ref=ids["meeting"]).state == Meeting.State.PLANNED
    assert Event.objects.get(ref=ids["event"]).is_active
    assert picture(a).state == CommandReport.State.DRAFT


@attempt("CMD-03", "Sign the picture that one put together", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("emergency_lead")  # holds the position that signs, and put it together
    refused(a.post(f"/command/reports/{a.world.ids['picture']}/sign/", {"seen": picture(a).digest}))
    assert picture(a).state == CommandReport.State.DRAFT


@attempt("CMD-04", "Sign a picture without the duty position that signs", "Refused", DENIED)
def _(a: Attacker) -> None:
    for person in ("leader", "cell_member"):
        refused(a.as_(person).post(f"/command/reports/{a.world.ids['picture']}/sign/", {"seen": picture(a).digest}))
    assert picture(a).state == CommandReport.State.DRAFT


@attempt("CMD-05", "Sign a picture that was changed under one's eyes", "Refused until it is read again", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    hold(a.user, Event.objects.get(ref=a.world.ids["event"]), "strategic_chair")
    for seen in ("", "x", "0" * 64):
        refused(a.post(f"/command/reports/{a.world.ids['picture']}/sign/", {"seen": seen}))
    assert picture(a).state == CommandReport.State.DRAFT
    url = f"/command/reports/{a.world.ids['picture']}/sign/"
    assert a.post(url, {"seen": picture(a).digest}).status_code == 302  # else this proves nothing


@attempt("CMD-06", "Write into a picture that is signed", "It stays", "")
def _(a: Attacker) -> None:
    held = picture(a)
    CommandReport.objects.filter(pk=held.pk).update(state=CommandReport.State.SIGNED)
    a.as_("emergency_lead")
    block = next(each["id"] for each in held.body["blocks"] if each["kind"] == "text")
    refused(a.post(f"/command/reports/{held.ref}/words/{block}/", {"text": "Changed after", "seen": held.digest}))
    assert picture(a).body == held.body


@attempt("CMD-07", "Open a role for oneself by a duty position", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("emergency_lead")
    event = Event.objects.get(ref=a.world.ids["event"])
    key = Position.objects.filter(event=event, role="cell_member").first().key
    sent = {"user": a.user.pk, "days": "28", "starts_on_day": "3", "starts_on_month": "6", "starts_on_year": "2020"}
    came = a.post(f"/command/{event.ref}/positions/{key}/", sent)
    assert came.status_code in (403, 409, 422)
    assert not Term.objects.filter(position__key=key, user=a.user).exists()
    assert a.user.memberships.count() == 1
    refused(a.get(f"/command/reports/{a.world.people['leader'].pk}/"))


@attempt("CMD-08", "Give a duty position to somebody from outside the council", "Asked again", "")
def _(a: Attacker) -> None:
    a.as_("emergency_lead")
    event = Event.objects.get(ref=a.world.ids["event"])
    for person in ("leader/other authority", "provider", "school", "member"):
        sent = {"user": a.world.people[person].pk, "days": "28", "starts_on_day": "3", "starts_on_month": "6",
                "starts_on_year": "2020"}  # fmt: skip
        assert a.post(f"/command/{event.ref}/positions/tactical_chair/", sent).status_code in (403, 422), person
    assert not Term.objects.filter(position__key="tactical_chair").exists()


@attempt("CMD-09", "Agree the record of a meeting that one does not chair", "Refused", DENIED)
def _(a: Attacker) -> None:
    Meeting.objects.filter(ref=a.world.ids["meeting"]).update(state=Meeting.State.HELD)
    refused(a.as_("cell_member").post(f"/command/meetings/{a.world.ids['meeting']}/agree/", {"revision": "1"}))
    assert Meeting.objects.get(ref=a.world.ids["meeting"]).state == Meeting.State.HELD


@attempt("CMD-10", "Give a return that somebody else owes", "Refused, none is kept", DENIED)
def _(a: Attacker) -> None:
    sent = {"headline": "All well", "overall": "green", "as_at_day": "3", "as_at_month": "6", "as_at_year": "2020"}
    for person in ("communications", "practitioner", "commissioner/other authority"):
        refused(a.as_(person).post(f"/command/returns/{a.world.ids['slip']}/", sent))
    assert ReturnSlip.objects.get(pk=a.world.ids["slip"]).entry_id is None


@attempt("CMD-11", "Name somebody of another authority as who answers for a return", "Nobody from outside is named", "")
def _(a: Attacker) -> None:
    a.as_("emergency_lead")
    a.post(f"/command/returns/{a.world.ids['slip']}/name/", {"user": a.world.ids["far_person"]})
    held = ReturnSlip.objects.get(pk=a.world.ids["slip"]).responsible
    assert held in (None, a.world.people["commissioner"])


@attempt("CMD-12", "Read on a meeting's page, in its minutes and in a picture who is out of reach", "Left out", "")
def _(a: Attacker) -> None:
    hidden = ("restricted", "before_adoption", "own_record", "other_authority")
    meeting, report = (
        f"/command/{kind}/{a.world.ids[name]}/" for kind, name in (("meetings", "meeting"), ("reports", "picture"))
    )
    for person in ("leader", "emergency_lead", "cell_member", "commissioner", "team_manager/other team"):
        a.as_(person)
        for url in (
            meeting,
            f"{meeting}minutes.docx",
            f"{meeting}minutes.pdf",
            report,
            f"{report}report.docx",
            f"{report}report.pdf",
        ):
            came = a.get(url)
            assert not a.told(came, *hidden), (person, url)
            if "report" in url:
                assert not a.told(came, *a.world.subjects), (person, url)


@attempt("CMD-13", "Enter an exercise of another authority, or a live emergency as an exercise", "Not found", DENIED)
def _(a: Attacker) -> None:
    refused(a.as_("emergency_lead/other authority").post(f"/emergencies/exercises/{a.world.ids['exercise']}/enter/"))
    refused(a.as_("leader").post(f"/emergencies/exercises/{a.world.ids['event']}/enter/"))
    assert "exercise" not in a.client.session


@attempt(
    "CMD-14",
    "Take a live emergency away as if it were an exercise; close an exercise as if it were live",
    "Not found",
    DENIED,
)
def _(a: Attacker) -> None:
    a.as_("emergency_lead")
    refused(a.post(f"/command/{a.world.ids['event']}/exercise/take-away/"))
    a.post(f"/emergencies/exercises/{a.world.ids['exercise']}/enter/")
    refused(a.post(f"/command/{a.world.ids['exercise']}/close/", {"handover": "None"}))
    assert Event.objects.filter(ref=a.world.ids["event"], state=Event.State.ACTIVE).exists()


@attempt(
    "CMD-15", "Read live meetings, pictures and rotas from inside an exercise, and the reverse", "Not found", DENIED
)
def _(a: Attacker) -> None:
    a.as_("leader")
    refused(a.get(f"/command/meetings/{a.world.ids['exercise_meeting']}/"))
    refused(a.get(f"/command/{a.world.ids['exercise']}/"))
    a.post(f"/emergencies/exercises/{a.world.ids['exercise']}/enter/")
    assert a.get(f"/command/meetings/{a.world.ids['exercise_meeting']}/").status_code == 200
    for url in (
        f"/command/meetings/{a.world.ids['meeting']}/", f"/command/reports/{a.world.ids['picture']}/",
        f"/workforce/rotas/{a.world.ids['rota']}/", f"/workforce/surveys/{a.world.ids['survey']}/",
    ):  # fmt: skip
        refused(a.get(url))


@attempt("CMD-16", "Change a live record, account or audit from inside an exercise", "Refused", "")
def _(a: Attacker) -> None:
    a.as_("team_manager")
    a.post(f"/emergencies/exercises/{a.world.ids['exercise']}/enter/")
    before = Child.objects.filter(pk=a.child("standard").pk).values().get()
    item = a.world.subjects["standard"].ids["item"]
    for url, sent in (
        (a.page("standard", "visit/"), {"outcome": "cancelled", "when": "today"}), (a.page("standard", "rating/"), {}),
        (f"/assurance/cases/{item}/", {"draft": "1"}), ("/api/tokens/", {"name": "Inside", "months": "1"}),
    ):  # fmt: skip
        assert a.post(url, sent).status_code == 409, url
    assert Child.objects.filter(pk=before["id"]).values().get() == before
    assert not Judgement.objects.filter(item=item).exists()


@attempt("WRK-01", "A rota, survey or staffing page of another authority; a draft of one's own", "Not found", DENIED)
def _(a: Attacker) -> None:
    ids = a.world.ids
    a.as_("workforce_lead/other authority")
    for url in (
        f"rotas/{ids['rota']}/", f"rotas/{ids['draft_rota']}/", f"rotas/{ids['draft_rota']}/people/",
        f"rotas/{ids['draft_rota']}/duties/{ids['shift']}/", f"surveys/{ids['survey']}/",
        f"surveys/{ids['survey']}/answer/",
    ):  # fmt: skip
        refused(a.get(f"/workforce/{url}"))
    refused(a.post(f"/workforce/rotas/{ids['draft_rota']}/publish/"))
    refused(a.post(f"/workforce/rotas/{ids['draft_rota']}/fill/"))
    refused(a.as_("practitioner").get(f"/workforce/rotas/{ids['draft_rota']}/"))
    assert Rota.objects.get(ref=ids["draft_rota"]).state == Rota.State.DRAFT


@attempt("WRK-02", "Put a worker of another authority, or one who is not on the rota, on a duty", "Asked again", "")
def _(a: Attacker) -> None:
    a.as_("workforce_lead")
    url = f"/workforce/rotas/{a.world.ids['draft_rota']}/duties/{a.world.ids['shift']}/"
    for worker in (a.world.subjects["other_authority"].ids["worker"], a.world.ids["worker"], 10**9):
        assert a.post(url, {"worker": worker, "revision": "1"}).status_code == 422
    assert Shift.objects.get(pk=a.world.ids["shift"]).worker_id is None


@attempt("WRK-03", "Learn from a survey what few have said, or who said it", "Nothing below ten, and never who", "")
def _(a: Attacker) -> None:
    survey = a.world.ids["survey"]
    SurveyAnswer.objects.create(survey_id=_pk_of(survey), team="Northteam", values={"comment": "Onlyoneanswer"})
    for person in ("workforce_lead", "leader"):
        came = a.as_(person).get(f"/workforce/surveys/{survey}/?team=Northteam&least=1")
        assert came.status_code == 200
        assert "Onlyoneanswer" not in came.seen


def _pk_of(ref: Any) -> int:
    from keepsight.apps.workforce.models import Survey

    return Survey.objects.get(ref=ref).pk


@attempt("WRK-04", "Answer a survey twice, or after it closed", "Counted once", "")
def _(a: Attacker) -> None:
    from keepsight.apps.workforce.models import Answered, Survey

    a.as_("practitioner")
    held = Survey.objects.get(ref=a.world.ids["survey"])
    Answered.objects.create(survey=held, user=a.user)
    refused(a.post(f"/workforce/surveys/{held.ref}/answer/", {}))
    Answered.objects.all().delete()
    Survey.objects.filter(pk=held.pk).update(closes_on=make.days(-1))
    refused(a.post(f"/workforce/surveys/{held.ref}/answer/", {}))
    assert not held.answers.exists()


@attempt("QAP-01", "Judge a case that was given to somebody else", "Not found", DENIED)
def _(a: Attacker) -> None:
    for person in ("team_manager/other team", "quality_assurance/with reason", "quality_assurance/other authority"):
        a.as_(person)
        for subject in a.world.subjects.values():
            if "item" in subject.ids:
                refused(a.get(f"/assurance/cases/{subject.ids['item']}/"))
                refused(a.post(f"/assurance/cases/{subject.ids['item']}/", {"level": "green"}))
    assert not Judgement.objects.exists()


@attempt("QAP-02", "Judge, as its auditor, a case restricted since, or one's own", "Not found, not listed", DENIED)
def _(a: Attacker) -> None:
    a.as_("quality_assurance")
    for key in ("restricted", "before_adoption", "own_record"):
        refused(a.get(f"/assurance/cases/{a.world.subjects[key].ids['item']}/"))
        refused(a.post(f"/assurance/cases/{a.world.subjects[key].ids['item']}/", {"level": "green", "draft": "1"}))
    assert not a.told(a.get("/assurance/cases/"), "restricted", "before_adoption", "own_record")
    assert not Judgement.objects.exists()


@attempt("QAP-03", "Judge cases after one's role in that authority has ended", "Not found", DENIED)
def _(a: Attacker) -> None:
    a.as_("quality_assurance")
    a.user.memberships.update(authority_id=a.world.ids["far_authority"])
    refused(a.get(f"/assurance/cases/{a.world.subjects['standard'].ids['item']}/"))
    assert not a.told(a.get("/assurance/cases/"), *a.world.subjects)


@attempt("QAP-04", "Lock the return that one has counted", "A second person locks it", "")
def _(a: Attacker) -> None:
    a.as_("quality_assurance").post(f"/assurance/returns/{a.world.ids['wave']}/lock/")
    assert Wave.objects.get(ref=a.world.ids["wave"]).state == Wave.State.DRAFT


@attempt("QAP-05", "An audit, a return and the binder of another authority", "Not found", DENIED)
def _(a: Attacker) -> None:
    a.as_("quality_assurance/other authority")
    ids = a.world.ids
    refused(a.get(f"/assurance/audits/{ids['audit']}/"))
    refused(a.post(f"/assurance/audits/{ids['audit']}/close/", {"although": "1"}))
    refused(a.get(f"/assurance/audits/{ids['audit']}/action/?theme=x"))
    refused(a.get(f"/assurance/returns/{ids['wave']}/"))
    refused(a.post(f"/assurance/returns/{ids['wave']}/lock/"))
    refused(a.post("/assurance/returns/count/", {"return": f"{ids['authority']}:vulnerable_children_survey"}))
    assert "Fellshire" not in a.get(f"/assurance/binder/?authority={ids['authority']}").seen
    assert AuditRound.objects.get(ref=ids["audit"]).state == AuditRound.State.OPEN
