"""Whom a page offers as readers of an entry: everybody who may read it, and nobody else."""

from functools import cache

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from keepsight.apps.accounts.models import User
from keepsight.apps.people.models import FamilyMember
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import readers
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.permissions import entries_visible_to, may_do_with
from keepsight.apps.registers.references import entry_visible_to
from tests import factories as make

pytestmark = pytest.mark.django_db
VERBS = ("read", "change", "move", "assign", "export")


def entries_of(world):
    """The entries of every register here, and such about a family, with an owner, and nobody’s."""
    subjects, people = world.subjects, world.people
    about = dict(Entry.objects.exclude(child=None).values_list("child_id", "pk"))
    for key, owner in (("standard", "practitioner/other team"), ("other_team", "leader")):
        Entry.objects.filter(pk=about[subjects[key].child.pk]).update(owner=people[owner])
    Entry.objects.filter(pk=about[subjects["before_adoption"].child.pk]).update(owner=None, added_by=None)
    for key in ("restricted", "safe_contact"):
        member = FamilyMember.objects.filter(child=subjects[key].child).first()
        Entry.objects.filter(pk=about[subjects[key].child.pk]).update(child=None, family=member.family)
    return Entry.objects.select_related("register__current", "register__authority", "worker", "exercise").order_by("pk")


class Slowly:
    """What each person may do, as the lists of the registers say it: built for each person and verb."""

    def __init__(self):
        self.grants = cache(lambda user: grants_of(user, make.NOW))
        self.lists = cache(self._list)

    def _list(self, user, register, verb, exercise):
        seen = entries_visible_to(self.grants(user), register, verb, exercise=exercise)
        return frozenset(seen.values_list("pk", flat=True))

    def __call__(self, user, entry, verb="read"):
        return entry.pk in self.lists(user, entry.register, verb, entry.exercise)


@pytest.fixture
def people(world):
    """Everybody, and of those who are told apart by their own records alone a second one each."""
    for name in ("practitioner", "team_manager", "practitioner/other team", "leader", "quality_assurance"):
        for held in world.people[name].memberships.all():
            twin = make.user(held.role, of=None, name=f"Twin {name}")
            twin.memberships.create(
                role=held.role, authority=held.authority, team=held.team, starts_on=held.starts_on,
                own_only=held.own_only,
            )  # fmt: skip
    return list(User.objects.filter(is_active=True).order_by("name", "pk"))


def test_readers_are_those_who_may_read_asked_one_by_one(world, people):
    told, slowly = set(), Slowly()
    for entry in entries_of(world):
        quickly = readers._readers_among(people, entry, make.NOW)
        assert [each.name for each in quickly] == [each.name for each in people if slowly(each, entry)], entry.title
        told.add(len(quickly))
    assert len(told) > 5, "entries differ in who reads them, or this proves nothing"


def test_people_who_differ_in_nothing_are_asked_about_once(world, people, monkeypatch):
    entry = entries_of(world).get(pk=world.subjects["standard"].ids["entry_pk"])
    asked, one_by_one = [], readers.may_read
    monkeypatch.setattr(readers, "may_read", lambda user, *more: asked.append(user.name) or one_by_one(user, *more))
    role = world.people["quality_assurance"].memberships.get()
    for _ in range(20):
        more = make.user(of=None)
        more.memberships.create(role=role.role, authority=role.authority, team=role.team, starts_on=role.starts_on)
    everybody = list(User.objects.filter(is_active=True).order_by("name", "pk"))
    with CaptureQueriesContext(connection) as few:
        readers._readers_among(everybody, entry, make.NOW)
    before, beside = list(asked), len(few) - 4 * len(asked)
    asked.clear()
    readers._readers_among(people, entry, make.NOW)
    assert len(before) == len(asked)
    assert beside <= 5


def test_what_one_may_do_with_an_entry_is_what_the_lists_let_one_do(world, people):
    done, slowly = set(), Slowly()
    for entry in entries_of(world):
        for who in people:
            grants = slowly.grants(who)
            quickly = may_do_with(grants, entry, *VERBS, exercise=entry.exercise)
            assert quickly == {verb: slowly(who, entry, verb) for verb in VERBS}, (who.name, entry.title)
            done.add(tuple(quickly.values()))
            found = entry_visible_to(grants, entry.ref, "change", exercise=entry.exercise)
            assert (found == entry) is quickly["change"]
    assert len(done) > 4, "people differ in what they may do, or this proves nothing"


def test_an_entry_of_an_exercise_is_there_only_inside_it(world):
    entry = entries_of(world).get(ref=world.ids["entry_inside"])
    grants = grants_of(world.people["emergency_lead"], make.NOW)
    assert may_do_with(grants, entry, "read", exercise=entry.exercise) == {"read": True}
    assert may_do_with(grants, entry, "read") == {"read": False}
