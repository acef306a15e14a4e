"""Workbooks: rows as Excel shows them, formulas, errors, guards."""

import io
import random
import zipfile

import polars as pl
import pytest
import xlsxwriter

from keepsight.core.errors import BadInput
from keepsight.core.formats import Kind, read, read_folder
from keepsight.core.formats.clean import letters
from tests import damage

HEAD = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age", "Date of Contact", "Contact Source"]
ROW = ["ZZ001", "a) Male", "a) WBRI", "01/02/2010", 10, "20/03/2020", "q) 6: Police"]


def book_of(tmp_path, write, name="annex_a.xlsx"):
    path = tmp_path / name
    book = xlsxwriter.Workbook(str(path))
    write(book)
    book.close()
    return path


def one_sheet(tmp_path, *rows, name="List 1", at=(0, 0)):
    def write(book):
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            for place, cell in enumerate(row or []):
                if cell is not None:
                    sheet.write(at[0] + number, at[1] + place, cell)

    return read(book_of(tmp_path, write))


def said(reading):
    return reading.findings.sort("row", "code").select("row", "column", "code").rows()


def test_leading_blank_rows_and_columns_and_blank_rows_between(tmp_path):
    reading = one_sheet(tmp_path, HEAD, ROW, None, [*ROW[:5], "21/03/2020", "6"], at=(3, 2))
    assert reading.frames["contacts"]["row"].to_list() == [5, 7]
    assert reading.rows_in == {"List 1": 2}
    assert said(reading) == []


def test_numbers_dates_and_text_in_one_column(tmp_path):
    def write(book):
        sheet = book.add_worksheet("Contacts")
        sheet.write_row(0, 0, HEAD)
        as_day = book.add_format({"num_format": "dd/mm/yyyy"})
        for number, (child, cell) in enumerate(
            [(9212044, 43910), ("zz2 ", 43911), ("ZZ3", "22/03/2020"), ("ZZ4", 43913)]
        ):
            sheet.write_row(number + 1, 0, [child, *ROW[1:5]])
            if isinstance(cell, int) and number != 3:
                sheet.write_number(number + 1, 5, cell, as_day)
            else:
                sheet.write(number + 1, 5, cell)
            sheet.write(number + 1, 6, 6)

    frame = read(book_of(tmp_path, write)).frames["contacts"]
    assert frame["child_id"].to_list() == ["9212044", "ZZ2", "ZZ3", "ZZ4"]
    assert [str(day) for day in frame["contact_on"]] == ["2020-03-20", "2020-03-21", "2020-03-22", "2020-03-23"]
    assert frame["source"].unique().to_list() == ["6"]


def test_formulas_and_errors(tmp_path):
    def write(book):
        sheet = book.add_worksheet("List 1")
        sheet.write_row(0, 0, HEAD)
        for row in (1, 2, 3):
            sheet.write_row(row, 0, [f"ZZ{row}", *ROW[1:]])
        sheet.write_formula(1, 3, "=F2-3650", None, 40260)
        sheet.write_formula(2, 1, "=NA()", None, "#N/A")
        sheet.write_formula(3, 2, "=B4", None, "a) WBRI")

    path = book_of(tmp_path, write)
    unsaved(path, b"<f>F2-3650</f><v>40260</v>", b"<f>F2-3650</f><v></v>")
    reading = read(path)
    assert said(reading) == [(2, "Date of Birth", "no_saved_result"), (3, "Gender", "excel_error")]
    assert reading.frames["contacts"]["ethnicity"].to_list() == ["WBRI"] * 3
    assert reading.findings.filter(code="no_saved_result")["expected"][0].startswith(
        "A value; this is a formula without a saved result."
    )


def unsaved(path, old, new):
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert old in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(old, new)
    path.write_bytes(damage.zip_of(parts))


def test_a_formula_that_says_nothing_is_blank(tmp_path):
    def write(book):
        sheet = book.add_worksheet("List 1")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ROW)
        sheet.write_formula(1, 3, "=E2", None, "")

    path = book_of(tmp_path, write)
    unsaved(path, b'<c r="D2"><f>E2</f><v></v></c>', b'<c r="D2" t="str"><f>E2</f><v></v></c>')
    reading = read(path)
    assert reading.frames["contacts"]["date_of_birth"].to_list() == [None]
    assert said(reading) == []


def test_sheets_that_are_no_list_are_named_with_their_rows(tmp_path):
    def write(book):
        cover = book.add_worksheet("Cover")
        for row in range(4):
            cover.write(row, 0, f"Please read note {row}")
        sheet = book.add_worksheet("List 1")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ROW)
        book.add_worksheet("List 2")
        sheet = book.add_worksheet("List 3")
        sheet.write_row(
            0, 0, ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Date of referral", "Referral Source"]
        )

    reading = read(book_of(tmp_path, write))
    found = {(row["sheet"], row["code"]): row["found"] for row in reading.findings.iter_rows(named=True)}
    assert found["Cover", "sheet_not_recognised"] == "3 rows"
    assert ("List 2", "sheet_empty") in found
    assert ("List 3", "sheet_empty") in found
    assert reading.frames["referrals"].height == 0
    assert "early_help" not in reading.frames
    assert reading.accounts()["adds_up"].all()
    assert reading.kind == Kind.ANNEX_A


