"""The pages of an emergency, from the choice to the end, as the person who leads it."""

import pytest
from django.urls import reverse

from keepsight.apps.command.models import Cell, Position, Term
from keepsight.apps.events.models import Event
from tests import factories as make

pytestmark = pytest.mark.django_db
DAY = {"starts_on_day": 3, "starts_on_month": 6, "starts_on_year": 2020}


def text(answer):
    return answer.content.decode()


def test_one_person_activates_switches_and_closes(desk, council, lead):
    assert "Severe weather" in text(desk.get(reverse("command:activate")))
    page = reverse("command:activating", args=[council.code, "severe_weather"])
    shown = text(desk.get(page))
    assert "Emergency control room" in shown
    assert "first on Thursday 4 June at 09:00" in shown  # today it is too late
    refused = desk.post(page, {"kind": "real", "reason": "Snow"})
    assert refused.status_code == 422
    assert "Say why, in a sentence" in text(refused)
    done = desk.post(page, {"kind": "real", "reason": "Heavy snow is forecast", "p_controller": lead.pk})
    event = Event.objects.get()
    assert done.headers["Location"] == reverse("command:event", args=[event.ref])
    home = text(desk.get(reverse("command:home")))
    assert "Severe weather" in home
    assert "Positions vacant" in home
    phase = reverse("command:phase", args=[event.ref, "response"])
    assert "Rest centres begins" in text(desk.get(phase))
    assert desk.post(phase, {"why": "All roads are closed"}).status_code == 302
    council.refresh_from_db()
    assert council.settings["contact_mode"] == "emergency"
    for name in ("structure", "positions", "phases", "event_report", "close"):
        assert desk.get(reverse(f"command:{name}", args=[event.ref])).status_code == 200, name
    cells = {f"cell_{cell.key}": "Duty team" for cell in Cell.objects.filter(event=event)}
    answers = {**cells, "do_action": "end", "lesson_1": "Call homes first", "happened_1": "It saved hours",
               "verdict_1": "keep"}  # fmt: skip
    closed = desk.post(reverse("command:close", args=[event.ref]), answers)
    assert closed.status_code == 302, text(closed)
    assert "Handed over" in text(desk.get(reverse("command:event_report", args=[event.ref])))
    again = text(desk.get(page))
    assert "Call homes first" in again
    assert "Last time: Lena Exampleby" in again


def test_a_position_is_given_extended_handed_over_and_ended(desk, begin, council):
    event = begin()
    colleague = make.user("leader", of=council, name="Cole Sampleton")
    loggist = Position.objects.get(event=event, key="loggist")
    page = reverse("command:position", args=[event.ref, loggist.key])
    assert "Cole Sampleton" in text(desk.get(page))
    assert desk.post(page, {"user": colleague.pk, "days": 7, **DAY}).status_code == 302
    term = Term.objects.get()
    here = reverse("command:term", args=[event.ref, term.pk])
    assert desk.post(here, {"what": "extend", "days": 7}).status_code == 302
    assert desk.post(here, {"what": "hand_over"}).status_code == 422
    assert desk.post(here, {"what": "end"}).status_code == 302
    term.refresh_from_db()
    assert (term.ends_on, term.ended_at) == (make.TODAY, make.NOW)


def test_somebody_of_a_partner_sits_in_a_cell_and_leaves_it_and_the_cell_is_handed_over(desk, begin):
    event = begin()
    page = reverse("command:cell", args=[event.ref, "children"])
    assert desk.post(page, {"user": "", "name": "", "organisation": ""}).status_code == 422
    assert desk.post(page, {"name": "Ines Policewoman", "organisation": "Police"}).status_code == 302
    shown = text(desk.get(page))
    assert "Ines Policewoman" in shown
    assert "Does not sign in" in shown
    member = Cell.objects.get(event=event, key="children").members.get()
    desk.post(reverse("command:member_end", args=[event.ref, "children", member.pk]))
    assert "Ines Policewoman" not in text(desk.get(page))
    desk.post(reverse("command:cell_end", args=[event.ref, "children"]), {"to": "control"})
    structure = text(desk.get(reverse("command:structure", args=[event.ref])))
    assert "Emergency control room took over" in structure
    assert "<svg" in structure


def test_another_councils_emergency_looks_like_none(desk, begin, client):
    event = begin()
    stranger = make.user("emergency_lead", of=make.authority())
    client.force_login(stranger, backend="allauth.account.auth_backends.AuthenticationBackend")
    for name in ("event", "structure", "positions", "phases", "close", "event_report", "dispose"):
        assert client.get(reverse(f"command:{name}", args=[event.ref])).status_code == 404, name
    assert "No emergency runs" in text(client.get(reverse("command:home")))
