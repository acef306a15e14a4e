"""Entries of registers and emergencies past their time; and entries about a child, which go with the child."""

import re
from datetime import date

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event as Happened
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.actions.activating import Wish, activate
from keepsight.apps.command.models import Cell, Meeting
from keepsight.apps.events.models import Event, PhaseSwitch
from keepsight.apps.governance.actions import disposal, holds
from keepsight.apps.governance.models import Disposal, LegalHold
from keepsight.apps.governance.queries import looked
from keepsight.apps.governance.queries.lists import counted_lists, kept_lists
from keepsight.apps.registers import attachments
from keepsight.apps.registers.models import Attachment, Comment, Entry, EntryChange, ImportRow, Link, Notice, Register
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.integration.governance import keeping

pytestmark = pytest.mark.django_db
WHY = "The time of these entries is over."
EVERY_DAY, STAFF, OF_EVENTS = "registers-register_record", "registers-staff_record", "registers-event_record"
AWAY = {"short": "Cough", "kind": "sick", "from_on": "2020-06-01", "works": "no"}
COURSE = {"what": "Using video safely", "kind": "system", "must": "yes", "given": "online", "audience": "all"}
OLD, NEW = date(2008, 6, 2), date(2019, 6, 2)


@pytest.fixture
def office(settings, tmp_path):
    settings.VAR = tmp_path
    made = keeping.office()
    keeping.registers(made.authority)
    return made


def proposed(office, rule=OF_EVENTS):
    return disposal.propose(authority=office.authority, rule_id=rule, by=office.officer, at=make.NOW, on=make.TODAY)


def approved(office, rule=OF_EVENTS):
    return disposal.decide(proposed(office, rule), approved=True, sentence=WHY, by=office.leader, at=make.NOW)


def carried_out(office, rule=OF_EVENTS):
    return disposal.carry_out(approved(office, rule), by=office.officer, at=make.NOW, on=make.TODAY)


def phases(office, rule=OF_EVENTS):
    found = kept_lists(office.authority, make.TODAY, rule).sort("name")
    return dict(found.select("name", "phase").rows())


# --- whose time is over ------------------------------------------------------------------------------------
def test_an_entry_is_past_its_time_the_day_after_the_anniversary_of_its_end(office):
    for ended in (date(2010, 6, 2), date(2010, 6, 3), date(2011, 6, 1), date(2012, 1, 1), None):
        keeping.entry(office.authority, ended=ended)
    assert list(phases(office).values()) == ["past", "soon", "soon", "later", "open"]


def test_registers_of_every_day_and_of_staff_have_their_own_length(office):
    keeping.entry(office.authority, "training", raw=COURSE, ended=date(2014, 6, 2))
    staff = keeping.entry(office.authority, "absence", raw=AWAY, about=keeping.About(worker=make.worker()))
    assert list(phases(office, EVERY_DAY).values()) == ["past"]
    assert list(phases(office, STAFF).values()) == ["open"]
    Entry.objects.filter(pk=staff.pk).update(is_open=False)  # today
    assert list(phases(office, STAFF).values()) == ["later"]
    assert phases(office) == {}


def test_counts_are_the_lengths_of_their_lists(office):
    for ended in (OLD, OLD, NEW, None):
        keeping.entry(office.authority, ended=ended)
    held = keeping.contact_only(office.authority)
    linked = keeping.entry(office.authority, ended=OLD)
    Link.objects.create(entry=linked, child=held, at=make.NOW)
    LegalHold.objects.create(authority=office.authority, child=held, why="Court", placed_by="A", placed_at=make.NOW)
    listed: dict = {}
    for phase in phases(office).values():
        listed[OF_EVENTS, phase] = listed.get((OF_EVENTS, phase), 0) + 1
    assert counted_lists(office.authority, make.TODAY) == listed
    assert listed == {(OF_EVENTS, "past"): 2, (OF_EVENTS, "later"): 1, (OF_EVENTS, "open"): 1, (OF_EVENTS, "held"): 1}


def test_entries_about_a_child_of_an_exercise_or_of_another_council_are_not_listed(office):
    child = make.child(office.authority)
    keeping.entry(office.authority, "easement_use", about=keeping.About(child=child), raw=keeping.EASED, ended=OLD)
    practice = Event.objects.create(
        authority=office.authority, pack="severe_weather", title="Practice", is_exercise=True, phase="response",
        reason="r", activated_at=make.NOW,
    )  # fmt: skip
    keeping.entry(office.authority, ended=OLD, event=practice)
    other = keeping.office()
    keeping.registers(other.authority)
    keeping.entry(other.authority, ended=OLD)
    assert phases(office) == {}
    with pytest.raises(NotAllowedNow, match="Nothing of this rule"):
        proposed(office)


