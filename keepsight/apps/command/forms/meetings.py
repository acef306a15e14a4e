"""The record of a meeting as one form; calling, moving and cancelling one."""

import re
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone

from keepsight.apps.command.actions.meetings import Captured, Item, Record, There
from keepsight.apps.command.models import Attendance, Meeting
from keepsight.apps.command.queries.meetings import Person
from keepsight.ui.forms import DayField

ACTIONS, DECISIONS, MORE_ITEMS, MORE_PEOPLE = 4, 2, 1, 2  # empty rows; more stand there after each save
_ITEM = re.compile(r"^item-(\d+)-title$")
BODIES = {"strategic": "strategic", "tactical": "tactical", "operational": "leadership"}  # who decides, by level


class TimeField(forms.CharField):
    """A time of day, as people write it."""

    def __init__(self, **more: Any):
        super().__init__(max_length=8, help_text="Like 8:30 or 16:00", **more)

    def clean(self, value: Any) -> Any:
        words = str(super().clean(value) or "").strip().lower().replace(".", ":")
        if not words:
            return None
        for pattern in ("%H:%M", "%I:%M%p", "%I%p", "%H"):
            try:
                return datetime.strptime(words.replace(" ", ""), pattern).time()  # noqa: DTZ007 – a time of day
            except ValueError:
                continue
        raise forms.ValidationError("Enter a time, like 8:30 or 16:00")


