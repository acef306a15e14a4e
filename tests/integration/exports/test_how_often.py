"""Forty downloads and prints an hour, whatever they are of; the next one is refused, is an event, and gives nothing."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from keepsight.apps.accounts.models import Role
from keepsight.apps.accounts.views import taking
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.audit.rates import rates
from keepsight.apps.briefing.actions import make_report
from keepsight.apps.governance.actions.subject_access import hand_over
from keepsight.apps.governance.models import SubjectAccess
from keepsight.core.errors import TooOften
from tests import factories as make

pytestmark = pytest.mark.django_db


def took_all(who):
    for _ in range(rates()["export"].most):
        audit.record(EventKind.EXPORTED, at=make.NOW, by=who)


def refused(client, path):
    answer = client.get(path)
    assert answer.status_code == 429, path
    assert "attachment" not in answer.headers.get("Content-Disposition", "")
    return answer


def test_lists_prints_and_reports_are_counted_together(sign_in, manager, leader, team, worker):
    child = make.child(team.authority, forename="Inesforename")
    make.plan(child, worker[1])
    took_all(manager)
    client = sign_in(manager)
    for path in ("/lists/open/csv/", "/lists/open/xlsx/", "/lists/open/print/", f"/children/{child.ref}/print/"):
        assert "Inesforename" not in refused(client, path).content.decode()
    denied = Event.objects.filter(kind=EventKind.DENIED, reason="too_often", actor_id=str(manager.pk))
    assert denied.count() == 4
    took_all(leader)
    report = make_report([team.authority], on=make.TODAY, at=make.NOW)
    refused(sign_in(leader), f"/reports/{report.pk}/pdf/")
    with time_machine.travel(make.NOW + timedelta(minutes=61), tick=False):
        assert sign_in(manager).get("/lists/open/csv/").status_code == 200


def test_an_extract_counts(sign_in, team):
    analyst = make.user(Role.ANALYST, of=team.authority)
    took_all(analyst)
    client = sign_in(analyst)
    for ending in ("csv", "parquet"):
        refused(client, f"/portal/extract/{ending}/")


def test_a_bundle_counts(team):
    who = make.user(Role.INFORMATION_GOVERNANCE, of=team.authority)
    child = make.child(team.authority)
    held = SubjectAccess.objects.create(
        child=child, asked_on=make.TODAY, due_on=make.days(30), reference="", asker="child", made_by=who
    )
    took_all(who)
    with pytest.raises(TooOften):
        hand_over(held, by=who, at=make.NOW)


def test_a_file_of_very_many_children_is_several_events_and_one_export(monkeypatch):
    monkeypatch.setattr(taking, "CHILDREN_AN_EVENT", 3)
    user = make.user()
    for _ in range(rates()["export"].most):  # as often as is allowed, whatever each file holds
        request = SimpleNamespace(user=user)
        taking.keep_taken(request, "csv", at=make.NOW, source="registers:list", rows=8, shown=iter(range(1, 9)))
    held = Event.objects.filter(kind=EventKind.EXPORTED).order_by("pk")[:3]
    assert [(each.detail["shown"], each.detail.get("part")) for each in held] == [
        ([1, 2, 3], None), ([4, 5, 6], 2), ([7, 8], 3)
    ]  # fmt: skip
    assert Event.objects.showing(8).count() == rates()["export"].most
    with pytest.raises(TooOften):
        taking.keep_taken(request, "csv", at=make.NOW, source="registers:list", rows=8)
