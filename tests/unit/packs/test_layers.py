"""Packs laid over one another: standing, then an event, then a council's own."""

import shutil

import pytest

from keepsight.core.packs import PackError, book, read_pack
from keepsight.core.packs.book import FOLDER
from keepsight.core.packs.kinds import Contact, Easements, Rating, Timescales
from keepsight.core.risk import policy

HEAD = 'source = "minute 12"\nowner = "A. Person"\nreview_on = 2027-01-01\n'


@pytest.fixture
def local(tmp_path):
    folder = tmp_path / "fellshire"
    folder.mkdir()
    (folder / "pack.toml").write_text(HEAD + 'id = "fellshire"\ntitle = "Local"\nvalid_from = 2026-01-01\n')
    return folder


def test_the_packs_that_ship_are_sound():
    for event in (None, "pandemic_2020"):
        rules = book(event)
        policy(rules)
        assert rules.read("rating", Rating).thresholds.red == 55


def test_the_emergency_table_comes_with_the_event_alone():
    assert book().read("contact", Contact).mode == "bau"
    assert book().read("contact", Contact).requirements == ()
    emergency = book("pandemic_2020").read("contact", Contact)
    assert emergency.mode == "emergency"
    assert {mode.id for mode in emergency.modes} == {"bau", "emergency", "recovery"}
    assert book("pandemic_2020").id == "standing+pandemic_2020"


def test_a_local_pack_changes_one_key_of_one_row(local):
    (local / "rating.toml").write_text(HEAD + '[[points]]\nid = "F9"\npoints = 20\n')
    below = {rule.id: rule for rule in book().read("rating", Rating).points}
    laid = {rule.id: rule for rule in book(local=local).read("rating", Rating).points}
    assert laid["F9"].points == 20
    assert laid["F9"].when == below["F9"].when
    assert {key: rule for key, rule in laid.items() if key != "F9"} == {k: r for k, r in below.items() if k != "F9"}
    assert list(laid) == list(below)


def test_a_local_pack_takes_a_row_away_and_adds_one(local):
    row = 'id = "X1"\ninput = "i"\nwhen = "uasc"\npoints = 1\nbecause = "b"\nsource = "minute 13"\n'
    (local / "rating.toml").write_text(HEAD + '[[points]]\nid = "F18"\noff = true\n[[points]]\n' + row)
    ids = [rule.id for rule in book(local=local).read("rating", Rating).points]
    assert "F18" not in ids
    assert ids[-1] == "X1"


def test_a_table_of_an_unknown_kind_is_kept_as_it_is(local):
    (local / "wording.toml").write_text('first = 2026-09-01\n[x]\ny = [1, "a"]\n')
    assert book(local=local).table("wording")["x"] == {"y": [1, "a"]}
    with pytest.raises(PackError, match="has a table called holidays"):
        book().table("holidays")


def test_the_hash_follows_every_byte(tmp_path):
    shutil.copytree(FOLDER / "standing", tmp_path / "standing")
    before = read_pack(tmp_path / "standing")
    assert before.hash == read_pack(FOLDER / "standing").hash
    with (tmp_path / "standing" / "rating.toml").open("a") as file:
        file.write("# a remark\n")
    assert read_pack(tmp_path / "standing").hash != before.hash


def test_every_timescale_of_the_rule_book_is_there():
    rules = book().read("timescales", Timescales)
    named = {row.rule for rows in (rules.timescales, rules.days, rules.terms) for row in rows}
    assert named == {f"T{number:02}" for number in range(1, 60)}


def test_easements_name_duties_that_exist_and_are_off():
    rules = book("pandemic_2020")
    timescales = rules.read("timescales", Timescales)
    known = {row.id for rows in (timescales.timescales, timescales.days) for row in rows}
    easements = rules.read("easements", Easements).easements
    assert [easement.id for easement in easements] == [f"E{number:02}" for number in range(1, 16)]
    assert {duty for easement in easements for duty in easement.duties} <= known
    assert not any(easement.on for easement in easements)