class MeetingForm(forms.Form):
    """Who is there, the agenda with its notes, and what is captured: saved in one go."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, meeting: Meeting, people: list[Person], owners: list[tuple[int, str]], **more: Any):
        super().__init__(*args, **more)
        self.meeting, self.persons, self.govuk = meeting, people, {}
        self.fields["revision"].initial = meeting.revision
        for number, person in enumerate(people):
            about = f" ({person.organisation})" if person.organisation else ""
            self.fields[f"was-{number}"] = forms.ChoiceField(
                label=f"{person.name}{about}", choices=Attendance.Was.choices, initial=person.was, required=False
            )
        for number in range(MORE_PEOPLE):
            self._put(f"guest-{number}", "Somebody else: name", 120, "govuk-!-width-two-thirds")
            self._put(f"from-{number}", "From which organisation or service", 120, "govuk-!-width-two-thirds")
        held = {item.pk: item for item in meeting.items.all()}
        typed = [int(found[1]) for name in self.data if (found := _ITEM.match(str(name)))]
        ordered = sorted(held, key=lambda pk: (held[pk].order, pk))
        self.items = list(dict.fromkeys([*ordered, *(pk for pk in typed if pk >= 0 and pk not in held)]))
        for pk in self.items:
            self._item(f"item-{pk}", held[pk].title if pk in held else "", held[pk].notes if pk in held else "")
        for number in range(MORE_ITEMS):
            self._item(f"more-{number}", "", "")
        choices = [("", "Nobody yet"), *((str(pk), name) for pk, name in owners)]
        for number in range(ACTIONS):
            self._put(f"action-{number}-what", "What must be done", 200)
            self.fields[f"action-{number}-owner"] = forms.ChoiceField(
                label="Who does it", choices=choices, required=False
            )
            self.fields[f"action-{number}-due"] = DayField(label="By when", required=False)
        for number in range(DECISIONS):
            self._put(f"decision-{number}-what", "What is decided", 200)
            self._put(f"decision-{number}-because", "Why", 5000, area=True)

    def _put(self, name: str, label: str, most: int, classes: str = "", *, area: bool = False) -> None:
        widget = forms.Textarea if area else forms.TextInput
        self.fields[name] = forms.CharField(label=label, max_length=most, required=False, widget=widget)
        self.govuk[name] = {"rows": 2} if area else {"classes": classes}

    def _item(self, name: str, title: str, notes: str) -> None:
        self.fields[f"{name}-title"] = forms.CharField(label="Item", max_length=200, required=False, initial=title)
        self.fields[f"{name}-notes"] = forms.CharField(
            label="Notes", max_length=20_000, required=False, initial=notes, widget=forms.Textarea
        )
        self.govuk[f"{name}-notes"] = {"rows": 3}

    # --- drawing ---------------------------------------------------------------------------------------
    def people_fields(self) -> list[Any]:
        return [self[f"was-{number}"] for number in range(len(self.persons))]

    def guest_fields(self) -> list[Any]:
        return [self[f"{name}-{number}"] for number in range(MORE_PEOPLE) for name in ("guest", "from")]

    def item_fields(self) -> list[dict[str, Any]]:
        names = [*(f"item-{pk}" for pk in self.items), *(f"more-{number}" for number in range(MORE_ITEMS))]
        return [
            {"title": self[f"{name}-title"], "notes": self[f"{name}-notes"], "new": name.startswith("more"),
             "words": self[f"{name}-title"].value() or "Another item"}
            for name in names
        ]  # fmt: skip

    def action_fields(self) -> list[list[Any]]:
        return [[self[f"action-{n}-{part}"] for part in ("what", "owner", "due")] for n in range(ACTIONS)]

    def decision_fields(self) -> list[list[Any]]:
        return [[self[f"decision-{n}-{part}"] for part in ("what", "because")] for n in range(DECISIONS)]

    # --- reading ---------------------------------------------------------------------------------------
    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        for number in range(ACTIONS):
            what, due = given.get(f"action-{number}-what"), given.get(f"action-{number}-due")
            if what and not due and f"action-{number}-due" not in self.errors:
                self.add_error(f"action-{number}-due", "Say by when this must be done")
            if not what and (due or given.get(f"action-{number}-owner")):
                self.add_error(f"action-{number}-what", "Say what must be done")
        for number in range(DECISIONS):
            what, because = given.get(f"decision-{number}-what"), given.get(f"decision-{number}-because")
            if what and not because:
                self.add_error(f"decision-{number}-because", "Say why this is decided")
            if because and not what:
                self.add_error(f"decision-{number}-what", "Say what is decided")
        return given

    def record(self, owners: Any, on: date) -> Record:
        """What was typed, as the action takes it. ``owners`` gives the user of an id."""
        given = self.cleaned_data
        items = [Item(given[f"item-{pk}-title"], given[f"item-{pk}-notes"], pk) for pk in self.items]
        items += [Item(given[f"more-{n}-title"], given[f"more-{n}-notes"]) for n in range(MORE_ITEMS)]
        there = [
            There(person.name, given.get(f"was-{n}") or person.was, person.user_id, person.organisation)
            for n, person in enumerate(self.persons)
        ]
        there += [
            There(given[f"guest-{n}"], Attendance.Was.PRESENT, None, given[f"from-{n}"]) for n in range(MORE_PEOPLE)
        ]
        captured = [
            Captured(
                "action",
                {"what": given[f"action-{n}-what"], "due_on": given[f"action-{n}-due"], "came_from": "meeting"},
                owners(given[f"action-{n}-owner"]), n,
            )
            for n in range(ACTIONS) if given[f"action-{n}-what"]
        ]  # fmt: skip
        body = BODIES.get(self.meeting.cell.level, "cell")
        captured += [
            Captured(
                "decision",
                {"what": given[f"decision-{n}-what"], "because": given[f"decision-{n}-because"], "decided_on": on,
                 "decided_by": body},
                None, n,
            )
            for n in range(DECISIONS) if given[f"decision-{n}-what"]
        ]  # fmt: skip
        return Record(items, there, captured)

    def put_troubles(self, place: int, register: str, troubles: dict[str, str]) -> None:
        """What an action or decision lacks, beside its field."""
        names = {"due_on": "due", "because": "because"}
        for field, sentence in troubles.items():
            name = f"{register}-{place}-{names.get(field, 'what')}"
            self.add_error(name if name in self.fields else None, sentence)


class ExtraForm(forms.Form):
    """An extra meeting of a cell."""

    cell = forms.ChoiceField(label="Which cell meets?")
    title = forms.CharField(label="What is it called?", max_length=120, help_text="Name no child")
    day = DayField(label="Which day?")
    time = TimeField(label="What time?")
    agenda = forms.ChoiceField(label="Which agenda?")

    def __init__(self, *args: Any, cells: list[tuple[str, str]], agendas: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        self.govuk = {"time": {"classes": "govuk-input--width-5"}}
        self.fields["cell"].choices = [("", "Choose"), *cells]  # type: ignore[attr-defined]
        self.fields["agenda"].choices = [("", "Choose"), *agendas]  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Another day or time."""

    day = DayField(label="Which day?")
    time = TimeField(label="What time?")
    govuk = {"time": {"classes": "govuk-input--width-5"}}


class CancelForm(forms.Form):
    """Why a meeting does not take place."""

    why = forms.CharField(label="Why does it not take place?", max_length=300)


def moment(day: date, at: time) -> datetime:
    """A local day and time as a moment."""
    return timezone.make_aware(datetime.combine(day, at), timezone.get_default_timezone())
