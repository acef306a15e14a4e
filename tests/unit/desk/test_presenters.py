"""Words on the desk's pages."""

from datetime import date

import pytest

from keepsight.apps.desk import presenters
from keepsight.apps.desk.present_child import reason_line
from keepsight.apps.desk.wording import QUEUE_WORDS

TODAY = date(2020, 6, 3)


@pytest.mark.parametrize(
    ("born", "words"),
    [
        (date(2020, 6, 3), "0 weeks"),
        (date(2020, 5, 26), "1 week"),
        (date(2020, 3, 4), "13 weeks"),
        (date(2020, 3, 3), "3 months"),
        (date(2018, 6, 4), "23 months"),
        (date(2018, 6, 3), "2 years"),
        (date(2012, 6, 4), "7 years"),
        (date(2012, 6, 3), "8 years"),
        (date(2020, 7, 1), "Unborn"),
        (None, "Age not known"),
    ],
)
def test_age(born, words):
    assert presenters.age(born, TODAY) == words


def test_an_unborn_child_has_a_day_expected():
    assert presenters.age(None, TODAY, date(2020, 8, 1)) == "Unborn"


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2020, 5, 31), "3 days overdue"),
        (date(2020, 6, 2), "1 day overdue"),
        (date(2020, 6, 3), "Today"),
        (date(2020, 6, 4), "Tomorrow"),
        (date(2020, 6, 5), "In 2 days"),
        (None, "No contact is due"),
    ],
)
def test_when_a_contact_is_due(due, words):
    assert presenters.when_due(due, TODAY) == words


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"children": 17, "red": 3, "overdue": 2, "oldest": date(2020, 5, 28), "nobody": 1},
         "17 children, 3 Red; 2 overdue, the longest by 6 days; 1 nobody has seen."),
        ({"children": 1, "red": 0, "overdue": 0, "oldest": None, "nobody": 0}, "1 child, none Red; none overdue."),
        ({"children": 2, "red": 1, "unrated": 1, "overdue": 1, "oldest": date(2020, 6, 2), "nobody": 0},
         "2 children, 1 Red, 1 unrated; 1 overdue by 1 day."),
        ({"children": 1200, "red": 10, "overdue": 4, "nobody": 0}, "1,200 children, 10 Red; 4 overdue."),
    ],
)  # fmt: skip
def test_a_worker_in_words(row, words):
    assert presenters.sentence(row, TODAY) == words


@pytest.mark.parametrize(
    ("mode", "alone", "words"),
    [
        ("f2f_home", True, "Face to face at home, alone"),
        ("f2f", False, "Face to face"),
        ("contact", True, "Speak with the young person"),
        ("", False, "Any contact"),
    ],
)
def test_how_the_next_contact_is_made(mode, alone, words):
    assert presenters.how(mode, alone) == words


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        (["L5", 30, "Plan."], ("L5", "Plan.", "+30")),
        (["P1", -10, "In school."], ("P1", "In school.", "−10")),
        (["R5", None, "At least Amber."], ("R5", "At least Amber.", "Floor")),
        (["R10", None, "Rate again."], ("R10", "Rate again.", "Please look")),
    ],
)
def test_points_in_words(reason, shown):
    assert reason_line(reason, frozenset({"R9", "R10"})) == shown


def test_a_tile_without_children_is_calm():
    [tile] = presenters.tiles({"overdue": 0}, "?team=3")
    assert tile == {"count": 0, "text": "overdue", "href": "/lists/overdue/?team=3", "tone": "good"}


def test_every_queue_has_words():
    from keepsight.apps.contact.models import QUEUES

    assert set(QUEUES) == set(QUEUE_WORDS)
