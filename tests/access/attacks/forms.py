"""Forms tampered with."""

from keepsight.apps.contact.models import Visit
from keepsight.apps.people.models import Child
from keepsight.apps.risk.models import Confirmation
from tests.access.attacks.table import DENIED, Attacker, a_visit, attempt, refused


@attempt("FORM-01", "Tick as brother or sister a child of another family", "Nothing is recorded for that child", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for key in ("health", "other_team", "other_authority", "own_record"):
        response = a.post(a.page("standard", "visit/"), a_visit(siblings=[a.child(key).pk]))
        assert response.status_code == 422
        assert not Visit.objects.filter(child=a.child(key), outcome="cancelled").exists()


@attempt("FORM-02", "Send a visit with the token of another's visit", "Nothing is overwritten", "")
def _(a: Attacker) -> None:
    theirs = a.world.subjects["other_team"].ids
    before = Visit.objects.filter(pk=theirs["visit"]).values().get()
    a.as_("own_worker").post(a.page("standard", "visit/"), a_visit(submission=str(theirs["sent"])))
    assert Visit.objects.filter(pk=theirs["visit"]).values().get() == before


@attempt("FORM-03", "Send the same visit again", "One visit", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    sent = a_visit()
    for _ in range(3):
        a.post(a.page("standard", "visit/"), sent)
    assert Visit.objects.filter(child=a.child("standard"), submission=sent["submission"]).count() <= 1


@attempt("FORM-04", "Approve the level that one has set oneself", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("team_manager")
    waiting = a.world.subjects["standard"].ids["confirmation"]
    Confirmation.objects.filter(pk=waiting).update(rated_by_user=a.user)
    refused(a.post(f"/ratings/{waiting}/approval/", {"answer": "approve"}))
    assert Confirmation.objects.get(pk=waiting).approval == "waiting"


@attempt("FORM-05", "Approve a level twice", "The second finds it answered", "")
def _(a: Attacker) -> None:
    a.as_("team_manager")
    waiting = a.world.subjects["standard"].ids["confirmation"]
    assert a.post(f"/ratings/{waiting}/approval/", {"answer": "approve"}).status_code == 302
    assert a.post(f"/ratings/{waiting}/approval/", {"answer": "refuse"}).status_code in (403, 404, 409, 422)
    assert Confirmation.objects.get(pk=waiting).approval == "approved"


MASS = {
    "record_class": "standard", "authority": 1, "authority_id": 1, "team_id": 1, "worker_id": 1, "provenance": "",
    "is_current": "on", "approval": "approved", "approved_by": "Me", "rated_by": "Somebody Else", "rated_by_user": 1,
    "recorded_by": 1, "recorded_at": "2001-01-01", "virtual_signed_by": "Me", "child": 1, "child_id": 1, "id": 1,
    "pk": 1, "created_load": 1, "is_active": "on", "role": "leader", "user": 1, "level_in_force": "green",
}  # fmt: skip


@attempt(
    "FORM-06", "Add to a visit fields that no form has: class, worker, signature, child", "They are passed over", ""
)
def _(a: Attacker) -> None:
    a.as_("own_worker")
    before = Child.objects.filter(pk=a.child("standard").pk).values().get()
    a.post(a.page("standard", "visit/"), a_visit(**MASS))
    made = Visit.objects.filter(child=a.child("standard"), outcome="cancelled").get()
    assert (made.recorded_by_id, made.virtual_signed_by) == (a.user.pk, "")
    assert Child.objects.filter(pk=before["id"]).values().get() == before


@attempt("FORM-07", "Add to a level fields that no form has: approved, by whom", "It waits all the same", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    reason = {"level": "green", "reason_code": "", "reason": "The child is settled and seen by everybody now."}
    a.post(a.page("standard", "rating/"), {**reason, **MASS})
    newest = Confirmation.objects.filter(child=a.child("standard")).latest("pk")
    assert newest.approval != "approved"


@attempt("FORM-08", "Add to a sighting fields that no form has", "They are passed over", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    seen = {"line": "school", "when": "today", "face_to_face": "yes", "who": "A teacher", "note": ""}
    a.post(a.page("standard", "seen/"), {**seen, **{k: v for k, v in MASS.items() if k != "provenance"}})
    for made in a.child("standard").sightings.filter(line="school"):
        assert made.recorded_by_id == a.user.pk


@attempt("FORM-09", "Make a report of an authority that is not one's own", "Refused", DENIED)
def _(a: Attacker) -> None:
    refused(a.as_("leader/other authority").post("/reports/new/", {"authority": "fellshire"}))


@attempt("FORM-10", "A day in the future, in another era, and no day at all", "Asked again", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for day in (
        ("1", "1", "2999"),
        ("31", "2", "2020"),
        ("0", "0", "0"),
        ("9" * 40, "1", "2020"),
        ("-1", "x", "\u0661"),
    ):
        parts = dict(zip(("other_day_day", "other_day_month", "other_day_year"), day, strict=True))
        assert a.post(a.page("standard", "visit/"), a_visit(when="other") | parts).status_code == 422


@attempt("FORM-11", "An answer that no list offers", "Asked again", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    assert a.post(a.page("standard", "visit/"), a_visit(outcome="seen_by_magic")).status_code == 422
    assert a.post(a.page("standard", "rating/"), {"level": "purple"}).status_code == 422


@attempt(
    "FORM-12",
    "JSON, XML and broken multipart where a form is expected",
    "Asked again or not understood; nothing is recorded",
    "",
)
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for kind, body in (
        ("application/json", b'{"outcome": "cancelled", "when": "today"}'),
        ("application/xml", b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b""),
        ("application/x-www-form-urlencoded", b"outcome=%ff%fe&when=%00"),
    ):
        response = a.send("POST", a.page("standard", "visit/"), data=body, content_type=kind)
        assert response.status_code in (200, 400, 403, 415, 422), response.status_code
    assert not Visit.objects.filter(child=a.child("standard"), outcome="cancelled").exists()
