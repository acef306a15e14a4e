"""``keepsight person`` and ``keepsight people``: all roles and scopes, ends, links, lists."""

import json

import pytest
from click.testing import CliRunner

from keepsight.apps.accounts.models import Partnership, Role, Service, User
from keepsight.apps.accounts.permissions import Permission, rules
from keepsight.apps.accounts.policies import NotThisWay
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.permissions import grants_of
from keepsight.cli import people, person
from keepsight.core.errors import BadInput
from tests import factories
from tests.integration.accounts.conftest import events, hold

pytestmark = pytest.mark.django_db
AT, ON = factories.NOW, factories.TODAY


def run(command, *words):
    return CliRunner().invoke(command, [*map(str, words)], catch_exceptions=False).stdout


def let_in(*words):
    return run(person.command, "nell@fell.example", "--name", "Nell", "--authority", "fell", *words, "--link")


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_every_role_can_be_given(world, role):
    scope = ["--team", "Harbour"] if "authority" not in rules()[role].scopes else []
    said = let_in("--role", role, *scope)
    assert "One-time link" in said
    assert grants_of(User.objects.get(email="nell@fell.example"), AT).roles == (role,)
    assert len(events(EventKind.PERSON_MADE)) == len(events(EventKind.ROLE_GIVEN)) == 1


def test_every_scope(world):
    Service.objects.create(authority=world.fell, name="Early help").teams.add(world.fell_team)
    reach = {
        ("--own",): (set(), set()),
        ("--team", "Moor"): (set(), {world.fell_other.pk}),
        ("--service", "Early help"): (set(), {world.fell_team.pk}),
        ("--partnership", "Fell and Vale"): ({world.fell.pk, world.vale.pk}, set()),
        (): ({world.fell.pk}, set()),
    }
    for words, (authorities, teams) in reach.items():
        let_in("--role", "practitioner", *words)
        user = User.objects.get(email="nell@fell.example")
        scope = grants_of(user, AT).scope(Permission.CHILD_VIEW)
        assert (scope.authority_ids, scope.team_ids) == (authorities, teams), words
        user.memberships.all().delete()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--role", "leader", "--team", "Harbour"], "cannot be given so"),
        (["--role", "leader", "--partnership", "Nowhere"], "no partnership"),
        (["--role", "practitioner", "--service", "Nothing"], "has no service called"),
        (["--role", "practitioner", "--until", "2020-05-01"], "last day"),
    ],
)
def test_what_does_not_do_is_said(world, words, says):
    with pytest.raises((BadInput, NotThisWay), match=says):
        let_in(*words)
    assert not User.objects.filter(email="nell@fell.example").exists()


def test_a_role_and_an_account_end(world):
    let_in("--role", "practitioner")
    let_in("--role", "analyst")
    run(person.command, "nell@fell.example", "--end-role", "practitioner", "--authority", "fell", "--reason", "moved")
    assert grants_of(User.objects.get(email="nell@fell.example"), AT).roles == ("analyst",)
    assert "Analyst, all of Fell" in run(person.command, "nell@fell.example")
    run(person.command, "nell@fell.example", "--end", "--reason", "left")
    assert "ended" in run(person.command, "nell@fell.example")
    with pytest.raises(BadInput, match="Nobody signs in"):
        run(person.command, "who@fell.example", "--end", "--reason", "left")


def test_the_list_and_its_reports(world):
    both = factories.user(Role.ADMINISTRATOR, of=world.fell, name="Two Hats")
    hold(both, Role.LEADER, world.fell)
    listed = run(people.command, "--authority", "fell")
    assert "Two Hats" in listed
    assert "Admin Vale" not in listed
    assert [row["name"] for row in json.loads(run(people.command, "--report", "both", "--json"))] == ["Two Hats"]
    assert json.loads(run(people.command, "--report", "all", "--json"))["both"] == 1
    with pytest.raises(BadInput, match="no report"):
        run(people.command, "--report", "nonsense")


def test_a_partnership_is_made_of_two(world):
    with pytest.raises(BadInput, match="two authorities"):
        run(people.command, "--partnership", "New", "--authority", "fell")
    said = run(people.command, "--partnership", "New", "--authority", "fell", "--authority", "vale")
    assert said == "New: Fell, Vale.\n"
    assert Partnership.objects.get(name="New").authorities.count() == 2
