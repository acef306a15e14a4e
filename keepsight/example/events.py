"""Missing episodes and assessment factors, as case systems keep them beside Annex A."""

from datetime import date

import polars as pl

from keepsight.example.days import minus, plus
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile
from keepsight.example.visits import HISTORY


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
