"""What the pages of activation, positions, phases and closing ask."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django import forms

from keepsight.apps.accounts.forms import NONE, Asked, Offered, OfferedRadios
from keepsight.apps.accounts.models import User
from keepsight.apps.command.models import Cell, Position, Term
from keepsight.apps.registers.models import Entry, Register
from keepsight.ui.forms import DayField

REAL, EXERCISE = "real", "exercise"
KEEP, CHANGE, LEAVE = "keep", "change", "leave"
WITH_A_LESSON = [
    (KEEP, "Keep: we do it so again"),
    (CHANGE, "Change: it becomes a first action"),
    (LEAVE, "Leave it this time"),
]
_WHY = "People will read it years from now"


class OfferedSeveral(forms.MultipleChoiceField):
    """Several of what was offered."""

    widget = forms.CheckboxSelectMultiple


def people(users: Iterable[User]) -> list[tuple[str, str]]:
    """People to choose one from."""
    return [("", "Nobody yet"), *((str(user.pk), user.name) for user in users)]


class ActivateForm(Asked):
    """Real or exercise, why, who holds which position, and what is taken over from the last time."""

    kind = OfferedRadios(
        label="Is this real?", error_messages={"required": "Say whether this is real or an exercise"},
        choices=[(REAL, "Real: it changes live work as said above"), (EXERCISE, "An exercise: nothing live changes")],
    )  # fmt: skip
    reason = forms.CharField(
        label="Why now?", max_length=300, help_text=_WHY, error_messages={"required": "Say why, in a sentence"},
    )  # fmt: skip
    again = OfferedSeveral(label="From the last time", required=False, choices=[("members", "")])
    minimums = OfferedSeveral(
        label="Which minimum levels of teams are proposed again?", required=False,
        help_text="They held the last time and ended with it. Somebody agrees each in its register before it holds",
    )  # fmt: skip
    asks = {"user": "kind"}  # noqa: RUF012

    def __init__(
        self, *args: Any, positions: Sequence[Any], users: Sequence[User], last: dict[str, Term],
        lessons: Sequence[Entry], members: int, minimums: Sequence[tuple[str, str]] = (), **more: Any,
    ):  # fmt: skip
        super().__init__(*args, **more)
        offered = people(users)
        known = {str(user.pk) for user in users}
        for position in positions:
            held = last.get(position.id)
            initial = str(held.user_id) if held and str(held.user_id) in known else ""
            self.fields[f"p_{position.id}"] = Offered(
                label=position.name, required=False, choices=offered, initial=initial,
                help_text=f"Last time: {held.user.name}" if held else "",
            )  # fmt: skip
        if members:
            self.fields["again"].choices = [("members", f"Let the {members} other members of cells sit there again")]
        else:
            del self.fields["again"]
        for each in lessons:
            keeps = each.values.get("verdict") == KEEP and not each.is_open
            self.fields[f"l_{each.pk}"] = OfferedRadios(
                label=f"Lesson: {each.title}", required=False, choices=WITH_A_LESSON,
                initial=KEEP if keeps else CHANGE if each.is_open else LEAVE,
            )  # fmt: skip
        if minimums:
            self.fields["minimums"].choices = minimums
        else:
            del self.fields["minimums"]
        self.order_fields(["kind", "reason", *(f"p_{each.id}" for each in positions), "again"])

    def lessons_to(self, what: str) -> tuple[int, ...]:
        """The lessons with which this is to be done."""
        said = self.cleaned_data.items()
        return tuple(int(name[2:]) for name, value in said if name.startswith("l_") and value == what)

    def people_chosen(self, users: Iterable[User]) -> dict[str, User]:
        """Key of a position → who holds it."""
        known = {str(user.pk): user for user in users}
        chosen = {name[2:]: known.get(value) for name, value in self.cleaned_data.items() if name.startswith("p_")}
        return {key: user for key, user in chosen.items() if user is not None}


class GiveForm(Asked):
    """Who holds a position, from when, for how long."""

    user = Offered(label="Who?", error_messages={"required": "Choose a person"})
    starts_on = DayField(label="First day", error_messages={"required": "Enter the first day"})
    days = forms.IntegerField(
        label="For how many days?", min_value=1, max_value=180,
        error_messages={"required": "Enter a number of days", "invalid": "Enter a number of days, like 28"},
    )  # fmt: skip
    govuk = {"days": {"classes": "govuk-input--width-3", "suffix": {"text": "days"}}}  # noqa: RUF012

    def __init__(self, *args: Any, users: Iterable[User], position: Position, on: date, **more: Any):
        super().__init__(*args, **more)
        self.fields["user"].choices = [*NONE, *((str(user.pk), user.name) for user in users)]
        self.fields["starts_on"].initial = on
        self.fields["days"].initial = position.days


class TermForm(Asked):
    """Extend a term, hand it over, or end it."""

    what = OfferedRadios(
        label="What shall happen?", error_messages={"required": "Choose what shall happen"},
        choices=[
            ("extend", "Extend the term"),
            ("hand_over", "Hand the position over today"),
            ("end", "End the term today"),
        ],
    )  # fmt: skip
    days = forms.IntegerField(label="By how many days?", min_value=1, max_value=180, required=False)
    user = Offered(label="To whom?", required=False)
    reveals = {"what": {"extend": ("days",), "hand_over": ("user",)}}  # noqa: RUF012
    govuk = {"days": {"classes": "govuk-input--width-3", "suffix": {"text": "days"}}}  # noqa: RUF012

    def __init__(self, *args: Any, users: Iterable[User], position: Position, **more: Any):
        super().__init__(*args, **more)
        self.fields["user"].choices = [*NONE, *((str(user.pk), user.name) for user in users)]
        self.fields["days"].initial = position.days

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if answers.get("what") == "extend" and not answers.get("days") and "days" not in self.errors:
            self.add_error("days", "Enter a number of days")
        if answers.get("what") == "hand_over" and not answers.get("user"):
            self.add_error("user", "Choose who holds it from today")
        return answers


class MemberForm(Asked):
    """Somebody who sits in a cell: one of ours, or of a partner."""

    user = Offered(label="One of our people", required=False)
    name = forms.CharField(
        label="Or somebody of a partner", max_length=120, required=False, help_text="They need not sign in"
    )
    organisation = forms.CharField(label="Their organisation", max_length=120, required=False)

    def __init__(self, *args: Any, users: Iterable[User], **more: Any):
        super().__init__(*args, **more)
        self.fields["user"].choices = [("", "Nobody"), *((str(user.pk), user.name) for user in users)]


class EndCellForm(Asked):
    """Who takes over what a cell did."""

    to = Offered(label="Which cell takes over?", required=False)

    def __init__(self, *args: Any, others: Iterable[Cell], **more: Any):
        super().__init__(*args, **more)
        self.fields["to"].choices = [("", "None: its work is done"), *((each.key, each.name) for each in others)]


class PhaseForm(Asked):
    """Why the phase is switched, and who takes over from cells that end."""

    why = forms.CharField(
        label="Why now?", max_length=300, help_text=_WHY, error_messages={"required": "Say why, in a sentence"}
    )

    def __init__(self, *args: Any, ending: Sequence[tuple[str, str]], others: Sequence[tuple[str, str]], **more: Any):
        super().__init__(*args, **more)
        for key, name in ending:
            self.fields[f"to_{key}"] = Offered(
                label=f"Who takes over from {name}?",
                required=False,
                choices=[("", "Nobody: its work is done"), *others],
            )

    @property
    def successors(self) -> dict[str, str]:
        """Key of a cell that ends → key of the one that takes over."""
        return {name[3:]: value for name, value in self.cleaned_data.items() if name.startswith("to_") and value}


class CloseForm(Asked):
    """What becomes of all that is open."""

    def __init__(
        self, *args: Any, cells: Sequence[Cell], registers: Sequence[tuple[Register, str, int]], users: Sequence[User],
        verdicts: Sequence[tuple[str, str]], **more: Any,
    ):  # fmt: skip
        super().__init__(*args, **more)
        for cell in cells:
            self.fields[f"cell_{cell.key}"] = forms.CharField(
                label=f"Who goes on with the work of {cell.name}?", max_length=200,
                error_messages={"required": f"Say who goes on with the work of {cell.name}"},
            )  # fmt: skip
        for register, name, count in registers:
            self.fields[f"do_{register.key}"] = OfferedRadios(
                label=f"{name}: {count} open", initial="go_on",
                choices=[("go_on", "They go on"), ("end", "End them with the emergency")],
                error_messages={"required": f"Say what becomes of {name.lower()}"},
            )  # fmt: skip
            self.fields[f"owner_{register.key}"] = Offered(
                label=f"Who takes those of {name.lower()} that nobody has?", required=False, choices=people(users)
            )
        for number in (1, 2, 3):
            self.fields[f"lesson_{number}"] = forms.CharField(
                label=f"Lesson {number}: what we learned", max_length=200, required=False,
                help_text="One sentence that somebody new would understand" if number == 1 else "",
            )  # fmt: skip
            self.fields[f"happened_{number}"] = forms.CharField(
                label="What happened", widget=forms.Textarea, required=False, max_length=4000
            )
            self.fields[f"verdict_{number}"] = Offered(label="So we should", required=False, choices=verdicts)
        self.fields["handover"] = forms.CharField(
            label="Anything else to hand over", widget=forms.Textarea, required=False, max_length=4000
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        for number in (1, 2, 3):
            if answers.get(f"lesson_{number}") and not answers.get(f"happened_{number}"):
                self.add_error(f"happened_{number}", f"Say what happened, for lesson {number}")
        return answers
