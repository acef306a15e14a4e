"""What a school or provider sends about itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission, check_user_may
from keepsight.apps.events.scope import active_event
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.places.models import Setting
from keepsight.apps.registers.actions.entries import About, add
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.partners import forms_for
from keepsight.apps.registers.permissions import NOT_YOURS
from keepsight.core.errors import NotPermitted


def send(register: Register, setting: Setting, raw: Mapping[str, Any], *, by: User, at: datetime) -> Entry:
    """
    Add what a setting says about itself: the form's fields, and nothing else of the register.

    Raises
    ------
    NotPermitted
        If the person does not work there today, or the form is not for their role.
    WrongEntry
        If answers are missing or wrong.
    """
    grants = grants_of(by, at)
    check_user_may(grants, Permission.PARTNER_FORM)
    for asked in forms_for(grants, timezone.localtime(at).date()):
        if asked.register.pk == register.pk and setting.pk in {each.pk for each in asked.settings}:
            answers = {each.id: raw.get(each.id) for each in asked.fields()}
            return add(
                asked.register, answers, by=by, at=at, about=About(setting=setting), source="registers:partner",
                event=active_event(register.authority), unchecked=True,
            )  # fmt: skip
    raise NotPermitted(NOT_YOURS)
