"""Everyone and everything is invented, and identifiers check."""

import re

import polars as pl

from keepsight.example import names

PATTERN = re.compile(r"^[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}$")
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def upn_is_right(upn: str) -> bool:
    """RULES §6, written out: an independent twin of the one that makes them."""
    total = sum(int(digit) * place for place, digit in enumerate(upn[1:], start=2))
    return LETTERS[total % 23] == upn[0]


def nhs_is_right(number: str) -> bool:
    total = sum(int(digit) * (10 - place) for place, digit in enumerate(number[:9]))
    return (11 - total % 11) % 11 == int(number[9])


def test_the_twins_agree_with_the_published_examples():
    assert upn_is_right("A950000178301")
    assert not upn_is_right("R247962919251")
    assert nhs_is_right("9434765919")
    assert nhs_is_right("9990000018")


def test_every_name_of_a_child_is_on_the_lists(written, code):
    files = [f"school_census/2026_summer_{name}.csv" for name in ("pupilonroll", "pupilnolongeronroll")]
    pairs = [written.csv(code, name).select("forename", "surname") for name in files]
    pairs.append(written.csv(code, "ssd_person.csv").select(forename="pers_forename", surname="pers_surname"))
    pairs.append(written.csv(code, "send_register.csv").select(forename="Forename", surname="Surname"))
    people = pl.concat(pairs).with_columns(pl.all().str.strip_chars())
    assert set(people["forename"]) <= {*names.FORENAMES, "Unborn"}
    assert set(people["surname"]) <= set(names.SURNAMES)


def test_every_worker_is_invented_too(written, code):
    workers = {
        name
        for sheet in written.sheets(code).values()
        for column in sheet.columns
        if column.strip() in ("Allocated Worker", "Allocated Personal Advisor")
        for name in sheet[column].drop_nulls()
    }
    for name in workers - {"#N/A"}:
        forename, surname = name.replace("\u00a0", " ").split()
        assert forename in names.FORENAMES
        assert surname in names.SURNAMES


def test_no_surname_is_short_enough_to_be_anybodys():
    assert len(names.SURNAMES) == len(set(names.SURNAMES)) > 500
    assert min(len(surname) for surname in names.SURNAMES) >= 7


def test_forty_thousand_workers_have_names_of_their_own():
    assert len(set(names.full_names(0, 40_000))) == 40_000


def test_every_upn_in_the_registers_checks_and_names_an_authority_that_does_not_exist(written, code):
    upns = written.attendance(code)["upn"].unique()
    assert all(upn_is_right(upn) for upn in upns)
    assert set(upns.str.slice(1, 3)) == {{"fellshire": "990", "fenborough": "991"}[code]}
    assert len(upns) == written.said["authorities"][code]["pupils"]


def test_about_one_upn_in_a_hundred_that_social_care_holds_is_wrong(written, code):
    upns = written.csv(code, "ssd_person.csv")["pers_upn"].drop_nulls().str.strip_chars().str.to_uppercase()
    wrong = sum(not upn_is_right(upn) for upn in upns)
    assert 0.003 < wrong / len(upns) < 0.025


def test_nhs_numbers_lie_in_the_test_range_and_check(written, code):
    held = written.csv(code, "ssd_person.csv")["pers_single_unique_id"].drop_nulls().str.replace_all(" ", "")
    also = written.csv(code, "send_register.csv")["NHS number"].drop_nulls()
    for number in pl.concat([held, also]):
        assert number.startswith("999")
        assert nhs_is_right(number)
    assert held.is_duplicated().sum() == 0


def test_codes_and_postcodes_are_ones_that_the_country_does_not_use(written, code):
    places = written.csv(code, "postcodes.csv")
    assert all(PATTERN.match(postcode) and postcode.startswith("Q") for postcode in places["pcds"])
    assert all(re.match(r"^E0199\d{4}$", lsoa) for lsoa in places["lsoa11"])
    schools = written.csv(code, "schools.csv")
    assert all(re.match(r"^9\d{5}$", urn) for urn in schools["URN"])
    assert set(places["laua"]) >= set(schools["DistrictAdministrative (code)"])
    assert all(re.match(r"^E0[67]99000\d$", district) for district in places["laua"].unique())


def test_the_two_councils_share_no_identifier(written):
    def both(name: str, column: str) -> list[set[str]]:
        return [set(written.csv(code, name)[column].drop_nulls()) for code in ("fellshire", "fenborough")]

    for name, column in (
        ("postcodes.csv", "pcds"),
        ("schools.csv", "URN"),
        ("ssd_person.csv", "pers_upn"),
        ("ssd_person.csv", "pers_single_unique_id"),
        ("ssd_person.csv", "pers_person_id"),
    ):
        fell, fen = both(name, column)
        assert not fell & fen, column
