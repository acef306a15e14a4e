"""
The plan: when and how each child must next be seen, and which rule says so (RULES §4.4).

The shortest of contact table, child's own plan and statutory limit wins. Only a visit on which
the child was seen, in a mode that the rule allows, starts a clock again; a failed attempt never does.
An easement that is used for a child moves the days of law alone, and only while it lasts: what the table
or the child's own plan asks stays, so a Red child is seen face to face as often as before.
"""

from datetime import date

import polars as pl

from keepsight.core.columns import Column, Contract
from keepsight.core.contact import words
from keepsight.core.contact.easing import ease
from keepsight.core.contact.rules import ContactRules, VisitDuty
from keepsight.core.contact.sight import CLASSES
from keepsight.core.duties.easements import EASED
from keepsight.core.duties.states import due_soon_on
from keepsight.core.duties.timescales import after_each
from keepsight.core.terms import Level, Service

PLAN = Contract(
    "plan",
    (
        Column("child_id", pl.Int64, "The child's number in the register"),
        Column("service", pl.String, "terms.Service"),
        Column("is_open", pl.Boolean, "An open case of social care or early help"),
        Column("team_id", pl.Int64, "Team of the key worker"),
        Column("worker_id", pl.Int64, "Key worker"),
        Column("early_help", pl.Boolean, "Early help is open, alone or beside social care"),
        Column("early_help_team_id", pl.Int64, "Team of the open early help"),
        Column("early_help_worker_id", pl.Int64, "Worker of the open early help"),
        Column("level", pl.String, "In force: confirmed; or unrated; computed where the case is not open"),
        Column("worked_level", pl.String, "Whose intervals apply: unrated is worked as Red"),
        Column("due_on", pl.Date, "Last day in time of the next contact owed; null: no rule sets one", "date"),
        Column("due_soon_on", pl.Date, "From this day it is due soon", "date"),
        Column("due_mode", pl.String, "What meets it: f2f_home, f2f, seen or contact"),
        Column("alone", pl.Boolean, "The child is to be seen alone"),
        Column("bound_by", pl.String, "table, plan or statute: which one was shortest"),
        Column("bound_id", pl.String, "Requirement or timescale"),
        Column("why", pl.String, "One sentence"),
        Column(
            "eased", pl.String, "Which duties are eased, until when, by which law and who; null: no easement is used"
        ),
        Column("f2f_due_on", pl.Date, "Last day in time to see the child face to face", "date"),
        Column("f2f_in_interval", pl.Boolean, "Seen face to face in time; null: no rule asks for it"),
    ),
)
# Of two rules that fall due on one day the stricter is shown, then law before table before plan.
_BOUND = ["statute", "table", "plan"]
_LAST = {
    "f2f_home": "last_home_on",
    "f2f": "last_f2f_on",
    "seen": "last_child_seen_on",
    "contact": "last_contact_on",
}
_EVENTS = {"placement_started": "placement_on", "legal_status_started": "legal_status_on"}
_OBLIGATION = [
    "child_id", "bound_by", "bound_id", "class", "by_law", "every", "unit", "alone", "event_on", "repeats", "title",
]  # fmt: skip


