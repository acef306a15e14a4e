"""A file of entries in words: its columns, its good rows, and what is wrong with the others."""

from collections.abc import Iterable
from typing import Any

from keepsight.apps.registers import incoming
from keepsight.apps.registers.incoming import OWNER, SUBJECT, TEAM, Asked
from keepsight.apps.registers.models import Import, ImportRow
from keepsight.apps.registers.references import Named, references_in
from keepsight.core.packs.kinds.registers import FieldRule
from keepsight.core.registers import shown

_OF_ABOUT = {"about_team": "team"}
ABOUT_KINDS = ("child", "family", "setting", "about_team", "service", "worker")
HINTS = {
    "date": "A day, like 27/03/2020.", "instant": "A day and time, like 27/03/2020 14:30.", "number": "A number.",
    "money": "Pounds, like 1,250.00.", "yes_no": "Yes or no.", "rag": "Red, amber or green.",
    "person": "The e-mail address of somebody who works here.", "child": "A child's number.",
    "family": "A family's number.", "setting": "A school's or setting's URN.", "provider": "A provider's number.",
    "team": "The name of a team.", "entry": "The number of an entry, like ACT-12.",
    "evidence": "A web address, or the name of a document.",
}  # fmt: skip


class Preview:
    """One import, drawn for who sent it."""

    def __init__(self, load: Import, asked: Asked):
        self.load, self.asked = load, asked
        self.targets = incoming.targets(asked)
        self.fields = {each.id: each for each in asked.fields}

    def columns(self) -> list[dict[str, str]]:
        """What each heading is taken for."""
        return [
            {"letter": incoming.letter(place), "heading": heading or "(no heading)",
             "is": self.targets.get(target, "")}
            for place, (heading, target) in enumerate(zip(self.load.headings, self.load.columns, strict=False))
        ]  # fmt: skip

    def unclear(self) -> list[str]:
        """What is not sure about the headings, in sentences."""
        return incoming.unclear(self.asked, self.load.headings, self.load.columns) if self.load.columns else []

    def wanted(self, rows: Iterable[ImportRow]) -> dict[str, set[int]]:
        """The rows that these name, by kind."""
        wanted: dict[str, set[int]] = {}
        for row in rows:
            found: dict[str, set[int]] = dict(references_in(self.asked.fields, row.values.get("fields", {})))
            for name, pk in row.values.get("about", {}).items():
                if name in ABOUT_KINDS:
                    found.setdefault(_OF_ABOUT.get(name, name), set()).add(pk)
            for name, kind in (("owner", "person"), ("team", "team")):
                if pk := row.values.get(name):
                    found.setdefault(kind, set()).add(pk)
            for kind, ids in found.items():
                wanted.setdefault(kind, set()).update(ids)
        return wanted

    def good(self, rows: Iterable[ImportRow], named: Named) -> dict[str, Any]:
        """Some good rows as they would be added: the columns that the file has."""
        taken = [target for target in self.load.columns if target]
        return {
            "headings": [self.targets.get(target, target) for target in taken],
            "rows": [{"row": row.row, "cells": [self._cell(row, each, named) for each in taken]} for row in rows],
        }

    def _cell(self, row: ImportRow, target: str, named: Named) -> str:
        values = row.values
        if target == SUBJECT:
            about = next(iter(values.get("about", {}).items()), None)
            if about is None or about[0] == "cell":
                return str(about[1]) if about else ""
            return named(_OF_ABOUT.get(about[0], about[0]), about[1])
        if target in (OWNER, TEAM):
            pk = values.get(target[1:])
            return named("person" if target == OWNER else "team", pk) if pk else ""
        if target not in self.fields:
            return next((s.name for s in self.asked.rule.states if s.id == values.get("state")), "")
        field, value = self.fields[target], values.get("fields", {}).get(target)
        if field.kind in HINTS and isinstance(value, int) and not isinstance(value, bool) and _names(field):
            return named(field.kind, value)
        return shown(field, value)[:120]

    def bad(self, row: ImportRow) -> dict[str, Any]:
        """One row that cannot be added, with what would be right."""
        return {"row": row.row, "troubles": row.trouble.split("\n")}

    def back(self, row: ImportRow) -> list[str]:
        """A row as it was sent, with what is wrong in the column after the last heading."""
        width = len(self.load.headings)
        cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
        sheet = f", sheet {self.load.sheet}" if self.load.sheet else ""
        return [*cells, f"{self.load.name}{sheet}, row {row.row}. " + " ".join(row.trouble.split("\n"))]


def _names(field: FieldRule) -> bool:
    return field.kind in ("person", "child", "family", "setting", "provider", "team", "entry")


def template_rows(asked: Asked) -> tuple[list[str], list[tuple[str, str]]]:
    """The headings of an empty list, and what each may hold."""
    headings, notes = [], []
    for target, words in incoming.targets(asked).items():
        headings.append(words)
        notes.append((words, _hint(asked, target)))
    return headings, notes


def _hint(asked: Asked, target: str) -> str:
    rule = asked.rule
    if target == SUBJECT:
        names = ", ".join(asked.cells.values())
        needed = "Must be filled. " if rule.subject_required else ""
        return needed + (f"One of: {names}." if rule.subject == "cell" else HINTS.get(rule.subject, "Its name."))
    if target in (OWNER, TEAM):
        return "May be left empty. " + HINTS["person" if target == OWNER else "team"]
    field = next((each for each in asked.fields if each.id == target), None)
    if field is None:
        return f"May be left empty: then {rule.states[0].name}. " + _one_of(each.name for each in rule.states)
    needed = "Must be filled. " if field.required else "May be left empty. "
    if field.choices:
        several = " Several with commas." if field.kind == "several" else ""
        return needed + _one_of(each.name for each in field.choices) + several
    return (needed + HINTS.get(field.kind, "Words.") + (f" {field.hint}" if field.hint else ""))[:500]


def _one_of(names: Iterable[str]) -> str:
    return f"One of: {', '.join(names)}."
