"""Who works at which setting: that is all that leads a person to a school's or a provider's page."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from keepsight.apps.accounts.models import Authority, Role, User
from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may, held_by
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.places.models import PROVIDER, Setting, SettingMember
from keepsight.core.errors import NotAllowedNow, NotPermitted

NOT_THERE = "There is no such setting in your authority."
NO_PERSON = "Nobody with this address holds the role School or Provider that goes with this number."
NO_PLACE = "No school here has this number. For a provider of placements, enter its name too."


@transaction.atomic
def add_setting_member(
    user: User,
    setting: Setting,
    *,
    by: User | None,
    at: datetime,
    on: date,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> SettingMember:
    """
    Say that a person works at a setting. Held already, it stays as it is.

    Raises
    ------
    NotPermitted
        Unless ``by`` manages the people of the setting's authority; nobody: the command line.
    NotAllowedNow
        If the person does not hold the role that goes with the kind of setting.
    """
    _check_manages(by, setting.authority_id, on)
    role = Role.PROVIDER if setting.type == PROVIDER else Role.SCHOOL
    if not _holds(user, role, setting.authority_id, on):
        raise NotAllowedNow(
            f"{user.name} does not hold the role {role.label} there. Give the role first.", code="role_missing"
        )
    held = SettingMember.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), user=user, setting=setting).first()
    if held is not None:
        return held
    made, _ = SettingMember.objects.update_or_create(
        user=user, setting=setting, starts_on=starts_on or on, defaults={"ends_on": ends_on}
    )
    _keep(EventKind.ROLE_GIVEN, made, by=by, at=at)
    return made


@transaction.atomic
def name_person(
    *, email: str, authority: Authority, number: str, provider: str, by: User, at: datetime, on: date
) -> SettingMember:
    """
    Name a person at a setting by address and number; a provider is made when it is named for the first time.

    Raises
    ------
    NotAllowedNow
        In the same words whether the address is unknown or its person holds no such role.
    """
    _check_manages(by, authority.pk, on)
    number = number.strip().upper()
    setting = Setting.objects.filter(authority=authority, urn=number).first()
    if setting is None and not provider.strip():
        raise NotAllowedNow(NO_PLACE)
    user = User.objects.filter(email=User.objects.normalize_email(email).lower()).first()
    role = Role.PROVIDER if setting is None or setting.type == PROVIDER else Role.SCHOOL
    if user is None or not _holds(user, role, authority.pk, on):
        raise NotAllowedNow(NO_PERSON)
    setting = setting or name_provider(authority, urn=number, name=provider, by=by, at=at, on=on)
    return add_setting_member(user, setting, by=by, at=at, on=on)


def _holds(user: User, role: Role, authority_id: int, on: date) -> bool:
    return any(r == role and a == authority_id for r, a, _ in held_by(user, on).memberships)


@transaction.atomic
def end_setting_member(member: SettingMember, *, by: User | None, at: datetime, on: date) -> None:
    """
    Say that a person no longer works at a setting, from today.

    Raises
    ------
    NotPermitted
        Unless ``by`` manages the people of the setting's authority.
    """
    _check_manages(by, member.setting.authority_id, on)
    ended = SettingMember.objects.filter(Q(ends_on=None) | Q(ends_on__gt=on), pk=member.pk).update(ends_on=on)
    if ended:
        _keep(EventKind.ROLE_ENDED, member, by=by, at=at)


@transaction.atomic
def name_provider(authority: Authority, *, urn: str, name: str, by: User | None, at: datetime, on: date) -> Setting:
    """
    Make a provider of placements a setting, by the number that the placements of looked-after children carry.

    Held already, it stays as it is.

    Raises
    ------
    NotPermitted
        Unless ``by`` manages the people of the authority.
    NotAllowedNow
        If a school has this number.
    """
    _check_manages(by, authority.pk, on)
    made, new = Setting.objects.get_or_create(
        authority=authority, urn=urn.strip().upper(), defaults={"name": name.strip(), "type": PROVIDER}
    )
    if made.type != PROVIDER:
        raise NotAllowedNow("A school has this number. Choose the school instead.", code="number_of_a_school")
    return made


def _check_manages(by: User | None, authority_id: int, on: date) -> None:
    if by is None:
        return
    grants: Grants = held_by(by, on)
    check_user_may(grants, Permission.PEOPLE_MANAGE)
    if authority_id not in grants.scope(Permission.PEOPLE_MANAGE).authority_ids:
        raise NotPermitted(NOT_THERE)


def _keep(kind: EventKind, member: SettingMember, *, by: User | None, at: datetime) -> None:
    audit.record(
        kind, at=at, by=by, authority_code=member.setting.authority.code, subject=("user", str(member.user_id)),
        source="portal:setting_people" if by else "keepsight", setting=member.setting_id,
    )  # fmt: skip
