"""A rota for a page: weeks of days, each duty with who does it, and the shares."""

from datetime import date, timedelta
from typing import Any

from keepsight.apps.workforce.models import Rota, Shift
from keepsight.apps.workforce.rotas import rules_of


def weeks(rota: Rota, *, own: int | None = None) -> list[dict[str, Any]]:
    """The duties of a rota week by week; ``own`` marks those of one user."""
    kinds = {kind.id: kind for kind in rules_of(rota).duties}
    because = rota.result.get("because", {})
    found: dict[date, list[dict[str, Any]]] = {}
    for shift in rota.shifts.select_related("worker").order_by("on", "kind", "place"):
        kind = kinds[shift.kind]
        why_open = [] if shift.worker else because.get(f"{shift.on.isoformat()}:{shift.kind}:{shift.place}", [])
        found.setdefault(shift.on - timedelta(days=shift.on.weekday()), []).append(
            {
                "pk": shift.pk, "on": shift.on, "duty": kind.name, "starts": kind.starts, "hours": kind.hours,
                "who": shift.worker.name if shift.worker else "", "fixed": shift.fixed, "broken": shift.broken,
                "because": why_open,
                "own": own is not None and shift.worker is not None and shift.worker.user_id == own,
            }
        )  # fmt: skip
    return [{"monday": monday, "duties": duties} for monday, duties in found.items()]


def shares(rota: Rota) -> list[dict[str, Any]]:
    """What each person does beside their fair part, most first."""
    load, fair = rota.result.get("load", {}), rota.result.get("fair", {})
    rows = [
        {
            "name": row.worker.name, "points": load.get(str(row.worker_id), 0.0),
            "fair": fair.get(str(row.worker_id), 0.0), "before": row.before, "away": len(row.away),
            "can": ", ".join(row.can),
        }
        for row in rota.people.select_related("worker")
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row["points"], row["name"]))


def summary(rota: Rota) -> str:
    """What the solver found, in a sentence."""
    result = rota.result
    if "open" not in result:
        return ""
    left = "Every duty is filled." if not result["open"] else f"{result['open']} duties could not be filled."
    even = f"Nobody is more than {result['spread']:g} points from a fair part."
    if result["proved"]:
        return f"{left} {even} No other rota within the rules fills more or is fairer by more than half a point."
    return f"{left} {even} The time ran out before it was proved that no fairer rota exists."


def duty_name(shift: Shift, rota: Rota) -> str:
    """A duty in words."""
    kinds = {kind.id: kind.name for kind in rules_of(rota).duties}
    return f"{kinds[shift.kind]}, {shift.on:%A} {shift.on.day} {shift.on:%B %Y}"
