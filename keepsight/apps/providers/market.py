"""
The market: one row a provider, put together from the registers that are kept about it (COM-01 to COM-09).

Each cell opens the entry that it was read from; nothing is counted that a register does not hold.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.events.models import Event
from keepsight.apps.places.models import PROVIDER, Setting
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import entries_visible_to

RAG, RETURN, PLAN, BEDS = "provider_rag", "provider_return", "continuity_plan", "vacancy_beds"
VISIT, RELIEF, RISK = "quality_visit", "payment_relief", "market_risk"
KEYS = (RAG, RETURN, PLAN, BEDS, VISIT, RELIEF, RISK)
RETURN_DAYS = 7  # COM-01: weekly
ORDER = {"red": 0, "": 1, "amber": 2, "green": 3}  # a provider whom nobody has rated comes right after the red


@dataclass
class Provider:
    """One provider with what the registers say of it."""

    setting: Setting
    rating: Entry | None = None
    last_return: Entry | None = None
    returned_on: date | None = None
    plan: Entry | None = None
    plan_ends_on: date | None = None
    free: int | None = None
    beds: list[Entry] = field(default_factory=list)
    visit: Entry | None = None
    reliefs: list[Entry] = field(default_factory=list)
    risks: list[Entry] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    @property
    def rag(self) -> str:
        """The present rating; empty where nobody has rated."""
        return self.rating.rag if self.rating else ""


def markets(grants: Grants) -> list[Authority]:
    """The authorities whose providers a person sees."""
    whole = grants.scope(Permission.MARKET_VIEW).authority_ids
    return list(Authority.objects.filter(pk__in=whole).order_by("name"))


def market(grants: Grants, authority: Authority, *, on: date, exercise: Event | None = None) -> list[Provider]:
    """Every provider, those that need looking at first: one query a register, whatever their number."""
    held = {
        each.key: each for each in Register.objects.filter(authority=authority, key__in=KEYS).select_related("current")
    }
    rows: dict[int, Provider] = {}
    for setting in Setting.objects.filter(authority=authority, type=PROVIDER, closed_on=None):
        rows[setting.pk] = Provider(setting)
    for key in KEYS:
        register = held.get(key)
        if register is None or register.current is None:
            continue
        seen = entries_visible_to(grants, register, exercise=exercise).filter(setting__isnull=False)
        if key != RETURN:  # a return that was looked at is closed, and is still the last one
            seen = seen.filter(is_open=True)
        for entry in seen.select_related("setting", "register").order_by("number")[:5000]:
            assert entry.setting is not None
            _take(rows.setdefault(entry.setting_id, Provider(entry.setting)), key, entry)  # type: ignore[arg-type]
    for row in rows.values():
        row.troubles = _troubles(row, on, installed=held)
    return sorted(rows.values(), key=lambda row: (ORDER.get(row.rag, 1), -len(row.troubles), row.setting.name))


def _take(row: Provider, key: str, entry: Entry) -> None:
    """Later numbers win: the newest open rating, return, plan and visit."""
    if key == RAG:
        row.rating = entry
    elif key == RETURN:
        if entry.state != "asked":
            row.last_return, row.returned_on = entry, _day(entry, "as_at") or entry.added_at.date()
    elif key == PLAN:
        row.plan, row.plan_ends_on = entry, _day(entry, "expires_on")
    elif key == BEDS:
        row.beds.append(entry)
        row.free = (row.free or 0) + (int(entry.values.get("free") or 0) if entry.state == "free" else 0)
    elif key == VISIT:
        row.visit = entry
    elif key == RELIEF:
        row.reliefs.append(entry)
    else:
        row.risks.append(entry)


def _troubles(row: Provider, on: date, *, installed: dict[str, Register]) -> list[str]:
    said = []
    if RAG in installed and row.rating is None:
        said.append("Nobody has rated it")
    elif row.rating is not None and row.rating.due_on is not None and row.rating.due_on < on:
        said.append("Rating past its day")
    if RETURN in installed and (row.returned_on is None or row.returned_on < on - timedelta(days=RETURN_DAYS)):
        said.append("No return for a week" if row.returned_on else "No return yet")
    if PLAN in installed and row.plan is None:
        said.append("No continuity plan")
    elif row.plan_ends_on is not None and row.plan_ends_on < on:
        said.append("Continuity plan has run out")
    if any(each.rag == "red" for each in row.risks):
        said.append("Its money is at risk")
    return said


def _day(entry: Entry, name: str) -> date | None:
    held: Any = entry.values.get(name)
    return date.fromisoformat(held) if held else None
