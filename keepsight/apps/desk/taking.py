"""
The desk's lists as they leave it: the rows of the page, all pages of them, and nothing that the page hides.

``grants`` are those of the roles alone that may take away: see ``accounts.exports.taking``.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.http import Http404, QueryDict

from keepsight.apps.accounts.exports import List
from keepsight.apps.accounts.models import Team
from keepsight.apps.accounts.permissions import Grants, Permission, check_user_may
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.desk import learners, presenters, queries
from keepsight.apps.desk.forms import FilterForm
from keepsight.apps.desk.present_child import present_learners, seen_codes
from keepsight.apps.desk.wording import QUEUE_WORDS

QUEUE = (
    "Child", "Age", "Service", "Warnings", "Level", "Computed level", "Level to be reviewed by", "Next contact",
    "Due on", "How", "Last seen by anyone", "Seen by", "Worker", "Team",
)  # fmt: skip
TEAM = ("Worker", "Children", "Red", "Unrated", "To see today", "Overdue", "Longest overdue since", "Nobody has seen")
LEARNERS = ("Child", "Year group", "Why", "Level", "Worker", "Seen at school")
SCHOOLS = ("School", "Phase", "District", "Children", "Social worker", "EHCP", "Early help", "Red")
_ROWS_AT_ONCE = 200  # whose warnings are read together


def queue_list(grants: Grants, asked: QueryDict, on: date, *, queue: str) -> List:
    """One queue with the filters of its page."""
    if queue not in QUEUE_WORDS:
        raise Http404
    check_user_may(grants, Permission.CHILD_VIEW)
    visible = plans_visible_to(grants, Permission.CHILD_VIEW)
    form = FilterForm(asked, places=queries.places_of(visible, on))
    rows = list(queries.rows_of(form.narrow(visible, grants, on).queue(queue, on)))
    hidden = queries.hidden_among(grants, Permission.CHILD_VIEW, rows, child_at=0)
    return List(
        name=queue,
        title=QUEUE_WORDS[queue].heading,
        columns=QUEUE,
        rows=_queue_rows(rows, hidden, on),
        count=len(rows),
        shown=[row[0] for row in rows if row[0] not in hidden],
        source=f"desk:list {queue}",
        filters=form.chosen(),
        filter_words=filter_words(form),
    )


def _queue_rows(rows: Sequence[tuple[Any, ...]], hidden: frozenset[Any], on: date) -> Iterator[tuple[Any, ...]]:
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        batch = list(rows[start : start + _ROWS_AT_ONCE])
        warnings = queries.warnings_of([row[0] for row in batch], on)
        for row in presenters.present_rows(batch, warnings, on, hidden=hidden, numbers=queries.numbers_of(batch)):
            yield (
                row["name"], row["age"], row["service"], ", ".join(row["warnings"]), row["level"].capitalize(),
                row["computed"].capitalize(), row["review"], row["when"], row["due"], row["how"], row["seen"],
                row["seen_by"], row["worker"], row["team"],
            )  # fmt: skip


def filter_words(form: FilterForm) -> str:
    """The filters in force as a person reads them."""
    said = []
    for name, value in form.chosen().items():
        if name == "who":
            said.append("my children")
        elif name == "worker":
            said.append("one worker" if value else "no worker")
        else:
            field = form.fields[name]
            words = dict(map(_as_text, field.choices))  # type: ignore[attr-defined]
            said.append(f"{field.label}: {words.get(str(value), value)}")
    return "; ".join(said)


def _as_text(choice: tuple[Any, Any]) -> tuple[str, Any]:
    return str(choice[0]), choice[1]


def team_list(grants: Grants, asked: QueryDict, on: date, *, pk: int) -> List:
    """The table of one team: one row a worker, and no child."""
    check_user_may(grants, Permission.TEAM_VIEW)
    scope = grants.scope(Permission.TEAM_VIEW)
    named = Team.objects.filter(pk=pk).values_list("name", "authority_id").first()
    if named is None or not (pk in scope.team_ids or named[1] in scope.authority_ids):
        raise Http404
    found = queries.worker_rows(plans_visible_to(grants, Permission.TEAM_VIEW).filter(team_id=pk), on)
    keys = ("children", "red", "unrated", "to_see", "overdue", "oldest", "nobody")
    rows = [(row["worker__name"] or "No worker", *(row[key] for key in keys)) for row in found]
    return List(
        name="team", title=f"Team: {named[0]}", columns=TEAM, rows=rows, count=len(rows), source="desk:team",
        filters={"team": pk}, filter_words=f"Team: {named[0]}",
    )  # fmt: skip


def learners_list(grants: Grants, asked: QueryDict, on: date) -> List:
    """Vulnerable learners of one school, or the schools with how many each has."""
    check_user_may(grants, Permission.CHILD_VIEW)
    chosen = asked.get("school", "")
    if not chosen:
        return _schools_list(grants, on)
    if chosen not in learners.NO_SCHOOL_SHOWN and not chosen.isdecimal():
        raise Http404
    school = learners.NO_SCHOOL_SHOWN.get(chosen) or learners.school_name(grants, int(chosen))
    if not school:
        raise Http404
    rows, marks, week = learners.learners_at(grants, chosen, on)
    hidden = queries.hidden_among(grants, Permission.CHILD_VIEW, rows)
    numbers = queries.numbers_of(rows, child_at=-5)
    presented = present_learners(rows, marks, seen_codes(), hidden=hidden, numbers=numbers)
    keys = ("name", "year", "why", "level", "worker", "seen")
    return List(
        name="vulnerable-learners",
        title=f"Vulnerable learners: {school}",
        columns=LEARNERS,
        rows=[tuple(row[key] for key in keys) for row in presented],
        count=len(rows),
        shown=[row[-5] for row in rows if row[0] not in hidden],
        source="desk:vulnerable_learners",
        filters={"school": chosen},
        filter_words=f"School: {school}" + (f"; register marks of the week from {week:%d %b %Y}" if week else ""),
    )


def _schools_list(grants: Grants, on: date) -> List:
    keys = (
        "setting__name", "setting__phase", "setting__district__name", "children", "social_worker", "ehcp",
        "early_help", "red",
    )  # fmt: skip
    rows = [tuple(row.get(key) for key in keys) for row in learners.schools(grants, on)]
    return List(
        name="vulnerable-learners-by-school", title="Vulnerable learners by school", columns=SCHOOLS, rows=rows,
        count=len(rows), source="desk:vulnerable_learners",
    )  # fmt: skip
