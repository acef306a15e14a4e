"""``keepsight rate`` and ``keepsight due``: counts in words and JSON, names only when asked for."""

import json

import pytest
from click.testing import CliRunner

from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.risk.models import Rating
from keepsight.cli import due, rate
from tests import factories as make
from tests.factories import days

pytestmark = pytest.mark.django_db
ON = ["--on", "2020-06-03"]


@pytest.fixture
def child():
    authority = make.authority(code="inventshire", name="Inventshire")
    worker = make.worker(make.team(authority))
    made = make.child(authority, forename="Quill", surname="Fabricatedly")
    make.involvement(made, worker, kind="cp", started_on=days(-60))
    make.confirmation(made, level="red")
    return made


def run(command, *words):
    return CliRunner().invoke(command, [*words, *ON], catch_exceptions=False)


def test_rate_says_how_many(child):
    done = run(rate.command)
    assert done.exit_code == 0
    assert done.output.startswith("Inventshire, as at 03/06/2020: 1 child rated (")
    assert "1 rating is new" in done.output
    assert Rating.objects.get().child == child


def test_rate_as_json(child):
    (row,) = json.loads(run(rate.command, "--json", "--authority", "inventshire").stdout)
    assert (row["authority"], row["rated"], row["new"]) == ("inventshire", 1, 1)


def test_due_plans_and_counts_what_the_lists_show(child):
    done = run(due.command)
    plan = ContactPlan.objects.get()
    assert plan.due_on == days(-53)
    assert "       1  of them overdue" in done.output
    (row,) = json.loads(run(due.command, "--json").stdout)
    assert row["counts"]["nobody"] == row["counts"]["red-not-seen"] == 1
    assert row["counts"]["unrated"] == 0


def test_names_are_shown_only_when_asked_for(child):
    listed = run(due.command, "--list", "overdue")
    assert "Fabricatedly" not in listed.output
    assert str(child.ref) in listed.output
    assert "never seen, case open since 4 April" in listed.output
    assert "Quill Fabricatedly" in run(due.command, "--list", "overdue", "--names").output
    assert "Fabricatedly" not in run(due.command, "--list", "overdue", "--json").output


def test_an_unknown_authority_is_told_in_a_sentence(child):
    with pytest.raises(rate.NoSuchAuthority, match="Known here: inventshire"):
        run(rate.command, "--authority", "nowhere")
