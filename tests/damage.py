"""
Small sound files of each kind, and ways to damage them: cut, swapped, wrong types, formulas, huge
cells, wrong encodings, flipped bytes, zip bombs. Everything follows from the dice.
"""
# ruff: noqa: E501 (the small files stand here as their lines are)

import gzip
import io
import random
import re
import struct
import zipfile
import zlib
from collections.abc import Callable

import polars as pl
import xlsxwriter

from bench.annex_a_workbook import annex_a_tables

Damage = Callable[[bytes, random.Random], bytes]

JUNK = (
    "", " ", "\xa0", "#N/A", "#REF!", "NULL", "nil", "=H2+5", "+44", "@SUM(A1)", "-1", "0", "1e999", "NaN", "inf",
    "9" * 40, "1,2,3", "31/02/2020", "00/00/0000", "2020-13-45", "99999", "0000-00-00", "٣٤", "é", "\U0001f600",
    "\u202e", "\x00", "\x07", "a" * 300, "'; DROP", "<b>", "{", "[1A",
    '{"a": [', "true", "TRUE", "12.5", "1.2E+11", "ZZ1 1AA", "nope", "Yes", "a) ", "q) 6: Police", "\ufeff", "\r", "\\", '"',
)  # fmt: skip

TEXTS: dict[str, tuple[str, ...]] = {
    "annex_a_csv": (
        "Child Unique ID,Gender,Ethnicity,Date of Birth,Age,Date of Contact,Contact Source\n"
        "ZZ001,a) Male,a) WBRI,01/02/2010,10,20/03/2020,f) 2B: Education services\n"
        "ZZ002,b) Female,Any other White background,2012-03-04,8,2020-03-21,q) 6: Police\n"
        "zz003 ,Female,s) NOBT,,,22/03/2020 00:00:00,6\n",
        "Child ID,Sex,Ethnicity,DOB,Does the Child have a Disability,Child Protection Plan Start Date,Initial Category "
        "of Abuse,Latest Category of Abuse,Date of the Last Statutory Visit,Was the Child Seen Alone?,Number of "
        "Previous Child Protection Plans,Allocated Team,Allocated Worker\n"
        "ZZ001,M,WBRI,01/02/2010,b) No,01/02/2020,Neglect,a) Neglect,20/03/2020,Yes,1,North,Worker A\n"
        "ZZ002,F,WIRI,01/02/2011,a) Yes,01/02/2020,Neglect,d) Emotional abuse,20/03/2020,No,0,North,Worker B\n",
    ),
    "schools": (
        "URN,LA,ESTAB,LAESTAB,SCHNAME,STREET,TOWN,POSTCODE,ICLOSE,OPENDATE,CLOSEDATE,NFTYPE,ISPRIMARY,ISSECONDARY,"
        "ISPOST16,AGEL,AGEH,PUPILS_ON_ROLL,EASTING,NORTHING,LAT,LON,LSOA11CD,LAD25CD\n"
        "900001,990,2001,9902001,Beckside School,Low Street,Kelbeck,ZZ1 1AA,1,,,Community school,1,0,0,4,11,"
        "210.5,340000,520000,54.57,-2.93,E01000001,E07000001\n"
        "900002,990,4001,9904001,Fellgate School,High Street,Kelbeck,ZZ1 1AB,2,,2019-08-31,Foundation school,0,1,1,11,18,"
        "900,341000,521000,54.58,-2.92,E01000002,E07000001\n",
        "URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),EstablishmentStatus (name),"
        "PhaseOfEducation (name),StatutoryLowAge,StatutoryHighAge,SchoolCapacity,NumberOfPupils,OpenDate,CloseDate,"
        "Street,Town,Postcode,DistrictAdministrative (code),DistrictAdministrative (name),Easting,Northing,LSOA (code)\n"
        "900001,990,2001,Beckside School,Community school,Open,Primary,4,11,240,210,01-09-1990,,Low Street,Kelbeck,"
        "ZZ1 1AA,E07000001,Kelbeck,340000,520000,E01000001\n"
        '900003,990,7001,"Garth, The",Community special school,"Open, but proposed to close",Not applicable,2,19,80,75,,,'
        "Low Street,Kelbeck,ZZ1 1AD,E07000001,Kelbeck,340100,520100,E01000001\n",
    ),
    "census": (
        "pupilonrolltableid,NativeId,dob,surname,forename,upn,formerupn,sex,entrydate,enrolstatus,senprovision,ncyearactual\n"
        "k1,SCH1,2012-Jan-21 00:00:00,SURNAME1,FORENAME1,Z12345678901A,,F,2019-Sep-03 00:00:00,C,N,4\n"
        "k2,SCH1,2013-Feb-22 00:00:00,SURNAME2,FORENAME2,Z123456789012,,M,2019-Sep-03 00:00:00,M,K,3\n",
        "pupilonrolltableid,NativeId,termlysessiondetailsonrolltableid,sessions,attendancereason\n"
        "k1,SCH1,t1,133.0,C\nk1,SCH1,t2,12,I\nk2,SCH1,t3,4,\n",
        "pupilnolongeronrolltableid,NativeId,startdate,sessions,reason1,category,senprovision\n"
        "k1,SCH1,2024-Sep-09 00:00:00,10.0,PP,PERM,N\n",
        "pupilonrolltableid,NativeId,fsmstartdate,fsmenddate,ukcountry\nk1,SCH1,2019-Sep-09 00:00:00,,ENG\n",
        "pupilonrolltableid,NativeId,uniquepropertyreferencenumber,postcode\nk1,SCH1,1234.0,ZZ1 1AA\n",
    ),
    "attendance": (
        "UPN,URN,Date,Session,Code\nZ123456789012,900001,16/03/2020,AM,/\nZ123456789012,900001,16/03/2020,PM,\\\n"
        "Z223456789012,900001,2020-03-17,AM,X02\nZ323456789012,900001,2020-03-17,PM,\n",
    ),
    "send": (
        "SEND ID,UPN,Child Unique ID,NHS number,Forename,Surname,Date of Birth,Sex,Postcode,Plan date,Ceased date,Primary "
        "need,URN,Last annual review,Risk assessment,Risk assessment date\n"
        "S1,Z123456789012,ZZ001,4857773456,Invented,Person,01/02/2010,M,ZZ1 1AA,01/09/2015,,SEMH,900001,01/10/2019,safer at "
        "home,01/04/2020\nS2,,,,Also,Invented,02/02/2011,F,ZZ1 1AB,01/09/2016,,ASD,900003,,not done,\n",
    ),
    "postcodes": (
        "pcd,pcd2,pcds,dointr,doterm,oseast1m,osnrth1m,laua,lsoa11,lat,long,imd,idaci_decile\n"
        "ZZ1 1AA,ZZ1  1AA,ZZ1 1AA,199001,,340000,520000,E07000001,E01000001,54.57,-2.93,12000,3\n"
        "ZZ1 1AB,ZZ1  1AB,ZZ1 1AB,199001,,340100,520100,E07000001,E01000002,99.999999,0,12001,4\n",
        "postcode,lat_e5,lon_e5,lsoa11\nAL1 1AA,5174908,-34134,E01023743\nAL1 1AB,5174783,-30186,E01023667\n",
    ),
    "contacts_history": (
        "Date,Contact Source,Contacts,Referrals\n01/03/2020,2A: Schools,12,3\n02/03/2020,6: Police,\"1,204\",300\n"
        "2020-03-03,Anonymous,4,\n",
    ),
    "case_system": (
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob,pers_expected_dob,pers_death_date,"
        "pers_upn,pers_single_unique_id\nZZ001,Invented,Person,M,WBRI,2010-02-01,,,Z123456789012,4857773456\n"
        "ZZ002,Also,Invented,F,WIRI,,2020-09-01,,,\n",
        "addr_table_id,addr_address_json,addr_person_id,addr_address_start_date,addr_address_end_date,"
        'addr_address_postcode\nAD0,"{""HOUSE"": ""1"", ""STREET"": ""Low Street"", ""TOWN"": ""Kelbeck""}",ZZ001,'
        "2018-08-06,,ZZ11AA\n",
        "cppv_cp_visit_id,cppv_person_id,cppv_cp_visit_date,cppv_cp_visit_seen,cppv_cp_visit_seen_alone,visit_mode\n"
        "CP1,ZZ001,2020-03-25,Y,N,Home visit\nCP2,ZZ001,2020-04-25,N,,Video call\n",
        "cinf_table_id,cinf_assessment_factors_json,cina_person_id,cina_assessment_auth_date\n"
        'CF0,"[""2A"", ""3B""]",ZZ001,2019-11-21\nCF1,"[]",ZZ002,2020-01-07\n',
        "miss_table_id,miss_person_id,miss_missing_episode_start_date,miss_missing_episode_end_date,"
        "miss_missing_rhi_offered,miss_missing_rhi_accepted\nMI0,ZZ001,2020-03-23,2020-03-24,Y,N\n",
        "fami_table_id,fami_family_id,fami_person_id\nFT0,FAM1,ZZ001\nFT1,FAM1,ZZ002\n",
    ),
    "case_alerts": (
        "Child Unique ID,Alert,Start Date,End Date,Note\nZZ001,Visit in pairs,01/03/2020,,Ring first\n"
        "ZZ002,Domestic abuse,2020-03-13,2020-04-01,\n",
    ),
    "rag_tracker": (
        "Child Unique ID,RAG,Date rated,Rated by,Reason,Review date\nZZ001,Red,20/03/2020,Worker A,Neglect,27/03/2020\n"
        "ZZ002,A,2020-03-21,Worker B,,\n",
    ),
}  # fmt: skip


