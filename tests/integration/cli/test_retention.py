"""``keepsight retention``: what it counts, and the bundles that the nightly tidying takes away."""

import json
import os
from datetime import timedelta

import pytest
from click.testing import CliRunner
from django.utils import timezone

from keepsight.apps.accounts.models import Role
from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.governance.actions import bundles
from keepsight.apps.governance.actions.subject_access import make_bundle
from keepsight.apps.governance.models import SubjectAccess
from keepsight.cli.retention import command
from tests import factories as make

pytestmark = pytest.mark.django_db


def run(*words):
    return CliRunner().invoke(command, list(words), catch_exceptions=False)


@pytest.fixture
def bundle(settings, tmp_path):
    settings.VAR = tmp_path
    child = make.child()
    who = make.user(Role.INFORMATION_GOVERNANCE, of=child.authority)
    today = timezone.localdate()
    held = SubjectAccess.objects.create(
        child=child, asked_on=today, due_on=today + timedelta(days=30), reference="", asker="child", made_by=who
    )
    return make_bundle(held, by=who, at=timezone.now(), on=today)


def test_tidying_takes_a_bundle_away_after_its_thirty_days_and_not_before(bundle):
    assert "0 bundles are deleted" in run("tidy").output
    assert bundles.read(bundle.pk)
    SubjectAccess.objects.filter(pk=bundle.pk).update(kept_until=timezone.localdate() - timedelta(days=1))
    assert "1 bundle is deleted" in run("tidy").output
    assert bundles.read(bundle.pk) is None
    event = Event.objects.get(kind=EventKind.DESTROYED)
    assert (event.subject_type, event.subject_id) == ("subject_access", str(bundle.pk))
    assert "0 bundles" in run("tidy").output


def test_tidying_takes_away_what_was_sent_a_week_ago_and_never_loaded(settings, tmp_path):
    settings.VAR = tmp_path
    old, new = tmp_path / "uploads" / "old", tmp_path / "uploads" / "new"
    for place in (old, new):
        place.mkdir(parents=True)
        (place / "list.csv").write_text("Forename\nQuellon\n")
    past = (timezone.now() - timedelta(days=8)).timestamp()
    os.utime(old, (past, past))
    assert "1 delivery never loaded: taken away" in run("tidy").output
    assert not old.exists()
    assert new.exists()


def test_a_preview_counts_and_changes_nothing(bundle):
    before = Event.objects.count()
    said = json.loads(run("preview", "--json").output)
    assert [each["authority"] for each in said] == [bundle.child.authority.code]
    assert sum(count for *_, count in said[0]["counts"]) >= 1
    assert Event.objects.count() == before


def test_nothing_destroyed_is_said():
    make.authority()
    assert "Nothing has been destroyed." in run("certificates").output
