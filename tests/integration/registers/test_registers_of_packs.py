"""Every register of the packs: installed, one entry added, moved every way its states allow."""

from typing import Any

import pytest
from django.db import connection, transaction

from keepsight.apps.accounts.models import Membership, Role, Service, User
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.definitions import register_of, rule_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import FieldRule, StateRule
from keepsight.core.registers.values import REFERENCES
from tests import factories as make

RULES = {
    name: book("pandemic_2020").read(f"registers/{name}", Rule) for name in book("pandemic_2020").names("registers")
}
# The engine is the same for all of them: on PostgreSQL every fifth shows that it holds there too.
NAMES = list(RULES)[:: 5 if connection.vendor == "postgresql" else 1]
ROLES = (
    Role.LEADER, Role.EMERGENCY_LEAD, Role.CELL_MEMBER, Role.TEAM_MANAGER, Role.WORKFORCE_LEAD, Role.COMMISSIONER,
    Role.QUALITY_ASSURANCE, Role.ANALYST, Role.COMMUNICATIONS, Role.PRACTITIONER, Role.EARLY_HELP_PRACTITIONER,
    Role.HEALTH, Role.FRONT_DOOR, Role.DUTY_WORKER, Role.INFORMATION_GOVERNANCE,
)  # fmt: skip
pytestmark = pytest.mark.django_db
LATER = make.NOW.replace(hour=15)


class World:
    """An authority with every register, and two people who hold every role."""

    def __init__(self) -> None:
        self.authority = make.authority()
        team = make.team(self.authority)
        worker = make.worker(team)
        service = Service.objects.create(authority=self.authority, name="Social care")
        child = make.child(self.authority)
        make.involvement(child, worker)
        setting = make.setting(self.authority)
        self.about = {
            "child": About(child=child), "family": About(family=make.family(child)), "setting": About(setting=setting),
            "provider": About(setting=setting), "team": About(about_team=team), "worker": About(worker=worker),
            "service": About(service=service), "cell": About(cell="strategic"), "none": About(),
        }  # fmt: skip
        self.one, self.other = self._somebody(), self._somebody()
        actions.install(self.authority, at=make.NOW)
        registers = Register.objects.filter(authority=self.authority)
        self.on_at_first = dict(registers.values_list("key", "is_on"))
        registers.update(is_on=True)  # as an event does

    def _somebody(self) -> User:
        who = make.user(Role.LEADER, of=self.authority)
        Membership.objects.bulk_create(
            Membership(user=who, authority=self.authority, role=role, starts_on=make.days(-60)) for role in ROLES[1:]
        )
        return who

    def values(self, rule: Rule) -> dict[str, Any]:
        """Something in every field that is filled in."""
        return {
            each.id: self.named(each) if each.kind in REFERENCES else value_of(each)
            for each in rule.fields if each.kind != "computed"
        }  # fmt: skip

    def named(self, field: FieldRule) -> int:
        """Somebody or something here that a field may name; an entry that ended, so that no list begins with it."""
        if field.kind == "entry":
            register = register_of(self.authority, field.register)
            about = {"state_since": make.NOW, "added_at": make.NOW, "changed_at": make.NOW, "is_open": False}
            more = {"version": register.current, "title": "Another", **about}
            return int(Entry.objects.get_or_create(register=register, number=0, defaults=more)[0].pk)
        if field.kind == "person":
            return self.one.pk
        held = self.about[field.kind]
        return int((held.child or held.family or held.setting or held.about_team).pk)

    def entry(self, name: str) -> Entry:
        """One entry with every field filled in."""
        rule = RULES[name]
        return actions.add(
            register_of(self.authority, name),
            self.values(rule),
            by=self.one,
            at=make.NOW,
            about=self.about[rule.subject],
        )


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Made once; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield World()
        transaction.set_rollback(True)


def value_of(field: FieldRule) -> Any:
    """Something that may stand in a field."""
    if field.kind in ("choice", "several"):
        return field.choices[0].id
    if field.kind in ("number", "money"):
        return max(field.least or 0, 1)
    others = {"yes_no": "yes", "rag": "amber", "date": "2020-06-10", "instant": "2020-06-10T09:00:00+01:00"}
    return others.get(field.kind, "Invented for the tests")


def moves(rule: Rule) -> list[tuple[StateRule, StateRule]]:
    """Every move that the states allow."""
    states = {each.id: each for each in rule.states}
    return [(state, states[to]) for state in rule.states for to in state.moves]


def put(entry: Entry, state: str, **more: Any) -> Entry:
    """Put an entry into a state, as the first person left it."""
    of = {"added_by": entry.added_by, "changed_by": entry.added_by}
    Entry.objects.filter(pk=entry.pk).update(state=state, **of, **more)
    return Entry.objects.select_related("register__current", "register__authority").get(pk=entry.pk)


def test_all_of_them_are_installed_and_lie_idle_where_an_event_switches_them_on(world):
    assert {name: world.on_at_first[name] for name in NAMES} == {name: not RULES[name].event_only for name in NAMES}


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_is_added_and_goes_every_way_that_the_register_allows(world, name):
    with transaction.atomic():
        entry = world.entry(name)
        assert entry.title
        assert entry.state == RULES[name].states[0].id
        assert rule_of(entry.version).prefix == RULES[name].prefix
        for here, to in moves(RULES[name]):
            moved = actions.move(put(entry, here.id), to.id, by=world.other, at=LATER, why="Tried out")
            assert (moved.state, moved.is_open) == (to.id, not to.ends)
            assert moved.due_on is None or moved.is_open


@pytest.mark.parametrize("name", [name for name in NAMES if any(state.needs for state in RULES[name].states)])
def test_nothing_moves_on_before_what_it_needs_is_filled_in(world, name):
    entry = world.entry(name)
    for here, to in moves(RULES[name]):
        if to.needs:
            bare = {each: value for each, value in entry.values.items() if each != to.needs[0]}
            with pytest.raises(NotAllowedNow, match="fill in"):
                actions.move(put(entry, here.id, values=bare), to.id, by=world.other, at=LATER, why="Tried out")


@pytest.mark.parametrize("name", [name for name in NAMES if any(state.second_person for state in RULES[name].states)])
def test_whoever_wrote_it_does_not_agree_it(world, name):
    entry = world.entry(name)
    for here, to in moves(RULES[name]):
        if to.second_person:
            with pytest.raises(NotPermitted, match="second person"):
                actions.move(put(entry, here.id), to.id, by=world.one, at=LATER, why="Tried out")
