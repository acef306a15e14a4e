"""What recording a visit asks: the outcome first, then only what follows from it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from keepsight.apps.desk.forms import DayOfEvent, Hinted, whose_words
from keepsight.core.terms import VisitMode, VisitOutcome

VIRTUAL = "virtual"


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
    provenance = whose_words()
    submission = forms.UUIDField(widget=forms.HiddenInput)

    field_order = ("outcome", "when", "siblings", "note", "provenance")
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
            "provenance": answers["provenance"],
        }


def typed(data: QueryDict) -> dict[str, Any]:
    """What was typed into the visit form, as a draft keeps it: nothing is checked, nothing is lost."""
    names = set(VisitForm.base_fields) - {"siblings", "other_day"}
    answers: dict[str, Any] = {name: _kept(data[name]) for name in names if data.get(name)}
    if siblings := data.getlist("siblings"):
        answers["siblings"] = [_kept(each) for each in siblings]
    parts = [_kept(data.get(f"other_day_{part}", "")) for part in ("day", "month", "year")]
    if any(parts):
        answers["other_day"] = parts
    return answers


def _kept(text: str) -> str:
    """Without null characters, which nobody types and PostgreSQL keeps in no JSON."""
    return text.replace("\x00", "")
