"""Installing registers: the packs' definitions become versions; what was edited here stays."""

import functools
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
from keepsight.core.packs.kinds import Register as Rule
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
    texts = _texts(book)
    with transaction.atomic(), audit.at_the_end():
        held = {each.key: each for each in Register.objects.filter(authority=authority).select_related("current")}
        changed = [key for key in texts if _says_something_else(held.get(key), texts[key])]
        _publish(authority, {key: texts[key] for key in changed}, held, book, at, by)
        if changed:
            audit.record(
                EventKind.REGISTERS_INSTALLED, at=at, by=by, authority_code=authority.code,
                subject=("authority", authority.code), source="registers:install", registers=changed,
            )  # fmt: skip
    return changed


@functools.lru_cache(maxsize=8)
def _texts(book: Book) -> dict[str, str]:
    """Key → definition of every register of these packs. The same packs are written out once."""
    return {key: as_text(book.table(f"registers/{key}")) for key in book.names("registers")}


@functools.lru_cache(maxsize=2000)
def _checked(key: str, text: str) -> Rule:
    return read_text(text, where=f"registers/{key}.toml")


def _says_something_else(register: Register | None, text: str) -> bool:
    """Whether the pack's definition is news here. What was edited here stays as it is."""
    if register is None or register.current is None:
        return True
    return bool(register.current.from_pack) and register.current.definition != text


def _publish(
    authority: Authority, texts: dict[str, str], held: dict[str, Register], book: Book, at: datetime, by: User | None
) -> None:
    """A version for each of these definitions, all of them in a few statements."""
    rules = {key: _checked(key, text) for key, text in texts.items()}
    Register.objects.bulk_create(
        Register(authority=authority, key=key, is_on=not rule.event_only)
        for key, rule in rules.items()
        if key not in held
    )
    registers = {each.key: each for each in Register.objects.filter(authority=authority, key__in=rules)}
    before = {key: rule_of(held[key].current) for key in rules if key in held and held[key].current}  # type: ignore[arg-type]
    Version.objects.bulk_create(
        Version(
            register=registers[key], number=held[key].current.number + 1 if key in before else 1, definition=text,  # type: ignore[union-attr]
            from_pack=book.id, pack_hash=book.hash, made_at=at, made_by=by,
        )
        for key, text in texts.items()
    )  # fmt: skip
    newest = Version.objects.filter(register__in=registers.values(), is_draft=False).order_by("register", "number")
    current = {each.register_id: each for each in newest}
    for key, register in registers.items():
        register.current = current[register.pk]
        register.slots = slots_for(rules[key], register.slots)
    Register.objects.bulk_update(registers.values(), ["current", "slots"])
    for key, register in registers.items():
        if is_derived_anew(before.get(key), rules[key]):
            refresh_all(register)
