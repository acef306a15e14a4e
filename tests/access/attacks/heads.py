"""Heads of answers, and pages of errors."""

from typing import Any

from tests import factories as make
from tests.access.addresses import ADDRESSES, NOBODY, exists
from tests.access.attacks.table import Attacker, attempt


def _headed(response: Any) -> None:
    policy = response.headers.get("Content-Security-Policy", "")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy, response.status_code
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] in ("same-origin", "no-referrer")


@attempt(
    "HEAD-01", "Draw a page inside another site, or run a script of one's own on it", "Every answer forbids both", ""
)
def _(a: Attacker) -> None:
    for person in ("stranger", "leader", "administrator"):
        a.as_(person)
        for address in ADDRESSES:
            if exists(address.name) and address.post is None and (person == "leader" or not address.by_role):
                _headed(a.get(address.url(a.world, a.world.subjects["standard"])))
    a.answers = [each for each in a.answers if each.status_code >= 500]


@attempt("HEAD-02", "The same on pages of errors", "They forbid both too", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for url, more in (("/nowhere/", {}), ("/work/", {"headers": {"Host": "bad host"}}), (f"/children/{NOBODY}/", {})):
        _headed(a.get(url, **more))


@attempt("HEAD-03", "Make an error tell of settings, tables or paths", "It tells nothing", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for url in ("/nowhere/", f"/children/{NOBODY}/", "/lists/nothing/", "/children/not-a-uuid/", "/reports/0/", "/%ff"):
        came = a.get(url)
        for word in ("Traceback", "DEBUG", "settings", "urlpatterns", "keepsight/", "SELECT ", "django."):
            assert word not in came.content.decode(errors="replace"), (url, word)


@attempt("HEAD-04", "Read cookies by a script", "They are for the server alone", "")
def _(a: Attacker) -> None:
    a.post("/account/login/", {"login": a.world.people["practitioner"].email, "password": make.PASSWORD})
    a.get("/find/")
    assert a.client.cookies
    for morsel in a.client.cookies.values():
        if morsel.value:
            assert morsel["httponly"], morsel.key
