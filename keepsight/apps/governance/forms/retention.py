"""What retention, holds and subject access ask."""

from collections.abc import Iterable
from typing import Any

from django import forms

from keepsight.apps.accounts.models import Authority
from keepsight.apps.governance.queries.subject_access import CHILD, OTHER, PARENT
from keepsight.ui.forms import DayField

AT_LEAST = 10  # letters of a sentence


class Sentence(forms.CharField):
    """A reason in a sentence, which stays beside what was decided."""

    widget = forms.Textarea

    def __init__(self, **more: Any):
        wrong = {"required": "Say why, in a sentence", "min_length": "Say why, in a sentence"}
        super().__init__(**{"max_length": 300, "min_length": AT_LEAST, "error_messages": wrong, **more})


class InAuthority(forms.Form):
    """A form about one authority; asked only of those who answer for several."""

    authority = forms.ChoiceField(label="Which authority?", error_messages={"required": "Choose the authority"})

    def __init__(self, *args: Any, authorities: Iterable[Authority], **more: Any):
        super().__init__(*args, **more)
        self.held = {each.code: each for each in authorities}
        field = self.fields["authority"]
        field.choices = [(code, each.name) for code, each in self.held.items()]  # type: ignore[attr-defined]
        if len(self.held) == 1:
            field.widget = forms.HiddenInput()
            field.initial = next(iter(self.held))

    @property
    def chosen(self) -> Authority:
        """The authority that was chosen."""
        return self.held[self.cleaned_data["authority"]]


class HoldForm(InAuthority):
    """What is held, and why."""

    over = forms.ChoiceField(
        label="What is held?", widget=forms.RadioSelect, error_messages={"required": "Say what is held"},
        choices=[("child", "One child’s record"), ("authority", "Every record of the authority")],
    )  # fmt: skip
    number = forms.CharField(label="The child’s number in the case system", required=False, max_length=48)
    why = Sentence(
        label="Why?", help_text="For example: a court has asked for the record. Do not write a name",
    )  # fmt: skip
    field_order = ("authority", "over", "number", "why")
    reveals = {"over": {"child": ("number",)}}
    govuk = {"why": {"rows": 3}, "number": {"classes": "govuk-input--width-20"}}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("over") == "child" and not (answers.get("number") or "").strip():
            self.add_error("number", "Enter the child’s number")
        return answers


class LiftForm(forms.Form):
    """Why a hold is lifted."""

    because = Sentence(label="Why is it lifted?")
    govuk = {"because": {"rows": 3}}


class DecisionForm(forms.Form):
    """The owner's answer to a list."""

    answer = forms.ChoiceField(
        label="Do you approve this list?", widget=forms.RadioSelect,
        choices=[("approve", "Yes, it may be carried out"), ("refuse", "No, everything on it is kept")],
        error_messages={"required": "Choose yes or no"},
    )  # fmt: skip
    sentence = Sentence(label="Why?", help_text="It stays beside the list and on its certificate")
    govuk = {"sentence": {"rows": 3}}


class RequestForm(InAuthority):
    """A request by somebody for what is held about a child."""

    number = forms.CharField(
        label="The child’s number in the case system", max_length=48,
        error_messages={"required": "Enter the child’s number"},
    )  # fmt: skip
    asked_on = DayField(
        label="When was it asked?", help_text="The day on which the authority received it, like 27 3 2020",
        error_messages={"required": "Enter the day"},
    )  # fmt: skip
    asker = forms.ChoiceField(
        label="Who asks?", widget=forms.RadioSelect, error_messages={"required": "Say who asks"},
        choices=[
            (CHILD, "The child or young person"),
            (PARENT, "A parent or carer"),
            (OTHER, "Somebody else who acts for the child"),
        ],
    )  # fmt: skip
    reference = forms.CharField(label="Your reference (optional)", required=False, max_length=40)
    field_order = ("authority", "number", "asked_on", "asker", "reference")
    govuk = {"number": {"classes": "govuk-input--width-20"}, "reference": {"classes": "govuk-input--width-20"}}
