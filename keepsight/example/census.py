"""The school census, in the layout of the extracts that councils hold: one table a file."""

from datetime import date

import polars as pl

from keepsight.example import names, pupils
from keepsight.example.days import minus
from keepsight.example.dice import Dice
from keepsight.example.identifiers import with_upn_letter
from keepsight.example.places import Places
from keepsight.example.shares import Profile

YEAR_NAMES = {-2: "N1", -1: "N2", 0: "R", **{year: str(min(year, 14)) for year in range(1, 18)}}
WHEN = "%Y-%b-%d 00:00:00"
ON_ROLL = [
    "pupilonrolltableid",
    "NativeId",
    "dob",
    "surname",
    "forename",
    "middlenames",
    "preferredsurname",
    "formersurname",
    "upn",
    "formerupn",
    "uniquelearnernumber",
    "sex",
    "entrydate",
    "pupilonrollorderseqcolumn",
    "sourceid",
    "schoolcensustableid",
    "hoursatsetting",
    "schoollunchtaken",
    "parttime",
    "topupfunding",
    "termlysessionspossible",
    "termlysessionsauthorised",
    "termlysessionsunauthorised",
    "senunitindicator",
    "resourcedprovisionindicator",
    "nonqualhrs",
    "ftemp",
    "qualhrs",
    "qualhrspreviousyear",
    "nonqualhrspreviousyear",
    "tlevelqualhrs",
    "tlevelnonqualhrs",
    "moveoffrollflag",
    "fundedhours",
    "missingaddress",
    "duplicatenotfunded",
    "summerhalfterm2sessionspossible",
    "extendedhours",
    "eligibilitycode",
    "summerhalfterm2sessionsauthorised",
    "summerhalfterm2sessionsunauthorised",
    "dafindicator",
    "summerhalfterm2sessionseducational",
    "summerhalfterm2sessionsexceptional",
    "summerhalfterm2sessionscoronavirus",
    "yssa",
    "servicechild",
    "language",
    "classtype",
    "enrolstatus",
    "boarder",
    "plaa",
    "senprovision",
    "ncyearactual",
    "ethnicity",
]
OFF_ROLL = [
    "pupilnolongeronrolltableid",
    "NativeId",
    "dob",
    "surname",
    "forename",
    "middlenames",
    "preferredsurname",
    "formersurname",
    "upn",
    "formerupn",
    "uniquelearnernumber",
    "sex",
    "entrydate",
    "leavingdate",
    "pupilnolongeronrollorderseqcolumn",
    "sourceid",
    "schoolcensustableid",
    "parttime",
    "termlysessionspossible",
    "termlysessionsauthorised",
    "termlysessionsunauthorised",
    "moveonrollflag",
    "missingaddress",
    "boarder",
    "language",
    "ncyearleaving",
]
POSSIBLE = 124  # sessions in a term
LEAVERS = 0.008  # of the roll, in a term · assumed


def name(as_at: date) -> str:
    """Give year and term of the latest census day: January, May or October."""
    days = (
        (date(as_at.year, 10, 5), "autumn"),
        (date(as_at.year, 5, 18), "summer"),
        (date(as_at.year, 1, 18), "spring"),
    )
    for day, term in days:
        if as_at > day:
            return f"{as_at.year}_{term}"
    return f"{as_at.year - 1}_autumn"


def tables(council: Profile, places: Places, roll: pl.DataFrame, *, as_at: date, dice: Dice) -> dict[str, pl.DataFrame]:
    """Give each census table by its name, all text."""
    keyed = roll.with_columns(key=_keys(roll.height, council.place, dice.of("keys")))
    return {
        "pupilonroll": _on_roll(keyed, dice.of("on_roll")),
        "pupilnolongeronroll": _off_roll(council, keyed, as_at, dice.of("off_roll")),
        "addressesonroll": _addresses(keyed, places),
        "fsmperiodsonroll": _fsm(keyed, as_at, dice.of("fsm")),
        "termlysessiondetailsonroll": _sessions(council, keyed, dice.of("sessions")),
        "termlyexclusionsonroll": _exclusions(keyed, as_at, dice.of("exclusions")),
    }


def _keys(n: int, place: int, dice: Dice) -> pl.Series:
    """Table ids look like pieces of a UUID."""
    number = (dice.order(n) * 4093 + 268_435_456 * (1 + place)).to_list()
    return pl.Series([f"{value:08x}-{value % 4093:03x}" for value in number], dtype=pl.String)


