"""Single sign-on against a real OpenID provider on this machine: codes, tokens and redirects over HTTP."""

import base64
import hashlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from keepsight.apps.accounts.models import Membership, Role, Service, User
from keepsight.apps.audit.models import Event
from keepsight.config import identity
from tests import factories as make

CALLBACK = "http://testserver/account/council/callback/"
MAPPING = """
[[groups]]
group = "ks-leaders"
role = "leader"
authority = "ssoshire"

[[groups]]
group = "ks-beckside"
role = "practitioner"
authority = "ssoshire"
team = "Beckside Team"
own_only = true

[[groups]]
group = "ks-early-help"
role = "team_manager"
authority = "ssoshire"
service = "Early help"
days = 30

[[groups]]
group = "ks-nowhere"
role = "leader"
authority = "ssoshire"
team = "A team that is not there"
"""


class Provider:
    """The provider: what it says of people, and what a test makes it say wrongly."""

    def __init__(self, url: str):
        self.url = url
        self.asked: dict[str, Any] = {}  # of the last authorisation

    def knows(self, sub: str, **claims: Any) -> None:
        requests.put(f"{self.url}/users/{sub}", json={**claims}, timeout=5).raise_for_status()

    def sign_in(self, client: Client, sub: str) -> Any:
        """Go there, choose who one is, come back."""
        return client.get(self.back(client, sub))

    def back(self, client: Client, sub: str) -> str:
        """The address to which the provider sends the browser back."""
        leave = client.get("/account/council/")
        assert leave.status_code == 302, leave.content.decode()
        self.asked = {name: value[0] for name, value in parse_qs(urlsplit(leave.headers["location"]).query).items()}
        answer = requests.post(leave.headers["location"], data={"sub": sub}, allow_redirects=False, timeout=5)
        assert answer.status_code == 302, answer.text
        return answer.headers["location"].removeprefix("http://testserver")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://localhost:{port}"
    for _ in range(200):
        try:
            requests.get(f"{url}/.well-known/openid-configuration", timeout=2)
            break
        except requests.ConnectionError:
            time.sleep(0.1)
    yield url
    running.terminate()
    running.wait(10)


@pytest.fixture
def provider(server, settings, tmp_path) -> Provider:
    roles = tmp_path / "groups.toml"
    roles.write_text(MAPPING)
    app = {
        "provider_id": "council", "name": "Ssoshire", "client_id": "keepsight", "secret": "s",
        "settings": {"server_url": server, "oauth_pkce_enabled": True, "uid_field": "sub"},
    }  # fmt: skip
    settings.SINGLE_SIGN_ON = {
        "app": app, "name": "Ssoshire", "groups": "groups", "roles": str(roles), "domains": [], "second_factor": True,
    }  # fmt: skip
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    return Provider(server)


@pytest.fixture
def council(real):
    real.code, real.name = "ssoshire", "Ssoshire"
    real.save()
    service = Service.objects.create(authority=real, name="Early help")
    make.team(real, name="Beckside Team")
    make.team(real, name="Early Team", service=service)
    return real


def claims(**given: Any) -> dict[str, Any]:
    return {"email": "nia@ssoshire.example", "email_verified": True, "name": "Nia Newly", "groups": [], **given}


def held(user: User) -> set[str]:
    current = [
        each for each in Membership.objects.filter(user=user) if each.ends_on is None or each.ends_on > date.today()
    ]
    return {each.role for each in current}


@pytest.fixture(autouse=True)
def stand_still(db) -> None:
    """The provider lives by the real clock: nothing stands still here."""


