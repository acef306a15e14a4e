"""
Invented entries of the example authorities, so that registers are not empty when somebody looks at them.

The rows stand in the files beside this one, one file an area (``FILES``), in each one list a register. Days are
counted from the example's day. ``added`` and ``moved`` say when, ``state`` where an entry
stands now, ``owner`` the example person by the first part of the address, ``whom`` the how-manieth team, worker,
child, service or provider it is about. A field that names another entry gives its number.
"""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from keepsight.apps.accounts.models import Authority, Service, Team, User, Worker
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.models import Child
from keepsight.apps.places.models import PROVIDER, Setting
from keepsight.apps.registers.actions import entries as one_by_one
from keepsight.apps.registers.actions import install as install_definitions
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.models import Entry, EntryChange, Register
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.registers import clean_all
from keepsight.core.terms import InvolvementKind

FOLDER = Path(__file__).parent
FILES = ("command", "workforce", "assurance", "providers", "partnership")  # what names another entry comes after it
NOT_FIELDS = frozenset({"added", "moved", "state", "owner", "whom"})
MORNING = time(9, 5)
SUBJECT_COLUMN = {"provider": "setting", "team": "about_team"}
Row = Mapping[str, Any]


def rows() -> dict[str, list[dict[str, Any]]]:
    """The rows of every register, by its id, in the order in which they go in."""
    read: dict[str, list[dict[str, Any]]] = {}
    for name in FILES:
        read |= tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    return read


def install(authority: Authority, *, on: date, at: datetime) -> int:
    """
    Bring the registers into an example authority and fill those in which nothing stands yet.

    Returns
    -------
    int
        Entries that were added. Asked again: 0.
    """
    assert authority.is_example, "Invented entries go into an example authority only."
    with transaction.atomic(), audit.at_the_end():
        install_definitions(authority, at=at)
        held = {each.key: each for each in Register.objects.filter(authority=authority).select_related("current")}
        begun = set(Entry.objects.filter(register__authority=authority).values_list("register__key", flat=True))
        filler = _Filler(authority, on)
        made = 0
        for key, written in rows().items():
            if key in held and key not in begun:
                made += filler.fill(held[key], written)
        if made:
            audit.record(
                EventKind.ENTRIES_IMPORTED, at=at, authority_code=authority.code,
                subject=("authority", authority.code), source="registers:example", added=made,
            )  # fmt: skip
    return made


class _Filler:
    """What the rows point at, looked up once."""

    def __init__(self, authority: Authority, on: date) -> None:
        self.on = on
        mail = "@keepsight.example"
        self.people = {user.email.removesuffix(mail): user for user in User.objects.filter(email__endswith=mail)}
        self.subjects = _subjects(authority)
        self.made: dict[str, dict[int, int]] = {}  # register → number → id

    def fill(self, register: Register, written: list[dict[str, Any]]) -> int:
        """Write the rows of one register; those about somebody who is not there are left out."""
        rule = rule_of(register.current)  # type: ignore[arg-type]
        entries = []
        for row in written:
            about = self._about(rule, row)
            if about is not None:
                entries.append(self._entry(register, rule, row, about, register.last_number + len(entries) + 1))
        Entry.objects.bulk_create(entries)
        EntryChange.objects.bulk_create([change for entry in entries for change in _history(entry, rule)])
        register.last_number += len(entries)
        register.save(update_fields=["last_number"])
        self.made[register.key] = {entry.number: entry.pk for entry in entries}
        return len(entries)

    def _about(self, rule: Rule, row: Row) -> dict[str, Any] | None:
        """The column of the subject; None where the row needs one that is not there."""
        if rule.subject == "none":
            return {}
        if "whom" not in row:
            return None if rule.subject_required else {}
        there = self.subjects[rule.subject]
        if not there:
            return None if rule.subject_required else {}
        return {SUBJECT_COLUMN.get(rule.subject, rule.subject): there[(row["whom"] - 1) % len(there)]}

    def _entry(self, register: Register, rule: Rule, row: Row, about: dict[str, Any], number: int) -> Entry:
        added, moved = self._moment(row["added"]), self._moment(row.get("moved", row["added"]))
        typed = clean_all(rule, self._raw(rule, row))
        assert not typed.troubles, f"{register.key} {number}: {typed.troubles}"
        # Nobody is said to have added them, so nobody's work is lost when the example is loaded anew.
        columns = {**one_by_one.NOBODY.columns(), **about}
        entry = Entry(
            register=register, number=number, version=register.current, owner=self.people.get(row.get("owner", "")),
            state=row.get("state", rule.states[0].id), state_since=moved, values=typed.values, added_at=added,
            changed_at=moved, **columns,
        )  # fmt: skip
        one_by_one._derive(entry, rule, register, since={rule.states[0].id: added, entry.state: moved})
        return entry

    def _raw(self, rule: Rule, row: Row) -> dict[str, Any]:
        """Values as typed: days counted from the example's day, other entries by their number."""
        kinds = {each.id: each for each in rule.fields}
        raw: dict[str, Any] = {}
        for name, value in row.items():
            if name in NOT_FIELDS:
                continue
            field = kinds[name]
            if field.kind == "date":
                value = (self.on + timedelta(days=value)).isoformat()
            elif field.kind == "instant":
                value = self._moment(value).isoformat()
            elif field.kind == "entry":
                value = self.made.get(field.register, {}).get(value)
            raw[name] = value
        return raw

    def _moment(self, days: int) -> datetime:
        return timezone.make_aware(datetime.combine(self.on + timedelta(days=days), MORNING))


def _subjects(authority: Authority) -> dict[str, list[Any]]:
    """Who or what entries may be about, always in the same order: the team of an example person first."""
    workers = Worker.objects.filter(authority=authority, team__isnull=False).order_by("name")
    first = workers.filter(user__isnull=False).values_list("team_id", flat=True).first()
    children = Child.objects.filter(
        authority=authority, involvements__kind=InvolvementKind.CLA, involvements__ended_on=None
    )
    return {
        "team": sorted(Team.objects.filter(authority=authority), key=lambda team: (team.pk != first, team.name)),
        "worker": sorted(workers, key=lambda worker: (worker.team_id != first, worker.name)),
        "child": list(children.distinct().order_by("pk")[:20]),
        "service": list(Service.objects.filter(authority=authority).order_by("name")),
        "provider": list(Setting.objects.filter(authority=authority, type=PROVIDER).order_by("name")[:20]),
    }


def _history(entry: Entry, rule: Rule) -> list[EntryChange]:
    """Added, and where it moved since, moved."""
    first = rule.states[0].id
    added = EntryChange(
        entry=entry, kind=EntryChange.Kind.ADDED, at=entry.added_at, revision=1, after={"state": first, **entry.values}
    )
    if entry.state == first:
        return [added]
    moved = EntryChange(
        entry=entry, kind=EntryChange.Kind.MOVED, at=entry.state_since, revision=1, before={"state": first},
        after={"state": entry.state}, why="As the example was invented",
    )  # fmt: skip
    return [added, moved]
