"""
What is held about one child, as the child or somebody acting for them may read it.

Left out are items of third parties and the police, other people's data, who opened the record, and,
unless the child asks, where a child can be found whose address is confidential and what could put
somebody at risk (DPA 2018 Schedules 2 and 3). Free text has the names of brothers and sisters taken
out. A person still reads the bundle before it leaves: no machine knows whom a sentence is about.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from keepsight.apps.accounts.models import Team
from keepsight.apps.contact.models import AgreedInterval, ContactPlan, Sighting, Visit, VisitDraft
from keepsight.apps.frontdoor.models import Contact, Referral
from keepsight.apps.governance.belongings import words
from keepsight.apps.governance.models import LegalHold, SubjectAccess
from keepsight.apps.learning.models import (
    AttendanceWeek,
    EhcPlan,
    Enrolment,
    Exclusion,
    FreeMealPeriod,
    PupilAddress,
    TermSessions,
)
from keepsight.apps.people.content import rules_of_place, telling_words, without_places
from keepsight.apps.people.models import (
    Address,
    Alert,
    AssessmentFactor,
    Child,
    FamilyMember,
    Identifier,
    Involvement,
    MissingEpisode,
    RecordAccess,
    Restriction,
    SafeContact,
)
from keepsight.apps.people.permissions import place_is_confidential
from keepsight.apps.places.models import Setting
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Attachment, Comment, Entry, Link
from keepsight.apps.risk.models import Confirmation, Rating
from keepsight.core.formats.codes import label_of
from keepsight.core.packs import book
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.core.registers import shown
from keepsight.core.terms import AlertKind
from keepsight.ui.templatetags.govuk import day, label

CHILD, PARENT, OTHER = "child", "parent", "other"
NAME_OUT = "[another person]"
# why something is left out: what the page says, and the law
THIRD_PARTY = "third_party"
OTHERS = "others"
HARM = "harm"
HANDLING = "handling"
REASONS: dict[str, tuple[str, str]] = {
    THIRD_PARTY: ("Given in confidence by somebody else, or by the police", "DPA 2018 Schedule 2, paragraphs 2 and 16"),
    OTHERS: ("About other people", "DPA 2018 Schedule 2, paragraph 16"),
    HARM: ("Could put somebody at risk, or would tell where somebody can be found", "DPA 2018 Schedule 3, Part 3"),
    HANDLING: ("About the handling of the record, and not about the child", "UK GDPR article 15"),
}
_AT_RISK = (
    AlertKind.ADDRESS_CONFIDENTIAL, AlertKind.DOMESTIC_ABUSE, AlertKind.DOMESTIC_ABUSE_PAST, AlertKind.MARAC,
    AlertKind.VIOLENCE,
)  # fmt: skip
_PLACES = {"placement_postcode", "placement_urn", "placement_la", "placement_in_area", "accommodation"}
_NOT_THEIRS = {"adoptive_family_id"}
LEFT_OUT: dict[type[Model], str] = {
    FamilyMember: OTHERS, Restriction: OTHERS, SafeContact: HARM, RecordAccess: HANDLING, LegalHold: HANDLING,
    SubjectAccess: HANDLING,
}  # fmt: skip
"""Tables of which nothing is given, and why."""


@dataclass
class Section:
    """One table of the bundle, in full words."""

    title: str
    table: str
    rows: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Told:
    """All that is told, and what was left out: reason → table → how many."""

    sections: list[Section] = field(default_factory=list)
    left_out: dict[str, dict[str, int]] = field(default_factory=dict)

    def leave(self, why: str, what: str, count: int = 1) -> None:
        """Count something that is left out."""
        if count:
            of = self.left_out.setdefault(why, {})
            of[what] = of.get(what, 0) + count


@dataclass
class Reader:
    """For whom the bundle is, and what must not stand in any sentence of it."""

    asker: str
    hidden: bool  # the place of a child whose address is confidential, from everybody but the child
    others: re.Pattern[str] | None
    secrets: frozenset[str]
    told: Told

    @property
    def careful(self) -> bool:
        """Whether what could put somebody at risk is left out."""
        return self.asker != CHILD

    def text(self, written: Any, table: str) -> str:
        """A free text without the names of brothers and sisters, and without the place where it is confidential."""
        plain = str(written or "")
        if self.others:
            plain, times = self.others.subn(NAME_OUT, plain)
            self.told.leave(OTHERS, f"Names in {table}", times)
        if self.hidden and plain:
            without = without_places(plain, self.secrets)
            self.told.leave(HARM, f"Words in {table}", int(without != plain))
            plain = without
        return plain


Column = tuple[str, str, Callable[[Any, Reader], str] | str]


def gather(child: Child, *, asker: str, on: date) -> Told:
    """Read everything that is held about a child; nothing is changed."""
    told = Told()
    reader = _reader(child, asker, on, told)
    for model, title, columns in TABLES:
        section = Section(title, model._meta.label_lower)
        for row in _rows(model, child):
            if (made := _row(row, columns, title, reader)) is not None:
                section.rows.append(made)
        told.sections.append(section)
    for model, why in LEFT_OUT.items():
        held = model._base_manager.filter(child=child).count()
        told.leave(why, words(model), held)
    return told


def _reader(child: Child, asker: str, on: date, told: Told) -> Reader:
    confidential = Child.objects.filter(pk=child.pk).filter(place_is_confidential(on)).exists()
    family = Child.objects.filter(families__family__members__child=child).exclude(pk=child.pk)
    own = {child.forename.casefold(), child.surname.casefold(), ""}
    names = {name for pair in family.values_list("forename", "surname") for name in pair}
    names = {name for name in names if name.casefold() not in own and len(name) > 1}
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    others = re.compile(rf"(?<!\w)({either})(?!\w)", re.IGNORECASE) if names else None
    return Reader(asker, confidential and asker != CHILD, others, _secrets(child), told)


def _secrets(child: Child) -> frozenset[str]:
    """Words that tell where the child, or a brother or sister, can be found."""
    family = Child.objects.filter(families__family__members__child=child).values("pk")
    theirs = [child.pk, *family.values_list("pk", flat=True)]
    said: list[str] = []
    for pair in Address.objects.filter(child__in=theirs).values_list("lines", "postcode"):
        said += pair
    for rolls in (Enrolment, EhcPlan):
        said += rolls._base_manager.filter(child__in=theirs, setting__isnull=False).values_list(
            "setting__name", flat=True
        )
    for held in SafeContact.objects.filter(child__in=theirs):
        said += (held.address, held.phone, held.code_word)
    return telling_words(*said)


def _rows(model: type[Model], child: Child) -> QuerySet:
    if model is Child:
        return Child.objects.filter(pk=child.pk)
    names = {f.name for f in model._meta.fields}
    if model is Entry:  # an exercise is about a child too
        about = Q(child=child) | Q(family__members__child=child)
        return Entry.objects.filter(about).select_related("register__current").distinct().order_by("added_at", "pk")
    path = next(
        (f"{name}__child" for name in ("enrolment", "entry") if name in names and "child" not in names), "child"
    )
    days = [f.name for f in model._meta.fields if f.name.endswith("_on") and f.name not in ("not_in_file_since",)]
    keys = [f.name for f in model._meta.fields if f.is_relation and f.many_to_one and f.name not in ("child", "source")]
    related = [name for name in keys if name in ("team", "worker", "setting", "enrolment", "user", "set_by", "by")]
    return model._base_manager.filter(**{path: child}).select_related(*related).order_by(*days[:1], "pk")


def _row(row: Any, columns: Iterable[Column], title: str, reader: Reader) -> dict[str, str] | None:
    """One row in words; none where the whole row is left out."""
    provenance = getattr(row, "provenance", "")
    if provenance and not isinstance(row, Visit):
        reader.told.leave(THIRD_PARTY, title)
        return None
    if isinstance(row, Alert) and reader.careful and row.kind in _AT_RISK:
        reader.told.leave(HARM, title)
        return None
    if isinstance(row, Address | PupilAddress) and reader.hidden:
        reader.told.leave(HARM, title)
        return None
    made = {}
    for name, called, how in columns:
        if provenance and name in ("note", "not_alone_reason", "virtual_reason"):
            if getattr(row, name):
                reader.told.leave(THIRD_PARTY, f"Notes of {title.lower()}")
            continue
        value = how(row, reader) if callable(how) else _say(_of(row, name), how, title, reader)
        if value:
            made[called] = value
    return made


def _of(row: Any, name: str) -> Any:
    for step in name.split("."):
        row = getattr(row, step, None)
    return row


def _say(value: Any, how: str, title: str, reader: Reader) -> str:
    if value in (None, ""):
        return ""
    if how == "day":
        return day(value)
    if how == "moment":
        return day(timezone.localtime(value).date())
    if how == "yes":
        return "Yes" if value else "No"
    if how == "free":
        return reader.text(value, title.lower())
    if how == "word":
        return label(value)
    return label_of(how, str(value)) if how else str(value)


# --- what a column cannot say by itself ------------------------------------------------------------------
def _school(row: Any, reader: Reader) -> str:
    if reader.hidden:
        reader.told.leave(HARM, "Schools and settings")
        return ""
    setting = row.setting
    return setting.name if setting else str(getattr(row, "school", "") or "")


def _roll_postcode(row: Enrolment, reader: Reader) -> str:
    return "" if reader.hidden else row.postcode


def _details(row: Involvement, reader: Reader) -> str:
    """The other columns of the case system's list, in words."""
    said = []
    for name, value in row.details.items():
        if value in (None, "") or name in _NOT_THEIRS:
            continue
        if reader.hidden and name in _PLACES:
            reader.told.leave(HARM, "Placements")
            continue
        said.append(f"{label(name)}: {_detail(name, value, reader)}")
    return "; ".join(said)


