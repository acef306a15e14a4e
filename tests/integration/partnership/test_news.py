"""Newsletters: subscribers, an agreed issue to all of them once, and the way out (PAR-04, PAR-05, WRK-15)."""

import uuid

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.accounts.models import Role
from keepsight.apps.partnership import actions
from keepsight.apps.partnership.actions.news import WrongNews
from keepsight.apps.partnership.models import Issue
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Message
from keepsight.core.errors import NotPermitted
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    authority = make.authority()
    writer = make.user(Role.COMMUNICATIONS, of=authority)
    registers.install(authority, at=make.NOW)
    news = actions.begin(authority, title="School news", words="For head teachers", by=writer, at=make.NOW)
    return authority, writer, news


def issue(office, *, agreed=True, title="Hubs over Easter"):
    authority, writer, news = office
    register = register_of(authority, "newsletter_issue")
    said = {"issue_title": title, "summary": "Where hubs are open", "body": "All hubs are open from Monday."}
    entry = registers.add(register, _filled(register, said), by=writer, at=make.NOW)
    if agreed:
        entry.state = "approved"  # what a second person does in the register
        entry.save()
    return entry


def _filled(register, said):
    from keepsight.apps.registers.definitions import rule_of

    for each in rule_of(register.current).fields:
        if each.required and each.id not in said:
            first = each.choices[0].id if each.choices else "x"
            said[each.id] = {"date": str(make.TODAY), "yes_no": "no", "several": [first], "choice": first}.get(
                each.kind, "x"
            )
    return said


def subscribed(office, *lines):
    authority, writer, news = office
    return actions.subscribe(news, lines, by=writer, at=make.NOW, on=make.TODAY)


def test_lines_without_an_address_are_handed_back_and_nobody_is_added_twice(office):
    assert subscribed(
        office, "head@school.example, Wren Head, Vale School", "no address", "", "HEAD@school.example"
    ) == (
        1,
        ["Line 2: “no address” is not an e-mail address."],
    )


def test_an_agreed_issue_goes_to_every_subscriber_once(office):
    authority, writer, news = office
    subscribed(office, "a@school.example", "b@school.example")
    entry = issue(office)
    sent = actions.send(news, entry, by=writer, at=make.NOW)
    assert (sent.number, sent.recipients) == (1, 2)
    messages = Message.objects.order_by("to")
    assert [each.to for each in messages] == ["a@school.example", "b@school.example"]
    assert "All hubs are open" in messages[0].body
    links = [each.body.rsplit("/leave/", 1)[1] for each in messages]
    assert links[0] != links[1]
    entry.refresh_from_db()
    assert (entry.state, entry.values["recipients"], entry.values["sent_on"]) == ("sent", 2, "2020-06-03")
    with pytest.raises(WrongNews, match="sent before"):
        actions.send(news, entry, by=writer, at=make.NOW)
    assert Message.objects.count() == 2


def test_an_issue_that_nobody_agreed_or_of_an_exercise_does_not_leave(office):
    from keepsight.apps.events.models import Event

    authority, writer, news = office
    subscribed(office, "a@school.example")
    with pytest.raises(WrongNews, match="not agreed"):
        actions.send(news, issue(office, agreed=False), by=writer, at=make.NOW)
    entry = issue(office)
    entry.exercise = Event.objects.create(
        authority=authority, pack="pandemic_2020", pack_hash="x", title="Exercise", is_exercise=True, phase="closure",
        reason="x", activated_at=make.NOW,
    )  # fmt: skip
    entry.save()
    with pytest.raises(WrongNews, match="Nothing leaves an exercise"):
        actions.send(news, entry, by=writer, at=make.NOW)
    assert not Message.objects.exists()


def test_who_stops_a_newsletter_gets_no_further_issue_and_may_begin_again(office, client):
    authority, writer, news = office
    subscribed(office, "a@school.example", "b@school.example")
    leaver = news.subscribers.get(email="a@school.example")
    with time_machine.travel(make.NOW, tick=False):
        address = reverse("partnership:leave", args=[leaver.token])
        assert client.get(address).status_code == 200
        leaver.refresh_from_db()
        assert leaver.ended_on is None, "a mail scanner that follows the link ends nothing"
        known = client.post(address).content
        unknown = client.post(reverse("partnership:leave", args=[uuid.uuid4()])).content
    strip = lambda page: [line for line in page.decode().splitlines() if "csrf" not in line and "nonce" not in line]  # noqa: E731
    assert strip(known) == strip(unknown)
    actions.send(news, issue(office), by=writer, at=make.NOW)
    assert [each.to for each in Message.objects.all()] == ["b@school.example"]
    assert subscribed(office, "a@school.example") == (1, [])


def test_the_pages_of_a_newsletter(office, client):
    authority, writer, news = office
    entry = issue(office)
    with time_machine.travel(make.NOW, tick=False):
        client.force_login(writer)
        assert "School news" in client.get(reverse("partnership:news")).content.decode()
        wrong = client.post(reverse("partnership:subscribers", args=[news.ref]), {"lines": "a@b.example\nnot one"})
        assert wrong.status_code == 422
        assert "Line 2" in wrong.content.decode()
        answer = client.post(reverse("partnership:one", args=[news.ref]), {"entry": entry.ref})
        assert answer.status_code == 302
        page = client.get(reverse("partnership:one", args=[news.ref])).content.decode()
        assert "0 of 1" in page, "nothing has arrived yet"
        client.force_login(make.user(Role.PRACTITIONER, of=authority))
        assert client.get(reverse("partnership:news")).status_code == 403
        assert "All hubs are open" in client.get(reverse("partnership:archive")).content.decode()


def test_nobody_else_sends(office):
    authority, writer, news = office
    subscribed(office, "a@school.example")
    with pytest.raises(NotPermitted):
        actions.send(news, issue(office), by=make.user(Role.LEADER, of=authority), at=make.NOW)
    assert not Issue.objects.exists()
