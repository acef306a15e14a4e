"""Words and links for people, roles and cover. No queries here, and no clock: the day is given."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from keepsight.apps.accounts.models import Cover, Membership, Team, User
from keepsight.apps.accounts.permissions import Permission, permissions_of, permissions_with_reason, rules
from keepsight.apps.accounts.places import in_words
from keepsight.apps.accounts.policies import limits
from keepsight.apps.accounts.wording import PERMISSION_WORDS, REPORTS
from keepsight.apps.audit.models import Event, EventKind
from keepsight.ui.templatetags.govuk import short_day

_DAY = timedelta(days=1)


def state_of(user: User, on: date) -> str:
    """What one can do with an account today."""
    if not user.is_active:
        return "ended"
    if user.expires_on is not None and user.expires_on <= on:
        return "expired"
    return "never" if user.last_login is None else "current"


STATE_TAGS = {
    "current": ("May sign in", "green"),
    "never": ("Not yet used", "yellow"),
    "expired": ("Run out", "orange"),
    "ended": ("Ended", "grey"),
}


def role_name(role: str) -> str:
    """A role in the words of the pack."""
    return rules()[role].name if role in rules() else role


def place_words(held: Membership) -> str:
    """The scope of a membership in words."""
    return in_words(
        held.authority.name,
        team=held.team.name if held.team else "",
        service=held.service.name if held.service else "",
        partnership=held.partnership.name if held.partnership else "",
        own=held.own_only,
    )


def holds(held: Membership, on: date) -> bool:
    """Whether a role holds on a day."""
    return held.starts_on <= on and (held.ends_on is None or held.ends_on > on)


def role_words(held: Membership, on: date) -> str:
    """“Practitioner, Harbour Team, Fellshire, until 3 May 2021”."""
    begins = f", from {short_day(held.starts_on)}" if held.starts_on > on else ""
    until = f", until {short_day(held.ends_on - _DAY)}" if held.ends_on else ""
    return f"{role_name(held.role)}, {place_words(held)}{begins}{until}"


def last_used(user: User) -> str:
    """The last day on which the person opened a page."""
    day = user.last_used_on or (user.last_login.date() if user.last_login else None)
    return short_day(day) if day else "Never"


def second_factor(user: User) -> str:
    """Yes or no, where it is known."""
    held = getattr(user, "has_second_factor", None)
    return "" if held is None else ("Yes" if held else "No")


def present_rows(people: Iterable[User], held: Mapping[int, list[Membership]], on: date) -> list[dict[str, Any]]:
    """One row a person: name, roles in words, last use, second factor, state."""
    return [
        {
            "pk": user.pk,
            "name": user.name,
            "email": user.email,
            "roles": [role_words(each, on) for each in held.get(user.pk, ()) if _counts(each, on)],
            "last_used": last_used(user),
            "second_factor": second_factor(user),
            "state": STATE_TAGS[state_of(user, on)],
        }
        for user in people
    ]


def _counts(held: Membership, on: date) -> bool:
    return held.ends_on is None or held.ends_on > on


def present_person(user: User, on: date) -> dict[str, Any]:
    """The head of a person's page."""
    return {
        "pk": user.pk,
        "name": user.name,
        "email": user.email,
        "state": STATE_TAGS[state_of(user, on)],
        "ended_because": user.ended_because,
        "made": user.created_at,
        "last_day": user.expires_on - _DAY if user.expires_on else None,
        "last_used": last_used(user),
        "second_factor": second_factor(user),
        "active": user.is_active,
    }


def present_roles(held: Iterable[Membership], on: date, may_end: Any) -> list[dict[str, Any]]:
    """A person's roles, those that hold first; ``may_end`` says which the reader could end."""
    rows = [
        {
            "pk": each.pk,
            "role": each.role,
            "name": role_name(each.role),
            "place": place_words(each),
            "since": each.starts_on,
            "last_day": each.ends_on - _DAY if each.ends_on else None,
            "never": bool(each.ends_on and each.ends_on <= each.starts_on),
            "given_by": each.given_by,
            "reason": each.reason,
            "past": not _counts(each, on),
            "later": each.starts_on > on,
            "may_end": _counts(each, on) and may_end(each),
        }
        for each in held
    ]
    return sorted(rows, key=lambda row: (row["past"], row["since"], row["pk"]))


def present_events(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Sign-ins in words."""
    return [{"at": each.at, "what": EventKind(each.kind).label, "address": each.address} for each in events]


def present_covers(covers: Iterable[Cover], on: date, may_end: Any) -> list[dict[str, Any]]:
    """Cover in words: who is away, who stands in, until when."""
    return [
        {
            "pk": each.pk,
            "absent": each.absent.name,
            "stand_in": each.stand_in.name,
            "since": each.starts_on,
            "last_day": each.ends_on - _DAY,
            "reason": each.reason,
            "arranged_by": each.arranged_by,
            "now": each.starts_on <= on,
            "may_end": may_end(each),
        }
        for each in covers
    ]


def report_words(name: str) -> tuple[str, str]:
    """Heading and meaning of a report, with the numbers in force."""
    numbers = limits()
    values = {field: getattr(numbers, field) for field in ("never_signed_in_days", "unused_days", "ending_soon_days")}
    heading, means = REPORTS[name]
    return heading.format(**values), means.format(**values)


def present_reports(counts: Mapping[str, int]) -> list[dict[str, Any]]:
    """Each report with its count."""
    return [
        {"name": name, "heading": report_words(name)[0], "means": report_words(name)[1], "count": count}
        for name, count in counts.items()
    ]


def present_role(role: str) -> dict[str, Any]:
    """A role in plain words: what it is for, what it may do, what only with a reason."""
    rule = rules()[role]
    everyday = permissions_of(role) - {Permission.SIGNED_IN, Permission.ANYONE}
    return {
        "id": role,
        "name": rule.name,
        "words": rule.words,
        "may": [words for permission, words in PERMISSION_WORDS.items() if permission in everyday],
        "with_reason": [
            words
            for permission, words in PERMISSION_WORDS.items()
            if permission in permissions_with_reason(role) - permissions_of(role)
        ],
        "children": rule.children,
        "lendable": rule.lendable,
        "stand_ins": [rules()[each].name for each in rule.stand_ins],
        "scopes": list(rule.scopes),
    }


def present_teams(teams: Iterable[Team]) -> list[dict[str, Any]]:
    """Teams with their service and the number to call."""
    return [
        {
            "pk": team.pk,
            "name": team.name,
            "authority": team.authority.name,
            "service": team.service.name if team.service else "",
            "duty_phone": team.duty_phone,
        }
        for team in teams
    ]


EXPORT_COLUMNS = ("Name", "Email", "Roles", "Last used", "Second factor", "State", "Last day of the account")


def export_rows(people: Iterable[User], held: Mapping[int, list[Membership]], on: date) -> list[tuple[Any, ...]]:
    """The rows of the list as a file."""
    rows = present_rows(people, held, on)
    days = {user.pk: user.expires_on - _DAY if user.expires_on else None for user in people}
    return [
        (
            row["name"],
            row["email"],
            "; ".join(row["roles"]),
            row["last_used"],
            row["second_factor"],
            row["state"][0],
            days[row["pk"]],
        )
        for row in rows
    ]
