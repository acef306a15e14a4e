"""Whoever is told something of a child stands in the log with that child: every page, file and form by everybody."""

import pytest

from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit.models import Event
from keepsight.apps.people.permissions import grants_of
from tests import factories as make
from tests.access.addresses import ADDRESSES, exists, permission_of
from tests.access.walk import client_of, facts_in, text_of, undone

pytestmark = pytest.mark.django_db
READERS = ("own_worker", "team_manager", "information_governance", "front_door", "school", "leader/named")
CLASSES = ("standard", "restricted", "safe_contact", "sibling_of_safe")
# Told of nobody: the name of a school, the address that the person typed, and what stood in a cell of a file.
TOLD_OF_NOBODY = {"s", "f"}
NOT_OF_A_CHILD = {"intake:load"}


def read_by(client, world, address, subject, token=""):
    """What one page told, and whom the log names for it; nothing of it is kept."""
    sent = address.post(world, subject) if address.post is not None else None
    url, cookies = address.url(world, subject), client.cookies.copy()
    last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with undone():
        more = {"headers": {"Authorization": f"Bearer {token}"}} if token and address.by_token else {}
        more |= {"content_type": "application/json"} if address.by_token and sent is not None else {}
        answer = client.get(url, **more) if sent is None else client.post(url, sent, **more)
        text = text_of(answer)
        events = list(Event.objects.filter(pk__gt=last).values_list("subject_type", "subject_id", "detail"))
    client.cookies = cookies
    for typed in (sent or {}).values():
        text = text.replace(str(typed), "")
    named = {int(pk) for kind, pk, _ in events if kind == "child"}
    return text, named.union(*(detail.get("shown", ()) for _, _, detail in events))


@pytest.mark.parametrize("reader", READERS)
def test_what_is_told_of_a_child_is_an_event_that_names_the_child(world, reader):
    client, quiet, told = client_of(world, reader), set(), 0
    grants = grants_of(world.people[reader], make.NOW)
    for address in ADDRESSES:
        if not exists(address.name) or permission_of(address.name) not in Permission.__members__.values():
            continue
        if not grants.may(Permission(permission_of(address.name))) or address.name in NOT_OF_A_CHILD:
            continue
        if address.by_role and reader not in ("team_manager", "leader/named"):
            continue
        for key in (address.classes or CLASSES) if address.about else (None,):
            token = world.tokens.get(reader, "")
            text, named = read_by(client, world, address, world.subjects[key] if key else None, token)
            for whom, letters in facts_in(world, text).items():
                if set(letters) - TOLD_OF_NOBODY:
                    told += 1
                    if world.subjects[whom].child.pk not in named:
                        quiet.add((address.key, whom, letters))
    assert sorted(quiet) == []
    assert told, f"{reader} is told something, or this proves nothing"
