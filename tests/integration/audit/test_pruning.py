"""Events past their time go with an approval; what stays still checks."""

from datetime import timedelta

import pytest
from django.db import connection

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit import anchors, guards, pruning
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.audit.verifying import verify
from keepsight.core.errors import NotAllowedNow
from tests import factories as make

OLD = make.NOW - timedelta(days=8 * 366)
APPROVED = {"approved_by": "Wren Sampleton, SIRO", "because": "Schedule of 2020, minute 12"}


@pytest.fixture
def old_and_new(db):
    """Twelve old events, of which three are about child 7, and two new ones."""
    for number in range(12):
        about = {"subject": ("child", "7")} if number in (3, 4) else {"shown": [6, 7]} if number == 8 else {}
        audit.record(EventKind.SEARCHED, at=OLD + timedelta(days=number), rows=number, **about)
    for _ in range(2):
        audit.record(EventKind.SEARCHED, at=make.NOW)


def test_old_events_go_and_those_of_restricted_records_stay(old_and_new):
    assert pruning.due(pruning.cutoff(make.NOW), {7}) == 9
    assert pruning.prune(at=make.NOW, keep={7}, **APPROVED) == 9
    assert list(Event.objects.order_by("seq").values_list("seq", flat=True)) == [4, 5, 9, 13, 14, 15]
    pruned = Event.objects.get(kind=EventKind.AUDIT_PRUNED)
    assert (pruned.detail["events"], pruned.detail["approved_by"]) == (9, APPROVED["approved_by"])
    assert pruned.reason == APPROVED["because"]
    assert verify().fault is None
    assert guards.missing(connection) == []


def test_a_second_time_removes_what_stayed(old_and_new):
    pruning.prune(at=make.NOW, keep={7}, **APPROVED)
    assert pruning.prune(at=make.NOW, keep=(), **APPROVED) == 3
    assert pruning.prune(at=make.NOW, keep=(), **APPROVED) == 0
    assert verify().fault is None


def test_a_bridge_covers_nothing_more(old_and_new):
    pruning.prune(at=make.NOW, keep={7}, **APPROVED)
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE seq = 5")
    assert verify().fault.seq == 5


def test_anchors_of_removed_events_do_not_get_in_the_way(old_and_new, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        anchors.anchor(at=OLD + timedelta(days=20))
    pruning.prune(at=make.NOW, keep=(), **APPROVED)
    assert verify().fault is None


@pytest.mark.parametrize("missing", ["approved_by", "because"])
def test_nothing_goes_without_an_approval(old_and_new, missing):
    with pytest.raises(NotAllowedNow):
        pruning.prune(at=make.NOW, keep=(), **APPROVED | {missing: " "})


def test_nothing_goes_from_a_log_that_does_not_fit(old_and_new):
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event WHERE seq = 13")
    with pytest.raises(NotAllowedNow, match="does not fit"):
        pruning.prune(at=make.NOW, keep=(), **APPROVED)
    assert Event.objects.count() == 13
