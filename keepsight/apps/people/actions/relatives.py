"""Own records: whom a worker declares, and the records that are closed to the worker because of it."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from keepsight.apps.accounts.models import Authority, Membership, User
from keepsight.apps.accounts.permissions import Permission, check_user_may
from keepsight.apps.audit import actions as events
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people import policies
from keepsight.apps.people.actions.access import keep
from keepsight.apps.people.models import AccessKind, Child, DeclaredRelative, Identifier, RecordAccess
from keepsight.apps.people.permissions import NOT_YOURS, grants_of
from keepsight.core.errors import NotPermitted

State = RecordAccess.State
DECLARED, BY_HAND = "declared", "by_hand"


@transaction.atomic
def declare_relative(
    *, forename: str, surname: str, date_of_birth: date | None, number: str, relation: str, by: User, at: datetime
) -> DeclaredRelative:
    """
    Declare oneself, somebody of the household or a relative. A record that matches exactly is closed at once.

    The worker is not told whether one did.
    """
    check_user_may(grants_of(by, at), Permission.SIGNED_IN)
    declared = DeclaredRelative.objects.create(
        user=by, forename=forename.strip(), surname=surname.strip(), relation=relation.strip()[:60], declared_at=at,
        date_of_birth=date_of_birth.isoformat() if date_of_birth else "", number=plain(number),
    )  # fmt: skip
    events.record(EventKind.RELATIVE_DECLARED, at=at, by=by, subject=("declaration", str(declared.pk)))
    _block_all([declared], at=at)
    return declared


def declare_nobody(*, by: User, at: datetime) -> None:
    """Say that nothing is to be added this year: the declaration counts as made today."""
    events.record(EventKind.RELATIVE_DECLARED, at=at, by=by, subject=("declaration", "none"))


@transaction.atomic
def end_declaration(declared: DeclaredRelative, *, by: User, at: datetime) -> None:
    """Take a declaration back. What it closed stays closed until information governance opens it."""
    if declared.user_id != by.pk:
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    DeclaredRelative.objects.filter(pk=declared.pk, ended_at=None).update(ended_at=at)
    events.record(EventKind.RELATIVE_DECLARED, at=at, by=by, subject=("declaration", str(declared.pk)), ended=True)


@transaction.atomic
def block_declared(*, at: datetime, authority: Authority | None = None) -> int:
    """
    Close every record that matches a declaration: after a load, and once a night.

    Cheap: two queries where nothing new matches, however many children there are.
    """
    standing = list(DeclaredRelative.objects.filter(ended_at=None, user__is_active=True).select_related("user"))
    return _block_all(standing, at=at, authority=authority)


@transaction.atomic
def block_by_hand(declared: DeclaredRelative, child: Child, *, by: User, at: datetime) -> bool:
    """Close a record that did not match exactly, because information governance found that it is the one."""
    places = _managed(declared, by=by, at=at)
    if child.authority_id not in places:
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    before = RecordAccess.objects.filter(user=declared.user, child=child, kind=AccessKind.OWN_RECORD)
    if before.filter(state=State.GRANTED).exists():
        return False
    _block(declared, child, BY_HAND, by=by, at=at)
    return True


@transaction.atomic
def check_declaration(declared: DeclaredRelative, *, by: User, at: datetime) -> None:
    """Information governance has looked for the records of a declaration."""
    _managed(declared, by=by, at=at)
    DeclaredRelative.objects.filter(pk=declared.pk).update(checked_by=by.name, checked_at=at)
    events.record(EventKind.RELATIVE_DECLARED, at=at, by=by, subject=("declaration", str(declared.pk)), checked=True)


@transaction.atomic
def free_block(access: RecordAccess, *, reason: str, by: User, at: datetime) -> None:
    """
    Open a record again that was closed as somebody's own, because it is not.

    Raises
    ------
    NotPermitted
        If the person does not look after own records there, or it is theirs.
    """
    held = RecordAccess.objects.select_for_update(of=("self",)).select_related("child__authority").get(pk=access.pk)
    grants = grants_of(by, at)
    check_user_may(grants, Permission.OWN_RECORD_MANAGE)
    if held.child.authority_id not in grants.scope(Permission.OWN_RECORD_MANAGE).authority_ids:
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    if held.user_id == by.pk:
        raise NotPermitted("This record is closed to you, so somebody else must look at it.", code="own_request")
    if held.kind != AccessKind.OWN_RECORD or held.state != State.GRANTED:
        raise policies.Decided("This record has been opened again already.")
    held.state, held.ends_at, held.decided_by, held.decided_at = State.ENDED, at, by.name, at
    held.decision = policies.check_reason(reason)
    held.save(update_fields=["state", "ends_at", "decided_by", "decided_at", "decision"])
    keep(EventKind.OWN_RECORD_FREED, held, at=at, by=by)


def managed_places(user_id: int) -> set[int]:
    """The authorities in which somebody has or had a role: whose information governance sees what they declare."""
    return set(Membership.objects.filter(user_id=user_id).values_list("authority_id", flat=True))


def _managed(declared: DeclaredRelative, *, by: User, at: datetime) -> frozenset[int]:
    grants = grants_of(by, at)
    check_user_may(grants, Permission.OWN_RECORD_MANAGE)
    places = grants.scope(Permission.OWN_RECORD_MANAGE).authority_ids
    if declared.user_id == by.pk or not places & managed_places(declared.user_id):
        raise NotPermitted(NOT_YOURS, code="child_not_yours")
    return places


# --- matching ------------------------------------------------------------------------------------------
def plain(number: str) -> str:
    """A number as the register writes it."""
    return "".join(number.split()).upper()


def _block_all(declared: Iterable[DeclaredRelative], *, at: datetime, authority: Authority | None = None) -> int:
    """Close what matches: by number, or by surname and date of birth. What was opened again by hand stays open."""
    by_birth: dict[date, list[DeclaredRelative]] = {}
    by_number: dict[str, list[DeclaredRelative]] = {}
    for each in declared:
        if each.date_of_birth:
            by_birth.setdefault(date.fromisoformat(each.date_of_birth), []).append(each)
        if each.number:
            by_number.setdefault(each.number, []).append(each)
    here = {"authority": authority} if authority else {}
    pairs: dict[tuple[int, int], DeclaredRelative] = {}
    born = Child.objects.filter(date_of_birth__in=list(by_birth), **here) if by_birth else Child.objects.none()
    for child, surname, birth in born.values_list("pk", "surname", "date_of_birth"):
        for each in by_birth[birth]:
            if surname.strip().casefold() == each.surname.casefold():
                pairs[each.user_id, child] = each
    numbered = Identifier.objects.filter(value__in=list(by_number), **here) if by_number else Identifier.objects.none()
    for child, value in numbered.values_list("child_id", "value"):
        for each in by_number[value]:
            pairs[each.user_id, child] = each
    if not pairs:
        return 0
    known = RecordAccess.objects.filter(kind=AccessKind.OWN_RECORD, child_id__in={child for _, child in pairs})
    closed = set(known.values_list("user_id", "child_id"))
    fresh = {pair: each for pair, each in pairs.items() if pair not in closed}
    children = Child.objects.select_related("authority").in_bulk({child for _, child in fresh})
    for (_, child), each in sorted(fresh.items()):
        _block(each, children[child], DECLARED, by=None, at=at)
    return len(fresh)


def _block(declared: DeclaredRelative, child: Child, how: str, *, by: User | None, at: datetime) -> None:
    access = RecordAccess.objects.create(
        user=declared.user, child=child, kind=AccessKind.OWN_RECORD, state=State.GRANTED, because=how,
        reason="Own record, or a relative's", asked_by=by.name if by else "", asked_at=at, starts_at=at,
        relative=declared,
    )  # fmt: skip
    keep(EventKind.OWN_RECORD_BLOCKED, access, at=at, by=by, code=how)
