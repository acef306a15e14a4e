"""
Single sign-on: the council's own OpenID provider says who somebody is, and groups there give roles here.

allauth speaks the protocol (code flow, PKCE, state). Added here: a nonce, the signature of the identity
token, and what the sign-in means: whose account it is, who may join, and which roles the groups give.
"""

import secrets
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialAccount
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from requests import RequestException

from keepsight.apps.accounts.models import Authority, Membership, Service, Team, User
from keepsight.apps.accounts.permissions import Permission, requires, rules
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.config.sign_in.gates import FACTOR, has_ended
from keepsight.core.errors import BadInput, NotPermitted

PROVIDER = "council"
GIVEN_BY = "single sign-on"
SIGNATURES = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")  # with two keys only
LEEWAY = 60  # seconds by which clocks may differ
_NONCE = "single_sign_on_nonce"


# --- the protocol ------------------------------------------------------------------------------------
class CouncilAdapter(OpenIDConnectOAuth2Adapter):
    """Checks what allauth leaves to the connection: signature, nonce, and that both answers name one person."""

    def __init__(self, request: HttpRequest, provider_id: str = PROVIDER):
        super().__init__(request, provider_id)

    def get_provider(self) -> "CouncilProvider":
        app = DefaultSocialAccountAdapter().get_app(self.request, provider=PROVIDER)
        return CouncilProvider(self.request, app=app)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        return request.build_absolute_uri(reverse("single_sign_on_callback"))

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **more: Any) -> Any:
        nonce = request.session.pop(_NONCE, None)
        id_token = more["response"].get("id_token")
        if not id_token or self.openid_config["issuer"].rstrip("/") != app.settings["server_url"].rstrip("/"):
            raise OAuth2Error("no identity token of our issuer")
        claims = self._decode_id_token(app, id_token)
        if not nonce or claims.get("nonce") != nonce:
            raise OAuth2Error("the identity token is not for this sign-in")
        details = self._fetch_user_info(token.token) if "userinfo_endpoint" in self.openid_config else {}
        if details and details.get("sub") != claims["sub"]:
            raise OAuth2Error("the two answers are about two people")
        return self.get_provider().sociallogin_from_response(request, {"id_token": {**details, **claims}})

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        return verified(id_token, self._keys(), issuer=self.openid_config["issuer"], audience=app.client_id)

    def _keys(self) -> jwt.PyJWKSet:
        with DefaultSocialAccountAdapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
            return jwt.PyJWKSet.from_dict(answer.json())


