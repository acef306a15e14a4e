"""Writes one council's files, as its systems would export them: with their spellings and slips."""

from datetime import date
from pathlib import Path

import polars as pl

from keepsight.example import dirt as ways
from keepsight.example.care import ABSENT, MISSING, UASC
from keepsight.example.dirt import Dirt, Rule
from keepsight.example.workbook import Workbook

SHEETS = {
    "fellshire": tuple(f"List {number}" for number in range(1, 12)),
    "fenborough": (
        "Contacts", "Early Help", "Referrals", "Assessments", "Sec47 and ICPC", "Children in Need",
        "Child Protection", "Children in Care", "Care Leavers", "Adoption", "Adopters",
    ),
}  # fmt: skip
HEADERS = {
    "fellshire": {
        "Age of Child (Years)": "Age",
        UASC: UASC + ")",
        MISSING: MISSING.replace(" 'Missing'", " ‘Missing’"),
        ABSENT: ABSENT.replace(" 'Absent'", " ‘Absent’"),
        "Date of Adoption Order": "Date of Adoption Order ",
    },
    "fenborough": {
        "Child Unique ID": "Child Unique Identifier",
        "Date of referral": "Date of Referral",
        "Allocated Worker": "Allocated Worker ",
        "Was the Child Seen Alone?": "Was the child  seen alone?",
    },
}
_ID = ("Child Unique ID",)
_FREE = ("Allocated Team", "Allocated Worker")


def _annex_rules(frame: pl.DataFrame) -> list[Rule]:
    dates = tuple(column for column, kind in frame.schema.items() if kind == pl.Date)
    texts = tuple(column for column, kind in frame.schema.items() if kind == pl.String)
    codes = tuple(column for column in texts if column not in (*_ID, *_FREE, "Placement postcode", "Family identifier"))
    return [
        Rule(_ID, 0.003, ways.lower),
        Rule(_ID, 0.003, ways.spaced),
        Rule(dates, 0.005, ways.british),
        Rule(dates, 0.001, ways.british_time),
        Rule(dates, 0.001, ways.iso),
        Rule(("Gender",), 0.006, ways.bare_code),
        Rule(("Gender",), 0.003, ways.initial),
        Rule(("Ethnicity",), 0.006, ways.wrong_letter),
        Rule(("Ethnicity",), 0.004, ways.bare_code),
        Rule(("Ethnicity",), 0.004, ways.always("")),
        Rule(_FREE, 0.006, ways.always("#N/A")),
        Rule(("Allocated Worker",), 0.02, ways.fixed_spaces),
        Rule(("Allocated Team",), 0.004, ways.trailing),
        Rule(("Placement postcode",), 0.010, ways.always("nope")),
        Rule(("Placement postcode",), 0.015, ways.squeezed),
        Rule(("URN of Placement",), 0.03, ways.with_commas),
        Rule(("Primary Need Code",), 0.001, ways.always("PSRMEM - Support with memory and cognition")),
        Rule(codes, 0.002, ways.trailing),
    ]


def annex_a(path: Path, code: str, lists: dict[int, pl.DataFrame], dirt: Dirt, *, made_on: date) -> dict[str, int]:
    """Write the workbook of eleven lists and give the rows of each."""
    book = Workbook(path, made_on)
    rows = {}
    for number, sheet in enumerate(SHEETS[code], start=1):
        frame = dirt.repeat_rows(_other_birthdays(lists[number], number, dirt), 0.002, f"list {number}")
        book.add(
            sheet,
            frame,
            headers=HEADERS[code],
            overlay=dirt.overlay(frame, _annex_rules(frame), f"list {number}"),
            numbers=("Child Unique ID", "Individual adopter identifier", "Family identifier"),
            formulas=_formulas(frame) if number == 11 else None,
        )
        rows[f"list_{number}"] = frame.height
    book.close()
    return rows


def _other_birthdays(frame: pl.DataFrame, number: int, dirt: Dirt) -> pl.DataFrame:
    """In the list of children in need a few dates of birth differ from everywhere else."""
    if number != 6:
        return frame
    hit = dirt.dice.of("birthdays").happens(frame.height, 0.002)
    other = pl.col("Date of Birth").dt.offset_by("-1mo")
    return frame.with_columns(pl.when(hit).then(other).otherwise("Date of Birth").alias("Date of Birth"))


def _formulas(frame: pl.DataFrame) -> dict[tuple[int, str], str]:
    """The first adopters' dates are formulas, as in the field."""
    at = frame.columns.index("Date Stage 1 started")
    return {(row, "Date Stage 1 started"): f"={chr(64 + at)}{row + 2}+14" for row in range(min(2, frame.height))}


