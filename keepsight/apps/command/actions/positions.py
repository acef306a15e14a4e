"""
Duty positions: given for a term, extended, ended early, handed over.

A real one opens its role with a membership that ends on the term's last day, through ``accounts``. In an
exercise a position opens nothing: who takes part does so with roles of their own. No position opens a
role that sees children; the pack's checks refuse one.
"""

from datetime import date, datetime, timedelta

from django.db import transaction

from keepsight.apps.accounts import policies, staff
from keepsight.apps.accounts.actions import give_role
from keepsight.apps.accounts.actions.roles import end as end_role
from keepsight.apps.accounts.models import Membership, User
from keepsight.apps.accounts.permissions import Permission, rules
from keepsight.apps.accounts.places import Place
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.command.models import Position, Term
from keepsight.apps.command.permissions import check_user_may_run
from keepsight.apps.command.structure import people_for
from keepsight.apps.events.models import Event
from keepsight.core.errors import NotAllowedNow, NotPermitted

LONGEST = 180  # days of a term


class NotThisTerm(NotAllowedNow):
    """A term that cannot be; ``field`` says which answer."""

    code = "not_this_term"

    def __init__(self, sentence: str, field: str = ""):
        super().__init__(sentence)
        self.field = field


@transaction.atomic
def give(position: Position, user: User, *, starts_on: date, by: User, at: datetime, on: date, days: int = 0) -> Term:
    """
    Give a position to a person for a term; its role ends with it.

    Raises
    ------
    NotPermitted
        If the giver may not, or would open a role for themselves.
    NotThisTerm
        If the person cannot hold it, or in those days.
    """
    check_user_may_run(by, at, position.event, Permission.EVENT_RUN)
    days = days or position.days
    _check_term(position, starts_on, days, on)
    if user not in people_for(position.event.authority, on):
        raise NotThisTerm("This person cannot sign in here, or is not one of the council’s own people.", "user")
    User.objects.select_for_update().get(pk=user.pk)
    ends_on = starts_on + timedelta(days=days)
    theirs = Term.objects.filter(position=position, user=user, ended_at=None)
    if theirs.filter(starts_on__lt=ends_on, ends_on__gt=starts_on).exists():
        raise NotThisTerm("This person holds the position on some of those days already.", "user")
    term = Term.objects.create(
        position=position, user=user, starts_on=starts_on, ends_on=ends_on, given_by=by.name[:120], given_at=at,
        membership=_open(position, user, starts_on, ends_on, by, at, on),
    )  # fmt: skip
    _keep(EventKind.POSITION_GIVEN, term, by, at)
    return term


def _check_term(position: Position, starts_on: date, days: int, on: date) -> None:
    if not 1 <= days <= LONGEST:
        raise NotThisTerm(f"A term lasts 1 to {LONGEST} days.", "days")
    if starts_on < on:
        raise NotThisTerm("The first day must be today or later.", "starts_on")
    if position.cell.ends_on is not None and position.cell.ends_on <= starts_on:
        raise NotThisTerm(f"{position.cell.name} has ended by then.", "starts_on")


def _open(
    position: Position, user: User, starts_on: date, ends_on: date, by: User, at: datetime, on: date
) -> Membership | None:
    """The role of a position, from its first day to its last; none in an exercise, and none held there anyway."""
    event = position.event
    if event.is_exercise:
        return None
    rule = rules().get(position.role)
    if rule is None or rule.children or rule.portal:
        raise NotThisTerm("This position’s role cannot be opened for a term. The pack’s owner can mend it.", "user")
    held = staff.live_memberships(user, on)
    lasting = [
        m for m in held if m.role == position.role and m.authority_id == event.authority_id and m.team_id is None
    ]
    lasting = [m for m in lasting if m.service_id is None and not m.own_only]
    if any(m.starts_on <= starts_on and (m.ends_on is None or m.ends_on >= ends_on) for m in lasting):
        return None  # theirs already, and stays when the term ends
    if user.pk == by.pk:
        raise NotPermitted(
            "Nobody opens a role for themselves. Somebody else who runs the emergency can give you this position.",
            code="own_account",
        )
    try:
        policies.check_fits(user, position.role, Place("authority", event.authority), [m.role for m in held])
    except policies.NotThisWay as clash:
        raise NotThisTerm(clash.sentence, "user") from clash
    made = Membership.objects.filter(
        user=user, role=position.role, authority=event.authority, starts_on=starts_on, ends_on=ends_on, team=None
    ).first()
    return made or give_role(
        user, role=position.role, authority=event.authority, on=starts_on, ends_on=ends_on, given_by=by.name[:120],
        reason=f"Duty position: {position.name}"[:200], at=at,
    )  # fmt: skip


