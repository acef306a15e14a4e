"""Rotas as the core takes them: people, duties and rules from rows; what is carried from earlier ones."""

from datetime import date, timedelta
from functools import cache
from typing import Any

from keepsight.apps.workforce.models import Rota, Shift
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs import book
from keepsight.core.packs.kinds import RotaRules
from keepsight.core.packs.schema import read
from keepsight.core.workforce.rota import Duty, Person, fair_parts

WEEKS_BACK = 26


@cache
def calendar() -> WorkingCalendar:
    """The bank holidays."""
    return WorkingCalendar.from_table(book().table("calendar"))


def rules_in_force() -> RotaRules:
    """The rules of the pack, as they stand today."""
    return book().read("rota", RotaRules)


def rules_of(rota: Rota) -> RotaRules:
    """The rules that a rota was made by, as they stood then."""
    table: dict[str, Any] = dict(rota.rules)
    table["review_on"] = date.fromisoformat(str(table["review_on"]))
    return read(RotaRules, table, where=f"rota {rota.pk}")


def people_of(rota: Rota) -> list[Person]:
    """The people of a rota, in a fixed order."""
    rows = rota.people.select_related("worker").order_by("worker__name", "worker_id")
    return [
        Person(
            row.worker_id, row.worker.name, frozenset(row.can), row.share,
            frozenset(date.fromisoformat(day) for day in row.away), row.before,
        )
        for row in rows
    ]  # fmt: skip


def duty_of(shift: Shift) -> Duty:
    """A shift as the core names it."""
    return Duty(shift.on, shift.kind, shift.place)


def carried(rota: Rota, workers: list[int]) -> dict[int, float]:
    """Points beyond (or short of) a fair part in rotas published in the last half year, by worker."""
    since = rota.first_on - timedelta(weeks=WEEKS_BACK)
    earlier = Rota.objects.filter(
        authority=rota.authority, exercise=rota.exercise, state=Rota.State.PUBLISHED, last_on__gte=since,
        last_on__lt=rota.first_on,
    )  # fmt: skip
    beyond: dict[int, float] = {}
    for result in earlier.values_list("result", flat=True):
        for worker in workers:
            load, fair = result.get("load", {}).get(str(worker)), result.get("fair", {}).get(str(worker))
            if load is not None and fair is not None:
                beyond[worker] = beyond.get(worker, 0.0) + load - fair
    return beyond


def shares(rota: Rota) -> dict[str, dict[str, float]]:
    """What each person does and their fair part, in points, as the rota stands."""
    rules, people = rules_of(rota), people_of(rota)
    points = {kind.id: kind.points for kind in rules.duties}
    shifts = list(rota.shifts.all())
    load = {str(person.id): 0.0 for person in people}
    for shift in shifts:
        if str(shift.worker_id) in load:
            load[str(shift.worker_id)] += points[shift.kind]
    fair = fair_parts(people, [duty_of(shift) for shift in shifts], rules)
    return {"load": load, "fair": {str(who): round(part, 2) for who, part in fair.items()}}