# --- Damage to text ----------------------------------------------------------------------------------


def text_damage(kind: str, dice: random.Random) -> bytes:
    """Give one damaged copy of a small text file of this kind."""
    whole = dice.choice(TEXTS[kind])
    for _ in range(dice.randrange(1, 3)):
        whole = dice.choice(_IN_WORDS)(whole, dice)
    packed = dice.choice(_ENCODED)(whole, dice)
    if dice.random() < 0.5:
        packed = dice.choice(_IN_BYTES)(packed, dice)
    return packed


def _cells(whole: str) -> list[list[str]]:
    return [line.split(",") for line in whole.split("\n")]


def _whole(cells: list[list[str]]) -> str:
    return "\n".join(",".join(row) for row in cells)


def _another_cell(whole: str, dice: random.Random) -> str:
    cells = _cells(whole)
    row = dice.choice(cells)
    row[dice.randrange(len(row))] = dice.choice(JUNK)
    return _whole(cells)


def _every_cell_of_a_column(whole: str, dice: random.Random) -> str:
    cells = _cells(whole)
    place = dice.randrange(len(cells[0]))
    for row in cells[1:]:
        if place < len(row):
            row[place] = dice.choice(JUNK)
    return _whole(cells)


def _swapped_columns(whole: str, dice: random.Random) -> str:
    cells = _cells(whole)
    order = list(range(len(cells[0])))
    dice.shuffle(order)
    headings_too = dice.random() < 0.5
    return _whole(
        [
            [row[place] for place in order] if len(row) == len(order) and (number or headings_too) else row
            for number, row in enumerate(cells)
        ]
    )


