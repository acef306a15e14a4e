"""The searcher of logs finds what it looks for; the journeys use it on the log of their server."""

import sqlite3

from tests.hardening.logs import known_people, told_in

NAMES, NUMBERS = {"Ives", "Madeupname"}, {"ZZ1 1AA", "A123456789012", "10042"}
QUIET = "2020-06-03 08:30:00,000 WARNING django.request GET desk:child 403\n[INFO] Started worker-1 at 10042123"


def test_it_finds_nobody_in_a_quiet_log():
    assert told_in(QUIET, NAMES, NUMBERS) == set()


def test_it_finds_names_numbers_and_postcodes_with_and_without_their_space():
    for line, told in (
        ("error about Ives", "Ives"), ("Key (surname)=(Madeupname)", "Madeupname"), ("at zz11aa.", "ZZ1 1AA"),
        ("at ZZ1 1AA", "ZZ1 1AA"), ("upn=a123456789012", "A123456789012"), ("child 10042", "10042"),
    ):  # fmt: skip
        assert told_in(QUIET + line, NAMES, NUMBERS) == {told}


def test_it_knows_whom_a_database_knows(tmp_path):
    with sqlite3.connect(tmp_path / "some.sqlite3") as connection:
        connection.execute("CREATE TABLE people_child (forename TEXT, surname TEXT)")
        connection.execute("INSERT INTO people_child VALUES ('Ives', 'Madeupname')")
    assert known_people(tmp_path / "some.sqlite3") == (NAMES, set())
