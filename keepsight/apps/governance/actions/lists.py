"""
Destroying what is past its time among entries of registers and records of emergencies.

Of an emergency its meetings, positions, returns, reports and checklists go, with what was handed over; its name and
days stay, because decisions that are kept for good say in which emergency they were made.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Model

from keepsight.apps.accounts.models import Authority
from keepsight.apps.command.models import Meeting
from keepsight.apps.events.models import Event
from keepsight.apps.governance import belongings
from keepsight.apps.governance.models import Disposal, DisposalItem
from keepsight.apps.governance.queries.lists import kept_lists
from keepsight.apps.registers.actions.destroying import destroy, going_with, held_by
from keepsight.apps.registers.models import Entry, Link


def due(authority: Authority, rule_id: str, on: date) -> pl.DataFrame:
    """What is past its time under one rule, and may go."""
    return kept_lists(authority, on, rule_id).filter(pl.col("phase") == "past").sort("kept_until", "name")


def preview(authority: Authority, rule_id: str, on: date) -> dict[str, int]:
    """Which rows of which tables would go, counted. Changes nothing."""
    found = due(authority, rule_id, on)
    counts = _counted({model: len(keys) for model, keys in held_by(found["entry"].drop_nulls().to_list()).items()})
    belongings.add(counts, _counted({model: len(keys) for model, keys in _of(found["emergency"].drop_nulls()).items()}))
    return counts


def items(disposal: Disposal, on: date) -> list[DisposalItem]:
    """The lines of a list: the numbers of entries, and emergencies by their number."""
    return [
        DisposalItem(
            disposal=disposal, entry_id=row["entry"], emergency_id=row["emergency"], pseudonym=row["name"],
            counted_from=row["counted_from"], kept_until=row["kept_until"],
        )
        for row in due(disposal.authority, disposal.rule, on).iter_rows(named=True)
    ]  # fmt: skip


def phases(disposal: Disposal, some: Iterable[DisposalItem], on: date) -> dict[int, str]:
    """Where each of these lines stands now: by the schedule and the register's rule in force now."""
    some = list(some)
    entries = [each.entry_id for each in some if each.entry_id]
    emergencies = [each.emergency_id for each in some if each.emergency_id]
    list(Entry.objects.select_for_update().filter(pk__in=entries).order_by("pk").values_list("pk"))
    list(Event.objects.select_for_update().filter(pk__in=emergencies).order_by("pk").values_list("pk"))
    found = kept_lists(disposal.authority, on, disposal.rule, entries=entries, emergencies=emergencies)
    entry = dict(found.filter(pl.col("entry").is_not_null()).select("entry", "phase").rows())
    emergency = dict(found.filter(pl.col("emergency").is_not_null()).select("emergency", "phase").rows())
    return {each.pk: entry.get(each.entry_id) or emergency.get(each.emergency_id) or "" for each in some}


def settle(some: Iterable[DisposalItem]) -> dict[str, int]:
    """Destroy what these lines name. Only inside a transaction that has asked again."""
    some = list(some)
    counts = _counted(destroy([each.entry_id for each in some if each.entry_id]))
    emergencies = [each.emergency_id for each in some if each.emergency_id]
    held = _of(emergencies)
    Link.objects.filter(meeting_id__in=held.get(Meeting, ())).delete()
    for model, keys in held.items():
        model._base_manager.filter(pk__in=keys).delete()
    Event.objects.filter(pk__in=emergencies).update(handover="", reason="", keep_until=None)
    belongings.add(counts, _counted({model: len(keys) for model, keys in held.items()}))
    return counts


def _of(emergencies: Iterable[int]) -> dict[type[Model], set[Any]]:
    """Keys of the rows that go with these emergencies, by table."""
    wanted, held = list(emergencies), dict[type[Model], set[Any]]()
    for model, path in going_with(Event):
        keys = model._base_manager.filter(**{f"{path}__in": wanted}).values_list("pk", flat=True)
        held.setdefault(model, set()).update(keys)
    return {model: keys for model, keys in held.items() if keys}


def _counted(held: dict[type[Model], int]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for model, number in held.items():
        belongings.add(counts, {belongings.words(model): number})
    return counts
