"""Installing registers: the packs' definitions become versions; what was edited here stays."""

from datetime import datetime

from django.db import transaction

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.registers.actions.refreshing import refresh_all
from keepsight.apps.registers.definitions import as_text, read_text, rule_of
from keepsight.apps.registers.models import Register, Version
from keepsight.core.packs import Book
from keepsight.core.registers import slots_for
from keepsight.core.registers.differences import is_derived_anew


def install(authority: Authority, *, at: datetime, by: User | None = None, book: Book | None = None) -> list[str]:
    """
    Bring the registers of the packs in force into an authority.

    A register whose newest version was edited here keeps it; one from a pack gets a new version when
    the pack says something else. Asked again it changes nothing.

    Returns
    -------
    list of str
        Keys of the registers that got a version.
    """
    book = book or in_force(authority).book
    changed = []
    with transaction.atomic(), audit.at_the_end():
        held = {each.key: each for each in Register.objects.filter(authority=authority).select_related("current")}
        for key in book.names("registers"):
            text = as_text(book.table(f"registers/{key}"))
            register = held.get(key)
            if (
                register
                and register.current
                and (not register.current.from_pack or register.current.definition == text)
            ):
                continue
            _publish(authority, key, register, text, book, at, by)
            changed.append(key)
        if changed:
            audit.record(
                EventKind.REGISTERS_INSTALLED, at=at, by=by, authority_code=authority.code,
                subject=("authority", authority.code), source="registers:install", registers=changed,
            )  # fmt: skip
    return changed


def _publish(
    authority: Authority, key: str, register: Register | None, text: str, book: Book, at: datetime, by: User | None
) -> None:
    rule = read_text(text, where=f"registers/{key}.toml")
    if register is None:
        register = Register.objects.create(authority=authority, key=key, is_on=not rule.event_only)
    last = register.current.number if register.current else 0
    before = rule_of(register.current) if register.current else None
    register.current = Version.objects.create(
        register=register,
        number=last + 1,
        definition=text,
        from_pack=book.id,
        pack_hash=book.hash,
        made_at=at,
        made_by=by,
    )
    register.slots = slots_for(rule, register.slots)
    register.save(update_fields=["current", "slots"])
    if is_derived_anew(before, rule):
        refresh_all(register)
