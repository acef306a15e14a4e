"""
The fact sheet: one row a child, made from the lists (contract ``facts.FACTS``).

Each list is gone through once, in a function of its own that gives one row for each child it
knows. Here they are laid side by side, and what a list does not say becomes "no" where the list
was loaded and unknown where it was not.
"""

from collections.abc import Iterable, Iterator
from datetime import date

import polars as pl

from keepsight.core.calendars import WorkingCalendar
from keepsight.core.packs.kinds import FactDefinitions
from keepsight.core.people import facts_of_home, facts_of_sight, facts_of_work
from keepsight.core.people.facts import FACTS, TABLES, FactTables
from keepsight.core.people.spells import SERVICE_OF, Spells, spells
from keepsight.core.terms import InvolvementKind, Service


def fact_sheet(
    tables: FactTables, *, as_at: date, calendar: WorkingCalendar, definitions: FactDefinitions
) -> pl.DataFrame:
    """
    Give everything that a rating may ask about each child.

    Parameters
    ----------
    tables : FactTables
        The register's lists, and which of them the authority has loaded.
    as_at : date
        The day asked about; what happened later is not known yet. [date]
    calendar : WorkingCalendar
        Must cover ``as_at``.
    definitions : FactDefinitions
        ``book.read("facts", FactDefinitions)``: windows, and the codes that mean something.

    Returns
    -------
    DataFrame
        ``FACTS``; one row for each row of ``tables.children``, in its order. A null is a fact that
        nobody knows.

    Raises
    ------
    BadInput
        If a frame of ``tables`` breaks its contract.
    CalendarTooShort
        If ``as_at`` lies outside the calendar.
    """
    tables = _checked(tables)
    done = spells(tables, as_at=as_at)
    sheet = _about(tables.children, as_at)
    for part in _parts(tables, done, as_at, definitions):
        sheet = sheet.join(part, on="child", how="left", maintain_order="left")
    covered = _covered(tables)
    sheet = sheet.with_columns(_no_where_loaded(covered, definitions.judged["facts"])).with_columns(_service())
    sheet = sheet.with_columns(*_no_without_spell(), *_missing_by_care_list())
    sheet = sheet.with_columns(_joined())
    sheet = sheet.with_columns(changed_wd=_changed(calendar, as_at, definitions.windows["changed_wd"]))
    return FACTS.check(sheet)


def _parts(tables: FactTables, done: Spells, as_at: date, definitions: FactDefinitions) -> Iterator[pl.DataFrame]:
    """One frame a list, each with one row for each child that the list knows."""
    yield facts_of_work.open_kinds(done)
    yield facts_of_work.enquiries(done, definitions)
    yield facts_of_work.protection_plans(done, definitions)
    yield facts_of_work.care(done, definitions)
    yield facts_of_work.leaving_care(done, definitions)
    yield facts_of_work.early_help(done)
    yield facts_of_home.factors(tables.factors, as_at, definitions)
    yield facts_of_home.alerts(tables.alerts, as_at, definitions)
    yield facts_of_home.missing(tables.missing, as_at, definitions)
    yield facts_of_home.contacts(tables.contacts, as_at, definitions)
    yield facts_of_home.address(tables.addresses, as_at)
    yield facts_of_home.plans(tables.ehc_plans, as_at, definitions)
    yield facts_of_home.siblings(tables.families, tables.confirmations)
    yield facts_of_sight.school(tables.enrolments, as_at)
    yield facts_of_sight.attendance(tables.attendance, as_at, definitions)
    yield facts_of_sight.named_others(tables.sightings, as_at, definitions)
    yield facts_of_sight.sight(tables.sight)


def _checked(tables: FactTables) -> FactTables:
    checked = {name: contract.check(getattr(tables, name)) for name, contract in TABLES.items()}
    return FactTables(**checked, covered=tables.covered)