class TestJoining:
    def test_a_group_that_maps_makes_an_account_with_its_role(self, provider, council):
        provider.knows("nia", **claims(groups=["ks-leaders", "everybody"]))
        client = Client()
        assert provider.sign_in(client, "nia").headers["location"] == "/"
        user = User.objects.get(email="nia@ssoshire.example")
        assert (user.name, user.has_usable_password(), held(user)) == ("Nia Newly", False, {"leader"})
        membership = Membership.objects.get(user=user)
        assert (membership.given_by, membership.authority) == ("single sign-on", council)
        assert client.get("/").headers["location"] == "/account/terms/"
        kinds = set(Event.objects.values_list("kind", flat=True))
        assert {"person_made", "role_given", "signed_in"} <= kinds

    @pytest.mark.parametrize("groups", [[], ["everybody"], ["ks-LEADERS"], "ks-leaders-of-another"])
    def test_no_group_that_maps_makes_nobody(self, provider, council, groups):
        provider.knows("nia", **claims(groups=groups))
        client = Client()
        page = provider.sign_in(client, "nia")
        assert page.status_code == 403
        assert "Nobody has given you a role here yet" in page.content.decode()
        assert not User.objects.filter(email="nia@ssoshire.example").exists()
        assert client.get("/account/").status_code == 302
        assert Event.objects.filter(kind="sign_in_failed", reason="no_group").count() == 1

    @pytest.mark.parametrize("verified", [False, None, "true", 1])
    def test_an_address_that_nobody_verified_makes_nobody(self, provider, council, verified):
        provider.knows("nia", **claims(groups=["ks-leaders"], email_verified=verified))
        assert provider.sign_in(Client(), "nia").status_code == 403
        assert not User.objects.filter(email="nia@ssoshire.example").exists()

    def test_unless_it_is_of_a_domain_of_the_council(self, provider, council, settings):
        settings.SINGLE_SIGN_ON["domains"] = ["ssoshire.example"]
        provider.knows("nia", **claims(groups=["ks-leaders"], email_verified=False))
        assert provider.sign_in(Client(), "nia").headers["location"] == "/"
        provider.knows("eve", **claims(groups=["ks-leaders"], email="eve@ssoshire.example.org", email_verified=False))
        assert provider.sign_in(Client(), "eve").status_code == 403


class TestRoles:
    def test_roles_come_and_go_with_the_groups(self, provider, council):
        for groups, roles in (
            (["ks-leaders", "ks-beckside"], {"leader", "practitioner"}),
            (["ks-beckside"], {"practitioner"}),
            (["ks-beckside", "ks-early-help"], {"practitioner", "team_manager"}),
            ([], set()),
            (["ks-leaders"], {"leader"}),
        ):
            provider.knows("nia", **claims(groups=groups or ["everybody"]))
            provider.sign_in(Client(), "nia")
            assert held(User.objects.get(email="nia@ssoshire.example")) == roles

    def test_scope_and_days_are_those_of_the_file(self, provider, council):
        provider.knows("nia", **claims(groups=["ks-beckside", "ks-early-help"]))
        provider.sign_in(Client(), "nia")
        practitioner = Membership.objects.get(role="practitioner")
        manager = Membership.objects.get(role="team_manager")
        assert (practitioner.team.name, practitioner.own_only, practitioner.ends_on) == ("Beckside Team", True, None)
        assert manager.service.name == "Early help"
        assert (manager.ends_on - manager.starts_on).days == 30

    def test_a_place_that_is_not_there_gives_nothing_and_never_more(self, provider, council):
        provider.knows("nia", **claims(groups=["ks-nowhere", "ks-beckside"]))
        provider.sign_in(Client(), "nia")
        assert list(Membership.objects.values_list("role", flat=True)) == ["practitioner"]

    def test_roles_given_by_hand_stay(self, provider, council):
        provider.knows("nia", **claims(groups=["ks-leaders"]))
        provider.sign_in(Client(), "nia")
        user = User.objects.get(email="nia@ssoshire.example")
        Membership.objects.create(
            user=user, authority=council, role=Role.ANALYST, starts_on=make.days(-9), given_by="Ada Ministrator"
        )
        provider.knows("nia", **claims(groups=["everybody"]))
        provider.sign_in(Client(), "nia")
        assert held(user) == {"analyst"}

    @pytest.mark.parametrize(
        "text", ["groups = 3", "[[groups]]\ngroup = 'x'", "[[groups]]\ngroup='x'\nrole='king'\nauthority='a'"]
    )
    def test_a_file_that_cannot_be_read_lets_nobody_in(self, provider, council, settings, tmp_path, text):
        (tmp_path / "groups.toml").write_text(text)
        provider.knows("nia", **claims(groups=["ks-leaders"]))
        client = Client()
        client.raise_request_exception = False
        assert provider.sign_in(client, "nia").status_code in (422, 500)
        assert not User.objects.filter(email="nia@ssoshire.example").exists()


