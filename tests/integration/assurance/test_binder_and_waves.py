"""Claims with their evidence and what is broken; returns that are locked (QAP-06, QAP-04)."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.assurance.actions import waves as acts
from keepsight.apps.assurance.binder import binder, bundle
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers import attachments
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Attachment
from keepsight.core.errors import NotAllowedNow
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    authority = make.authority()
    lead = make.user(Role.QUALITY_ASSURANCE, of=authority)
    registers.install(authority, at=make.NOW)
    return authority, lead


def claim(office, words="All children were rated"):
    authority, lead = office
    said = {"claim": words, "chapter": "practice", "strength": "amber", "words": words}
    rule_choices = register_of(authority, "claim")
    return registers.add(rule_choices, _valid(rule_choices, said), by=lead, at=make.NOW)


def evidence(office, of, **given):
    authority, lead = office
    register = register_of(authority, "evidence")
    said = {"what": "Audit report", "claim": of.pk, "from_on": make.days(-30), "names": "no", **given}
    return registers.add(register, _valid(register, said), by=lead, at=make.NOW)


def _valid(register, said):
    """Fill what the definition requires beside what the test is about: the first choice of each."""
    from keepsight.apps.registers.definitions import rule_of

    filled = dict(said)
    for each in rule_of(register.current).fields:
        if each.kind == "choice" and (each.required or each.id in said):
            known = [one.id for one in each.choices]
            filled[each.id] = said[each.id] if said.get(each.id) in known else known[0]
        elif each.required and each.id not in filled:
            filled[each.id] = {"yes_no": "no", "date": str(make.TODAY), "rag": "green"}.get(each.kind, "something")
    return filled


def attach(office, entry, content=b"the report", name="report.pdf"):
    authority, lead = office
    stored = attachments.keep(io.BytesIO(content))
    return Attachment.objects.create(
        entry=entry, name=name, stored_as=stored, media_type="application/pdf", size=len(content), sha256="0" * 64,
        at=make.NOW, by=lead,
    )  # fmt: skip


def held(office):
    authority, lead = office
    return binder(grants_of(lead, make.NOW), authority.pk, on=make.TODAY)


def test_a_claim_without_evidence_and_evidence_without_a_document_are_named(office):
    one, other = claim(office), claim(office, "Every Red child was seen")
    evidence(office, other)
    first, second = held(office)
    assert (first.entry, first.troubles, first.is_proved) == (one, ["No evidence names this claim."], False)
    assert second.troubles == ["Audit report: leads to no document. Attach the file, or say where it is."]


def test_a_file_that_is_gone_from_its_store_is_reported(office):
    one = claim(office)
    file = attach(office, evidence(office, one))
    assert held(office)[0].is_proved
    attachments.destroy(file.stored_as)
    assert held(office)[0].troubles == [
        "Audit report: the file report.pdf is not where it was stored. Attach it again."
    ]


def test_evidence_that_names_people_stays_out_of_the_bundle_until_cleared(office):
    one = claim(office)
    attach(office, evidence(office, one), b"open")
    attach(office, evidence(office, one, what="Case file", names="yes", cleared="no"), b"secret", "case.pdf")
    content = bundle(held(office), title="Binder", made="today")
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert [name for name in names if "report.pdf" in name]
    assert not [name for name in names if "case.pdf" in name]
    assert b"secret" not in content


def test_the_binder_is_read_and_taken_by_who_may(office, client):
    authority, lead = office
    one = claim(office)
    attach(office, evidence(office, one))
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        assert "All children were rated" in client.get(reverse("assurance:binder")).content.decode()
        answer = client.post(reverse("assurance:binder_bundle"), {"authority": authority.pk})
        assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
        client.force_login(make.user(Role.PRACTITIONER, of=authority))
        assert client.get(reverse("assurance:binder")).status_code == 403
        assert client.post(reverse("assurance:binder_bundle"), {"authority": authority.pk}).status_code == 403


KEY = "vulnerable_children_survey"


@pytest.fixture
def cases(office, tmp_path, settings):
    settings.SNAPSHOTS = tmp_path
    authority, lead = office
    by = make.worker(make.team(authority))
    for place, service in enumerate(["cp", "cp", "cla", "cin", "early_help"]):
        make.plan(make.child(authority), by=by, service=service, last_contact_on=make.days(-10 * (place + 1)))
    return authority, lead


def test_a_wave_counts_cases_and_is_locked_by_a_second_person(cases):
    authority, lead = cases
    wave = acts.count(authority, KEY, by=lead, at=make.NOW, on=make.TODAY)
    lines = {line["id"]: (line["numerator"], line["denominator"]) for line in wave.figures["lines"]}
    assert (lines["CP"][0], lines["CP2"], lines["CP4"], lines["CLA2"]) == (2, (1, 2), (2, 2), (0, 1))
    with pytest.raises(NotAllowedNow, match="second person"):
        acts.lock(wave, by=lead, at=make.NOW)
    other = make.user(Role.QUALITY_ASSURANCE, of=authority)
    wave = acts.lock(wave, by=other, at=make.NOW)
    assert wave.digest == acts.digest_of(wave)
    with pytest.raises(NotAllowedNow, match="locked already"):
        acts.lock(wave, by=other, at=make.NOW)


def test_counting_again_renews_a_draft_and_never_a_locked_wave_and_shows_the_change(cases):
    authority, lead = cases
    first = acts.count(authority, KEY, by=lead, at=make.NOW, on=make.TODAY)
    again = acts.count(authority, KEY, by=lead, at=make.NOW + timedelta(minutes=1), on=make.TODAY)
    assert again.pk == first.pk
    acts.lock(first, by=make.user(Role.QUALITY_ASSURANCE, of=authority), at=make.NOW)
    make.plan(make.child(authority), service="cp")
    second = acts.count(authority, KEY, by=lead, at=make.NOW + timedelta(days=14), on=make.days(14))
    assert second.number == 2
    change = {line["id"]: line["change"] for line in acts.compared(second)}
    assert change["CP"] == 1
    first.refresh_from_db()
    assert {line["id"]: line["value"] for line in first.figures["lines"]}["CP"] == 2


def test_the_pages_of_returns(cases, client):
    authority, lead = cases
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        assert "Count a wave" in client.get(reverse("assurance:waves")).content.decode()
        answer = client.post(reverse("assurance:wave_count"), {"return": f"{authority.pk}:{KEY}"})
        page = client.get(answer.url).content.decode()
        assert "Children on a child protection plan" in page
        assert "Lock the wave" not in page, "not by whoever counted it"
        client.force_login(make.user(Role.QUALITY_ASSURANCE, of=authority))
        wave = authority.waves.get()
        client.post(reverse("assurance:wave_lock", args=[wave.ref]))
    wave.refresh_from_db()
    assert wave.state == "locked"
