"""Rights that end while one works."""

import uuid
from datetime import timedelta

import time_machine

from keepsight.apps.accounts.models import Membership, User
from keepsight.apps.contact.models import Visit
from keepsight.apps.people.models import RecordAccess
from tests import factories as make
from tests.access.attacks.table import DENIED, Attacker, attempt, refused


@attempt("END-01", "Go on working after one's role has ended", "Refused at the next page", DENIED)
def _(a: Attacker) -> None:
    a.as_("team_manager")
    assert a.get(a.page("standard")).status_code == 200
    Membership.objects.filter(user=a.user).update(ends_on=make.TODAY)
    refused(a.get(a.page("standard")))
    refused(a.post(a.page("standard", "visit/"), {"outcome": "cancelled", "when": "today", "submission": uuid.uuid4()}))
    a.answers = a.answers[1:]


@attempt("END-02", "Go on after one's role was changed for a lesser one", "The old page is refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("team_manager")
    Membership.objects.filter(user=a.user).update(role="data_loader", team=None)
    refused(a.get(a.page("standard")))
    refused(a.get("/teams/"))


@attempt("END-03", "Go on after the account has ended", "Signed out", "")
def _(a: Attacker) -> None:
    a.as_("team_manager")
    User.objects.filter(pk=a.user.pk).update(is_active=False)
    assert a.get(a.page("standard")).status_code in (302, 403)


@attempt("END-04", "Go on after the account has expired", "Signed out", "")
def _(a: Attacker) -> None:
    a.as_("team_manager")
    User.objects.filter(pk=a.user.pk).update(expires_on=make.TODAY)
    assert a.get(a.page("standard")).status_code in (302, 403)


@attempt("END-05", "Send an open form after one's name was taken off a record", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("practitioner/named")
    assert a.get(a.page("restricted", "visit/")).status_code == 200
    RecordAccess.objects.filter(user=a.user).update(state="ended")
    refused(
        a.post(a.page("restricted", "visit/"), {"outcome": "cancelled", "when": "today", "submission": uuid.uuid4()})
    )
    a.answers = a.answers[1:]
    assert not Visit.objects.filter(child=a.child("restricted"), outcome="cancelled").exists()


@attempt(
    "END-06", "Open a record in the last microsecond of broken glass, and at its end", "Open before, shut at it", DENIED
)
def _(a: Attacker) -> None:
    a.as_("practitioner/broke the glass")
    ends = a.user.record_access.filter(child=a.child("restricted"), kind="break_glass").get().ends_at
    with time_machine.travel(ends - timedelta(microseconds=1), tick=False):
        a.as_("practitioner/broke the glass")  # the session of an hour ago has run out
        assert a.get(a.page("restricted")).status_code == 200
    with time_machine.travel(ends, tick=False):
        refused(a.get(a.page("restricted")))
    a.answers = a.answers[1:]


@attempt("END-07", "Open a record a microsecond before the access begins", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("practitioner/broke the glass")
    begins = a.user.record_access.filter(child=a.child("restricted"), kind="break_glass").get().starts_at
    with time_machine.travel(begins - timedelta(microseconds=1), tick=False):
        refused(a.get(a.page("restricted")))


@attempt("END-08", "Use glass that was broken before and has ended", "Refused", DENIED)
def _(a: Attacker) -> None:
    refused(a.as_("practitioner/glass ended").get(a.page("restricted")))


@attempt("END-09", "Use an access that waits for an answer", "Refused", DENIED)
def _(a: Attacker) -> None:
    refused(a.as_("practitioner/asked").get(a.page("restricted")))


@attempt("END-10", "Stand in for somebody after cover has ended", "Refused", DENIED)
def _(a: Attacker) -> None:
    a.as_("stand-in of own worker")
    a.user.covers.update(ended_at=make.NOW)
    refused(a.get(a.page("standard")))


@attempt("END-11", "Open through cover the restricted records of whom one stands in for", "Refused", DENIED)
def _(a: Attacker) -> None:
    refused(a.as_("stand-in of own worker").get(a.page("restricted")))


@attempt("END-12", "Open one's own record by a reason, a name or broken glass", "Refused", DENIED)
def _(a: Attacker) -> None:
    for person in ("duty_worker/with reason", "practitioner/named", "practitioner/broke the glass"):
        refused(a.as_(person).get(a.page("own_record")))
