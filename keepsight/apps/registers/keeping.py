"""
Entries of yesterday under the definition of today: what is kept, what is asked again, and what is gone.

A field that came later is not asked for until somebody fills in the form. A value that no longer fits stays as
it is until somebody changes it. A field that was taken away while somebody typed is named, with what they typed.
"""

from collections.abc import Mapping
from typing import Any

from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Register, Version
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.conditions import nearest
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.registers import clean_all, with_computed


class WrongEntry(NotAllowedNow):
    """Some answers of an entry are missing or wrong. ``troubles`` names the fields, each with a sentence."""

    code = "wrong_entry"

    def __init__(self, troubles: Mapping[str, str]):
        super().__init__(" ".join(troubles.values()))
        self.troubles = dict(troubles)


def changed_values(register: Register, rule: Rule, held: Mapping[str, Any], raw: Mapping[str, Any]) -> dict[str, Any]:
    """
    The values of an entry after a change.

    Only what was typed is judged, and what it opens (``only_when``): an entry that was right yesterday can be
    changed in one field although another was added, made required, or lost a choice since.

    Raises
    ------
    WrongEntry
        Naming each field that is missing, wrong or gone.
    """
    typed = clean_all(rule, {**held, **raw})
    judged = {each.id for each in rule.fields if each.id in raw or each.only_when.partition("=")[0] in raw}
    troubles = {name: words for name, words in typed.troubles.items() if name in judged}
    troubles |= gone(register, rule, raw, held=held)
    if troubles:
        raise WrongEntry(troubles)
    unfit = {name: held[name] for name in typed.troubles if name in held}
    known = {each.id for each in rule.fields if not each.retired}
    kept = {name: value for name, value in held.items() if name not in known}
    return with_computed(rule, {**kept, **unfit, **typed.values})


def gone(
    register: Register, rule: Rule, raw: Mapping[str, Any], *, held: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """Fields that were typed into and are no longer asked for, each with what was typed, so that nothing is lost."""
    asked = {each.id for each in rule.fields if not each.retired}
    strange = [
        name for name, value in raw.items()
        if name not in asked and value not in (None, "", [], ()) and value != (held or {}).get(name)
    ]  # fmt: skip
    if not strange:
        return {}
    labels = labels_ever(register)
    return {name: _gone(name, raw[name], labels, asked) for name in strange}


def _gone(name: str, value: Any, labels: Mapping[str, str], asked: set[str]) -> str:
    if name not in labels:
        return f"There is no field called {name[:40]}.{nearest(name, asked)}"
    typed = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return (
        f"The field “{labels[name]}” was taken away while you had the form open. "
        f"You entered “{typed[:10_000]}”: put it into another field if it is still needed, and save again."
    )


def labels_ever(register: Register) -> dict[str, str]:
    """Field id → label, of every field that the register ever had: the newest words of each."""
    versions = Version.objects.filter(register=register, is_draft=False).order_by("number")
    return {each.id: each.label for version in versions for each in rule_of(version).fields}
