"""Redeployment: which open offers would meet which open needs, from the two registers (WRK-04)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import entries_visible_to
from keepsight.core.workforce.redeployment import Match, Need, Offer, match, why_not

OFFER, NEED = "redeployment_offer", "redeployment_need"  # registers
FREE, WANTING = ("offered",), ("open", "part")  # states


@dataclass(frozen=True)
class Pairing:
    """A need with the offer proposed for it, or the reasons why none fits."""

    need: Entry
    offer: Entry | None
    match: Match | None
    because: tuple[str, ...] = ()


def pairings(grants: Grants, authority_id: int, *, exercise: Event | None = None) -> list[Pairing]:
    """Every open need that a person sees, the most pressing first, with what is proposed for it."""
    needs = _open(grants, authority_id, NEED, WANTING, exercise)
    offers = _open(grants, authority_id, OFFER, FREE, exercise)
    wanted = {each.pk: _need(each) for each in needs}
    free = {each.pk: _offer(each) for each in offers}
    found = {each.need: each for each in match(list(wanted.values()), list(free.values()))}
    by_pk = {each.pk: each for each in offers}
    rows = []
    for need in sorted(needs, key=lambda each: (wanted[each.pk].urgent, wanted[each.pk].from_on, each.number)):
        proposed = found.get(need.pk)
        said = () if proposed else tuple(sorted({why_not(wanted[need.pk], each) for each in free.values()} - {""}))
        if not proposed and not said:
            said = ("Every offer that fits goes to a more pressing need.",) if free else ("Nobody has offered yet.",)
        rows.append(Pairing(need, by_pk[proposed.offer] if proposed else None, proposed, said))
    return rows


def _open(grants: Grants, authority_id: int, key: str, states: tuple[str, ...], exercise: Event | None) -> list[Entry]:
    register = Register.objects.select_related("current").filter(authority_id=authority_id, key=key).first()
    if register is None or register.current is None:
        return []
    seen = entries_visible_to(grants, register, exercise=exercise).filter(state__in=states)
    return list(seen.select_related("worker__team", "team", "about_team", "register").order_by("number")[:500])


def _need(entry: Entry) -> Need:
    said = entry.values
    return Need(
        entry.pk, frozenset(said.get("skills", ())), _day(said, "from_on"), _day(said, "to_on", date.max),
        urgent=int(said.get("urgent") or 3), team=entry.about_team_id or entry.team_id, visits=bool(said.get("visits")),
    )  # fmt: skip


def _offer(entry: Entry) -> Offer:
    said: dict[str, Any] = entry.values
    return Offer(
        entry.pk, frozenset(said.get("skills", ())), _day(said, "from_on"), _day(said, "to_on", date.max),
        team=entry.worker.team_id if entry.worker else None, visits=bool(said.get("visits")),
    )  # fmt: skip


def _day(said: dict[str, Any], name: str, otherwise: date = date.min) -> date:
    return date.fromisoformat(said[name]) if said.get(name) else otherwise
