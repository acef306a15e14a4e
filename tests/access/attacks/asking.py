"""Reasons, names, broken glass and roles that one may not have."""

from keepsight.apps.people.models import RecordAccess
from tests.access.addresses import ADDRESSES
from tests.access.attacks.table import DENIED, Attacker, attempt, refused


@attempt("ASK-01", "Answer one's own request to be named", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    mine = a.world.subjects["standard"].ids["asked"]
    refused(a.post(f"/access/requests/{mine}/", {"answer": "grant", "because": "task", "reason": "I need it, truly"}))
    assert RecordAccess.objects.get(pk=mine).state == "asked"


@attempt("ASK-02", "Answer a request as a manager of another team or authority", "Refused", DENIED)
def _(a: Attacker) -> None:
    asked = a.world.subjects["restricted"].ids["asked"]
    for person in (
        "team_manager/other team",
        "team_manager/other authority",
        "administrator",
        "information_governance",
    ):
        refused(a.as_(person).post(f"/access/requests/{asked}/", {"answer": "grant", "because": "task"}))
    assert RecordAccess.objects.get(pk=asked).state == "asked"


@attempt("ASK-03", "Ask for a restricted record and for one that does not exist", "The same answer", "access_asked")
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    sent = {"because": "task", "reason": "I am to visit the family", "forename": "", "surname": ""}
    answers = [a.post("/access/requests/new/", sent | {"number": number}) for number in ("CN-Brixhald", "CN-Nobody")]
    assert answers[0].status_code == answers[1].status_code
    assert answers[0].headers.get("Location") == answers[1].headers.get("Location")


@attempt("ASK-04", "Open a record with a reason that says nothing", "Asked again", "")
def _(a: Attacker) -> None:
    a.as_("duty_worker")
    for reason in ("", ".", "          ", "short"):
        came = a.post(f"/access/reason/{a.child('standard').ref}/", {"because": "safeguarding", "reason": reason})
        assert came.status_code == 422
    assert not RecordAccess.objects.filter(user=a.user, kind="reason").exists()


@attempt("ASK-05", "Open a record with a reason in a role that has no such way", "Refused", DENIED)
def _(a: Attacker) -> None:
    for person in ("analyst", "administrator", "information_governance", "member", "school", "data_loader"):
        sent = {"because": "safeguarding", "reason": "I would like to look at this"}
        refused(a.as_(person).post(f"/access/reason/{a.child('standard').ref}/", sent))


@attempt("ASK-06", "Break the glass in a role that has no such way", "Refused", DENIED)
def _(a: Attacker) -> None:
    for person in ("analyst", "administrator", "information_governance", "leader", "member", "school", "provider"):
        sent = {"because": "missing", "reason": "The child is missing", "number": "CN-Quellon"}
        refused(a.as_(person).post("/access/emergency/", sent))


@attempt("ASK-07", "Break the glass on one's own record", "Nothing is opened", "")
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    sent = {"because": "missing", "reason": "The child is missing from home", "number": "CN-Wolbach"}
    a.post("/access/emergency/", sent)
    assert a.get(a.page("own_record")).status_code == 403
    live = RecordAccess.objects.filter(user=a.user, child=a.child("own_record"), kind="break_glass", state="granted")
    assert not live.exists()


@attempt("ASK-08", "Break the glass on a child of another authority", "Nothing is opened", "")
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    sent = {"because": "missing", "reason": "The child is missing from home", "number": "CN-Jarkovy"}
    came = a.post("/access/emergency/", sent)
    assert set(a.told(came, "other_authority").get("other_authority", "")) <= {"k"}, "the number that was typed"
    refused(a.get(a.page("other_authority")))


@attempt("ASK-09", "Answer a request twice, once each way", "The first answer stands", "")
def _(a: Attacker) -> None:
    a.as_("team_manager")
    asked = a.world.subjects["restricted"].ids["asked"]
    sent = {"because": "task", "reason": "Needed for the visit", "decision": "Needed for the visit"}
    a.post(f"/access/requests/{asked}/", sent | {"answer": "refuse"})
    first = RecordAccess.objects.get(pk=asked).state
    a.post(f"/access/requests/{asked}/", sent | {"answer": "grant"})
    assert RecordAccess.objects.get(pk=asked).state == first != "granted"


@attempt("ASK-10", "Give oneself a role, as an administrator", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("administrator")
    before = a.user.memberships.count()
    sent = {"role": "leader", "reach": "authority", "authority": a.world.ids["authority"], "starts_on_day": "1",
            "starts_on_month": "6", "starts_on_year": "2020", "reason": "I would like it"}  # fmt: skip
    refused(a.post(f"/people/{a.user.pk}/roles/", sent))
    assert a.user.memberships.count() == before


@attempt("ASK-11", "Give a role in another authority, as an administrator", "Nothing is given", "")
def _(a: Attacker) -> None:
    a.as_("administrator")
    person = a.world.people["practitioner/other authority"]
    before = person.memberships.count()
    a.post(
        f"/people/{person.pk}/roles/",
        {"role": "leader", "reach": "authority", "authority": a.world.ids["far_authority"]},
    )
    assert person.memberships.count() == before


@attempt("ASK-12", "Read the log of who looked as an administrator or a manager", "Refused", DENIED)
def _(a: Attacker) -> None:
    from tests.access.addresses import patterns

    pages = [
        name for name, view in patterns() if getattr(getattr(view, "permission", None), "value", "") == "audit_view"
    ]
    for person in ("administrator", "team_manager", "leader", "practitioner"):
        a.as_(person)
        for address in ADDRESSES:
            if address.name in pages and address.post is None:
                refused(a.get(address.url(a.world, a.world.subjects["standard"])))
    refused(a.get("/people/"))
