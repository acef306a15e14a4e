"""Somebody of one example school and of one example provider of placements."""

from collections import Counter
from datetime import date, datetime

from django.db.models import Count, Q

from keepsight.apps.accounts import actions as accounts
from keepsight.apps.accounts.models import Authority, Role, User
from keepsight.apps.people.models import Involvement
from keepsight.apps.places import actions as places
from keepsight.apps.places.models import PROVIDER, Setting
from keepsight.core.terms import InvolvementKind

DUTY_PHONE = "01632 960000"  # a number that Ofcom keeps for stories
PROVIDER_NAME = "Example House"


def people_of_settings(*, password: str, on: date, at: datetime) -> list[dict[str, str]]:
    """Give the school with most known pupils, and the provider with most placements, a person each."""
    councils = Authority.objects.filter(is_example=True).order_by("name")
    authority = councils.filter(code="fellshire").first() or councils.first()
    if authority is None:
        return []
    if not authority.settings.get("duty_phone"):
        authority.settings["duty_phone"] = DUTY_PHONE
        authority.save(update_fields=["settings"])
    told = []
    if school := _school(authority):
        told.append(_named("school@keepsight.example", "Example Head Teacher", Role.SCHOOL, school, password, on, at))
    if provider := _provider(authority, on, at):
        told.append(_named("provider@keepsight.example", "Example Carer", Role.PROVIDER, provider, password, on, at))
    return told


def _named(
    email: str, name: str, role: Role, setting: Setting, password: str, on: date, at: datetime
) -> dict[str, str]:
    user: User = accounts.make_user(email=email, name=name, password=password)
    accounts.give_role(user, role=role, authority=setting.authority, on=on)
    places.add_setting_member(user, setting, by=None, at=at, on=on)
    return {"email": email, "role": role.label, "where": setting.name}


def _school(authority: Authority) -> Setting | None:
    """The school where the example's person works already, else the one with most pupils whom a service knows."""
    schools = Setting.objects.filter(authority=authority).exclude(type=PROVIDER).select_related("authority")
    held = schools.filter(people__user__email="school@keepsight.example").first()
    known = Count("enrolments", filter=Q(enrolments__child__isnull=False, enrolments__left_on=None))
    return held or schools.annotate(known=known).filter(known__gt=0).order_by("-known", "urn").first()


def _provider(authority: Authority, on: date, at: datetime) -> Setting | None:
    held = Setting.objects.filter(authority=authority, type=PROVIDER).select_related("authority").order_by("pk").first()
    if held:
        return held
    placed = Involvement.objects.filter(child__authority=authority, kind=InvolvementKind.CLA, ended_on=None)
    numbers = Counter(urn for urn in placed.values_list("details__placement_urn", flat=True) if urn)
    if not numbers:
        return None
    urn = max(numbers, key=lambda one: (numbers[one], one))
    return places.name_provider(authority, urn=urn, name=PROVIDER_NAME, by=None, at=at, on=on)
