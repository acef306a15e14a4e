"""Parts of a record that go before it: health markers, and what other professionals wrote."""

from datetime import date

import pytest

from keepsight.apps.audit.models import Change, Event, Finding, Load, LoadFile
from keepsight.apps.contact.models import Sighting
from keepsight.apps.governance.actions import disposal, holds
from keepsight.apps.governance.actions.anonymising import NotDue, ReOpened, anonymise
from keepsight.apps.people.models import Alert, Child
from keepsight.core.errors import NotPermitted
from tests import factories as make
from tests.integration.governance import keeping

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return keeping.office()


def closed(office, on=date(2019, 5, 1)):
    child = make.child(office.authority)
    make.involvement(child, kind="cin", started_on=date(2018, 1, 1), ended_on=on)
    keeping.number(child)
    return child


def do(office, child, rule, **given):
    return anonymise(child, rule, **{"by": office.officer, "at": make.NOW, "on": make.TODAY, **given})


def test_a_marker_goes_a_year_after_its_end_and_a_younger_one_stays(office):
    child = closed(office, on=None)  # the case is open: a marker's year runs all the same
    keeping.marker(child, ended_on=date(2019, 6, 2))
    younger = Alert.objects.create(
        child=child, kind="shielding", started_on=date(2020, 3, 23), ended_on=date(2020, 5, 1)
    )
    holding = Alert.objects.create(child=child, kind="shielding", started_on=date(2020, 5, 20))
    other = make.alert(child, "dog", ended_on=date(2017, 1, 1))
    assert do(office, child, "health") == {"Health markers": 1}
    assert set(Alert.objects.values_list("pk", flat=True)) == {younger.pk, holding.pk, other.pk}
    with pytest.raises(NotDue):
        do(office, child, "health")


def test_a_marker_leaves_nothing_in_what_loads_wrote_down(office):
    child = closed(office)
    marker = keeping.marker(child, ended_on=date(2019, 6, 2))
    load = Load.objects.create(
        authority_code=office.authority.code, as_at=make.TODAY, digest="0" * 64, started_at=make.NOW
    )
    file = LoadFile.objects.create(load=load, kind="alerts", name="alerts.csv")
    Alert.objects.filter(pk=marker.pk).update(source=file, source_row=4)
    Finding.objects.create(load=load, file="alerts.csv", row=4, code="x", severity="warning", found="asthma, shielding")
    Change.objects.create(load=load, table="people.Alert", record_id=marker.pk, before={"note": "asthma"})
    do(office, child, "health")
    assert Finding.objects.get().found == ""
    assert not Change.objects.exists()


def test_names_and_notes_of_others_go_and_the_line_of_sight_stays(office):
    child = closed(office)
    seen = keeping.sighting(child)
    visit = make.visit(child, visit_on=date(2019, 4, 1), note="The service's own note stays.")
    assert do(office, child, "emergency") == {"Sightings whose names and notes are removed": 1}
    seen.refresh_from_db()
    assert (seen.who, seen.note, seen.line, seen.seen_on, seen.face_to_face) == (
        "", "", "school", date(2018, 5, 1), True,
    )  # fmt: skip
    visit.refresh_from_db()
    assert visit.note == "The service's own note stays."
    assert list(Event.objects.filter(kind="anonymised").values_list("subject_id", flat=True)) == [str(child.pk)]


def test_a_case_that_has_re_opened_is_left_as_it_is(office):
    child = closed(office)
    keeping.sighting(child)
    make.involvement(child, kind="cin", started_on=make.days(-1))
    with pytest.raises(ReOpened):
        do(office, child, "emergency")
    assert Sighting.objects.get().who != ""
    assert not Event.objects.filter(kind="anonymised").exists()


def test_it_is_not_done_before_its_time_or_on_hold_or_by_anybody(office):
    child = closed(office, on=date(2019, 6, 3))
    keeping.sighting(child)
    with pytest.raises(NotDue):
        do(office, child, "emergency")  # a year to the day: kept up to and with today
    with pytest.raises(NotDue):
        do(office, child, "contact")  # not a part of a record
    old = closed(office)
    keeping.sighting(old)
    holds.place(authority=office.authority, number=f"CH{old.pk:06}", why="A court.", by=office.officer, at=make.NOW)
    with pytest.raises(NotDue):
        do(office, old, "emergency")
    with pytest.raises(NotPermitted):
        do(office, old, "emergency", by=office.leader)
    assert not Sighting.objects.filter(who="").exists()


def test_a_list_of_two_people_makes_anonymous_and_keeps_the_records(office):
    child, opened = closed(office), closed(office)
    for each in (child, opened):
        keeping.sighting(each)
    listed = disposal.propose(
        authority=office.authority, rule_id="emergency", by=office.officer, at=make.NOW, on=make.TODAY
    )
    assert listed.action == "anonymise"
    disposal.decide(listed, approved=True, sentence="The year is over.", by=office.leader, at=make.NOW)
    make.involvement(opened, kind="cin", started_on=make.days(-1))
    done = disposal.carry_out(listed, by=office.officer, at=make.NOW, on=make.TODAY)
    assert done.certificate["outcomes"] == {"anonymised": 1, "re_opened": 1}
    assert Child.objects.count() == 2
    assert Sighting.objects.get(child=opened).who != ""
