"""
What the pages about people ask. An answer that was not offered, or not asked for, is refused and logged.

A page never offers what its reader may not give; so such an answer did not come from the page.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms

from keepsight.apps.accounts.permissions import rules
from keepsight.apps.accounts.places import KINDS
from keepsight.core.errors import NotPermitted
from keepsight.ui.forms import DayField

_PARTS = ("", "_day", "_month", "_year", "_0", "_1", "_2")
_DAY = timedelta(days=1)
NONE = [("", "Choose")]


class Asked(forms.Form):
    """A form that refuses fields it did not ask for."""

    def full_clean(self) -> None:
        if self.is_bound and hasattr(self.data, "keys"):
            known = {self.add_prefix(name) + part for name in self.fields for part in _PARTS}
            if set(self.data.keys()) - known - {"csrfmiddlewaretoken"}:
                raise NotPermitted(
                    "The form carried answers that the page did not ask for. Nothing was changed.",
                    code="field_not_asked",
                )
        super().full_clean()


class Offered(forms.ChoiceField):
    """A choice; any other value is refused and logged, because the page cannot have sent it."""

    def __init__(self, *, hints: dict[str, str] | None = None, **more: Any):
        super().__init__(**more)
        self.hints = hints or {}

    def validate(self, value: Any) -> None:
        if value and not self.valid_value(value):
            raise NotPermitted("That is not among the choices of this page. Nothing was changed.", code="not_offered")
        super().validate(value)


class OfferedRadios(Offered):
    widget = forms.RadioSelect


def first_day_without(answers: dict[str, Any], name: str) -> date | None:
    """A last day as it is asked, as the first day without."""
    day = answers.get(name)
    return day + _DAY if day else None


class SearchForm(Asked):
    """A name or an address, by POST."""

    words = forms.CharField(
        label="Name or email address", max_length=100, help_text="Part of it is enough",
        error_messages={"required": "Enter a name or an email address"},
    )  # fmt: skip
    govuk = {"words": {"classes": "govuk-!-width-two-thirds"}}  # noqa: RUF012


class FilterForm(forms.Form):
    """Which part of the list to show, by GET: codes only, because addresses are logged."""

    role = forms.ChoiceField(label="Role", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    state = forms.ChoiceField(label="State of the account", required=False)

    def __init__(self, *args: Any, teams: Sequence[tuple[Any, str]], states: dict[str, str], **more: Any):
        super().__init__(*args, **more)
        self.fields["role"].choices = [("", "All"), *((rule.id, rule.name) for rule in rules().values())]
        self.fields["team"].choices = [("", "All"), *((str(pk), name) for pk, name in teams)]
        self.fields["state"].choices = [("", "All"), *states.items()]

    def chosen(self) -> dict[str, str]:
        """The filters in force; an unknown value filters nothing."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value}


class RoleForm(Asked):
    """A role, how far it reaches, for which days, and why."""

    role = Offered(label="Role", error_messages={"required": "Choose a role"})
    reach = OfferedRadios(label="How far does it reach?", error_messages={"required": "Choose how far it reaches"})
    own = Offered(label="In which authority are their cases?", required=False)
    team = Offered(label="Which team?", required=False)
    service = Offered(label="Which service?", required=False)
    authority = Offered(label="Which authority?", required=False)
    partnership = Offered(label="Which partnership?", required=False)
    starts_on = DayField(label="First day", error_messages={"required": "Enter the first day"})
    last_day = DayField(label="Last day (leave empty if not known)", required=False)
    reason = forms.CharField(
        label="Why?", max_length=200, help_text="For example, joined the team, or acts up for a colleague",
        error_messages={"required": "Say why, in a few words"},
    )  # fmt: skip
    reveals = {"reach": {kind: (kind,) for kind in KINDS}}
    asks = {"ends_on": "last_day"}

    def __init__(self, *args: Any, places: dict[str, list[tuple[int, str]]], on: date, **more: Any):
        super().__init__(*args, **more)
        self.fields["role"].choices = [*NONE, *((rule.id, rule.name) for rule in rules().values() if rule.scopes)]
        kinds = [kind for kind in KINDS if places.get(kind)]
        self.fields["reach"].choices = [(kind, KINDS[kind]) for kind in kinds]
        for kind in KINDS:
            if kind in kinds:
                offered = [(str(pk), name) for pk, name in places[kind]]
                self.fields[kind].choices = offered if len(offered) == 1 else [*NONE, *offered]
            else:
                del self.fields[kind]
        self.fields["starts_on"].initial = on

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        kind = answers.get("reach")
        if kind and not answers.get(kind) and kind not in self.errors:
            self.add_error(kind, "Choose which one")
        answers["ends_on"] = first_day_without(answers, "last_day")
        return answers

    @property
    def place(self) -> tuple[str, int]:
        """Kind and id of the place that was chosen."""
        kind = self.cleaned_data["reach"]
        return kind, int(self.cleaned_data[kind])


