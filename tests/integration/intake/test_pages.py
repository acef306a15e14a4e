"""The pages of loads: who sees them, what they say, and that nothing but the reading log changes."""

import pytest
from django.test import Client

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from keepsight.apps.intake import actions
from tests import factories
from tests.deliveries import AS_AT, AT, UPNS, deliver, person, pupil, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def council():
    return factories.authority(name="Valeshire", la_code="990")


@pytest.fixture
def loader(council) -> Client:
    return signed_in(factories.user(Role.DATA_LOADER, of=council))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def dirty(folder):
    """Sixty pupils nobody has on roll, a wrong check digit, and one who is on roll."""
    strangers = [[UPNS[1], f"95{number:04}", "2020-06-01", "AM", "/"] for number in range(60)]
    return deliver(
        folder, ssd_person=[person("C1", upn="R247962919251")], pupilonroll=[pupil("K1", UPNS[0])], attendance=strangers
    )


def test_nothing_loaded_yet_says_how_to_load(loader):
    body = loader.get("/loads/").content.decode()
    assert "Nothing has been loaded yet" in body
    assert "--dry-run" in body


def test_the_list_names_every_load_newest_first(loader, council, tmp_path):
    actions.load_folder(council, small(tmp_path), as_at=AS_AT, at=AT)
    staged = actions.stage(council, tmp_path, as_at=AS_AT, at=AT)
    body = loader.get("/loads/").content.decode()
    assert body.index(f"Load {staged.pk}") < body.index(f"Load {staged.pk - 1}<")
    assert "Staged: nothing changed yet" in body
    assert "3 Jun 2020" in body


def test_a_staged_load_is_a_look_at_what_would_change(loader, council, tmp_path):
    staged = actions.stage(council, small(tmp_path), as_at=AS_AT, at=AT)
    body = loader.get(f"/loads/{staged.pk}/").content.decode()
    assert "Nothing has changed yet" in body
    assert "What would change" in body
    assert "Children in need" in body
    assert "attendance.csv" in body


def test_findings_are_grouped_filtered_and_paged(loader, council, tmp_path):
    load = actions.load_folder(council, dirty(tmp_path), as_at=AS_AT, at=AT)
    page = loader.get(f"/loads/{load.pk}/")
    body = page.content.decode()
    assert page.context["page"].paginator.num_pages == 2
    assert "Not on that school&#x27;s roll" in body or "Not on that school's roll" in body
    only = loader.get(f"/loads/{load.pk}/?severity=warning&code=check_digit")
    assert only.context["page"].paginator.count == 1
    assert "R247962919251" in only.content.decode()
    second = loader.get(f"/loads/{load.pk}/?severity=rejected&file=attendance.csv&page=2")
    assert len(second.context["page"].object_list) == 10
    assert "severity=rejected" in second.content.decode()
    odd = loader.get(f"/loads/{load.pk}/?code=nonsense&page=nonsense")
    assert odd.status_code == 200


def test_a_refused_load_says_why(loader, council, tmp_path):
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(Exception, match="broken"):
        actions.load_folder(council, tmp_path, as_at=AS_AT, at=AT)
    load = council_loads(council)[0]
    body = loader.get(f"/loads/{load.pk}/").content.decode()
    assert "Refused; nothing was changed" in body
    assert "broken.xlsx" in body


def council_loads(council):
    from keepsight.apps.intake.queries import loads_of

    return list(loads_of([council.code]))


def test_another_authoritys_load_is_not_found(loader, tmp_path):
    other = factories.authority(la_code="991")
    load = actions.load_folder(other, small(tmp_path), as_at=AS_AT, at=AT)
    assert loader.get(f"/loads/{load.pk}/").status_code == 404
    assert f"Load {load.pk}<" not in loader.get("/loads/").content.decode()


@pytest.mark.parametrize("role", [Role.PRACTITIONER, Role.TEAM_MANAGER, Role.LEADER])
def test_roles_without_the_permission_are_refused(council, role):
    assert signed_in(factories.user(role, of=council)).get("/loads/").status_code == 403


def test_an_analyst_may_look(council):
    assert signed_in(factories.user(Role.ANALYST, of=council)).get("/loads/").status_code == 200


def test_an_analyst_sees_no_value_of_a_cell(council, tmp_path):
    """A cell may hold a UPN, a name or a day of birth; the analyst sees where and what kind."""
    files = deliver(
        tmp_path, ssd_person=[person("C1", upn="R247962919251")],
        pupilonroll=[pupil("K1", UPNS[0])],
    )  # fmt: skip
    load = actions.load_folder(council, files, as_at=AS_AT, at=AT)
    load.findings.create(
        file="list.csv", code="conflicting", severity="warning", column="Date of birth", found="2011-04-30",
        expected="The same in every list.", done="Kept 2012-05-01: most rows say so, or the person table does.",
    )  # fmt: skip
    seen = signed_in(factories.user(Role.ANALYST, of=council)).get(f"/loads/{load.pk}/").content.decode()
    loader = signed_in(factories.user(Role.DATA_LOADER, of=council)).get(f"/loads/{load.pk}/").content.decode()
    for value in ("R247962919251", "2011-04-30", "2012-05-01"):
        assert value not in seen, value
        assert value in loader, value
    assert "Hidden" in seen
    assert "Check digit wrong" in seen


def test_loading_elsewhere_opens_no_values_here(council, tmp_path):
    load = actions.load_folder(council, dirty(tmp_path), as_at=AS_AT, at=AT)
    person_ = factories.user(Role.ANALYST, of=council)
    other = factories.authority(la_code="992")
    person_.memberships.create(authority=other, role=Role.DATA_LOADER, starts_on=AS_AT.replace(year=2019))
    assert "R247962919251" not in signed_in(person_).get(f"/loads/{load.pk}/").content.decode()


def test_opening_findings_is_an_event(loader, council, tmp_path):
    load = actions.load_folder(council, small(tmp_path), as_at=AS_AT, at=AT)
    loader.get(f"/loads/{load.pk}/")
    event = Event.objects.filter(source="intake:load").get()
    assert (event.subject_type, event.subject_id) == ("load", str(load.pk))


def test_pages_ask_few_queries(loader, council, tmp_path, django_assert_max_num_queries):
    load = actions.load_folder(council, dirty(tmp_path), as_at=AS_AT, at=AT)
    with django_assert_max_num_queries(14):
        loader.get(f"/loads/{load.pk}/")
    with django_assert_max_num_queries(10):
        loader.get("/loads/")
