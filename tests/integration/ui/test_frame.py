"""What holds on every page: deny by default, refusals in plain words, sign-in, and the policy on scripts."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import path

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.audit.models import Event
from keepsight.config import urls as real_urls
from keepsight.core.errors import BadInput, NoAnswer, NotAllowedNow, Refused
from tests import factories as make

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def _raising(error: Exception):
    @requires(Permission.ANYONE)
    def view(request):
        raise error

    return view


def undeclared(request):
    return HttpResponse("Nobody said who may read this.")


ERRORS = {
    "refused": (Refused("Not like that."), 409),
    "later": (NotAllowedNow("Not before the load is committed."), 409),
    "input": (BadInput("Row 3 has no date."), 422),
    "nothing": (NoAnswer("There is too little history."), 200),
    "bug": (ZeroDivisionError("a child's name"), 500),
}
urlpatterns = [
    *real_urls.urlpatterns,
    path("undeclared/", undeclared),
    *(path(f"raise/{name}/", _raising(error)) for name, (error, _) in ERRORS.items()),
]
handler400, handler403 = real_urls.handler400, real_urls.handler403
handler404, handler500 = real_urls.handler404, real_urls.handler500


@pytest.fixture
def leader(client):
    user = make.user(Role.LEADER, of=make.authority())
    client.force_login(user, BACKEND)
    return client


@override_settings(ROOT_URLCONF=__name__)
def test_a_view_that_declares_nothing_is_refused(leader):
    page = leader.get("/undeclared/")
    assert page.status_code == 403
    assert "Nobody said who" not in page.content.decode()


def test_pages_of_allauth_that_we_do_not_use_are_refused(leader):
    assert leader.get("/account/confirm-email/").status_code == 403
    assert leader.get("/account/email/").status_code == 403


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("name", ERRORS)
def test_each_branch_of_the_errors_becomes_a_page(leader, name):
    error, status = ERRORS[name]
    leader.raise_request_exception = False
    page = leader.get(f"/raise/{name}/")
    assert page.status_code == status
    body = page.content.decode()
    assert ("a child's name" not in body) if status == 500 else (error.sentence in body)
    assert "Traceback" not in body
    assert '<h1 class="govuk-heading-l">' in body


def test_a_refusal_is_an_event(leader):
    assert leader.get("/work/").status_code == 403
    event = Event.objects.get(kind="denied")
    assert (event.source, event.reason) == ("desk:my_work", "not_permitted")


def test_an_unknown_address_is_told_plainly(leader):
    page = leader.get("/children/no-such-thing/")
    assert page.status_code == 404
    assert "Page not found" in page.content.decode()


def test_a_form_without_its_token_is_told_plainly():
    page = Client(enforce_csrf_checks=True).post("/account/login/", {"login": "a@example.org"})
    assert page.status_code == 403
    assert "Your page was open for too long" in page.content.decode()


def test_scripts_run_by_nonce_only(leader):
    page = leader.get("/teams/")
    policy = page.headers["content-security-policy"]
    nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy)[1]
    body = page.content.decode()
    assert "unsafe" not in policy
    assert set(re.findall(r'<script[^>]*nonce="([^"]*)"', body)) == {nonce}
    assert body.count("<script") == body.count("<script nonce") + body.count('<script type="module" nonce')
    assert "style=" not in body


def test_the_menu_shows_only_what_a_role_may_open(client):
    authority = make.authority()
    for role, wanted, unwanted in (
        (Role.PRACTITIONER, {"/work/", "/find/"}, {"/teams/", "/picture/", "/loads/"}),
        (Role.LEADER, {"/teams/", "/find/"}, {"/work/", "/loads/"}),
    ):
        client.force_login(make.user(role, of=authority), BACKEND)
        links = set(re.findall(r'service-navigation__link" href="([^"]+)"', client.get("/find/").content.decode()))
        assert wanted <= links
        assert not unwanted & links


def test_sign_in_sign_out_and_failure_are_events(client):
    user = make.user(Role.LEADER, of=make.authority())
    wrong = client.post("/account/login/", {"login": user.email, "password": "wrong"})
    assert "The email address or the password is not right" in wrong.content.decode()
    right = client.post("/account/login/", {"login": user.email, "password": make.PASSWORD})
    assert right.headers["location"] == "/"
    client.post("/account/logout/")
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["sign_in_failed", "signed_in", "signed_out"]
    assert client.get("/find/").status_code == 302


def test_nobody_signs_up(client):
    page = client.post("/account/signup/", {"email": "new@example.org", "password1": make.PASSWORD})
    assert not make.User.objects.filter(email="new@example.org").exists()
    assert "sign up" not in client.get("/account/login/").content.decode().lower()
    assert page.status_code == 200


def test_five_wrong_passwords_lock_the_door(client):
    user = make.user(Role.LEADER, of=make.authority())
    for _ in range(5):
        page = client.post("/account/login/", {"login": user.email, "password": "wrong"})
    assert page.status_code == 429
    assert "Wait 30 minutes" in page.content.decode()
    client.post("/account/login/", {"login": user.email, "password": make.PASSWORD})
    assert client.get("/find/").status_code == 302, "the right password does not open a locked door"
