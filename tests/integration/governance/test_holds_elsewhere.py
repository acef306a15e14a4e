"""A legal hold is felt wherever something of a child could go, not only in the list of what is past its time."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Load
from keepsight.apps.governance.models import LegalHold
from keepsight.apps.intake import actions as intake
from keepsight.apps.intake.queries import register_digest
from keepsight.apps.people.actions.safe_contact import end_safe_contact
from keepsight.apps.people.holds import OnHold
from keepsight.apps.people.models import Child, SafeContact
from tests import factories as make
from tests.deliveries import AS_AT, AT, cin, deliver, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def council():
    return make.authority(code="valeshire", la_code="990")


def hold(council, child=None):
    return LegalHold.objects.create(authority=council, child=child, why="A court asked", placed_by="Wren", placed_at=AT)


def child(number):
    return Child.objects.get(identifiers__value=number)


@pytest.mark.parametrize("over", ["C1", None])
def test_no_load_is_undone_that_brought_a_record_on_hold(council, tmp_path, over):
    done = intake.load_folder(council, small(tmp_path), as_at=AS_AT, at=AT)
    stands = hold(council, child(over) if over else None)
    before = register_digest(council)
    with pytest.raises(OnHold, match="legal hold"):
        intake.undo(done, at=AT)
    assert register_digest(council) == before
    assert Load.objects.get(pk=done.pk).state == Load.State.COMMITTED
    stands.delete()
    intake.undo(done, at=AT)
    assert not Child.objects.exists()


def test_a_later_load_is_undone_when_it_touched_nobody_on_hold(council, tmp_path):
    intake.load_folder(council, small(tmp_path / "first"), as_at=AS_AT, at=AT)
    later = intake.load_folder(council, deliver(tmp_path / "second", cin=[cin("C9")]), as_at=AS_AT, at=AT)
    hold(council, child("C9"))
    with pytest.raises(OnHold):
        intake.undo(later, at=AT)
    LegalHold.objects.all().delete()
    hold(make.authority(code="elsewhere", la_code="991"))
    intake.undo(later, at=AT)


def test_safe_contact_details_on_hold_are_not_destroyed():
    manager = make.user(Role.TEAM_MANAGER, team=make.team())
    worker = make.worker(manager.memberships.get().team)
    kept = make.child(worker.authority)
    make.plan(kept, worker)
    SafeContact.objects.create(child=kept, phone="07700 900471", set_by="Wren", set_at=make.NOW, review_on=make.days(9))
    stands = hold(worker.authority, kept)
    with pytest.raises(OnHold):
        end_safe_contact(kept, by=manager, at=make.NOW)
    assert SafeContact.objects.get().phone == "07700 900471"
    stands.delete()
    end_safe_contact(kept, by=manager, at=make.NOW)
    assert not SafeContact.objects.exists()
