"""
Small invented worlds for the integration tests: one function a noun, everything overridable.

``authority()``, ``team()``, ``worker()``, ``user(role=…)``, ``child()``, ``involvement()``, ``plan()``,
``visit()``, ``rating()``, ``confirmation()``, ``alert()``, ``setting()``, ``enrolment()``. What is not given
is made: a child has an authority, a plan has a worker and a team of the same authority. ``TODAY`` is the
day on which these worlds stand still; tests freeze the clock there with ``time_machine``.
"""

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import Any

from keepsight.apps.accounts import terms
from keepsight.apps.accounts.models import Authority, Membership, Role, Team, TermsAccepted, User, Worker
from keepsight.apps.contact.models import ContactPlan, Visit
from keepsight.apps.learning.models import AttendanceWeek, Enrolment
from keepsight.apps.people.models import Address, Alert, Child, Family, FamilyMember, Involvement
from keepsight.apps.places.models import District, Setting
from keepsight.apps.risk.models import Confirmation, Rating

TODAY = date(2020, 6, 3)  # a Wednesday in the first summer of the example
NOW = datetime(2020, 6, 3, 8, 30, tzinfo=UTC)
PASSWORD = "only-for-the-tests-42"
_numbers = itertools.count(1)


def days(count: int) -> date:
    """The day so many days after TODAY; before it with a minus."""
    return TODAY + timedelta(days=count)


def authority(**given: Any) -> Authority:
    number = next(_numbers)
    settings = {"event_pack": "pandemic_2020", "contact_mode": "emergency", "second_factor": "off"}
    return Authority.objects.create(
        **{"code": f"shire-{number}", "name": f"Inventshire {number}", "la_code": f"{number % 1000:03}",
           "is_example": True, "settings": settings, **given}
    )  # fmt: skip


def district(of: Authority, **given: Any) -> District:
    number = next(_numbers)
    return District.objects.create(authority=of, **{"code": f"D{number}", "name": f"Vale {number}", **given})


def team(of: Authority | None = None, **given: Any) -> Team:
    return Team.objects.create(authority=of or authority(), **{"name": f"Team {next(_numbers)}", **given})


def worker(of: Team | None = None, **given: Any) -> Worker:
    of = of or team()
    return Worker.objects.create(
        authority=of.authority, team=of, **{"name": f"Pell Exampleby {next(_numbers)}", **given}
    )


def user(role: str = Role.PRACTITIONER, *, of: Authority | None = None, team: Team | None = None, **given: Any) -> User:
    """Somebody who may sign in with PASSWORD and accepted the terms; with a role in a team or a whole authority."""
    number = next(_numbers)
    made = User.objects.create_user(
        given.pop("email", f"user{number}@example.org"), PASSWORD, **{"name": f"Wren Sampleton {number}", **given}
    )
    TermsAccepted.objects.create(user=made, version=terms.current().version, accepted_at=NOW)
    place = team.authority if team else of
    if place is not None:
        Membership.objects.create(user=made, authority=place, team=team, role=role, starts_on=date(2020, 1, 1))
    return made


def practitioner(of: Team | None = None) -> tuple[User, Worker]:
    """A user with a worker row of their own and a practitioner's role reaching only that row's children."""
    of = of or team()
    who = user(Role.PRACTITIONER, team=of)
    return who, worker(of, name=who.name, user=who)


def child(of: Authority | None = None, **given: Any) -> Child:
    number = next(_numbers)
    return Child.objects.create(
        authority=of or authority(),
        **{
            "forename": f"Ives{number}",
            "surname": "Madeupname",
            "sex": "F",
            "date_of_birth": date(2012, 5, 1),
            **given,
        },
    )


def family(*children: Child) -> Family:
    made = Family.objects.create(authority=children[0].authority, number=f"F{next(_numbers)}")
    FamilyMember.objects.bulk_create(FamilyMember(family=made, child=each) for each in children)
    return made


