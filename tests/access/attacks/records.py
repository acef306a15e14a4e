"""Other people's records, by every address that names one."""

import re
from collections.abc import Callable
from typing import Any

from keepsight.apps.accounts.permissions import Permission, permissions_of
from keepsight.apps.contact.models import VisitDraft
from tests.access.addresses import ADDRESSES, LIBRARY, NOBODY, exists, permission_of
from tests.access.attacks.table import ATTEMPTS, DENIED, Attacker, Attempt, attempt, refused
from tests.access.world import ROLES


def _someone_with(permission: str, where: str) -> str:
    return next(f"{role}{where}" for role in ROLES if Permission(permission) in permissions_of(role))


def _idor(address: Any) -> Callable[[Attacker], None]:
    def run(a: Attacker) -> None:
        a.as_(_someone_with(permission_of(address.name), "/other authority"))
        for key in ("standard", "restricted", "own_record", "safe_contact"):
            url = address.url(a.world, a.world.subjects[key])
            response = a.get(url) if address.post is None else a.post(url, address.post(a.world, a.world.subjects[key]))
            assert response.status_code in (403, 404, 405), (url, response.status_code)
            assert not a.told(response, key)

    return run


def _object_addresses() -> list[Any]:
    return [
        each
        for each in ADDRESSES
        if each.about
        and exists(each.name)
        and permission_of(each.name) not in (LIBRARY, "signed_in")
        and not each.variant
        and not each.by_token
        and not each.name.startswith(("desk:find", "desk:known", "governance:ask", "governance:looked", "portal:"))
        and each.name not in ("governance:emergency", "governance:reason")
    ]


_OF_ENTRIES = ("registers:", "assurance:")
_SORTED = sorted(_object_addresses(), key=lambda each: each.name.startswith(_OF_ENTRIES))
_OF_CHILDREN = sum(not each.name.startswith(_OF_ENTRIES) for each in _SORTED)
for _nth, _address in enumerate(_SORTED, 1):
    _blocked = _address.name == "desk:save_draft" and _address.post is None
    ATTEMPTS.append(
        Attempt(
            f"IDOR-{_nth:02}" if _nth <= _OF_CHILDREN else f"ENTRY-{_nth - _OF_CHILDREN:02}",
            f"{_address.words}: ids of another authority, restricted and own records",
            "Refused, as if there were no such record",
            "" if _blocked else DENIED,
            _idor(_address),
        )
    )


@attempt("IDOR-60", "Turn the number of a visit up and down", "Not found beyond one's own", DENIED)
def _(a: Attacker) -> None:
    a.as_("team_manager/other team")
    own = a.world.subjects["other_team"].ids["visit"]
    for number in [*range(max(1, own - 8), own), *range(own + 1, own + 4)]:
        refused(a.get(f"/visits/{number}/reason/"))


@attempt("IDOR-61", "Ask for a record that does not exist and one that is another's", "The same answer", DENIED)
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    pages = [
        re.sub(r"nonce=\S+|value=\"\S+\"", "", a.get(f"/children/{ref}/").content.decode())
        for ref in (NOBODY, a.child("standard").ref, a.child("restricted").ref, a.child("own_record").ref)
    ]
    assert len(set(pages)) == 1


@attempt("IDOR-62", "A team of another authority by its number", "Not found", DENIED)
def _(a: Attacker) -> None:
    refused(a.as_("team_manager").get(f"/teams/{a.world.ids['far_team']}/"))


@attempt("IDOR-63", "Another's draft of a visit", "Not shown, not overwritten", DENIED)
def _(a: Attacker) -> None:
    before = VisitDraft.objects.get(child=a.child("standard"))
    a.as_("practitioner/other authority")
    refused(a.post(a.page("standard", "visit/draft/"), {"note": "mine now"}))
    assert VisitDraft.objects.get(pk=before.pk).answers == before.answers


@attempt("IDOR-64", "Read through the token of another visit what its form recorded", "Only children within reach", "")
def _(a: Attacker) -> None:
    a.as_("practitioner/other team")
    sent = a.world.subjects["standard"].ids["sent"]
    refused(a.get(a.page("other_team", f"visit/recorded/?sent={sent}")))


@attempt("IDOR-65", "A report of an authority that is not one's own, as page and as files", "Not found", DENIED)
def _(a: Attacker) -> None:
    a.as_("leader/other authority")
    for end in ("", "pdf/", "xlsx/", "members/"):
        refused(a.get(f"/reports/{a.world.ids['report']}/{end}"))


@attempt("IDOR-66", "A load of another authority", "Not found", DENIED)
def _(a: Attacker) -> None:
    refused(a.as_("data_loader/other authority").get(f"/loads/{a.world.ids['load']}/"))


@attempt("IDOR-67", "Commit a load of another authority", "Not found", DENIED)
def _(a: Attacker) -> None:
    refused(a.as_("data_loader/other authority").post(f"/loads/{a.world.ids['load']}/commit/"))
