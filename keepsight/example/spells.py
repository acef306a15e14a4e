"""The work with each child: when it began, when it ended, and which team does it."""

from datetime import date, timedelta

import polars as pl

from keepsight.example.days import at_work, between, minus, plus
from keepsight.example.dice import Dice
from keepsight.example.names import full_names
from keepsight.example.places import DISTRICTS
from keepsight.example.shares import Profile

WINDOW = 182  # Annex A looks back six months [days]
WORKING = 7 / 5  # calendar days a working day, near enough for inventing
TEAM_WORKERS = 7
TEAMS = {
    "assessment": "{place} Assessment Team",
    "cin": "{place} Safeguarding Team",
    "cp": "{place} Safeguarding Team",
    "ended": "{place} Safeguarding Team",
    "nfa": "Integrated Front Door",
    "cla": "{place} Children Looked After Team",
    "care_leaver": "Leaving Care Team",
    "early_help": "{place} Early Help Team",
    "early_help_ended": "{place} Early Help Team",
    "disabled": "Children with Disabilities Team",
}


def invent(council: Profile, children: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """
    Add to each child its spells, team and worker.

    Returns
    -------
    DataFrame
        ``children`` with disabled, uasc, risk (0 to 1, what is really behind the case), unseen,
        referral_on, cin_on, cin_end, closure, assessed_from, assessed_on, cp_on, cp_end, cla_on,
        cla_end, early_help_on, early_help_end, legal_status, placement, placed_on, team, worker.
    """
    n = children.height
    frame = children.with_columns(
        disabled=dice.happens(n, council.share("disabled")),
        risk=dice.uniform(n),
        unseen=dice.happens(n, council.share("unseen")),
    )
    frame = frame.with_columns(_dates(council, frame, as_at, dice.of("dates")))
    frame = _with_care(council, frame, as_at, dice.of("care"))
    frame = _with_endings(council, frame, as_at, dice.of("endings"))
    frame = _with_assessment(council, frame, as_at, dice.of("assessments"))
    frame = frame.with_columns(
        cp_on=pl.when(pl.col("cp_on").is_not_null()).then(pl.max_horizontal("cp_on", "cin_on")),
        cla_on=pl.when(pl.col("cla_on").is_not_null()).then(pl.max_horizontal("cla_on", "cin_on")),
        assessed_on=pl.when(pl.col("assessed_on").is_not_null()).then(
            pl.max_horizontal("assessed_on", "assessed_from")
        ),
    ).with_columns(
        cp_end=pl.when(pl.col("cp_end").is_not_null()).then(pl.max_horizontal("cp_end", "cp_on")),
        cla_end=pl.when(pl.col("cla_end").is_not_null()).then(pl.max_horizontal("cla_end", "cla_on")),
        placed_on=pl.when(pl.col("cla_on").is_not_null()).then(pl.max_horizontal("placed_on", "cla_on")),
    )
    return _with_workers(council, frame, dice.of("workers"))


def _is(group: str) -> pl.Expr:
    return pl.col("group") == group


def _dates(council: Profile, frame: pl.DataFrame, as_at: date, dice: Dice) -> list[pl.Series]:
    """When the main spell of each group began, and the referral before it."""
    n = frame.height
    months = council.common["spell_months"]
    plan = {tuple(float(x) for x in key.split("-")): weight for key, weight in council.own["plan_months"].items()}
    days = {
        "assessment": dice.uniform(n) ** 0.85 * 72,
        "cin": 24 + 30.4 * dice.bounds(n, _bands(months["cin"]), [w for _, w in months["cin"]]),
        "cp": 1 + 30.4 * dice.bounds(n, list(plan), list(plan.values())),
        "cla": 2 + 30.4 * dice.bounds(n, _bands(months["cla"]), [w for _, w in months["cla"]]),
        "care_leaver": 60 + dice.uniform(n) * 1400,
        "early_help": dice.uniform(n) * 330,
        "early_help_ended": dice.uniform(n) * WINDOW + 30 + dice.uniform(n) * 200,
        "ended": 28 + dice.uniform(n) * WINDOW + dice.exponential(n) * 110,
        "nfa": dice.uniform(n) * WINDOW,
    }
    began = frame.select(
        at_work(minus(as_at, pl.select(_by_group(frame, days)).to_series().floor().cast(pl.Int64) + 1)).alias("began"),
        life=pl.col("born_on").fill_null(as_at - timedelta(days=160)),
    )
    started = began.select(pl.max_horizontal("began", "life")).to_series()
    before = dice.uniform(n) * 150 * dice.uniform(n) + 12
    social = frame["group"].is_in(["cp", "cla"])
    cin_on = at_work(minus(started, (before * social).floor().cast(pl.Int64)))
    frame = frame.with_columns(started=started, cin_on=cin_on)
    case = pl.col("group").is_in(["assessment", "cin", "cp", "cla", "ended"])
    return frame.select(
        pl.when(case)
        .then(pl.max_horizontal("cin_on", pl.col("born_on").fill_null(as_at - timedelta(days=160))))
        .alias("cin_on"),
        pl.when(case).then("cin_on").when(_is("nfa")).then("started").alias("referral_on"),
        pl.when(_is("cp")).then("started").alias("cp_on"),
        pl.when(_is("cla")).then("started").alias("cla_on"),
        pl.when(pl.col("group").is_in(["early_help", "early_help_ended"])).then("started").alias("early_help_on"),
        pl.when(_is("care_leaver")).then("started").alias("leaver_on"),
    ).get_columns()


def _bands(steps: list[list[float]]) -> list[tuple[float, float]]:
    tops = [top for top, _ in steps]
    return list(zip([0.0, *tops[:-1]], tops, strict=True))


def _by_group(frame: pl.DataFrame, values: dict[str, pl.Series]) -> pl.Expr:
    chain = pl.lit(0.0)
    for group, series in values.items():
        chain = pl.when(frame["group"] == group).then(series).otherwise(chain)
    return chain


def _with_care(council: Profile, frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """Legal status and placement of looked-after children."""
    n, shares = frame.height, council.own["shares"]
    foster, home = shares["cla_foster"], shares["cla_residential"]
    left = 1 - foster - home
    mix = {"U1": foster * 0.10, "U3": foster * 0.14, "U4": foster * 0.34, "U6": foster * 0.40, "U5": foster * 0.02,
           "K2": home, "P1": left * 0.45, "H5": left * 0.3, "A5": left * 0.12, "R2": left * 0.03, "S1": left * 0.1}  # fmt: skip
    since = between(frame["cla_on"], as_at)
    in_placement = (dice.uniform(n) ** 0.7 * since).floor().cast(pl.Int64)
    uasc = (frame["group"] == "cla") & (frame["age"] >= 15) & dice.happens(n, min(0.9, 4.0 * council.share("uasc")))
    young = frame["age"].fill_null(0) < 15
    placement = dice.choose(n, mix).zip_with(
        (frame["group"] == "cla").fill_null(False), pl.Series([None] * n, dtype=pl.String)
    )
    legal = dice.choose(n, council.common["legal_status"])
    return frame.with_columns(uasc=uasc.fill_null(False), placed_on=minus(as_at, in_placement), placement=placement, young=young).with_columns(
        placement=pl.when(pl.col("young") & (pl.col("placement") == "H5")).then(pl.lit("U6")).otherwise("placement"),
        legal_status=pl.when(_is("cla")).then(
            pl.when("uasc").then(pl.lit("V2")).when(pl.col("placement") == "A5").then(pl.lit("E1"))
            .when(pl.col("placement") == "P1").then(pl.lit("C2")).otherwise(legal)
        ),
    ).drop("young")  # fmt: skip


def _with_endings(council: Profile, frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """When closed cases closed and why; plans and care periods that ended while the case went on."""
    n = frame.height
    closed = minus(as_at, dice.whole(n, 1, WINDOW - 1))
    stay = dice.whole(n, 20, 60)
    least = plus(frame["cin_on"], stay)
    quick = dice.happens(n, 0.42)
    closure = dice.choose(n, {"RC7": 0.93, "RC5": 0.033, "RC1": 0.013, "RC4": 0.012, "RC6": 0.008, "RC3": 0.004})
    last = as_at - timedelta(days=1)
    frame = frame.with_columns(
        cin_end=pl.when(_is("ended")).then(
            pl.max_horizontal(pl.Series("c", closed), pl.Series("l", least)).clip(upper_bound=last)
        ),
        early_help_end=pl.when(_is("early_help_ended")).then(
            pl.max_horizontal("early_help_on", pl.Series("c", closed))
        ),
        quick=quick,
    ).with_columns(
        cin_on=pl.when(_is("ended") & pl.col("quick"))
        .then(pl.max_horizontal(minus_expr("cin_end", stay), "cin_on"))
        .otherwise("cin_on")
    )
    frame = frame.with_columns(
        referral_on=pl.when(_is("ended")).then("cin_on").otherwise("referral_on"),
        closure=pl.when(_is("ended")).then(
            pl.when("quick")
            .then(pl.lit("RC8"))
            .otherwise(
                pl.when((pl.Series("k", closure) == "RC1") & (pl.col("age").fill_null(0) > 8))
                .then(pl.lit("RC7"))
                .otherwise(closure)
            )
        ),
    ).drop("quick")
    return _with_past_plans(council, frame, as_at, dice)


def minus_expr(column: str, days: pl.Series) -> pl.Expr:
    """Take days away from a column of dates."""
    return (pl.col(column).cast(pl.Int32) - days.cast(pl.Int32)).cast(pl.Date)


def _with_past_plans(council: Profile, frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """Some children in need came off a plan, or out of care, in the last six months."""
    n = frame.height
    old = between(frame["cin_on"], as_at)
    could = frame["group"].is_in(["cin", "ended"]) & (old > 150)
    rank = pl.Series("r", dice.uniform(n)).zip_with(could, pl.Series([None] * n, dtype=pl.Float64)).rank("ordinal")
    plans = council.count("six_months", "plans_ended", fewest=2)
    care = council.count("six_months", "care_ended", fewest=2)
    ended = minus(as_at, dice.whole(n, 1, WINDOW - 1))
    frame = frame.with_columns(
        ended=pl.min_horizontal(pl.Series("e", ended), pl.col("cin_end").fill_null(as_at - timedelta(days=1))),
        was_plan=pl.Series((rank <= plans).fill_null(False)),
        was_care=pl.Series(((rank > plans) & (rank <= plans + care)).fill_null(False)),
        long=(pl.Series("u", dice.uniform(n)) * 0.8 + 0.1),
    ).with_columns(
        began=(
            pl.col("cin_on").cast(pl.Int32)
            + ((pl.col("ended") - pl.col("cin_on")).dt.total_days() * (1 - pl.col("long"))).floor().cast(pl.Int32)
        ).cast(pl.Date)
    )
    return frame.with_columns(
        cp_on=pl.when("was_plan").then("began").otherwise("cp_on"),
        cp_end=pl.when("was_plan").then("ended"),
        cla_on=pl.when("was_care").then("began").otherwise("cla_on"),
        cla_end=pl.when("was_care").then("ended"),
        placement=pl.when("was_care").then(pl.lit("U6")).otherwise("placement"),
        legal_status=pl.when("was_care").then(pl.lit("V2")).otherwise("legal_status"),
        placed_on=pl.when("was_care").then("began").otherwise("placed_on"),
    ).drop("ended", "was_plan", "was_care", "long", "began")


def _with_assessment(council: Profile, frame: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """The first assessment of each case: at its start, authorised within the published times."""
    n = frame.height
    bands = {tuple(float(x) for x in key.split("-")): w for key, w in council.common["assessment_days"].items()}
    took = (dice.bounds(n, list(bands), list(bands.values())) * WORKING).floor().cast(pl.Int64)
    frame = frame.with_columns(authorised=at_work(plus(frame["cin_on"], took)))
    done = pl.when(_is("ended")).then(pl.min_horizontal("authorised", "cin_end")).when(_is("cin")).then(
        pl.min_horizontal("authorised", pl.lit(as_at - timedelta(days=1)))
    ).otherwise("authorised")  # fmt: skip
    return frame.with_columns(
        assessed_from=pl.col("cin_on"),
        assessed_on=pl.when(~_is("assessment") & (done < as_at)).then(done),
    ).drop("authorised")


def _with_workers(council: Profile, frame: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """Deal families to workers of their district, about a caseload each, and workers to teams."""
    names = {d.code: d.name for d in DISTRICTS[council.code]}
    service = pl.when(pl.col("disabled") & (pl.col("group") == "cin")).then(pl.lit("disabled")).otherwise("group")
    frame = frame.with_columns(pattern=service.replace_strict(TEAMS, default=None, return_dtype=pl.String))
    place = frame["district_code"].replace_strict(names, return_dtype=pl.String)
    base = [
        None if pattern is None else pattern.format(place=name)
        for pattern, name in zip(frame["pattern"], place, strict=True)
    ]
    frame = frame.with_columns(base=pl.Series(base, dtype=pl.String)).drop("pattern")
    load, team_size = council.share("caseload"), TEAM_WORKERS
    held = frame.filter(pl.col("base").is_not_null()).select("child", "base", "family", "group")
    held = held.with_columns(
        open=~pl.col("group").is_in(["ended", "early_help_ended", "nfa"]), u=dice.uniform(held.height)
    )
    dealt = (
        held.sort("base", "open", "family", "child", descending=[False, True, False, False])
        .with_columns(place=pl.int_range(pl.len()).over("base"))
        .with_columns(slot=(pl.col("place").first().over("base", "open", "family") / load).floor().cast(pl.Int64))
        .with_columns(
            held=pl.len().over("base") // 60, slots=pl.col("slot").filter(pl.col("open")).max().over("base") + 1
        )
        .with_columns(slots=pl.coalesce("slots", pl.max_horizontal("held", 1)).cast(pl.Int64))
        .with_columns(
            slot=pl.when("open").then("slot").otherwise((pl.col("u") * pl.col("slots")).floor().cast(pl.Int64))
        )
        .with_columns(teams=(pl.col("slots") / team_size).ceil().cast(pl.Int64))
        .with_columns(
            team=pl.when(pl.col("teams") > 1)
            .then(pl.col("base") + " " + (pl.col("slot") * pl.col("teams") // pl.col("slots") + 1).cast(pl.String))
            .otherwise("base"),
            who=pl.struct("base", "slot").rank("dense").cast(pl.Int64) - 1,
        )
    )
    workers = pl.Series(full_names(24_000 * council.place, int(dealt["who"].max() or 0) + 1), dtype=pl.String)
    dealt = dealt.with_columns(worker=workers.gather(dealt["who"]))
    return frame.join(dealt.select("child", "team", "worker"), on="child", how="left", maintain_order="left").drop(
        "base"
    )
