"""Learning from searches and counts what no page shows."""

import re
from typing import Any

from keepsight.apps.people.models import Child
from tests.access.attacks.table import DENIED, Attacker, attempt


def _found(response: Any) -> str:
    return re.sub(r"nonce=\S+|value=\"[^\"]*\"", "", response.seen.split("\n\n")[-1])


@attempt(
    "FIND-01", "Find a restricted child by name, beginning, number, UPN and day of birth", "Nobody found", "searched"
)
def _(a: Attacker) -> None:
    for person in ("leader", "practitioner", "team_manager/other team", "quality_assurance", "health"):
        a.as_(person)
        child = a.child("restricted")
        upn = child.identifiers.get(scheme="upn").value
        for words in (
            "Brix",
            "Brixhaldf",
            "CN-Brixhal",
            upn,
            child.date_of_birth.strftime("%d %m %Y"),
            "Brixhalds Bri",
        ):
            came = a.post("/find/", {"words": words})
            assert not a.told(came, "restricted") or words == upn
            assert "Nobody found" in came.seen, (person, words)


@attempt("FIND-02", "Tell a restricted child from nobody by the answer's words", "The same answer", "searched")
def _(a: Attacker) -> None:
    a.as_("leader")
    there, nowhere = (a.post("/find/", {"words": words}) for words in ("Brixhalds", "Xyzzyplugh"))
    assert _found(there) == _found(nowhere)


@attempt(
    "FIND-03", "Tell a restricted child from nobody by the work that the search makes", "As many queries", "searched"
)
def _(a: Attacker) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    a.as_("leader")
    a.post("/find/", {"words": "Warmup"})
    counts = []
    for words in ("Brixhalds", "Xyzzyplugh"):
        with CaptureQueriesContext(
            connection,
        ) as made:
            a.post("/find/", {"words": words})
        counts.append(len(made))
    assert counts[0] == counts[1]


@attempt("FIND-04", "Search with the database's own wildcards", "They stand for themselves", "searched")
def _(a: Attacker) -> None:
    a.as_("practitioner")
    for words in ("%", "_", "%%%", "Br_xhald", "Quell%", "*", "?", "[A-Z]*"):
        came = a.post("/find/", {"words": words})
        assert "Nobody found" in came.seen or came.status_code == 422, words
        assert not a.told(came, *a.world.subjects)


@attempt("FIND-05", "Find a child of another authority or team", "Nobody found", "searched")
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    for key, words in (("standard", "Quellon"), ("other_authority", "Jarkovy"), ("own_record", "Wolbach")):
        came = a.post("/find/", {"words": words})
        assert not a.told(came, key)


@attempt("FIND-06", "Put the words of a search into the address", "Nothing is searched", "")
def _(a: Attacker) -> None:
    came = a.as_("own_worker").get("/find/?words=Quellonfo")
    assert not a.told(came, "standard")


@attempt("FIND-07", "Search again and again", "Refused after as many as the pack allows", DENIED)
def _(a: Attacker) -> None:
    a.as_("own_worker")
    for _ in range(400):
        came = a.post("/find/", {"words": "Nobodyatall"})
        if came.status_code == 429:
            break
    assert came.status_code == 429


@attempt(
    "COUNT-01", "Single out a restricted child by narrowing a list", "No count says more than the list", "list_opened"
)
def _(a: Attacker) -> None:
    a.as_("leader")
    for query in (
        f"?worker={a.world.ids['worker']}",
        f"?team={a.world.ids['team']}",
        "?service=cla",
        "?who=mine",
        f"?district={a.child('restricted').district_id}",
    ):
        came = a.get(f"/lists/open/{query}")
        assert not a.told(came, "restricted", "before_adoption", "own_record")


@attempt(
    "COUNT-02",
    "Find the district of a confidential address by filtering",
    "The filter does not find the child",
    "list_opened",
)
def _(a: Attacker) -> None:
    a.as_("leader")
    Child.objects.filter(pk=a.child("standard").pk).update(district=a.child("safe_contact").district_id)
    for end in ("", "csv/", "print/"):
        came = a.get(f"/lists/open/{end}?district={a.child('safe_contact').district_id}")
        assert a.told(came, "standard")
        assert not a.told(came, "safe_contact", "sibling_of_safe")


@attempt(
    "COUNT-03",
    "Find the school of a confidential address by asking school after school",
    "Not under its school",
    "list_opened",
)
def _(a: Attacker) -> None:
    a.as_("leader")
    for key in ("safe_contact", "sibling_of_safe"):
        for end in ("", "csv/", "print/"):
            came = a.get(f"/lists/vulnerable-learners/{end}?school={a.world.subjects[key].ids['school']}")
            assert not set(a.told(came, key).get(key, "")) & set("n")


@attempt("COUNT-04", "Filter by what no filter offers: class of record, name, alert", "Passed over", "list_opened")
def _(a: Attacker) -> None:
    a.as_("leader")
    whole = re.search(r"<strong>(\d+) child", a.get("/lists/open/").seen)
    for query in (
        "record_class=restricted",
        "child__surname__startswith=Brix",
        "child__alerts__kind=address_confidential",
        "service=cla'--",
        "who=Brixhaldfo",
        "ordering=child__surname",
    ):
        came = a.get(f"/lists/open/?{query}")
        count = re.search(r"<strong>(\d+) child", came.seen)
        assert count is not None
        assert whole is not None
        assert count[1] == whole[1], query
