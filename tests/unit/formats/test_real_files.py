"""Files of the sector as they are: every row is loaded or named, and the values are right."""

import gzip

import polars as pl
import pytest

from keepsight.core.formats import Kind, read
from keepsight.core.formats.grid import latitude_longitude

pytestmark = pytest.mark.shared

ANNEX_A = {"List 1": 5, "List 2": 5, "List 3": 6, "List 4": 5, "List 5": 5, "List 6": 5, "List 7": 7, "List 8": 5,
           "List 9": 6, "List 10": 5, "List 11": 5}  # fmt: skip
CENSUS = {
    "pupilonroll": ("enrolments", 9088),
    "pupilnolongeronroll": ("enrolments", 308),
    "termlysessiondetailsonroll": ("term_sessions", 39953),
    "termlysessiondetailsoffroll": ("term_sessions", 1328),
    "termlyexclusionsonroll": ("exclusions", 10373),
    "termlyexclusionsoffroll": ("exclusions", 318),
    "addressesoffroll": ("pupil_addresses", 1698),
}
SCHOOLS = {"909": 349, "855": 336, "873": 327, "874": 104}


def check_accounts(reading, rows):
    accounts = reading.accounts()
    assert accounts["adds_up"].all()
    assert dict(accounts.select("sheet", "rows_in").iter_rows()) == rows
    return accounts


def test_annex_a_workbook(shared):
    reading = read(shared / "data/samples/liia-tools/Annex_A.xlsx")
    accounts = check_accounts(reading, ANNEX_A)
    assert reading.kind == Kind.ANNEX_A
    assert accounts["rejected"].sum() == 0
    first = reading.frames["contacts"].row(0, named=True)
    assert (first["child_id"], first["sex"], first["ethnicity"], first["source"], first["row"]) == (
        "9212044", "F", "WBRI", "6", 2,
    )  # fmt: skip
    assert str(first["date_of_birth"]) == "2015-01-25"
    told = set(reading.findings.select("sheet", "column", "found").iter_rows())
    assert ("List 6", "Primary Need Code", "PSRMEM - Support with memory and cognition") in told
    assert ("List 8", "Placement postcode", "nope") in told
    assert ("List 6", "Allocated Team", "#N/A") in told


def test_formula_cells_of_annex_a_give_their_saved_results(shared):
    adoption = read(shared / "data/samples/liia-tools/Annex_A.xlsx").frames["adoption"]
    days = adoption.select(pl.col("decision_on") - pl.col("entered_care_on"))
    assert days.to_series().dt.total_days().to_list() == [5] * 5  # the sample's cells hold =H2+5


@pytest.mark.parametrize("table", list(CENSUS))
def test_school_census(shared, table):
    frame, rows = CENSUS[table]
    reading = read(shared / f"data/samples/liia-tools-pipeline/2024_autumn_{table}.csv")
    accounts = check_accounts(reading, {"": rows})
    assert reading.kind == Kind.SCHOOL_CENSUS
    assert accounts["loaded"].to_list() == [rows]
    assert reading.frames[frame].height == rows


def test_census_values(shared):
    enrolments = read(shared / "data/samples/liia-tools-pipeline/2024_autumn_pupilonroll.csv").frames["enrolments"]
    assert enrolments["date_of_birth"].null_count() == 0
    assert enrolments["upn"].null_count() == enrolments.height  # the sample's are no unique pupil numbers
    leavers = read(shared / "data/samples/liia-tools-pipeline/2024_autumn_pupilnolongeronroll.csv").frames["enrolments"]
    assert leavers["left_on"].null_count() == 0


@pytest.mark.parametrize("la_code", list(SCHOOLS))
def test_schools_of_an_authority(shared, tmp_path, la_code):
    with gzip.open(shared / "data/public/schools/schools_england.csv.gz", "rt", encoding="utf-8") as lines:
        head, *rows = lines
    path = tmp_path / "schools.csv"
    path.write_text(head + "".join(row for row in rows if row.split(",")[1] == la_code), encoding="utf-8")
    reading = read(path)
    check_accounts(reading, {"": SCHOOLS[la_code]})
    settings = reading.frames["settings"]
    assert settings.height == SCHOOLS[la_code]
    assert settings["la_code"].unique().to_list() == [la_code]
    assert settings["name"].null_count() == 0
    assert {"primary", "secondary", "special", "pru", "independent"} <= set(settings["phase"])


def test_every_school_of_england(shared):
    reading = read(shared / "data/public/schools/schools_england.csv.gz")
    check_accounts(reading, {"": 25618})
    settings = reading.frames["settings"]
    assert settings["urn"].n_unique() == settings.height == 25618
    assert settings["pupils"].sum() > 7_000_000


def test_coordinates_follow_from_the_national_grid(shared):
    frame = pl.read_csv(
        shared / "data/public/schools/schools_england.csv.gz",
        columns=["EASTING", "NORTHING", "LAT", "LON"],
        schema_overrides=dict.fromkeys(["EASTING", "NORTHING", "LAT", "LON"], pl.Float64),
    ).drop_nulls()
    latitude, longitude = latitude_longitude(frame["EASTING"], frame["NORTHING"])
    off = pl.DataFrame({"lat": (latitude - frame["LAT"]).abs(), "lon": (longitude - frame["LON"]).abs()})
    # The two come from different lists of postcodes, so some schools stand apart; most do not.
    assert off["lat"].median() < 2e-5  # two metres
    assert off["lon"].median() < 3e-5
    assert off["lat"].quantile(0.95) < 2e-3


def test_postcodes_of_england(shared):
    reading = read(shared / "data/public/geography/postcode_lsoa11_england_nspl_aug2020.parquet")
    check_accounts(reading, {"": 2201092})
    postcodes = reading.frames["postcodes"]
    assert postcodes.height == 2201092
    assert postcodes["latitude"].is_between(49, 56).all()
    assert postcodes["postcode"].n_unique() == postcodes.height
