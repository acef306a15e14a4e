"""Small worlds of retention: an authority with its officers, and records past their time."""

import io
import uuid
from datetime import UTC, date, datetime, time
from types import SimpleNamespace

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Change, Finding, Load, LoadFile
from keepsight.apps.contact.models import AgreedInterval, Sighting, VisitDraft
from keepsight.apps.frontdoor.models import Contact, Referral
from keepsight.apps.learning.models import EhcPlan
from keepsight.apps.people.models import (
    AccessKind,
    Alert,
    AssessmentFactor,
    Identifier,
    MissingEpisode,
    RecordAccess,
    Restriction,
    SafeContact,
)
from keepsight.apps.registers import actions, attachments
from keepsight.apps.registers.actions.entries import NOBODY, About
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Attachment, Comment, Entry, Import, ImportRow, Link, Notice, Register
from keepsight.core.packs import book
from tests import factories as make

LONG_AGO = date(1994, 2, 1)  # a birthday whose twenty-fifth is past


def office():
    """An authority with information governance and a leader."""
    authority = make.authority()
    return SimpleNamespace(
        authority=authority,
        officer=make.user(Role.INFORMATION_GOVERNANCE, of=authority),
        leader=make.user(Role.LEADER, of=authority),
    )


def number(child, value=None):
    value = value or f"CH{child.pk:06}"
    Identifier.objects.create(authority=child.authority, child=child, scheme="la_child_id", value=value, checked=True)
    return value


def contact_only(authority, on=date(2014, 1, 7), **given):
    """A record of one contact, six years and more ago."""
    child = make.child(authority, **given)
    Contact.objects.create(child=child, contact_on=on, source_code="1A")
    number(child)
    return child


def closed_case(authority, **given):
    """A child protection case of somebody who is over twenty-five."""
    child = make.child(authority, date_of_birth=LONG_AGO, **given)
    make.involvement(child, kind="cp", started_on=date(2005, 1, 10), ended_on=date(2007, 3, 1))
    number(child)
    return child


def everything(authority, **given):
    """A closed case with a row in every table that leads to a child, and what a load wrote down of it."""
    child = closed_case(authority, forename="Quillan", surname="Onlyhere", **given)
    load = Load.objects.create(
        authority_code=authority.code, state="committed", as_at=date(2007, 3, 2), digest="0" * 64, started_at=make.NOW
    )
    file = LoadFile.objects.create(load=load, kind="persons", name="persons.csv")
    type(child).objects.filter(pk=child.pk).update(source=file, source_row=7)
    Finding.objects.create(
        load=load, file="persons.csv", row=7, code="bad_date", severity="warning", found="31/02/1994"
    )
    Finding.objects.create(load=load, file="other.csv", row=3, code="conflicting", severity="warning", found="Onlyhere")
    Change.objects.create(load=load, table="people.Child", record_id=child.pk, before={"surname": "Earlierhere"})
    other = make.user(of=authority)
    old = date(2006, 5, 1)
    make.address(child, started_on=old)
    make.alert(child, "dog", started_on=old)
    visit = make.visit(child, visit_on=old, note="A note.")
    Change.objects.create(load=load, table="contact.Visit", record_id=visit.pk, before={"note": "An earlier note."})
    make.confirmation(child, rated_on=old, rating=make.rating(child))
    make.plan(child, is_open=False)
    Sighting.objects.create(child=child, seen_on=old, line="school", who="Ms Sampleton", recorded_at=make.NOW)
    AgreedInterval.objects.create(child=child, every=7, unit="days", reason="Agreed.", set_at=make.NOW)
    VisitDraft.objects.create(user=other, child=child, answers={"note": "typed"}, changed_at=make.NOW)
    Contact.objects.create(child=child, contact_on=old)
    Referral.objects.create(child=child, referred_on=old)
    EhcPlan.objects.create(child=child, plan_on=old, ceased_on=date(2007, 1, 1))
    EhcPlan.objects.filter(child=child).delete()  # a plan would keep the record to the thirty-fifth birthday
    AssessmentFactor.objects.create(child=child, assessed_on=old, factor="3A")
    MissingEpisode.objects.create(child=child, started_on=old)
    SafeContact.objects.create(
        child=child, address="9 Secret Court", phone="01632 960999", code_word="heron", set_by="A", set_at=make.NOW,
        review_on=make.TODAY,
    )  # fmt: skip
    Restriction.objects.create(
        child=child, category="staff", reason="r", placed_by="A", placed_at=make.NOW, review_on=make.TODAY,
        ended_at=make.NOW,
    )  # fmt: skip
    RecordAccess.objects.create(
        user=other, child=child, kind=AccessKind.REASON, state="ended", reason="r", asked_by="A", asked_at=make.NOW
    )
    sister = make.child(authority, forename="Sibyl", surname="Onlyhere")
    make.family(child, sister)
    make.involvement(sister, kind="cin")
    eased(child)
    school = make.setting(authority)
    monday = {date(2006, 5, 1): "/ \\ / \\ / \\ / \\ / \\ . . . ."}
    make.enrolment(school, child, left_on=date(2010, 7, 20), weeks=monday, forename="Quillan", surname="Onlyhere")
    make.enrolment(school, child, left_on=None, forename="Q", surname="O")
    return child


