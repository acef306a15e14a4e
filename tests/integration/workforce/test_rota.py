"""A rota from its making to its publication, and who may do what with it (WRK-05)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.registers.models import Notice
from keepsight.apps.workforce import actions
from keepsight.apps.workforce.actions.rota import OnRota, WrongRota
from keepsight.apps.workforce.models import Rota
from keepsight.apps.workforce.rotas import carried
from keepsight.core.errors import NotPermitted
from tests import factories as make

pytestmark = pytest.mark.django_db
FIRST = date(2020, 6, 8)  # a Monday


@pytest.fixture
def office():
    team = make.team()
    lead = make.user(Role.WORKFORCE_LEAD, of=team.authority)
    workers = [make.worker(team, name=f"Pell {letter}") for letter in "ABCD"]
    workers[0].user = make.user(Role.PRACTITIONER, team=team)
    workers[0].save()
    return team, lead, workers


def made(office, weeks=1, first=FIRST):
    team, lead, workers = office
    rota = actions.make(
        team.authority,
        title="June",
        first_on=first,
        last_on=first + timedelta(days=7 * weeks - 1),
        by=lead,
        at=make.NOW,
    )
    actions.set_people(rota, [OnRota(w.pk, can=("manager",)) for w in workers], by=lead, at=make.NOW)
    return actions.fill(rota, by=lead, at=make.NOW)


def test_a_rota_is_filled_and_published_and_its_people_are_told(office):
    team, lead, workers = office
    rota = made(office)
    assert rota.shifts.count() == 5 + 2 * 3
    assert rota.result["open"] == 0
    actions.publish(rota, by=lead, at=make.NOW)
    assert (
        Notice.objects.filter(user=workers[0].user, alert="rota").exists()
        == rota.shifts.filter(worker=workers[0]).exists()
    )
    with pytest.raises(WrongRota, match="published"):
        actions.fill(rota, by=lead, at=make.NOW)


def test_a_duty_set_by_hand_stays_and_says_what_it_breaks(office):
    team, lead, workers = office
    rota = made(office)
    mine = list(rota.shifts.filter(kind="evening").order_by("on"))
    for shift in mine:
        rota.refresh_from_db()
        last = actions.put(shift, workers[1], by=lead, at=make.NOW, revision=rota.revision)
    assert any("3 is the most" in said for said in last.broken)
    rota.refresh_from_db()
    rota = actions.fill(rota, by=lead, at=make.NOW)
    assert set(rota.shifts.filter(kind="evening").values_list("worker", flat=True)) == {workers[1].pk}
    with pytest.raises(WrongRota, match="Say why"):
        actions.publish(rota, by=lead, at=make.NOW)
    actions.publish(rota, by=lead, at=make.NOW, although="B offered to")


def test_two_people_change_a_rota_and_the_later_is_told(office):
    team, lead, workers = office
    rota = made(office)
    one, other = rota.shifts.order_by("pk")[:2]
    rota.refresh_from_db()
    actions.put(one, workers[0], by=lead, at=make.NOW, revision=rota.revision)
    with pytest.raises(WrongRota, match="Somebody else"):
        actions.put(other, workers[0], by=lead, at=make.NOW, revision=rota.revision)


def test_who_did_more_than_a_fair_part_is_spared_next_time(office):
    team, lead, workers = office
    rota = made(office)
    for shift in rota.shifts.filter(kind="evening"):
        rota.refresh_from_db()
        actions.put(shift, workers[2], by=lead, at=make.NOW, revision=rota.revision)
    actions.publish(rota, by=lead, at=make.NOW, although="holiday of the others")
    later = actions.make(
        team.authority,
        title="July",
        first_on=FIRST + timedelta(weeks=2),
        last_on=FIRST + timedelta(weeks=3),
        by=lead,
        at=make.NOW,
    )
    before = carried(later, [w.pk for w in workers])
    assert before[workers[2].pk] == max(before.values()) > 0
    assert sum(before.values()) == pytest.approx(0, abs=0.05)


def test_only_the_workforce_lead_and_leaders_make_rotas_and_others_see_published_ones(office, client):
    team, lead, workers = office
    rota = made(office)
    reader = workers[0].user
    with pytest.raises(NotPermitted):
        actions.publish(rota, by=reader, at=make.NOW)
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(reader)
        assert client.get(reverse("workforce:rota", args=[rota.ref])).status_code == 404
        actions.publish(rota, by=lead, at=make.NOW)
        page = client.get(reverse("workforce:rota", args=[rota.ref]))
        assert page.status_code == 200
        assert "Fair part" not in page.content.decode()
        assert client.get(reverse("workforce:rota_people", args=[rota.ref])).status_code in (403, 404)


def test_the_pages_lead_from_a_new_rota_to_a_published_one(office, client):
    team, lead, workers = office
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(lead)
        days = {
            "first_on_day": "8",
            "first_on_month": "6",
            "first_on_year": "2020",
            "last_on_day": "14",
            "last_on_month": "6",
            "last_on_year": "2020",
        }
        answer = client.post(
            reverse("workforce:rota_new"), {"authority": team.authority_id, "title": "June", "teams": [team.pk], **days}
        )
        rota = Rota.objects.get()
        assert answer.url == reverse("workforce:rota_people", args=[rota.ref])
        assert client.get(answer.url).status_code == 200
        wrong = {f"on_{workers[0].pk}": "on", f"away_{workers[0].pk}": "31/6"}
        assert "is not a day" in client.post(answer.url, wrong).content.decode()
        said = {f"on_{w.pk}": "on" for w in workers} | {
            f"manager_{workers[0].pk}": "on",
            f"away_{workers[3].pk}": "8/6 to 10/6",
        }
        assert client.post(answer.url, said).status_code == 302
        assert client.post(reverse("workforce:rota_fill", args=[rota.ref])).status_code == 302
        assert client.get(reverse("workforce:rota", args=[rota.ref])).status_code == 200