def verified(id_token: str, keys: jwt.PyJWKSet, *, issuer: str, audience: str) -> dict[str, Any]:
    """What an identity token says, if one of these keys signed it, for us, and it has not expired."""
    try:
        named = jwt.get_unverified_header(id_token).get("kid")
        fitting = [key for key in keys.keys if named in (None, key.key_id)]
        if len(fitting) != 1:
            raise OAuth2Error("no such key")
        return dict(
            jwt.decode(
                id_token, key=fitting[0].key, algorithms=list(SIGNATURES), issuer=issuer, audience=audience,
                leeway=LEEWAY, options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        )  # fmt: skip
    except jwt.PyJWTError as trouble:
        raise OAuth2Error("the identity token does not hold") from trouble


class CouncilProvider(OpenIDConnectProvider):
    """The one provider that the settings name."""

    oauth2_adapter_class = CouncilAdapter

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        request.session[_NONCE] = secrets.token_urlsafe(24)
        return {"nonce": request.session[_NONCE]}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        return list(self.get_scope())

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        return {**super().get_redirect_from_request_kwargs(request), "process": "login"}


def _open() -> None:
    if not settings.SINGLE_SIGN_ON:
        raise Http404


@login_not_required
@requires(Permission.ANYONE)
def begin(request: HttpRequest) -> HttpResponse:
    """Go to the council's provider. A link, not a form: the content policy lets forms go nowhere else."""
    _open()
    try:
        response: HttpResponse = OAuth2LoginView.adapter_view(CouncilAdapter(request))(request)
    except RequestException as trouble:
        return render_authentication_error(request, CouncilAdapter(request).get_provider(), exception=trouble)
    return response


@login_not_required
@requires(Permission.ANYONE)
def callback(request: HttpRequest) -> HttpResponse:
    """Come back from it."""
    _open()
    response: HttpResponse = OAuth2CallbackView.adapter_view(CouncilAdapter(request))(request)
    return response


# --- what it means -----------------------------------------------------------------------------------
@dataclass(frozen=True)
class GroupRole:
    """One row of the mapping: who is in this group of the provider holds this role here."""

    group: str
    role: str
    authority: str
    team: str = ""
    service: str = ""
    own_only: bool = False
    days: int = 0  # for how long without another sign-in; 0: until the group is gone


class MappingUnreadable(BadInput):
    """The file of groups and roles is not as it should be."""

    code = "group_mapping_unreadable"


def mapping(path: Path) -> tuple[GroupRole, ...]:
    """Read the file that says which group gives which role."""
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("groups", [])
        read = tuple(GroupRole(**row) for row in rows)
    except (OSError, tomllib.TOMLDecodeError, TypeError) as trouble:
        raise MappingUnreadable(f"The file of groups cannot be read: {trouble}") from trouble
    if unknown := sorted({row.role for row in read} - set(rules())):
        raise MappingUnreadable(f"The file of groups names roles that are not known: {', '.join(unknown)}")
    return read


class CouncilAccounts(DefaultSocialAccountAdapter):
    """Whose account a person of the provider has here."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False  # joiners are made in ``pre_social_login``; nobody fills in a form

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        try:
            user = arrive(sociallogin, timezone.now())
        except NotPermitted as refused:
            audit.record(EventKind.SIGN_IN_FAILED, at=timezone.now(), source="single_sign_on", reason=refused.code)
            context = {"heading": "You are not signed in", "sentence": refused.sentence, "status": 403}
            raise ImmediateHttpResponse(render(request, "errors/told.html", context, status=403)) from None
        sociallogin.user = user
        if settings.SINGLE_SIGN_ON["second_factor"] or "mfa" in _listed(_claims(sociallogin), "amr"):
            request.session[FACTOR] = user.pk

    def on_authentication_error(self, request: HttpRequest, provider: Any, **more: Any) -> None:
        audit.record(EventKind.SIGN_IN_FAILED, at=timezone.now(), source="single_sign_on", reason="protocol")


def _claims(sociallogin: Any) -> dict[str, Any]:
    return dict(sociallogin.account.extra_data.get("id_token", {}))


def _listed(claims: dict[str, Any], name: str) -> list[str]:
    held = claims.get(name, [])
    return [str(each) for each in held] if isinstance(held, list) else [str(held)]


@transaction.atomic
def arrive(sociallogin: Any, at: datetime) -> User:
    """
    Find or make the account of somebody whom the provider has named, and give and end their roles.

    Raises
    ------
    NotPermitted
        No group of theirs gives a role, the address is not to be trusted, or the account has ended.
    """
    claims = _claims(sociallogin)
    on = timezone.localtime(at).date()
    groups = frozenset(_listed(claims, settings.SINGLE_SIGN_ON["groups"]))
    wanted = [row for row in mapping(Path(settings.SINGLE_SIGN_ON["roles"])) if row.group in groups]
    user = sociallogin.user if sociallogin.is_existing else _by_address(claims)
    if user is None:
        user = _join(claims, wanted, at)
    if has_ended(user, on):
        raise NotPermitted("This account has ended. If you still need it, ask your data team.", code="account_ended")
    if not sociallogin.is_existing:
        account = SocialAccount(user=user, provider=sociallogin.account.provider, uid=sociallogin.account.uid)
        account.save()
    SocialAccount.objects.filter(user=user).update(extra_data={})  # what the provider told is not kept
    give_and_end(user, wanted, on=on, at=at)
    return user


def _address(claims: dict[str, Any]) -> str:
    """Give the e-mail address, if it is verified or of a domain of ours; else nothing."""
    email = str(claims.get("email", "")).strip().lower()
    _, _, domain = email.rpartition("@")
    trusted = claims.get("email_verified") is True or domain in settings.SINGLE_SIGN_ON["domains"]
    return email if trusted and domain else ""


def _by_address(claims: dict[str, Any]) -> User | None:
    """
    The account that has this address and waits for single sign-on.

    An account with a password of its own is not taken over by an address alone: its owner, or an
    administrator, has to take the password away first; unless passwords open nothing here any more.
    """
    email = _address(claims)
    user = User.objects.filter(email=email).first() if email else None
    if user is None:
        return None
    if SocialAccount.objects.filter(user=user).exists():
        raise NotPermitted("Another person of your council signs in with this address.", code="address_taken")
    if user.has_usable_password() and settings.PASSWORDS_OPEN:
        raise NotPermitted(
            "There is an account with this address already, with a password of its own. Sign in with that, or ask "
            "an administrator to let this account sign in through your council only.",
            code="password_account",
        )
    return user


def _join(claims: dict[str, Any], wanted: list[GroupRole], at: datetime) -> User:
    email = _address(claims)
    if not wanted or not email:
        raise NotPermitted("Nobody has given you a role here yet. Ask your data team.", code="no_group")
    user: User = User.objects.create_user(email, None, name=str(claims.get("name") or email)[:120], created_at=at)
    audit.record(EventKind.PERSON_MADE, at=at, by=user, subject=("user", str(user.pk)), reason=GIVEN_BY)
    return user


def give_and_end(user: User, wanted: Iterable[GroupRole], *, on: date, at: datetime) -> None:
    """Give the roles of the groups, and end those that came from groups which are gone. Others are not touched."""
    held = Membership.objects.filter(user=user, given_by=GIVEN_BY, starts_on__lte=on)
    current = {_place(each): each for each in held if each.ends_on is None or each.ends_on > on}
    for row in wanted:
        place = _place_of(row)
        if place is None:
            continue
        ends_on = on + timedelta(days=row.days) if row.days else None
        if kept := current.pop(place, None):
            Membership.objects.filter(pk=kept.pk).update(ends_on=ends_on)
            continue
        role, authority, team, service, own = place
        Membership.objects.create(
            user=user, role=role, authority_id=authority, team_id=team, service_id=service, own_only=own,
            starts_on=on, ends_on=ends_on, given_by=GIVEN_BY, reason=f"group {row.group}"[:200],
        )  # fmt: skip
        _keep(EventKind.ROLE_GIVEN, user, role, authority, at)
    for gone in current.values():
        Membership.objects.filter(pk=gone.pk).update(ends_on=on)
        _keep(EventKind.ROLE_ENDED, user, gone.role, gone.authority_id, at)


Place = tuple[str, int, int | None, int | None, bool]


def _place(held: Membership) -> Place:
    return held.role, held.authority_id, held.team_id, held.service_id, held.own_only


def _place_of(row: GroupRole) -> Place | None:
    """Where a row of the mapping reaches; None if the authority, team or service is not here: never further."""
    authority = Authority.objects.filter(code=row.authority).first()
    team = Team.objects.filter(authority=authority, name=row.team).first() if row.team else None
    service = Service.objects.filter(authority=authority, name=row.service).first() if row.service else None
    if authority is None or (row.team and team is None) or (row.service and service is None):
        return None
    return row.role, authority.pk, team.pk if team else None, service.pk if service else None, row.own_only


def _keep(kind: EventKind, user: User, role: str, authority_id: int, at: datetime) -> None:
    code = Authority.objects.values_list("code", flat=True).get(pk=authority_id)
    audit.record(
        kind, at=at, by=user, authority_code=code, subject=("user", str(user.pk)), reason=GIVEN_BY, role=role
    )  # fmt: skip
