"""How often one person may search, ask and take away."""

from datetime import timedelta

import pytest

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.audit.rates import check_rate, rates
from keepsight.core.errors import TooOften
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def did(who, times, *, kind=EventKind.KNOWN_CHECKED, ago=timedelta(0)):
    for _ in range(times):
        audit.record(kind, at=NOW - ago, by=who)


@pytest.mark.parametrize(
    ("times", "ago", "refused"),
    [(29, 0, False), (30, 0, True), (30, 59, True), (30, 60, False), (100, 61, False)],
)
def test_thirty_known_checks_in_an_hour_and_not_one_more(times, ago, refused):
    who = make.user()
    did(who, times, ago=timedelta(minutes=ago))
    if refused:
        with pytest.raises(TooOften, match="30 questions whether a child is known in an hour"):
            check_rate(who, "known_check", at=NOW)
    else:
        check_rate(who, "known_check", at=NOW)


def test_what_others_did_and_what_was_something_else_does_not_count():
    who = make.user()
    did(make.user(), 40)
    did(who, 40, kind=EventKind.CHILD_OPENED)
    check_rate(who, "known_check", at=NOW)


def test_it_says_when_to_try_again():
    who = make.user()
    did(who, 1, ago=timedelta(minutes=50))
    did(who, 29)
    with pytest.raises(TooOften, match="Try again in 10 minutes"):
        check_rate(who, "known_check", at=NOW)


def test_one_query(django_assert_num_queries):
    who = make.user()
    with django_assert_num_queries(1):
        check_rate(who, "export", at=NOW)


def test_each_rate_counts_kinds_of_event_that_exist():
    for rate in rates().values():
        assert set(rate.events) <= set(EventKind.values), rate.id
