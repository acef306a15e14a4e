"""Legal holds: placed and lifted with a reason, and nothing goes while one stands."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.governance.actions import disposal, holds
from keepsight.apps.governance.models import LegalHold, SubjectAccess
from keepsight.apps.governance.queries.retention import kept
from keepsight.apps.people.models import AccessKind, Child, RecordAccess
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.integration.governance import keeping

pytestmark = pytest.mark.django_db
WHY = "A court has asked for the record."


@pytest.fixture
def office():
    return keeping.office()


def place(office, number="", **given):
    return holds.place(**{"authority": office.authority, "number": number, "why": WHY, "by": office.officer,
                          "at": make.NOW, **given})  # fmt: skip


def phases(office):
    return kept(office.authority, make.TODAY)["phase"].to_list()


def test_a_hold_on_one_child_keeps_that_record_only(office):
    held, _ = keeping.contact_only(office.authority), keeping.contact_only(office.authority)
    place(office, f"CH{held.pk:06}")
    assert sorted(phases(office)) == ["held", "past"]
    event = Event.objects.get(kind="hold_placed")
    assert (event.subject_type, event.subject_id) == ("child", str(held.pk))
    assert WHY not in event.reason  # what people type stays out of the log


def test_a_hold_on_the_authority_keeps_every_record_and_its_parts(office):
    child = keeping.contact_only(office.authority)
    keeping.marker(child, ended_on=make.days(-500))
    keeping.contact_only(keeping.office().authority)
    place(office)
    assert phases(office) == ["held", "held"]
    with pytest.raises(NotAllowedNow):
        disposal.propose(authority=office.authority, rule_id="contact", by=office.officer, at=make.NOW, on=make.TODAY)


def test_an_open_subject_access_request_holds_the_record_by_itself(office):
    child = keeping.contact_only(office.authority)
    asked = SubjectAccess.objects.create(
        child=child, asked_on=make.TODAY, due_on=make.TODAY, asker="child", made_by=office.officer
    )
    assert phases(office) == ["held"]
    SubjectAccess.objects.filter(pk=asked.pk).update(made_at=make.NOW, kept_until=make.days(30))
    assert phases(office) == ["held"]
    SubjectAccess.objects.filter(pk=asked.pk).update(kept_until=None)  # answered, and the bundle deleted
    assert phases(office) == ["past"]


def test_a_lifted_hold_keeps_nothing_and_its_reason_stays(office):
    child = keeping.contact_only(office.authority)
    hold = place(office, f"CH{child.pk:06}")
    with pytest.raises(NotAllowedNow):
        place(office, f"CH{child.pk:06}")
    lifted = holds.lift(hold, because="The case is over.", by=office.officer, at=make.NOW)
    assert phases(office) == ["past"]
    assert (lifted.lifted_by, lifted.lifted_because) == (office.officer.name, "The case is over.")
    with pytest.raises(NotAllowedNow):
        holds.lift(hold, because="Once more.", by=office.officer, at=make.NOW)
    assert list(Event.objects.filter(kind="hold_lifted").values_list("subject_id", flat=True)) == [str(child.pk)]


def test_a_hold_after_the_approval_stops_the_destruction(office):
    child = keeping.contact_only(office.authority)
    listed = disposal.propose(
        authority=office.authority, rule_id="contact", by=office.officer, at=make.NOW, on=make.TODAY
    )
    disposal.decide(listed, approved=True, sentence="Their time is over.", by=office.leader, at=make.NOW)
    place(office)
    done = disposal.carry_out(listed, by=office.officer, at=make.NOW, on=make.TODAY)
    assert done.certificate["outcomes"] == {"held": 1}
    assert Child.objects.filter(pk=child.pk).exists()


@pytest.mark.parametrize("role", [r for r in Role if r != Role.INFORMATION_GOVERNANCE])
def test_only_information_governance_places_and_lifts(office, role):
    hold = place(office)
    somebody = make.user(role, of=office.authority)
    for refused in (
        lambda: place(office, "CH1", by=somebody),
        lambda: holds.lift(hold, because="No longer.", by=somebody, at=make.NOW),
    ):
        with pytest.raises(NotPermitted):
            refused()


def test_another_authoritys_child_is_as_no_child_at_all(office):
    theirs = keeping.contact_only(keeping.office().authority)
    sentences = set()
    for number in (f"CH{theirs.pk:06}", "CH999999"):
        with pytest.raises(NotAllowedNow) as refused:
            place(office, number)
        sentences.add(refused.value.sentence)
    assert len(sentences) == 1


def test_an_own_record_is_as_no_record(office):
    child = keeping.contact_only(office.authority)
    RecordAccess.objects.create(
        user=office.officer, child=child, kind=AccessKind.OWN_RECORD, state="granted", reason="Own.", asked_by="A",
        asked_at=make.NOW, starts_at=make.NOW,
    )  # fmt: skip
    with pytest.raises(NotAllowedNow):
        place(office, f"CH{child.pk:06}")


def test_the_pages(office, sign_in):
    child = keeping.contact_only(office.authority, forename="Unmistakable")
    client = sign_in(office.officer)
    assert client.post("/access/holds/", {"authority": office.authority.code}).status_code == 422
    answers = {"authority": office.authority.code, "over": "child", "number": "", "why": WHY}
    assert client.post("/access/holds/", answers).status_code == 422
    assert client.post("/access/holds/", {**answers, "number": "CH999999"}).status_code == 422
    assert client.post("/access/holds/", {**answers, "number": f" ch{child.pk:06} "}).status_code == 302
    page = client.get("/access/holds/").content.decode()
    assert f"CH{child.pk:06}" in page
    assert "Unmistakable" not in page
    hold = LegalHold.objects.get()
    assert client.post(f"/access/holds/{hold.pk}/lift/", {"because": ""}).status_code == 422
    assert client.post(f"/access/holds/{hold.pk}/lift/", {"because": "The case is over."}).status_code == 302
    assert "The case is over." in client.get("/access/holds/").content.decode()
    assert client.get("/access/holds/999999/lift/").status_code == 404
    theirs = place(keeping.office())
    assert client.get(f"/access/holds/{theirs.pk}/lift/").status_code == 404
