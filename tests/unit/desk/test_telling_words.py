"""Free texts without the words that would tell where a child is."""

import pytest

from keepsight.apps.people.content import telling_words, without_places

KNOWN = telling_words("12 Puddle Mews, Wispbeck", "St Hob's Primary School", "07700 900123", "heron", "12a", "")

# What stands in a note | what somebody reads who may not know the place.
TEXTS = [
    ("Seen at 12 Puddle Mews.", "Seen at [not shown]."),
    ("Moved to PUDDLE MEWS, wispbeck", "Moved to [not shown], [not shown]"),
    ("The head of St Hob's rang.", "The head of [not shown] rang."),
    ("St Hob's Primary School says so", "[not shown] says so"),
    ("New postcode qf20bd or QF2 0BD", "New postcode [not shown] or [not shown]"),
    ("Ring 07700 900123, or 01632960001, or +44 1632 960 001", "Ring [not shown], or [not shown], or [not shown]"),
    ("The word is Heron", "The word is [not shown]"),
    ("He ate 12 plums; 3 schools; aged 12a", "He ate 12 plums; 3 schools; aged 12a"),
    ("Herons on 12 March 2020", "Herons on 12 March 2020"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "read"), TEXTS)
def test_a_note_tells_no_place(text, read):
    assert without_places(text, KNOWN) == read


def test_nothing_short_is_taken_for_a_place():
    assert telling_words("12a, Oak", "The", None) == frozenset()
