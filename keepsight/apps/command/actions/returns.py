"""Returns: rounds opened by rule, slips filled in as entries, missing ones chased (CMD-05, CMD-07, COM-02)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from keepsight.apps.accounts.models import Service, User
from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.models import ReturnRound, ReturnSlip
from keepsight.apps.command.owing import bodies, named_before
from keepsight.apps.command.permissions import (
    NOT_YOURS,
    authorities_reached,
    check_running,
    check_user_may_run,
)
from keepsight.apps.command.rules import calendar_of, local, rule_of
from keepsight.apps.events.models import Event
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers import actions as registers
from keepsight.apps.registers.actions.entries import About
from keepsight.apps.registers.actions.messages import queue
from keepsight.apps.registers.definitions import register_of
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.apps.registers.models import Entry, Register
from keepsight.core.command import rhythm
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs.kinds.events import ReturnRule

BY_ITSELF = 1  # so many times a return is chased without anybody asking
A_PAUSE = timedelta(minutes=30)  # between two chases of the same return by hand


def rule_for(round_: ReturnRound) -> ReturnRule | None:
    """The rule that asked for it; None where the pack does not have it any more."""
    return next((rule for rule in rule_of(round_.event).returns if rule.id == round_.key), None)


def open_rounds(event: Event, at: datetime) -> int:
    """
    Open the rounds of the day that the phase asks for, with a slip for each body that owes a return.

    Asked again it opens nothing twice. What was due before the event began is not asked for.

    Returns
    -------
    int
        How many rounds were opened.
    """
    if event.state != Event.State.ACTIVE:
        return 0
    today, opened = timezone.localtime(at).date(), 0
    for rule in rule_of(event).returns:
        for due in rhythm.rounds(rule, phase=event.phase, on=today, calendar=calendar_of(event)):
            due_at = local(due)
            if due_at > event.activated_at and _open(event, rule, due_at, at):
                opened += 1
    return opened


def _open(event: Event, rule: ReturnRule, due_at: datetime, at: datetime) -> bool:
    owing = bodies(event, rule, timezone.localtime(due_at).date())
    with transaction.atomic():
        round_, new = ReturnRound.objects.get_or_create(
            event=event, key=rule.id, due_at=due_at, defaults={"title": rule.title, "opened_at": at}
        )
        if not new:
            return False
        named = named_before(event, [body.name for body in owing])
        ReturnSlip.objects.bulk_create(
            ReturnSlip(
                round=round_, owed_by=body.name[:200], team=body.team, setting=body.setting,
                responsible_id=named.get(body.name, body.answers),
            )
            for body in owing
        )  # fmt: skip
    return True


# --- answering -----------------------------------------------------------------------------------------
def check_may_answer(slip: ReturnSlip, by: User, at: datetime) -> None:
    """
    Refuse unless the return is this person's to give, or they run the event's command.

    Raises
    ------
    NotPermitted
        The same for slips that are somebody else's and slips that are not there.
    """
    event = slip.round.event
    grants = grants_of(by, at)
    here = {authority for _, authority, _ in grants.memberships + grants.lent}
    mine = slip.responsible_id == by.pk and event.authority_id in here
    if not mine and event.authority_id not in authorities_reached(grants, Permission.COMMAND_RUN):
        raise NotPermitted(NOT_YOURS)


def fill_in(slip: ReturnSlip, raw: Mapping[str, Any], *, by: User, at: datetime) -> ReturnSlip:
    """
    Give a return: an entry of the round's register, about the body that owes it.

    Raises
    ------
    NotPermitted, NotAllowedNow, WrongEntry
        If it is not theirs; if it came already or the event is over; if answers are missing.
    """
    check_may_answer(slip, by, at)
    rule = rule_for(slip.round)
    check_running(slip.round.event)
    if rule is None:
        raise NotAllowedNow("This return is not asked for any more.", code="no_such_return")
    with transaction.atomic(), audit.at_the_end():
        held = ReturnSlip.objects.select_for_update(of=("self",)).select_related("round__event__authority")
        slip = held.get(pk=slip.pk)
        if slip.entry_id is not None:
            raise NotAllowedNow("This return came already. Change the entry instead.", code="came_already")
        register = register_of(slip.round.event.authority, rule.register)
        slip.entry = registers.add(
            register, raw, by=by, at=at, about=about_of(slip, register), owner=slip.responsible or by,
            team=slip.team, event=slip.round.event, source="command:return", unchecked=True,
        )  # fmt: skip
        slip.came_at = at
        slip.save(update_fields=["entry", "came_at"])
    return slip


def about_of(slip: ReturnSlip, register: Register) -> About:
    """The body as the subject of an entry, where the register has one."""
    subject = definition_of(register.current).subject  # type: ignore[arg-type]
    if subject == "service":
        return About(service=Service.objects.filter(authority=register.authority, name=slip.owed_by).first())
    if subject == "team":
        return About(about_team=slip.team)
    return About(setting=slip.setting) if subject in ("provider", "setting") else About()


def take_in(event: Event, at: datetime) -> int:
    """
    Count returns that came another way, such as a provider's form: the entry answers the slip of its body.

    Returns
    -------
    int
        How many slips were answered.
    """
    waiting = ReturnSlip.objects.filter(round__event=event, entry=None, round__opened_at__lte=at)
    slips = list(waiting.select_related("round__event__authority").order_by("round__due_at", "pk"))
    answered = 0
    for slip in slips:
        rule, found = rule_for(slip.round), None
        if rule and (slip.setting_id or slip.team_id or rule.owed_by == "service"):
            found = _came_otherwise(slip, rule)
        if found is not None:
            with transaction.atomic():
                free = ReturnSlip.objects.filter(pk=slip.pk, entry=None)
                answered += free.update(entry=found, came_at=found.added_at)
    return answered


def _came_otherwise(slip: ReturnSlip, rule: ReturnRule) -> Entry | None:
    event = slip.round.event
    body = Q(service__name=slip.owed_by)
    if slip.setting_id or slip.team_id:
        body = Q(setting=slip.setting_id) if slip.setting_id else Q(about_team=slip.team_id)
    later = ReturnRound.objects.filter(event=event, key=slip.round.key, due_at__gt=slip.round.due_at)
    until = later.order_by("due_at").values_list("opened_at", flat=True).first()
    came = Entry.objects.filter(
        body, register__authority=event.authority, register__key=rule.register, added_at__gte=slip.round.opened_at,
        exercise=event if event.is_exercise else None,
    )  # fmt: skip
    if until:
        came = came.filter(added_at__lt=until)
    taken = ReturnSlip.objects.filter(entry__isnull=False, round__event=event).values("entry")
    return came.exclude(pk__in=taken).order_by("added_at").first()


def name_responsible(slip: ReturnSlip, user: User | None, *, by: User, at: datetime) -> ReturnSlip:
    """
    Say who answers for a body; rounds to come ask the same person.

    Raises
    ------
    NotPermitted
        If the person may not.
    """
    event = slip.round.event
    check_user_may_run(by, at, event)
    with transaction.atomic():
        slip.responsible = user
        slip.save(update_fields=["responsible"])
        audit.record(
            EventKind.RETURN_CHASED, at=at, by=by, authority_code=event.authority.code,
            subject=("return", str(slip.pk)), source="command:named", named=user.pk if user else None,
        )  # fmt: skip
    return slip


# --- chasing -------------------------------------------------------------------------------------------
def chase(slip: ReturnSlip, *, by: User, at: datetime) -> ReturnSlip:
    """
    Ask for a return that has not come.

    Raises
    ------
    NotPermitted, NotAllowedNow
        If the person may not; if it came, nobody answers for it, or it was asked for a moment ago.
    """
    event = slip.round.event
    check_user_may_run(by, at, event)
    if slip.entry_id is not None:
        raise NotAllowedNow("This return has come.", code="came_already")
    if slip.responsible is None:
        raise NotAllowedNow("Nobody answers for this body yet. Name somebody first.", code="nobody_answers")
    if slip.chased_at is not None and at - slip.chased_at < A_PAUSE:
        raise NotAllowedNow("This return was asked for less than half an hour ago.", code="chased_already")
    with transaction.atomic():
        _ask(slip, by, at)
    return slip


def chase_missing(event: Event, at: datetime) -> int:
    """
    Ask once, by itself, for each return that is missing longer than its rule allows.

    Returns
    -------
    int
        How many were asked for.
    """
    if event.state != Event.State.ACTIVE:
        return 0
    asked = 0
    for rule in rule_of(event).returns:
        late = ReturnSlip.objects.filter(
            round__event=event, round__key=rule.id, entry=None, chased__lt=BY_ITSELF, responsible__isnull=False,
            round__due_at__lte=at - timedelta(hours=rule.chase_after_hours),
            round__due_at__gt=at - timedelta(days=7),  # older ones wait for somebody to ask
        )  # fmt: skip
        for slip in late.select_related("responsible", "round__event__authority"):
            with transaction.atomic():
                asked += _ask(slip, None, at)
    return asked


def _ask(slip: ReturnSlip, by: User | None, at: datetime) -> int:
    """Queue the message, unless somebody asked at the same moment; of an exercise it says so first."""
    event, responsible = slip.round.event, slip.responsible
    assert responsible is not None, "Nobody is asked in nobody's name."
    free = ReturnSlip.objects.filter(pk=slip.pk, chased=slip.chased, entry=None)
    if not free.update(chased=F("chased") + 1, chased_at=at):
        return 0
    slip.chased, slip.chased_at = slip.chased + 1, at
    due = timezone.localtime(slip.round.due_at)
    mark = "EXERCISE: " if event.is_exercise else ""
    queue(
        event.authority, to=responsible.email, user=responsible, at=at,
        subject=f"{mark}{slip.round.title}: not received",
        body=f"{mark}{slip.round.title} of {slip.owed_by} was due on {due:%d/%m/%Y at %H:%M} and has not come. "
        f"Sign in to Keepsight and open {reverse('command:return', args=[slip.pk])}.",
    )  # fmt: skip
    audit.record(
        EventKind.RETURN_CHASED, at=at, by=by, authority_code=event.authority.code, subject=("return", str(slip.pk)),
        source="command:chase", times=slip.chased,
    )  # fmt: skip
    return 1
