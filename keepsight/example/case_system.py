"""Tables of the case system under the names of the Standard Safeguarding Dataset, clean and all text."""

from datetime import date

import polars as pl

from keepsight.example import names
from keepsight.example.days import minus
from keepsight.example.dice import Dice
from keepsight.example.identifiers import nhs_numbers
from keepsight.example.places import Places
from keepsight.example.shares import Profile

STAMPS = {"fellshire": "%Y-%m-%d", "fenborough": "%Y-%m-%d 00:00:00"}
ADULT = 18  # years


def identified(council: Profile, cases: pl.DataFrame, roll: pl.DataFrame, *, dice: Dice) -> pl.DataFrame:
    """Add nhs_number (most have one), upn (not all pupils' are known to social care) and upn_unknown."""
    n = cases.height
    upn = cases.select("pupil").join(roll.select("pupil", "upn"), on="pupil", how="left", maintain_order="left")["upn"]
    known = ~dice.happens(n, council.share("no_upn"))
    age = cases["age"].fill_null(0)
    missing = dice.choose(n, {"UN1": 0.15, "UN2": 0.1, "UN3": 0.2, "UN4": 0.45, "UN5": 0.1})
    upn = upn.zip_with(known, pl.Series([None] * n, dtype=pl.String))
    return cases.with_columns(
        upn=upn,
        upn_unknown=pl.when(upn.is_null() & (age >= 5) & (age < ADULT)).then(missing),
        nhs_number=pl.when(dice.happens(n, 0.78)).then(nhs_numbers(1 + 250_000 * council.place, n)),
    )


def tables(
    council: Profile,
    places: Places,
    cases: pl.DataFrame,
    visits: pl.DataFrame,
    missing: pl.DataFrame,
    factors: pl.DataFrame,
    *,
    as_at: date,
    dice: Dice,
) -> dict[str, pl.DataFrame]:
    """Give each table by its name."""
    stamp, ids = STAMPS[council.code], cases.select("child", "child_id")
    return {
        "ssd_person": _persons(council, cases, stamp),
        "ssd_family": _families(council, cases),
        "ssd_address": _addresses(council, places, cases, stamp, as_at, dice.of("addresses")),
        "ssd_cin_visits": _visits(visits, ids, "cin", stamp, dice.of("cin")),
        "ssd_cp_visits": _visits(visits, ids, "cp", stamp, dice.of("cp")),
        "ssd_cla_visits": _visits(visits, ids, "cla", stamp, dice.of("cla")),
        "ssd_assessment_factors": _factors(factors, ids, stamp),
        "ssd_missing": _missing(missing, ids, stamp),
    }


def _persons(council: Profile, cases: pl.DataFrame, stamp: str) -> pl.DataFrame:
    gender = {"M": "01", "F": "02", "U": "00"} if council.code == "fellshire" else {"M": "M", "F": "F", "U": "U"}
    blank = pl.lit(None, pl.String)
    return cases.select(
        pers_person_id="child_id",
        pers_forename="forename",
        pers_surname="surname",
        pers_sex="sex",
        pers_gender=pl.col("sex").replace_strict(gender),
        pers_ethnicity="ethnicity",
        pers_dob=pl.col("born_on").dt.strftime(stamp),
        pers_common_child_id=blank,
        pers_legacy_id=blank,
        pers_upn_unknown="upn_unknown",
        pers_send_flag=pl.when("plan").then(pl.lit("Y")),
        pers_expected_dob=pl.col("expected_on").dt.strftime(stamp),
        pers_death_date=blank,
        pers_is_mother=pl.lit("N"),
        pers_nationality=pl.when("uasc").then(pl.lit("PLACEHOLDER_DATA")),
        pers_upn="upn",
        pers_single_unique_id="nhs_number",
    )


def _families(council: Profile, cases: pl.DataFrame) -> pl.DataFrame:
    return cases.select(
        fami_table_id=pl.lit("FT") + pl.col("child").cast(pl.String),
        fami_family_id=pl.lit("FAM") + (pl.col("family") + 500 * council.place).cast(pl.String),
        fami_person_id="child_id",
    )


