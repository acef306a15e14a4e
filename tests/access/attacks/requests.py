"""Methods, tokens, hosts, and bytes that no browser sends."""

import re

from django.test import Client

from keepsight.apps.contact.models import Visit
from keepsight.apps.people.models import Child
from keepsight.apps.risk.models import Confirmation
from tests import factories as make
from tests.access.addresses import ADDRESSES, LIBRARY, exists, permission_of
from tests.access.attacks.table import Attacker, a_visit, attempt


@attempt("HTTP-01", "Say by a header or a field that a GET is a POST", "It stays a GET", "")
def _(a: Attacker) -> None:
    a.as_("team_manager")
    visit = a.world.subjects["standard"].ids["visit"]
    a.get(f"/visits/{visit}/reason/?_method=POST", headers={"X-HTTP-Method-Override": "POST", "X-Method": "POST"})
    assert Visit.objects.get(pk=visit).virtual_signed_at is None


@attempt(
    "HTTP-02",
    "HEAD, OPTIONS, PUT, PATCH, DELETE and TRACE on every address",
    "No more than GET tells; nothing changes",
    "",
)
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    counted = Visit.objects.count(), Child.objects.count(), Confirmation.objects.filter(approval="waiting").count()
    for address in ADDRESSES:
        if exists(address.name) and permission_of(address.name) != LIBRARY and address.post is None:
            url = address.url(a.world, a.world.subjects["standard"])
            methods = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE")
            for method in methods if not address.by_role else ("DELETE",):
                response = a.send(method, url)
                assert response.status_code < 500, (method, url)
                assert not a.told(response, *(set(a.world.subjects) - {"other_team"})), (method, url)
    assert counted == (
        Visit.objects.count(),
        Child.objects.count(),
        Confirmation.objects.filter(approval="waiting").count(),
    )


@attempt("HTTP-03", "Change something by GET", "Nothing changes", "")
def _(a: Attacker) -> None:
    a.as_("team_manager")
    ids = a.world.subjects["standard"].ids
    for url in (f"/visits/{ids['visit']}/reason/", f"/ratings/{ids['confirmation']}/approval/?answer=approve"):
        a.get(url)
    assert Visit.objects.get(pk=ids["visit"]).virtual_signed_at is None
    assert Confirmation.objects.get(pk=ids["confirmation"]).approval == "waiting"


@attempt("HTTP-04", "A form without its token, with a wrong one, and from another site", "Refused, nothing is done", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = a.client.cookies
    a.client = strict
    url = a.page("standard", "visit/")
    assert a.post(url, a_visit()).status_code == 403
    assert a.post(url, a_visit(csrfmiddlewaretoken="x" * 64)).status_code == 403
    page = strict.get(url).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    elsewhere = {"Origin": "https://attacker.example", "Referer": "https://attacker.example/"}
    assert a.post(url, a_visit(csrfmiddlewaretoken=token[1]), headers=elsewhere).status_code == 403
    assert not Visit.objects.filter(child=a.child("standard"), outcome="cancelled").exists()


@attempt("HTTP-05", "Name another host in the request", "Not understood", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    assert a.get("/work/", headers={"Host": "attacker.example"}).status_code == 400
    told = a.get("/account/login/", headers={"X-Forwarded-Host": "attacker.example"})
    assert "attacker.example" not in told.seen


@attempt("HTTP-06", "Lead somebody elsewhere through next=", "They stay here", "")
def _(a: Attacker) -> None:
    person = a.world.people["practitioner"]
    for there in (
        "https://attacker.example/",
        "//attacker.example",
        "/\\attacker.example",
        "javascript:alert(1)",
        "https:attacker.example",
        "\thttps://attacker.example",
    ):
        a.client = Client()
        came = a.post(
            f"/account/login/?next={there}", {"login": person.email, "password": make.PASSWORD, "next": there}
        )
        assert "attacker.example" not in came.headers.get("Location", "").split("?")[0]
        assert "javascript:" not in came.headers.get("Location", "")


@attempt("HTTP-07", "Put a line break into an address, a query and a header", "No header of the attacker's", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    for url in (
        "/lists/open/csv/?team=1%0d%0aSet-Cookie:%20a=b",
        "/find/?x=%0d%0aX-Evil:%201",
        "/lists/vulnerable-learners/csv/?school=%0d%0aX-Evil:%201",
        "/work/%0d%0aX-Evil:1",
    ):
        response = a.get(url)
        assert response.status_code < 500
        assert not {"X-Evil"} & set(response.headers)
        assert "a=b" not in str(response.cookies)


@attempt("HTTP-08", "Climb out of a folder through the kind of a download or a static file", "Not found", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    for end in ("..%2f..%2fsecret-key/", "../../secret-key", "pdf%00/", "%2e%2e/"):
        assert a.get(f"/reports/{a.world.ids['report']}/{end}").status_code in (301, 302, 403, 404)
    for path in ("/static/../secret-key", "/static/%2e%2e/%2e%2e/settings.py", "/static/..%5c..%5csecret-key"):
        response = a.get(path)
        assert response.status_code in (400, 404)


@attempt(
    "HTTP-09",
    "Null bytes, broken UTF-8, emoji and forty thousand letters in every box",
    "Asked again or nobody found",
    "",
)
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for words in (
        "\x00",
        "a\x00b",
        "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
        "x" * 40_000,
        "\u202egnp.exe",
        "𝔄" * 100,
        "'; DROP TABLE people_child; --",
        "%' OR '1'='1",
        "\\",
        "\r\n",
    ):
        assert a.post("/find/", {"words": words}).status_code in (200, 422)
        assert a.post(a.page("standard", "visit/"), a_visit(note=words, outcome="")).status_code == 422
        assert a.post(a.page("standard", "visit/draft/"), {"note": words}).status_code in (204, 400, 422)
    broken = a.send("POST", "/find/", data=b"words=%ff%fe%c0", content_type="application/x-www-form-urlencoded")
    assert broken.status_code in (200, 400, 422)


@attempt("HTTP-10", "A form of three megabytes, and one with two thousand fields", "Not understood", "")
def _(a: Attacker) -> None:
    a.as_("own_worker")
    assert a.post("/find/", {"words": "x" * 3_000_000}).status_code in (400, 413, 422)
    assert a.post("/find/", {f"f{n}": "1" for n in range(2_000)}).status_code in (400, 413, 422)


@attempt("HTTP-11", "Numbers too large, negative or no numbers in addresses and filters", "Not found", "")
def _(a: Attacker) -> None:
    a.as_("leader")
    for url in (
        f"/teams/{2**70}/",
        f"/visits/{2**70}/reason/",
        f"/ratings/{10**30}/approval/",
        f"/loads/{2**65}/",
        f"/reports/{2**65}/",
        f"/lists/open/?worker={2**70}",
        "/lists/open/?team=-1",
        "/lists/open/?page=9999999999999",
        f"/lists/vulnerable-learners/?school={2**70}",
        "/lists/vulnerable-learners/?school=²",
        "/lists/open/?team=²",
    ):
        assert a.get(url).status_code in (200, 403, 404), url
