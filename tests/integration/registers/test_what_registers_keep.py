"""What registers of the packs are for, beyond being installed: one story each (CMD, COM, WRK, QAP, PAR)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions.entries import WrongEntry
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.errors import NotAllowedNow, NotPermitted
from tests import factories as make
from tests.integration.registers.test_registers_of_packs import RULES, World

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def council(django_db_setup, django_db_blocker):
    """Made once; nothing of it stays."""
    with django_db_blocker.unblock(), transaction.atomic():
        world = World()
        Register.objects.filter(authority=world.authority).update(is_on=True)  # as an emergency does
        yield world
        transaction.set_rollback(True)


def keep(council: World, name: str, *, at: Any = make.NOW, **said: Any) -> Entry:
    """An entry with every field filled in, and what the story says."""
    rule = RULES[name]
    about = council.about[rule.subject]
    return actions.add(
        register_of(council.authority, name), {**council.values(rule), **said}, by=council.one, at=at, about=about
    )


def page(client, council: World, name: str, kind: str = "list", query: str = "") -> Any:
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(council.one)
        return client.get(reverse(f"registers:{kind}", args=[council.authority.code, name]) + query)


def test_guidance_that_is_replaced_names_what_replaces_it(council):
    old = keep(council, "guidance", guidance_title="Visits by video", superseded_by="")
    old = actions.move(old, "assessed", by=council.one, at=make.NOW)
    with pytest.raises(NotAllowedNow, match="fill in"):
        actions.move(old, "superseded", by=council.one, at=make.NOW)
    new = keep(council, "guidance", guidance_title="Visits at home again", superseded_by="")
    old = actions.change(
        old, {**old.values, "superseded_by": str(new.pk)}, by=council.one, at=make.NOW, revision=old.revision
    )
    old = actions.move(old, "superseded", by=council.one, at=make.NOW)
    assert (old.values["superseded_by"], old.is_open) == (new.pk, False)


def test_a_use_of_an_easement_is_agreed_by_somebody_else_and_counted_by_month(council, client):
    with transaction.atomic():
        used = keep(council, "easement_use", short="Video instead of a visit", easement="e01")
        with pytest.raises(NotPermitted, match="second person"):
            actions.move(used, "authorised", by=council.one, at=make.NOW)
        used = actions.move(used, "authorised", by=council.other, at=make.NOW)
        assert used.child is not None
        charts = {
            each["id"]: each["rows"] for each in page(client, council, "easement_use", "summary").context["charts"]
        }
        assert ("June 2020", 1) in [row for rows in charts.values() for row in rows]
        transaction.set_rollback(True)


def test_the_score_of_a_risk_follows_what_is_changed_and_stands_in_the_list(council, client):
    low = keep(council, "risk", what="Fewer calls", likelihood=2, impact=2)
    high = keep(council, "risk", what="No cover at night", likelihood=4, impact=5)
    with pytest.raises(WrongEntry):
        keep(council, "risk", likelihood=6, impact=1)
    low = actions.change(low, {**low.values, "impact": "5"}, by=council.one, at=make.NOW, revision=low.revision)
    assert (low.values["score"], high.values["score"]) == (10, 20)
    listed = page(client, council, "risk", query="?col=number&col=title&col=score").content.decode()
    row = listed[listed.index("No cover at night") :]
    assert ">20<" in row[: row.index("</tr>")]
    first = [each[0].text for each in page(client, council, "risk", query="?col=number").context["page"]["rows"]]
    assert first == [f"RSK-{high.number}", f"RSK-{low.number}"]  # the register begins with the greatest
    least = page(client, council, "risk", query="?col=number&sort=score&f_score_to=15").context["page"]["rows"]
    assert [each[0].text for each in least] == [f"RSK-{low.number}"]


def test_a_service_is_looked_at_every_working_day_and_looking_begins_the_day_anew(council):
    service = keep(council, "service_criticality", status="open")
    first = service.due_on
    assert first == make.TODAY + timedelta(days=1)
    service = actions.change(
        service, {**service.values, "status": "paused"}, by=council.one, at=make.NOW + timedelta(days=1),
        revision=service.revision,
    )  # fmt: skip
    assert service.due_on > first


def test_an_officer_decision_says_whether_it_is_published(council, client):
    with transaction.atomic():
        for title, publish in (("Open the hubs", "yes"), ("One contract", "no")):
            keep(council, "officer_decision", what=title, publish=publish)
        listed = page(client, council, "officer_decision", query="?f_publish=no").content.decode()
        assert "One contract" in listed
        assert "Open the hubs" not in listed
        transaction.set_rollback(True)


def test_a_call_to_the_duty_line_is_to_be_answered_within_a_day_by_the_clock(council):
    call = keep(council, "duty_line", came_at="2020-06-05T18:30:00+01:00", at=make.NOW + timedelta(days=2))
    assert call.due_at.isoformat() == "2020-06-06T18:30:00+01:00"
    assert call.due_on.isoformat() == "2020-06-06", "nights and weekends count: it was a Friday evening"


def test_orders_of_protective_equipment_are_chosen_by_need(council, client):
    keep(council, "ppe_order", what="Masks for the home with an outbreak", need="p1")
    keep(council, "ppe_order", what="Gloves for the store", need="p4")
    listed = page(client, council, "ppe_order", query="?f_need=p1").content.decode()
    assert "Masks for the home" in listed
    assert "Gloves for the store" not in listed


def test_a_relief_of_payment_is_agreed_by_somebody_else_and_ends(council):
    relief = keep(council, "payment_relief", from_on="2020-06-01", to_on="2020-06-30")
    with pytest.raises(NotPermitted, match="second person"):
        actions.move(relief, "agreed", by=council.one, at=make.NOW)
    relief = actions.move(relief, "agreed", by=council.other, at=make.NOW)
    relief = actions.move(relief, "paying", by=council.other, at=make.NOW)
    assert relief.due_on.isoformat() <= "2020-06-30"
    bare = {each: value for each, value in relief.values.items() if each != "to_on"}
    open_ended = keep(council, "payment_relief")
    Entry.objects.filter(pk=open_ended.pk).update(values=bare)
    with pytest.raises(NotAllowedNow, match="fill in"):
        actions.move(Entry.objects.get(pk=open_ended.pk), "agreed", by=council.other, at=make.NOW)


def test_a_meeting_of_a_board_belongs_to_it_and_closes_with_its_minutes(council):
    board = keep(council, "board", board="Safeguarding children partnership")
    meeting = keep(council, "board_meeting", board=str(board.pk), kind="exceptional", minutes="")
    assert meeting.values["board"] == board.pk
    meeting = actions.move(meeting, "held", by=council.one, at=make.NOW)
    with pytest.raises(NotAllowedNow, match="fill in"):
        actions.move(meeting, "agreed", by=council.one, at=make.NOW)


def test_two_boards_are_joined_and_the_one_names_the_other(council):
    one = keep(council, "board", board="Health and wellbeing", joined_with="")
    with pytest.raises(NotAllowedNow, match="fill in"):
        actions.move(one, "joined", by=council.one, at=make.NOW)
    other = keep(council, "board", board="Children's trust", joined_with="")
    one = actions.change(
        one, {**one.values, "joined_with": str(other.pk)}, by=council.one, at=make.NOW, revision=one.revision
    )
    assert actions.move(one, "joined", by=council.one, at=make.NOW).values["joined_with"] == other.pk


def test_what_is_confidential_about_staff_is_not_even_there_for_a_leader(council, client):
    keep(council, "shielding", short="From home")
    assert "From home" in page(client, council, "shielding", query="?col=title").content.decode(), (
        "for the workforce lead it is"
    )
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(make.user(Role.LEADER, of=council.authority))
        listed = client.get(reverse("registers:list", args=[council.authority.code, "shielding"]) + "?col=title")
    assert "From home" not in listed.content.decode()


def test_a_published_figure_and_ours_stand_side_by_side_and_a_second_person_checks_it(council):
    figure = keep(council, "comparator", measure="Attendance of children with a social worker", figure=52, ours=45)
    assert figure.values["gap"] == -7
    with pytest.raises(NotPermitted, match="second person"):
        actions.move(figure, "checked", by=council.one, at=make.NOW)
