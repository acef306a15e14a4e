"""
What editing a register asks: one form for each kind of row of a definition.

Each form reads a row as the definition keeps it (``initial_of``) and gives it back (``row``), where what it
does not ask about stays. Whether the definition works as a whole the core says, not the form.
"""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from keepsight.apps.registers.actions.defining import id_from
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import AREAS, BUILT_IN, COLOURS, FIELD_KINDS, OWNER, SUBJECTS, UNITS
from keepsight.core.registers.checking import VERBS
from keepsight.core.registers.described import KIND_WORDS, TO_WORDS, UNIT_WORDS, VERB_WORDS, WHEN_WORDS

NOBODY = [("", "None")]


class Part(forms.Form):
    """One row of a definition. ``seen`` says which draft the page showed."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    named_by = "name"

    def __init__(
        self, *args: Any, rule: Rule, roles: Mapping[str, str], registers: Mapping[str, str],
        retention: Mapping[str, str], **more: Any,
    ):  # fmt: skip
        super().__init__(*args, **more)
        self.rule, self.roles, self.registers, self.retention = rule, roles, registers, retention
        self.fill()

    def fill(self) -> None:
        """Put in the choices that hang on the register."""

    def row(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """The row as the definition keeps it: nothing is written that is as it would be anyway."""
        said = {
            key.rstrip("_"): self.cleaned_data[key] for key in self.fields if key != "seen" and key in self.cleaned_data
        }
        kept = {key: value for key, value in held.items() if key not in said}
        return {**kept, **{key: value for key, value in said.items() if value not in ("", None, [], False)}}

    @classmethod
    def initial_of(cls, row: Mapping[str, Any]) -> dict[str, Any]:
        """What the form begins with."""
        return {f"{key}_" if key in ("from", "while") else key: value for key, value in row.items()}


def _roles(label: str, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


def _colour() -> forms.ChoiceField:
    choices = [(each, each.replace("-", " ").capitalize() or "Plain") for each in COLOURS]
    return forms.ChoiceField(label="Colour of its tag", choices=choices, required=False)


def _area(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea, **more)


class FieldPart(Part):
    """A field."""

    named_by = "label"
    label = forms.CharField(label="What is asked", max_length=120, error_messages={"required": "Say what is asked"})
    kind = forms.ChoiceField(label="Kind of answer", choices=[(each, KIND_WORDS[each]) for each in FIELD_KINDS])
    hint = forms.CharField(label="Hint (optional)", required=False, max_length=300)
    required = forms.BooleanField(label="It must be filled in", required=False)
    section = forms.CharField(label="Heading above it (optional)", required=False, max_length=80)
    choices = _area("Choices", required=False, help_text="Of a choice: one a line")
    indexed = forms.BooleanField(
        label="The list can be filtered and sorted by it", required=False,
        help_text="At most four words, three days and three numbers in a register",
    )  # fmt: skip
    only_when = forms.ChoiceField(label="Asked only when", required=False)
    formula = forms.CharField(
        label="Formula", required=False, max_length=2000,
        help_text="Of what is worked out: for example received_on - asked_on. The ids of fields stand in their table",
    )  # fmt: skip
    register = forms.ChoiceField(label="Which register", required=False, help_text="Of an entry of another register")
    least = forms.FloatField(label="Least", required=False, help_text="Of a number or money")
    most = forms.FloatField(label="Most", required=False, help_text="Of a number or money")
    letters = forms.IntegerField(label="Letters at most", required=False, min_value=0, help_text="Of a text")
    names_people = forms.BooleanField(
        label="It may name somebody", required=False, help_text="Then search, snapshots and extracts leave it out"
    )
    shown_to = _roles("Shown only to", help_text="None ticked: to everybody who may read the entry")
    govuk = {
        "choices": {"rows": 5}, **dict.fromkeys(("least", "most", "letters"), {"classes": "govuk-input--width-5"}),
    }  # fmt: skip

    def fill(self) -> None:
        _choose(
            self, "shown_to", [(each, self.roles.get(each, each)) for each in self.rule.access.read if each != OWNER]
        )
        _choose(self, "register", [*NOBODY, *self.registers.items()])
        conditions = [("", "Always")]
        for each in self.rule.fields:
            if each.kind == "yes_no":
                conditions.append((each.id, f"{each.label}: yes"))
            conditions += [(f"{each.id}={one.id}", f"{each.label}: {one.name}") for one in each.choices]
        held = str(self.initial.get("only_when", ""))
        if held and held not in dict(conditions):
            conditions.append((held, held))
        _choose(self, "only_when", conditions)

    @classmethod
    def initial_of(cls, row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "choices": "\n".join(each["name"] for each in row.get("choices", ()))}

    def row(self, held: Mapping[str, Any]) -> dict[str, Any]:
        made = super().row(held)
        before = {each["name"].casefold(): each for each in held.get("choices", ())}
        choices: list[dict[str, Any]] = []
        for line in self.cleaned_data["choices"].splitlines():
            if name := " ".join(line.split()):
                taken = [each["id"] for each in (*choices, *held.get("choices", ()))]
                choices.append(before.get(name.casefold()) or {"id": id_from(name, taken), "name": name})
        made.pop("choices", None)
        return {**made, "choices": choices} if choices else made


class StatePart(Part):
    """A state."""

    name = forms.CharField(label="Name", max_length=60, error_messages={"required": "Name the state"})
    colour = _colour()
    moves = _roles("From here an entry may move to")
    ends = forms.BooleanField(label="It ends an entry: nothing is due any more", required=False)
    reason = forms.BooleanField(label="Whoever moves it here says why", required=False)
    second_person = forms.BooleanField(
        label="Only a second person moves it here", required=False, help_text="Not who added it or changed it last"
    )
    needs = _roles("Filled in before an entry comes here")
    by = _roles("Moved here only by", help_text="None ticked: by everybody who may move entries")

    def fill(self) -> None:
        _choose(self, "moves", [(each.id, each.name) for each in self.rule.states])
        asked = [each for each in self.rule.fields if not each.retired]
        _choose(self, "needs", [(each.id, each.label) for each in asked])
        _choose(self, "by", [(each, self.roles.get(each, each)) for each in self.rule.access.move if each != OWNER])


class ClockPart(Part):
    """A clock."""

    named_by = "title"
    title = forms.CharField(label="What is due", max_length=120, error_messages={"required": "Say what is due"})
    from_ = forms.ChoiceField(label="Counted from")
    every = forms.IntegerField(label="How many", min_value=0, help_text="0: on the day itself")
    unit = forms.ChoiceField(label="Of what", choices=[(each, UNIT_WORDS[each].capitalize()) for each in UNITS])
    while_ = forms.MultipleChoiceField(
        label="While the entry is", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose a state"}
    )
    soon_days = forms.IntegerField(label="Due soon so many days before", min_value=0, initial=1)
    source = forms.CharField(
        label="Where this comes from", max_length=200, help_text="A law, guidance, or who decided it here",
        error_messages={"required": "Say where the deadline comes from"},
    )  # fmt: skip
    govuk = dict.fromkeys(("every", "soon_days"), {"classes": "govuk-input--width-3"})

    def fill(self) -> None:
        days = [(each.id, each.label) for each in self.rule.fields if each.kind in ("date", "instant")]
        came = [(f"state:{each.id}", f"It came into: {each.name}") for each in self.rule.states]
        _choose(self, "from_", [("added", "It was added"), ("changed", "It was last changed"), *days, *came])
        _choose(self, "while_", [(each.id, each.name) for each in self.rule.states if not each.ends])

    def row(self, held: Mapping[str, Any]) -> dict[str, Any]:
        numbers = {"every": self.cleaned_data["every"], "soon_days": self.cleaned_data["soon_days"]}
        return {**super().row(held), **numbers}  # 0 is a number too


class TilePart(Part):
    """A figure above the list."""

    named_by = "title"
    title = forms.CharField(label="Title", max_length=80, error_messages={"required": "Give it a title"})
    states = _roles("Entries that are")
    due = forms.ChoiceField(
        label="And that are",
        choices=[("", "Due or not"), ("overdue", "Overdue"), ("due_soon", "Due soon")],
        required=False,
    )
    counted = forms.ChoiceField(label="And where", required=False)
    colour = _colour()

    def fill(self) -> None:
        _choose(self, "states", [(each.id, each.name) for each in self.rule.states])
        values = [("", "Whatever else")]
        for each in self.rule.fields:
            if each.indexed or each.kind == "rag":
                words = {"rag": ("red", "amber", "green"), "yes_no": ("yes", "no")}.get(each.kind, ())
                values += [(f"{each.id}={word}", f"{each.label}: {word}") for word in words]
                values += [(f"{each.id}={one.id}", f"{each.label}: {one.name}") for one in each.choices]
        _choose(self, "counted", values)

    @classmethod
    def initial_of(cls, row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "counted": f"{row['field']}={row.get('value', '')}" if row.get("field") else ""}

    def row(self, held: Mapping[str, Any]) -> dict[str, Any]:
        made = {key: value for key, value in super().row(held).items() if key not in ("counted", "field", "value")}
        field, _, value = self.cleaned_data["counted"].partition("=")
        return {**made, "field": field, "value": value} if field else made


class AlertPart(Part):
    """Who is told of what."""

    named_by = "when"
    when = forms.ChoiceField(label="When", choices=list(WHEN_WORDS.items()))
    state = forms.ChoiceField(label="Into which state", required=False, help_text="Only when an entry moves")
    to = forms.MultipleChoiceField(
        label="Who is told", widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose who is told"}
    )
    how = forms.ChoiceField(
        label="By message", choices=[("at_once", "At once"), ("daily", "Once a day"), ("weekly", "Once a week")],
        help_text="The notice in Keepsight is always at once",
    )  # fmt: skip

    def fill(self) -> None:
        _choose(self, "state", [("", "Any"), *((each.id, each.name) for each in self.rule.states)])
        roles = [(f"role:{each}", f"Everybody who is {name.lower()}") for each, name in self.roles.items()]
        _choose(self, "to", [*((each, words.capitalize()) for each, words in TO_WORDS.items()), *roles])


class ListPart(Part):
    """The list, and what the register is."""

    name = forms.CharField(label="One entry is called", max_length=60)
    plural = forms.CharField(label="The register is called", max_length=80)
    purpose = _area("What it is for")
    owner = forms.CharField(label="Who answers for it", max_length=120)
    source = forms.CharField(label="Where it comes from", max_length=200)
    area = forms.ChoiceField(
        label="Belongs to", choices=[(each, each.replace("_", " ").capitalize()) for each in AREAS]
    )
    prefix = forms.CharField(label="Numbers begin with", max_length=5, help_text="Two to five capital letters")
    subject = forms.ChoiceField(
        label="An entry is about", choices=[(each, each.replace("none", "nobody").capitalize()) for each in SUBJECTS]
    )
    title = forms.ChoiceField(label="The field that names an entry in lists")
    retention = forms.ChoiceField(label="How long it is kept")
    event_only = forms.BooleanField(label="It waits until an emergency switches it on", required=False)
    columns = forms.MultipleChoiceField(label="Columns of the list", widget=forms.CheckboxSelectMultiple)
    filters = _roles("Filters of the list")
    sort = forms.ChoiceField(label="Sorted by")
    govuk = {"purpose": {"rows": 3}, "prefix": {"classes": "govuk-input--width-5"}}

    def fill(self) -> None:
        asked = [each for each in self.rule.fields if not each.retired]
        built_in = [(each, each.capitalize()) for each in BUILT_IN]
        able = [(each.id, each.label) for each in asked if each.indexed]
        _choose(self, "title", [(each.id, each.label) for each in asked])
        _choose(self, "columns", [*built_in, *((each.id, each.label) for each in asked)])
        _choose(self, "filters", [*((k, v) for k, v in built_in if k not in ("number", "title")), *able])
        sorts = [*built_in, *able]
        _choose(self, "sort", [*sorts, *((f"-{key}", f"{words}, from the other end") for key, words in sorts)])
        _choose(self, "retention", list(self.retention.items()))

    @classmethod
    def initial_of(cls, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"subject": "none", **row, "sort": "-number", **row.get("list", {})}

    def row(self, held: Mapping[str, Any]) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        before = list(held.get("list", {}).get("columns", ()))
        columns = [each for each in before if each in said["columns"]]  # those there keep their order
        columns += [each for each in said["columns"] if each not in columns]
        keys = ("name", "plural", "purpose", "owner", "source", "area", "prefix", "subject", "title", "retention")
        listed = {**held.get("list", {}), "columns": columns, "filters": said["filters"], "sort": said["sort"]}
        return {**held, **{key: said[key] for key in keys}, "event_only": said["event_only"], "list": listed}


class AccessPart(Part):
    """Who may what."""

    reach = forms.ChoiceField(
        label="A role held for a team reads",
        choices=[
            ("authority", "The whole register"),
            ("team", "What is about that team"),
            ("own", "Only their own entries"),
        ],
    )
    confidential = forms.BooleanField(
        label="It is confidential", required=False, help_text="Leaders read it only where they are ticked"
    )

    @classmethod
    def initial_of(cls, row: Mapping[str, Any]) -> dict[str, Any]:
        return {"reach": "authority", **row}

    def fill(self) -> None:
        for verb in VERBS:
            owner = [] if verb in ("add", "define") else [(OWNER, "Whom the entry is given to, or who added it")]
            self.fields[verb] = _roles(VERB_WORDS[verb])
            _choose(self, verb, [*self.roles.items(), *owner])
            self.fields[verb].initial = list(getattr(self.rule.access, verb))


class TextForm(forms.Form):
    """The whole definition as it is kept."""

    text = forms.CharField(label="Definition", widget=forms.Textarea, max_length=200_000, strip=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    govuk = {"text": {"rows": 30, "classes": "ks-code", "spellcheck": False}}


class UploadForm(forms.Form):
    """A file that becomes the draft."""

    file = forms.FileField(
        label="File", help_text="One register as TOML, or a pack as zip",
        error_messages={"required": "Choose a file", "empty": "This file is empty"},
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class PublishForm(forms.Form):
    """Why."""

    note = forms.CharField(
        label="What changes, and why", max_length=300, help_text="Whoever uses the register reads it",
        error_messages={"required": "Say in a few words what changes, and why"},
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class NewForm(forms.Form):
    """A register that is not there yet."""

    authority = forms.ChoiceField(label="For which authority")
    plural = forms.CharField(
        label="What is it called?", max_length=80, help_text="As a list of many, such as Actions",
        error_messages={"required": "Enter a name"},
    )  # fmt: skip
    name = forms.CharField(
        label="What is one entry called?", max_length=60, help_text="Such as Action",
        error_messages={"required": "Enter what one entry is called"},
    )  # fmt: skip
    prefix = forms.CharField(
        label="What do its numbers begin with?", max_length=5, help_text="Two to five capital letters, such as ACT",
        error_messages={"required": "Enter two to five capital letters"},
    )  # fmt: skip
    purpose = _area("What is it for?", error_messages={"required": "Say what it is for"})
    like = forms.ChoiceField(label="Begin with", required=False)
    govuk = {"purpose": {"rows": 3}, "prefix": {"classes": "govuk-input--width-5"}}

    def __init__(self, *args: Any, authorities: Mapping[int, str], like: Mapping[int, str], **more: Any):
        super().__init__(*args, **more)
        _choose(self, "authority", [(str(key), name) for key, name in authorities.items()])
        if len(authorities) == 1:
            self.fields["authority"].widget = forms.HiddenInput()
            self.fields["authority"].initial = str(next(iter(authorities)))
        _choose(
            self,
            "like",
            [("", "A title, a day and two states"), *((str(k), f"A copy of {v}") for k, v in like.items())],
        )

    def clean_prefix(self) -> str:
        prefix = str(self.cleaned_data["prefix"]).strip()
        if not re.fullmatch(r"[A-Z]{2,5}", prefix):
            raise forms.ValidationError("Enter two to five capital letters, such as ACT")
        return prefix


PARTS: dict[str, type[Part]] = {
    "fields": FieldPart, "states": StatePart, "clocks": ClockPart, "tiles": TilePart, "alerts": AlertPart,
}  # fmt: skip
WHOLE: dict[str, type[Part]] = {"list": ListPart, "access": AccessPart}


def _choose(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    form.fields[name].choices = choices  # type: ignore[attr-defined]
