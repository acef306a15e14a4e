"""What the desk asks. The first answer decides what else is needed; without JavaScript everything is open."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.contact.models import ContactPlanQuerySet
from keepsight.apps.desk import queries
from keepsight.core.terms import LABELS, Level, Service, SightLine, VisitMode, VisitOutcome
from keepsight.ui.forms import DayField

VIRTUAL = "virtual"
FILTERED = {
    "authority": "authority_id", "team": "team_id", "district": "child__district_id", "service": "service",
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


class VisitForm(DayOfEvent):
    """A visit: the outcome first, then only what follows from it."""

    outcome = Hinted(
        label="What came of it?",
        choices=[
            (VisitOutcome.SEEN, "I saw or spoke with the child"),
            (VisitOutcome.NOT_SEEN, "Someone answered, but I did not see the child"),
            (VisitOutcome.NO_ACCESS, "Nobody answered, or I was not let in"),
            (VisitOutcome.CANCELLED, "The family cancelled"),
        ],
        error_messages={"required": "Choose what came of the visit"},
    )
    how = Hinted(
        label="How?",
        choices=[
            (VisitMode.F2F_HOME, "At home, face to face"),
            (VisitMode.F2F_DOORSTEP, "On the doorstep or in the garden, face to face"),
            (VisitMode.F2F_WALK, "On a walk, face to face"),
            (VisitMode.F2F_SETTING, "At a school or setting, face to face"),
            (VIRTUAL, "Not face to face: video, telephone or message"),
        ],
        required=False,
    )
    virtual_mode = Hinted(
        label="By what?",
        choices=[
            (VisitMode.VIDEO, "Video call"),
            (VisitMode.PHONE, "Telephone"),
            (VisitMode.MESSAGE, "Message"),
        ],
        required=False,
        hints={
            VisitMode.PHONE: "The child was heard, not seen",
            VisitMode.MESSAGE: "Contact, but nobody saw or heard the child",
        },
    )
    virtual_reason = forms.CharField(
        label="Why not face to face?", required=False, max_length=500,
        help_text="A manager reads and signs this reason", widget=forms.Textarea,
    )  # fmt: skip
    alone = Hinted(
        label="Did you see or speak with the child alone?", choices=[("yes", "Yes"), ("no", "No")], required=False
    )
    not_alone_reason = forms.CharField(label="Why not alone?", required=False, max_length=300)
    attempt = Hinted(
        label="How did you try?",
        choices=[
            (VisitMode.F2F_HOME, "At home"),
            (VisitMode.F2F_SETTING, "At a school or setting"),
            (VisitMode.VIDEO, "Video call"),
            (VisitMode.PHONE, "Telephone"),
        ],
        required=False,
    )
    siblings = forms.MultipleChoiceField(
        label="Was it the same for a brother or sister?", required=False, widget=forms.CheckboxSelectMultiple,
        help_text="Tick each child for whom all these answers hold too",
    )  # fmt: skip
    note = forms.CharField(
        label="Note", required=False, max_length=2000, widget=forms.Textarea,
        help_text="What you saw and heard. If you did not see the child: what you tried, and what happens next",
    )  # fmt: skip
    submission = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("outcome", "when", "siblings", "note")
    asks = {"mode": "how", "seen_alone": "alone", "visit_on": "other_day"}  # noqa: RUF012
    reveals = {
        "outcome": {
            VisitOutcome.SEEN: ("how", "alone"),
            VisitOutcome.NOT_SEEN: ("attempt",),
        },
        "how": {VIRTUAL: ("virtual_mode", "virtual_reason")},
        "alone": {"no": ("not_alone_reason",)},
        "when": {"other": ("other_day",)},
    }
    govuk = {
        "outcome": {"fieldset": {"legend": {"text": "What came of it?", "classes": "govuk-fieldset__legend--m"}}},
        "when": {"classes": "govuk-radios--inline"},
        "note": {"rows": 4},
        "virtual_reason": {"rows": 3},
    }

    def __init__(self, *args: Any, siblings: Sequence[tuple[int, str]] = (), **more: Any):
        super().__init__(*args, **more)
        self.fields["submission"].initial = uuid.uuid4
        if siblings:
            self.fields["siblings"].choices = [(str(pk), text) for pk, text in siblings]
        else:
            del self.fields["siblings"]

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        answers["visit_on"] = self.event_day(answers)
        outcome = answers.get("outcome")
        if outcome == VisitOutcome.SEEN:
            self._clean_seen(answers)
        elif outcome == VisitOutcome.NO_ACCESS:
            answers["mode"] = VisitMode.NO_ACCESS
        else:
            answers["mode"] = answers.get("attempt") or ""
        return answers

    def _clean_seen(self, answers: dict[str, Any]) -> None:
        how = answers.get("how")
        if not how:
            self.add_error("how", "Choose how you saw or spoke with the child")
        if not answers.get("alone"):
            self.add_error("alone", "Say whether the child was alone with you")
        if answers.get("alone") == "no" and not answers.get("not_alone_reason"):
            self.add_error("not_alone_reason", "Say why the child was not seen alone")
        if how == VIRTUAL and not answers.get("virtual_mode"):
            self.add_error("virtual_mode", "Choose video, telephone or message")
        if how == VIRTUAL and not answers.get("virtual_reason"):
            self.add_error("virtual_reason", "Say why it was not face to face")
        answers["mode"] = answers.get("virtual_mode") if how == VIRTUAL else how

    def for_action(self) -> dict[str, Any]:
        """The answers as ``contact.actions.record_visit`` takes them: what was not asked is empty."""
        answers = self.cleaned_data
        seen = answers["outcome"] == VisitOutcome.SEEN
        virtual = seen and answers["how"] == VIRTUAL
        not_alone = seen and answers["alone"] == "no"
        return {
            "outcome": VisitOutcome(answers["outcome"]),
            "visit_on": answers["visit_on"],
            "mode": VisitMode(answers["mode"]) if answers["mode"] else None,
            "seen_alone": answers["alone"] == "yes" if seen else None,
            "not_alone_reason": answers["not_alone_reason"] if not_alone else "",
            "virtual_reason": answers["virtual_reason"] if virtual else "",
            "note": answers["note"],
        }


def typed(data: QueryDict) -> dict[str, Any]:
    """What was typed into the visit form, as a draft keeps it: nothing is checked, nothing is lost."""
    names = set(VisitForm.base_fields) - {"siblings", "other_day"}
    answers: dict[str, Any] = {name: data[name] for name in names if data.get(name)}
    if siblings := data.getlist("siblings"):
        answers["siblings"] = siblings
    parts = [data.get(f"other_day_{part}", "") for part in ("day", "month", "year")]
    if any(parts):
        answers["other_day"] = parts
    return answers


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
    field_order = ("line", "when", "face_to_face", "who", "note")
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


class FindForm(forms.Form):
    """One box for names, numbers and dates of birth."""

    words = forms.CharField(
        label="Name, child number, UPN, NHS number or date of birth", max_length=100,
        help_text="The beginning of a name is enough. Each search is logged",
        error_messages={"required": "Enter a name, a number or a date of birth"},
    )  # fmt: skip


class FilterForm(forms.Form):
    """Which part of a list to show, by GET. Offers only places that the person may see."""

    authority = forms.ChoiceField(label="Authority", required=False)
    district = forms.ChoiceField(label="District", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    service = forms.ChoiceField(
        label="Service", required=False,
        choices=[("", "All")] + [(s.value, LABELS[s]) for s in Service if s not in (Service.EHCP, Service.NONE)],
    )  # fmt: skip
    worker = forms.IntegerField(required=False, widget=forms.HiddenInput)
    who = forms.CharField(required=False, widget=forms.HiddenInput)

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
        return {name: value for name, value in self.cleaned_data.items() if value and name not in self.errors}

    def query(self) -> str:
        """The filters as the front of a query string, for links to other pages of the list."""
        chosen = urlencode(self.chosen())
        return f"{chosen}&" if chosen else ""

    def narrow(self, plans: ContactPlanQuerySet, grants: Grants) -> ContactPlanQuerySet:
        """The plans that pass the filters."""
        chosen = self.chosen()
        if chosen.get("who") == "mine":
            plans = queries.own_plans(grants)
        wanted = {column: chosen[name] for name, column in FILTERED.items() if name in chosen}
        if wanted.get("team_id") == str(queries.NO_TEAM):
            wanted["team_id"] = None
        return plans.filter(**wanted)
