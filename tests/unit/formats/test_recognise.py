"""Which list a sheet is: by number, by name, by its headings, however they are written."""

import pytest

from keepsight.core.formats.headings import fold
from keepsight.core.formats.layouts import tables
from keepsight.core.formats.recognise import recognise
from tests.tables import ids, table

CONTACTS = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Contact", "Contact Source"]


@pytest.mark.parametrize("one", tables(), ids=lambda one: one.name)
def test_every_list_is_recognised_by_its_own_headings_without_a_name(one):
    match = recognise("", [field.header for field in one.fields])
    assert match is not None
    assert match.table.name == one.name
    assert set(match.places) == {field.name for field in one.fields}
    assert match.unknown == ()


SHEETS = table("""
    sheet               || list
    List 1              || contacts
    List_1              || contacts
    list 01             || contacts
    1. Contacts         || contacts
    CONTACTS            || contacts
    Annex A - List 1    || contacts
    Sheet1              || contacts
""")


@pytest.mark.parametrize("row", SHEETS, ids=ids(SHEETS))
def test_sheet_name(row):
    assert recognise(row["sheet"], CONTACTS).table.name == row["list"]


HEADINGS = table("""
    written                          || column
    Child Unique ID                  || child_id
    Child  Unique\xa0ID              || child_id
    Unique Child Identifier          || child_id
    Child's ID                       || child_id
    date of BIRTH                    || date_of_birth
    Date of birth (or expected date) || date_of_birth
    DATE OF CONTACT                  || contact_on
""")


@pytest.mark.parametrize("row", HEADINGS, ids=ids(HEADINGS))
def test_heading(row):
    changed = {"child_id": 0, "date_of_birth": 3, "contact_on": 5}
    header = list(CONTACTS)
    header[changed[row["column"]]] = row["written"]
    assert recognise("List 1", header).places[row["column"]] == changed[row["column"]]


def test_curly_quotes_doubled_brackets_and_trailing_spaces_make_no_difference():
    curly = "Number of Episodes the Child has been \u2018Missing\u2019 from their Placement in the last 12 months"
    assert fold(curly) == fold(curly.replace("\u2018", "'").replace("\u2019", "'"))
    assert fold("(UASC) within the Last 12 Months (Y/N))") == fold("(UASC) within the Last 12 Months (Y/N)")
    assert fold("Date of Adoption Order ") == fold("Date of Adoption Order")


def test_doubled_and_unknown_headings_are_told():
    match = recognise("List 1", [*CONTACTS, "Gender", "Shoe size", None])
    assert match.doubled == (7,)
    assert match.unknown == (8, 9)


def test_order_of_columns_does_not_matter():
    match = recognise("", CONTACTS[::-1])
    assert match.places["child_id"] == len(CONTACTS) - 1


@pytest.mark.parametrize("header", [[], [None, None], ["Gender", "Ethnicity"], ["Name", "Telephone"], ["1", "2", "3"]])
def test_nothing_is_recognised_in_other_lists(header):
    assert recognise("Sheet1", header) is None