def _lost_column(whole: str, dice: random.Random) -> str:
    place = dice.randrange(len(_cells(whole)[0]))
    return _whole([row[:place] + row[place + 1 :] for row in _cells(whole)])


def _lines_about(whole: str, dice: random.Random) -> str:
    lines = whole.split("\n")
    place = dice.randrange(len(lines))
    extra = dice.choice(("", " ", ",,,,", "A title over the list", lines[place], lines[0], '"', "a,b,c," * 40))
    return "\n".join(lines[:place] + [extra] * dice.randrange(1, 4) + lines[place:])


def _lost_line(whole: str, dice: random.Random) -> str:
    lines = whole.split("\n")
    del lines[dice.randrange(len(lines))]
    return "\n".join(lines)


def _another_separator(whole: str, dice: random.Random) -> str:
    return whole.replace(",", dice.choice((";", "\t", "|", " ", ",,")))


def _ragged(whole: str, dice: random.Random) -> str:
    lines = whole.split("\n")
    place = dice.randrange(len(lines))
    lines[place] = (
        lines[place].rsplit(",", dice.randrange(1, 4))[0] if dice.random() < 0.5 else lines[place] + ",more,and more"
    )
    return "\n".join(lines)


def _stray_marks(whole: str, dice: random.Random) -> str:
    for _ in range(dice.randrange(1, 4)):
        place = dice.randrange(len(whole))
        whole = whole[:place] + dice.choice(('"', '""', "\n", "\r", "\r\n", "\x00", "\x1a", "'")) + whole[place:]
    return whole


