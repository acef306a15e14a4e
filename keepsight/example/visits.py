"""A year of visits: at the usual intervals, and for the last eight weeks in the rhythm of each child's level."""

from datetime import date, timedelta

import polars as pl

from keepsight.example.days import at_work, minus
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile

HISTORY = 365  # [days]
EMERGENCY = 56  # since when visits follow levels [days]
TABLE = {"cp": "cp", "cla": "cla", "cin": "cin", "assessment": "cin", "ended": "cin", "early_help": "early_help"}
START = {"cp": "cp_on", "cla": "cla_on", "cin": "cin_on", "early_help": "early_help_on"}
SEEN = 0.95  # of visits made, the child was seen · assumed
ALONE_FROM, ALONE = 4, 0.72  # years; share of visits at which an older child was seen alone · assumed
USUALLY_FACE_TO_FACE = 0.95  # before the emergency · assumed
UNSEEN = (48, 108)  # days since anybody saw those whom nobody has seen


def visits(council: Profile, cases: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """
    Give a year of visits.

    Returns
    -------
    DataFrame
        child, service, visit_on, seen (null before birth), alone, mode (null where the case system does not say).

    Notes
    -----
    The dataset has no table for early-help visits; councils with one case system export them among
    those to children in need, and so does the example.
    """
    frame = cases.with_columns(service=pl.col("group").replace_strict(TABLE, default=None)).drop_nulls("service")
    parts = [
        _of_service(council, frame.filter(pl.col("service") == service), service, as_at, dice.of(service))
        for service in START
    ]
    return pl.concat(parts).with_columns(pl.col("service").replace({"early_help": "cin"}))


def _of_service(council: Profile, frame: pl.DataFrame, service: str, as_at: date, dice: Dice) -> pl.DataFrame:
    rhythm = council.common["rhythm"][service]
    level = frame["level"].fill_null("Amber")
    every = level.replace_strict({name: days[0] for name, days in rhythm.items()}, return_dtype=pl.Int64)
    met = level.replace_strict({name: days[1] for name, days in rhythm.items()}, return_dtype=pl.Int64)
    gap = _gaps(council, frame, service, every, dice)
    still = frame["cin_end"].is_null()
    lately = ((EMERGENCY - gap) // every + 1).clip(0) * still.cast(pl.Int64)
    usual = council.common["visits"][service]["interval"]
    first = gap.clip(EMERGENCY).zip_with(still, gap) + (dice.uniform(frame.height) * usual).floor().cast(pl.Int64)
    rows = pl.concat(
        [
            _turns(frame, gap, every, lately, every_nth=met // every, dice=dice.of("lately")),
            _turns(frame, first, pl.repeat(usual, frame.height, eager=True), (HISTORY - first) // usual + 1, dice=dice),
        ]
    )
    days = at_work(minus(rows["cin_end"].fill_null(as_at), rows["back"]))
    rows = rows.with_columns(visit_on=days).filter(
        (pl.col("visit_on") >= pl.col(START[service])) & (pl.col("visit_on") >= as_at - timedelta(days=HISTORY))
    )
    rows = rows.unique(["child", "visit_on"], keep="first", maintain_order=True)
    return _said(council, rows, service, since=as_at - timedelta(days=EMERGENCY), dice=dice.of("said"))


def _gaps(council: Profile, frame: pl.DataFrame, service: str, every: pl.Series, dice: Dice) -> pl.Series:
    """How long ago the last visit was: most in time, some late, a few very late. [days]"""
    rule, n = council.common["visits"][service], frame.height
    kind = dice.choose(n, {0: 1 - rule["late"] - rule["very_late"], 1: rule["late"], 2: rule["very_late"]})
    u = dice.uniform(n)
    gap = 1 + u * (every - 3)  # a visit moved to the Friday before is still in time
    gap = (every * (1 + u)).zip_with(kind == 1, gap)
    gap = (every * (2 + 3 * u)).zip_with(kind == 2, gap)
    gap = (UNSEEN[0] + u * (UNSEEN[1] - UNSEEN[0])).zip_with(frame["unseen"], gap)
    return gap.floor().cast(pl.Int64)


def _turns(
    frame: pl.DataFrame,
    first: pl.Series,
    every: pl.Series,
    many: pl.Series,
    *,
    dice: Dice,
    every_nth: pl.Series | None = None,
) -> pl.DataFrame:
    """One row a visit: ``back`` days before the end, and whether face to face."""
    kept = frame.select("child", "age", "cin_end", *(name for name in START.values()))
    nth = pl.repeat(1, frame.height, dtype=pl.Int64, eager=True) if every_nth is None else every_nth
    rows = kept.with_columns(
        first=first, every=every, nth=nth, phase=dice.below(nth), turn=pl.int_ranges(0, many.clip(0))
    )
    rows = rows.filter(pl.col("turn").list.len() > 0).explode("turn")
    wobble = (dice.uniform(rows.height) - 0.5) * rows["every"] / 4 * (rows["turn"] > 0).cast(pl.Float64)
    met = (rows["turn"] + rows["phase"]) % rows["nth"] == 0
    if every_nth is None:
        met = met & dice.happens(rows.height, USUALLY_FACE_TO_FACE)
    back = rows["first"] + rows["turn"] * rows["every"] + wobble.floor().cast(pl.Int64)
    return rows.select(*kept.columns, back=back, met=met)


def _said(council: Profile, rows: pl.DataFrame, service: str, *, since: date, dice: Dice) -> pl.DataFrame:
    """What the case system says of each visit; how it was made, mostly since the emergency began."""
    n, now = rows.height, rows["visit_on"] >= since
    seen, alone = dice.happens(n, SEEN), dice.happens(n, ALONE)
    known = dice.happens(n, council.share("mode_known_now")).zip_with(now, dice.happens(n, council.share("mode_known")))
    mode = dice.choose(n, council.common["face_to_face"]).zip_with(
        rows["met"], dice.choose(n, council.common["virtual"])
    )
    born = pl.col("age").is_not_null()
    return rows.select(
        "child",
        pl.lit(service).alias("service"),
        "visit_on",
        pl.when(born).then(seen).alias("seen"),
        pl.when(born).then(seen & (pl.col("age") >= ALONE_FROM) & alone).alias("alone"),
        pl.when(known).then(mode).alias("mode"),
    )


def last_seen(history: pl.DataFrame, service: str | None = None) -> pl.DataFrame:
    """Give the last visit of each child at which it was seen: child, last_on, last_alone."""
    frame = history if service is None else history.filter(pl.col("service") == service)
    return (
        frame.filter(pl.col("seen").fill_null(True))
        .sort("child", "visit_on")
        .group_by("child", maintain_order=True)
        .agg(last_on=pl.col("visit_on").last(), last_alone=pl.col("alone").last())
    )
