"""Each kind of a report's file asks its own permission, and reaches as far as the role that holds it."""

import pytest

from keepsight.apps.accounts.models import Membership, Role
from keepsight.apps.accounts.permissions import Permission, permissions_of
from keepsight.apps.audit.models import Event
from keepsight.apps.briefing import actions
from tests import factories as make

pytestmark = pytest.mark.django_db
KINDS = {
    "pdf": Permission.EXPORT_PDF, "members": Permission.EXPORT_PDF, "xlsx": Permission.EXPORT_XLSX,
    "html": Permission.EXPORT_HTML,
}  # fmt: skip


@pytest.fixture
def report(team, settings, tmp_path):
    settings.SNAPSHOTS = tmp_path / "snapshots"
    make.plan(make.child(team.authority), make.worker(team))
    return actions.make_report([team.authority], on=make.TODAY, at=make.NOW)


@pytest.mark.parametrize("role", [role for role in Role if Permission.REPORT_VIEW in permissions_of(role)])
@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_asks_its_own_permission(sign_in, team, report, role, kind):
    client = sign_in(make.user(role, of=team.authority))
    may = KINDS[kind] in permissions_of(role)
    assert client.get(f"/reports/{report.pk}/{kind}/").status_code == (200 if may else 403)
    assert Event.objects.filter(kind="exported" if may else "denied").count() == 1
    link = f'href="/reports/{report.pk}/{kind}/"'
    assert (link in client.get(f"/reports/{report.pk}/").content.decode()) is may
    if kind != "members":
        assert (link in client.get("/reports/").content.decode()) is may


def test_an_auditor_reads_reports_and_takes_none(sign_in, team, report):
    client = sign_in(make.user(Role.QUALITY_ASSURANCE, of=team.authority))
    assert client.get(f"/reports/{report.pk}/").status_code == 200
    assert {client.get(f"/reports/{report.pk}/{kind}/").status_code for kind in KINDS} == {403}


def test_a_permission_held_elsewhere_takes_nothing_here(sign_in, team, report):
    """Leader of another council, auditor here: may read the report, may not take it."""
    who = make.user(Role.LEADER, of=make.authority())
    Membership.objects.create(user=who, authority=team.authority, role=Role.QUALITY_ASSURANCE, starts_on=make.days(-9))
    client = sign_in(who)
    assert client.get(f"/reports/{report.pk}/").status_code == 200
    assert client.get(f"/reports/{report.pk}/pdf/").status_code == 404
