"""Who may read an entry, and so may be told of it or given it; and what else its pages ask of the tables."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Grants
from keepsight.apps.events.models import Event
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers.models import Bulk, Entry, Register, Version
from keepsight.apps.registers.permissions import entries_visible_to
from keepsight.apps.registers.references import staff_of
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import OWNER

ASKED_ONE_BY_ONE = 40  # so many people are asked about one by one where a role alone does not decide


def readers_of(entry: Entry, rule: Rule, at: datetime, *, everyone: bool = False) -> list[User]:
    """
    The people who may read an entry, by name.

    With ``everyone`` also those who could read it once it is theirs, where the register lets owners read.
    Where the role decides, one query; where the child or the team does, the first people by name are
    asked about one by one, and whoever is not among them can still be named with an @.
    """
    on, authority = timezone.localtime(at).date(), entry.register.authority
    plain = rule.access.reach == "authority" and rule.subject not in ("child", "family")
    roles = None if everyone and OWNER in rule.access.read else rule.access.read
    people = list(staff_of(authority, on, roles))
    if plain or everyone:
        theirs = [each for each in (entry.owner, entry.added_by) if each and OWNER in rule.access.read]
        more = [each for each in theirs if each.is_active and each.pk not in {one.pk for one in people}]
        return sorted(people + more, key=lambda each: each.name)
    return [each for each in people[:ASKED_ONE_BY_ONE] if may_read(each, entry, at)]


def may_read(user: User, entry: Entry, at: datetime) -> bool:
    """Whether one person may read one entry now."""
    seen = entries_visible_to(grants_of(user, at), entry.register, exercise=entry.exercise)
    return seen.filter(pk=entry.pk).exists()


def version_of(register: Register, pk: int) -> Version | None:
    """A published version of this register and no other."""
    return Version.objects.filter(register=register, pk=pk, is_draft=False).first()


def cells_of(event: Event | None) -> list[tuple[str, str]]:
    """The cells of an event, by id and name; none where no event runs."""
    if event is None:
        return []
    return [(str(cell["id"]), str(cell["name"])) for cell in book(event=event.pack).table("event").get("cells", ())]


def readers_in(register: Register, rule: Rule, at: datetime) -> list[User]:
    """The people who may read a register's entries by their role, or once an entry is theirs."""
    roles = None if OWNER in rule.access.read else rule.access.read
    return list(staff_of(register.authority, timezone.localtime(at).date(), roles))


def readable(grants: Grants, register: Register, typed: Iterable[str], *, exercise: Event | None) -> list[str]:
    """Of the references that a form brought, those of entries that this person may read."""
    refs = {found for each in typed if (found := _as_ref(each))}
    seen = entries_visible_to(grants, register, exercise=exercise).filter(ref__in=refs)
    return [str(ref) for ref in seen.order_by("number").values_list("ref", flat=True)]


def _as_ref(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def bulk_of(user: User, ref: UUID, grants: Grants, *, exercise: Event | None) -> Bulk | None:
    """A change of many entries that this person prepared, live or inside this exercise."""
    held = Bulk.objects.select_related("register__current", "register__authority", "exercise")
    bulk = held.filter(ref=ref, by=user, exercise=exercise.pk if exercise else None).first()
    here = {authority for _, authority, _ in grants.memberships + grants.lent}
    return bulk if bulk and bulk.register.authority_id in here else None
