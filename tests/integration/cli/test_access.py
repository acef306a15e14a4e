"""The week's report on the command line, and the nightly look for own records."""

from datetime import date

import pytest
from click.testing import CliRunner

from keepsight.apps.accounts.models import Role
from keepsight.apps.people import actions
from keepsight.cli.access import command
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def run(*words):
    done = CliRunner().invoke(command, words, catch_exceptions=False)
    assert done.exit_code == 0
    return done.output


def test_the_report_names_who_and_why_and_no_child():
    team = make.team()
    child = make.child(team.authority, forename="Hushed", surname="Notforall")
    person = make.user(Role.PRACTITIONER, team=team, name="Onny Duty")
    actions.break_glass(child, because="missing", reason="The police search tonight.", by=person, at=NOW)
    said = run("report", "--authority", team.authority.code, "--week", "2020-06-05")
    assert "1 opened" in said
    assert "Onny Duty" in said
    assert "A child is missing" in said
    assert "overdue" in said
    assert "Hushed" not in said
    assert "0 opened" in run("report", "--authority", team.authority.code, "--week", "2020-05-31")


def test_a_record_that_came_otherwise_than_by_a_load_is_closed_at_night():
    team = make.team()
    person = make.user(Role.PRACTITIONER, team=team)
    actions.declare_relative(
        forename="A", surname="Kinsfolk", date_of_birth=date(2012, 5, 1), number="", relation="A relative",
        by=person, at=NOW,
    )  # fmt: skip
    make.child(team.authority, surname="Kinsfolk", date_of_birth=date(2012, 5, 1))
    assert run("block") == "1 records were closed to a worker.\n"
    assert run("block") == "0 records were closed to a worker.\n"
