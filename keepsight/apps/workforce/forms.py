"""Forms of rotas."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from keepsight.apps.accounts.models import Authority, Team, Worker
from keepsight.apps.workforce.actions.rota import OnRota
from keepsight.ui.forms import DayField

SHARES = (("1.0", "Whole part"), ("0.8", "Four fifths"), ("0.6", "Three fifths"), ("0.5", "Half"))


class RotaForm(forms.Form):
    """A new rota."""

    authority = forms.ChoiceField(label="Authority")
    title = forms.CharField(label="What it is called", max_length=120)
    first_on = DayField(label="First day")
    last_on = DayField(label="Last day")
    teams = forms.MultipleChoiceField(
        label="Teams whose workers share it", widget=forms.CheckboxSelectMultiple,
        help_text="On the next page you choose the people.",
    )  # fmt: skip

    def __init__(self, *args: Any, authorities: list[Authority], teams: list[Team], **more: Any):
        super().__init__(*args, **more)
        self.fields["authority"].choices = [(str(each.pk), each.name) for each in authorities]  # type: ignore[attr-defined]
        if len(authorities) == 1:
            self.fields["authority"].widget = forms.HiddenInput()
            self.fields["authority"].initial = str(authorities[0].pk)
        several = len(authorities) > 1
        self.fields["teams"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), f"{each.name}, {each.authority.name}" if several else each.name) for each in teams
        ]


class PeopleForm(forms.Form):
    """Who may be put on a rota: one row a worker, drawn as a table."""

    def __init__(self, *args: Any, workers: list[Worker], first_on: date, **more: Any):
        super().__init__(*args, **more)
        self.workers, self.first_on = workers, first_on
        for worker in workers:
            self.fields[f"on_{worker.pk}"] = forms.BooleanField(required=False)
            self.fields[f"share_{worker.pk}"] = forms.ChoiceField(choices=SHARES, required=False)
            self.fields[f"manager_{worker.pk}"] = forms.BooleanField(required=False)
            self.fields[f"away_{worker.pk}"] = forms.CharField(required=False, max_length=300)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for worker in self.workers:
            try:
                cleaned[f"days_{worker.pk}"] = days_in(cleaned.get(f"away_{worker.pk}") or "", self.first_on)
            except ValueError as wrong:
                self.add_error(f"away_{worker.pk}", ValidationError(f"{worker.name}: {wrong}"))
        if not any(cleaned.get(f"on_{worker.pk}") for worker in self.workers):
            raise ValidationError("Choose at least one person.")
        return cleaned

    def people(self) -> list[OnRota]:
        """Those chosen."""
        said = self.cleaned_data
        return [
            OnRota(
                worker.pk, float(said.get(f"share_{worker.pk}") or 1.0),
                ("manager",) if said.get(f"manager_{worker.pk}") else (), tuple(said[f"days_{worker.pk}"]),
            )
            for worker in self.workers
            if said.get(f"on_{worker.pk}")
        ]  # fmt: skip


def days_in(text: str, first_on: date) -> list[date]:
    """
    Read days as people type them: ``12/4, 13/4`` or ``12/4/2020 to 19/4/2020``.

    Raises
    ------
    ValueError
        With what would be right.
    """
    found: list[date] = []
    for part in filter(None, (each.strip() for each in text.split(","))):
        ends = [_day(each.strip(), first_on) for each in part.replace("–", " to ").split(" to ")]
        if len(ends) > 2 or ends[-1] < ends[0]:
            raise ValueError(f"“{part}” is no day or span of days. Write them like 12/4, or 12/4 to 19/4.")
        found += [date.fromordinal(number) for number in range(ends[0].toordinal(), ends[-1].toordinal() + 1)]
    return found


def _day(text: str, first_on: date) -> date:
    for pattern, typed in (("%d/%m/%Y", text), ("%d/%m/%Y", f"{text}/{first_on.year}")):
        try:
            return datetime.strptime(typed, pattern).date()  # noqa: DTZ007 – a day has no zone
        except ValueError:
            continue
    raise ValueError(f"“{text}” is not a day. Write it like 12/4 or 12/4/2020.")


class ShiftForm(forms.Form):
    """Who does one duty."""

    worker = forms.ChoiceField(label="Who does it", required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        self.fields["worker"].choices = [("", "Nobody: leave it open"), *people]  # type: ignore[attr-defined]


class PublishForm(forms.Form):
    """Publishing a rota."""

    although = forms.CharField(
        label="Why it is published although something is open or against the rules", required=False, max_length=300,
        widget=forms.Textarea, help_text="Leave empty when nothing is.",
    )  # fmt: skip


class SurveyForm(forms.Form):
    """A survey to put."""

    questions = forms.ChoiceField(label="Questions", widget=forms.RadioSelect)
    title = forms.CharField(
        label="Title", required=False, max_length=120, help_text="Leave empty to use that of the questions."
    )
    opens_on = DayField(label="First day")
    closes_on = DayField(label="Last day")

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        self.fields["questions"].choices = choices  # type: ignore[attr-defined]
