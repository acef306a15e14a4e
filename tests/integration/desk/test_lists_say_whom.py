"""A list or search says in the log which children it put before somebody, and only those whom it named."""

import pytest

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event
from tests import factories as make

LISTS = ("/work/", "/lists/to-see/", "/lists/overdue/?who=mine")


@pytest.fixture
def theirs(worker):
    _, row = worker
    child = make.child(row.authority)
    make.plan(child, row, due_on=make.days(-1))
    return child


def newest():
    return Event.objects.order_by("-seq")[0]


@pytest.mark.parametrize("page", LISTS)
def test_a_list_says_whom_it_showed(worker, theirs, sign_in, page):
    assert sign_in(worker[0]).get(page).status_code == 200
    assert newest().detail["shown"] == [theirs.pk]
    assert list(Event.objects.showing(theirs.pk)) == [newest()]
    assert not Event.objects.showing(theirs.pk + 1).exists()


def test_a_search_says_whom_it_found(worker, theirs, sign_in):
    client = sign_in(worker[0])
    client.post("/find/", {"words": theirs.surname})
    assert newest().detail["shown"] == [theirs.pk]
    client.post("/find/", {"words": "Nobody"})
    assert "shown" not in newest().detail


def test_a_restricted_row_without_a_name_was_not_shown(worker, theirs, sign_in):
    theirs.record_class = "restricted"
    theirs.save()
    leader = make.user(Role.LEADER, of=theirs.authority)
    assert sign_in(leader).get("/lists/overdue/").status_code == 200
    assert newest().detail["rows"] == 1
    assert "shown" not in newest().detail
