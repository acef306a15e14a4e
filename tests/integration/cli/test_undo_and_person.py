"""``keepsight undo`` and ``keepsight person``: a mistake taken back, and somebody let in."""

import pytest
from click.testing import CliRunner
from django.utils import timezone

from keepsight.apps.accounts.models import Membership, Role, User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit.models import Load
from keepsight.apps.intake import actions
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import grants_of
from keepsight.cli import person, undo
from keepsight.core.errors import BadInput, NotAllowedNow
from tests import factories
from tests.deliveries import AS_AT, AT, small

pytestmark = pytest.mark.django_db
PASSWORD = "invented-and-long-enough"


@pytest.fixture
def council():
    return factories.authority(code="valeshire", name="Valeshire", la_code="990")


def run(command, *words, typed=""):
    return CliRunner().invoke(command, [*map(str, words)], input=typed, catch_exceptions=False)


def let_in(*words, password=PASSWORD):
    return run(person.command, *words, "--authority", "valeshire", typed=f"{password}\n{password}\n")


def test_undo_takes_a_load_back(council, tmp_path):
    load = actions.load_folder(council, small(tmp_path), as_at=AS_AT, at=AT)
    assert Child.objects.exists()
    done = run(undo.command, load.pk)
    assert done.stdout.startswith(f"Load {load.pk} is undone: the register of Valeshire is as it was before it.")
    assert not Child.objects.exists()
    with pytest.raises(NotAllowedNow, match="nothing to undo"):
        run(undo.command, load.pk)


def test_undo_changes_nothing_under_what_people_recorded(council, tmp_path):
    load = actions.load_folder(council, small(tmp_path), as_at=AS_AT, at=AT)
    factories.visit(Child.objects.first())
    with pytest.raises(NotAllowedNow, match="stays"):
        run(undo.command, load.pk)
    assert Load.objects.get(pk=load.pk).state == Load.State.COMMITTED


def test_a_number_that_no_load_has_is_said_in_a_sentence():
    with pytest.raises(BadInput, match="No load has the number 99"):
        run(undo.command, 99)


def test_a_practitioner_gets_their_own_team_and_children_and_can_sign_in(council, client):
    worker = factories.worker(factories.team(council, name="Hollow Team"), name="Quill Inventor")
    done = let_in("q@vale.example", "--name", "Quill", "--role", "practitioner", "--worker", "Quill Inventor")
    assert done.stdout.endswith("q@vale.example may sign in: Practitioner, Hollow Team.\n")
    user = User.objects.get(email="q@vale.example")
    reach = grants_of(user, timezone.now()).scope(Permission.CHILD_VIEW)
    assert (reach.authority_ids, reach.team_ids, reach.worker_ids) == (set(), {worker.team_id}, {worker.pk})
    assert client.post("/account/login/", {"login": user.email, "password": PASSWORD}).status_code == 302


def test_a_second_role_asks_for_no_password(council):
    let_in("l@vale.example", "--name", "Lea", "--role", "leader")
    done = run(person.command, "l@vale.example", "--authority", "valeshire", "--role", "data_loader")
    assert done.stdout == "l@vale.example may sign in: Data loader, all of Valeshire.\n"
    assert set(Membership.objects.values_list("role", flat=True)) == {Role.LEADER, Role.DATA_LOADER}


@pytest.mark.parametrize(
    ("words", "password", "says"),
    [
        (["a@vale.example"], PASSWORD, "Say who it is with --name"),
        (["a@vale.example", "--name", "A"], "short", "at least 12"),
        (["not-an-address", "--name", "A"], PASSWORD, "valid email"),
        (["a@vale.example", "--name", "A", "--team", "Holow Team"], PASSWORD, "close to it: Hollow Team"),
        (["a@vale.example", "--name", "A", "--worker", "Nobody"], PASSWORD, "has no worker called Nobody"),
    ],
)
def test_what_does_not_do_is_said_and_nobody_is_made(council, words, password, says):
    factories.team(council, name="Hollow Team")
    with pytest.raises(BadInput, match=says):
        let_in(*words, "--role", "leader", password=password)
    assert not User.objects.exists()
