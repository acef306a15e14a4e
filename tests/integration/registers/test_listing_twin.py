"""
The list against a slow and obvious twin: every entry, filtered and sorted in Python, beside the pages in turn.

Values are chosen so that there are many ties and many empty ones; the pages are walked forwards to the
end and backwards to the beginning.
"""

import random
import uuid
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keepsight.apps.accounts.models import Role
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions, listing
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.listing import Asked
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.queries import Seen
from keepsight.core.packs.kinds.registers import FieldRule
from tests import factories as make

pytestmark = pytest.mark.django_db
COLUMNS = ("id", "number", "title")
STATES = ("open", "doing", "done", "cancelled", "gone")  # the last is of no definition any more
ENDED = {"done", "cancelled"}


@pytest.fixture
def world(db):
    authority = make.authority()
    actions.install(authority, at=make.NOW)
    register = register_of(authority, "action")
    register.slots = {**register.slots, "size": "n1"}  # as if a number were indexed too
    lead = make.user(Role.EMERGENCY_LEAD, of=authority, name="ann")
    people = [lead, make.user(Role.LEADER, of=authority, name="bea"), None]
    teams = [make.team(authority, name="east"), make.team(authority, name="west"), None]
    dice = random.Random(7)
    rows = []
    for number in range(1, 71):
        state = dice.choice(STATES)
        rows.append(
            Entry(
                register=register, number=number, version=register.current, state=state, is_open=state not in ENDED,
                title=dice.choice(["", "aa", "bb", "bb", "cc"]), owner=dice.choice(people), team=dice.choice(teams),
                rag=dice.choice(["", "red", "amber", "green"]), k1=dice.choice(["", "meeting", "plan"]),
                due_on=dice.choice([None, make.days(-1), make.TODAY, make.days(1), make.days(9)]),
                soon_on=make.days(dice.choice([-2, 0, 3])), d1=dice.choice([None, make.days(0), make.days(4)]),
                n1=dice.choice([None, -1.5, 0.0, 2.25]), state_since=make.NOW, added_at=make.NOW,
                changed_at=make.NOW + timedelta(minutes=dice.choice([0, 1, 1, 5])), words="",
            )
        )  # fmt: skip
    for row in rows:
        row.soon_on = row.due_on - timedelta(days=2) if row.due_on else None
    Entry.objects.bulk_create(rows)
    seen = Seen(grants_of(lead, make.NOW), register, on=make.TODAY, at=make.NOW, exercise=None)
    return seen, list(Entry.objects.select_related("owner", "team"))


def twin(rows, asked, seen):
    """All that pass, in order: those with a value, then those without; ties by number, as the segment says."""
    user = seen.grants.user_id
    kept = [each for each in rows if passes(each, asked, user, seen)]
    sort = asked.sort or seen.sight.rule.list.sort
    down, name = sort.startswith("-"), sort.removeprefix("-")
    if name in ("number", "added"):
        return sorted(kept, key=lambda each: each.number, reverse=down)
    order = {
        "state": lambda e: {s: n for n, s in enumerate(STATES[:4])}.get(e.state),
        "rag": lambda e: {"red": 0, "amber": 1, "green": 2}.get(e.rag),
        "progress": lambda e: {"red": 0, "amber": 1, "green": 2}.get(e.rag),
        "owner": lambda e: e.owner.name if e.owner else None,
        "team": lambda e: e.team.name if e.team else None,
        "due": lambda e: e.due_on,
        "changed": lambda e: e.changed_at,
        "title": lambda e: e.title or None,
        "due_on": lambda e: e.d1,
        "came_from": lambda e: e.k1 or None,
        "size": lambda e: e.n1,
    }[name]  # fmt: skip
    filled = sorted((e for e in kept if order(e) is not None), key=lambda e: -e.number)
    filled = sorted(filled, key=order)
    empty = sorted((e for e in kept if order(e) is None), key=lambda e: -e.number)
    return (list(reversed(filled)) if down else filled) + empty


def passes(each, asked, user, seen):
    if asked.states:
        if each.state not in asked.states:
            return False
    elif (asked.show != "all" or asked.due) and not each.is_open:
        return False
    if asked.owner and each.owner_id != {"me": user, "nobody": None}.get(asked.owner, asked.owner):
        return False
    if asked.team and str(each.team_id) != asked.team:
        return False
    if asked.rag and each.rag != asked.rag:
        return False
    if asked.due == "none" and each.due_on is not None:
        return False
    if asked.due == "overdue" and not (each.due_on and each.due_on < seen.on):
        return False
    if asked.due == "due_soon" and not (each.due_on and each.due_on >= seen.on and each.soon_on <= seen.on):
        return False
    for id_, how, value in asked.fields:
        held = {"came_from": each.k1, "due_on": each.d1, "size": each.n1}[id_]
        wanted = float(value) if id_ == "size" else value
        held = held.isoformat() if hasattr(held, "isoformat") else held
        if held is None or not {"is": held == wanted, "from": held >= wanted, "to": held <= wanted}[how]:
            return False
    return True


