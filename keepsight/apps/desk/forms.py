"""What the desk asks. The first answer decides what else is needed; without JavaScript everything is open."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.contact.models import ContactPlanQuerySet
from keepsight.apps.desk import queries, searching
from keepsight.apps.people.content import district_told
from keepsight.core.terms import LABELS, Level, Provenance, Service, SightLine
from keepsight.ui.forms import DayField

FILTERED = {
    "authority": "authority_id", "team": "team_id", "district": "district_told", "service": "service",
    "worker": "worker_id",
}  # fmt: skip
SEEN_BY_CHOICES = [
    (SightLine.SCHOOL, "School, nursery or college"),
    (SightLine.HEALTH, "Health: GP, health visitor, nurse, hospital"),
    (SightLine.YOUTH_WORK, "Youth work"),
    (SightLine.POLICE, "Police"),
    (SightLine.HUB, "A hub or children's centre"),
    (SightLine.EARLY_HELP, "Early help"),
    (SightLine.SOCIAL_CARE, "Social care: another worker"),
    (SightLine.OTHER, "Another professional"),
]


class Hinted(forms.ChoiceField):
    """Radios, each with a hint of its own where it needs one."""

    widget = forms.RadioSelect

    def __init__(self, *, hints: Mapping[str, str] | None = None, **more: Any):
        super().__init__(**more)
        self.hints = {str(value): hint for value, hint in (hints or {}).items()}


WHOSE_WORDS = [
    ("", "What I saw, heard and did"),
    (Provenance.THIRD_PARTY, "What somebody else said, or who they are"),
    (Provenance.POLICE, "Police intelligence"),
]


def whose_words() -> Hinted:
    """Where a note comes from: asked when it is written, because nobody can tell later."""
    return Hinted(
        label="What does the note hold?", choices=WHOSE_WORDS, required=False, initial="",
        hints={
            Provenance.THIRD_PARTY: "It is tagged, and left out when the family asks for their records",
            Provenance.POLICE: "The same, and only the worker, the team and those who manage them can read it",
        },
    )  # fmt: skip


class DayOfEvent(forms.Form):
    """Today, yesterday or another day: two taps where most answers are today."""

    when = Hinted(
        label="When?", choices=[("today", "Today"), ("yesterday", "Yesterday"), ("other", "Another day")],
        error_messages={"required": "Say when it was"},
    )  # fmt: skip
    other_day = DayField(label="Which day?", required=False, help_text="For example, 27 3 2020")

    def __init__(self, *args: Any, on: date, **more: Any):
        super().__init__(*args, **more)
        self.on = on
        self.fields["when"].initial = "today"

    def event_day(self, answers: dict[str, Any]) -> date | None:
        """The day that was meant; puts what is wrong beside its field."""
        when = answers.get("when")
        if when == "today":
            return self.on
        if when == "yesterday":
            return self.on - timedelta(days=1)
        day = answers.get("other_day")
        if when == "other" and day is None and "other_day" not in self.errors:
            self.add_error("other_day", "Enter the day")
        if day is not None and day > self.on:
            self.add_error("other_day", "The day must be today or in the past")
        return day


class SightingForm(DayOfEvent):
    """Another professional saw or heard the child."""

    line = Hinted(label="Who saw the child?", choices=SEEN_BY_CHOICES, error_messages={"required": "Choose who it was"})
    who = forms.CharField(label="Name and role (optional)", required=False, max_length=120)
    face_to_face = Hinted(
        label="Did they see the child face to face?",
        choices=[("yes", "Yes"), ("no", "No: by video or telephone")],
        error_messages={"required": "Say whether it was face to face"},
    )
    note = forms.CharField(label="Note (optional)", required=False, max_length=300, widget=forms.Textarea)
    provenance = whose_words()
    field_order = ("line", "when", "face_to_face", "who", "note", "provenance")
    reveals = {"when": {"other": ("other_day",)}}
    govuk = {"when": {"classes": "govuk-radios--inline"}, "note": {"rows": 3}}

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        answers["seen_on"] = self.event_day(answers)
        return answers


class RatingForm(forms.Form):
    """The level that the worker sets; a reason when it differs from the computed one."""

    level = Hinted(
        label="What is the level?",
        choices=[(level.value, LABELS[level]) for level in (Level.RED, Level.AMBER, Level.GREEN)],
        error_messages={"required": "Choose a level"},
    )
    reason_code = forms.ChoiceField(
        label="If it differs from the computed level: what kind of reason?", required=False,

    )  # fmt: skip
    reason = forms.CharField(
        label="Your reason, in a sentence", required=False, max_length=1000, widget=forms.Textarea,
        help_text="Needed when the levels differ, at least 20 characters. Both levels are kept and both are shown",
    )  # fmt: skip

    def __init__(self, *args: Any, reasons: Mapping[str, str], computed: str = "", in_force: str = "", **more: Any):
        super().__init__(*args, **more)
        self.fields["reason_code"].choices = [("", "Choose a reason"), *reasons.items()]  # type: ignore[attr-defined]
        self.computed = computed
        hints: dict[str, str] = {}
        if computed:
            hints[computed] = "Computed from the facts"
        if in_force == Level.RED:
            hints |= {
                level: f"{hints[level] + '. ' if level in hints else ''}Going down from Red waits for a manager"
                for level in (Level.AMBER, Level.GREEN)
            }
        self.fields["level"].hints = {str(level): hint for level, hint in hints.items()}  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if self.computed and answers.get("level") and answers["level"] != self.computed:
            if not answers.get("reason_code"):
                self.add_error("reason_code", "Choose the kind of reason, because the levels differ")
            if len((answers.get("reason") or "").strip()) < 20:
                self.add_error("reason", "Give a reason of at least 20 characters, because the levels differ")
        return answers


class ApprovalForm(forms.Form):
    """A manager's answer to a level that waits."""

    answer = Hinted(
        label="Do you approve this level?",
        choices=[("approve", "Yes, approve it"), ("refuse", "No, keep the level as it was")],
        error_messages={"required": "Choose yes or no"},
    )


