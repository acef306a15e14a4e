"""What is asked of who wants to open a record, and of who answers for it."""

from typing import Any

from django import forms

from keepsight.apps.people.policies import choices, rules
from keepsight.ui.forms import DayField


class Which(forms.Form):
    """One record, known exactly: its number, or the child's whole name and date of birth."""

    number = forms.CharField(
        label="Child number, UPN or NHS number", required=False, max_length=48,
        help_text="Or leave it out, and give the whole name and the date of birth",
    )  # fmt: skip
    forename = forms.CharField(label="Forename", required=False, max_length=100)
    surname = forms.CharField(label="Surname", required=False, max_length=100)
    born = DayField(label="Date of birth", required=False)
    govuk = {
        "number": {"classes": "govuk-input--width-20"}, "forename": {"classes": "govuk-input--width-20"},
        "surname": {"classes": "govuk-input--width-20"}, "reason": {"rows": 3},
    }  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "number" in self.fields and not given.get("number") and not self.errors:
            name = given.get("forename", "").strip(), given.get("surname", "").strip(), given.get("born")
            if not all(name):
                self.add_error("number", "Enter a number, or the forename, surname and date of birth")
        return given

    def wanted(self) -> dict[str, Any]:
        """What ``people.queries.exactly`` looks for."""
        return {name: self.cleaned_data.get(name) or default for name, default in
                (("number", ""), ("forename", ""), ("surname", ""), ("born", None))}  # fmt: skip


def _sentence(label: str, *, hint: str = "", missing: str = "Say why in a sentence") -> forms.CharField:
    least = rules().reason_at_least
    return forms.CharField(
        label=label, max_length=300, widget=forms.Textarea, help_text=hint or f"A sentence of at least {least} letters",
        error_messages={"required": missing},
    )  # fmt: skip


def _one_of(label: str, which: str, *, missing: str) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=list(choices(which).items()), widget=forms.RadioSelect,
        error_messages={"required": missing},
    )  # fmt: skip


class ReasonForm(forms.Form):
    """Why somebody needs a record that is not theirs."""

    because = _one_of("Why do you need this record?", "reasons", missing="Choose why you need this record")
    reason = _sentence("In a sentence")
    govuk = {"reason": {"rows": 3}}

    def __init__(self, *args: Any, only: str = "", **more: Any):
        super().__init__(*args, **more)
        if only:
            self.fields["because"].choices = [(only, choices("reasons")[only])]  # type: ignore[attr-defined]


class AskForm(Which):
    """Somebody asks to be named on a record."""

    because = _one_of("For how long?", "named", missing="Choose for how long")
    reason = _sentence("Why do you need it?", hint="The record's manager reads this. Do not name the child here")
    field_order = ("number", "forename", "surname", "born", "because", "reason")

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        lengths = {each.id: f"{each.days} days" if each.days else f"{each.months} months" for each in rules().named}
        self.fields["because"].choices = [  # type: ignore[attr-defined]
            (each, f"{words}: {lengths[each]}") for each, words in choices("named").items()
        ]


class EmergencyForm(Which):
    """Somebody opens a record in an emergency."""

    about = forms.CharField(required=False, widget=forms.HiddenInput)
    because = _one_of("What is the emergency?", "emergencies", missing="Choose what the emergency is")
    reason = _sentence("What has happened, and what will you do?", missing="Say what has happened in a sentence")
    field_order = ("about", "number", "forename", "surname", "born", "because", "reason")

    def __init__(self, *args: Any, carried: bool, **more: Any):
        super().__init__(*args, **more)
        if carried:
            for name in ("number", "forename", "surname", "born"):
                del self.fields[name]


class DecideForm(forms.Form):
    """The answer to a request."""

    answer = forms.ChoiceField(
        label="Your answer", widget=forms.RadioSelect, error_messages={"required": "Choose an answer"}
    )
    reason = _sentence("Why not?", hint="Kept with the request. The person is told only that access was not given")
    reveals = {"answer": {"refuse": ("reason",)}}
    govuk = {"reason": {"rows": 3}}

    def __init__(self, *args: Any, **more: Any):
        super().__init__(*args, **more)
        lengths = {each.id: f"{each.days} days" if each.days else f"{each.months} months" for each in rules().named}
        self.fields["answer"].choices = [  # type: ignore[attr-defined]
            *((each.id, f"Yes, for {lengths[each.id]}: {each.name.lower()}") for each in rules().named),
            ("refuse", "No"),
        ]
        self.fields["reason"].required = False


class RestrictForm(forms.Form):
    """A record becomes restricted, or stays so for the first time that somebody looks."""

    category = _one_of("Why is the record restricted?", "restricted_because", missing="Choose why it is restricted")
    reason = _sentence("In a sentence", hint="Do not name anybody here")
    govuk = {"reason": {"rows": 3}}


class EndForm(forms.Form):
    """A record is restricted no longer, or one's own no longer."""

    reason = _sentence("Why?")
    govuk = {"reason": {"rows": 3}}


class ReviewForm(forms.Form):
    """Somebody looked at broken glass afterwards."""

    review = _sentence(
        "What did you find?", hint="Whether it was needed, whom you asked, and what follows",
        missing="Say what you found in a sentence",
    )  # fmt: skip
    govuk = {"review": {"rows": 3}}


class AfterAdoptionForm(forms.Form):
    """The new record of a child after an adoption order."""

    forename = forms.CharField(
        label="New forename", max_length=100, error_messages={"required": "Enter the forename of the new record"}
    )
    surname = forms.CharField(
        label="New surname", max_length=100, error_messages={"required": "Enter the surname of the new record"}
    )
    number = forms.CharField(
        label="New child number (optional)", max_length=48, required=False,
        help_text="Of the case system. Rows of later files then find the new record",
    )  # fmt: skip
    govuk = {name: {"classes": "govuk-input--width-20"} for name in ("forename", "surname", "number")}


RELATIONS = ("Myself", "My child", "Somebody in my household", "A relative", "Somebody else close to me")


class RelativeForm(forms.Form):
    """Somebody close to a worker."""

    relation = forms.ChoiceField(
        label="Who is it?", choices=[(words, words) for words in RELATIONS], widget=forms.RadioSelect,
        error_messages={"required": "Say who it is"},
    )  # fmt: skip
    forename = forms.CharField(label="Forename", max_length=100, error_messages={"required": "Enter the forename"})
    surname = forms.CharField(label="Surname", max_length=100, error_messages={"required": "Enter the surname"})
    born = DayField(label="Date of birth", required=False)
    number = forms.CharField(label="UPN, NHS or child number, if you know it (optional)", max_length=48, required=False)
    govuk = {name: {"classes": "govuk-input--width-20"} for name in ("forename", "surname", "number")}

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if not given.get("born") and not given.get("number") and "born" not in self.errors:
            self.add_error("born", "Enter the date of birth, or a number if you know one")
        return given
