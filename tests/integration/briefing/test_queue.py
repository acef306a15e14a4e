"""A report is made on the real queue, by a worker, for the person who asked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from keepsight.apps.accounts.models import Role
from keepsight.apps.briefing import tasks
from keepsight.apps.briefing.models import Report
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _real_queue(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def signed_in(authority):
    client = Client()
    client.force_login(make.user(Role.LEADER, of=authority), "allauth.account.auth_backends.AuthenticationBackend")
    return client


def work():
    call_command("db_worker", batch=True, interval=0, startup_delay=False, worker_id=uuid4().hex, verbosity=0)


def test_the_page_waits_for_the_worker_and_then_opens_the_report(fellshire):
    leader = signed_in(fellshire)
    asked = leader.post(reverse("briefing:make_report"))
    assert "/reports/being-made/" in asked.url
    assert b"being made" in leader.get(asked.url).content
    assert not Report.objects.exists()
    work()
    opened = leader.get(asked.url)
    assert opened.url == reverse("briefing:report", args=[Report.objects.get().pk])


def test_another_persons_waiting_page_is_not_found(fellshire):
    asked = signed_in(fellshire).post(reverse("briefing:make_report"))
    assert signed_in(fellshire).get(asked.url).status_code == 404
    assert signed_in(fellshire).get(reverse("briefing:making", args=[uuid4()])).status_code == 404


def test_a_report_that_failed_says_so(fellshire, monkeypatch):
    leader = signed_in(fellshire)
    asked = leader.post(reverse("briefing:make_report"))
    monkeypatch.setattr("keepsight.apps.briefing.actions.take_snapshot", lambda *_, **__: 1 / 0)
    work()
    assert b"was not made" in leader.get(asked.url).content
    assert not Report.objects.exists()


def test_work_of_a_killed_worker_goes_back_to_the_queue_and_is_done(fellshire):
    leader = signed_in(fellshire)
    asked = leader.post(reverse("briefing:make_report"))
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now() - timedelta(hours=1))
    assert tasks.put_back() == 1
    work()
    assert leader.get(asked.url).status_code == 302
    assert Report.objects.count() == 1


def test_work_that_is_being_done_is_left_alone(fellshire):
    signed_in(fellshire).post(reverse("briefing:make_report"))
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=timezone.now())
    assert tasks.put_back() == 0