# --- three people's acts -------------------------------------------------------------------------------------
def test_what_is_approved_goes_with_its_history_and_files_and_a_certificate_stays(
    office, django_capture_on_commit_callbacks
):
    gone, stays = keeping.entry(office.authority, ended=OLD), keeping.entry(office.authority, ended=NEW)
    Comment.objects.create(entry=gone, by=office.leader, at=make.NOW, text="Unmistakable")
    stored = attachments.keep(keeping.io.BytesIO(b"Unmistakable"))
    Attachment.objects.create(
        entry=gone, name="a.txt", stored_as=stored, media_type="text/plain", size=12, sha256="0" * 64, at=make.NOW
    )
    Link.objects.create(entry=stays, other=gone, at=make.NOW)
    foreseen = disposal.preview(
        office.authority, disposal.schedule_of(office.authority).rule(OF_EVENTS), make.TODAY, of_registers=True
    )
    with django_capture_on_commit_callbacks(execute=True):
        done = carried_out(office)
    assert list(Entry.objects.values_list("pk", flat=True)) == [stays.pk]
    assert not EntryChange.objects.exclude(entry=stays).exists()
    assert not Comment.objects.exists()
    with pytest.raises(FileNotFoundError):
        attachments.read(stored)
    assert done.certificate["outcomes"] == {"destroyed": 1}
    assert done.certificate["counts"] == dict(sorted(foreseen.items()))
    assert done.certificate["counts"]["Entries of registers"] == 1
    item = done.items.get()
    assert (item.entry, item.pseudonym, item.kept_until) == (None, f"ACT-{gone.number}", date(2018, 6, 2))
    assert Happened.objects.filter(kind=EventKind.DESTROYED, subject_type="entry", subject_id=str(gone.pk)).exists()


def test_only_the_owner_answers_and_never_who_proposed(office):
    keeping.entry(office.authority, ended=OLD)
    held = proposed(office)
    for somebody in (office.officer, make.user(Role.TEAM_MANAGER, of=office.authority), keeping.office().leader):
        with pytest.raises(NotPermitted):
            disposal.decide(held, approved=True, sentence=WHY, by=somebody, at=make.NOW)
    with pytest.raises(NotAllowedNow):
        disposal.carry_out(held, by=office.officer, at=make.NOW, on=make.TODAY)
    assert Entry.objects.count() == 1


def test_what_was_opened_again_or_is_held_since_is_left_out_and_said(office):
    _, opened, linked = (keeping.entry(office.authority, ended=OLD) for _ in range(3))
    listed = approved(office)
    Entry.objects.filter(pk=opened.pk).update(is_open=True)
    child = keeping.contact_only(office.authority)
    Link.objects.create(entry=linked, child=child, at=make.NOW)
    holds.place(
        authority=office.authority, number=f"CH{child.pk:06}", why="An inquiry.", by=office.officer, at=make.NOW
    )
    done = disposal.carry_out(listed, by=office.officer, at=make.NOW, on=make.TODAY)
    assert done.certificate["outcomes"] == {"destroyed": 1, "re_opened": 1, "held": 1}
    assert set(Entry.objects.values_list("pk", flat=True)) == {opened.pk, linked.pk}


def test_a_hold_on_everything_stops_registers_too(office):
    keeping.entry(office.authority, ended=OLD)
    holds.place(authority=office.authority, number="", why="The inquiry.", by=office.officer, at=make.NOW)
    assert set(phases(office).values()) == {"held"}


# --- emergencies ---------------------------------------------------------------------------------------------
@pytest.fixture
def emergency(office):
    lead = make.user(Role.EMERGENCY_LEAD, of=office.authority)
    return activate(
        office.authority, Wish("severe_weather", False, "Snow is forecast for the weekend"), by=lead, at=make.NOW,
        on=make.TODAY,
    )  # fmt: skip


def closed(emergency, year=2009):
    at = make.NOW.replace(year=year)
    Event.objects.filter(pk=emergency.pk).update(state="closed", closed_at=at, handover="To the night team")


def test_entries_of_an_emergency_count_from_its_end(office, emergency):
    made = keeping.entry(office.authority, ended=OLD, event=emergency)
    name = f"ACT-{made.number}"
    assert phases(office)[name] == "undecided"  # it goes on
    closed(emergency, 2012)
    assert phases(office)[name] == "later"
    closed(emergency)
    assert phases(office)[name] == phases(office)[f"Emergency {emergency.pk}"] == "past"