def _huge_cell(whole: str, dice: random.Random) -> str:
    cells = _cells(whole)
    row = dice.choice(cells)
    row[dice.randrange(len(row))] = dice.choice("a1 /") * dice.choice((300, 5_000, 70_000))
    return _whole(cells)


_IN_WORDS = (
    _another_cell, _another_cell, _every_cell_of_a_column, _swapped_columns, _lost_column, _lines_about, _lost_line,
    _another_separator, _ragged, _stray_marks, _huge_cell,
)  # fmt: skip


def _as(*encodings: str) -> Callable[[str, random.Random], bytes]:
    def encode(whole: str, dice: random.Random) -> bytes:
        return whole.encode(dice.choice(encodings), "replace")

    return encode


def _zipped(whole: str, dice: random.Random) -> bytes:
    return gzip.compress(whole.encode("utf-8", "replace"), compresslevel=1, mtime=0)


_ENCODED = (
    _as("utf-8"), _as("utf-8"), _as("utf-8"), _as("utf-8-sig"), _as("utf-16", "utf-16-le", "utf-16-be"),
    _as("cp1252", "latin-1"), _as("utf-32", "utf-7", "cp500", "shift_jis"), _zipped,
)  # fmt: skip


# --- Damage to bytes -----------------------------------------------------------------------------------


def _cut(packed: bytes, dice: random.Random) -> bytes:
    return packed[: dice.randrange(len(packed) + 1)]


def _flipped(packed: bytes, dice: random.Random) -> bytes:
    bent = bytearray(packed)
    for _ in range(dice.choice((1, 2, 8, 40))):
        if bent:
            bent[dice.randrange(len(bent))] = dice.randrange(256)
    return bytes(bent)


def _another_start(packed: bytes, dice: random.Random) -> bytes:
    starts = (
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x1f\x8b",
        b"PAR1",
        b"%PDF-1.4",
        b"\xff\xfe",
        b"\x00" * 8,
    )
    return dice.choice(starts) + packed[dice.randrange(3) :]


def _twice(packed: bytes, dice: random.Random) -> bytes:
    return packed + packed[dice.randrange(len(packed) + 1) :]


_IN_BYTES: tuple[Damage, ...] = (_cut, _cut, _flipped, _flipped, _another_start, _twice)


def byte_damage(packed: bytes, dice: random.Random) -> bytes:
    """Give one copy damaged in its bytes alone."""
    return dice.choice(_IN_BYTES)(packed, dice)


def small_parquet() -> bytes:
    """Give a sound postcode lookup of a few rows as Parquet."""
    packed = io.BytesIO()
    columns = {"postcode": ["ZZ1 1AA", "ZZ1 1AB", "nope"], "lat_e5": [5457000, None, 1], "lon_e5": [-293000, 1, None]}
    pl.DataFrame({**columns, "lsoa11": ["E01000001", "E01000002", None]}).write_parquet(packed)
    return packed.getvalue()


