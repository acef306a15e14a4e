"""Returns as pages show them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from keepsight.apps.command.addresses import entry_href, number_of
from keepsight.apps.command.models import ReturnRound, ReturnSlip
from keepsight.apps.command.queries.returns import state_of
from keepsight.ui.templatetags.govuk import MONTHS, moment

WORDS = {
    "came": ("In time", "green"), "late": ("Late", "orange"), "missing": ("Missing", "red"),
    "awaited": ("Not due yet", "grey"), "none": ("Not asked", ""),
}  # fmt: skip


def present_round(round_: Any, at: datetime) -> dict[str, Any]:
    """A round in a list, with what its page lists."""
    missing = round_.owed - round_.came
    return {
        "pk": round_.pk, "title": round_.title, "due": round_.due_at, "owed": round_.owed, "came": round_.came,
        "missing": missing, "late": missing > 0 and round_.due_at < at,
    }  # fmt: skip


def present_slip(slip: ReturnSlip, at: datetime, readable: set[int] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    """What one body owes."""
    words, colour = WORDS[state_of(slip, slip.round.due_at, at)]
    entry = slip.entry if slip.entry_id in readable else None
    return {
        "pk": slip.pk, "owed_by": slip.owed_by, "title": slip.round.title, "due": slip.round.due_at, "words": words,
        "colour": colour, "responsible": slip.responsible.name if slip.responsible else "",
        "answers": slip.responsible_id, "came": slip.came_at, "waits": slip.entry_id is None, "chased": slip.chased,
        "chased_at": slip.chased_at, "number": number_of(entry) if entry else "",
        "href": entry_href(entry.ref) if entry else "", "headline": entry.title if entry else "",
    }  # fmt: skip


def grid(
    rounds: Sequence[ReturnRound], by_body: Mapping[str, Mapping[int, ReturnSlip]], at: datetime
) -> dict[str, Any]:
    """Bodies by rounds; a round in which a body owed nothing is said to be so."""
    heads = [_head(round_) for round_ in rounds]
    rows = []
    for body, slips in by_body.items():
        states = [state_of(slips[r.pk], r.due_at, at) if r.pk in slips else "none" for r in rounds]
        cells = [
            {"words": WORDS[state][0], "state": state, "label": f"{head['day']} {head['time']}"}
            for state, head in zip(states, heads, strict=True)
        ]
        counts = {name: states.count(name) for name in ("came", "late", "missing")}
        rows.append({"body": body, "cells": cells, **counts})
    return {"heads": heads, "rows": rows}


def _head(round_: ReturnRound) -> dict[str, Any]:
    due = timezone.localtime(round_.due_at)
    return {"pk": round_.pk, "day": f"{due.day} {MONTHS[due.month - 1][:3]}", "time": moment(due).rpartition(" at ")[2]}