def _detail(name: str, value: Any, reader: Reader) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return day(value)
    return reader.text(label_of(_LISTS.get(name, name), str(value)), "details of work")


_LISTS = {"initial_category": "abuse_category", "latest_category": "abuse_category", "category_of_need": "primary_need",
          "end_reason": "care_ceased_reason"}  # fmt: skip


def _reasons(row: Rating, reader: Reader) -> str:
    """The sentences of a rating; those that would tell a place or put somebody at risk are left out."""
    kept = []
    for rule, _, sentence in row.reasons:
        if (reader.hidden and rule in rules_of_place()) or (reader.careful and rule in _rules_at_risk()):
            reader.told.leave(HARM, "Reasons of a level")
            continue
        kept.append(reader.text(sentence, "reasons of a level"))
    return " ".join(kept)


@cache
def _rules_at_risk() -> frozenset[str]:
    """Rules of the policy that ask about domestic abuse or MARAC."""
    table = book().table("rating")
    rules = (row for kind in ("points", "floors", "prompts", "protection") for row in _list(table.get(kind)))
    return frozenset(str(row["id"]) for row in rules if re.search("domestic_abuse|marac|violence", str(row)))


def _list(held: Any) -> list[Mapping[str, Any]]:
    return [row for row in held if isinstance(row, Mapping) and "id" in row] if isinstance(held, list) else []


