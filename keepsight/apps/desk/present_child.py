"""One child's record in words. No queries here, and no clock: the day is given."""

import functools
from collections.abc import Mapping, Sequence, Set
from datetime import date
from types import MappingProxyType
from typing import Any

from keepsight.apps.desk.presenters import (
    HOW,
    RESTRICTED_RECORD,
    SEEN_BY,
    WARNING_WORDS,
    age,
    days_ago,
    how,
    name,
    when_due,
    words,
)
from keepsight.apps.desk.queries import WARNINGS
from keepsight.apps.people.content import Sees, note_held_back, reason_held_back, without_places
from keepsight.core.learning.week import EMPTY, week_in_school
from keepsight.core.packs import book
from keepsight.core.terms import HEALTH_ALERTS, LABELS, AlertKind, Provenance, Service
from keepsight.ui.templatetags.govuk import day as day_in_words

INVOLVEMENTS = {
    "early_help": "Early help", "assessment": "Social-work assessment", "section_47": "Section 47 enquiry",
    "cin": "Child in need", "cp": "Child protection plan", "cla": "Looked after", "care_leaver": "Care leaver",
    "adoption": "Adoption", "ehcp": "Education, health and care plan",
}  # fmt: skip
OUTCOMES = {
    "seen": "Seen",
    "not_seen": "Not seen: someone answered",
    "no_access": "No access: nobody answered or entry refused",
    "cancelled": "Cancelled by the family",
}
BINDS = {"table": "the contact table", "plan": "the child's own plan", "statute": "the statutory limit"}
SLOTS = [f"{day} {half}" for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday") for half in ("am", "pm")]


@functools.cache
def seen_codes() -> frozenset[str]:
    """Register marks with which a school saw the child, from the standing pack."""
    return frozenset(book().table("sight")["attendance"]["codes"])


def check_data_below() -> float:
    """The share of inputs known below which the page asks to check the data, from the standing pack."""
    return float(book().table("rating")["completeness"]["check_below"])


def prompts() -> frozenset[str]:
    """Rules that ask somebody to look and move no level, from the standing pack."""
    return frozenset(row["id"] for row in book().table("rating")["prompts"])


def present_child(
    who: Mapping[str, Any],
    *,
    on: date,
    sees: Sees,
    secrets: Set[str] = frozenset(),
    alerts: Sequence[tuple[Any, ...]],
    ratings: Sequence[Mapping[str, Any]],
    involvements: Sequence[tuple[Any, ...]],
    siblings: Sequence[Mapping[str, Any]],
    moments: Sequence[tuple[Any, ...]],
    weeks: Sequence[tuple[Any, ...]],
    codes: frozenset[str],
) -> dict[str, Any]:
    """
    Everything that the child's page shows, as strings and lists.

    Parameters
    ----------
    sees : Sees
        What of the content this person may see. A confidential place stands on this page for nobody.
    secrets : set of str
        Words that would tell such a place, taken out of free texts for those who may not see it.
    """
    hide = _hiding(who, sees)
    markers = _readable(alerts, sees, hide, secrets)
    return {
        "child": present_identity(who, on),
        "warnings": _with_confidential(_warnings(markers), who),
        "markers": [(_plain(kind), note, since) for kind, note, since in markers if kind not in WARNINGS],
        "address": _address(who, sees),
        "plan": _plan(who, on),
        "sight": _sight(who, on),
        "rating": present_child_rating(who, ratings, on, sees=sees, secrets=secrets),
        "history": _history(ratings),
        "involvements": [
            _involvement(row) for row in involvements if not sees.early_help_only or row[0] == Service.EARLY_HELP
        ],
        "part_only": sees.early_help_only,
        "siblings": [present_sibling(row, on) for row in siblings],
        "moments": [
            _moment(row, sees, hide, secrets)
            for row in moments
            if not sees.early_help_only or row[7] == Service.EARLY_HELP
        ],
        "schools": [] if hide else _schools(weeks, codes, shown=not who["place_confidential"]),
        "schools_hidden": hide,
        "slots": SLOTS,
    }


def _hiding(who: Mapping[str, Any], sees: Sees) -> bool:
    """Whether nothing may tell this person where the child lives and learns."""
    return bool(who["place_confidential"]) and not sees.place


def _readable(
    alerts: Sequence[tuple[Any, ...]], sees: Sees, hide: bool, secrets: Set[str]
) -> list[tuple[str, str, date]]:
    """Markers that this person may know of, with the notes that they may read."""
    return [
        (kind, note_held_back(provenance, sees) or (without_places(note, secrets) if hide else note), since)
        for kind, note, since, provenance in alerts
        if sees.health or kind not in HEALTH_ALERTS
    ]


def _with_confidential(warnings: list[tuple[str, str]], who: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The warnings with the first of all, which safe-contact details or a brother's marker give too."""
    first = (WARNING_WORDS[AlertKind.ADDRESS_CONFIDENTIAL], "")
    if not who["place_confidential"] or any(text == first[0] for text, _ in warnings):
        return warnings
    return [first, *warnings]


def present_identity(who: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The bar on top of every page of a child."""
    level, computed = who["plan__level"] or "", who["plan__computed_level"] or ""
    return {
        "ref": who["ref"],
        "href": f"/children/{who['ref']}/",
        "name": name(who["forename"], who["surname"], who["la_child_id"] or ""),
        "age": age(who["date_of_birth"], on, who["expected_on"]),
        "born": who["date_of_birth"],
        "expected": who["expected_on"],
        "died": who["died_on"],
        "level": level,
        "computed": computed if computed != level else "",
        "open": who["plan__is_open"],
        "service": LABELS.get(who["plan__service"], "Nothing open"),
        "worker": who["plan__worker__name"] or "No worker",
        "team": who["plan__team__name"] or "No team",
        "authority": who["authority__name"],
        "district": "" if who["place_confidential"] else who["district__name"],
        "number": who["la_child_id"],
        "upn": who["upn"],
        "ehcp": _plain(who["ehcp_assessed"] or "not_done") if who["ehcp_id"] else "",
    }


def present_sibling(row: Mapping[str, Any], on: date) -> dict[str, Any]:
    """A brother or sister, with what is due there."""
    return {
        "pk": row["pk"],
        "href": f"/children/{row['ref']}/",
        "name": name(row["forename"], row["surname"], row.get("number", "")),
        "age": age(row["date_of_birth"], on, row["expected_on"]),
        "level": row["plan__level"] if row["plan__is_open"] else "",
        "when": when_due(row["plan__due_on"], on) if row["plan__is_open"] else "Nothing open",
    }


def _plain(code: str) -> str:
    return LABELS.get(code, code.replace("_", " ").capitalize())


def _warnings(alerts: Sequence[tuple[str, str, date]]) -> list[tuple[str, str]]:
    found = sorted((WARNINGS.index(kind), kind, note) for kind, note, _ in alerts if kind in WARNINGS)
    return [(WARNING_WORDS[kind], note) for _, kind, note in found]


def _address(who: Mapping[str, Any], sees: Sees) -> dict[str, Any]:
    confidential = bool(who["place_confidential"])
    lines = [] if confidential else [part for part in (who["address_lines"], who["address_postcode"]) if part]
    return {"lines": ", ".join(lines), "confidential": confidential, "may_open": confidential and sees.place}


def _plan(who: Mapping[str, Any], on: date) -> dict[str, Any]:
    due, soonest = who["plan__due_on"], who["plan__f2f_due_on"]
    return {
        "due": due,
        "when": when_due(due, on),
        "late": due is not None and due < on,
        "how": how(who["plan__due_mode"], who["plan__alone"]) if due else "",
        "why": who["plan__why"] or "",
        "eased": who["plan__eased"] or "",
        "binds": BINDS.get(who["plan__bound_by"] or "", ""),
        "f2f": soonest if soonest and soonest != due else None,
        "f2f_how": HOW["f2f"],
    }


def _sight(who: Mapping[str, Any], on: date) -> dict[str, Any]:
    named = [SEEN_BY.get(line, line) for line in (who["plan__sight_lines_named"] or "").split(",") if line]
    unseen = who["plan__unseen_from"]
    lines = [
        ("By anyone", who["plan__last_seen_on"], SEEN_BY.get(who["plan__last_seen_by"] or "", "")),
        ("Face to face, by the child's service", who["plan__last_f2f_on"], ""),
        ("In any way, by the child's service", who["plan__last_contact_on"], ""),
        ("By any other professional", who["plan__last_other_on"], ""),
    ]
    return {
        "lines": [(text, day, days_ago(day, on), by) for text, day, by in lines],
        "count": words(who["plan__sight_lines"] or 0, "pair of eyes", "independent pairs of eyes"),
        "named": ", ".join(named),
        "unseen": unseen is not None and unseen <= on,
        "unseen_from": unseen,
        "none": not named,
    }


def present_child_rating(
    who: Mapping[str, Any],
    ratings: Sequence[Mapping[str, Any]],
    on: date,
    *,
    sees: Sees,
    secrets: Set[str] = frozenset(),
) -> dict[str, Any]:
    """The level in force beside the computed one; of its reasons those that this person may read."""
    review = who["plan__level_review_on"]
    hide, said = _hiding(who, sees), who["confirmed__reason"] or ""
    shown: dict[str, Any] = {
        "level": who["plan__level"] or "",
        "by": who["confirmed__rated_by"],
        "on": who["confirmed__rated_on"],
        "reason": "" if sees.early_help_only else without_places(said, secrets) if hide else said,
        "waiting": who["confirmed__approval"] == "waiting",
        "review": review,
        "expired": review is not None and review < on and who["plan__level"] != "unrated",
        "computed": None,
    }
    current = next((row for row in ratings if row["is_current"]), None)
    if current is not None:
        reasons = _reasons(current["reasons"], sees, confidential=bool(who["place_confidential"]))
        shown["computed"] = {
            "level": current["level"],
            "points": current["points"],
            "share": round(current["confidence"] * 100),
            "check_data": current["confidence"] < check_data_below(),
            "reasons": reasons,
            "as_at": current["as_at"],
            "pack": current["pack_id"],
            "hash": current["pack_hash"][:12],
        }
    return shown


def _reasons(reasons: Sequence[Sequence[Any]], sees: Sees, *, confidential: bool) -> list[tuple[str, str, str]]:
    """Each reason that this person may read, and one line for each kind of those that they may not."""
    asking, shown = prompts(), []
    for reason in reasons:
        instead = reason_held_back(str(reason[0]), sees, confidential=confidential)
        line = ("", instead, "") if instead else reason_line(reason, asking)
        if not instead or line not in shown:
            shown.append(line)
    return shown


def reason_line(reason: Sequence[Any], asking: frozenset[str]) -> tuple[str, str, str]:
    """A rule that counted: its id, its sentence, and its points in words; floors and prompts have none."""
    rule, points, sentence = str(reason[0]), reason[1], str(reason[2])
    if points is None:
        return rule, sentence, "Please look" if rule in asking else "Floor"
    return rule, sentence, f"{points:+d}".replace("-", "−")


def _history(ratings: Sequence[Mapping[str, Any]]) -> list[tuple[date, str, int]]:
    """Only the days on which the computed level or its points changed, newest first."""
    by_time = sorted(ratings, key=lambda row: row["rated_at"])
    changed: list[tuple[date, str, int]] = []
    for row in by_time:
        if not changed or changed[-1][1:] != (row["level"], row["points"]):
            changed.append((row["as_at"], row["level"], row["points"]))
    return changed[::-1]


def _involvement(row: tuple[Any, ...]) -> dict[str, Any]:
    kind, started, ended, worker, team, gone = row
    return {
        "what": INVOLVEMENTS.get(kind, _plain(kind)),
        "started": started,
        "ended": ended,
        "who": ", ".join(part for part in (worker, team) if part),
        "gone": gone if ended is None else None,
    }


TAGS = {Provenance.THIRD_PARTY: "What somebody else said", Provenance.POLICE: "Police intelligence"}


def _moment(row: tuple[Any, ...], sees: Sees, hide: bool, secrets: Set[str]) -> dict[str, Any]:
    kind, day, first, second, who, text, provenance, _ = row
    text, held_back = text or "", note_held_back(provenance, sees)
    if kind == "sighting" and (held_back or hide):
        who = ""  # a teacher's or a nurse's name tells the school or the clinic
    return {
        "on": day,
        "what": _what(kind, first or "", second or ""),
        "who": who or "",
        "text": held_back or (without_places(text, secrets) if hide else text),
        "tag": "" if held_back else TAGS.get(provenance, ""),
    }


def _what(kind: str, first: str, second: str) -> str:
    """One moment's two codes as a phrase."""
    if kind == "visit":
        return f"Visit: {OUTCOMES.get(first, first)}" + (f", {_plain(second).lower()}" if second else "")
    if kind == "sighting":
        return f"Seen or heard by {SEEN_BY.get(first, first)}"
    if kind == "confirmed":
        differs = f" (computed {_plain(second)})" if second and second != first else ""
        return f"Level confirmed: {_plain(first)}{differs}"
    if kind == "missing":
        return f"Missing until {day_in_words(first)}" if first else "Missing; not recorded as found"
    return {"contact": "Contact at the front door", "referral": "Referral accepted"}[kind]


def _schools(weeks: Sequence[tuple[Any, ...]], codes: frozenset[str], *, shown: bool) -> list[dict[str, Any]]:
    """Each school with its weeks, newest first; a confidential address hides the school's name too."""
    schools: dict[str, dict[str, Any]] = {}
    for setting, written, year, monday, marks in weeks:
        title = (setting or f"School {written}") if shown else "School hidden: the address is confidential"
        school = schools.setdefault(title, {"name": title, "year": year, "weeks": [], "seen": 0, "sessions": 0})
        if monday is None:
            continue
        week = week_in_school(marks, codes)
        school["seen"] += week.seen
        school["sessions"] += week.sessions
        cells = [
            (mark if mark not in EMPTY else "", "in" if there else "out" if mark not in EMPTY else "")
            for mark, there in zip(week.marks, week.attended, strict=True)
        ]
        school["weeks"].append((_as_day(monday), cells, f"{week.seen} of {week.sessions}"))
    return list(schools.values())


def _as_day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def present_learners(
    rows: Sequence[tuple[Any, ...]],
    marks: Mapping[int, str],
    codes: frozenset[str],
    *,
    hidden: Set[int] = frozenset(),
    numbers: Mapping[int, str] = MappingProxyType({}),
) -> list[dict[str, Any]]:
    """Vulnerable learners of one school: why each is on the list, and whether the school saw them."""
    shown = []
    for pk, ref, forename, surname, year, service, is_open, level, has_plan, worker, child, *_ in rows:
        week = week_in_school(marks[pk], codes) if pk in marks else None
        why = [LABELS.get(service, service)] if is_open else []
        shown.append(
            {
                "child": None if pk in hidden else child,
                "href": "" if pk in hidden else f"/children/{ref}/",
                "name": RESTRICTED_RECORD if pk in hidden else name(forename, surname, numbers.get(child, "")),
                "year": "" if pk in hidden else year,
                "why": ", ".join(why + (["EHCP"] if has_plan else [])),
                "level": level if is_open else "",
                "worker": worker or "",
                "seen": f"{week.seen} of {week.sessions} sessions" if week else "No marks",
                "absent": week is not None and week.seen == 0,
            }
        )
    return shown
