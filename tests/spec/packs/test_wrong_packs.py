"""What a wrong pack is answered with: each row changes one thing in good packs and names the sentence."""

import shutil
from pathlib import Path

import pytest

from keepsight.core.packs import PackError, book, read_pack
from keepsight.core.packs.book import FOLDER

# file | what stands there | what is put in its place (or nothing), and below it the sentence, which names
# pack and file first, or how it begins. ¶ is a new line.
WRONG = """
pack.toml | title = "The rules | titel = "The rules
    there is no key called titel. Did you mean title?
pack.toml | owner = "Principal social worker" | nothing
    owner is missing.
pack.toml | review_on = 2027-04-01 | nothing
    review_on is missing.
pack.toml | review_on = 2027-04-01 | review_on = "soon"
    review_on must be a day, such as 2020-03-23, and is “soon”.
pack.toml | valid_from = 2018-01-01 | valid_from = 2018-01-01¶valid_to = 2017-01-01
    valid_to (2017-01-01) is before valid_from (2018-01-01).
pack.toml | owner = "Principal social worker" | owner = " "
    owner is empty.
calendar.toml | first_day = 2012-01-01 | first_day = 2031-01-01
    last_day (2030-12-31) is before first_day (2031-01-01).
calendar.toml | day = 2020-05-08 | day = 2020-04-08
    holidays must be in order, and 2020-04-08 follows 2020-04-13.
calendar.toml | day = 2020-05-08 | nothing
    holidays entry 69: day is missing.
calendar.toml | day = 2020-05-08 | day = 2020-02-30
    ! calendar.toml in pack standing is not TOML
rating.toml | source = "RULES 4.2, 4.3, 4.5" | nothing
    source is missing.
rating.toml | points = 40 | points = "40"
    points L4: points must be a whole number, and is “40”.
rating.toml | points = 40 | points = 40.5
    points L4: points must be a whole number, and is 40.5.
rating.toml | points = 40 | points = true
    points L4: points must be a whole number, and is true.
rating.toml | points = 40 | point = 40
    points L4: there is no key called point. Did you mean points?
rating.toml | points = 40 | nothing
    points L4: points is missing.
rating.toml | id = "F9" | id = "F2"
    points F2 stands there twice.
rating.toml | id = "R1" | id = "F2"
    floors F2 has the id of a row of points.
rating.toml | id = "F9" | nothing
    points entry 31: id is missing.
rating.toml | when = "neglect" | when = "neglekt"
    points F2: when: the condition “neglekt” names no known fact: neglekt. Did you mean neglect?
rating.toml | when = "neglect" | when = "age"
    points F2: when: the condition “age” is not a question with the answer yes or no.
rating.toml | when = "neglect" | when = "neglect AND"
    points F2: when: the condition “neglect AND” cannot be read.
rating.toml | when = "neglect" | when = "age > 'ten'"
    points F2: when: in “age > 'ten'”, “'ten'” is a word, but should be a number.
rating.toml | when = "neglect" | when = "service = 'cpp'"
    points F2: when: service is never “cpp”. It is one of care_leaver, cin, cla, cp, early_help, ehcp, none.
rating.toml | when = "neglect" | when = "length(service) > 2"
    points F2: when: “LENGTH(service)” is not allowed in a condition. Use comparisons, AND, OR, NOT, IN, BETWEEN,
rating.toml | when = "neglect" | when = "age IN (SELECT 1)"
    points F2: when: “age IN (SELECT 1)” is not allowed
rating.toml | because = "A care leaver aged {age}." | because = "A care leaver aged {aeg}."
    points L9a: because names no known fact: {aeg}. Did you mean age?
rating.toml | because = "A care leaver aged {age}." | because = "A care leaver aged {age."
    points L9a: because has a brace that does not close.
rating.toml | level = "amber"¶because | level = "purple"¶because
    floors R5: level must be one of red, amber, up, and is “purple”.
rating.toml | red = 55 | red = 25
    thresholds: red (25) must be more than amber (25).
rating.toml | cap = -20 | cap = 20
    protection: cap must be 0 or less, and is 20.
rating.toml | check_below = 0.6 | check_below = 60
    completeness: check_below must be between 0 and 1, and is 60.
rating.toml | days = 14 | days = 0
    review O2-amber: days must be 1 or more, and is 0.
rating.toml | [unrated] | [[unrated]]
    unrated must be a table, and is a list.
rating.toml | source = "CIN census guide, 17A" | source = ""
    points F3b: source is empty.
rating.toml | confidence = "P" | confidence = "high"
    confidence must be one of C, L, P, and is “high”.
timescales.toml | unit = "working_days" | unit = "work days"
    timescales T11: unit must be one of hours, days, working_days, school_days, weeks, months, and is “work days”.
timescales.toml | every = 10 | every = -10
    timescales T11: every must be 1 or more, and is -10.
timescales.toml | when = "service = 'cin'" | when = "servise = 'cin'"
    timescales T12: when: the condition “servise = 'cin'” names no known fact: servise. Did you mean service?
contact.toml | share = 0.2 | share = 20
    due_soon: share must be between 0 and 1, and is 20.
contact.toml | mode = "bau" | mode = "normal"
    mode must be one of emergency, recovery, bau, and is “normal”.
facts.toml | missing_days = 90 | missing_days = "90"
    windows.missing_days must be a whole number, and is “90”.
"""


