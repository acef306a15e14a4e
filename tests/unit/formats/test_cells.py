"""What one cell says: a table for each kind of cell."""

import polars as pl
import pytest

from keepsight.core.formats import cells
from keepsight.core.formats.codes import code_lists
from keepsight.core.formats.columns import READ, TROUBLE, Memory, read_columns
from keepsight.core.formats.layouts import Field
from tests.tables import ids, table

DAYS = table("""
    cell                    || day        | trouble
    25/01/2015              || 2015-01-25 |
    1/2/2015                || 2015-02-01 |
    25/01/2015 00:00:00     || 2015-01-25 |
    25.01.2015              || 2015-01-25 |
    25-01-2015              || 2015-01-25 |
    2015-01-25              || 2015-01-25 |
    2015-01-25 00:00:00     || 2015-01-25 |
    2015-01-25T09:30:00Z    || 2015-01-25 |
    2015/01/25              || 2015-01-25 |
    2024-Sep-09 00:00:00    || 2024-09-09 |
    1 January 2020          || 2020-01-01 |
    1st Jan 2020            || 2020-01-01 |
    14-Mar-2020             || 2020-03-14 |
    42029                   || 2015-01-25 |
    42029.5                 || 2015-01-25 |
    29/02/2019              ||            | unreadable
    31/02/2020              ||            | unreadable
    02/13/2020              ||            | unreadable
    25/01/15                ||            | unreadable
    tbc                     ||            | unreadable
    2020                    ||            | unreadable
    ٢٥/٠١/٢٠١٥ x            ||            | unreadable
    01/01/0001              ||            | unlikely_day
    01/01/1900              ||            | unlikely_day
    25/01/2115              ||            | unlikely_day
""")

NUMBERS = table("""
    cell    || number | trouble
    0       || 0      |
    12      || 12     |
    1,234   || 1234   |
    12.0    || 12     |
    -3      || -3     |
    12.5    ||        | unreadable
    1,23    ||        | unreadable
    two     ||        | unreadable
    1e3     ||        | unreadable
""")

CODES = table("""
    list           | cell                                       || code
    sex            | a) Male                                    || M
    sex            | Female                                     || F
    sex            | c) Not stated/recorded                     || U
    sex            | d)                                         || I
    sex            | 2                                          || F
    sex            | Lamp                                       || ?
    ethnicity      | a) WBRI                                    || WBRI
    ethnicity      | s) NOBT                                    || NOBT
    ethnicity      | t) NOBT                                    || NOBT
    ethnicity      | wbri                                       || WBRI
    ethnicity      | Any other White background                 || WOTH
    ethnicity      | White  British                             || WBRI
    ethnicity      | WBRI WIRI                                  || ?
    source         | q) 6: Police                               || 6
    source         | 6                                          || 6
    source         | 2A: Schools                                || 2A
    source         | p1) 5D: LA services                        || 5D
    source         | Med - CAMHS                                || ?
    source         | Room 4                                     || ?
    yes_no         | a) Yes                                     || True
    yes_no         | N                                          || False
    yes_no         | 1                                          || True
    yes_no         | c) Unknown                                 || None
    yes_no         | CS Assessment Updated                      || ?
    primary_need   | N1 - Abuse or neglect                      || N1
    primary_need   | PSRMEM - Support with memory and cognition || ?
    case_status    | b) Child Protection plan                   || CPP
    abuse_category | Physical abuse                             || PHY
    legal_status   | V2: Single period under S20                || V2
    placement_type | h) A4: Placed for adoption                 || A4
    placement_type | k3                                         || K3
    accommodation  | U: Independent living                      || U
    accommodation  | Y                                          || Y
    activity       | F4 - apprenticeship                        || F4
    attendance     | /                                          || /
    attendance     | \\                                         || \\
    attendance     | x02                                        || X02
    attendance     | Y6                                         || Y6
    attendance     | I01                                        || I01
    attendance     | X10                                        || ?
    send_need      | Social, emotional and mental health        || SEMH
    rag            | AMBER                                      || amber
    alert          | Visit in pairs                             || visit_in_pairs
""")  # noqa: E501


@pytest.mark.parametrize("row", DAYS, ids=ids(DAYS))
def test_day(row):
    value, trouble = cells.day(row["cell"])
    assert (str(value or ""), trouble or "") == (row["day"], row["trouble"])


@pytest.mark.parametrize("row", NUMBERS, ids=ids(NUMBERS))
def test_whole_number(row):
    value, trouble = cells.whole_number(row["cell"])
    assert ("" if value is None else str(value), trouble or "") == (row["number"], row["trouble"])


def test_half_pupils_are_taken_down_and_said():
    assert cells.count("210.5") == (210, cells.HALVED)