def _wide(frame: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Put the known columns among all those of the layout; the others stay blank."""
    return frame.select(
        pl.col(column) if column in frame.columns else pl.lit(None, pl.String).alias(column) for column in columns
    )


def _pupil(frame: pl.DataFrame) -> list[pl.Expr]:
    return [
        pl.col("urn").alias("NativeId"),
        pl.col("born_on").dt.strftime(WHEN).alias("dob"),
        pl.col("entered_on").dt.strftime(WHEN).alias("entrydate"),
        pl.lit("False").alias("parttime"),
        pl.lit("ENG").alias("language"),
    ]


def _on_roll(roll: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    n = roll.height
    frame = roll.with_columns(
        *_pupil(roll),
        pupilonrolltableid=pl.col("key"),
        upn=pl.col("census_upn"),
        formerupn=pl.lit(None, pl.String),
        ncyearactual=pl.col("year").replace_strict(YEAR_NAMES, return_dtype=pl.String),
        enrolstatus=pl.when(pl.col("phase") == "college")
        .then(pl.lit("F"))
        .when(pl.col("phase") == "pru")
        .then(pl.Series(dice.choose(n, {"C": 0.8, "S": 0.2})))
        .otherwise(pl.lit("C")),
        senprovision=pl.col("sen"),
        pupilonrollorderseqcolumn=(pl.int_range(pl.len()).over("urn") + 1).cast(pl.String),
        termlysessionspossible=pl.lit(f"{POSSIBLE}.0"),
        plaa=pl.lit("N"),
    )
    return _wide(frame, ON_ROLL)


def _off_roll(council: Profile, roll: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    """Leavers since the last census, each with a UPN of their own."""
    n = max(3, round(roll.height * LEAVERS))
    like = roll[dice.whole(n, 0, roll.height - 1).to_list()]
    sex = dice.choose(n, {"F": 0.49, "M": 0.51})
    twelve = like["upn"].str.slice(1, 9) + (500 + pl.int_range(n, eager=True) % 499).cast(pl.String)
    frame = like.with_columns(
        *_pupil(like),
        sex=sex,
        forename=pupils.forenames(sex, dice),
        surname=dice.pick(n, names.SURNAMES),
        upn=with_upn_letter(twelve),
        formerupn=pl.lit(None, pl.String),
        pupilnolongeronrolltableid=_keys(n, 8 + council.place, dice),
        leavingdate=minus(as_at, dice.whole(n, 20, 130)).dt.strftime(WHEN),
        ncyearleaving=pl.col("year").replace_strict(YEAR_NAMES, return_dtype=pl.String),
        termlysessionspossible=pl.lit(f"{POSSIBLE}.0"),
    ).unique("upn", keep="first", maintain_order=True)
    return _wide(frame, OFF_ROLL)


def _addresses(roll: pl.DataFrame, places: Places) -> pl.DataFrame:
    return roll.select(
        pupilonrolltableid="key",
        NativeId="urn",
        addressesonrolltableid=pl.lit("a") + pl.col("pupil").cast(pl.String),
        addressesonrollorderseqcolumn=pl.lit("1"),
        sourceid=pl.lit(None, pl.String),
        uniquepropertyreferencenumber=pl.lit(None, pl.String),
        postcode=places.postcodes["postcode"].gather(roll["home"]),
    )


def _fsm(roll: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    some = roll.filter("fsm")
    n = some.height
    return some.select(
        pupilonrolltableid="key",
        NativeId="urn",
        fsmperiodsonrolltableid=pl.lit("f") + pl.col("pupil").cast(pl.String),
        fsmperiodsonrollorderseqcolumn=pl.lit("1"),
        fsmstartdate=minus(as_at, dice.whole(n, 60, 1500)).dt.strftime(WHEN),
        fsmenddate=pl.when(dice.happens(n, 0.04)).then(minus(as_at, dice.whole(n, 1, 50)).dt.strftime(WHEN)),
        ukcountry=pl.lit("ENG"),
    )


def _sessions(council: Profile, roll: pl.DataFrame, dice: Dice) -> pl.DataFrame:
    """A term's sessions by code, one row a code that occurs."""
    shares = council.common["absence_codes"]
    total = sum(shares.values())
    spread = (dice.normal(roll.height) * 0.85 - 0.36).exp() * council.common["absence"]["all"] * POSSIBLE
    parts = []
    for code in ("I", "M", "O", "G", "N", "E"):
        counted = dice.of(code).poisson((spread * (shares[code] / total)).clip(upper_bound=60.0))
        parts.append(
            roll.select(pl.col("key").alias("pupilonrolltableid"), pl.col("urn").alias("NativeId"), n=counted)
            .filter(pl.col("n") > 0)
            .with_columns(attendancereason=pl.lit(code))
        )
    frame = pl.concat(parts).sort("NativeId", "pupilonrolltableid", "attendancereason")
    return frame.select(
        "pupilonrolltableid",
        "NativeId",
        termlysessiondetailsonrolltableid=pl.lit("t") + pl.int_range(pl.len()).cast(pl.String),
        termlysessiondetailsonrollorderseqcolumn=(pl.int_range(pl.len()).over("pupilonrolltableid") + 1).cast(
            pl.String
        ),
        sourceid=pl.lit(None, pl.String),
        sessions=pl.col("n").cast(pl.String) + ".0",
        attendancereason="attendancereason",
    )


def _exclusions(roll: pl.DataFrame, as_at: date, dice: Dice) -> pl.DataFrame:
    chance = roll.select(
        pl.when(pl.col("phase") == "secondary").then(0.025).when(pl.col("phase") == "pru").then(0.1).otherwise(0.003)
        * pl.when(pl.col("group").is_not_null()).then(3.0).otherwise(1.0)
    ).to_series()
    some = roll.filter(dice.happens(roll.height, chance))
    n = some.height
    permanent = dice.happens(n, 0.02)
    return some.select(
        pupilonrolltableid="key",
        NativeId="urn",
        termlyexclusionsonrolltableid=pl.lit("x") + pl.col("pupil").cast(pl.String),
        termlyexclusionsonrollorderseqcolumn=pl.lit("1"),
        sourceid=pl.lit(None, pl.String),
        startdate=minus(as_at, dice.whole(n, 20, 110)).dt.strftime(WHEN),
        sessions=(2 * dice.whole(n, 1, 5)).cast(pl.String) + ".0",
        reason1=dice.choose(n, {"DB": 0.4, "PP": 0.18, "VA": 0.17, "PA": 0.07, "OT": 0.1, "DA": 0.05, "DM": 0.03}),
        reason2=pl.lit(None, pl.String),
        reason3=pl.lit(None, pl.String),
        category=pl.when(permanent).then(pl.lit("PERM")).otherwise(pl.lit("SUSP")),
        senprovision="sen",
    )
