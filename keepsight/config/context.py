"""What every page knows: who is signed in, where they may go, and whether this is an example."""

import functools
import time
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Permission, permissions_of
from keepsight.apps.registers.notices import unread
from keepsight.apps.registers.sections import beside

P = Permission
NAVIGATION: tuple[tuple[str, str, frozenset[Permission]], ...] = (  # shown to who holds any of them
    ("My work", "desk:my_work", frozenset({P.WORK_LIST})),
    ("Teams", "desk:teams", frozenset({P.TEAM_VIEW})),
    ("Command", "command:home", frozenset({P.COMMAND_VIEW})),
    ("Registers", "registers:home", frozenset({P.REGISTERS})),
    ("Picture", "briefing:picture", frozenset({P.PICTURE_VIEW})),
    ("Reports", "briefing:reports", frozenset({P.REPORT_VIEW})),
    ("Loads", "intake:loads", frozenset({P.LOAD_VIEW})),
    ("Find a child", "desk:find", frozenset({P.CHILD_FIND})),
    ("Access", "governance:home", frozenset({P.ACCESS_ASK, P.AUDIT_VIEW, P.RETENTION_VIEW, P.DISPOSAL_APPROVE})),
    ("People", "accounts:people", frozenset({P.PEOPLE_VIEW})),
    ("Cover", "accounts:cover", frozenset({P.COVER_ARRANGE})),
    ("My pupils", "portal:pupils", frozenset({P.SCHOOL_PUPILS})),
    ("Placements", "portal:placements", frozenset({P.PROVIDER_PLACEMENTS})),
    ("Forms", "registers:partner_forms", frozenset({P.PARTNER_FORM})),
    ("Figures", "portal:figures", frozenset({P.MEMBER_FIGURES})),
    ("Extract", "portal:extract", frozenset({P.EXTRACT_VIEW})),
)
# As many of these as the menu has room for; the registers' home page leads to all of them.
MORE: tuple[tuple[str, str, frozenset[Permission]], ...] = (
    ("News", "partnership:news", frozenset({P.NEWS_RUN})),
    ("Staff", "workforce:staffing", frozenset({P.STAFFING_VIEW})),
    ("Assurance", "assurance:audits", frozenset({P.ASSURANCE_VIEW})),
    ("Providers", "providers:market", frozenset({P.MARKET_VIEW})),
    ("Rotas", "workforce:rotas", frozenset({P.ROTA_VIEW})),
    ("Surveys", "workforce:surveys", frozenset({P.SURVEY_ANSWER})),
)
ROOM = 8  # in the menu
_KEPT_SECONDS = 30.0
_banner: tuple[float, str] = (0.0, "")


def page(request: HttpRequest) -> dict[str, Any]:
    """Give the templates their frame. Costs no query beyond what the request has read already."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": (), "nav_current": "", "banner": banner(), "user_name": ""}
    nav = _links(frozenset(request.grants.roles))  # type: ignore[attr-defined]
    current = max((href for _, href in nav if request.path.startswith(href)), key=len, default="")
    return {
        "nav": nav, "nav_current": current, "banner": banner(), "user_name": user.name,
        "unread_notices": _unread(request), "beside": beside(request.grants, request.path),  # type: ignore[attr-defined]
    }  # fmt: skip


def _unread(request: HttpRequest) -> Callable[[], int] | None:
    """How many notices wait: read with the session, but asked inside an exercise; nothing where roles have none."""
    if not request.grants.may(P.REGISTERS):  # type: ignore[attr-defined]
        return None
    if exercise := getattr(request, "exercise", None):
        return lambda: unread(request.user, exercise=exercise)  # type: ignore[arg-type]
    return lambda: getattr(request.session, "unread", 0)


@functools.lru_cache(maxsize=64)
def _links(roles: frozenset[str]) -> tuple[tuple[str, str], ...]:
    """The menu of these roles, wherever they are held."""
    held = set().union(*(permissions_of(role) for role in roles))
    main, more = (
        [(text, reverse(name)) for text, name, any_of in each if any_of & held] for each in (NAVIGATION, MORE)
    )
    return (*main, *more[: max(ROOM - len(main), 0)])


def banner() -> str:
    """Say when the people here are invented. Asked of the database every half minute, not on every page."""
    global _banner
    asked_at, text = _banner
    if time.monotonic() - asked_at > _KEPT_SECONDS or not asked_at:
        example = Authority.objects.filter(is_example=True).exists()
        text = "Example authority: every person here is invented." if example else ""
        _banner = (time.monotonic(), text)
    return text
