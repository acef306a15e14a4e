"""The filter above a list of findings."""

from typing import Any
from urllib.parse import urlencode

from django import forms

from keepsight.apps.intake.presenters import SEVERITIES, label_of


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