def _addresses(
    council: Profile, places: Places, cases: pl.DataFrame, stamp: str, as_at: date, dice: Dice
) -> pl.DataFrame:
    """Today's address of everyone, and an earlier one of some."""
    n = cases.height
    since = minus(as_at, dice.whole(n, 40, 2200))
    now = cases.select("child", "child_id", "home", "house", "street", since=since, until=pl.lit(None, pl.Date))
    moved = now.filter(pl.Series("m", dice.happens(n, 0.22)))
    m = moved.height
    before = moved.with_columns(
        home=dice.whole(m, 0, places.postcodes.height - 1),
        house=dice.whole(m, 1, 140),
        street=dice.pick(m, names.STREETS),
        until=pl.col("since"),
        since=minus(moved["since"], dice.whole(m, 200, 1800)),
    )
    both = pl.concat([now, before]).sort("child", "since")
    towns = places.settlements["name"].gather(places.postcodes["settlement"].gather(both["home"]))
    said = [
        f'{{"HOUSE": "{house}", "STREET": "{street}", "TOWN": "{town}"}}'
        for house, street, town in zip(both["house"], both["street"], towns, strict=True)
    ]
    return both.select(
        addr_table_id=pl.lit("AD") + pl.int_range(pl.len()).cast(pl.String),
        addr_address_json=pl.Series(said, dtype=pl.String),
        addr_person_id="child_id",
        addr_address_type=pl.lit("Home"),
        addr_address_start_date=pl.col("since").dt.strftime(stamp),
        addr_address_end_date=pl.col("until").dt.strftime(stamp),
        addr_address_postcode=places.postcodes["postcode"].gather(both["home"]).str.replace(" ", ""),
    )


def _yes(column: str) -> pl.Expr:
    return pl.when(pl.col(column)).then(pl.lit("Y")).when(~pl.col(column)).then(pl.lit("N"))


def _visits(visits: pl.DataFrame, ids: pl.DataFrame, service: str, stamp: str, dice: Dice) -> pl.DataFrame:
    rows = visits.filter(pl.col("service") == service).join(ids, on="child", how="left", maintain_order="left")
    rows = rows.sort("visit_on", "child").with_columns(
        number=(pl.lit(service.upper()) + (100_000 + pl.int_range(pl.len())).cast(pl.String)),
        bedroom=dice.happens(rows.height, 0.4),
    )
    start = {"cin": "cinv_cin", "cp": "cppv_cp", "cla": "clav_cla"}[service]
    short = start.split("_")[0]
    head = {f"{start}_visit_id": "number"}
    if service == "cin":
        head[f"{short}_person_id"] = "child_id"
    elif service == "cp":
        head[f"{short}_person_id"] = "child_id"
        rows = rows.with_columns(plan=pl.lit("PL") + pl.col("child").cast(pl.String))
        head[f"{short}_cp_plan_id"] = "plan"
    else:
        rows = rows.with_columns(episode=pl.lit("CLA") + pl.col("child").cast(pl.String))
        head[f"{short}_cla_id"] = "episode"
        head[f"{short}_person_id"] = "child_id"
    frame = rows.select(
        **head,
        **{
            f"{start}_visit_date": pl.col("visit_on").dt.strftime(stamp),
            f"{start}_visit_seen": _yes("seen"),
            f"{start}_visit_seen_alone": _yes("alone"),
            f"{start}_visit_bedroom": _yes("bedroom"),
            "visit_mode": pl.col("mode"),
        },
    )
    return frame.drop(f"{start}_visit_bedroom") if service == "cla" else frame


def _factors(factors: pl.DataFrame, ids: pl.DataFrame, stamp: str) -> pl.DataFrame:
    rows = factors.join(ids, on="child", how="left", maintain_order="left").sort("assessed_on", "child")
    return rows.select(
        cinf_table_id=pl.lit("CF") + pl.int_range(pl.len()).cast(pl.String),
        cinf_assessment_id=pl.lit("AS") + pl.col("child").cast(pl.String),
        cinf_assessment_factors_json=pl.lit('["') + pl.col("codes").list.join('", "') + pl.lit('"]'),
        cina_person_id="child_id",
        cina_assessment_auth_date=pl.col("assessed_on").dt.strftime(stamp),
    )


def _missing(missing: pl.DataFrame, ids: pl.DataFrame, stamp: str) -> pl.DataFrame:
    rows = missing.join(ids, on="child", how="left", maintain_order="left").sort("started_on", "child")
    return rows.select(
        miss_table_id=pl.lit("MI") + pl.int_range(pl.len()).cast(pl.String),
        miss_person_id="child_id",
        miss_missing_episode_start_date=pl.col("started_on").dt.strftime(stamp),
        miss_missing_episode_type="kind",
        miss_missing_episode_end_date=pl.col("ended_on").dt.strftime(stamp),
        miss_missing_rhi_offered=_yes("offered").fill_null("NA"),
        miss_missing_rhi_accepted=_yes("accepted").fill_null("NA"),
    )
