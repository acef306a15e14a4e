"""The interface for other systems: tokens, and what they open."""

import json
from typing import Any

from keepsight.apps.accounts.models import Membership
from keepsight.apps.api.models import Token
from tests import factories as make
from tests.access.attacks.entries import OUT_OF_REACH, _ready, entry_of
from tests.access.attacks.table import DENIED, Attacker, attempt

API = "/api/v1/"
USES = f"{API}registers/fellshire/easement_use"


def _call(a: Attacker, person: str, url: str, body: Any = None, *, method: str = "", token: str | None = None) -> Any:
    shown = a.world.tokens[person] if token is None else token
    headers = {"Authorization": f"Bearer {shown}"}
    if body is None and not method:
        return a.get(url, headers=headers)
    return a.send(method or "POST", url, data=json.dumps(body or {}), content_type="application/json", headers=headers)


@attempt("API-01", "Call the interface with a session and no token", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("team_manager")
    for url in (f"{API}registers", USES, f"{USES}/entries", f"{API}entries/{entry_of(a, 'standard').ref}"):
        came = a.get(url)
        assert came.status_code == 401
        assert not a.told(came, *a.world.subjects)


@attempt("API-02", "Guess, cut, change and repeat a token", "Refused alike", DENIED)
def _(a: Attacker) -> None:
    real = a.world.tokens["team_manager"]
    said = set()
    for token in ("", "x", "ks_", real[:-1], f"{real}x", real.upper(), f"{real},{real}", "\u00e9", "' OR 1=1 --"):
        came = _call(a, "team_manager", f"{API}registers", token=token)
        assert came.status_code == 401, token
        said.add(came.content)
    assert len(said) == 1


@attempt("API-03", "Use a token after one's role, one's account or the token ended", "Refused", DENIED)
def _(a: Attacker) -> None:
    who = a.world.people["team_manager"]
    url = f"{USES}/entries"
    assert _call(a, "team_manager", url).status_code == 200
    a.answers.clear()
    Token.objects.filter(user=who).update(expires_on=make.TODAY)
    assert _call(a, "team_manager", url).status_code == 401
    Token.objects.filter(user=who).update(expires_on=make.days(9), ended_at=make.NOW)
    assert _call(a, "team_manager", url).status_code == 401
    Token.objects.filter(user=who).update(ended_at=None)
    Membership.objects.filter(user=who).update(ends_on=make.TODAY)
    assert _call(a, "team_manager", url).status_code in (401, 403, 404)
    type(who).objects.filter(pk=who.pk).update(is_active=False)
    assert _call(a, "team_manager", url).status_code in (401, 403)


@attempt("API-04", "Read entries about children out of reach by the interface", "Not there", DENIED)
def _(a: Attacker) -> None:
    for person in ("analyst", "team_manager/other team", "team_manager/other authority"):
        for key in ("standard", *OUT_OF_REACH[:3]):
            came = _call(a, person, f"{API}entries/{entry_of(a, key).ref}")
            assert came.status_code == 404
        came = _call(a, person, f"{USES}/entries?show=all&rows=200")
        assert not a.told(came, "standard", *OUT_OF_REACH[:3])


@attempt("API-05", "Read a confidential register, and one of another authority", "Not there", DENIED)
def _(a: Attacker) -> None:
    for url in ("fenborough/easement_use", "fenborough/easement_use/entries", "fenborough/action/entries"):
        assert _call(a, "analyst", f"{API}registers/{url}").status_code == 404
    assert _call(a, "analyst", f"{API}entries/{a.world.ids['entry_absence']}").status_code == 404
    came = _call(a, "analyst", f"{API}registers/fellshire/absence/entries?show=all")
    assert came.json().get("entries", []) == []  # it is there for whoever has an entry of their own in it


@attempt("API-06", "Change with a call what no call names: owner, state, event, child", "Refused in a sentence", "")
def _(a: Attacker) -> None:
    held = entry_of(a, "standard")
    before = (held.owner_id, held.state, held.event_id, held.exercise_id, held.child_id, held.title)
    for more in ({"owner": 1}, {"state": "authorised"}, {"exercise": 1}, {"child": 1}, {"title": "Mine"}):
        sent = {"revision": held.revision, "values": more}
        assert _call(a, "team_manager", f"{API}entries/{held.ref}", sent, method="PATCH").status_code == 422
        _call(a, "team_manager", f"{API}entries/{held.ref}", {**sent, "values": {}, **more}, method="PATCH")
    now = entry_of(a, "standard")
    assert (now.owner_id, now.state, now.event_id, now.exercise_id, now.child_id, now.title) == before


@attempt("API-07", "Agree by the interface what one has asked for oneself", "A second person does", DENIED)
def _(a: Attacker) -> None:
    held = _ready(a, "team_manager")
    came = _call(a, "team_manager", f"{API}entries/{held.ref}/move", {"to": "authorised", "revision": held.revision})
    assert came.status_code in (403, 409, 422)
    assert entry_of(a, "standard").state == "asked"


@attempt(
    "API-08", "An entry of an exercise without naming it; a live one naming it; another's exercise", "Not there", DENIED
)
def _(a: Attacker) -> None:
    inside = f"{API}entries/{a.world.ids['entry_inside']}"
    exercise = f"?exercise={a.world.ids['exercise']}"
    assert _call(a, "team_manager", inside).status_code == 404
    assert _call(a, "team_manager", f"{API}entries/{entry_of(a, 'standard').ref}{exercise}").status_code == 404
    assert _call(a, "team_manager", f"{API}registers?exercise={a.world.ids['event']}").status_code == 404
    assert _call(a, "team_manager/other authority", f"{API}registers{exercise}").status_code == 404


@attempt("API-09", "See a token again, read it from the database, or end somebody else's", "None of it", DENIED)
def _(a: Attacker) -> None:
    a.as_("analyst")
    assert a.world.tokens["analyst"] not in a.get("/api/tokens/").seen
    for row in Token.objects.values():
        assert not {*map(str, row.values())} & set(a.world.tokens.values())
    theirs = Token.objects.get(user=a.world.people["team_manager"])
    assert a.post(f"/api/tokens/{theirs.pk}/end/").status_code == 404
    theirs.refresh_from_db()
    assert theirs.ended_at is None


@attempt("API-10", "Broken JSON, deep JSON, null bytes and other media types", "Not read, told in JSON", "")
def _(a: Attacker) -> None:
    url = f"{API}entries/{entry_of(a, 'standard').ref}/comments"
    headers = {"Authorization": f"Bearer {a.world.tokens['team_manager']}"}
    for body, kind in (
        (b"{", "application/json"), (b"[" * 5000, "application/json"), (b'{"text": "a\\u0000b"}', "application/json"),
        (b"\xff\xfe", "application/json"), (b"text=x", "application/x-www-form-urlencoded"),
        (b"<x/>", "application/xml"),
        (b'{"text": ' + b'"x' * 200_000, "application/json"),
    ):  # fmt: skip
        came = a.send("POST", url, data=body, content_type=kind, headers=headers)
        assert 400 <= came.status_code < 500 or came.status_code in (200, 201), came.status_code


@attempt("API-11", "Call from another site's page with the reader's cookies", "A session opens nothing here", DENIED)
def _(a: Attacker) -> None:
    a.as_("team_manager")
    held = entry_of(a, "standard")
    came = a.post(
        f"{API}entries/{held.ref}/move", json.dumps({"to": "withdrawn", "revision": 1, "why": "x"}),
        content_type="application/json", headers={"Origin": "https://attacker.example"},
    )  # fmt: skip
    assert came.status_code == 401
    assert "Access-Control-Allow-Origin" not in came.headers
    assert entry_of(a, "standard").state == "asked"
