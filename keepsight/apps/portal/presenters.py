"""The words of the pages for others. A school or a provider learns whom to call, and never why."""

from collections.abc import Mapping, Sequence, Set
from datetime import date
from typing import Any

from keepsight.apps.portal.editions import Edition
from keepsight.apps.portal.frames import Extract
from keepsight.core.briefing.document import Table
from keepsight.core.briefing.pdf import NUMBERS
from keepsight.core.learning import expected as attending
from keepsight.core.packs import Book
from keepsight.core.people.facts import FACTS
from keepsight.core.terms import RecordClass, Service

SOCIAL_WORKER = (Service.CP, Service.CLA, Service.CIN)
EXPECTED = {
    attending.YES: "Yes",
    attending.NO: "No: safer at home",
    attending.ASK: "Ask the lead contact",
    attending.AS_OTHERS: "As other pupils",
}
NO_NAME = "Name not in the roll"
NOT_SHOWN = "Not shown to you"


def name_of(*parts: tuple[str | None, str | None]) -> str:
    """The first name that is written: the school's own, else the register's."""
    for forename, surname in parts:
        if written := f"{forename or ''} {surname or ''}".strip():
            return written
    return NO_NAME


def lead_of(row: Mapping[str, Any], prefix: str, duty: str, *, restricted: bool) -> str:
    """Whom to call: the worker, the team and its telephone; the duty team for a restricted record or without any."""
    worker, team, phone = (row[f"{prefix}{name}"] for name in ("worker__name", "team__name", "team__duty_phone"))
    if restricted or not (worker or team):
        return duty
    return ", ".join(part for part in (worker, team, phone) if part)


def duty_words(authority: str, phone: str) -> str:
    """The duty team of an authority, for whoever has no other name to call."""
    return f"Duty team, {authority}" + (f", {phone}" if phone else "")


def present_pupils(
    rows: Sequence[Mapping[str, Any]], *, book: Book, duty: str, blocked: Set[int] = frozenset()
) -> list[dict[str, Any]]:
    """
    Pupils as their school sees them, the vulnerable first.

    A restricted record is a pupil like any other: vulnerable when a case or a plan is open, lead
    contact the duty team. Pupils whose record is the reader's own or a relative's say nothing.
    """
    services = [row["child__plan__service"] if row["child__plan__is_open"] else "" for row in rows]
    kinds = [(service or "", bool(row["has_plan"])) for service, row in zip(services, rows, strict=True)]
    shown = []
    for row, (service, plan), is_vulnerable in zip(rows, kinds, attending.vulnerable(kinds, book), strict=True):
        restricted = row["child__record_class"] == RecordClass.RESTRICTED
        is_vulnerable = is_vulnerable or (restricted and bool(service))
        comes = attending.expected(
            is_vulnerable=is_vulnerable, social_worker=service in SOCIAL_WORKER, has_plan=plan, assessed=row["assessed"]
        )
        own = row["child_id"] in blocked
        shown.append(
            {
                "name": name_of(
                    (row["forename"], row["surname"]),
                    (None, None) if restricted else (row["child__forename"], row["child__surname"]),
                ),
                "year": row["year_group"],
                "vulnerable": NOT_SHOWN if own else "Yes" if is_vulnerable else "No",
                "lead": lead_of(row, "child__plan__", duty, restricted=restricted) if is_vulnerable and not own else "",
                "expected": NOT_SHOWN if own else EXPECTED[attending.ASK if restricted and is_vulnerable else comes],
                "first": is_vulnerable and not own,
            }
        )
    return sorted(shown, key=lambda pupil: (not pupil["first"], pupil["name"].split()[-1], pupil["name"]))


def present_placements(
    rows: Sequence[Mapping[str, Any]], *, duty: str, blocked: Set[int] = frozenset()
) -> list[dict[str, Any]]:
    """Children placed with a provider, each with whom to call."""
    return [
        {
            "name": name_of((row["child__forename"], row["child__surname"])),
            "since": date.fromisoformat(row["placed_on"]) if row["placed_on"] else row["started_on"],
            "lead": lead_of(
                row, "child__plan__", duty, restricted=row["child__record_class"] == RecordClass.RESTRICTED
            ),
        }
        for row in rows
        if row["child_id"] not in blocked
    ]


def present_editions(editions: Sequence[Edition]) -> list[dict[str, Any]]:
    """Figures for members as tables of text: a hidden number is a letter, and nothing is a link."""
    return [
        {
            "authority": edition.authority,
            "as_at": edition.as_at,
            "taken_at": edition.taken_at,
            "tables": [_table(table) for section in edition.sections for table in section.tables],
            "definitions": [{"name": rule.name, "definition": rule.definition} for rule in edition.definitions],
        }
        for edition in editions
    ]


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "headings": [{"text": heading.text, "number": heading.kind in NUMBERS} for heading in table.headings],
        "rows": [[{"text": one["text"], "number": one["kind"] in NUMBERS} for one in row] for row in table.cells],
        "total": table.total,
        "empty": table.empty,
    }


MEANS = {
    "child": "Pseudonym: the same child has the same one in every extract and snapshot of this authority",
    "birth_month": "Month of birth; empty for a child not yet born",
    "lsoa": "Small area of the address; empty where the place is confidential or not known",
    "service": "Whose rules govern contact",
    "open": "Whether a case of social care or early help is open",
    "level": "Level in force",
    "computed_level": "Level that the policy computed",
    "points": "Points of the policy",
    "confidence": "Share of the policy's inputs that are known (0 to 1)",
    "care_months": "Since the child became looked after, in whole months of 30 days",
    "placement_months": "Length of the present placement, in whole months of 30 days",
}


def present_columns(names: Sequence[str]) -> list[dict[str, str]]:
    """What each column of the extract means."""
    facts = {column.name: column for column in FACTS.columns}
    return [{"name": name, "means": MEANS.get(name) or facts[name].meaning} for name in names]


def uniqueness_words(extract: Extract) -> str:
    """How many rows stand alone, in a sentence for the page and for the file."""
    if not extract.count:
        return "No child of this authority has a contact plan yet."
    return (
        f"{extract.unique:,} of {extract.count:,} rows are the only one with their month of birth, area and service; "
        f"the smallest group has {extract.smallest} (k = {extract.smallest}). Somebody who knows a child could find "
        "the row, so this is personal data: keep it inside the service and never publish it by row. Restricted "
        "records are left out."
    )