class JoinForm(RoleForm):
    """Somebody new, with a first role."""

    name = forms.CharField(label="Full name", max_length=120, error_messages={"required": "Enter their name"})
    email = forms.EmailField(
        label="Work email address", error_messages={"required": "Enter their work email address"},
        help_text="One person, one account. If this address has an account already, it only gets the role",
    )  # fmt: skip
    last_day_of_account = DayField(
        label="Last day of the account (leave empty if not known)", required=False,
        help_text="For agency staff, students and others who leave on a known day",
    )  # fmt: skip
    field_order = ("name", "email", "last_day_of_account", "role", "reach")

    def clean(self) -> dict[str, Any]:
        answers = super().clean()
        answers["expires_on"] = first_day_without(answers, "last_day_of_account")
        return answers


class AccountForm(Asked):
    """Name, address and last day of an account."""

    name = forms.CharField(label="Full name", max_length=120, error_messages={"required": "Enter their name"})
    email = forms.EmailField(label="Work email address", error_messages={"required": "Enter their email address"})
    last_day_of_account = DayField(label="Last day of the account (leave empty if not known)", required=False)
    reason = forms.CharField(label="Why?", max_length=200, error_messages={"required": "Say why, in a few words"})

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        answers["expires_on"] = first_day_without(answers, "last_day_of_account")
        return answers


class ReasonForm(Asked):
    """Why an account ends, or is opened again."""

    reason = forms.CharField(label="Why?", max_length=200, error_messages={"required": "Say why, in a few words"})


class OpenAgainForm(ReasonForm):
    """Why, and until when."""

    last_day_of_account = DayField(label="Last day of the account (leave empty if not known)", required=False)

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        answers["expires_on"] = first_day_without(answers, "last_day_of_account")
        return answers


class EndRoleForm(Asked):
    """From which day a role no longer holds, and why."""

    from_day = DayField(
        label="First day without this role", help_text="Today ends it at once",
        error_messages={"required": "Enter the first day without this role"},
    )  # fmt: skip
    reason = forms.CharField(label="Why?", max_length=200, error_messages={"required": "Say why, in a few words"})


class WorkerForm(Asked):
    """The name by which the case system knows a person."""

    words = forms.CharField(
        label="Name in the case system", max_length=100, help_text="Part of it is enough",
        error_messages={"required": "Enter a name"},
    )  # fmt: skip
    worker = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


class CoverForm(Asked):
    """Who stands in for somebody who is away, and for which days."""

    stand_in = Offered(label="Who stands in?", error_messages={"required": "Choose who stands in"})
    starts_on = DayField(label="First day of cover", error_messages={"required": "Enter the first day"})
    last_day = DayField(label="Last day of cover", error_messages={"required": "Enter the last day"})
    reason = forms.CharField(
        label="Why?", max_length=200, help_text="For example, annual leave. Not the nature of an illness",
        error_messages={"required": "Say why, in a few words"},
    )  # fmt: skip
    asks = {"ends_on": "last_day"}

    def __init__(self, *args: Any, stand_ins: Sequence[tuple[int, str]], on: date, **more: Any):
        super().__init__(*args, **more)
        self.fields["stand_in"].choices = [*NONE, *((str(pk), name) for pk, name in stand_ins)]
        self.fields["starts_on"].initial = on

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        answers["ends_on"] = first_day_without(answers, "last_day")
        return answers


class TeamForm(Asked):
    """The service of a team, and whom others call."""

    service = Offered(label="Service", required=False)
    duty_phone = forms.CharField(
        label="Duty telephone", max_length=40, required=False,
        help_text="Told to people of other teams who ask whether a child is known",
    )  # fmt: skip

    def __init__(self, *args: Any, services: Sequence[tuple[int, str]], **more: Any):
        super().__init__(*args, **more)
        self.fields["service"].choices = [("", "None"), *((str(pk), name) for pk, name in services)]


class ServiceForm(Asked):
    """A new service of an authority."""

    authority = Offered(label="Authority", error_messages={"required": "Choose an authority"})
    name = forms.CharField(
        label="Name of the service", max_length=120, error_messages={"required": "Enter the name of the service"}
    )

    def __init__(self, *args: Any, authorities: Sequence[tuple[int, str]], **more: Any):
        super().__init__(*args, **more)
        offered = [(str(pk), name) for pk, name in authorities]
        self.fields["authority"].choices = offered if len(offered) == 1 else [*NONE, *offered]