def plan(
    cases: pl.DataFrame,
    *,
    facts: pl.DataFrame,
    sight: pl.DataFrame,
    levels: pl.DataFrame,
    agreed: pl.DataFrame,
    rules: ContactRules,
    as_at: date,
    easements: frozenset[str] = frozenset(),
    eased: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """
    Plan the next contact of every child with something open.

    Parameters
    ----------
    cases : DataFrame
        ``contact.cases.CASES``.
    facts : DataFrame
        The fact sheet of the same children (column ``child``): the conditions of the statutory
        visits are asked of it. A child without a row is owed no statutory visit.
    sight : DataFrame
        ``contact.sight.SUMMARY`` of the same children.
    levels : DataFrame
        Columns ``child_id``, ``confirmed_level`` and ``computed_level``; null or no row where
        there is none.
    agreed : DataFrame
        Columns ``child_id``, ``every``, ``unit``: intervals that children's own plans set.
    rules : ContactRules
        The mode in force, with its table.
    as_at : date
        The day planned for. [date]
    easements : frozenset of str
        Easements that are in force on that day and that the authority has switched on for every child.
    eased : DataFrame, optional
        ``duties.easements.EASED`` of the same day: what is eased for single children.

    Returns
    -------
    DataFrame
        ``PLAN``: one row for each child whose service is not ``none``, in the order of ``cases``.

    Notes
    -----
    Each rule gives a day: day 0 is the last visit that the rule accepts, or the opening of the
    case where there is none since, and the interval is added. A rule for an event (a new
    placement, a care order) counts from the event and is met by the first visit after it.
    ``due_on`` is the earliest of these days.

    An eased duty is due on the last day of its easement, or at its longer limit where that is sooner.
    ``f2f_in_interval`` asks for the day of law: what an easement excuses was not done in time.
    """
    used = EASED.empty() if eased is None else eased
    known = _levelled(cases, levels, rules).join(sight, on="child_id", how="left", suffix="_of_sight")
    owed = _with_days(known, _obligations(known, facts, agreed, rules, easements, used), rules, as_at)
    owed, changed = ease(owed, used, rules.calendar)
    rank = pl.col("class").replace_strict(list(CLASSES), range(len(CLASSES)), return_dtype=pl.Int8)
    first = (
        owed.with_columns(rank=rank, order=pl.col("bound_by").replace_strict(_BOUND, range(3), return_dtype=pl.Int8))
        .sort(["due_on", "rank", "order", "bound_id"], descending=[False, True, False, False])
        .unique("child_id", keep="first", maintain_order=True)
    )
    face = pl.col("class").is_in(["f2f", "f2f_home"])
    repeated = face & pl.col("repeats")
    together = owed.group_by("child_id").agg(
        any_alone=pl.col("alone").any(),
        f2f_due_on=pl.col("due_on").filter(face).min(),
        f2f_in_interval=pl.when(repeated.any()).then(
            (pl.col("last_on").is_not_null() & (pl.col("law_due_on") >= as_at)).filter(repeated).all()
        ),
    )
    joined = (
        known.join(first, on="child_id", how="left", suffix="_owed")
        .join(together, on="child_id", how="left")
        .join(words.eased(used, changed, as_at), on="child_id", how="left")
        .with_columns(
            due_soon_on=due_soon_on(pl.col("start_on"), pl.col("due_on"), share=rules.due_soon_share),
            due_mode=pl.col("class"),
            alone=pl.col("any_alone").fill_null(False),
        )
        .with_columns(why=words.why(rules.mode, as_at))
    )
    return PLAN.check(joined)


def _levelled(cases: pl.DataFrame, levels: pl.DataFrame, rules: ContactRules) -> pl.DataFrame:
    """Give the level in force and the level whose intervals apply."""
    unrated = pl.lit(Level.UNRATED.value)
    open_level = pl.col("confirmed_level").fill_null(unrated)
    other_level = pl.coalesce("confirmed_level", "computed_level", unrated)
    worked = pl.when(pl.col("level") == unrated).then(pl.lit(rules.unrated_as)).otherwise(pl.col("level"))
    for (service, level), instead in rules.worked_as.items():
        not_allowed = (pl.col("service") == service) & (pl.col("level") == level)
        worked = pl.when(not_allowed).then(pl.lit(instead)).otherwise(worked)
    return (
        cases.filter(pl.col("service") != Service.NONE.value)
        .join(levels.select("child_id", "confirmed_level", "computed_level"), on="child_id", how="left")
        .with_columns(level=pl.when(pl.col("is_open")).then(open_level).otherwise(other_level))
        .with_columns(worked_level=worked)
    )


def _obligations(
    known: pl.DataFrame,
    facts: pl.DataFrame,
    agreed: pl.DataFrame,
    rules: ContactRules,
    easements: frozenset[str],
    used: pl.DataFrame,
) -> pl.DataFrame:
    """Every rule that holds for every child, one row each."""
    parts = [_from_table(known, rules), _from_plans(known, agreed, rules)]
    with_facts = known.join(facts, left_on="child_id", right_on="child", how="inner", suffix="_of_facts")
    asked = facts.join(known.select("child_id"), left_on="child", right_on="child_id", how="semi")
    parts += [_from_duty(with_facts, asked, duty, rules, easements, used) for duty in rules.duties]
    return pl.concat([part.select(_OBLIGATION) for part in parts])


def _from_table(known: pl.DataFrame, rules: ContactRules) -> pl.DataFrame:
    return known.join(rules.table, on=["service", "worked_level"], how="inner").with_columns(
        bound_by=pl.lit("table"),
        event_on=pl.lit(None, dtype=pl.Date),
        repeats=pl.lit(True),
        title=pl.lit(""),
        by_law=pl.col("class"),
    )


def _from_plans(known: pl.DataFrame, agreed: pl.DataFrame, rules: ContactRules) -> pl.DataFrame:
    return (
        known.select("child_id")
        .join(agreed, on="child_id", how="inner")
        .with_columns(
            pl.col("every").cast(pl.Int64),
            pl.col("unit").cast(pl.String),
            bound_by=pl.lit("plan"),
            bound_id=pl.lit("agreed"),
            alone=pl.lit(False),
            event_on=pl.lit(None, dtype=pl.Date),
            repeats=pl.lit(True),
            title=pl.lit("the child's own plan"),
        )
        .with_columns(pl.lit(rules.agreed_class).alias("class"), by_law=pl.lit(rules.agreed_class))
    )


def _from_duty(
    with_facts: pl.DataFrame,
    asked: pl.DataFrame,
    duty: VisitDuty,
    rules: ContactRules,
    easements: frozenset[str],
    used: pl.DataFrame,
) -> pl.DataFrame:
    """One statutory visit, for the children whose facts meet its condition."""
    held = asked.filter(duty.when.expr.fill_null(False)).select(child_id="child")
    meets = pl.lit(duty.meets)
    remote = used.filter(pl.col("remote") & (pl.col("duty") == duty.id))
    for relaxed in rules.relaxed:
        theirs = remote.filter(pl.col("easement") == relaxed.easement)["child_id"]
        holds = pl.lit(relaxed.easement in easements) | pl.col("child_id").is_in(theirs.implode())
        applies = (pl.col("service") == relaxed.service) & (pl.col("worked_level") == relaxed.level)
        meets = pl.when(applies & holds).then(pl.lit(relaxed.meets)).otherwise(meets)
    event = pl.lit(None, dtype=pl.Date)
    if not duty.repeats:
        event = pl.coalesce(_EVENTS.get(duty.start, "service_on"), "service_on")
    return with_facts.join(held, on="child_id", how="semi").with_columns(
        bound_by=pl.lit("statute"),
        bound_id=pl.lit(duty.id),
        every=pl.lit(duty.limit.every, dtype=pl.Int64),
        unit=pl.lit(duty.limit.unit.value),
        alone=pl.lit(duty.alone),
        event_on=event,
        repeats=pl.lit(duty.repeats),
        title=pl.lit(duty.title[:1].lower() + duty.title[1:]),
        by_law=pl.lit(duty.meets),
        **{"class": meets},
    )


def _with_days(known: pl.DataFrame, owed: pl.DataFrame, rules: ContactRules, as_at: date) -> pl.DataFrame:
    """
    Add day 0 and the due day; leave out what a visit after its event has met.

    Where no list says since when a case is open and nobody has seen the child, the contact is due
    at once: on the day the register first heard of the case. A day before the calendar begins is
    longer ago than any interval and counts as its first day.
    """
    last = pl.coalesce(pl.when(pl.col("class") == meets).then(pl.col(column)) for meets, column in _LAST.items())
    days = known.select("child_id", "opened_on", "service_on", *_LAST.values())
    start = pl.when(pl.col("repeats")).then(pl.max_horizontal("last_on", "opened_on")).otherwise(pl.col("event_on"))
    first, last_day = pl.lit(rules.calendar.first_day), pl.lit(as_at)
    at_once = pl.coalesce("service_on", last_day).clip(first, last_day)
    return (
        owed.join(days, on="child_id", how="inner")
        .with_columns(last_on=last)
        .filter(pl.col("repeats") | pl.col("last_on").is_null() | (pl.col("last_on") < pl.col("event_on")))
        .with_columns(start_on=start.clip(first, last_day))
        .with_columns(due_on=after_each(pl.col("start_on"), pl.col("every"), pl.col("unit"), rules.calendar))
        .with_columns(pl.col("start_on", "due_on").fill_null(at_once))
        .drop("opened_on", "service_on", *_LAST.values())
    )
