"""The filter above a list of findings, and the form that sends files."""

from typing import Any
from urllib.parse import urlencode

from django import forms

from keepsight.apps.intake.presenters import SEVERITIES, label_of
from keepsight.ui.forms import DayField


class FindingsForm(forms.Form):
    """Which findings to show. What is not one of the choices is passed over."""

    file = forms.ChoiceField(required=False, label="File")
    severity = forms.ChoiceField(required=False, label="How grave")
    code = forms.ChoiceField(required=False, label="Kind")

    def __init__(self, data: Any, *, groups: list[dict], files: list[str]):
        super().__init__(data)
        self.groups = groups
        severities = [(name, words) for name, (words, _) in SEVERITIES.items()]
        codes = sorted({(group["code"], label_of(group["code"])) for group in groups}, key=lambda pair: pair[1])
        self.fields["file"].choices = [("", "All files"), *((name, name) for name in files)]
        self.fields["severity"].choices = [("", "All"), *severities]
        self.fields["code"].choices = [("", "All kinds"), *codes]

    def chosen(self) -> dict[str, str]:
        """The choices made, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def query(self) -> str:
        """The choices for a link to another page of the list."""
        return f"{chosen}&" if (chosen := urlencode(self.chosen())) else ""


class ManyFiles(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True


class Files(forms.FileField):
    """One or more files; gives a list."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        return [super(Files, self).clean(each, initial) for each in data or [None]]


class SendForm(forms.Form):
    """Files of one authority, and the day that they describe."""

    authority = forms.ChoiceField(
        label="Whose files are these?", error_messages={"required": "Choose the authority", "invalid_choice": "Choose"}
    )
    as_at = DayField(
        label="Which day do they describe?", help_text="The day on which the exports were made, like 27 3 2020",
        error_messages={"required": "Enter the day on which the exports were made"},
    )  # fmt: skip
    files = Files(
        label="Files", help_text="Lists as .xlsx or .csv, as your systems export them. Choose all of them at once.",
        error_messages={"required": "Choose the files"},
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None, *, authorities: dict[str, str], on: Any):
        super().__init__(data, files, initial={"as_at": on, "authority": next(iter(authorities), "")})
        self.on = on
        self.fields["authority"].choices = list(authorities.items())

    def clean_as_at(self) -> Any:
        day = self.cleaned_data["as_at"]
        if day and day > self.on:
            raise forms.ValidationError("The day must be today or in the past")
        return day
