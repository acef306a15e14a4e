"""Rating children: new ratings only where something changed, history kept, both databases."""

from datetime import timedelta

import pytest

from keepsight.apps.audit.models import Event, EventKind
from keepsight.apps.risk import actions
from keepsight.apps.risk.models import Confirmation, Rating
from tests import factories as make
from tests.factories import NOW, TODAY, days

pytestmark = pytest.mark.django_db


def rate(of, **more):
    return actions.rate(of.authority, **{"on": TODAY, "at": NOW, **more})


@pytest.fixture
def child():
    made = make.child(date_of_birth=days(-200))
    make.involvement(made, kind="cp", started_on=days(-60))
    make.visit(made, visit_on=days(-3), service="cp")
    return made


def test_a_rating_holds_level_points_reasons_and_the_rules_that_made_it(child):
    assert rate(child) == 1
    rating = Rating.objects.get(child=child)
    assert rating.service == "cp"
    assert rating.level == "red"  # R2: on a plan, and under one
    assert rating.points >= 50
    assert ["L5", 30, "On a child protection plan."] in rating.reasons
    assert rating.pack_id == "standing+pandemic_2020"
    assert (rating.as_at, rating.is_current) == (TODAY, True)


def test_nothing_new_is_written_while_nothing_changes(child):
    assert (rate(child), rate(child)) == (1, 0)
    assert Rating.objects.count() == 1


def test_a_change_keeps_the_rating_before(child):
    rate(child)
    make.alert(child, "domestic_abuse", started_on=days(-1))
    assert rate(child) == 1
    assert Rating.objects.filter(child=child, is_current=True).count() == 1
    assert Rating.objects.filter(child=child, is_current=False).count() == 1


def test_a_case_that_closes_has_no_current_rating(child):
    rate(child)
    child.involvements.update(ended_on=days(-1))
    assert rate(child) == 0
    assert not Rating.objects.filter(is_current=True).exists()
    assert Rating.objects.count() == 1


def test_confirmed_levels_are_never_touched(child):
    make.confirmation(child, level="green", computed_level="green")
    rate(child)
    assert list(Confirmation.objects.values_list("level", "is_current")) == [("green", True)]


def test_only_the_children_asked_for(child):
    other = make.child(child.authority)
    make.involvement(other)
    assert rate(child, children=[other.pk]) == 1
    assert not Rating.objects.filter(child=child).exists()


def test_another_authority_is_left_alone(child):
    other = make.child()
    make.involvement(other)
    rate(child)
    assert not Rating.objects.filter(child=other).exists()


def test_the_same_reasons_for_one_child_and_for_all(child):
    sibling = make.child(child.authority)
    make.family(child, sibling)
    make.involvement(sibling)
    make.confirmation(child, level="red")
    rate(child)
    together = {row.child_id: (row.level, row.points, row.reasons) for row in Rating.objects.all()}
    Rating.objects.all().delete()
    for each in (child, sibling):
        rate(child, children=[each.pk])
    assert {row.child_id: (row.level, row.points, row.reasons) for row in Rating.objects.all()} == together


def test_rating_is_an_event_without_names(child):
    rate(child)
    event = Event.objects.get(kind=EventKind.RATED)
    assert event.detail == {"rated": 1, "new": 1}
    assert event.authority_code == child.authority.code


def test_nothing_is_left_half_done(child, monkeypatch):
    def fails(*_, **__):
        raise RuntimeError("in the middle")

    monkeypatch.setattr("keepsight.apps.audit.actions.record", fails)
    with pytest.raises(RuntimeError):
        rate(child)
    assert not Rating.objects.exists()


def test_time_alone_can_change_a_level(child):
    rate(child)
    later = timedelta(days=40)
    assert rate(child, on=TODAY + later, at=NOW + later) == 1
    sentences = [sentence for _, _, sentence in Rating.objects.get(is_current=True).reasons]
    assert any("nobody has seen the child" in sentence for sentence in sentences)
