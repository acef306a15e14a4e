"""Which mail somebody wants."""

from collections.abc import Iterable
from typing import Any

from django import forms

from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Register

ALL = "all"


class MailForm(forms.Form):
    """Mail at all, and about each register that the person reads."""

    mail = forms.BooleanField(
        required=False, label="Send me mail about registers",
        help_text="Without it you still find everything on your notices page.",
    )  # fmt: skip
    registers = forms.MultipleChoiceField(
        required=False, label="About which registers?", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, *, registers: Iterable[Register], off: set[int | None]):
        self.registers = list(registers)
        wanted = [str(each.pk) for each in self.registers if each.pk not in off]
        super().__init__(data, initial={"mail": None not in off, "registers": wanted})
        several = len({each.authority_id for each in self.registers}) > 1
        self.fields["registers"].choices = [  # type: ignore[attr-defined]
            (str(each.pk), _name(each) + (f", {each.authority.name}" if several else "")) for each in self.registers
        ]

    def off(self) -> set[int | None]:
        """What the person wants no mail about; None: nothing at all."""
        chosen = set(self.cleaned_data["registers"])
        about: set[int | None] = {each.pk for each in self.registers if str(each.pk) not in chosen}
        return about if self.cleaned_data["mail"] else {*about, None}


def _name(register: Register) -> str:
    return rule_of(register.current).plural  # type: ignore[arg-type]
