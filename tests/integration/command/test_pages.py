"""The pages of command: who reads and keeps them, and what a save does."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from keepsight.apps.command import tasks
from keepsight.apps.command.actions import reports
from keepsight.apps.command.models import CommandReport, Meeting, ReturnRound, ReturnSlip, Tick
from keepsight.apps.registers.models import Entry
from tests import factories as make
from tests.integration.command.world import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def here():
    made = world()
    tasks.tick(make.NOW)
    return made


def answer(client, who, name, *args, post=None, at=make.NOW):
    client.force_login(who)
    with time_machine.travel(at, tick=False):
        address = reverse(f"command:{name}", args=args)
        return client.get(address) if post is None else client.post(address, post)


def meeting_of(here):
    return Meeting.objects.filter(cell=here.cells["children_leaders"]).order_by("starts_at").first()


def typed(meeting, **more):
    fields = {"revision": meeting.revision}
    for item in meeting.items.all():
        fields |= {f"item-{item.pk}-title": item.title, f"item-{item.pk}-notes": item.notes}
    return fields | more


def test_every_page_is_there_for_a_cell_member_and_for_nobody_else(here, client):
    report = reports.assemble(here.event, "cop", by=here.member, at=make.NOW)
    outsider, analyst = make.user("cell_member", of=make.authority()), make.user("analyst", of=here.authority)
    slip = ReturnSlip.objects.filter(round__key="service_daily").first()
    pages = {
        "meetings": (), "meeting_new": (), "meeting": (meeting_of(here).ref,), "meeting_move": (meeting_of(here).ref,),
        "meeting_cancel": (meeting_of(here).ref,), "minutes_docx": (meeting_of(here).ref,),
        "minutes_pdf": (meeting_of(here).ref,), "returns": (), "return": (slip.pk,), "round": (slip.round_id,),
        "returns_history": ("service_return",), "reports": (), "report": (report.ref,), "report_docx": (report.ref,),
        "report_pdf": (report.ref,), "checklists": (),
    }  # fmt: skip
    for name, args in pages.items():
        assert answer(client, here.member, name, *args).status_code == 200, name
        found = answer(client, outsider, name, *args)
        assert found.status_code in (200, 404), name
        assert here.event.title not in found.content.decode(errors="replace"), name
        refused = answer(client, analyst, name, *args)
        assert refused.status_code in (403, 404) or name == "returns", name
        assert here.event.title not in refused.content.decode(errors="replace"), name


def test_a_meeting_is_kept_in_one_go_and_its_action_waits_in_the_next(here, client):
    meeting = meeting_of(here)
    item = meeting.items.first()
    after = meeting.starts_at + timedelta(minutes=50)
    post = typed(meeting) | {
        f"item-{item.pk}-notes": "All said", "more-0-title": "Meals", "more-0-notes": "Vouchers from Monday",
        "was-0": "present", "guest-0": "Dr Fenn Guestby", "from-0": "Health",
        "action-0-what": "Ring each school", "action-0-owner": here.member.pk, "action-0-due_day": "4",
        "action-0-due_month": "6", "action-0-due_year": "2020",
        "decision-0-what": "Hubs open on Monday", "decision-0-because": "Places ran out",
    }  # fmt: skip
    assert answer(client, here.lead, "meeting", meeting.ref, post=post, at=after).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.revision, meeting.items.count()) == ("held", 2, 9)
    assert set(Entry.objects.filter(title__in=["Ring each school", "Hubs open on Monday"]).values_list(
        "register__key", "owner__name")) == {("action", "Merle Memberby"), ("decision", None)}  # fmt: skip
    following = Meeting.objects.filter(cell=meeting.cell, starts_at__gt=meeting.starts_at).order_by("starts_at")[1]
    late = following.starts_at + timedelta(days=1)
    shown = answer(client, here.member, "meeting", following.ref, at=late).content.decode()
    assert "Ring each school" in shown
    assert "overdue" in shown


def test_a_missing_day_is_asked_for_and_nothing_typed_is_lost(here, client):
    meeting = meeting_of(here)
    found = answer(
        client,
        here.lead,
        "meeting",
        meeting.ref,
        post=typed(meeting) | {"action-0-what": "Ring", "more-0-title": "Meals"},
    )
    assert found.status_code == 422
    assert all(words in found.content.decode() for words in ("Say by when", "Ring", "Meals"))
    assert not Entry.objects.filter(title="Ring").exists()


def test_two_who_keep_the_record_see_each_others_words(here, client):
    meeting = meeting_of(here)
    item = meeting.items.first()
    first, second = (typed(meeting) | {f"item-{item.pk}-notes": words} for words in ("Theirs stays", "Mine stays"))
    answer(client, here.lead, "meeting", meeting.ref, post=first)
    found = answer(client, here.member, "meeting", meeting.ref, post=second)
    assert found.status_code == 422
    assert all(words in found.content.decode() for words in ("Theirs stays", "Mine stays", "Ashen Leaderby"))
    again = {**second, "revision": 2}
    assert answer(client, here.member, "meeting", meeting.ref, post=again).status_code == 302
    item.refresh_from_db()
    assert item.notes == "Mine stays"


def test_a_return_is_given_and_begins_the_next_one(here, client):
    slip = ReturnSlip.objects.get(round__key="service_daily", owed_by="Early help")
    post = {"headline": "All visits made", "status": "open", "overall": "green", "as_at_day": "3", "as_at_month": "6",
            "as_at_year": "2020", "help_wanted": "no"}  # fmt: skip
    assert answer(client, here.member, "return", slip.pk, post=post).status_code == 302
    slip.refresh_from_db()
    assert (slip.entry.title, slip.entry.service.name, slip.entry.event) == (
        "All visits made", "Early help", here.event,
    )  # fmt: skip
    tasks.tick(make.NOW + timedelta(days=1))
    following = ReturnSlip.objects.get(owed_by="Early help", entry=None, round__key="service_daily")
    shown = answer(client, here.member, "return", following.pk, at=make.NOW + timedelta(days=1)).content.decode()
    assert "All visits made" in shown
    assert "came" not in shown.split("<main")[0]


def test_an_item_is_ticked_with_a_note_and_taken_back(here, client):
    answer(client, here.member, "checklist_tick", "first_day", 1, post={"note": "All but two"})
    tick = Tick.objects.get()
    assert (tick.done_by, tick.note) == (here.member, "All but two")
    assert "All but two" in answer(client, here.member, "checklists").content.decode()
    answer(client, here.member, "checklist_tick", "first_day", 1, post={"back": "1"})
    assert not Tick.objects.exists()


def test_a_picture_is_signed_on_its_page(here, client):
    answer(client, here.member, "report_make", "cop", post={})
    report = CommandReport.objects.get()
    answer(client, here.member, "report_write", report.ref, "summary", post={"text": "We hold", "seen": report.digest})
    stale = answer(client, here.chair, "report_sign", report.ref, post={"seen": report.digest})
    assert stale.status_code == 409
    report.refresh_from_db()
    answer(client, here.chair, "report_sign", report.ref, post={"seen": report.digest})
    report.refresh_from_db()
    assert (report.state, report.signed_by) == ("signed", here.chair)
    assert "We hold" in answer(client, here.member, "report", report.ref).content.decode()


def test_the_calendar_asks_the_same_number_of_queries_however_long(here, client, django_assert_max_num_queries):
    answer(client, here.member, "meetings")
    with django_assert_max_num_queries(25) as few:
        answer(client, here.member, "meetings")
    Meeting.objects.filter(cell=here.cells["tactical"]).delete()
    with django_assert_max_num_queries(len(few)):
        answer(client, here.member, "meetings")
    assert ReturnRound.objects.exists()


def test_who_answers_is_named_for_several_bodies_at_once_and_only_by_who_runs_command(here, client):
    slips = list(ReturnSlip.objects.filter(round__key="department_daily").order_by("pk"))
    round_, head = slips[0].round, make.user("leader", of=here.authority)
    outsider = make.user("cell_member", of=make.authority())
    ReturnSlip.objects.filter(pk=slips[0].pk).update(responsible=here.lead)
    answers = {f"user-{each.pk}": str(head.pk) for each in slips[:3]} | {f"user-{slips[3].pk}": str(outsider.pk)}
    assert answer(client, here.member, "round", round_.pk, post=answers).status_code == 302
    named = [ReturnSlip.objects.get(pk=each.pk).responsible for each in slips[:5]]
    assert named == [here.lead, head, head, None, None], "nobody is replaced, and nobody from elsewhere is named"
    reader = make.user("commissioner", of=here.authority)
    refused = answer(client, reader, "round", round_.pk, post={f"user-{slips[4].pk}": str(head.pk)})
    assert refused.status_code == 403
    assert ReturnSlip.objects.get(pk=slips[4].pk).responsible is None