def rows():
    lines = WRONG.strip().splitlines()
    for change, sentence in zip(lines[::2], lines[1::2], strict=True):
        name, before, after = (cell.strip().replace("¶", "\n") for cell in change.split("|"))
        said = sentence.strip()
        after = "" if after == "nothing" else after
        whole = said[2:] if said.startswith("! ") else f"standing/{name}: {said}"
        yield pytest.param(name, before, after, whole, id=f"{name} {said[:50]}")


@pytest.fixture
def standing(tmp_path) -> Path:
    shutil.copytree(FOLDER / "standing", tmp_path / "standing")
    return tmp_path / "standing"


@pytest.mark.parametrize(("name", "before", "after", "sentence"), list(rows()))
def test_a_wrong_pack_is_refused_in_a_plain_sentence(standing, name, before, after, sentence):
    path = standing / name
    text = path.read_text(encoding="utf-8")
    assert before in text, "the row changes nothing"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    with pytest.raises(PackError) as refused:
        book(folder=standing.parent)
    assert refused.value.sentence.startswith(sentence)


def test_a_pack_without_a_head_is_refused(standing):
    (standing / "pack.toml").unlink()
    with pytest.raises(PackError, match="has no pack.toml, which gives its id"):
        read_pack(standing)


def test_a_pack_in_another_encoding_is_refused(standing):
    (standing / "rating.toml").write_bytes("# über".encode("latin-1"))
    with pytest.raises(PackError, match="rating.toml in pack standing is not UTF-8 text"):
        read_pack(standing)


def test_a_pack_that_is_not_there_is_refused(standing):
    with pytest.raises(PackError, match="There is no pack called flood"):
        book("flood", folder=standing.parent)


def test_the_error_of_a_local_layer_names_the_local_file(standing, tmp_path):
    local = tmp_path / "fellshire"
    local.mkdir()
    (local / "pack.toml").write_text(
        (standing / "pack.toml").read_text().replace('id = "standing"', 'id = "fellshire"')
    )
    head = 'source = "minute 12"\nowner = "A. Person"\nreview_on = 2027-01-01\n'
    (local / "rating.toml").write_text(head + '[[points]]\nid = "X1"\npoints = 5\n')
    with pytest.raises(PackError, match="^fellshire/rating.toml: points X1: source is missing"):
        book(local=local, folder=standing.parent)
