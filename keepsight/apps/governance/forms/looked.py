"""What the pages of the log ask."""

from datetime import date
from typing import Any

from django import forms

from keepsight.apps.governance.models import LookReview
from keepsight.apps.governance.queries.looked import GROUPS
from keepsight.ui.forms import DayField

PERIODS = [("90", "The last 90 days"), ("30", "The last 30 days"), ("366", "The last 12 months"), ("all", "All")]


class FindChildForm(forms.Form):
    """One child by a number, or by name and date of birth together."""

    number = forms.CharField(
        label="Child number, UPN or NHS number",
        required=False,
        max_length=48,
        help_text="Or leave it out, and give the name and the date of birth",
    )
    name = forms.CharField(label="Name", required=False, max_length=100)
    born = DayField(label="Date of birth", required=False, help_text="For example, 27 3 2012")

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("number"):
            return answers
        if not answers.get("name") and not answers.get("born") and not self.errors:
            self.add_error("number", "Enter a number, or a name and a date of birth")
        elif not answers.get("name"):
            self.add_error("name", "Enter the name too")
        elif not answers.get("born") and "born" not in self.errors:
            self.add_error("born", "Enter the date of birth too")
        return answers


class FindPersonForm(forms.Form):
    """Somebody who signs in here."""

    words = forms.CharField(
        label="Name or email address", max_length=120, error_messages={"required": "Enter a name or an email address"}
    )


class PeriodForm(forms.Form):
    """Which part of the log, by GET: a time and a kind only, nothing that names."""

    group = forms.ChoiceField(
        label="Show", required=False,
        choices=[("", "Everything"), *((key, words) for key, (words, _) in GROUPS.items())],
    )  # fmt: skip
    days = forms.ChoiceField(label="Time", required=False, choices=PERIODS)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput)


class MonthForm(forms.Form):
    """Which month and authority, by GET."""

    authority = forms.ChoiceField(label="Authority", required=False)
    month = forms.ChoiceField(
        label="Month", required=False, error_messages={"invalid_choice": "Choose a month of the list"}
    )

    def __init__(self, *args: Any, authorities: list[tuple[str, str]], months: list[date], **more: Any):
        super().__init__(*args, **more)
        self.fields["authority"].choices = authorities  # type: ignore[attr-defined]
        self.fields["month"].choices = [(f"{m:%Y-%m}", f"{m:%B %Y}") for m in months]  # type: ignore[attr-defined]
        if len(authorities) < 2:
            del self.fields["authority"]


class ReviewForm(forms.Form):
    """What came of looking at one event of the sample."""

    outcome = forms.ChoiceField(
        label="What did you find?", choices=LookReview.Outcome.choices, widget=forms.RadioSelect,
        error_messages={"required": "Say what you found"},
    )  # fmt: skip
    note = forms.CharField(
        label="Note", required=False, max_length=300, widget=forms.Textarea,
        help_text="Needed for a concern. Write no child's name",
    )  # fmt: skip
    govuk = {"note": {"rows": 3}}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("outcome") == LookReview.Outcome.CONCERN and not answers.get("note", "").strip():
            self.add_error("note", "Say what the concern is and to whom it was passed on")
        return answers