def marker(child, *, ended_on):
    return Alert.objects.create(child=child, kind="shielding", started_on=date(2019, 1, 5), ended_on=ended_on)


def sighting(child, **given):
    return Sighting.objects.create(
        child=child, **{"seen_on": date(2018, 5, 1), "line": "school", "who": "Ms Sampleton, form tutor",
                        "note": "Came with a cough.", "recorded_at": make.NOW, **given}
    )  # fmt: skip


EASED = {
    "short": "Video instead of a visit", "easement": "e01", "legal_source": "Regulation 28", "reason": "symptoms",
    "original_due_on": "2006-04-20", "from_on": "2006-04-20", "to_on": "2006-05-20",
    "reason_words": "Quillan coughs, and so does Sibyl.", "instead": "A call each day.",
    "child_view": "ONLY-FOR-SOME",
}  # fmt: skip
PANDEMIC = book(event="pandemic_2020")


def registers(authority):
    actions.install(authority, at=make.NOW, book=PANDEMIC)


def entry(authority, key="action", *, ended=None, about=NOBODY, raw=None, **more):
    """An entry of a register, ended on a day or still open."""
    raw = raw or {"what": "Ring every school", "due_on": "2010-06-05"}
    register = register_of(authority, key)
    made = actions.add(register, raw, by=None, at=make.NOW, about=about, unchecked=True, **more)
    if ended:
        since = datetime.combine(ended, time(12), UTC)
        Entry.objects.filter(pk=made.pk).update(is_open=False, state_since=since, due_on=None, soon_on=None)
    return made


def eased(child):
    """Entries about a child, with all that may go with one."""
    if not Register.objects.filter(authority=child.authority).exists():
        registers(child.authority)
    made = entry(child.authority, "easement_use", about=About(child=child), raw=EASED)
    writer = make.user(of=child.authority)
    comment = Comment.objects.create(entry=made, by=writer, at=make.NOW, text="Quillan is well.")
    comment.mentions.add(writer)
    Attachment.objects.create(
        entry=made, name="quillan.txt", stored_as=attachments.keep(io.BytesIO(b"Quillan")), media_type="text/plain",
        size=7, sha256="0" * 64, at=make.NOW, by=writer,
    )  # fmt: skip
    Link.objects.create(entry=made, address="https://example.org/policy", at=make.NOW)
    Link.objects.create(entry=entry(child.authority), child=child, at=make.NOW)
    Notice.objects.create(user=writer, entry=made, alert="added", said="An entry was added", at=make.NOW)
    load = Import.objects.create(register=made.register, name="list.csv", version=made.version, at=make.NOW)
    ImportRow.objects.create(load=load, row=2, cells=["Quillan Onlyhere"], entry=made)
    return made


def submission():
    return str(uuid.uuid4())
