"""Typing addresses that one was never shown."""

from collections.abc import Callable

from keepsight.apps.accounts.permissions import Permission
from tests.access.addresses import ADDRESSES, LIBRARY, exists, permission_of
from tests.access.attacks.table import ATTEMPTS, DENIED, Attacker, Attempt, attempt
from tests.access.world import ROLES


def _forced(role: str) -> Callable[[Attacker], None]:
    def run(a: Attacker) -> None:
        a.as_(role)
        for address in ADDRESSES:
            permission = permission_of(address.name)
            if permission == LIBRARY or not exists(address.name) or address.post is not None:
                continue
            if permission in ("signed_in", "anyone") or _may(role, permission):
                continue
            response = a.get(address.url(a.world, a.world.subjects["standard"]))
            assert response.status_code in (401, 403, 405), (address.key, response.status_code)
            assert not a.told(response, *a.world.subjects)

    return run


def _may(role: str, permission: str) -> bool:
    from keepsight.apps.accounts.permissions import permissions_with_reason

    return Permission(permission) in permissions_with_reason(role)


for _role in ROLES:
    ATTEMPTS.append(
        Attempt(
            f"FORCE-{ROLES.index(_role) + 1:02}", f"Type every address that the role {_role} does not hold",
            "Each is refused, and tells nothing", DENIED, _forced(_role),
        )
    )  # fmt: skip


@attempt("FORCE-90", "Pages of the sign-in library that are not used here", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("practitioner")
    for page in ("/account/email/", "/account/confirm-email/", "/account/signup/"):
        assert a.get(page).status_code in (200, 302, 403)
        assert "closed" in a.answers[-1].seen.lower() or a.answers[-1].status_code in (302, 403)
