"""Named access, reasons, broken glass and restricted records in words. No queries here, and no clock."""

from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from django.core import signing
from django.utils import timezone

from keepsight.apps.accounts.models import Role
from keepsight.apps.people.models import Child, RecordAccess, Restriction
from keepsight.apps.people.policies import choices
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book

RESTRICTED_RECORD = "Restricted record"
SOON = timedelta(days=7)  # before named access ends, the manager is shown that it will
ORDINALS = {2: "2nd", 3: "3rd"}
_SALT = "refused"
_CARRIED_SECONDS = 3600


# --- a refused record, carried from page to page in the form -------------------------------------------
def carried(ref: UUID | str, user_id: int) -> str:
    """A record's number as a form carries it: signed, and for this person only."""
    return signing.dumps([str(ref), user_id], salt=_SALT)


def read_carried(text: str, user_id: int) -> UUID | None:
    """The number that ``carried`` wrote for the same person in the last hour."""
    try:
        ref, whose = signing.loads(text, salt=_SALT, max_age=_CARRIED_SECONDS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return UUID(ref) if whose == user_id else None


# --- one record ----------------------------------------------------------------------------------------
def present_found(child: Child) -> dict[str, Any]:
    """What a person may learn before they give a reason: who it is, and which team to call."""
    team = child.plan.team if getattr(child, "plan", None) else None
    return {
        "name": _name(child.forename, child.surname), "team": team.name if team else "",
        "phone": team.duty_phone if team else "", "authority": child.authority.name,
        "restricted": child.record_class == "restricted",
    }  # fmt: skip


def _name(forename: str, surname: str) -> str:
    return f"{forename} {surname}".strip() or "Name not known"


def present_record(child: Child, names: Set[int], *, number: str) -> dict[str, Any]:
    """One record, with its name only for who may read it."""
    team = child.plan.team if getattr(child, "plan", None) else None
    return {
        "ref": child.ref, "name": _name(child.forename, child.surname) if child.pk in names else RESTRICTED_RECORD,
        "href": f"/children/{child.ref}/" if child.pk in names else "", "number": number,
        "team": team.name if team else "No team", "authority": child.authority.name,
    }  # fmt: skip


def _of_row(row: Mapping[str, Any], names: Set[int], pk: str = "child_id") -> dict[str, Any]:
    named = row[pk] in names
    return {
        "name": _name(row["forename"], row["surname"]) if named else RESTRICTED_RECORD,
        "href": f"/children/{row['ref']}/" if named else "", "number": row["number"] or "",
        "team": row["team"] or "No team", "authority": row["council" if pk == "pk" else "authority"],
    }  # fmt: skip


# --- named access --------------------------------------------------------------------------------------
def present_asked(asked: Sequence[Mapping[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """What somebody asked for. What was refused, waits, or asked for no record at all looks the same."""
    return [
        {"at": each["at"], "length": choices("named").get(each["because"], ""), "state": _state(each["given"], now)}
        for each in asked
    ]


def _state(given: tuple[str, datetime] | None, now: datetime) -> tuple[str, datetime | None]:
    if given is None:
        return ("Not given so far", None)
    state, ends_at = given
    return (
        ("Open to you until", ends_at) if state == RecordAccess.State.GRANTED and now < ends_at else ("Ended", ends_at)
    )


def present_request(row: Mapping[str, Any], names: Set[int]) -> dict[str, Any]:
    """One request that waits."""
    return {
        **_of_row(row, names), "pk": row["pk"], "length": choices("named").get(row.get("because", ""), ""),
        "reason": row.get("reason", ""), "by": row.get("asked_by", ""), "at": row["asked_at"],
    }  # fmt: skip


def present_one_request(access: RecordAccess, names: Set[int], *, number: str) -> dict[str, Any]:
    """One request on a page of its own."""
    return {
        **present_record(access.child, names, number=number), "pk": access.pk, "by": access.asked_by,
        "at": access.asked_at, "reason": access.reason, "length": choices("named").get(access.because, ""),
        "state": access.get_state_display(), "decided_by": access.decided_by,
    }  # fmt: skip


def present_named(row: Mapping[str, Any], names: Set[int], now: datetime) -> dict[str, Any]:
    """Somebody who is named on a record."""
    return {
        **_of_row(row, names), "pk": row["pk"], "whom": row["whom"], "reason": row["reason"],
        "length": choices("named").get(row["because"], ""), "until": row["ends_at"], "by": row["decided_by"],
        "soon": row["ends_at"] - now <= SOON,
    }  # fmt: skip


# --- restricted records --------------------------------------------------------------------------------
def present_restricted(row: Mapping[str, Any], names: Set[int], on: date) -> dict[str, Any]:
    """One restricted record of the list; without a day it was never looked at, and is due."""
    due = row["review_on"] is None or row["review_on"] <= on
    return {
        **_of_row(row, names, "pk"), "ref": row["ref"], "due": due, "review_on": row["review_on"],
        "category": choices("restricted_because").get(row["category"] or "", "From the adoption list"),
        "late": (on - row["review_on"]).days if due and row["review_on"] else 0,
    }  # fmt: skip


def present_history(found: Sequence[Restriction], on: date) -> list[dict[str, Any]]:
    """Every restriction of one record."""
    return [
        {
            "category": choices("restricted_because").get(each.category, each.category), "reason": each.reason,
            "by": each.placed_by, "at": each.placed_at, "review_on": each.review_on, "reviewed_by": each.reviewed_by,
            "reviewed_at": each.reviewed_at, "ended_by": each.ended_by, "ended_at": each.ended_at,
            "due": each.ended_at is None and each.review_on <= on,
        }
        for each in found
    ]  # fmt: skip


# --- broken glass --------------------------------------------------------------------------------------
@cache
def _calendar() -> WorkingCalendar:
    return WorkingCalendar.from_table(book().table("calendar"))


def review_due(broken_at: datetime) -> date:
    """The day by which information governance looks at it: the next working day."""
    return _calendar().add_working_days(timezone.localtime(broken_at).date(), 1)


def span_of_week(monday: date) -> tuple[datetime, datetime]:
    """A week as moments: from the Monday to the next one."""
    begins = timezone.make_aware(datetime.combine(monday, time()))
    return begins, timezone.make_aware(datetime.combine(monday + timedelta(days=7), time()))


def present_broken(rows: Sequence[Mapping[str, Any]], on: date) -> list[dict[str, Any]]:
    """Broken glass, for who looks at it afterwards: who, why, and never the child's name."""
    return [
        {
            "pk": row["pk"], "by": row["asked_by"], "roles": _roles(row["roles"]), "at": row["asked_at"],
            "until": row["ends_at"], "why": choices("emergencies").get(row["because"], row["because"]),
            "reason": row["reason"], "number": row["number"] or "No number", "team": row["team"] or "No team",
            "authority": row["authority"], "restricted": row["record_class"] == "restricted",
            "nth": _nth(row["nth"]), "due": review_due(row["asked_at"]),
            "overdue": row["reviewed_at"] is None and review_due(row["asked_at"]) < on,
            "reviewed_by": row["reviewed_by"], "reviewed_at": row["reviewed_at"], "review": row["review"],
        }
        for row in rows
    ]  # fmt: skip


def present_one_broken(access: RecordAccess, *, number: str) -> dict[str, Any]:
    """One broken glass on a page of its own."""
    team = access.child.plan.team if getattr(access.child, "plan", None) else None
    return {
        "pk": access.pk, "by": access.asked_by, "at": access.asked_at, "until": access.ends_at,
        "why": choices("emergencies").get(access.because, access.because), "reason": access.reason,
        "number": number or "No number", "team": team.name if team else "No team",
        "authority": access.child.authority.name, "due": review_due(access.asked_at),
        "reviewed_by": access.reviewed_by, "reviewed_at": access.reviewed_at, "review": access.review,
    }  # fmt: skip


def _roles(ids: str) -> str:
    labels = dict(Role.choices)
    return ", ".join(str(labels.get(each, each)) for each in ids.split(",") if each)


def _nth(count: int) -> str:
    return "" if count < 2 else f"{ORDINALS.get(count, f'{count}th')} in 24 hours"


# --- own records ---------------------------------------------------------------------------------------
def present_block(row: Mapping[str, Any]) -> dict[str, Any]:
    """One record that a declaration closed."""
    return {
        "pk": row["pk"], "number": row["number"] or "No number", "team": row["team"] or "No team",
        "authority": row["authority"], "at": row["asked_at"], "closed": row["state"] == RecordAccess.State.GRANTED,
        "how": "Found by hand" if row["because"] == "by_hand" else "Matched the declaration",
        "by": row["decided_by"], "decision": row["decision"],
    }  # fmt: skip