# --- Damage to workbooks -------------------------------------------------------------------------------


def small_workbook(dice: random.Random) -> bytes:
    """Give a sound workbook of one or two Annex A lists with a few rows."""
    packed = io.BytesIO()
    book = xlsxwriter.Workbook(packed, {"in_memory": True, "strings_to_formulas": False})
    as_day = book.add_format({"num_format": "dd/mm/yyyy"})
    for table in dice.sample([one for one in annex_a_tables() if one.number != 8], dice.choice((1, 1, 2))):
        sheet = book.add_worksheet(dice.choice((f"List {table.number}", table.name.replace("_", " "))))
        for place, one in enumerate(table.fields):
            sheet.write(0, place, one.header)
            for row in range(1, 4):
                if one.type == "date":
                    sheet.write_number(row, place, 43_900 + dice.randrange(30), as_day)
                else:
                    sheet.write(row, place, dice.choice(("ZZ001", "a) Yes", "WBRI", "6: Police", 3, "Team North")))
    book.close()
    return packed.getvalue()


def workbook_damage(whole: bytes, dice: random.Random) -> bytes:
    """Give one damaged copy of a workbook: inside its XML, in its zip, or in its bytes."""
    throw = dice.random()
    if throw < 0.6:
        return _with_other_parts(whole, dice)
    if throw < 0.7:
        return _bent_zip(whole, dice)
    return dice.choice(_IN_BYTES)(whole, dice)


def _with_other_parts(whole: bytes, dice: random.Random) -> bytes:
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    for _ in range(dice.randrange(1, 4)):
        sheets = [name for name in parts if "worksheets/sheet" in name] or [next(iter(parts))]
        name = dice.choice(sheets) if dice.random() < 0.8 else dice.choice(list(parts))
        if dice.random() < 0.04:
            del parts[name]
            if not parts:
                break
            continue
        parts[name] = dice.choice(_IN_XML)(parts[name], dice)
    return zip_of(parts, dice)


def zip_of(parts: dict[str, bytes], dice: random.Random | None = None) -> bytes:
    """Pack parts into a zip."""
    packed = io.BytesIO()
    stored = dice is not None and dice.random() < 0.2
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return packed.getvalue()


def _put(pattern: bytes, *others: bytes) -> Damage:
    def put(xml: bytes, dice: random.Random) -> bytes:
        places = list(re.finditer(pattern, xml))
        if not places:
            return xml
        place = dice.choice(places)
        return xml[: place.start()] + dice.choice(others) + xml[place.end() :]

    return put


def _huge_text(xml: bytes, dice: random.Random) -> bytes:
    return _put(rb"<v>[^<]*</v>|<t>[^<]*</t>", b"<t>" + b"x" * 60_000 + b"</t>", b"<v>" + b"9" * 400 + b"</v>")(
        xml, dice
    )


def _cells_swapped(xml: bytes, dice: random.Random) -> bytes:
    cells = re.findall(rb"<c [^>]*?(?:/>|>.*?</c>)", xml)
    if len(cells) < 2:
        return xml
    one, other = dice.sample(cells, 2)
    return xml.replace(one, b"\x01", 1).replace(other, one, 1).replace(b"\x01", other, 1)