def test_the_same_list_on_two_sheets_is_read_twice_and_told(tmp_path):
    def write(book):
        for name in ("List 1", "List 1 (2)"):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, HEAD)
            sheet.write_row(1, 0, ROW)

    reading = read(book_of(tmp_path, write))
    assert reading.frames["contacts"].select("sheet", "row").rows() == [("List 1", 2), ("List 1 (2)", 2)]
    assert "same_list_again" in reading.findings["code"].to_list()


def test_columns_without_a_heading_are_named_by_their_letters(tmp_path):
    reading = one_sheet(tmp_path, [*HEAD, None], [*ROW, "secret"])
    assert said(reading) == [(None, "column H, without a heading", "unknown_column")]
    assert [letters(place) for place in (0, 25, 26, 701)] == ["A", "Z", "AA", "ZZ"]


def test_a_missing_column_is_told_and_a_missing_key_rejects_every_row(tmp_path):
    reading = one_sheet(tmp_path, HEAD[:5] + HEAD[6:], ROW[:5] + ROW[6:])
    assert (None, "Date of Contact", "missing_column") in said(reading)
    assert (2, "Date of Contact", "no_key") in said(reading)
    assert reading.accounts().row(0) == ("List 1", 1, 0, 1, 0, True)


def test_columns_of_a_later_template_are_not_missed(tmp_path):
    header = """Child Unique ID|Gender|Ethnicity|Date of Birth|Does the Child have a Disability|Allocated Team|
    Allocated Worker|Eligibility Category|LA in Touch|Type of Accommodation|Suitability of Accommodation|
    Activity Status"""
    row = "ZZ1|M|WBRI|01/02/2001|No|Team|Worker|a) Relevant child|a) Yes|U: Independent living|Suitable|F1"
    reading = one_sheet(tmp_path, header.split("|"), row.split("|"), name="List 9")
    assert reading.frames["care_leavers"]["uasc"].to_list() == [None]
    assert "missing_column" not in reading.findings["code"].to_list()


# --- Guards ------------------------------------------------------------------------------------------

SOUND = damage.small_workbook(random.Random(1))
GUARDED = {
    "bomb": (damage.bomb(SOUND), "longer than 4 MB|unpacks to far more"),
    "bomb_that_lies": (damage.lying_bomb(SOUND), "longer than 4 MB|unpacks to far more"),
    "overlapping": (damage.overlapping(SOUND), "no ordinary workbook"),
    "locked": (damage.locked(SOUND), "locked by a password"),
    "nested": (damage.nested(SOUND), "zip archive and not an .xlsx"),
    "old_excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old Excel format"),
    "locked_by_office": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le"),
        "locked by a password",
    ),
    "cut": (SOUND[: len(SOUND) // 2], "is damaged"),
}


@pytest.mark.parametrize("name", list(GUARDED))
def test_guard(tmp_path, name):
    content, sentence = GUARDED[name]
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=sentence) as refused:
        read(path)
    assert path.name in refused.value.sentence


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZZZ9", "A99999999999", "AAA5", "ZZ1048576"])
def test_a_cell_far_away_is_refused_before_memory_is_taken_for_it(tmp_path, cell):
    with zipfile.ZipFile(io.BytesIO(SOUND)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/worksheets/sheet1.xml"] = parts["xl/worksheets/sheet1.xml"].replace(b'r="B2"', f'r="{cell}"'.encode())
    path = tmp_path / "far.xlsx"
    path.write_bytes(damage.zip_of(parts))
    with pytest.raises(BadInput, match="entries far"):
        read(path)


def test_a_long_text_shown_in_too_many_cells_is_refused(tmp_path):
    with zipfile.ZipFile(io.BytesIO(SOUND)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    parts["xl/sharedStrings.xml"] = b"<sst><si><t>" + b"x" * 32_000 + b"</t></si></sst>"
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (row, row) for row in range(1, 40_000))
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
    path = tmp_path / "long.xlsx"
    path.write_bytes(damage.zip_of(parts))
    with pytest.raises(BadInput, match="shows long texts in more cells"):
        read(path)


def test_a_folder_is_read_in_order_with_progress(tmp_path):
    (tmp_path / "b.csv").write_text("Date,Contact Source,Contacts,Referrals\n01/03/2020,6: Police,1,0\n")
    (tmp_path / "deeper").mkdir()
    pl.DataFrame(
        {"postcode": ["ZZ1 1AA"], "lat_e5": [5457000], "lon_e5": [-293000], "lsoa11": ["E01000001"]}
    ).write_parquet(tmp_path / "deeper" / "a.parquet")
    (tmp_path / "note.docx").write_bytes(b"left alone")
    (tmp_path / "~$b.xlsx").write_bytes(b"left alone")
    seen = []
    readings = read_folder(tmp_path, progress=lambda name, done, of: seen.append((name, done, of)))
    assert [reading.kind for reading in readings] == [Kind.CONTACTS_HISTORY, Kind.POSTCODES]
    assert seen == [("b.csv", 0, 2), ("a.parquet", 1, 2)]
    assert readings[1].frames["postcodes"]["latitude"].to_list() == [54.57]
    assert len(readings[0].sha256) == 64


def test_a_folder_without_lists_is_refused(tmp_path):
    with pytest.raises(BadInput, match="holds no list"):
        read_folder(tmp_path)
    with pytest.raises(BadInput, match="is not a folder"):
        read_folder(tmp_path / "lost")
