"""Text files: encodings, separators, rows that do not fit, and the numbers of rows."""

import gzip

import pytest

from keepsight.core.errors import BadInput
from keepsight.core.formats import read

HEAD = "Date,Contact Source,Contacts,Referrals\n"
ROWS = ["01/03/2020,2A: Schools,12,3", "02/03/2020,6: Police,4,1", "03/03/2020,9: Anonymous,2,0"]
WHOLE = HEAD + "\n".join(ROWS) + "\n"


def reading_of(tmp_path, content, name="contacts.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    reading = read(path)
    assert reading.accounts()["adds_up"].all(), reading.accounts()
    return reading


def said(reading):
    return [
        (row["row"], row["column"], row["code"]) for row in reading.findings.sort("row", "code").iter_rows(named=True)
    ]


def contacts(reading):
    return reading.frames["contact_history"]["contacts"].to_list()


def rows(reading):
    return reading.frames["contact_history"]["row"].to_list()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_encoding(tmp_path, encoding):
    reading = reading_of(tmp_path, WHOLE.encode(encoding))
    assert contacts(reading) == [12, 4, 2]
    assert said(reading) == []


def test_windows_1252_is_told_by_its_letters(tmp_path):
    text = (
        "URN,EstablishmentName,EstablishmentStatus (name),"
        + ",".join(
            ("LA (code)", "Postcode", "Street", "Town", "Easting", "Northing", "StatutoryLowAge", "StatutoryHighAge")
        )
        + "\n900001,Ch\u00e2teau School\u2019s,Open,990,ZZ1 1AA,Low Street,Kelbeck,340000,520000,4,11\n"
    )
    reading = reading_of(tmp_path, text.encode("cp1252"), "schools.csv")
    assert reading.frames["settings"]["name"].to_list() == ["Ch\u00e2teau School\u2019s"]
    assert "encoding" in reading.findings["code"].to_list()


def test_bytes_that_are_no_text_are_told(tmp_path):
    reading = reading_of(tmp_path, b"\xef\xbb\xbf" + WHOLE.encode() + b"04/03/2020,\xda\xce,4,1\n")
    assert "not_text" in reading.findings["code"].to_list()
    assert reading.rows_in == {"": 4}


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_separator(tmp_path, separator):
    assert contacts(reading_of(tmp_path, WHOLE.replace(",", separator))) == [12, 4, 2]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends(tmp_path, line_end):
    assert rows(reading_of(tmp_path, WHOLE.replace("\n", line_end))) == [2, 3, 4]


def test_gzip(tmp_path):
    assert contacts(reading_of(tmp_path, gzip.compress(WHOLE.encode()), "contacts.csv.gz")) == [12, 4, 2]


def test_the_name_of_a_file_does_not_matter(tmp_path):
    assert contacts(reading_of(tmp_path, gzip.compress(WHOLE.encode()), "contacts.xlsx")) == [12, 4, 2]


def test_blank_rows_keep_the_numbers_of_the_others(tmp_path):
    text = "\n\n" + HEAD + ROWS[0] + "\n\n,,,\n \n" + ROWS[1] + "\n"
    reading = reading_of(tmp_path, text)
    assert rows(reading) == [4, 8]
    assert reading.rows_in == {"": 2}


def test_a_title_above_the_headings_is_told(tmp_path):
    reading = reading_of(tmp_path, "Contacts of March\n" + WHOLE)
    assert rows(reading) == [3, 4, 5]
    assert said(reading) == [(1, None, "rows_above_headings")]


def test_short_rows_are_filled_up_and_told(tmp_path):
    reading = reading_of(tmp_path, HEAD + ROWS[0] + "\n02/03/2020,6: Police,4\n" + ROWS[2] + "\n")
    assert contacts(reading) == [12, 4, 2]
    assert said(reading) == [(3, None, "short_row")]


def test_long_rows_are_left_out_and_told(tmp_path):
    reading = reading_of(tmp_path, HEAD + ROWS[0] + "\n02/03/2020,6: Police,4,1,5,6\n" + ROWS[2] + "\n")
    assert rows(reading) == [2, 4]
    assert said(reading) == [(3, None, "ragged")]


def test_surplus_commas_do_no_harm(tmp_path):
    reading = reading_of(tmp_path, HEAD + ROWS[0] + ",,\n" + ROWS[1] + "\n")
    assert contacts(reading) == [12, 4]
    assert said(reading) == []


def test_a_stray_quotation_mark_costs_only_its_own_line(tmp_path):
    reading = reading_of(tmp_path, HEAD + '01/03/2020,2A: Schools,12,"3\n' + ROWS[1] + "\n" + ROWS[2] + "\n")
    assert rows(reading) == [2, 3, 4]
    assert contacts(reading)[1:] == [4, 2]


def test_a_line_break_within_quotation_marks_is_one_row(tmp_path):
    text = HEAD + '01/03/2020,"2A:\nSchools",12,3\n' + ROWS[1] + "\n"
    reading = reading_of(tmp_path, text)
    assert reading.frames["contact_history"]["source"].to_list() == ["2A", "6"]
    assert rows(reading) == [2, 3]


def test_many_odd_rows_among_many_blocks_keep_their_numbers(tmp_path):
    lines = [f"01/03/2020,6: Police,{number},0" + (",x" if number % 1000 == 7 else "") for number in range(200_000)]
    reading = reading_of(tmp_path, HEAD + "\n".join(lines))
    frame = reading.frames["contact_history"]
    assert (frame["row"] == frame["contacts"] + 2).all()
    assert reading.accounts().row(0) == ("", 200_000, 199_800, 200, 0, True)


def test_more_rows_than_one_piece_are_one_list(tmp_path):
    lines = "\n".join(f"{1 + number % 28:02}/03/2020,6: Police,{number},0" for number in range(600_000))
    reading = reading_of(tmp_path, HEAD + lines + "\n" + ROWS[0] + "\n" + lines.split("\n")[5] + "\n")
    assert reading.rows_in == {"": 600_002}
    assert reading.frames["contact_history"]["row"].is_sorted()
    assert said(reading) == [(600_003, None, "duplicate")]
    assert reading.findings["found"].to_list() == ["the same as row 7"]


REFUSED = {
    "empty.csv": (b"", "is empty"),
    "blank.csv": (b"  \n \n", "is empty"),
    "letter.csv": (b"Dear all,\nplease find the list attached.\n", "is not a list that Keepsight knows"),
    "headings_lost.csv": ("\n".join(ROWS).encode(), "is not a list that Keepsight knows"),
    "picture.csv": (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "is a picture, not a list"),
    "paper.csv": (b"%PDF-1.7", "is a PDF, not a list"),
    "program.csv": (b"MZ\x90\x00" + bytes(range(1, 200)), "is not a text file"),
    "cut.csv.gz": (gzip.compress(WHOLE.encode() * 50)[:60], "is damaged"),
    "cut.parquet": (b"PAR1" + b"\x00" * 40, "is damaged"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_refused_with_one_sentence(tmp_path, name):
    content, sentence = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=sentence) as refused:
        read(path)
    assert name in refused.value.sentence


def test_a_gzip_bomb_is_refused_before_it_unpacks(tmp_path):
    path = tmp_path / "contacts.csv.gz"
    path.write_bytes(gzip.compress(HEAD.encode() + b"," * (64 << 20), compresslevel=9))
    with pytest.raises(BadInput, match="unpacks to far more"):
        read(path)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BadInput, match="lost.csv is not there"):
        read(tmp_path / "lost.csv")
    with pytest.raises(BadInput, match="is a folder"):
        read(tmp_path)
