"""Visits, missing episodes and assessment factors: the history that case systems keep beside Annex A."""

from datetime import date, timedelta

import polars as pl

from keepsight.example.days import at_work, between, minus, plus
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile

HISTORY = 365  # [days]
TABLE = {"cp": "cp", "cla": "cla", "cin": "cin", "assessment": "cin", "ended": "cin", "early_help": "early_help"}
START = {"cp": "cp_on", "cla": "cla_on", "cin": "cin_on", "early_help": "early_help_on"}


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
    frame = cases.with_columns(service=pl.col("group").replace_strict(TABLE, default=None)).filter(
        pl.col("service").is_not_null()
    )
    parts = [
        _of_service(council, frame.filter(pl.col("service") == service), service, as_at, dice.of(service))
        for service in START
    ]
    return pl.concat(parts).with_columns(pl.col("service").replace({"early_help": "cin"}))


def _of_service(council: Profile, frame: pl.DataFrame, service: str, as_at: date, dice: Dice) -> pl.DataFrame:
    rule, n = council.common["visits"][service], frame.height
    kind = dice.choose(n, {0: 1 - rule["late"] - rule["very_late"], 1: rule["late"], 2: rule["very_late"]})
    gap = pl.select(
        pl.when(frame["unseen"])
        .then(48 + dice.uniform(n) * 60)
        .when(pl.Series(kind) == 0)
        .then(1 + dice.uniform(n) * rule["limit"])
        .when(pl.Series(kind) == 1)
        .then(rule["limit"] * (1.02 + dice.uniform(n)))
        .otherwise(rule["limit"] * (2 + 3 * dice.uniform(n)))
    ).to_series()
    end = frame["cin_end"].fill_null(as_at)
    last = minus(end, gap.floor().cast(pl.Int64).clip(1))
    room = between(frame[START[service]], last).clip(upper_bound=HISTORY)
    many = (room // rule["interval"] + 1).zip_with((room >= 0).fill_null(False), pl.Series([0] * n, dtype=pl.Int64))
    rows = frame.select("child", "age").with_columns(
        last=last, start=frame[START[service]], turn=pl.int_ranges(0, many)
    )
    rows = rows.filter(pl.col("turn").list.len() > 0).explode("turn")
    size = rows.height
    wobble = dice.whole(size, -4, 4)
    back = rows["turn"] * rule["interval"] + wobble.zip_with(rows["turn"] > 0, pl.zeros(size, pl.Int64, eager=True))
    rows = rows.with_columns(visit_on=at_work(minus(rows["last"], back))).filter(
        (pl.col("visit_on") >= pl.col("start")) & (pl.col("visit_on") >= as_at - timedelta(days=HISTORY))
    )
    return _said(council, rows.unique(["child", "visit_on"], keep="first", maintain_order=True), service, dice)


def _said(council: Profile, rows: pl.DataFrame, service: str, dice: Dice) -> pl.DataFrame:
    """What the case system says of each visit."""
    n = rows.height
    seen = dice.happens(n, 0.94)
    known = dice.happens(n, council.share("mode_known"))
    mode = dice.choose(n, council.common["visit_mode"])
    return rows.select(
        "child",
        pl.lit(service).alias("service"),
        "visit_on",
        pl.when(pl.col("age").is_not_null()).then(seen).alias("seen"),
        pl.when(pl.col("age").is_not_null()).then(seen & (pl.col("age") >= 4) & dice.happens(n, 0.72)).alias("alone"),
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


def missing(council: Profile, cases: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """Give a year of missing episodes: child, kind, started_on, ended_on, offered, accepted."""
    n = cases.height
    looked_after = (cases["group"] == "cla") & (cases["age"].fill_null(0) >= 10)
    in_need = cases["group"].is_in(["cin", "cp", "assessment"]) & (cases["age"].fill_null(0) >= 11)
    goes = (looked_after & dice.happens(n, council.share("cla_missing") * 1.6)) | (in_need & dice.happens(n, 0.03))
    some = cases.filter(goes).select("child")
    many = 1 + (dice.exponential(some.height) * 2.4).floor().cast(pl.Int64).clip(upper_bound=14)
    rows = some.with_columns(turn=pl.int_ranges(0, many)).explode("turn")
    size = rows.height
    ago = (dice.uniform(size) ** 1.2 * HISTORY).floor().cast(pl.Int64) + 4
    now = (rows["turn"] == 0) & dice.happens(size, 0.06)
    started = minus(as_at, ago.zip_with(~now, dice.whole(size, 1, 3)))
    ended = plus(started, (dice.exponential(size) * 0.9).floor().cast(pl.Int64).clip(upper_bound=3))
    offered = dice.happens(size, 0.86)
    return (
        rows.select("child")
        .with_columns(
            kind=dice.choose(size, {"Missing": 0.88, "Absent": 0.12}),
            started_on=started,
            ended_on=ended.zip_with(~now, pl.Series([None] * size, dtype=pl.Date)),
            offered=pl.when(~now).then(offered),
            accepted=pl.when(~now & offered).then(dice.happens(size, 0.66)),
        )
        .unique(["child", "started_on"], keep="first", maintain_order=True)
    )


def factors(council: Profile, cases: pl.DataFrame, *, dice: Dice) -> pl.DataFrame:
    """Give the factors of each finished assessment: child, assessed_on, codes (a list)."""
    done = cases.filter(pl.col("assessed_on").is_not_null()).select("child", "assessed_on", "age", "risk", "group")
    n = done.height
    shares = dict(council.own["factors"])
    episodes = shares.pop("episodes")
    lean = (0.45 + done["risk"] * 1.1) * (1.0 + 0.25 * (done["group"] == "cp").cast(pl.Float64))
    columns = []
    for code, count in shares.items():
        said = dice.happens(n, (lean * (count / episodes)).clip(upper_bound=0.97))
        least = {"4A": 8, "10A": 10, "11A": 10, "13A": 10, "14A": 8, "15A": 9, "7A": 7, "1A": 11, "2A": 11}.get(code, 0)
        columns.append(pl.when(said & (done["age"].fill_null(0) >= least)).then(pl.lit(code)).alias(code))
    picked = done.with_columns(codes=pl.concat_list(columns).list.drop_nulls())
    none = pl.lit(["21"], dtype=pl.List(pl.String))
    return picked.select(
        "child", "assessed_on", codes=pl.when(pl.col("codes").list.len() == 0).then(none).otherwise("codes")
    )