def _draft(row: VisitDraft, reader: Reader) -> str:
    if row.answers.get("provenance"):
        reader.told.leave(THIRD_PARTY, "Visits not sent yet")
        return ""
    return reader.text(str(row.answers.get("note", "")), "visits not sent yet")


def _scheme(row: Identifier, reader: Reader) -> str:
    return _SCHEMES.get(row.scheme, label(row.scheme))


def _entry(row: Entry, reader: Reader) -> str:
    """
    The answers of an entry in words.

    Left out are answers that only some roles may read, and whoever else is named by reference.
    """
    said = []
    rule = rule_of(row.register.current)  # type: ignore[arg-type]
    for each in rule.fields:
        value = row.values.get(each.id)
        if value in (None, "", []):
            continue
        if each.shown_to:
            reader.told.leave(THIRD_PARTY, "Answers in registers")
        elif each.kind in ("child", "family", "entry", "person"):
            reader.told.leave(OTHERS, "Answers in registers")
        elif reader.hidden and each.kind in ("setting", "provider"):
            reader.told.leave(HARM, "Schools and settings")
        else:
            said.append(f"{each.label}: {reader.text(_answer(each, value), 'answers in registers')}")
    return "; ".join(said)


def _answer(each: FieldRule, value: Any) -> str:
    table = {"setting": Setting, "provider": Setting, "team": Team}.get(each.kind)
    if table is not None:
        return str(table._base_manager.filter(pk=value).values_list("name", flat=True).first() or "")
    return shown(each, value)