def address(of: Child, **given: Any) -> Address:
    return Address.objects.create(
        child=of, **{"lines": "1 Pretend Row, Nowhere", "postcode": "ZZ1 1AA", "started_on": days(-900), **given}
    )


def involvement(of: Child, by: Worker | None = None, **given: Any) -> Involvement:
    return Involvement.objects.create(
        child=of, worker=by, team=by.team if by else None, **{"kind": "cin", "started_on": days(-60), **given}
    )


def plan(of: Child | None = None, by: Worker | None = None, **given: Any) -> ContactPlan:
    """A contact plan due today for a Red child in need, unless said otherwise."""
    of = of or child(by.authority if by else None)
    by = by or worker(team(of.authority))
    if given.get("service") == "early_help":
        given = {"early_help": True, "early_help_worker": by, "early_help_team": by.team, **given}
    return ContactPlan.objects.create(
        child=of, authority=of.authority,
        **{"worker": by, "team": by.team, "service": "cin", "is_open": True,
           "level": "red", "worked_level": "red", "computed_level": "red",
           "level_review_on": days(3), "due_on": TODAY, "due_soon_on": days(-1), "due_mode": "f2f",
           "bound_by": "table", "bound_id": "cin.red", "why": "Red, child in need: face to face every 7 days.",
           "f2f_due_on": TODAY, "last_seen_on": days(-7), "last_seen_by": "social_care", "last_f2f_on": days(-7),
           "last_contact_on": days(-7), "sight_lines": 1, "sight_lines_named": "social_care",
           "unseen_from": days(21), "f2f_in_interval": True, "planned_for": TODAY, "planned_at": NOW,
           "pack_id": "standing+pandemic_2020", "pack_hash": "0" * 64, **given},
    )  # fmt: skip


def visit(of: Child, **given: Any) -> Visit:
    return Visit.objects.create(
        child=of, **{"visit_on": days(-7), "outcome": "seen", "mode": "f2f_home", "seen": True, "seen_alone": True,
                     "service": "cin", "worker_name": "Pell Exampleby", **given}
    )  # fmt: skip


def rating(of: Child, **given: Any) -> Rating:
    return Rating.objects.create(
        child=of, authority=of.authority,
        **{"rated_at": NOW, "as_at": TODAY, "service": "cin", "level": "amber", "points": 31, "confidence": 0.8,
           "reasons": [["L2", 10, "Child in need."], ["F5", 10, "A parent's mental ill health."]],
           "pack_id": "standing+pandemic_2020", "pack_hash": "0" * 64, **given},
    )  # fmt: skip


def confirmation(of: Child, **given: Any) -> Confirmation:
    return Confirmation.objects.create(
        child=of, **{"level": "red", "computed_level": "red", "rated_on": days(-2), "rated_by": "Pell Exampleby",
                     "review_on": days(5), **given}
    )  # fmt: skip


def alert(of: Child, kind: str, **given: Any) -> Alert:
    return Alert.objects.create(child=of, kind=kind, **{"started_on": days(-100), **given})


def setting(of: Authority, **given: Any) -> Setting:
    number = next(_numbers)
    return Setting.objects.create(
        authority=of, **{"urn": f"9{number:05}", "name": f"Makebelieve School {number}", "phase": "Primary", **given}
    )


def enrolment(at: Setting, of: Child | None = None, *, weeks: dict[date, str] | None = None, **given: Any) -> Enrolment:
    """A pupil on roll, with register marks by the Monday of each week."""
    made = Enrolment.objects.create(
        authority=at.authority, setting=at, school=at.urn, child=of,
        **{"pupil_key": f"P{next(_numbers)}", "year_group": "3", "entered_on": days(-300), **given},
    )  # fmt: skip
    AttendanceWeek.objects.bulk_create(
        AttendanceWeek(enrolment=made, week_from=monday, marks=marks) for monday, marks in (weeks or {}).items()
    )
    return made
