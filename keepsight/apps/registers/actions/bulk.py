"""
Changing many entries at once.

The items of a ``Bulk`` are its journal. Each batch is one transaction that changes its entries and
writes what came of them; a process killed in the middle leaves a batch whole or untouched, and
``carry_on`` takes up what still waits. Nothing is done twice: an item that has an outcome is left
alone, and so is an entry that somebody changed after it was shown.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from keepsight.apps.accounts.models import User
from keepsight.apps.audit import actions as audit
from keepsight.apps.events.models import Event
from keepsight.apps.registers import bulk as journal
from keepsight.apps.registers.actions.entries import ChangedMeanwhile, assign, change, move
from keepsight.apps.registers.models import Bulk, BulkItem, Entry, Register
from keepsight.apps.registers.permissions import check_user_may, entries_visible_to
from keepsight.core.errors import KeepsightError, NotAllowedNow, NotPermitted

STILL = timedelta(minutes=10)  # nothing of it done for so long: whoever did it is gone


def prepare(
    register: Register, refs: Iterable[Any], kind: str, what: dict[str, Any], *, by: User, at: datetime,
    exercise: Event | None = None,
) -> Bulk:  # fmt: skip
    """
    Write down a change of many entries, to be shown and then done or not.

    Raises
    ------
    NotPermitted
        If the register does not let the person do that at all.
    NotAllowedNow
        If nothing was chosen that the person may read, or too much.
    """
    grants = check_user_may(by, at, register, journal.VERBS[kind])
    chosen = list(refs)
    if len(chosen) > journal.MOST:
        raise NotAllowedNow(f"Choose {journal.MOST:,} entries at most.", code="too_many_entries")
    entries = list(entries_visible_to(grants, register, exercise=exercise).filter(ref__in=chosen))
    if not entries:
        raise NotAllowedNow("Choose at least one entry.", code="no_entries")
    return journal.plan(register, entries, kind, what, by=by, at=at, exercise=exercise)


def carry_on(bulk: Bulk, *, by: User, at: datetime) -> Bulk:
    """
    Do what still waits, a batch a transaction. Asked again it goes on where it stopped.

    Raises
    ------
    NotPermitted
        If somebody else prepared it.
    """
    if bulk.by_id != by.pk:
        raise NotPermitted("Only who chose these entries changes them.")
    begin(bulk, at=at)
    while _batch(bulk, by, at):
        pass
    Bulk.objects.filter(pk=bulk.pk).exclude(state=Bulk.State.DONE).update(state=Bulk.State.DONE, done_at=at)
    bulk.refresh_from_db()
    return bulk


def carry_on_with(bulk_id: int, user_id: int, *, at: datetime) -> int:
    """As ``carry_on``, for a worker, who knows the numbers alone."""
    held = Bulk.objects.select_related("register__current", "register__authority", "exercise").get(pk=bulk_id)
    return int(carry_on(held, by=User.objects.get(pk=user_id), at=at).pk)


def begin(bulk: Bulk, *, at: datetime) -> None:
    """Say that it was confirmed, so that its page offers to go on with it, and ``take_up`` does."""
    Bulk.objects.filter(pk=bulk.pk, state=Bulk.State.SHOWN).update(state=Bulk.State.RUNNING, moved_at=at)


def take_up(*, at: datetime) -> int:
    """Ask a worker to go on with each change that was confirmed and in which nothing moves; gives how many."""
    still = Bulk.objects.filter(state=Bulk.State.RUNNING, by__isnull=False).order_by("pk")
    found = dict(still.filter(_unmoved(at)).values_list("pk", "by_id"))
    waiting = set(found) - _asked_for()
    return sum(_take_up(pk, found[pk], at) for pk in sorted(waiting))


def _unmoved(at: datetime) -> Q:
    return Q(moved_at__lte=at - STILL) | Q(moved_at=None, at__lte=at - STILL)


def _asked_for() -> set[int]:
    """The changes that wait in the queue: while no worker runs, they are not asked for again."""
    from keepsight.apps.registers.tasks import change_many

    ready = DBTaskResult.objects.filter(task_path=change_many.module_path, status=TaskResultStatus.READY)
    return {int(given["args"][0]) for given in ready.values_list("args_kwargs", flat=True)}


def _take_up(pk: int, user_id: int, at: datetime) -> bool:
    """Ask for one, unless another that looks at the same time has."""
    from keepsight.apps.registers.tasks import change_many

    with transaction.atomic():
        ours = Bulk.objects.filter(_unmoved(at), pk=pk, state=Bulk.State.RUNNING).update(moved_at=at)
        if ours:
            change_many.enqueue(pk, user_id)
    return bool(ours)


def _batch(bulk: Bulk, by: User, at: datetime) -> int:
    """Change the next entries and write down what came of each: all of that or nothing."""
    with transaction.atomic(), audit.at_the_end():
        Bulk.objects.select_for_update().get(pk=bulk.pk)  # two workers do not take the same items
        waiting = bulk.items.filter(outcome=BulkItem.Outcome.WAITING).order_by("pk")
        items = list(
            waiting.select_related("entry__register__current", "entry__register__authority", "entry__exercise")[
                : journal.BATCH
            ]
        )
        for item in items:
            item.outcome, item.why = _do(bulk, item, by, at)
        BulkItem.objects.bulk_update(items, ["outcome", "why"])
        Bulk.objects.filter(pk=bulk.pk).update(moved_at=at)
    return len(items)


def _do(bulk: Bulk, item: BulkItem, by: User, at: datetime) -> tuple[str, str]:
    try:
        with transaction.atomic():
            _change_one(bulk, item.entry, item.revision, by, at)
    except ChangedMeanwhile:
        return BulkItem.Outcome.REFUSED, journal.MEANWHILE
    except KeepsightError as refused:
        return BulkItem.Outcome.REFUSED, refused.sentence[:300]
    return BulkItem.Outcome.DONE, ""


def _change_one(bulk: Bulk, entry: Entry, revision: int, by: User, at: datetime) -> None:
    what: dict[str, Any] = bulk.what
    now: dict[str, Any] = {"by": by, "at": at, "revision": revision, "source": "registers:bulk"}
    if bulk.kind == Bulk.Kind.MOVE:
        move(entry, what["to"], why=what.get("why", ""), **now)
    elif bulk.kind == Bulk.Kind.ASSIGN:
        assign(entry, User.objects.filter(pk=what["owner"]).first() if what["owner"] else None, **now)
    else:
        change(entry, {what["field"]: what["value"]}, **now)
