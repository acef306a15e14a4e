"""What a list may be narrowed by, and what it shows: the form is made from the register's definition."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from keepsight.apps.registers.listing import RAGS, Asked, Sight, asked, hidden_word
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.ui.forms import DayField

LETTERS = 100
ANY = ("", "Any")
DUE_WORDS = [("overdue", "Overdue"), ("due_soon", "Due soon"), ("none", "No deadline")]
SORT_WORDS = {
    "number": ("Newest", "Oldest"), "added": ("Added, newest", "Added, oldest"),
    "changed": ("Changed, newest", "Changed, oldest"), "due": ("Due latest", "Due soonest"),
}  # fmt: skip  # downwards, upwards


class SearchForm(forms.Form):
    """Words travel in the body, never in the address."""

    words = forms.CharField(
        label="Search", max_length=LETTERS, error_messages={"required": "Type a word, or a number like ACT-12"},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class SaveForm(forms.Form):
    """A list under a name."""

    name = forms.CharField(
        label="Name of this list", max_length=60, error_messages={"required": "Give the list a name"}
    )
    shared = forms.BooleanField(label="Share it with everyone who may read this register", required=False)
    is_default = forms.BooleanField(label="Begin with it when I open this register", required=False)
    query = forms.CharField(required=False, max_length=4000, widget=forms.HiddenInput)


class FilterForm(forms.Form):
    """Filters, order and columns. ``asked`` gives what was chosen, as the list reads it from an address."""

    state = forms.MultipleChoiceField(label="State", required=False, widget=forms.CheckboxSelectMultiple)
    show = forms.ChoiceField(
        label="Where no state is chosen", required=False, widget=forms.RadioSelect,
        choices=[("open", "Show what is open"), ("all", "Show what has ended too")],
    )  # fmt: skip
    owner = forms.ChoiceField(label="Given to", required=False)
    team = forms.ChoiceField(label="Team", required=False)
    rag = forms.ChoiceField(label="RAG", required=False, choices=[ANY, *((each, each.capitalize()) for each in RAGS)])
    due = forms.ChoiceField(label="Deadline", required=False, choices=[ANY, *DUE_WORDS])

    def __init__(
        self,
        *args: Any,
        sight: Sight,
        people: Sequence[tuple[str, str]],
        teams: Sequence[tuple[str, str]],
        now: Asked,
        **more: Any,
    ):
        super().__init__(*args, initial=_initial(now, sight), **more)
        self.sight, self.now = sight, now
        rule = sight.rule
        self.fields["state"].choices = [(each.id, each.name) for each in rule.states]
        self.fields["owner"].choices = [ANY, ("me", "Me"), ("nobody", "Nobody"), *people]
        self.fields["team"].choices = [ANY, *teams]
        if not any(each.kind == "rag" for each in sight.fields.values()):
            del self.fields["rag"]
        if not rule.clocks:
            del self.fields["due"]
        for id_, slot in sight.slots.items():
            for name, made in _fields_of(sight.fields[id_], slot, people, teams):
                self.fields[name] = made
        self.fields["sort"] = forms.ChoiceField(label="Order", required=False, choices=_orders(sight))
        self.fields["col"] = forms.MultipleChoiceField(
            label="Columns", required=False, choices=list(sight.columns().items()), widget=forms.CheckboxSelectMultiple
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or {}
        for id_ in self.sight.slots:
            first, last = answers.get(f"f_{id_}_from"), answers.get(f"f_{id_}_to")
            if first is not None and last is not None and first > last:
                self.add_error(f"f_{id_}_to", "The end must not come before the beginning")
        return answers

    def asked(self) -> Asked:
        """What was chosen. Columns in their own order, and none where they are as the register begins."""
        params: dict[str, list[str]] = {}
        for name, value in self.cleaned_data.items():
            values = value if isinstance(value, list) else [value]
            params[name] = [_written(each) for each in values if each not in (None, "")]
            if name.endswith("_begins"):
                params[name] = [hidden_word(each) for each in params[name]]
        if params.get("col") and set(params["col"]) == set(columns_at_first(self.sight)):
            params["col"] = []
        if params.get("sort") == [self.sight.rule.list.sort]:
            params["sort"] = []
        params["show"] = params.get("show") or ["open"]
        return asked(self.sight, params)


def columns_at_first(sight: Sight) -> list[str]:
    """The columns with which the register begins, as far as this person sees them. Its title may go by its field."""
    named = ("title" if each == sight.rule.title else each for each in sight.rule.list.columns)
    return [each for each in dict.fromkeys(named) if each in sight.columns()]


def _written(value: Any) -> str:
    return (
        value.isoformat() if hasattr(value, "isoformat") else f"{value:g}" if isinstance(value, float) else str(value)
    )


def _initial(now: Asked, sight: Sight) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "state": list(now.states), "owner": now.owner, "team": now.team, "rag": now.rag, "due": now.due,
        "show": now.show or "open", "sort": now.sort or sight.rule.list.sort,
        "col": list(now.columns) or columns_at_first(sight),
    }  # fmt: skip
    for id_, how, value in now.fields:
        name = f"f_{id_}" if how == "is" else f"f_{id_}_{how}"
        initial[name] = DayField().clean(list(reversed(value.split("-")))) if sight.slots[id_][0] == "d" else value
    return initial


def _fields_of(
    field: FieldRule, slot: str, people: Sequence[tuple[str, str]], teams: Sequence[tuple[str, str]]
) -> list[tuple[str, forms.Field]]:
    name, label = f"f_{field.id}", field.label
    if slot[0] == "d":
        return [
            (f"{name}_from", DayField(label=f"{label}: from", required=False)),
            (f"{name}_to", DayField(label=f"{label}: to", required=False)),
        ]
    if slot[0] == "n":
        wrong = {"invalid": f"{label} must be a number"}
        return [
            (f"{name}_from", forms.FloatField(label=f"{label}: at least", required=False, error_messages=wrong)),
            (f"{name}_to", forms.FloatField(label=f"{label}: at most", required=False, error_messages=wrong)),
        ]
    known: Mapping[str, Sequence[tuple[str, str]]] = {
        "choice": [(each.id, each.name) for each in field.choices], "yes_no": [("yes", "Yes"), ("no", "No")],
        "person": people, "team": teams,
    }  # fmt: skip
    if field.kind in known:
        return [(name, forms.ChoiceField(label=label, required=False, choices=[ANY, *known[field.kind]]))]
    if field.kind == "text":  # what is typed stands sealed in the address
        box = forms.CharField(
            label=f"{label}: begins with", required=False, max_length=60, help_text="A saved list does not keep this.",
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
        )  # fmt: skip
        return [(f"{name}_begins", box)]
    return []  # the page of what it names leads to its entries


def _orders(sight: Sight) -> list[tuple[str, str]]:
    headings = sight.columns()
    found = []
    for name in sight.sortable():
        if name in SORT_WORDS:
            down, up = SORT_WORDS[name]
        elif name in headings:
            down, up = f"{headings[name]}, from the end", headings[name]
        else:
            continue
        found += [(name, up), (f"-{name}", down)]
    return found