class SafeContactForm(forms.Form):
    """How a family is reached without putting them in danger."""

    address = forms.CharField(label="Address", required=False, max_length=300, widget=forms.Textarea)
    phone = forms.CharField(label="Telephone", required=False, max_length=40)
    code_word = forms.CharField(
        label="Code word", required=False, max_length=60,
        help_text="By which the family knows that the caller is who they say. Never write it anywhere else",
    )  # fmt: skip
    how = forms.CharField(
        label="How to reach the family", required=False, max_length=1000, widget=forms.Textarea,
        help_text="When to ring, who may answer, what not to say",
    )  # fmt: skip
    review_on = DayField(
        label="Look at this again on", error_messages={"required": "Enter the day on which this is looked at again"},
    )  # fmt: skip
    govuk = {
        "address": {"rows": 3}, "how": {"rows": 4}, "phone": {"classes": "govuk-input--width-20"},
        "code_word": {"classes": "govuk-input--width-20"},
    }  # fmt: skip


class FindForm(forms.Form):
    """One box for names, numbers and dates of birth."""

    words = forms.CharField(
        label="Name, child number, UPN, NHS number or date of birth", max_length=100,
        help_text="The beginning of a name is enough. Each search is logged",
        error_messages={"required": "Enter a name, a number or a date of birth"},
    )  # fmt: skip

    def clean_words(self) -> str:
        words = str(self.cleaned_data["words"])
        if not searching.is_enough(words):
            raise forms.ValidationError("Type at least two letters of a name")
        return words


class KnownForm(forms.Form):
    """Who exactly is asked about: a number, or the whole name with the date of birth. No beginnings, no lists."""

    number = forms.CharField(
        label="Child number, UPN or NHS number", required=False, max_length=48,
        help_text="The whole number. With it, nothing else is needed",
    )  # fmt: skip
    forename = forms.CharField(label="Forename, in full", required=False, max_length=100)
    surname = forms.CharField(label="Surname, in full", required=False, max_length=100)
    born = DayField(label="Date of birth", required=False, help_text="For example, 27 3 2012")
    govuk = {"number": {"classes": "govuk-input--width-20"}}  # noqa: RUF012

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if not answers.get("number") and not self.errors:
            asked = {
                "forename": "the forename in full", "surname": "the surname in full", "born": "the date of birth",
            }  # fmt: skip
            for field, what in asked.items():
                if not answers.get(field):
                    self.add_error(field, f"Enter {what}, or a number above")
        return answers


class FilterForm(forms.Form):
    """Which part of a list to show, by GET. Offers only places that the person may see."""

    authority = forms.ChoiceField(label="Authority", required=False)
    district = forms.ChoiceField(label="District", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    service = forms.ChoiceField(
        label="Service", required=False,
        choices=[("", "All")] + [(s.value, LABELS[s]) for s in Service if s not in (Service.EHCP, Service.NONE)],
    )  # fmt: skip
    worker = forms.IntegerField(required=False, min_value=0, max_value=2**62, widget=forms.HiddenInput)
    # One word only: what stands in an address goes into the log, and a name must not.
    who = forms.ChoiceField(required=False, choices=[("", ""), ("mine", "")], widget=forms.HiddenInput)

    def __init__(self, *args: Any, places: Mapping[str, Sequence[tuple[int, str]]], **more: Any):
        super().__init__(*args, **more)
        for name in ("authority", "district", "team"):
            if len(places[name]) > 1:
                self.fields[name].choices = [("", "All"), *places[name]]
            else:
                del self.fields[name]

    @property
    def has_filters(self) -> bool:
        """Whether there is anything to choose between."""
        return len(self.fields) > 3

    def chosen(self) -> dict[str, str]:
        """The filters in force, by name; an unknown value filters nothing."""
        self.full_clean()
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}

    def query(self) -> str:
        """The filters as the front of a query string, for links to other pages of the list."""
        chosen = urlencode(self.chosen())
        return f"{chosen}&" if chosen else ""

    def narrow(self, plans: ContactPlanQuerySet, grants: Grants, on: date) -> ContactPlanQuerySet:
        """The plans that pass the filters."""
        chosen = self.chosen()
        if chosen.get("who") == "mine":
            plans = queries.own_plans(grants)
        wanted = {column: chosen[name] for name, column in FILTERED.items() if name in chosen}
        if "district_told" in wanted:
            plans = plans.annotate(district_told=district_told(on))
        if wanted.get("team_id") == str(queries.NO_TEAM):
            wanted["team_id"] = None
        if wanted.get("worker_id") == queries.NO_WORKER:
            wanted["worker_id"] = None
        return plans.filter(**wanted)
