"""Forms that schools and providers fill in about themselves, and what they sent: their own setting's, never others'."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.places.models import Setting
from keepsight.apps.places.permissions import settings_worked_at
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.present_entry import roles_in
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule, PartnerForm

PLACES = {Role.SCHOOL: Permission.SCHOOL_PUPILS, Role.PROVIDER: Permission.PROVIDER_PLACEMENTS}


@dataclass(frozen=True)
class Asked:
    """One register's form, and the settings for which this person may fill it in."""

    register: Register
    rule: Rule
    form: PartnerForm
    settings: tuple[Setting, ...]

    def fields(self) -> list[FieldRule]:
        """What the form asks, in its own order; nothing else of the register is ever shown."""
        known = {each.id: each for each in self.rule.fields if not each.retired}
        return [known[name] for name in self.form.fields if name in known]


def forms_for(grants: Grants, on: date) -> list[Asked]:
    """The forms that are open to this person, by title."""
    here = {a for r, a, _ in grants.memberships + grants.lent if r in PLACES}
    held = Register.objects.filter(authority_id__in=here, is_on=True, current__isnull=False)
    asked = []
    for register in held.select_related("current", "authority"):
        rule = rule_of(register.current)  # type: ignore[arg-type]
        if rule.partner and rule.subject in ("setting", "provider"):
            settings = own_settings(grants, register, rule.partner.roles, on)
            if settings:
                asked.append(Asked(register, rule, rule.partner, settings))
    return sorted(asked, key=lambda each: (each.form.title, each.register.authority.name))


def own_settings(grants: Grants, register: Register, roles: Iterable[str], on: date) -> tuple[Setting, ...]:
    """Where this person works today, in a role that the form is for."""
    held = roles_in(grants, register) & set(roles)
    found: dict[int, Setting] = {}
    for role, permission in PLACES.items():
        if role in held:
            worked = settings_worked_at(grants.user_id, grants, permission, on)
            found |= {each.pk: each for each in worked.filter(authority=register.authority)}
    return tuple(sorted(found.values(), key=lambda each: each.name))


def entries_sent_visible_to(grants: Grants, asked: Asked) -> QuerySet[Entry]:
    """What was sent for a person's own settings, by them or a colleague there: live entries only, about nobody else."""
    own = Q(setting__in=[each.pk for each in asked.settings])
    sent = Q(added_by__settings_of__setting__in=[each.pk for each in asked.settings])
    found = Entry.objects.filter(own & sent, register=asked.register, exercise=None, child=None, family=None)
    return found.select_related("setting", "added_by").order_by("-number").distinct()
