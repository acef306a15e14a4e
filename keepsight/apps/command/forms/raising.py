"""Raising an entry to a cell, and starting and deciding a rapid response group."""

from typing import Any

from django import forms

from keepsight.apps.command.forms.meetings import TimeField
from keepsight.ui.forms import DayField


class EscalateForm(forms.Form):
    """To which cell, and why."""

    cell = forms.ChoiceField(label="To which cell does this go?")
    why = forms.CharField(label="Why can it not be solved here?", max_length=300, help_text="Name no child")

    def __init__(self, *args: Any, cells: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        self.fields["cell"].choices = [("", "Choose"), *cells]  # type: ignore[attr-defined]


class GroupForm(forms.Form):
    """A group that answers one matter in five working days."""

    matter = forms.CharField(label="What is the group for?", max_length=200, help_text="Name no child")
    trigger = forms.CharField(label="What set it off?", max_length=3000, widget=forms.Textarea)
    question = forms.CharField(
        label="Which question must be answered?", max_length=2000, widget=forms.Textarea, help_text="One question"
    )
    urgency = forms.ChoiceField(
        label="How pressing is it?", widget=forms.RadioSelect,
        choices=[("red", "Red: somebody may come to harm within the week"), ("amber", "Amber"), ("green", "Green")],
    )  # fmt: skip
    lead = forms.ChoiceField(label="Who leads it?")
    members = forms.MultipleChoiceField(label="Who else is in it?", required=False, widget=forms.CheckboxSelectMultiple)
    day = DayField(label="On which day does it meet first? (optional)", required=False)
    time = TimeField(label="At what time? (optional)", required=False)

    def __init__(self, *args: Any, people: list[tuple[int, str]], **more: Any):
        super().__init__(*args, **more)
        choices = [(str(pk), name) for pk, name in people]
        self.fields["lead"].choices = [("", "Choose"), *choices]  # type: ignore[attr-defined]
        self.fields["members"].choices = choices  # type: ignore[attr-defined]
        self.govuk = {"trigger": {"rows": 3}, "question": {"rows": 3}, "time": {"classes": "govuk-input--width-5"}}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("day") and not given.get("time") and "time" not in self.errors:
            self.add_error("time", "Say at what time the group meets")
        if given.get("time") and not given.get("day") and "day" not in self.errors:
            self.add_error("day", "Say on which day the group meets")
        return given


class DecideForm(forms.Form):
    """What the leadership team decided on a group's paper."""

    answer = forms.ChoiceField(label="What did the leadership team decide?", widget=forms.RadioSelect)
    words = forms.CharField(label="The decision in words", max_length=3000, widget=forms.Textarea)
    because = forms.CharField(label="Why", max_length=3000, widget=forms.Textarea)
    decided_on = DayField(label="On which day?")
    granted = forms.DecimalField(label="Money granted (optional)", required=False, min_value=0, decimal_places=2)
    what = forms.CharField(label="What must be done next? (optional)", max_length=200, required=False)
    owner = forms.ChoiceField(label="Who does it? (optional)", required=False)
    due_on = DayField(label="By when? (optional)", required=False)

    def __init__(self, *args: Any, answers: list[tuple[str, str]], people: list[tuple[int, str]], **more: Any):
        super().__init__(*args, **more)
        self.fields["answer"].choices = answers  # type: ignore[attr-defined]
        self.fields["owner"].choices = [("", "Nobody yet"), *((str(pk), name) for pk, name in people)]  # type: ignore[attr-defined]
        self.govuk = {
            "words": {"rows": 3}, "because": {"rows": 3},
            "granted": {"prefix": {"text": "£"}, "classes": "govuk-input--width-10"},
        }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if given.get("what") and not given.get("due_on") and "due_on" not in self.errors:
            self.add_error("due_on", "Say by when this must be done")
        return given
