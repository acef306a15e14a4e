"""A prepared query answers like the ORM, for every shape and with every value."""

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import Count, Q
from django.test.utils import CaptureQueriesContext

from keepsight import prepared as module
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.people.models import Child
from keepsight.apps.people.permissions import children_visible_to
from keepsight.apps.risk.models import Rating
from keepsight.prepared import Text, ValueChanged, prepared
from tests import factories as make

pytestmark = pytest.mark.django_db


def visible(memberships, workers, born_before, surname_like=None):
    grants = Grants(memberships, workers)
    children = children_visible_to(grants, Permission.CHILD_VIEW).filter(date_of_birth__lt=born_before)
    return children.order_by("pk").values_list("pk", "ref", "date_of_birth", "disabled")


def test_every_shape_of_grants_answers_like_the_orm():
    one, other = make.authority(), make.authority()
    teams = [make.team(one), make.team(one), make.team(other)]
    workers = [make.worker(team) for team in teams]
    for number, worker in enumerate(workers * 3):
        child = make.child(worker.authority, date_of_birth=date(2010 + number % 5, 1, 1))
        make.plan(child, worker)
    asked = prepared(visible)
    shapes = [
        ((("leader", one.pk, None),), ()),
        ((("leader", other.pk, None),), ()),
        ((("leader", one.pk, None), ("leader", other.pk, None)), ()),
        ((("practitioner", one.pk, teams[0].pk),), ((workers[0].pk, one.pk),)),
        ((("practitioner", one.pk, teams[1].pk),), ((workers[0].pk, one.pk),)),
        ((("practitioner", other.pk, teams[2].pk),), ((workers[0].pk, one.pk),)),
        ((("team_manager", one.pk, teams[0].pk), ("team_manager", one.pk, teams[1].pk)), ()),
        ((("data_loader", one.pk, None),), ()),
        ((), ()),
    ]
    for _ in range(2):  # compiled, then kept
        for memberships, rows in shapes:
            for day in (date(2012, 6, 1), date(2030, 1, 1)):
                wanted = list(visible(memberships, rows, day))
                given = asked(memberships=memberships, workers=rows, born_before=day)
                assert given == wanted, (memberships, rows, day)
    assert len(asked.known) < 2 * len(shapes)


def test_values_come_back_as_the_orm_gives_them():
    child = make.child()
    make.rating(child, confidence=0.5)
    asked = prepared(lambda child_id: Rating.objects.filter(child_id=child_id).values_list(
        "reasons", "rated_at", "as_at", "is_current", "confidence", "child__ref"
    ))  # fmt: skip
    wanted = list(Rating.objects.values_list("reasons", "rated_at", "as_at", "is_current", "confidence", "child__ref"))
    assert asked(child_id=child.pk) == wanted
    assert asked(child_id=child.pk + 1) == []


def test_a_uuid_and_a_day_are_filled_in():
    children = [make.child(date_of_birth=date(2011, 4, number)) for number in (1, 2)]
    by_ref = prepared(lambda ref: Child.objects.filter(ref=ref).values_list("pk"))
    assert [by_ref(ref=child.ref) for child in children] == [[(child.pk,)] for child in children]
    assert by_ref(ref=uuid4()) == []
    between = prepared(
        lambda a, b: Child.objects.filter(Q(date_of_birth__gte=a) & Q(date_of_birth__lte=b)).values_list("pk")
    )
    assert between(a=date(2011, 4, 2), b=date(2011, 4, 2)) == [(children[1].pk,)]
    assert between(a=date(2011, 4, 1), b=date(2011, 4, 1)) == [(children[0].pk,)]


def test_a_text_given_as_such_is_filled_in_and_any_other_is_part_of_the_shape():
    children = [make.child(surname=name) for name in ("One", "Other", "it's 100% _")]
    asked = prepared(lambda name: Child.objects.filter(surname=name).values_list("pk"))
    for kind, shapes in ((Text, 1), (str, 4)):
        for child in children:
            assert asked(name=kind(child.surname)) == [(child.pk,)]
        assert len(asked.known) == shapes
    assert asked(name=Text("Nobody")) == []