def _about(children: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """Facts that the child's own row gives."""
    born, expected = pl.col("date_of_birth"), pl.col("expected_on")
    birthday_passed = (born.dt.month().cast(pl.Int32) * 100 + born.dt.day()) <= as_at.month * 100 + as_at.day
    age = as_at.year - born.dt.year() - (~birthday_passed).cast(pl.Int32)
    # A date of birth that is still to come is an expected one.
    unborn = pl.when(born <= as_at).then(False).when(born > as_at).then(True).when(expected.is_not_null()).then(True)
    due = pl.coalesce(pl.when(born > as_at).then(born), pl.when(born.is_null()).then(expected))
    return children.select(
        child="id",
        unborn=unborn,
        due_in_days=(due - as_at).dt.total_days(),
        age=pl.when(born <= as_at).then(age).cast(pl.Int64),
        disabled="disabled",
        uasc_own="uasc",
        born_on=pl.when(born <= as_at).then(born),
        died=(pl.col("died_on") <= as_at).fill_null(False),
    )


# Which list must be loaded for a child's absence from it to mean "no".
_NO: dict[str, tuple[str, ...]] = {
    InvolvementKind.CIN: ("child_in_need",),
    InvolvementKind.SECTION_47: ("section_47_open", "section_47_closed_lately"),
    InvolvementKind.CP: ("cp_plan",),
    InvolvementKind.CLA: ("looked_after",),
    InvolvementKind.CARE_LEAVER: ("care_leaver",),
    "alerts": facts_of_home.ALERT_FACTS,
    "factors": facts_of_home.FACTOR_FACTS,
    "missing": ("missing_now",),
    "enrolments": ("school_place",),
    "ehc_plans": ("ehcp", "plan_cannot_tell"),
    "families": ("sibling_red",),
}
_NONE: dict[str, tuple[str, ...]] = {
    "missing": ("missing_lately", "missing_no_interview"),
    "contacts": ("contacts_lately",),
    "sightings": ("all_weeks", "not_social_weeks", "not_early_help_weeks"),
}
# Facts of an open spell: "no" for a child who is known to have none.
_OF_SPELLS: dict[str, tuple[str, ...]] = {
    "cp_plan": ("second_cp_plan", "cp_reviewed", "cp_neglect", "cp_physical_or_sexual_abuse", "cp_emotional_abuse"),
    "looked_after": (
        "placement_long_term", "placed_at_home", "temporary_carer", "care_reviewed", "placement_to_18",
        "six_month_visits_agreed", "care_uasc",
    ),
    "care_leaver": ("la_accommodation", "leaver_homeless", "leaver_uasc"),
}  # fmt: skip


def _covered(tables: FactTables) -> frozenset[str]:
    kinds = {str(kind) for kind in InvolvementKind} if "involvements" in tables.covered else set()
    return tables.covered | kinds


def _no_where_loaded(covered: frozenset[str], judged: tuple[str, ...]) -> Iterator[pl.Expr]:
    """A child who is in a list's frame has its answer; for all others it is "no", or unknown where one must ask."""
    for listed, names in _NO.items():
        known_no = False if listed in covered else None
        # A spell of another kind gives a child a row here too, so a "no" must not slip in with it.
        silent = [name for name in names if name not in judged]
        yield from (pl.when(pl.col(name)).then(True).otherwise(known_no).alias(name) for name in silent)
    for listed, names in _NONE.items():
        if listed in covered:
            yield from (pl.col(name).fill_null(0) for name in names)


def _service() -> pl.Expr:
    """Service by the first kind of spell that is open; none for a child who has died."""
    service: pl.Expr = pl.lit(Service.NONE.value)
    for kind, given in reversed(SERVICE_OF.items()):
        service = pl.when(pl.col(f"open_{kind}")).then(pl.lit(str(given))).otherwise(service)
    return pl.when("died").then(pl.lit(Service.NONE.value)).otherwise(service).alias("service")


def _no_without_spell() -> list[pl.Expr]:
    exprs = [
        pl.when(~pl.col(status)).then(False).otherwise(pl.col(name)).alias(name)
        for status, names in _OF_SPELLS.items()
        for name in names
    ]
    none_placed = pl.when(~pl.col("looked_after")).then(0).otherwise(pl.col("placements_12m"))
    return [*exprs, none_placed.alias("placements_12m")]


def _missing_by_care_list() -> list[pl.Expr]:
    """Where no missing list was loaded, the care list's "none in 12 months" still says no."""
    none = pl.col("care_missing_12m") == 0
    return [
        pl.when(pl.col("missing_now").is_null() & none).then(False).otherwise("missing_now").alias("missing_now"),
        *(
            pl.when(pl.col(name).is_null() & none).then(0).otherwise(name).alias(name)
            for name in ("missing_lately", "missing_no_interview")
        ),
    ]


# Facts of which more than one list speaks: yes if any says yes, unknown if none does and one is silent.
_EITHER: dict[str, tuple[str, ...]] = {
    "domestic_abuse": ("factor_domestic_abuse", "alert_domestic_abuse"),
    "neglect": ("factor_neglect", "cp_neglect"),
    "physical_or_sexual_abuse": ("factor_physical_or_sexual_abuse", "cp_physical_or_sexual_abuse"),
    "emotional_abuse": ("factor_emotional_abuse", "cp_emotional_abuse"),
    "household_substance_misuse": ("factor_household_substance_misuse",),
    "parent_mental_ill_health": ("factor_parent_mental_ill_health",),
    "child_mental_health": ("factor_child_mental_health",),
    "self_harm_lately": ("factor_self_harm", "alert_self_harm"),
    "exploitation": ("factor_exploitation", "alert_exploitation"),
    "private_fostering": ("factor_private_fostering", "alert_private_fostering"),
    "young_carer": ("factor_young_carer", "alert_young_carer"),
    "cannot_tell": ("alert_cannot_tell", "plan_cannot_tell"),
    "homeless_lately": ("alert_homeless", "leaver_homeless"),
}


def _either(names: Iterable[str]) -> pl.Expr:
    first, *others = (pl.col(name) for name in names)
    for other in others:
        first = first | other
    return first


def _joined() -> Iterator[pl.Expr]:
    yield from (_either(names).alias(fact) for fact, names in _EITHER.items())
    past = _either(("factor_domestic_abuse_past", "alert_domestic_abuse_past"))
    yield (past & ~_either(_EITHER["domestic_abuse"])).alias("domestic_abuse_past")
    # Where no list says yes, what the child's own row says of asylum settles it.
    own, listed = pl.col("uasc_own"), _either(("factor_uasc", "care_uasc", "leaver_uasc"))
    yield pl.when(listed).then(True).otherwise(pl.coalesce(own, listed)).alias("uasc")
    # The child's own service is not another professional.
    social = pl.col("service").is_in([Service.CP, Service.CLA, Service.CIN, Service.CARE_LEAVER])
    others = pl.when(social).then("not_social_weeks").when(pl.col("service") == Service.EARLY_HELP.value)
    yield others.then("not_early_help_weeks").otherwise("all_weeks").alias("named_other_weeks")


def _changed(calendar: WorkingCalendar, as_at: date, at_most: int) -> pl.Expr:
    """Working days since the newest change that the lists show."""
    newest = pl.max_horizontal("spell_changed_on", "placement_changed_on", "born_on", "withdrew_on")
    return calendar.working_days_between(newest, as_at, at_most=at_most).cast(pl.Int64)