class TestAccountsThatAreThere:
    def test_the_same_person_comes_back_to_the_same_account(self, provider, council):
        provider.knows("nia", **claims(groups=["ks-leaders"]))
        provider.sign_in(Client(), "nia")
        provider.knows("nia", **claims(groups=["ks-leaders"], email="nia.married@ssoshire.example"))
        provider.sign_in(Client(), "nia")
        assert User.objects.count() == 1

    def test_an_account_with_a_password_is_not_taken_over_by_an_address(self, provider, council):
        there = make.user(Role.ADMINISTRATOR, of=council, email="nia@ssoshire.example")
        provider.knows("mallory", **claims(groups=["ks-leaders"]))
        client = Client()
        page = provider.sign_in(client, "mallory")
        assert page.status_code == 403
        assert client.get("/account/").status_code == 302
        assert held(there) == {"administrator"}

    def test_an_account_that_waits_for_it_is_linked(self, provider, council):
        there = make.user(Role.ANALYST, of=council, email="nia@ssoshire.example")
        there.set_unusable_password()
        there.save()
        provider.knows("nia", **claims(groups=["ks-leaders"]))
        assert provider.sign_in(Client(), "nia").headers["location"] == "/"
        assert held(there) == {"leader", "analyst"}
        provider.knows("mallory", **claims(groups=["ks-leaders"]))
        assert provider.sign_in(Client(), "mallory").status_code == 403, "and to one person only"

    def test_where_passwords_open_nothing_all_are_linked(self, provider, council, settings):
        settings.PASSWORDS_OPEN = False
        there = make.user(Role.ANALYST, of=council, email="nia@ssoshire.example")
        provider.knows("nia", **claims(groups=[]))
        assert provider.sign_in(Client(), "nia").headers["location"] == "/"
        assert held(there) == {"analyst"}

    @pytest.mark.parametrize("end", [{"is_active": False}, {"expires_on": make.days(-1)}])
    def test_an_account_that_has_ended_stays_shut(self, provider, council, end):
        provider.knows("nia", **claims(groups=["ks-leaders"]))
        provider.sign_in(Client(), "nia")
        User.objects.update(**end)
        client = Client()
        assert provider.sign_in(client, "nia").status_code in (302, 403)
        assert client.get("/account/").status_code == 302

    def test_the_second_factor_is_the_providers_only_if_it_says_so(self, provider, council, settings):
        settings.SINGLE_SIGN_ON["second_factor"] = False
        provider.knows("nia", **claims(groups=["ks-leaders"]))
        client = Client()
        provider.sign_in(client, "nia")
        assert client.get("/teams/").headers["location"] == "/account/needed/"
        provider.knows("nia", **claims(groups=["ks-leaders"], amr=["pwd", "mfa"]))
        client = Client()
        provider.sign_in(client, "nia")
        assert client.get("/teams/").headers["location"] == "/account/terms/"


