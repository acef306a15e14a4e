"""Sending a file of entries, and saying what its columns are."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from keepsight.apps.registers.incoming import letter


class FileForm(forms.Form):
    """One list."""

    file = forms.FileField(
        label="The file", help_text="A workbook (.xlsx) or a list (.csv), with headings above the rows",
        max_length=200, error_messages={"required": "Choose a file", "empty": "The file is empty"},
    )  # fmt: skip


class ColumnsForm(forms.Form):
    """What each heading of a file is."""

    def __init__(self, data: Any, *, headings: Sequence[str], columns: Sequence[str], targets: Mapping[str, str]):
        super().__init__(data)
        choices = [("", "Leave this column out"), *targets.items()]
        for place, heading in enumerate(headings):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=f"Column {letter(place)}: {heading or 'no heading'}", choices=choices, required=False,
                initial=columns[place] if place < len(columns) else "",
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse two columns that are the same."""
        given: dict[str, Any] = super().clean() or {}
        seen: dict[str, str] = {}
        for name, target in given.items():
            if target and target in seen:
                self.add_error(name, "Another column is that already. Choose one of the two.")
            elif target:
                seen[target] = name
        return given

    def columns(self) -> list[str]:
        """What each heading is, in their order."""
        return [self.cleaned_data[name] for name in self.fields]
