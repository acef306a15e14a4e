"""The sentence that says why a child must be seen, and by when: for people, so in plain words."""

from datetime import date

import polars as pl

from keepsight.core.duties.timescales import UNIT_WORDS
from keepsight.core.terms import LABELS, ContactMode, Level, Service

CLASS_WORDS = {
    "f2f_home": "face to face at home",
    "f2f": "face to face",
    "seen": "seen, face to face or by video,",
    "contact": "in contact",
}
SERVICE_WORDS = {
    Service.CP: "child protection",
    Service.CLA: "child in care",
    Service.CIN: "child in need",
    Service.CARE_LEAVER: "care leaver",
    Service.EARLY_HELP: "early help",
    Service.EHCP: "EHCP",
}
MODE_WORDS = {
    ContactMode.EMERGENCY: "the emergency table",
    ContactMode.RECOVERY: "the recovery table",
    ContactMode.BAU: "business as usual",
}


def day(column: pl.Expr, as_at: date) -> pl.Expr:
    """``3 November``, with the year where it is not this one."""
    this_year = column.dt.year() == as_at.year
    return pl.when(this_year).then(column.dt.to_string("%-d %B")).otherwise(column.dt.to_string("%-d %B %Y"))


def interval(every: pl.Expr, unit: pl.Expr) -> pl.Expr:
    """``7 days``, or ``week`` for one of them: what follows *every*."""
    one = unit.replace_strict({u.value: words[0] for u, words in UNIT_WORDS.items()}, return_dtype=pl.String)
    many = unit.replace_strict({u.value: words[1] for u, words in UNIT_WORDS.items()}, return_dtype=pl.String)
    return pl.when(every == 1).then(one).otherwise(pl.format("{} {}", every, many))


def level() -> pl.Expr:
    """``Red``, or ``Unrated, worked as Red``."""
    labels = {level.value: LABELS[level] for level in Level}
    in_force = pl.col("level").replace_strict(labels, return_dtype=pl.String)
    worked = pl.col("worked_level").replace_strict(labels, return_dtype=pl.String)
    same = pl.col("level") == pl.col("worked_level")
    return pl.when(same).then(in_force).otherwise(pl.format("{}, worked as {}", in_force, worked))


def last_seen(as_at: date) -> pl.Expr:
    """When a visit last met the rule, and what is not known about it."""
    column = pl.col
    face = column("class").is_in(["f2f", "f2f_home"])
    verb = column("class").replace_strict(
        {"f2f_home": "last seen face to face", "f2f": "last seen face to face", "seen": "last seen"},
        default="last contact",
        return_dtype=pl.String,
    )
    assumed = column("assumed") & face & (column("last_on") == column("last_f2f_on"))
    how = pl.when(assumed).then(pl.lit(" (how is not recorded)")).otherwise(pl.lit(""))
    usual = pl.concat_str(verb, pl.lit(" "), day(column("last_on"), as_at), how)
    only_elsewhere = column("last_on").is_null() & (column("class") == "f2f_home") & column("last_f2f_on").is_not_null()
    since = pl.coalesce(
        pl.format("case open since {}", day(column("opened_on"), as_at)),
        pl.lit("no list says since when the case is open"),
    )
    return (
        pl.when(only_elsewhere)
        .then(pl.format("last seen face to face {}, not at home", day(column("last_f2f_on"), as_at)))
        .when(
            column("last_on").is_not_null()
            & (column("class") == "f2f_home")
            & (column("last_f2f_on") > column("last_on"))
        )
        .then(pl.format("last seen face to face at home {}", day(column("last_on"), as_at)))
        .when(column("last_on").is_not_null())
        .then(usual)
        .when(column("last_contact_on").is_not_null())
        .then(pl.format("not yet seen in this way, {}", since))
        .otherwise(pl.format("never seen, {}", since))
    )


def why(mode: ContactMode, as_at: date) -> pl.Expr:
    """
    Give the sentence for each row of a plan.

    Such as: ``Red, child protection: face to face at home every 7 days; last seen face to face 3
    November.`` Where a law or the child's own plan is shorter than the table, it is named.
    """
    service = pl.col("service").replace_strict(
        {service.value: words for service, words in SERVICE_WORDS.items()}, return_dtype=pl.String
    )
    who = pl.format("{}, {}", level(), service)
    meets = pl.col("class").replace_strict(CLASS_WORDS, return_dtype=pl.String)
    span = interval(pl.col("every"), pl.col("unit"))
    how_often = pl.format("{} every {}", meets, span)
    counted = pl.when(pl.col("every") == 1).then(pl.format("1 {}", span)).otherwise(span)
    once = pl.format("{} within {} of {}", meets, counted, day(pl.col("event_on"), as_at))
    rule = (
        pl.when(pl.col("bound_by") == "table")
        .then(how_often)
        .when(~pl.col("repeats"))
        .then(pl.format("{} ({}), {}", pl.col("title"), pl.col("bound_id"), once))
        .when(pl.col("bound_by") == "statute")
        .then(pl.format("{} ({}), {}", pl.col("title"), pl.col("bound_id"), how_often))
        .otherwise(pl.format("{}, {}", pl.col("title"), how_often))
    )
    nothing = pl.format(f"{{}}: no rule of {MODE_WORDS[mode]} and no plan of the child's own sets an interval.", who)
    told = pl.format("{}: {}; {}.", who, rule, last_seen(as_at))
    return pl.when(pl.col("due_on").is_null()).then(nothing).otherwise(told)


def eased(used: pl.DataFrame, changed: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """
    Say for each child which duties are eased: until when, by which law, who agreed; columns child_id, eased.

    A use that changes no visit of the plan is named as recorded, so that nobody takes it for more.
    """
    column = pl.col
    keys = ["child_id", "number"]
    waits = pl.when("waits").then(pl.format(", due by law on {}", day(column("law_due_on"), as_at)))
    video = pl.when("by_video").then(pl.lit(", may be by video"))
    duty = pl.concat_str(
        pl.format("{} ({})", "duty_title", "duty"), waits.otherwise(pl.lit("")), video.otherwise(pl.lit(""))
    )
    told = changed.filter(column("waits") | column("by_video")).sort("law_due_on", "duty")
    duties = told.group_by(keys, maintain_order=True).agg(duties=duty.str.join("; "))
    on = pl.format(" on {}", day(column("authorised_on"), as_at)).fill_null("")
    agreed = pl.format("{}. Authorised{} by {} ({}).", "law", on, "authorised_by", "number")
    until = day(column("to_on"), as_at)
    changes = pl.format("Eased until {}: {}. {}", until, "duties", agreed)
    recorded = pl.format(
        "Easement recorded until {}: {} {}. It changes no visit now. {}", until, "easement", "title", agreed
    )
    return (
        used.unique(keys, keep="first", maintain_order=True)
        .join(duties, on=keys, how="left", maintain_order="left")
        .select("child_id", eased=pl.coalesce(changes, recorded))
        .group_by("child_id", maintain_order=True)
        .agg(column("eased").str.join(" "))
    )
