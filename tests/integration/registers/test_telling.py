"""Who is told of what, at once and in digests, and what a look for due entries finds."""

from datetime import timedelta

import pytest
from django.test import override_settings

from keepsight.apps.accounts.models import Role
from keepsight.apps.events.models import Event
from keepsight.apps.registers import actions, digests, notices
from keepsight.apps.registers.actions.scanning import scan
from keepsight.apps.registers.actions.telling import tell
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.models import Entry, MailChoice, Message, Notice
from tests import factories as make

pytestmark = pytest.mark.django_db
with_mail = override_settings(EMAIL_HOST="mail.example")


@pytest.fixture
def register():
    authority = make.authority()
    actions.install(authority, at=make.NOW)
    return register_of(authority, "action")


@pytest.fixture
def lead(register):
    return make.user(Role.EMERGENCY_LEAD, of=register.authority)


@pytest.fixture
def member(register):
    return make.user(Role.CELL_MEMBER, of=register.authority)


def add(register, by, due="2020-06-05", **more):
    return actions.add(register, {"what": "Ring Ada Lovelace", "due_on": due}, by=by, at=make.NOW, **more)


@with_mail
def test_who_is_given_an_action_is_told_at_once_and_the_mail_names_nobody(register, lead, member):
    add(register, lead, owner=member)
    notice, message = Notice.objects.get(), Message.objects.get()
    assert (notice.user, notice.said) == (member, "Action ACT-1 has been given to you")
    assert (message.to, message.subject) == (member.email, "Keepsight: Action ACT-1 has been given to you")
    assert "Ada" not in message.body
    assert "/registers/" in message.body


@with_mail
def test_nobody_is_told_of_what_they_did_themselves(register, lead):
    add(register, lead, owner=lead)
    assert not Notice.objects.exists()


@with_mail
def test_who_may_not_read_the_entry_is_not_told_even_when_named(register, lead, member):
    outsider = make.user(Role.ANALYST, of=register.authority)
    told = tell(add(register, lead), "mentioned", at=make.NOW, by=lead, users=[outsider, member])
    assert [each.user for each in told] == [member]


@with_mail
def test_somebody_who_wants_no_mail_has_the_notice_only(register, lead, member):
    MailChoice.objects.create(user=member, register=register, wanted=False)
    add(register, lead, owner=member)
    assert (Notice.objects.count(), Message.objects.count()) == (1, 0)


@with_mail
def test_no_mail_leaves_an_exercise(register, lead, member):
    event = Event.objects.create(
        authority=register.authority, pack="pandemic_2020", title="Dry run", is_exercise=True, phase="x",
        reason="practice", activated_at=make.NOW,
    )  # fmt: skip
    add(register, lead, owner=member, event=event, due="2020-06-01")
    scan(at=make.NOW)
    assert {each.alert for each in Notice.objects.filter(user=member)} == {"assigned", "overdue"}
    assert not Notice.objects.exclude(digest="").exists()
    assert not Message.objects.exists()
    assert notices.unread(member) == 0
    assert notices.unread(member, exercise=event) == 2


def test_a_look_tells_once_of_what_is_soon_due_and_once_when_it_is_overdue(register, lead, member):
    add(register, lead, owner=member, due="2020-06-08")  # soon from the 6th
    said = {}
    for days in (0, 2, 3, 3, 4, 6, 6, 7):
        for alert, count in scan(at=make.NOW + timedelta(days=days)).items():
            said.setdefault(days, {}).setdefault(alert, 0)
            said[days][alert] += count
    assert {day: found for day, found in said.items() if any(found.values())} == {
        3: {"due_soon": 1, "overdue": 0},
        6: {"due_soon": 0, "overdue": 2},  # owner and adder
    }


def test_an_entry_changed_to_a_day_that_is_past_is_told_of_too(register, lead, member):
    entry = add(register, lead, owner=member, due="2020-08-01")
    scan(at=make.NOW)
    late = make.NOW + timedelta(hours=1)
    actions.change(entry, {"due_on": "2020-04-01"}, by=lead, at=late, revision=1)
    assert scan(at=late + timedelta(minutes=5))["overdue"] == 2


def test_a_look_asks_as_much_for_three_thousand_open_entries_as_for_none(
    register, lead, member, django_assert_max_num_queries
):
    scan(at=make.NOW)
    first = add(register, lead, owner=member, due="2020-06-20")
    Entry.objects.bulk_create(
        [
            Entry(
                register=register, version=register.current, number=10 + n, title="x", state="open",
                due_on=first.due_on,
                state_since=make.NOW, added_at=make.NOW, changed_at=make.NOW, soon_on=first.soon_on,
            )
            for n in range(3000)
        ]
    )  # fmt: skip
    scan(at=make.NOW + timedelta(days=1))
    registers = register.authority.registers.count()
    with django_assert_max_num_queries(registers * 9 + 1):
        assert scan(at=make.NOW + timedelta(days=2)) == {"due_soon": 0, "overdue": 0}


@with_mail
def test_a_daily_digest_is_one_message_of_counts(register, lead, member):
    for _ in range(3):
        add(register, lead, owner=member, due="2020-06-04")
    scan(at=make.NOW)  # at half past nine: after the day's digest
    assert Notice.objects.filter(digest="daily").count() == 3
    Message.objects.all().delete()
    assert digests.send(at=make.NOW) == 0
    tomorrow = make.NOW + timedelta(days=1)
    assert digests.send(at=tomorrow) == 1
    message = Message.objects.get()
    assert message.subject == "Keepsight: 3 things wait for you"
    assert message.body.startswith("Actions: 3 due soon\n")
    assert digests.send(at=tomorrow) == 0


@with_mail
def test_what_was_read_meanwhile_is_in_no_digest(register, lead, member):
    add(register, lead, owner=member, due="2020-06-04")
    scan(at=make.NOW)
    Message.objects.all().delete()
    Notice.objects.update(read_at=make.NOW)
    assert digests.send(at=make.NOW + timedelta(days=1)) == 0
    assert not Notice.objects.filter(digest="daily", digested_at=None).exists()


@pytest.mark.parametrize(
    ("day", "hour", "daily", "weekly"),
    [
        (3, 8, "2020-06-03", "2020-06-01"),  # Wednesday, nine in British time
        (1, 5, "2020-05-31", "2020-05-25"),  # Monday at six: the week's digest has not come yet
        (1, 6, "2020-06-01", "2020-06-01"),
    ],
)
def test_the_hours_of_digests(day, hour, daily, weekly):
    at = make.NOW.replace(day=day, hour=hour, minute=0)
    assert str(digests.last_hour(at).date()) == daily
    assert str(digests.last_hour(at, weekly=True).date()) == weekly
    assert digests.last_hour(at).hour == 7
