"""Rows of staff and their absences as frames for the core; the one door."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from keepsight.apps.accounts.models import Worker
from keepsight.apps.events.models import Event
from keepsight.apps.registers.models import Entry
from keepsight.core.workforce.staffing import Minimum

ABSENCE, MINIMUM = "absence", "team_minimum"  # registers


def staff(teams: Iterable[int]) -> pl.DataFrame:
    """``worker`` and ``team`` of everyone in these teams."""
    rows = Worker.objects.filter(team_id__in=list(teams)).values_list("pk", "team_id")
    return pl.DataFrame(list(rows), schema={"worker": pl.Int64, "team": pl.Int64}, orient="row")


def absences(teams: Iterable[int], *, exercise: Event | None = None) -> pl.DataFrame:
    """Open absences of these teams' workers, as ``core.workforce.staffing`` takes them: no reason, no name."""
    entries = Entry.objects.filter(
        register__key=ABSENCE, exercise=exercise.pk if exercise else None, is_open=True, worker__team_id__in=list(teams)
    )
    rows = []
    for worker, values in entries.values_list("worker_id", "values"):
        if begun := values.get("from_on"):
            back = date.fromisoformat(values["back_on"]) if values.get("back_on") else None
            rows.append((worker, values.get("kind", "other"), date.fromisoformat(begun), back, values.get("works")))
    schema = {"worker": pl.Int64, "kind": pl.String, "from_on": pl.Date, "back_on": pl.Date, "remote": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")


def minimums(teams: Iterable[int], *, exercise: Event | None = None) -> dict[int, Minimum]:
    """The minimum levels that were set for these teams; the newest counts."""
    entries = Entry.objects.filter(
        register__key=MINIMUM,
        exercise=exercise.pk if exercise else None,
        about_team_id__in=list(teams),
        state__in=("in_force", "changing"),
    ).order_by("number")
    found = {}
    for team, values in entries.values_list("about_team_id", "values"):
        if values.get("for_what", "all") != "all":
            continue  # of the office, or of visits: the page counts people at work in all
        people, share = values.get("people"), values.get("share")
        found[team] = Minimum(int(people) if people is not None else None, share / 100 if share is not None else None)
    return found
