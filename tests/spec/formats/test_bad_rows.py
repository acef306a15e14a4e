"""Bad rows and the sentence that each yields: to be read and checked by whoever sends the files."""
# ruff: noqa: E501 (a sentence stays on one line)

import pytest

from keepsight.core.formats import read

CONTACTS = "Child Unique ID,Gender,Ethnicity,Date of Birth,Age,Date of Contact,Contact Source"
PLANS = (
    "Child Unique ID,Gender,Ethnicity,Date of Birth,Does the Child have a Disability,Child Protection Plan Start Date,"
    "Initial Category of Abuse,Latest Category of Abuse,Date of the Last Statutory Visit,Was the Child Seen Alone?,"
    "Number of Previous Child Protection Plans,Allocated Team,Allocated Worker"
)
MARKS = "UPN,URN,Date,Session,Code"
RAG = "Child Unique ID,RAG,Date rated,Rated by,Reason,Review date"
SEND = "SEND ID,UPN,Child Unique ID,Forename,Surname,Date of Birth,Plan date,Primary need,URN,Last annual review"
POSTCODES = "pcds,lat,long,lsoa11,laua,idaci_decile"

# headings, the row, then: column | what stands there | what would be right | what was done
BAD = [
    # --- cells: the value is left blank, the row is kept
    (
        CONTACTS,
        "ZZ1,Lamp,WBRI,01/02/2010,10,20/03/2020,6",
        "Gender | Lamp | Male, female, not stated or neither. | The cell was left blank.",
    ),
    (
        CONTACTS,
        "ZZ1,M,WBRI,31/02/2010,10,20/03/2020,6",
        "Date of Birth | 31/02/2010 | A day, such as 25/01/2015. | The cell was left blank.",
    ),
    (
        CONTACTS,
        "ZZ1,M,WBRI,01/02/1020,10,20/03/2020,6",
        "Date of Birth | 01/02/1020 | A day between 1901 and 2100. | The cell was left blank.",
    ),
    (
        CONTACTS,
        "ZZ1,M,#N/A,01/02/2010,10,20/03/2020,6",
        "Ethnicity | #N/A | A value; Excel shows that a formula or look-up failed. | The cell was left blank.",
    ),
    (
        CONTACTS,
        "ZZ1,M,WBRI,01/02/2010,10,20/03/2020,Med - CAMHS",
        "Contact Source | Med - CAMHS | A contact source code 1A to 10, such as 2A: Schools. | The cell was left blank.",
    ),
    (
        CONTACTS,
        "ZZ1,M,,01/02/2010,10,20/03/2020,6",
        "Ethnicity |  | An entry; the list allows no blank here. | The cell stays blank.",
    ),
    (
        PLANS,
        "ZZ1,M,WBRI,01/02/2010,No,01/03/2020,Neglect,Neglect,20/03/2020,Yes,several,North,Worker A",
        "Number of Previous Child Protection Plans | several | A whole number. | The cell was left blank.",
    ),
    (
        MARKS,
        "Z123456789012,900001,16/03/2020,AM,ZZ",
        "Code | ZZ | A register code such as /, \\, L, I or X02. | The cell was left blank.",
    ),
    (
        POSTCODES,
        "ZZ1 1AA,fifty-four,-2.9,E01000001,E07000001,3",
        "lat | fifty-four | A number. | The cell was left blank.",
    ),
    # --- rows: left out
    (
        CONTACTS,
        ",M,WBRI,01/02/2010,10,20/03/2020,6",
        "Child Unique ID |  | A child's id; without one the row belongs to nobody. | The row was left out.",
    ),
    (
        CONTACTS,
        "ZZ1,M,WBRI,01/02/2010,10,,6",
        "Date of Contact |  | A day, such as 25/01/2015. Without it the row says nothing. | The row was left out.",
    ),
    (
        CONTACTS,
        "ZZ1,M,WBRI,01/02/2010,10,last week,6",
        "Date of Contact | last week | A day, such as 25/01/2015. Without it the row says nothing. | The row was left out.",
    ),
    (
        MARKS,
        "Z12345,900001,16/03/2020,AM,/",
        "UPN | Z12345 | A unique pupil number: a letter, then twelve digits. Without it the row says nothing. "
        "| The row was left out.",
    ),
    (
        MARKS,
        "Z123456789012,900001,16/03/2020,noon,/",
        "Session | noon | AM or PM. Without it the row says nothing. | The row was left out.",
    ),
    (
        RAG,
        "ZZ1,Purple,01/03/2020,Worker A,,",
        "RAG | Purple | Red, Amber or Green. Without it the row says nothing. | The row was left out.",
    ),
    (
        SEND,
        ",,,Invented,Person,01/02/2010,01/09/2015,SEMH,900001,",
        "SEND ID |  | One of SEND ID, UPN, Child Unique ID; without any the row belongs to nobody. | The row was left out.",
    ),
    (
        POSTCODES,
        "nope,54.57,-2.9,E01000001,E07000001,3",
        "pcds | nope | A full postcode, such as LA1 1AA. Without it the row says nothing. | The row was left out.",
    ),
    (
        CONTACTS,
        "ZZ1,M,WBRI,01/02/2010,10,20/03/2020,6,,why",
        "ragged | As many values as there are headings. | left out",
    ),
]


@pytest.mark.parametrize(("headings", "row", "sentence"), BAD, ids=[row for _, row, _ in BAD])
def test_bad_row(tmp_path, headings, row, sentence):
    path = tmp_path / "list.csv"
    path.write_text(f"{headings}\n{row}\n")
    reading = read(path)
    findings = reading.findings.filter(row=2)
    said = [
        " | ".join(one[key] or "" for key in ("column", "found", "expected", "done")) for one in findings.to_dicts()
    ]
    if sentence.startswith("ragged"):
        assert findings["code"].to_list() == ["ragged"]
    else:
        assert sentence in said
    assert reading.accounts()["adds_up"].all()
    left_out = sentence.endswith(("The row was left out.", "left out"))
    assert reading.accounts()["rejected"].to_list() == [int(left_out)]
    assert reading.accounts()["loaded"].to_list() == [int(not left_out)]


def test_a_row_that_stands_twice_is_kept_and_told(tmp_path):
    path = tmp_path / "list.csv"
    row = "ZZ1,M,WBRI,01/02/2010,10,20/03/2020,6"
    path.write_text(f"{CONTACTS}\n{row}\nZZ2{row[3:]}\n{row}\n")
    reading = read(path)
    assert reading.findings.select("row", "code", "found").rows() == [(4, "duplicate", "the same as row 2")]
    assert reading.frames["contacts"].height == 3


def test_two_marks_for_one_session_are_kept_and_told(tmp_path):
    path = tmp_path / "attendance.csv"
    path.write_text(f"{MARKS}\nZ123456789012,900001,16/03/2020,AM,/\nZ123456789012,900001,16/03/2020,AM,I\n")
    reading = read(path)
    assert reading.findings.select("row", "code", "found").rows() == [(3, "two_marks", "otherwise than row 2")]
    assert reading.frames["attendance"].height == 2