@pytest.mark.parametrize("lookup", ["surname__startswith", "surname__icontains", "surname__endswith"])
def test_a_text_that_would_be_escaped_is_refused(lookup):
    asked = prepared(lambda name: Child.objects.filter(**{lookup: name}).values_list("pk"))
    with pytest.raises(ValueChanged):
        asked(name=Text("100%"))


def test_a_query_of_models_gives_models_with_what_is_selected_beside_them():
    first, second = make.plan(), make.plan()
    rated = make.rating(first.child, reasons=[["L2", 10, "In need."]])

    def build(ids):
        plans = ContactPlan.objects.filter(pk__in=ids).order_by("pk").select_related("child__authority", "worker__user")
        return plans.annotate(ratings=Count("child__ratings"))

    asked = prepared(build)
    for plans in ([first], [second], [first, second]):
        ids = tuple(each.pk for each in plans)
        found, wanted = asked(ids=ids), list(build(ids))
        assert found == wanted == plans
        assert [each.__dict__.keys() for each in found] == [each.__dict__.keys() for each in wanted]
        with CaptureQueriesContext(connection) as none:
            told = [(each.child.surname, each.child.authority.code, each.worker.name, each.ratings) for each in found]
            assert [each.worker.user for each in found] == [None for _ in plans]
        assert len(none) == 0
        assert told == [
            (each.child.surname, each.child.authority.code, each.worker.name, each.ratings) for each in wanted
        ]
    (only,) = prepared(lambda pk: Rating.objects.filter(pk=pk))(pk=rated.pk)
    assert only.reasons == [["L2", 10, "In need."]]
    only.confidence = 0.25
    only.save()
    rated.refresh_from_db()
    assert rated.confidence == 0.25


def test_lists_of_any_length():
    plans = [make.plan() for _ in range(3)]
    asked = prepared(lambda ids: ContactPlan.objects.filter(pk__in=ids).order_by("pk").values_list("pk"))
    for count in (0, 1, 3, 2):
        ids = tuple(plan.pk for plan in plans[:count])
        assert asked(ids=ids) == [(pk,) for pk in ids]


def test_an_instant_is_refused():
    asked = prepared(lambda day: Child.objects.filter(date_of_birth=day).values_list("pk"))
    with pytest.raises(TypeError):
        asked(day=datetime(2020, 1, 1))


CHANGED = {
    "a day moved": lambda on: Child.objects.filter(date_of_birth=on - timedelta(days=1)),
    "a day moved on": lambda on: Child.objects.filter(date_of_birth=on + timedelta(days=1)),
    "a year of a day": lambda on: Child.objects.filter(date_of_birth__year=on.year),
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_value_that_was_changed_is_refused_and_never_asked_about_nobody(name):
    build = CHANGED[name]
    asked = prepared(lambda on, until: build(on).filter(date_of_birth__lt=until).values_list("pk"))
    with pytest.raises(ValueChanged):
        asked(on=make.TODAY, until=make.days(1))


def test_a_number_that_was_changed_is_refused():
    asked = prepared(lambda child, other: Child.objects.filter(pk__in=[child + 1, other]).values_list("pk"))
    with pytest.raises(ValueChanged):
        asked(child=1, other=5)


def test_a_number_too_large_for_its_column_still_finds_small_ones():
    """The stand-in does not fit a small column; the ORM says so by finding nothing, and the child is there."""
    child = make.child()
    make.rating(child, points=31)
    asked = prepared(lambda points: Rating.objects.filter(points=points).values_list("child_id"))
    assert asked(points=31) == [(child.pk,)]


def test_shapes_that_are_cleared_by_another_thread_meanwhile(monkeypatch):
    """What one thread has looked up another may throw away."""
    child = make.child()
    asked = prepared(lambda ids: Child.objects.filter(pk__in=ids).values_list("pk"))

    class Emptied(dict):
        def __contains__(self, key):
            there = super().__contains__(key)
            self.clear()
            return there

    asked.known = Emptied()
    for _ in range(2):
        assert asked(ids=(child.pk,)) == [(child.pk,)]


def test_kept_shapes_do_not_grow_without_end(monkeypatch):
    monkeypatch.setattr(module, "SHAPES_KEPT", 4)
    asked = prepared(lambda words, child: Child.objects.filter(pk=child).exclude(surname=words).values_list("pk"))
    for number in range(12):
        assert asked(words=f"Word {number}", child=1) == []
        assert len(asked.known) <= 4
