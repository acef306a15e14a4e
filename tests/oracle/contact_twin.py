"""The slow, obvious twin of sight and plan: one child at a time, one day at a time, plain Python."""

import calendar
from datetime import date, timedelta

DAY = timedelta(days=1)
LINES = ["social_care", "early_help", "school", "health", "youth_work", "police", "hub", "other"]
CLASSES = ["contact", "seen", "f2f", "f2f_home"]


class Days:
    """Working days, by walking."""

    def __init__(self, table):
        self.first, self.holidays = table["first_day"], {row["day"] for row in table["holidays"]}

    def counts(self, day):
        return day.weekday() < 5 and day not in self.holidays

    def after(self, day, number):
        while number:
            day += DAY
            number -= self.counts(day)
        return day

    def between(self, start, end):
        passed, day = 0, start
        while day < end:
            day += DAY
            passed += self.counts(day)
        return passed

    def add(self, day, every, unit):
        if unit == "working_days":
            return self.after(day, every)
        if unit == "months":
            months = day.year * 12 + day.month - 1 + every
            year, month = divmod(months, 12)
            return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
        return day + timedelta(days=every * (7 if unit == "weeks" else 1))


def seen_rows(case, tables, rules, as_at):
    """Everything that says that somebody saw this child: day, line, class, seen or heard, source."""
    out, child = [], case["child_id"]
    helped = case["service"] == "early_help"
    for row in tables.visits.iter_rows(named=True):
        mode = row["mode"] or "unknown"
        if row["child_id"] == child and row["seen"] and mode in rules["modes"] and mode != "in_touch":
            lately = helped and row["visit_on"] >= case["service_on"]  # listed among the visits to children in need
            line = "early_help" if row["service"] == "early_help" or lately else "social_care"
            heard = mode not in rules["not_sighting"]["modes"]
            out.append((row["visit_on"], line, rules["modes"][mode], heard, "visit"))
    for row in tables.attendance.iter_rows(named=True):
        if row["child_id"] == child:
            for session, code in enumerate(row["marks"].split(" ")):
                if code in rules["attendance"]["codes"]:
                    out.append((row["week_from"] + timedelta(days=session // 2), "school", None, True, "register"))
    for row in tables.sightings.iter_rows(named=True):
        if row["child_id"] == child:
            out.append((row["seen_on"], row["line"], None, True, "told"))
    return [row for row in out if row[0] <= as_at]


def sight(case, tables, rules, days, as_at):
    """The sight summary of one child."""
    own = "early_help" if case["service"] == "early_help" else "social_care"
    rows = seen_rows(case, tables, rules, as_at)
    eyes = [row for row in rows if row[3]]
    others = [row for row in eyes if row[1] != own]

    def latest(some):
        return max(some, key=lambda row: (row[0], -LINES.index(row[1])), default=(None, None))

    def counts_as(row):
        if row[4] == "visit" and row[1] == own:
            return row[2]
        return "f2f" if row[4] == "register" and case["service"] == "ehcp" else None

    def last(meets):
        good = [row[0] for row in rows if counts_as(row) and CLASSES.index(counts_as(row)) >= CLASSES.index(meets)]
        return max(good, default=None)

    window = rules["lines"]["window_working_days"]
    alive = sorted({row[1] for row in eyes if days.between(row[0], as_at) <= window}, key=LINES.index)
    start = max([day for day in (latest(eyes)[0], case["opened_on"]) if day], default=None)
    limit = rules["unseen_working_days"]["cp" if case["service"] == "cp" else "other"]
    return {
        "child_id": case["child_id"],
        "last_seen_on": latest(eyes)[0],
        "last_seen_by": latest(eyes)[1],
        "last_home_on": last("f2f_home"),
        "last_f2f_on": last("f2f"),
        "last_child_seen_on": last("seen"),
        "last_contact_on": last("contact"),
        "last_other_on": latest(others)[0],
        "last_other_by": latest(others)[1],
        "sight_lines": len(alive),
        "sight_lines_named": ",".join(alive),
        "unseen_from": None if case["unborn"] else days.after(start, limit + 1) if start else case["service_on"],
        "any_seen_wd": days.between(latest(eyes)[0], as_at) if eyes else None,
        "other_seen_wd": days.between(latest(others)[0], as_at) if others else None,
    }


def easings(uses, law, as_at):
    """Uses (easement, first, last) that hold today: duties, first, last, window; cut to the law's own days."""
    out = []
    for name, first, last in uses:
        for row in law["easements"]:
            for window in row["windows"]:
                end = window.get("to", date.max)
                if row["id"] == name and first <= as_at <= last and window["from"] <= as_at <= end:
                    out.append((row, max(first, window["from"]), min(last, end), window))
    return out


def plan(case, seen, level, agreed, contact, duties, mode, days, as_at, eased=()):
    """
    When one child must next be seen: every rule's day, then the earliest. ``duties``: (entry, holds).

    ``eased``: what ``easings`` gave. It moves days of law that fall into it, and relaxes a class where
    the contact table says so; table and own plan stay.
    """
    worked = "red" if level == "unrated" else level
    for row in contact.get("not_allowed", []):
        if (row["mode"], row["service"], row["level"]) == (mode, case["service"], worked):
            worked = row["worked_as"]
    last = {
        "f2f_home": "last_home_on",
        "f2f": "last_f2f_on",
        "seen": "last_child_seen_on",
        "contact": "last_contact_on",
    }
    owed = []

    def in_law(name, due):
        """The day of law, or the last day of an easement in which that day falls."""
        waits = [
            until
            for row, first, until, window in eased
            if name in row["duties"] and window["effect"] == "as_soon_as_practicable" and first <= due <= until
        ]
        return max([due, *waits])

    def relaxed(entry):
        """What meets a visit of law: more, where an easement allows video and the table agrees."""
        for row in contact.get("statutory_class", []):
            if (row["mode"], row["service"], row["level"]) == (mode, case["service"], worked):
                for easement, _, _, window in eased:
                    if easement["id"] == row["easement"] and window.get("remote") and entry["id"] in easement["duties"]:
                        return row["class"]
        return entry["class"]

    def repeated(meets, every, unit, by, name):
        begun = max([day for day in (seen[last[meets]], case["opened_on"]) if day], default=None)
        due = days.add(begun, every, unit) if begun else case["service_on"]
        owed.append((in_law(name, due) if by == 0 else due, -CLASSES.index(meets), by, name, meets))

    for row in contact.get("requirements", []):
        if (row["mode"], row["service"], row["level"]) == (mode, case["service"], worked):
            repeated(row["class"], row["every"], row["unit"], 1, row["id"])
    meets_agreed = next(row["agreed_class"] for row in contact["modes"] if row["id"] == mode)
    for every, unit in agreed:
        repeated(meets_agreed, every, unit, 2, "agreed")
    instead = {row["timescale"] for row in contact.get("instead_of", []) if row["mode"] == mode}
    for entry, holds in duties:
        if not holds or entry["id"] in instead:
            continue
        if entry.get("repeats"):
            repeated(relaxed(entry), entry["every"], entry["unit"], 0, entry["id"])
            continue
        names = {"placement_started": "placement_on", "legal_status_started": "legal_status_on"}
        event = case[names.get(entry["start"], "service_on")] or case["service_on"]
        visited = seen[last[relaxed(entry)]]
        if visited is None or visited < event:
            due = in_law(entry["id"], days.add(min(event, as_at), entry["every"], entry["unit"]))
            owed.append((due, -CLASSES.index(relaxed(entry)), 0, entry["id"], relaxed(entry)))
    if not owed:
        return None, "", ""
    due_on, _, _, name, meets = min(owed)
    return due_on, meets, name
