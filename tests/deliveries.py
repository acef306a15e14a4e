"""Small deliveries for the tests of loading: a few files of invented children, written as councils write them."""

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

AS_AT = date(2020, 6, 3)
AT = datetime(2020, 6, 3, 8, 0, tzinfo=UTC)

HEADINGS = {
    "ssd_person.csv": (
        "pers_person_id,pers_forename,pers_surname,pers_sex,pers_ethnicity,pers_dob,pers_expected_dob,"
        "pers_death_date,pers_upn,pers_single_unique_id"
    ),
    "cin.csv": (
        "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),Does the Child have a Disability,"
        "CIN Start Date,Primary Need Code,Date Child Was Last Seen,CIN Closure Date,Reason for Closure,Case Status,"
        "Allocated Team,Allocated Worker"
    ),
    "contacts.csv": (
        "Child Unique ID,Gender,Ethnicity,Date of Birth,Age of Child (Years),Date of Contact,Contact Source"
    ),
    "send_register.csv": (
        "SEND ID,UPN,Child Unique ID,NHS number,Forename,Surname,Date of Birth,Sex,Postcode,Plan date,Ceased date,"
        "Primary need,URN,Last annual review,Risk assessment,Risk assessment date"
    ),
    "pupilonroll.csv": (
        "pupilonrolltableid,NativeId,dob,surname,forename,upn,formerupn,sex,entrydate,enrolstatus,senprovision,ncyearactual"
    ),
    "attendance.csv": "UPN,URN,Date,Session,Code",
    "ssd_cin_visits.csv": (
        "cinv_cin_visit_id,cinv_person_id,cinv_cin_visit_date,cinv_cin_visit_seen,cinv_cin_visit_seen_alone,visit_mode"
    ),
    "case_alerts.csv": "Child Unique ID,Alert,Start Date,End Date,Note",
    "rag_tracker.csv": "Child Unique ID,RAG,Date rated,Rated by,Reason,Review date",
    "contacts_history.csv": "Date,Contact Source,Contacts,Referrals",
    "ssd_family.csv": "fami_table_id,fami_family_id,fami_person_id",
}

UPNS = ("A950000178301", "H243278544154")
NHS = ("9434765919", "9990000018")


def deliver(folder: Path, **files: list[list[Any]]) -> Path:
    """Write files by the names of ``HEADINGS`` (without ending) from lists of rows; short rows end in blanks."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in files.items():
        heads = HEADINGS[f"{name}.csv"].split(",")
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream)
            writer.writerow(heads)
            writer.writerows([[*row, *[""] * (len(heads) - len(row))] for row in rows])
    return folder


def person(child_id: str, *, upn: str = "", nhs: str = "", born: str = "2010-05-04", forename: str = "Wren") -> list:
    return [child_id, forename, "Testerby", "F", "WBRI", born, "", "", upn, nhs]


def cin(child_id: str, started: str = "01/04/2020", *, closed: str = "", seen: str = "", born: str = "04/05/2010",
        worker: str = "Pell Exampleby", team: str = "Vale Team") -> list:  # fmt: skip
    status = "c) CIN"
    return [
        child_id,
        "b) Female",
        "a) WBRI",
        born,
        "10",
        "b) No",
        started,
        "N1",
        seen,
        closed,
        "",
        status,
        team,
        worker,
    ]


def plan(send_id: str, *, upn: str = "", child_id: str = "", nhs: str = "") -> list:
    return [send_id, upn, child_id, nhs, "Lark", "Inventson", "01/02/2009", "M", "", "01/09/2018", "", "ASD"]


def pupil(key: str, upn: str, *, school: str = "950001", entered: str = "2019-Sep-04 00:00:00") -> list:
    return [key, school, "2010-May-04 00:00:00", "Testerby", "Wren", upn, "", "F", entered, "C", "N", "5"]


def small(folder: Path) -> Path:
    """A council of three children, one pupil nobody knows, a week of marks."""
    return deliver(
        folder,
        ssd_person=[
            person("C1", upn=UPNS[0], nhs=NHS[0]),
            person("C2", forename="Finch"),
            person("C3", forename="Rook"),
        ],
        cin=[cin("C1", seen="20/05/2020"), cin("C2", "02/03/2020"), cin("C3", "05/01/2020", closed="01/05/2020")],
        contacts=[["C1", "Female", "WBRI", "04/05/2010", "10", "02/03/2020", "1A"]],
        send_register=[plan("S1", upn=UPNS[0]), plan("S2")],
        pupilonroll=[pupil("K1", UPNS[0]), pupil("K2", UPNS[1])],
        attendance=[
            [UPNS[0], "950001", "2020-06-01", "AM", "/"],
            [UPNS[0], "950001", "2020-06-01", "PM", "\\"],
            [UPNS[1], "950001", "2020-06-02", "AM", ""],
        ],
        ssd_cin_visits=[["V1", "C1", "2020-05-20", "Y", "Y", "Home visit"], ["V2", "C2", "2020-05-21", "", "", ""]],
        case_alerts=[["C1", "Dog", "2020-01-01"]],
        rag_tracker=[["C1", "Red", "01/06/2020", "Pell Exampleby", "Not seen by school", ""]],
        ssd_family=[["F1", "FAM1", "C1"], ["F2", "FAM1", "C2"]],
    )