_IN_XML: tuple[Damage, ...] = (
    _put(rb' t="s"', b' t="n"', b' t="b"', b' t="e"', b' t="d"', b' t="str"', b' t="inlineStr"', b' t="zz"', b""),
    _put(rb"<v>[^<]*</v>", b"", b"<v/>", b"<v>#N/A</v>", b"<v>-1</v>", b"<v>99999999</v>", b"<v>1e308</v>", b"<v>abc</v>",
         b"<v>NaN</v>", b"<v>&#x0;</v>", b"<v>&bogus;</v>"),
    _put(rb"<v>[^<]*</v>", b"<f>H2+5</f><v></v>", b"<f>H2+5</f>", b"<f>H2+5</f><v>43910</v>", b"<f/>", b"<f>1</f><v/>"),
    _put(rb' r="[A-Z]+\d+"', b' r="XFD1048576"', b' r="A0"', b' r="ZZZZ9"', b' r="A99999999999"', b' r=""', b"", b' r="B2"',
         b" r='C9'", b' r = "AAA5"'),
    _put(rb'<row r="\d+"', b'<row r="1048576"', b'<row r="0"', b'<row r="-3"', b"<row", b'<row r="99999999999999999999"'),
    _put(rb' s="\d+"', b' s="9999"', b' s="-1"', b""),
    _put(rb"<dimension[^>]*>", b'<dimension ref="A1:XFD1048576"/>', b'<dimension ref="zz"/>', b""),
    _put(rb"</?(?:row|c|sheetData|worksheet|si|t|sst|sheet|Relationship)\b[^>]*>", b"", b"<c>", b"</row>", b"<row>", b"<!--"),
    _huge_text, _cells_swapped, _cut, _flipped,
)  # fmt: skip


def _bent_zip(whole: bytes, dice: random.Random) -> bytes:
    return dice.choice((bomb, lying_bomb, overlapping, locked, nested))(whole)


def bomb(whole: bytes, size: int = 40 << 20) -> bytes:
    """Give the workbook with a worksheet that unpacks to 40 MB of nothing."""
    return _with_sheet(whole, _ZEROS(size), size)


def lying_bomb(whole: bytes) -> bytes:
    """Give the same, with a directory that claims a hundred bytes."""
    return _with_sheet(whole, _ZEROS(40 << 20), 100)


class _Zeros:
    """Deflated blanks, made once."""

    def __init__(self) -> None:
        self._made: dict[int, bytes] = {}

    def __call__(self, size: int) -> bytes:
        if size not in self._made:
            deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
            self._made[size] = deflate.compress(b" " * size) + deflate.flush()
        return self._made[size]


_ZEROS = _Zeros()


def _with_sheet(whole: bytes, deflated: bytes, claimed: int) -> bytes:
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    name = next(name for name in parts if "worksheets/sheet" in name)
    del parts[name]
    packed = bytearray(zip_of(parts))
    with zipfile.ZipFile(io.BytesIO(bytes(packed))) as book:
        directory = book.start_dir
        entries = len(book.infolist())
    tail = bytes(packed[directory:])
    end = tail.rfind(b"PK\x05\x06")
    label = name.encode()
    local = struct.pack("<4s5H3I2H", b"PK\x03\x04", 20, 0, 8, 0, 33, 0, len(deflated), claimed, len(label), 0) + label
    listed = struct.pack(
        "<4s6H3I5H2I",
        b"PK\x01\x02",
        20,
        20,
        0,
        8,
        0,
        33,
        0,
        len(deflated),
        claimed,
        len(label),
        0,
        0,
        0,
        0,
        0,
        directory,
    )
    body = bytes(packed[:directory]) + local + deflated
    listing = tail[:end] + listed + label
    finish = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, entries + 1, entries + 1, len(listing), len(body), 0)
    return body + listing + finish


def overlapping(whole: bytes) -> bytes:
    """Give a zip whose directory names the same part again and again."""
    with zipfile.ZipFile(io.BytesIO(whole)) as book:
        directory, entries = book.start_dir, len(book.infolist())
    tail = whole[directory:]
    end = tail.rfind(b"PK\x05\x06")
    listing = tail[:end] * 40
    finish = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, entries * 40, entries * 40, len(listing), directory, 0)
    return whole[:directory] + listing + finish


def locked(whole: bytes) -> bytes:
    """Give a zip whose parts say that they are encrypted."""
    bent = bytearray(whole)
    for start in re.finditer(b"PK\x01\x02", whole):
        bent[start.start() + 8] |= 1
    return bytes(bent)


def nested(whole: bytes) -> bytes:
    """Give a zip that holds the workbook."""
    return zip_of({"annex_a.xlsx": whole})
