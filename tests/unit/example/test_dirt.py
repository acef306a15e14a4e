"""Dirt: as much as real exports have, and of each kind that was seen in them."""

import polars as pl
import pytest


def cells(written, code) -> list[str]:
    return [cell for sheet in written.sheets(code).values() for column in sheet for cell in column.drop_nulls()]


def test_less_than_one_cell_in_fifty_of_annex_a_is_dirty_and_more_than_one_in_five_hundred(written, code):
    share = written.said["authorities"][code]["dirty_share"]
    lists = [share[f"list {number}"] for number in (1, 3, 4, 6, 7, 8)]
    assert all(0.002 < one < 0.02 for one in lists), lists


def test_no_list_is_dirtier_than_three_cells_in_a_hundred(written, code):
    assert max(written.said["authorities"][code]["dirty_share"].values()) <= 0.03


@pytest.mark.parametrize("seen", ["#N/A", "nope", "\u00a0"])
def test_cells_seen_in_the_field_occur(written, seen):
    assert any(seen in cell for code in ("fellshire", "fenborough") for cell in cells(written, code))


def test_a_code_stands_behind_the_wrong_letter(written, code):
    ethnicity = {cell for cell in cells(written, code) if cell.endswith((" WBRI", " APKN"))}
    assert {"a) WBRI", "p) WBRI"} <= ethnicity


def test_ids_differ_by_case_and_spaces(written):
    ids = written.sheets("fellshire")["List 1"]["Child Unique ID"].drop_nulls()
    assert ids.str.contains(r"^fel").any()
    assert ids.str.contains(r"^ ").any()
    assert ids.str.strip_chars().str.to_uppercase().str.contains(r"^FEL\d{7}$").all()


def test_some_dates_are_text_among_excel_dates(written, code):
    sheet = next(iter(written.sheets(code).values()))
    dates = sheet["Date of Contact"]
    text = dates.str.contains(r"^\d\d/\d\d/\d{4}")
    assert 0 < text.mean() < 0.03


def test_headings_are_written_as_in_the_field(written):
    fell, fen = written.sheets("fellshire"), written.sheets("fenborough")
    care = fell["List 8"].columns
    assert any("‘Missing’" in heading for heading in care)
    assert any(heading.endswith("(Y/N))") for heading in care)
    assert "Age" in care
    assert "Date of Adoption Order " in fell["List 10"].columns
    assert list(fen)[0] == "Contacts"
    assert "Child Unique Identifier" in fen["Contacts"].columns
    assert "Allocated Worker " in fen["Referrals"].columns


def test_ids_of_the_second_council_are_numbers_in_excel(written):
    import fastexcel

    sheet = fastexcel.read_excel(str(written.folder / "fenborough" / "annex_a.xlsx")).load_sheet("Adoption").to_polars()
    assert sheet.schema["Child Unique Identifier"].is_numeric()


def test_a_few_rows_stand_twice(written, code):
    visits = written.csv(code, "ssd_cin_visits.csv")
    assert 0 < visits.is_duplicated().sum() < 0.01 * visits.height


def test_one_weekly_file_writes_dates_the_british_way(written, code):
    first = {
        path.name: pl.read_csv(path, infer_schema=False, n_rows=1)["Date"][0]
        for path in sorted((written.folder / code / "attendance").iterdir())
    }
    assert sum("/" in day for day in first.values()) == 1


def test_register_marks_come_with_slips(written, code):
    path = sorted((written.folder / code / "attendance").iterdir())[0]
    codes = pl.read_csv(path, infer_schema=False)["Code"].fill_null("")
    assert (codes == "").any()
    assert codes.str.contains(r" $").any()
    assert 0.0005 < 1 - codes.str.contains(r"^[A-Z0-9/\\]+$").mean() < 0.006


def test_the_schools_list_is_not_utf8(written):
    assert any(
        b"Zo\xeb" in (written.folder / code / "schools.csv").read_bytes() for code in ("fellshire", "fenborough")
    )


def test_readers_hold_every_row_or_name_it(written, code):
    """The files are dirty, not broken: a reader rejects next to nothing."""
    from keepsight.core import formats

    for name in ("annex_a.xlsx", "send_register.csv", "ssd_person.csv", "rag_tracker.xlsx", "schools.csv"):
        reading = formats.read(written.folder / code / name)
        rejected = reading.findings.filter(pl.col("severity") == "rejected")
        assert rejected.height <= 0.01 * sum(reading.rows_in.values()) + 1, name