def extend(term: Term, *, days: int, by: User, at: datetime, on: date) -> Term:
    """
    Give the same person the position again, from the day on which the term ends.

    Raises
    ------
    NotPermitted, NotThisTerm
    """
    if term.ended_at is not None or term.ends_on < on:
        raise NotThisTerm("This term is over. Give the position anew.", "days")
    return give(term.position, term.user, starts_on=term.ends_on, days=days, by=by, at=at, on=on)


@transaction.atomic
def end(term: Term, *, by: User, at: datetime, on: date) -> None:
    """
    End a term today: the role goes at the person's next request.

    Raises
    ------
    NotPermitted, NotAllowedNow
    """
    check_user_may_run(by, at, term.position.event, Permission.EVENT_RUN)
    end_now(term, by=by, at=at, on=on)


def end_now(term: Term, *, by: User, at: datetime, on: date) -> None:
    """End a term; the caller has checked who may, and holds the transaction."""
    if term.ended_at is not None or term.ends_on <= on:
        return
    held = term.membership
    if held is not None and (held.ends_on is None or held.ends_on > on) and not _also_opened_by_another(term):
        end_role(held, from_day=on, reason=f"Duty position ended: {term.position.name}"[:200], by=None, at=at, on=on)
    term.ends_on, term.ended_at = max(on, term.starts_on), at
    term.save(update_fields=["ends_on", "ended_at"])
    _keep(EventKind.POSITION_ENDED, term, by, at)


def _also_opened_by_another(term: Term) -> bool:
    """Whether another term that still holds rests on the same membership."""
    others = Term.objects.filter(membership=term.membership_id, ended_at=None).exclude(pk=term.pk)
    return others.exists()


@transaction.atomic
def hand_over(term: Term, to: User, *, by: User, at: datetime, on: date) -> Term:
    """
    End a term and give the position to somebody else from today, in one go.

    Raises
    ------
    NotPermitted, NotThisTerm
    """
    check_user_may_run(by, at, term.position.event, Permission.EVENT_RUN)
    if to.pk == term.user_id:
        raise NotThisTerm("This person holds the position. Choose whom it goes to.", "user")
    end_now(term, by=by, at=at, on=on)
    return give(term.position, to, starts_on=on, by=by, at=at, on=on)


def end_all(event: Event, *, by: User, at: datetime, on: date, cells: list[int] | None = None) -> int:
    """End every term of an event, or of some cells; the caller has checked who may."""
    terms = Term.objects.filter(position__event=event, ended_at=None, ends_on__gt=on)
    if cells is not None:
        terms = terms.filter(position__cell__in=cells)
    ended = list(terms.select_related("position__event", "membership__authority", "membership__user"))
    for term in ended:
        end_now(term, by=by, at=at, on=on)
    return len(ended)


def _keep(kind: EventKind, term: Term, by: User, at: datetime) -> None:
    event = term.position.event
    audit.record(
        kind, at=at, by=by, authority_code=event.authority.code, subject=("user", str(term.user_id)),
        source="command:position", event=event.pk, position=term.position.key, role=term.position.role,
        until=str(term.ends_on), exercise=event.is_exercise,
    )  # fmt: skip
