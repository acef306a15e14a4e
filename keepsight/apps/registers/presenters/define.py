"""Definitions and drafts as the pages of editing show them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import rules
from keepsight.apps.registers.actions.defining import digest
from keepsight.apps.registers.definitions import read_keys, rule_of
from keepsight.apps.registers.models import Register, Version
from keepsight.core.packs import PackError, book
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds import Retention
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.core.registers import kind_of_value, shown
from keepsight.core.registers.described import called, describe, tile_words
from keepsight.core.registers.differences import changes, widening


def role_names() -> dict[str, str]:
    """Id → name of every role that works with registers, or fills in a partner's form."""
    return {key: rule.name for key, rule in rules().items() if {"registers", "partner_form"} & set(rule.permissions)}


def retention_names() -> dict[str, str]:
    """Id → name of the rules of the retention schedule."""
    return {each.id: each.name for each in book().read("retention", Retention).schedule}


def present_row(register: Register, draft: bool) -> dict[str, Any]:
    """One line of the list of registers."""
    rule = rule_of(register.current) if register.current else None
    return {
        "pk": register.pk, "name": rule.plural if rule else register.key, "purpose": rule.purpose if rule else "",
        "authority": register.authority.name, "is_on": register.is_on, "published": register.current is not None,
        "version": register.current.number if register.current else 0, "draft": draft,
        "edited_here": bool(register.current and not register.current.from_pack),
    }  # fmt: skip


def present_definition(rule: Rule) -> dict[str, Any]:
    """A definition in words, with the names of its roles and its time in the schedule."""
    said = describe(rule, {key: each.name for key, each in rules().items()})
    return {**said, "retention": retention_names().get(rule.retention, rule.retention), "sort": sort_words(rule)}


def sort_words(rule: Rule) -> str:
    """By what the list begins."""
    words = called(rule, rule.list.sort.removeprefix("-"))
    return f"{words}, from the other end" if rule.list.sort.startswith("-") else words


def present_draft(register: Register, draft: Version, troubles: list[str], by_pk: int) -> dict[str, Any]:
    """A draft beside what stands: what changes, what is wrong, and who may publish it."""
    new = read_keys(draft.definition, where=register.key)
    old = rule_of(register.current) if register.current else None
    wider = widening(old, new)
    behind = (register.current.number if register.current else 0) != draft.number
    return {
        "seen": digest(draft.definition), "made_by": draft.made_by.name if draft.made_by else "",
        "made_at": draft.made_at,
        "changes": changes(old, new), "troubles": troubles, "wider": wider, "behind": behind,
        "second": bool(wider) and draft.made_by_id == by_pk, "is_new": old is None,
    }  # fmt: skip


def present_versions(versions: list[Version]) -> list[dict[str, Any]]:
    """The versions that were published, the newest first, each with what it changed."""
    rows = []
    for version, before in zip(versions, [*versions[1:], None], strict=True):
        rows.append(
            {
                "number": version.number, "at": version.made_at, "by": version.made_by.name if version.made_by else "",
                "note": version.note or (f"From the packs {version.from_pack}" if version.from_pack else ""),
                "changes": changes(rule_of(before), rule_of(version)) if before else [],
            }
        )  # fmt: skip
    return rows


# --- the list as it will look -----------------------------------------------------------------------------
def present_sample(rule: Rule, on: date) -> dict[str, Any]:
    """Columns, filters and tiles of the list, with two invented rows."""
    names = list(rule.list.columns)
    return {
        "columns": [called(rule, each) for each in names],
        "rows": [[_cell(rule, each, number, on) for each in names] for number in (2, 1)],
        "filters": [called(rule, each) for each in rule.list.filters],
        "tiles": [{"title": each.title, "words": tile_words(rule, each), "colour": each.colour} for each in rule.tiles],
    }


def _cell(rule: Rule, name: str, number: int, on: date) -> str:
    fields = {each.id: each for each in rule.fields}
    if name in fields:
        return sample(rule, fields[name], on)
    titled = fields.get(rule.title)
    built_in: Mapping[str, str] = {
        "number": f"{rule.prefix}-{number}", "title": sample(rule, titled, on) if titled else "",
        "state": rule.states[0].name if rule.states else "", "owner": "Wren Sampleton", "team": "A team",
        "rag": "Amber",
        "due": f"{on:%d/%m/%Y}" if rule.clocks else "", "added": f"{on:%d/%m/%Y}", "changed": f"{on:%d/%m/%Y}",
        "subject": f"A {rule.subject}",
    }  # fmt: skip
    return built_in.get(name, "")


def sample(rule: Rule, field: FieldRule, on: date) -> str:
    """An invented answer."""
    kind = kind_or_text(rule, field)
    values: Mapping[str, Any] = {
        "choice": field.choices[0].id if field.choices else "", "several": [each.id for each in field.choices[:2]],
        "date": on.isoformat(), "instant": f"{on.isoformat()}T10:00", "number": 12, "money": 120.0, "yes_no": True,
        "rag": "amber",
    }  # fmt: skip
    if kind in values:
        return "12" if field.kind == "computed" and kind == "number" else shown(field, values[kind])
    return {"text": "Some words", "long_text": "Some words", "person": "Wren Sampleton"}.get(kind, f"A {kind}")


def kind_or_text(rule: Rule, field: FieldRule) -> str:
    """The kind of answer; of a formula that cannot be read yet, text."""
    try:
        return kind_of_value(rule, field)
    except PackError:
        return "text"


def new_text(authority: Authority, said: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The smallest register that works: a title, a day, and two states."""
    roles = ["leader", "team_manager"]
    return {
        "source": f"Made by {authority.name}", "confidence": "P", "owner": authority.name,
        "review_on": on + relativedelta(years=1), "name": said["name"], "plural": said["plural"],
        "purpose": said["purpose"], "area": "command", "prefix": said["prefix"], "title": "what",
        "retention": "register_record",
        "fields": [
            {"id": "what", "label": "What is it?", "kind": "text", "required": True},
            {"id": "by_when", "label": "By when", "kind": "date", "indexed": True},
        ],
        "states": [
            {"id": "open", "name": "Open", "colour": "blue", "moves": ["done"]},
            {"id": "done", "name": "Done", "colour": "green", "ends": True, "moves": ["open"]},
        ],
        "clocks": [{"id": "due", "title": "Due", "from": "by_when", "every": 0, "unit": "days", "while": ["open"],
                    "soon_days": 2, "source": "The day that was entered"}],
        "access": {verb: [*roles] for verb in ("read", "add", "change", "move", "assign", "export")},
        "list": {"columns": ["number", "title", "due", "state", "owner"], "filters": ["state", "owner", "due"],
                 "sort": "-number"},
    }  # fmt: skip
