"""A provider sees the children placed with it now, since when, and whom to call. Nothing else."""

import re

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.places.models import PROVIDER, SettingMember
from tests import factories as make

pytestmark = pytest.mark.django_db
NUMBER = "SC8000123"


@pytest.fixture
def home(team):
    return make.setting(team.authority, name="Pretend House", urn=NUMBER, type=PROVIDER)


@pytest.fixture
def carer(team, home):
    who = make.user(Role.PROVIDER, of=team.authority)
    SettingMember.objects.create(user=who, setting=home, starts_on=make.days(-30))
    return who


def placed(team, forename, *, number=NUMBER, of=None, **given):
    """A looked-after child in a placement with this number."""
    details = {
        "placement_urn": number, "placement_started_on": "2020-05-01", "placement_postcode": "ZZ1 1AA",
        "placement_type": "K2", "legal_status": "C2",
    }  # fmt: skip
    child = make.child(of or team.authority, forename=forename, **given.pop("child", {}))
    by = make.worker(team, name=f"Robin {forename}worker")
    make.involvement(child, by, kind="cla", details=details, **given)
    make.plan(child, by, service="cla")
    return child


def main(client, path="/portal/placements/"):
    page = client.get(path).content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") : page.index("</main>")]))


def test_own_placements_with_whom_to_call(sign_in, carer, team):
    team.duty_phone = "01632 960123"
    team.save()
    placed(team, "Here")
    said = main(sign_in(carer))
    assert "Here Madeupname 1 May 2020 Robin Hereworker" in said
    assert "01632 960123" in said
    for word in ("Red", "K2", "C2", "ZZ1 1AA", "Looked after", "level", NUMBER):
        assert word not in said


def test_no_other_placement(sign_in, carer, team):
    placed(team, "Elsewhere", number="SC8000999")
    placed(team, "Nonumber", number=None)
    placed(team, "Ended", ended_on=make.days(-1))
    placed(team, "Faraway", of=make.authority())
    assert "0 children" in main(sign_in(carer))


def test_a_restricted_record_gives_the_duty_team_only(sign_in, carer, team):
    placed(team, "Hushed", child={"record_class": "restricted"})
    said = main(sign_in(carer))
    assert "Hushed Madeupname" in said
    assert "Hushedworker" not in said
    assert f"Duty team, {team.authority.name}" in said
    assert "estricted" not in said


def test_another_provider_is_as_one_that_is_not_there(sign_in, carer, team):
    other = make.setting(team.authority, name="Other House", urn="SC8000999", type=PROVIDER)
    school = make.setting(team.authority)
    client = sign_in(carer)
    numbers = (other.pk, school.pk, 999999)
    assert {client.get(f"/portal/placements/{pk}/").status_code for pk in numbers} == {404}


def test_a_place_of_work_that_has_ended_shows_nothing(sign_in, carer, home, team):
    placed(team, "Here")
    SettingMember.objects.update(ends_on=make.TODAY)
    client = sign_in(carer)
    assert "You are not named at any provider" in main(client)
    assert client.get(f"/portal/placements/{home.pk}/").status_code == 404


def test_a_provider_is_no_school_and_a_school_no_provider(sign_in, team, home):
    who = make.user(Role.SCHOOL, of=team.authority)
    SettingMember.objects.create(user=who, setting=home, starts_on=make.days(-30))
    client = sign_in(who)
    assert client.get(f"/portal/pupils/{home.pk}/").status_code == 404
    assert client.get("/portal/placements/").status_code == 403


def test_opening_it_is_an_event(sign_in, carer, home, team):
    child = placed(team, "Here")
    main(sign_in(carer))
    event = Event.objects.get(kind="portal_opened")
    assert (event.subject_id, event.source, event.detail) == (
        str(home.pk), "portal:placements", {"rows": 1, "shown": [child.pk]}
    )  # fmt: skip


def test_queries_stay_the_same(sign_in, carer, team, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(carer)
    placed(team, "First")
    main(client)
    with CaptureQueriesContext(connection) as few:
        main(client)
    for nth in range(10):
        placed(team, f"More{nth}")
    with django_assert_num_queries(len(few)):
        main(client)
