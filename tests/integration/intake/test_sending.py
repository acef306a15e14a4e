"""Files sent from a browser: looked at first, loaded when somebody says so, refused when they are no lists."""

import stat

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Load
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.intake import uploads
from keepsight.apps.people.models import Child
from tests import factories
from tests.deliveries import small

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def var(settings, tmp_path):
    settings.VAR = tmp_path / "var"


@pytest.fixture
def council():
    return factories.authority(name="Valeshire", la_code="990")


@pytest.fixture
def loader(council) -> Client:
    client = Client()
    who = factories.user(Role.DATA_LOADER, of=council)
    client.force_login(who, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def lists(tmp_path):
    folder = small(tmp_path / "sent")
    return [(path.name, path.read_bytes()) for path in sorted(folder.iterdir())]


def send(client, council, files, *, day=("3", "6", "2020"), code=""):
    given = {"authority": code or council.code, "as_at_day": day[0], "as_at_month": day[1], "as_at_year": day[2]}
    return client.post("/loads/new/", {**given, "files": [SimpleUploadedFile(name, body) for name, body in files]})


def kept() -> list:
    return sorted(uploads.folder().rglob("*.*")) if uploads.folder().exists() else []


def test_files_are_looked_at_and_nothing_changes(loader, council, lists):
    answer = send(loader, council, lists)
    load = Load.objects.get()
    assert answer["Location"] == f"/loads/{load.pk}/"
    assert load.state == Load.State.STAGED
    assert not Child.objects.exists()
    assert "Load all of it" in loader.get(f"/loads/{load.pk}/").content.decode()


def test_then_all_is_loaded_rated_and_planned_and_the_files_are_gone(loader, council, lists):
    send(loader, council, lists)
    load = Load.objects.get()
    loader.post(f"/loads/{load.pk}/commit/")
    load.refresh_from_db()
    assert load.state == Load.State.COMMITTED
    assert Child.objects.exists()
    assert ContactPlan.objects.exists()
    assert kept() == []


def test_what_is_kept_can_be_read_by_the_service_alone(loader, council, lists):
    send(loader, council, lists)
    assert kept()
    for path in kept():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("cin.pdf", b"%PDF-1.7", "cin.pdf is no list"),
        ("cin.csv", b"%PDF-1.7 dressed up", "is a PDF, not a list"),
        ("cin.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old Excel format"),
        ("cin.csv", b"", "The submitted file is empty"),
        ("../../etc/cron.d/x", b"a,b", "x is no list"),
        ("run.sh", b"#!/bin/sh", "run.sh is no list"),
        ("page.html.csv", b"\x89PNG\r\n", "is a picture"),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence_and_not_kept(loader, council, name, body, says):
    answer = send(loader, council, [(name, body)])
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert kept() == []
    assert not Load.objects.exists()


def test_a_path_in_a_name_leads_nowhere(loader, council, lists):
    named = [(f"..\\..\\{name}", body) for name, body in lists]
    send(loader, council, named)
    assert all(uploads.folder() in path.parents for path in kept())
    assert Load.objects.get().state == Load.State.STAGED


def test_more_than_is_allowed_is_stopped_while_it_arrives(loader, council, settings):
    settings.UPLOAD_MOST_BYTES = 10_000
    answer = send(loader, council, [("cin.csv", b"x" * 20_000)])
    assert answer.status_code == 422
    assert "more than can be sent at once" in answer.content.decode()
    settings.UPLOAD_MOST_BYTES, settings.UPLOAD_MOST_FILES = 10_000_000, 2
    answer = send(loader, council, [(f"{number}.csv", b"a,b") for number in range(3)])
    assert "more than can be sent at once" in answer.content.decode()
    assert kept() == []


def test_files_that_hold_no_known_list_are_a_refused_load(loader, council):
    answer = loader.get(send(loader, council, [("other.csv", b"Colour,Shape\nred,round\n")])["Location"])
    assert "Refused; nothing was changed" in answer.content.decode()
    assert kept() == []


def test_only_a_data_loader_of_that_authority_sends_and_loads(loader, council, lists):
    send(loader, council, lists)
    load = Load.objects.get()
    for role, of in ((Role.ANALYST, council), (Role.LEADER, council), (Role.DATA_LOADER, factories.authority())):
        other = Client()
        other.force_login(factories.user(role, of=of), backend="allauth.account.auth_backends.AuthenticationBackend")
        assert other.post(f"/loads/{load.pk}/commit/").status_code in (403, 404)
        assert send(other, council, lists).status_code in (403, 422)
    load.refresh_from_db()
    assert load.state == Load.State.STAGED


def test_a_day_still_to_come_is_refused(loader, council, lists):
    assert "today or in the past" in send(loader, council, lists, day=("3", "6", "2120")).content.decode()


def test_loading_twice_is_loading_once(loader, council, lists):
    send(loader, council, lists)
    load = Load.objects.get()
    assert loader.post(f"/loads/{load.pk}/commit/").status_code == 302
    assert loader.post(f"/loads/{load.pk}/commit/").status_code == 404
    assert Load.objects.filter(state=Load.State.COMMITTED).count() == 1