def test_of_an_emergency_past_its_time_only_its_name_and_days_stay(office, emergency):
    Entry.objects.filter(event=emergency).update(is_open=False)
    cell = Cell.objects.filter(event=emergency).first()
    meeting = Meeting.objects.create(cell=cell, title="Tactical", starts_at=make.NOW, changed_at=make.NOW)
    lesson = keeping.entry(office.authority, ended=NEW)
    Link.objects.create(entry=lesson, meeting_id=meeting.pk, at=make.NOW)
    closed(emergency)
    title = Event.objects.get().title
    done = carried_out(office)
    emergency.refresh_from_db()
    assert (emergency.title, emergency.handover, emergency.state) == (title, "", "closed")
    assert not Cell.objects.exists()
    assert not Meeting.objects.exists()
    assert not PhaseSwitch.objects.exists()
    assert not Entry.objects.filter(event=emergency).exclude(register__key__in=kept_for_good()).exists()
    assert not Link.objects.filter(entry=lesson).exists()
    assert done.items.filter(pseudonym=f"Emergency {emergency.pk}", outcome="destroyed").exists()
    assert f"Emergency {emergency.pk}" not in phases(office)


def kept_for_good():
    return [name for name in keeping.PANDEMIC.names("registers")
            if keeping.PANDEMIC.table(f"registers/{name}")["retention"] != "event_record"]  # fmt: skip


# --- the pages ------------------------------------------------------------------------------------------------
def test_the_pages_lead_from_the_count_to_the_certificate(office, sign_in):
    keeping.entry(office.authority, ended=OLD)
    officer = sign_in(office.officer)
    page = officer.get("/access/retention/").content.decode()
    address = f"/access/retention/{office.authority.code}/{OF_EVENTS}/past/"
    assert address in page
    listed = officer.get(address).content.decode()
    assert re.search(r"<strong>1 entry or emergency</strong>", listed)
    assert "ACT-1" in listed
    assert "Ring every school" not in listed
    preview = f"/access/disposals/new/{office.authority.code}/{OF_EVENTS}/"
    assert preview in listed
    assert "Entries of registers" in officer.get(preview).content.decode()
    officer.post(preview)
    held = Disposal.objects.get()
    sign_in(office.leader).post(f"/access/disposals/{held.pk}/", {"answer": "approve", "sentence": WHY})
    officer = sign_in(office.officer)
    officer.post(f"/access/disposals/{held.pk}/carry-out/")
    shown = officer.get(f"/access/disposals/{held.pk}/certificate/").content.decode()
    assert "1 destroyed" in shown
    assert not Entry.objects.exists()
    assert officer.get(address.replace("past", "nonsense")).status_code == 404
    assert officer.get(address.replace("event_record", "nonsense")).status_code == 404


# --- the record of a child ------------------------------------------------------------------------------------
def test_a_child_takes_its_entries_along_with_files_and_imported_rows(office, django_capture_on_commit_callbacks):
    child = keeping.closed_case(office.authority, forename="Quillan", surname="Onlyhere")
    made = keeping.eased(child)
    stored = Attachment.objects.get().stored_as
    with django_capture_on_commit_callbacks(execute=True):
        done = carried_out(office, "child_protection")
    assert not Entry.objects.filter(pk=made.pk).exists()
    assert not ImportRow.objects.exists()
    assert not Notice.objects.exists()
    assert not Link.objects.exists()
    assert Entry.objects.count() == 1  # the one that named the child stays, and names nobody
    with pytest.raises(FileNotFoundError):
        attachments.read(stored)
    assert done.certificate["counts"]["Entries of registers"] == 1
    assert done.certificate["counts"]["Rows of imported lists"] == 1


def test_a_hold_on_the_child_keeps_its_entries(office):
    child = keeping.closed_case(office.authority)
    made = keeping.eased(child)
    listed = approved(office, "child_protection")
    holds.place(
        authority=office.authority, number=f"CH{child.pk:06}", why="An inquiry.", by=office.officer, at=make.NOW
    )
    disposal.carry_out(listed, by=office.officer, at=make.NOW, on=make.TODAY)
    assert Entry.objects.filter(pk=made.pk).exists()


def test_who_opened_an_entry_about_a_child_looked_at_the_child(office, sign_in):
    reader, worker = make.practitioner(make.team(office.authority))
    child = make.child(office.authority)
    make.plan(child, worker)
    make.involvement(child, worker)
    made = keeping.eased(child)
    Register.objects.filter(key="easement_use").update(is_on=True)
    assert sign_in(reader).get(f"/registers/entries/{made.ref}/").status_code == 200
    found, _ = looked.looks_at(
        child, since=make.NOW.replace(year=2000), until=make.NOW.replace(year=2100), group="shown"
    )
    assert [(look.kind, look.actor_name) for look in found] == [(EventKind.ENTRY_VIEWED, reader.name)]