CASE_RULES = {
    "ssd_person": [
        Rule(("pers_person_id",), 0.002, ways.lower),
        Rule(("pers_upn",), 0.01, ways.slipped),
        Rule(("pers_upn",), 0.005, ways.lower),
        Rule(("pers_single_unique_id",), 0.02, ways.in_threes),
        Rule(("pers_ethnicity",), 0.004, ways.always("#N/A")),
        Rule(("pers_forename", "pers_surname"), 0.003, ways.spaced),
    ],
    "ssd_address": [
        Rule(("addr_address_postcode",), 0.006, ways.always("nope")),
        Rule(("addr_person_id",), 0.002, ways.spaced),
    ],
    "visits": [
        Rule(("cinv_person_id", "cppv_person_id", "clav_person_id"), 0.002, ways.lower),
        Rule(("cinv_person_id", "cppv_person_id", "clav_person_id"), 0.0006, ways.stranger),
        Rule(("cinv_cin_visit_date", "cppv_cp_visit_date", "clav_cla_visit_date"), 0.004, ways.british),
        Rule(("cinv_cin_visit_seen", "cppv_cp_visit_seen", "clav_cla_visit_seen"), 0.003, ways.always("")),
    ],
}


def case_system(folder: Path, code: str, tables: dict[str, pl.DataFrame], dirt: Dirt) -> dict[str, int]:
    """Write one CSV a table; Fenborough's system writes nothing as NULL."""
    rows = {}
    for name, table in tables.items():
        rules = CASE_RULES.get(name, CASE_RULES["visits"] if name.endswith("visits") else [])
        frame = dirt.text(table, rules, name)
        if name.endswith("visits"):
            frame = dirt.repeat_rows(frame, 0.002, name)
        frame.write_csv(folder / f"{name}.csv", null_value="NULL" if code == "fenborough" else "")
        rows[name] = frame.height
    return rows


def register_upns(roll: pl.DataFrame, dirt: Dirt) -> pl.DataFrame:
    """Add the UPN as registers write it, and as the census does."""
    upns = roll.select(register_upn="upn", census_upn="upn")
    return roll.hstack(
        dirt.text(
            upns,
            [
                Rule(("register_upn",), 0.001, ways.lower),
                Rule(("register_upn",), 0.001, ways.trailing),
                Rule(("census_upn",), 0.001, ways.always("")),
                Rule(("census_upn",), 0.002, ways.slipped),
            ],
            "upns",
        )
    )


def send_register(path: Path, frame: pl.DataFrame, dirt: Dirt) -> int:
    """Write the SEND register; its dates are British, its slips its own."""
    dates = [column for column, kind in frame.schema.items() if kind == pl.Date]
    plain = frame.with_columns(pl.col(dates).dt.strftime("%d/%m/%Y"))
    soiled = dirt.text(
        plain,
        [
            Rule(("UPN",), 0.01, ways.slipped),
            Rule(("UPN",), 0.01, ways.always("")),
            Rule(("UPN",), 0.005, ways.spaced),
            Rule(("Child Unique ID",), 0.01, ways.lower),
            Rule(("Postcode",), 0.01, ways.squeezed),
            Rule(("Postcode",), 0.003, ways.always("nope")),
            Rule(("Primary need",), 0.005, ways.trailing),
            Rule(("Date of Birth",), 0.004, ways.always("#N/A")),
        ],
        "send_register",
    )
    soiled = dirt.repeat_rows(soiled, 0.002, "send_register")
    soiled.write_csv(path, include_bom=True)
    return soiled.height


def rag_tracker(path: Path, frame: pl.DataFrame, dirt: Dirt, *, made_on: date) -> int:
    """Write the rating spreadsheet."""
    book = Workbook(path, made_on)
    rules = [
        Rule(_ID, 0.004, ways.spaced),
        Rule(("Date rated", "Review date"), 0.006, ways.british),
        Rule(("Rated by",), 0.01, ways.fixed_spaces),
        Rule(("RAG",), 0.002, ways.always("tbc")),
    ]
    book.add("RAG tracker", frame, overlay=dirt.overlay(frame, rules, "rag_tracker"), numbers=_ID)
    book.close()
    return frame.height


def case_alerts(path: Path, frame: pl.DataFrame, dirt: Dirt) -> int:
    """Write the alerts."""
    rules = [
        Rule(_ID, 0.004, ways.spaced),
        Rule(("Alert",), 0.01, ways.lower),
        Rule(("Start Date",), 0.004, ways.british),
    ]
    dirt.text(frame, rules, "case_alerts").write_csv(path)
    return frame.height


def census(folder: Path, term: str, tables: dict[str, pl.DataFrame], dirt: Dirt) -> dict[str, int]:
    """Write the census tables of a term."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        soiled = dirt.text(table, [Rule(("postcode",), 0.002, ways.always("nope"))], name)
        soiled.write_csv(folder / f"{term}_{name}.csv")
    return {name: table.height for name, table in tables.items()}


def contacts_history(path: Path, history: pl.DataFrame) -> int:
    """Write the counts of contacts by day and source."""
    frame = history.select(
        pl.col("day").alias("Date"),
        pl.col("source").alias("Contact Source"),
        pl.col("contacts").alias("Contacts"),
        pl.col("referrals").alias("Referrals"),
    )
    frame.write_csv(path)
    return frame.height
