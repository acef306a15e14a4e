"""An administrator names people at settings of the own authority, after the role, and ends it again."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.places.models import PROVIDER, Setting, SettingMember
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGE = "/portal/people-of-settings/"


@pytest.fixture
def admin(team):
    return make.user(Role.ADMINISTRATOR, of=team.authority)


@pytest.fixture
def head(team):
    return make.user(Role.SCHOOL, of=team.authority, email="head@example.org")


def test_naming_somebody_opens_their_page_and_ending_it_closes_it(sign_in, client, admin, head, team):
    school = make.setting(team.authority)
    page = sign_in(admin).post(PAGE, {"email": "Head@example.org ", "number": school.urn}, follow=True)
    assert head.name in page.content.decode()
    member = SettingMember.objects.get()
    assert (member.user, member.setting, member.starts_on) == (head, school, make.TODAY)
    event = Event.objects.get(kind="role_given")
    assert (event.subject_id, event.detail["setting"]) == (str(head.pk), school.pk)
    assert school.name in sign_in(head).get("/portal/pupils/").content.decode()
    sign_in(admin).post(f"{PAGE}{member.pk}/end/")
    assert "not named at any school" in sign_in(head).get("/portal/pupils/").content.decode()
    assert Event.objects.filter(kind="role_ended").count() == 1


def test_a_provider_is_made_with_its_first_person(sign_in, admin, team):
    make.user(Role.PROVIDER, of=team.authority, email="home@example.org")
    client = sign_in(admin)
    assert client.post(PAGE, {"email": "home@example.org", "number": "sc8000123"}).status_code == 422
    client.post(PAGE, {"email": "home@example.org", "number": "sc8000123", "provider": "Pretend House"})
    made = Setting.objects.get()
    assert (made.urn, made.name, made.type) == ("SC8000123", "Pretend House", PROVIDER)


@pytest.mark.parametrize("address", ["nobody@example.org", "leader@example.org"])
def test_an_unknown_address_and_one_without_the_role_are_refused_alike(sign_in, admin, team, address):
    make.user(Role.LEADER, of=team.authority, email="leader@example.org")
    school = make.setting(team.authority)
    response = sign_in(admin).post(PAGE, {"email": address, "number": school.urn})
    assert response.status_code == 422
    assert "Nobody with this address holds the role" in response.content.decode()
    assert not SettingMember.objects.exists()


def test_no_further_than_the_own_authority(sign_in, admin, head, team):
    other = make.authority()
    school = make.setting(other)
    there = make.user(Role.SCHOOL, of=other)
    member = SettingMember.objects.create(user=there, setting=school, starts_on=make.days(-9))
    client = sign_in(admin)
    assert there.name not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"email": head.email, "number": school.urn, "authority": other.pk}).status_code == 422
    ended, nowhere = client.post(f"{PAGE}{member.pk}/end/"), client.post(f"{PAGE}999999/end/")
    assert ended.status_code == nowhere.status_code == 404
    assert SettingMember.objects.get().ends_on is None


@pytest.mark.parametrize("role", [Role.LEADER, Role.SCHOOL, Role.ANALYST, Role.PRACTITIONER])
def test_nobody_else_sees_or_names(sign_in, team, head, role):
    school = make.setting(team.authority)
    client = sign_in(make.user(role, of=team.authority))
    assert client.post(PAGE, {"email": head.email, "number": school.urn}).status_code == 403
    assert client.post(f"{PAGE}1/end/").status_code == 403


def test_who_only_looks_over_people_names_nobody(sign_in, team, head):
    school = make.setting(team.authority)
    client = sign_in(make.user(Role.INFORMATION_GOVERNANCE, of=team.authority))
    assert "Name this person" not in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"email": head.email, "number": school.urn}).status_code == 404
    assert not SettingMember.objects.exists()