@pytest.mark.parametrize("row", CODES, ids=ids(CODES))
def test_code(row):
    value, trouble = cells.code(row["list"], row["cell"].replace("\\\\", "\\"))
    assert ("?" if trouble else str(value)) == row["code"].replace("\\\\", "\\")


def test_every_register_code_is_known():
    given = [*"/\\LKVPWBDCMSTRIEQXGNOUZ#HJY", "C1", "C2", "J1", *(f"Y{number}" for number in range(1, 8))]
    corona = ["I01", "I02", *(f"X0{number}" for number in range(1, 10))]
    for mark in given + corona:
        assert cells.code("attendance", mark) == (mark, None)


def test_every_code_and_label_of_every_list_reads_as_its_code():
    for code_list in code_lists().values():
        for label, code in code_list.labels.items():
            read, value = code_list.code_of(label)
            assert read, (code_list.name, label)
            assert code_list.yes_no or value == code


FACTORS = table("""
    cell                          || codes
    ["1A", "3b"]                  || 1A 3B
    {"1A": "Y", "2B": "N"}        || 1A
    1A, 3B                        || 1A 3B
    ["1A", "1A"]                  || 1A
    []                            ||
    {"1A"                         || ?
    ["neglect"]                   || ?
    [1                            || ?
""")


@pytest.mark.parametrize("row", FACTORS, ids=ids(FACTORS))
def test_assessment_factors(row):
    value, trouble = cells.factors(row["cell"])
    assert ("?" if trouble else " ".join(value or [])) == row["codes"]


def test_address_of_the_dataset_is_one_line():
    said = '{"HOUSE": "3", "STREET": "Low Street", "TOWN": "Kelbeck", "FLAT": "", "UPRN": "123"}'
    assert cells.address(said) == ("3, Low Street, Kelbeck", None)
    assert cells.address('{"HOUSE": ') == (None, cells.UNREADABLE)


COLUMNS = table("""
    type     | cell            || value         | trouble
    id       | zz001           || ZZ001         |
    id       | 9212044.0       || 9212044       |
    id       | 1.23457E+11     ||               | unreadable
    id       | #N/A            ||               | excel_error
    postcode | zz11aa          || ZZ1 1AA       |
    postcode | ZZ99 9ZZ        || ZZ99 9ZZ      |
    postcode | W1A 1AA         || W1A 1AA       |
    postcode | nope            ||               | unreadable
    upn      | z123456789012   || Z123456789012 |
    upn      | Z12345678901A   || Z12345678901A |
    upn      | 5ff4489b-998    ||               | unreadable
    nhs      | 485 777 3456    || 4857773456    |
    nhs      | 485             ||               | unreadable
    urn      | 900001          || 900001        |
    urn      | 9000011         ||               | unreadable
    float    | 1,234.5         || 1234.5        |
    float    | NaN             ||               | unreadable
    float    | 1e999           ||               | unreadable
    text     | two   words     || two words     |
    text     | NULL            ||               |
""")


@pytest.mark.parametrize("row", COLUMNS, ids=ids(COLUMNS))
def test_column(row):
    read = one_cell(row["cell"], Field("x", "X", type=row["type"]), nulls=frozenset({"NULL"}))
    assert read == (row["value"], row["trouble"])


def one_cell(cell, field, nulls=frozenset()):
    grid = pl.DataFrame({"raw:x": [cell]}, schema={"raw:x": pl.String})
    read = read_columns(grid, [field], nulls, Memory())
    value, trouble = read[READ + "x"][0], read[TROUBLE + "x"][0]
    return "" if value is None else str(value), trouble or ""


@pytest.mark.parametrize("cell", [None, "", "  ", "\xa0", "\u200b", "\ufeff \t"])
@pytest.mark.parametrize("kind", ["text", "id", "date", "yes_no", "integer"])
def test_blanks_of_every_kind_are_blank(kind, cell):
    assert one_cell(cell, Field("x", "X", type=kind)) == ("", "")
    assert one_cell(cell, Field("x", "X", type=kind, required=True)) == ("", "blank")


def test_words_for_nothing_are_no_trouble_even_where_required():
    assert one_cell("NULL", Field("x", "X", type="date", required=True), nulls=frozenset({"NULL"})) == ("", "")


def test_non_breaking_spaces_become_plain():
    assert one_cell("Worker\xa0\xa0Name ", Field("x", "X")) == ("Worker Name", "")


def test_long_and_unprintable_cells_are_left_blank():
    assert one_cell("a" * 256, Field("x", "X")) == ("", "too_long")
    assert one_cell("a\x00b", Field("x", "X")) == ("", "control_characters")
    assert one_cell("a\x00b", Field("x", "X", type="sex")) == ("", "control_characters")
    assert one_cell("1" * 400, Field("x", "X", type="integer")) == ("", "too_long")