def _register(row: Entry, reader: Reader) -> str:
    return rule_of(row.register.current).name  # type: ignore[arg-type]


def _state(row: Entry, reader: Reader) -> str:
    states = rule_of(row.register.current).states  # type: ignore[arg-type]
    return next((each.name for each in states if each.id == row.state), row.state)


def _register_of(row: Any, reader: Reader) -> str:
    return _register(row.entry, reader)


_SCHEMES = {
    "la_child_id": "Number in the case system",
    "upn": "Unique pupil number",
    "former_upn": "Former unique pupil number",
    "nhs": "NHS number",
    "send_id": "Number in the SEND system",
}


def _interval(row: AgreedInterval, reader: Reader) -> str:
    return f"{row.every} {row.unit.replace('_', ' ')}"


TABLES: tuple[tuple[type[Model], str, tuple[Column, ...]], ...] = (
    (Child, "About the child", (
        ("forename", "Forename", ""), ("surname", "Surname", ""), ("date_of_birth", "Date of birth", "day"),
        ("expected_on", "Expected date of birth", "day"), ("died_on", "Date of death", "day"), ("sex", "Sex", "sex"),
        ("ethnicity", "Ethnicity", "ethnicity"), ("disabled", "Disabled", "yes"),
        ("uasc", "Unaccompanied asylum-seeking child", "yes"))),
    (Identifier, "Numbers", (("scheme", "Kind", _scheme), ("value", "Number", ""), ("closed_on", "Closed on", "day"))),
    (Address, "Addresses", (("lines", "Address", ""), ("postcode", "Postcode", ""), ("started_on", "From", "day"),
                            ("ended_on", "Until", "day"))),
    (Involvement, "Work with the child", (
        ("kind", "Kind", "word"), ("started_on", "From", "day"), ("ended_on", "Until", "day"),
        ("team.name", "Team", ""), ("worker.name", "Worker", ""), ("details", "More", _details))),
    (Contact, "Contacts at the front door", (("contact_on", "Day", "day"), ("source_code", "Came from", "source"))),
    (Referral, "Referrals", (("referred_on", "Day", "day"), ("source_code", "Came from", "source"),
                             ("nfa", "No further action", "yes"))),
    (AssessmentFactor, "Factors found by assessments", (("assessed_on", "Day", "day"), ("factor", "Factor", ""))),
    (MissingEpisode, "Times missing", (
        ("started_on", "From", "day"), ("ended_on", "Until", "day"),
        ("return_interview_offered", "Return interview offered", "yes"),
        ("return_interview_accepted", "Return interview accepted", "yes"))),
    (Alert, "Markers", (("kind", "Marker", "word"), ("started_on", "From", "day"), ("ended_on", "Until", "day"),
                        ("note", "Note", "free"))),
    (Visit, "Visits", (
        ("visit_on", "Day", "day"), ("outcome", "Outcome", "word"), ("mode", "How", "word"), ("seen", "Seen", "yes"),
        ("seen_alone", "Seen alone", "yes"), ("not_alone_reason", "Why not alone", "free"), ("place", "Place", "free"),
        ("purpose", "Purpose", "free"), ("service", "Service", "word"), ("worker_name", "Worker", ""),
        ("note", "Note", "free"), ("virtual_reason", "Why not face to face", "free"),
        ("virtual_signed_by", "Signed by", ""))),
    (VisitDraft, "Visits not sent yet", (("user.name", "Typed by", ""), ("answers", "Note", _draft))),
    (Sighting, "Other professionals who saw the child", (
        ("seen_on", "Day", "day"), ("line", "Service", "word"), ("who", "Who", "free"),
        ("face_to_face", "Face to face", "yes"), ("note", "Note", "free"))),
    (Rating, "Levels computed from the facts", (
        ("as_at", "As at", "day"), ("level", "Level", "word"), ("points", "Points", ""), ("reasons", "Why", _reasons))),
    (Confirmation, "Levels set by workers", (
        ("rated_on", "Day", "day"), ("level", "Level", "word"), ("computed_level", "Computed", "word"),
        ("rated_by", "Set by", ""), ("reason", "Why", "free"), ("approval", "Approval", "word"),
        ("approved_by", "Answered by", ""), ("review_on", "To be looked at again", "day"))),
    (AgreedInterval, "Agreed with the family", (("every", "Seen every", _interval), ("reason", "Why", "free"))),
    (ContactPlan, "Next contact", (
        ("due_on", "Due on", "day"), ("why", "Why", "free"), ("eased", "Eased", "free"),
        ("last_seen_on", "Last seen", "day"), ("last_seen_by", "By", "word"))),
    (EhcPlan, "Education, health and care plans", (
        ("plan_on", "From", "day"), ("ceased_on", "Until", "day"), ("primary_need", "Primary need", "send_need"),
        ("setting", "Setting", _school), ("last_review_on", "Last review", "day"),
        ("risk_assessment", "Safer where", "word"))),
    (Enrolment, "School rolls", (
        ("setting", "School", _school), ("year_group", "Year group", ""), ("entered_on", "From", "day"),
        ("left_on", "Until", "day"), ("sen_provision", "SEN provision", "sen_provision"),
        ("fsm", "Free school meals", "yes"), ("postcode", "Postcode given to the school", _roll_postcode))),
    (AttendanceWeek, "Register marks", (("week_from", "Week from", "day"), ("marks", "Marks", ""))),
    (TermSessions, "Sessions in a term", (("code", "Code", ""), ("sessions", "Sessions", ""))),
    (Exclusion, "Suspensions and exclusions", (
        ("started_on", "From", "day"), ("sessions", "Sessions", ""), ("category", "Kind", "exclusion_category"),
        ("reason", "Reason", "exclusion_reason"))),
    (Entry, "Entries in registers", (
        ("register", "Register", _register), ("added_at", "Added", "moment"), ("state", "State", _state),
        ("state_since", "Since", "moment"), ("values", "Answers", _entry))),
    (Comment, "Comments on these entries", (
        ("at", "When", "moment"), ("by.name", "By", ""), ("text", "Comment", "free"))),
    (Attachment, "Files with these entries, given beside this page once somebody has read them", (
        ("at", "When", "moment"), ("name", "File", "free"), ("taken_away_at", "Taken away", "moment"))),
    (Link, "Entries that name the child", (("entry", "Register", _register_of), ("at", "When", "moment"))),
    (PupilAddress, "Postcodes given to schools", (("postcode", "Postcode", ""),)),
    (FreeMealPeriod, "Free school meals", (("started_on", "From", "day"), ("ended_on", "Until", "day"))),
)  # fmt: skip
