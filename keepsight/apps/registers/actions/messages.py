"""
The outbox: a message is written with what it tells of, in one transaction, and leaves after that.

A sender claims a message before it sends it, by putting its next try off for ``LEASE``; so no two
senders have the same. A sender that is killed between sending and marking leaves a message that is
tried again when the lease ends: **at least once**. What is sent only says that something waits, so a
second copy does no harm and a lost one might.
"""

from datetime import datetime, timedelta

from django.db import transaction

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers import sending
from keepsight.apps.registers.models import Message

LEASE = timedelta(minutes=10)  # more than a mail server may take to refuse: its time limit is ten seconds a message
PAUSES = (  # after each try that failed; a server that restarts is back in minutes, one that broke by the next day
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4),
    timedelta(hours=12), timedelta(hours=24),
)  # fmt: skip
MOST_TRIES = len(PAUSES) + 1  # eight, over nearly two days; then somebody is asked to look
AT_ONCE = 20  # claimed together: all of them are sent, or given back, well within the lease


def queue(authority: Authority, *, to: str, subject: str, body: str, at: datetime, user: User | None = None) -> Message:
    """Write a message into the outbox. It leaves when the transaction is done, through the worker."""
    from keepsight.apps.registers import tasks  # tasks → this module: enqueued only here

    message = Message.objects.create(
        authority=authority, to=to, user=user, subject=" ".join(subject.split())[:200], body=body, made_at=at,
        next_at=at,
    )  # fmt: skip
    transaction.on_commit(tasks.ask_to_send)
    return message


def send_waiting(*, at: datetime, channel: sending.Channel | None = None) -> dict[str, int]:
    """
    Send what waits and whose time has come; nothing where no channel is open.

    Returns
    -------
    dict of str to int
        How many were ``sent``, are to be tried ``again``, and were ``given_up``.
    """
    counts = {"sent": 0, "again": 0, "given_up": 0}
    channel = channel or sending.channel()
    if channel is None:
        return counts
    while batch := claim(at):
        down = False
        for message in batch:
            result = sending.DOWN if down else channel.send(message)
            down = down or result.all_fail
            counts[_mark(message, result, at)] += 1
        if down:
            break  # the rest would fail too: they wait for the next time
    if counts["sent"] or counts["given_up"]:
        audit.record(EventKind.MESSAGE_SENT, at=at, source="registers:send", **counts)
    return counts


def claim(at: datetime, most: int = AT_ONCE) -> list[Message]:
    """Take some messages whose time has come, so that nobody else sends them while the lease lasts."""
    with transaction.atomic():
        waiting = Message.objects.filter(state=Message.State.WAITING, next_at__lte=at).order_by("next_at", "pk")
        taken = list(waiting.select_for_update(skip_locked=True)[:most])  # SQLite: one writer at a time anyway
        Message.objects.filter(pk__in=[each.pk for each in taken]).update(next_at=at + LEASE)
    return taken


def _mark(message: Message, result: sending.Result, at: datetime) -> str:
    if result.ok:
        fields = {"state": Message.State.SENT, "sent_at": at, "trouble": "", "notify_id": result.id[:60]}
        what = "sent"
    else:
        tries = message.tries + 1
        over = result.never or tries >= MOST_TRIES
        fields = {"trouble": result.trouble[:300], "state": Message.State.GIVEN_UP if over else Message.State.WAITING}
        fields["next_at"] = at + PAUSES[min(tries, len(PAUSES)) - 1]
        what = "given_up" if over else "again"
    waiting = Message.objects.filter(pk=message.pk, state=Message.State.WAITING)
    waiting.update(tries=message.tries + 1, **fields)
    return what


def try_again(messages: list[Message], *, by: User, at: datetime) -> int:
    """Put messages back that could not be sent, with all their tries before them."""
    from keepsight.apps.registers import tasks

    given_up = Message.objects.filter(pk__in=[each.pk for each in messages], state=Message.State.GIVEN_UP)
    with transaction.atomic():
        count = given_up.update(state=Message.State.WAITING, tries=0, next_at=at)
        audit.record(EventKind.MESSAGE_SENT, at=at, by=by, source="registers:try_again", again=count)
        transaction.on_commit(tasks.ask_to_send)
    return count