class TestProtocol:
    @pytest.fixture(autouse=True)
    def nia(self, provider, council):
        provider.knows("nia", **claims(groups=["ks-leaders"]))

    def refused(self, client: Client, address: str) -> None:
        page = client.get(address)
        assert "You are not signed in" in page.content.decode()
        assert client.get("/account/").status_code == 302
        assert not User.objects.filter(email="nia@ssoshire.example").exists()

    def test_what_leaves_carries_state_nonce_and_challenge(self, provider):
        client = Client()
        provider.back(client, "nia")
        assert {"state", "nonce", "code_challenge"} <= set(provider.asked)
        assert provider.asked["code_challenge_method"] == "S256"
        assert provider.asked["redirect_uri"] == CALLBACK

    def test_the_challenge_is_of_the_verifier_that_follows(self, provider, monkeypatch):
        sent: dict[str, Any] = {}
        real = identity.CouncilAdapter.get_access_token_data

        def spied(self, request, app, client, pkce_code_verifier=None):
            sent["verifier"] = pkce_code_verifier
            return real(self, request, app, client, pkce_code_verifier=pkce_code_verifier)

        monkeypatch.setattr(identity.CouncilAdapter, "get_access_token_data", spied)
        provider.sign_in(Client(), "nia")
        digest = base64.urlsafe_b64encode(hashlib.sha256(sent["verifier"].encode()).digest()).rstrip(b"=").decode()
        assert digest == provider.asked["code_challenge"]

    def test_a_wrong_state(self, provider):
        client = Client()
        address = provider.back(client, "nia")
        self.refused(client, address.replace(provider.asked["state"], "forged"))

    def test_somebody_elses_answer(self, provider):
        """A forged sign-in: the victim's browser is sent the attacker's answer."""
        address = provider.back(Client(), "nia")
        self.refused(Client(), address)

    def test_an_answer_that_comes_twice(self, provider):
        client = Client()
        address = provider.back(client, "nia")
        assert client.get(address).status_code == 302
        client.post("/account/logout/")
        User.objects.all().delete()
        self.refused(client, address)

    def test_a_code_that_nobody_gave(self, provider):
        client = Client()
        address = provider.back(client, "nia")
        code = parse_qs(urlsplit(address).query)["code"][0]
        self.refused(client, address.replace(code, "guessed"))

    def test_a_wrong_nonce(self, provider):
        client = Client()
        address = provider.back(client, "nia")
        session = client.session
        session["single_sign_on_nonce"] = "of another sign-in"
        session.save()
        self.refused(client, address)

    def test_a_refusal_of_the_provider(self, provider):
        client = Client()
        provider.back(client, "nia")
        state = provider.asked["state"]
        page = client.get(f"/account/council/callback/?error=server_error&state={state}")
        assert "You are not signed in" in page.content.decode()

    @pytest.mark.parametrize(
        "change",
        [
            {"iss": "https://elsewhere.example"},
            {"aud": "another-client"},
            {"exp": 1_000_000_000},
            {"exp": None},
            {"nonce": "another"},
            {"nonce": None},
            {"sub": "somebody-else"},
        ],
        ids=str,
    )
    def test_a_token_that_says_otherwise(self, provider, monkeypatch, change):
        """Well signed: only what it says is wrong."""
        key, keys = _own_key()

        def sign(said: dict[str, Any]) -> str:
            told = {name: value for name, value in {**said, **change}.items() if value is not None}
            return jwt.encode(told, key, algorithm="RS256", headers={"kid": "test"})

        _resign(monkeypatch, sign, keys)
        client = Client()
        self.refused(client, provider.back(client, "nia"))

    def test_a_token_that_says_all_this_rightly(self, provider, monkeypatch):
        """The way by which the tests above change a token does not itself make it wrong."""
        key, keys = _own_key()
        _resign(monkeypatch, lambda said: jwt.encode(said, key, algorithm="RS256", headers={"kid": "test"}), keys)
        assert provider.sign_in(Client(), "nia").headers["location"] == "/"

    @pytest.mark.parametrize("algorithm", ["RS256", "HS256", "none"])
    def test_a_token_that_the_provider_did_not_sign(self, provider, monkeypatch, algorithm):
        keys = {"RS256": _own_key()[0], "HS256": "a" * 40, "none": None}
        _resign(monkeypatch, lambda said: jwt.encode(said, keys[algorithm], algorithm=algorithm))
        client = Client()
        self.refused(client, provider.back(client, "nia"))

    def test_a_provider_whose_issuer_is_another(self, provider, settings):
        settings.SINGLE_SIGN_ON["app"]["settings"]["server_url"] = provider.url.replace("localhost", "127.0.0.1")
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [settings.SINGLE_SIGN_ON["app"]]}}
        monkey = settings.SINGLE_SIGN_ON["app"]["settings"]
        monkey["openid_configuration_overrides"] = {"issuer": "https://elsewhere.example"}
        client = Client()
        self.refused(client, provider.back(client, "nia"))

    def test_it_leads_back_to_this_site_only(self, provider):
        client = Client()
        leave = client.get("/account/council/?next=https://evil.example/")
        answer = requests.post(leave.headers["location"], data={"sub": "nia"}, allow_redirects=False, timeout=5)
        done = client.get(answer.headers["location"].removeprefix("http://testserver"))
        assert "evil" not in done.headers["location"]

    def test_tokens_are_not_kept(self, provider):
        from allauth.socialaccount.models import SocialAccount, SocialToken

        provider.sign_in(Client(), "nia")
        provider.sign_in(Client(), "nia")
        assert SocialToken.objects.count() == 0
        assert SocialAccount.objects.get().extra_data == {}


def test_a_provider_that_does_not_answer_is_told_plainly(provider, council, settings):
    settings.SINGLE_SIGN_ON["app"]["settings"]["server_url"] = "http://localhost:9"
    page = Client().get("/account/council/")
    assert "You are not signed in" in page.content.decode()


def test_without_settings_there_is_no_such_page(client):
    assert client.get("/account/council/").status_code == 404
    assert client.get("/account/council/callback/").status_code == 404


def _resign(monkeypatch: pytest.MonkeyPatch, sign: Any, keys: Any = None) -> None:
    """Put another token in the place of the provider's, and another set of keys if given."""
    real = identity.CouncilAdapter._decode_id_token
    monkeypatch.setattr(
        identity.CouncilAdapter, "_decode_id_token", lambda self, app, token: real(self, app, sign(_said(token)))
    )
    if keys is not None:
        monkeypatch.setattr(identity.CouncilAdapter, "_keys", lambda self: keys)


def _said(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def _own_key() -> tuple[Any, Any]:
    """A key of the test, and the set that holds it."""
    key = rsa.generate_private_key(65537, 2048)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key()))
    return key, jwt.PyJWKSet.from_dict({"keys": [{**public, "kid": "test", "alg": "RS256", "use": "sig"}]})
