"""
Entries of yesterday under the definition of today: what is kept, what is asked again, and what is gone.

A field that came later is not asked for until somebody fills in the form. A value that no longer fits stays as
it is until somebody changes it. A field that was taken away while somebody typed is named, with what they typed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import Q, QuerySet

from keepsight.apps.accounts.models import Team, User
from keepsight.apps.people.models import Child, Family
from keepsight.apps.places.models import Setting
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, Register, Version
from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs.conditions import nearest
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.core.registers import clean_all, with_computed
from keepsight.core.registers.values import REFERENCES


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
    troubles |= foreign(register, rule, {id_: value for id_, value in typed.values.items() if id_ in raw}, held=held)
    if troubles:
        raise WrongEntry(troubles)
    unfit = {name: held[name] for name in typed.troubles if name in held}
    known = {each.id for each in rule.fields if not each.retired}
    kept = {name: value for name, value in held.items() if name not in known}
    return with_computed(rule, {**kept, **unfit, **typed.values})


def foreign(
    register: Register, rule: Rule, values: Mapping[str, Any], *, held: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """
    Fields that name somebody or something that is not of the register's authority: one query for each.

    Whether the person who writes may name it is for the form, the file or the call to ask. What an entry
    names already is let be: who left, or a place that went, stays named.
    """
    before = held or {}
    named = [
        each for each in rule.fields
        if each.kind in REFERENCES and values.get(each.id) is not None and values[each.id] != before.get(each.id)
    ]  # fmt: skip
    return {
        each.id: f"{each.label} is not known in this authority. Choose it again."
        for each in named
        if not _OF_AUTHORITY[each.kind](register, each, values[each.id]).exists()
    }


def _staff(register: Register, field: FieldRule, pk: int) -> QuerySet:
    ours = register.authority_id
    here = Q(memberships__authority=ours) | Q(memberships__partnership__authorities=ours)
    return User.objects.filter(here, pk=pk)


def _entry(register: Register, field: FieldRule, pk: int) -> QuerySet:
    return Entry.objects.filter(pk=pk, register__authority=register.authority_id, register__key=field.register)


def _plainly(model: Any) -> Callable[[Register, FieldRule, int], QuerySet]:
    return lambda register, field, pk: model.objects.filter(pk=pk, authority=register.authority_id)


_OF_AUTHORITY = {
    "person": _staff, "child": _plainly(Child), "family": _plainly(Family), "setting": _plainly(Setting),
    "provider": _plainly(Setting), "team": _plainly(Team), "entry": _entry,
}  # fmt: skip


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
