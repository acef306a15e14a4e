"""The example, installed: once, twice, on another day, and never over what people recorded."""

import shutil
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.test.utils import override_settings

from keepsight.apps.accounts.models import Authority, Membership, Role, User, Worker
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit.models import Load
from keepsight.apps.briefing.models import Snapshot
from keepsight.apps.contact.models import ContactPlan, Sighting
from keepsight.apps.contact.permissions import plans_visible_to
from keepsight.apps.intake import example
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import children_visible_to, grants_of
from keepsight.apps.risk.models import Rating
from keepsight.core.errors import BadInput, NotAllowedNow
from keepsight.example import write
from tests import factories

ON, AT = date(2020, 6, 3), datetime(2020, 6, 3, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The example's files of one day, written once."""
    folder = tmp_path_factory.mktemp("example") / "files"
    write(folder, as_at=ON, scale=0.01)
    return folder


@pytest.fixture
def files(written, tmp_path, settings):
    """A copy of one's own."""
    settings.SNAPSHOTS = tmp_path / "snapshots"
    shutil.copytree(written, tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture(scope="class")
def installed(written, tmp_path_factory, django_db_setup, django_db_blocker):
    """What installing it once said; each test of the class finds it so, and nothing of it stays."""
    told = []
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(SNAPSHOTS=tmp_path_factory.mktemp("snapshots")):
            said = example.install(written, on=ON, at=AT, progress=lambda what, done: told.append(done))
            yield said | {"told": told}
        transaction.set_rollback(True)


def sizes():
    return {
        model: model.objects.count()
        for model in (Authority, User, Membership, Child, Rating, ContactPlan, Load, Snapshot)
    }


def test_files_of_another_day_take_the_place_of_the_earlier_ones(files):
    example.install(files, on=ON, at=AT)
    children = Child.objects.count()
    later = ON + timedelta(days=1)
    write(files, as_at=later, scale=0.01)
    example.install(files, on=later, at=AT)
    assert Child.objects.count() == pytest.approx(children, rel=0.1), "no case is open twice"
    assert Load.objects.filter(state=Load.State.COMMITTED).count() == 2
    assert ContactPlan.objects.filter(planned_for=later).count() == ContactPlan.objects.count()


def test_nobody_gets_a_role_outside_the_example(files):
    real = factories.authority(is_example=False, la_code="123")
    example.install(files, on=ON, at=AT)
    assert not Membership.objects.filter(authority=real).exists()


def test_an_authority_that_is_no_example_is_left_alone(files):
    factories.authority(code="fellshire", la_code="990", is_example=False)
    with pytest.raises(NotAllowedNow, match="not an example"):
        example.install(files, on=ON, at=AT)


def test_a_folder_without_an_example_is_refused(tmp_path):
    with pytest.raises(BadInput, match="holds no example"):
        example.install(tmp_path, on=ON, at=AT)


class TestInstalled:
    def test_both_councils_are_loaded_rated_planned_and_kept_as_a_snapshot(self, installed):
        told = installed["told"]
        assert [council["state"] for council in installed["authorities"].values()] == ["installed", "installed"]
        assert told == sorted(told)
        assert all(0 <= done <= 1 for done in told)
        assert Authority.objects.filter(is_example=True).count() == Snapshot.objects.count() == 2
        assert ContactPlan.objects.filter(is_open=True).exists()
        assert Rating.objects.filter(is_current=True).exists()

    def test_installing_again_doubles_nothing(self, installed, written):
        before = sizes()
        said = example.install(written, on=ON, at=AT)
        assert sizes() == before
        assert [council["state"] for council in said["authorities"].values()] == ["was there already"] * 2

    def test_what_people_recorded_is_kept(self, installed, files):
        for council in Authority.objects.all():
            Sighting.objects.create(
                child=Child.objects.filter(authority=council)[0], seen_on=ON, line="health", recorded_at=AT
            )
        write(files, as_at=ON + timedelta(days=1), scale=0.01)
        said = example.install(files, on=ON + timedelta(days=1), at=AT)
        assert all(council["state"] == "kept" for council in said["authorities"].values())
        assert Sighting.objects.count() == 2

    def test_the_example_people_can_do_their_work(self, installed):
        roles = {person["email"]: person["role"] for person in installed["people"]}
        assert roles["practitioner@keepsight.example"] == "Practitioner"
        practitioner = User.objects.get(email="practitioner@keepsight.example")
        assert practitioner.check_password(example.PASSWORD)
        worker = Worker.objects.get(user=practitioner)
        assert ContactPlan.objects.filter(worker=worker, is_open=True).exists()
        leader = grants_of(User.objects.get(email="leader@keepsight.example"), AT)
        assert len(leader.scope(Permission.PICTURE_VIEW).authority_ids) == 2
        manager = grants_of(User.objects.get(email="manager@keepsight.example"), AT)
        assert plans_visible_to(manager, Permission.TEAM_VIEW).exists()

    def test_the_example_s_early_helper_has_families_to_help_and_no_social_care(self, installed):
        helper = Membership.objects.get(role=Role.EARLY_HELP_PRACTITIONER).user
        reached = children_visible_to(grants_of(helper, AT))
        assert reached.filter(plan__service="early_help").count() > 0
        assert not reached.exclude(plan__early_help=True).exists()

    def test_every_role_of_the_council_has_an_example_person(self, installed):
        outside = {Role.SCHOOL, Role.PROVIDER, Role.EARLY_HELP_PRACTITIONER}
        assert set(Membership.objects.values_list("role", flat=True)) >= set(Role) - outside
