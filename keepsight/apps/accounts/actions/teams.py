"""Teams, services and partnerships: who calls whom, and which teams stand under one head."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts import policies
from keepsight.apps.accounts.models import Authority, Partnership, Service, Team, User
from keepsight.apps.accounts.permissions import Permission, check_user_may, held_by
from keepsight.apps.accounts.policies import NotThisWay
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.core.errors import NotPermitted


@transaction.atomic
def change_team(
    team: Team, *, service: Service | None, duty_phone: str, by: User, at: datetime, on: date
) -> None:  # fmt: skip
    """
    Say which service a team belongs to, and whom others call. Moving a team moves who sees its children.

    Raises
    ------
    NotPermitted
        The team's authority is not administered.
    NotThisWay
        The service is another authority's.
    """
    _check_administers(by, team.authority_id, on)
    if service is not None and service.authority_id != team.authority_id:
        raise NotPermitted(policies.OUTSIDE, code="place_not_yours")
    changed = [
        name for name, value in (("service", service), ("duty_phone", duty_phone)) if getattr(team, name) != value
    ]
    Team.objects.filter(pk=team.pk).update(service=service, duty_phone=duty_phone[:40])
    _keep(("team", team.pk), team.authority, by=by, at=at, changed=changed, service=service.pk if service else None)


@transaction.atomic
def make_service(authority: Authority, name: str, *, by: User, at: datetime, on: date) -> Service:
    """
    Make a service of an authority, to put teams in.

    Raises
    ------
    NotPermitted
        The authority is not administered.
    NotThisWay
        It has one of that name.
    """
    _check_administers(by, authority.pk, on)
    made, is_new = Service.objects.get_or_create(authority=authority, name=name.strip()[:120])
    if not is_new:
        raise NotThisWay("There is a service of this name already", "name")
    _keep(("service", made.pk), authority, by=by, at=at, changed=["made"])
    return made


@transaction.atomic
def make_partnership(name: str, authorities: Collection[Authority], *, at: datetime | None = None) -> Partnership:
    """Make a partnership of authorities, or add to it; roles in it reach all. For the command line only."""
    made, _ = Partnership.objects.get_or_create(name=name)
    made.authorities.add(*authorities)
    if at is not None:
        audit.record(
            EventKind.PERSON_CHANGED, at=at, subject=("partnership", str(made.pk)), source="keepsight people",
            authorities=sorted(authority.code for authority in authorities),
        )  # fmt: skip
    return made


def _check_administers(by: User, authority: int, on: date) -> None:
    grants = held_by(by, on)
    check_user_may(grants, Permission.PEOPLE_MANAGE)
    if authority not in policies.administered(grants):
        raise NotPermitted(policies.OUTSIDE, code="place_not_yours")


def _keep(subject: tuple[str, int], authority: Authority, *, by: User, at: datetime, **detail: object) -> None:
    audit.record(
        EventKind.PERSON_CHANGED, at=at, by=by, subject=(subject[0], str(subject[1])),
        authority_code=authority.code, source="accounts:teams", **detail,
    )  # fmt: skip