SORTS = ("number", "added", "state", "rag", "progress", "owner", "team", "due", "changed", "title", "due_on",
         "came_from", "size")  # fmt: skip
FIELDS = st.sampled_from([
    ("came_from", "is", "plan"), ("due_on", "is", "2020-06-03"), ("due_on", "from", "2020-06-04"),
    ("due_on", "to", "2020-06-03"), ("size", "from", "0"), ("size", "to", "0"), ("size", "is", "2.25"),
])  # fmt: skip
ASKED = st.builds(
    Asked,
    states=st.lists(st.sampled_from(STATES[:4]), max_size=2, unique=True).map(tuple),
    owner=st.sampled_from(["", "", "me", "nobody"]),
    rag=st.sampled_from(["", "", "red", "green"]),
    due=st.sampled_from(["", "", "overdue", "due_soon", "none"]),
    show=st.sampled_from(["", "open", "all", "all"]),
    fields=st.lists(FIELDS, max_size=1).map(tuple),
    sort=st.builds("".join, st.tuples(st.sampled_from(["", "-"]), st.sampled_from(SORTS))),
)


def test_pages_one_after_another_are_the_list_of_the_twin_both_ways(world):
    seen, rows = world
    size = FieldRule(id="size", label="Size", kind="number")
    seen.sight = listing.Sight(seen.register, seen.sight.rule, {**seen.sight.fields, "size": size}, seen.register.slots)

    @settings(max_examples=120, deadline=None)
    @given(asked=ASKED, size=st.integers(1, 40))
    def same(asked, size):
        expected = [each.pk for each in twin(rows, asked, seen)]
        assert forwards(seen, asked, size) == expected
        assert backwards(seen, asked, size, len(expected)) == expected
        assert seen.entries(asked).count() == len(expected)

    same()


def pages(seen, asked, size, **place):
    return listing.page(seen.entries(asked), listing.segments(seen.sight, asked), COLUMNS, rows=size, **place)


def forwards(seen, asked, size):
    found, after = [], ""
    for _ in range(200):
        page = pages(seen, asked, size, after=after)
        found += [row[0] for row in page.rows]
        assert len(page.rows) <= size
        after = page.after
        if not after:
            return found
    raise AssertionError("The pages never end.")


def backwards(seen, asked, size, count):
    """From the last page to the first, by the links back."""
    page = pages(seen, asked, size)
    while page.after:
        page = pages(seen, asked, size, after=page.after)
    found = [row[0] for row in page.rows]
    for _ in range(200):
        if not page.before:
            assert len(found) == count
            return found
        page = pages(seen, asked, size, before=page.before)
        found = [row[0] for row in page.rows] + found
    raise AssertionError("The pages never begin.")


def test_a_page_begins_where_the_last_ended_whatever_was_added_or_taken_meanwhile(world):
    seen, rows = world
    asked = Asked(sort="-number", show="all")
    first = pages(seen, asked, 10)
    top = max(rows, key=lambda each: each.number)
    newer = Entry.objects.get(pk=top.pk)
    newer.pk, newer.ref, newer.number = None, uuid.uuid4(), 999
    newer._state.adding = True
    newer.save()
    Entry.objects.filter(pk=first.rows[-1][0]).delete()  # the very row that the place names
    second = pages(seen, asked, 10, after=first.after)
    assert [row[1] for row in second.rows] == list(range(60, 50, -1))


@pytest.mark.parametrize("token", ["x", "////", "cA", "cFtdCg", "e30", "p" * 4000, "cFstMSwyLDNd", "é"])
def test_a_place_that_somebody_made_up_is_the_beginning(world, token):
    seen, _ = world
    asked = Asked(sort="due")
    assert pages(seen, asked, 5, after=token).rows == pages(seen, asked, 5).rows
    assert pages(seen, asked, 5, before=token).rows == pages(seen, asked, 5).rows


def test_words_of_an_entry_are_sealed_in_a_place(world):
    import base64

    seen, _ = world
    token = pages(seen, Asked(sort="title", show="all"), 30).after
    assert base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).startswith(b"s")
