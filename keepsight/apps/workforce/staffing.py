"""Staffing for a page: each team today, the days ahead, and whose work hangs on somebody who is away."""

from datetime import date, timedelta
from typing import Any

import polars as pl
from django.db.models import Count, Q

from keepsight.apps.accounts.models import Team
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.events.models import Event
from keepsight.apps.workforce import frames
from keepsight.core.packs import book
from keepsight.core.packs.kinds import StaffingRules
from keepsight.core.terms import Level
from keepsight.core.workforce.staffing import first_short, levels

CALLS = {"short": ("Too few", "red"), "close": ("Close to the minimum", "orange"), "enough": ("Enough", "green")}


def rules() -> StaffingRules:
    """What counts as at work, from the standing pack."""
    return book().read("staffing", StaffingRules)


def counted(teams: list[Team], *, on: date, exercise: Event | None = None, days: int | None = None) -> pl.DataFrame:
    """Levels of these teams from a day on: three queries, whatever their number."""
    ids = [team.pk for team in teams]
    return levels(
        frames.staff(ids), frames.absences(ids, exercise=exercise), frames.minimums(ids, exercise=exercise), rules(),
        on=on, days=days,
    )  # fmt: skip


def teams_today(teams: list[Team], *, on: date, exercise: Event | None = None) -> list[dict[str, Any]]:
    """One row a team that has people: today, when it will be short, and the days ahead."""
    table = counted(teams, on=on, exercise=exercise)
    short, few = first_short(table), rules().small_team
    by_team: dict[int, list[dict[str, Any]]] = {}
    for row in table.iter_rows(named=True):
        by_team.setdefault(row["team"], []).append(row)
    shown = []
    for team in teams:
        days = by_team.get(team.pk)
        if not days:
            continue
        today, words = days[0], CALLS[days[0]["call"]]
        shown.append(
            {
                "pk": team.pk, "name": team.name, "authority": team.authority.name, **today,
                "split": today["staff"] >= few, "call_words": words[0], "call_colour": words[1],
                "first_short": short.get(team.pk) if today["call"] != "short" else None,
                "days": [{**each, "words": CALLS[each["call"]][0]} for each in days],
            }
        )  # fmt: skip
    return shown


def uncovered(grants: Grants, *, on: date, exercise: Event | None = None) -> list[dict[str, Any]]:
    """
    Workers who are away without work from home, with the cases that hang on them alone (WRK-06).

    Of the teams that the reader manages. A case counts for its worker in the contact plan; the page
    opens the team's list. In an exercise nobody live is away.
    """
    if exercise is not None:
        return []
    plans = plans_visible_to(grants, Permission.TEAM_VIEW).filter(is_open=True, worker__isnull=False)
    held = plans.values("worker_id", "worker__name", "worker__team_id", "worker__team__name").annotate(
        cases=Count("pk"), red=Count("pk", filter=Q(level__in=(Level.RED, Level.UNRATED)))
    )
    rows = list(held.order_by("-red", "worker__name"))
    away = frames.absences({row["worker__team_id"] for row in rows if row["worker__team_id"]})
    gone = set(_gone(away, on)["worker"]) if not away.is_empty() else set()
    least = rules().single_worker_cases
    return [row for row in rows if row["worker_id"] in gone and row["cases"] >= least]


def _gone(absences: pl.DataFrame, on: date) -> pl.DataFrame:
    from keepsight.core.workforce.staffing import until

    known = until(absences, rules()).filter(pl.col("works") == "no", pl.col("from_on") <= on)
    return known.filter(pl.col("last_on").is_null() | (pl.col("last_on") >= on))


def caseloads(grants: Grants) -> list[dict[str, Any]]:
    """Cases a worker of the teams that the reader manages, most first."""
    plans = plans_visible_to(grants, Permission.TEAM_VIEW).filter(is_open=True, worker__isnull=False)
    counts = plans.values("worker_id", "worker__name", "worker__team_id", "worker__team__name").annotate(
        cases=Count("pk"), red=Count("pk", filter=Q(level__in=(Level.RED, Level.UNRATED)))
    )
    return list(counts.order_by("-cases", "worker__name")[:200])


def days_ahead(on: date) -> list[date]:
    """The days of the forecast."""
    return [on + timedelta(days=number) for number in range(rules().ahead_days)]
