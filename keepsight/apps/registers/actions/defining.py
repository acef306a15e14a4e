"""
Editing a register: a draft is made of what stands, changed, looked at, and then published or thrown away.

There is one draft a register. It keeps the number of the version that it was made of: where another was
published since, it is refused. Every change of the draft says which draft was seen, so that nobody's work
goes under. Whoever lets more people read needs a second person to publish it.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from keepsight.apps.accounts.models import Authority, User
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.people.permissions import grants_of
from keepsight.apps.registers.actions.refreshing import refresh_all
from keepsight.apps.registers.definitions import outside, read_keys, read_text, rule_of
from keepsight.apps.registers.models import Entry, Register, Version
from keepsight.apps.registers.permissions import NOT_YOURS, may_define, may_define_in
from keepsight.core.errors import NotAllowedNow, NotPermitted
from keepsight.core.packs import PackError
from keepsight.core.packs.kinds import Register as Rule
from keepsight.core.packs.kinds.registers import BUILT_IN
from keepsight.core.registers import slots_for
from keepsight.core.registers.checking import Known, troubles_of
from keepsight.core.registers.differences import changes, is_derived_anew, widening
from keepsight.core.registers.slots import NoSlotLeft

SAME_VALUES = {
    ("text", "long_text"),
    ("date", "instant"),
    ("number", "money"),
    ("choice", "several"),
    ("text", "evidence"),
}


class DraftChanged(NotAllowedNow):
    """Somebody else changed, published or threw away the draft since it was opened."""

    code = "draft_changed"


def digest(text: str) -> str:
    """What a page carries to say which draft it showed."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def draft_of(register: Register) -> Version | None:
    """The draft of a register, where there is one."""
    return Version.objects.filter(register=register, is_draft=True).select_related("made_by").order_by("-pk").first()


def keys_of(authority: Authority) -> list[str]:
    """Ids of the registers of an authority."""
    return list(Register.objects.filter(authority=authority).order_by("key").values_list("key", flat=True))


def id_from(words: str, taken: Collection[str] = ()) -> str:
    """An id made of a name: small letters, figures and _; another one where it is taken."""
    plain = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:34] or "one"
    plain = plain if plain[0].isalpha() else f"a_{plain}"
    made, number = plain, 2
    while made in {*taken, *BUILT_IN}:
        made, number = f"{plain}_{number}", number + 1
    return made


def known_to(authority: Authority, key: str) -> Known:
    """What a definition here may name: roles, the schedule, the registers of this authority."""
    others = Register.objects.filter(authority=authority, current__isnull=False).select_related("current")
    prefixes = {each.key: rule_of(each.current).prefix for each in others if each.current}
    return Known(outside().roles, outside().retention, {key: "", **prefixes}, key)


# --- drafts ---------------------------------------------------------------------------------------------
def start(register: Register, *, by: User, at: datetime) -> Version:
    """Make a draft of the current version; where there is one, that."""
    _check(register, by, at)
    with transaction.atomic():
        held = _locked(register)
        if (there := draft_of(held)) is not None:
            return there
        assert held.current is not None, "A register without a version has a draft."
        draft = _new_draft(held, held.current.definition, held.current.number, by, at)
        _event(held, by, at, what="draft_started", version=held.current.number)
    return draft


def begin(authority: Authority, key: str, text: str, *, by: User, at: datetime) -> Version:
    """
    Begin a new register as a draft.

    Raises
    ------
    NotPermitted, NotAllowedNow, PackError
        If the person may not; if there is one of that id; if a key of the definition is wrong.
    """
    if not may_define_in(grants_of(by, at), authority.pk):
        raise NotPermitted(NOT_YOURS)
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,59}", key):
        raise NotAllowedNow("The id must begin with a small letter and have only small letters, figures and _.")
    read_keys(text, where=key)
    try:
        with transaction.atomic():
            register = Register.objects.create(authority=authority, key=key, is_on=False)
            draft = _new_draft(register, text, 0, by, at)
            _event(register, by, at, what="begun")
    except IntegrityError:
        raise NotAllowedNow(f"There is a register with the id {key} already. Choose another name.") from None
    return draft


def begin_all(authority: Authority, texts: Mapping[str, str], *, by: User, at: datetime) -> list[Version]:
    """
    Begin every register of a file as a draft, or none. One that is there gets a draft, where it has none.

    Parameters
    ----------
    texts : mapping of str to str
        Id → definition; an empty id is made of the entry's name.
    """
    made = []
    with transaction.atomic(), audit.at_the_end():
        for given, text in texts.items():
            key = given or id_from(read_keys(text, where="The file").name)
            there = Register.objects.filter(authority=authority, key=key).first()
            if there is None:
                made.append(begin(authority, key, text, by=by, at=at))
                continue
            if draft_of(there) is not None:
                raise NotAllowedNow(
                    f"There is a draft of {key} already. Publish it or throw it away, then send the file."
                )
            draft = start(there, by=by, at=at)
            made.append(save(there, text, seen=digest(draft.definition), by=by, at=at))
    return made


def save(register: Register, text: str, *, seen: str, by: User, at: datetime) -> Version:
    """
    Put other words into the draft. It need not work yet, but each key must be right.

    Raises
    ------
    PackError
        If it cannot be read.
    DraftChanged
        If the draft is not the one that was seen.
    """
    _check(register, by, at)
    read_keys(text, where=register.key)
    with transaction.atomic():
        held = _locked(register)
        draft = _as_seen(held, seen)
        if draft.definition == text:
            return draft
        draft.definition, draft.made_by, draft.made_at = text, by, at
        draft.from_pack = draft.pack_hash = ""
        draft.save(update_fields=["definition", "made_by", "made_at", "from_pack", "pack_hash"])
        _event(held, by, at, what="draft_saved")
    return draft


def throw_away(register: Register, *, seen: str, by: User, at: datetime) -> None:
    """Throw the draft away; a register that was never published goes with it."""
    _check(register, by, at)
    with transaction.atomic():
        held = _locked(register)
        _as_seen(held, seen).delete()
        _event(held, by, at, what="draft_thrown_away")
        if held.current is None:
            held.delete()


def touched(register: Register, new: Rule) -> list[str]:
    """How many entries a new definition concerns, in sentences."""
    old = rule_of(register.current) if register.current else None
    if old is None:
        return []
    entries = Entry.objects.filter(register=register)
    total = entries.count()
    said = [f"{total:,} {'entry is' if total == 1 else 'entries are'} kept in this register."]
    before = {each.id: each for each in old.fields}
    for field in new.fields:
        was = before.get(field.id)
        if was is None or was == field:
            continue
        if field.retired and not was.retired:
            said.append(f"{_count(entries.filter(values__has_key=field.id).count(), 'keeps', 'keep')} “{field.label}”.")
        for lost in [each for each in was.choices if each.id not in {one.id for one in field.choices}]:
            held = entries.filter(**{f"values__{field.id}": lost.id}).count()
            if held:
                said.append(
                    f"{_count(held, 'keeps', 'keep')} “{lost.name}” under “{field.label}” until somebody changes it."
                )
    if old.clocks != new.clocks:
        running = {state for clock in (*old.clocks, *new.clocks) for state in clock.while_}
        held = entries.filter(is_open=True, state__in=running).count()
        said.append(f"{_count(held, 'gets its', 'get their')} next due day worked out anew.")
    elif total and is_derived_anew(old, new):
        said.append(f"{_count(total, 'is', 'are')} gone through, so that filters, search and figures hold for it too.")
    return said


# --- publishing -----------------------------------------------------------------------------------------
def troubles(register: Register, text: str) -> list[str]:
    """Everything that stands against publishing this text: of itself, and for entries that exist."""
    new = read_keys(text, where=register.key)
    found = list(troubles_of(new, known_to(register.authority, register.key)))
    return found or hindrances(register, new)


def hindrances(register: Register, new: Rule) -> list[str]:
    """What entries that exist stand against."""
    old = rule_of(register.current) if register.current else None
    if old is None:
        return []
    entries = Entry.objects.filter(register=register)
    found = []
    for state in old.states:
        if state.id not in {each.id for each in new.states} and (held := entries.filter(state=state.id).count()):
            found.append(f"{_count(held)} in the state “{state.name}”. Move them first, or keep the state.")
    after = {each.id: each for each in new.fields}
    for field in old.fields:
        now = after.get(field.id)
        other = now is not None and now.kind != field.kind and "computed" not in (now.kind, field.kind)
        if (now is None or (other and (field.kind, now.kind) not in SAME_VALUES)) and (
            held := entries.filter(values__has_key=field.id).count()
        ):
            way = "Retire the field" if now is None else "Retire the field and add another"
            found.append(
                f"{_count(held, 'holds', 'hold')} something under “{field.label}”. {way}, so that nothing is lost."
            )
    if old.subject != new.subject and entries.exists():
        found.append(f"The entries there are about {old.subject}. A register about {new.subject} must be a new one.")
    try:
        slots_for(new, register.slots)
    except NoSlotLeft as full:
        found.append(full.sentence)
    return found


def _count(number: int, one: str = "stands", many: str = "stand") -> str:
    return f"1 entry {one}" if number == 1 else f"{number:,} entries {many}"


def publish(register: Register, *, note: str, seen: str, by: User, at: datetime) -> Version:
    """
    Make the draft the definition in force. A second publisher at the same time is refused.

    Raises
    ------
    PackError, NotAllowedNow
        If something stands against it; if more people would read and nobody else looked at it.
    DraftChanged
        If the draft, or what it was made of, is no longer what was seen.
    """
    _check(register, by, at)
    if not note.strip():
        raise NotAllowedNow("Say why, in a few words: whoever uses the register reads it.", code="note_missing")
    with transaction.atomic():
        held = _locked(register)
        draft = _as_seen(held, seen)
        if (held.current.number if held.current else 0) != draft.number:
            raise DraftChanged(
                "Somebody published another version after this draft was begun. Throw the draft away and begin again "
                "from what stands now; you can copy its text first."
            )
        if against := troubles(held, draft.definition):
            raise PackError(against[0])
        new = read_text(draft.definition, where=held.key, known=known_to(held.authority, held.key))
        old = rule_of(held.current) if held.current else None
        if (wider := widening(old, new)) and draft.made_by_id == by.pk:
            raise NotAllowedNow(
                f"More people would read ({'; '.join(wider)}). Somebody else who may edit this "
                f"register publishes that.",
                code="second_person",
            )
        said = changes(old, new)
        version = _to_current(held, draft, new, note=note, by=by, at=at)
        if is_derived_anew(old, new):
            refresh_all(held)
        _event(held, by, at, what="published", version=version.number, changes=len(said), widened=bool(wider))
    return version


def _to_current(register: Register, draft: Version, new: Rule, *, note: str, by: User, at: datetime) -> Version:
    first = register.current is None
    draft.is_draft, draft.number, draft.note = False, draft.number + 1, note.strip()[:300]
    draft.made_at, draft.made_by, draft.from_pack, draft.pack_hash = at, by, "", ""
    draft.save()
    register.current, register.slots = draft, slots_for(new, register.slots)
    if first:
        register.is_on = not new.event_only
    register.save(update_fields=["current", "slots", "is_on"])
    return draft


def switch(register: Register, *, on: bool, by: User, at: datetime) -> None:
    """Switch a register on or off. Off, it is in no menu and nothing is added; its entries stay."""
    _check(register, by, at)
    with transaction.atomic():
        held = _locked(register)
        if held.current is None:
            raise NotAllowedNow("Publish the register first.")
        if held.is_on != on:
            held.is_on = on
            held.save(update_fields=["is_on"])
            _event(held, by, at, what="switched_on" if on else "switched_off")


# --- what all have in common ----------------------------------------------------------------------------
def _check(register: Register, by: User, at: datetime) -> None:
    if not may_define(grants_of(by, at), register):
        raise NotPermitted(NOT_YOURS)


def _locked(register: Register) -> Register:
    held = Register.objects.select_for_update(of=("self",)).select_related("current", "authority")
    found = held.filter(pk=register.pk).first()
    if found is None:
        raise DraftChanged("Somebody threw this register away before it was published.")
    return found


def _as_seen(register: Register, seen: str) -> Version:
    draft = draft_of(register)
    if draft is None:
        last = register.current
        who = last.made_by.name if last and last.made_by else "Somebody"
        raise DraftChanged(
            f"{who} published or threw away this draft meanwhile. Look at what stands now, then begin again."
        )
    if digest(draft.definition) != seen:
        who = draft.made_by.name if draft.made_by else "Somebody"
        raise DraftChanged(f"{who} changed this draft after you opened it. Look at it, then make your change again.")
    return draft


def _new_draft(register: Register, text: str, number: int, by: User, at: datetime) -> Version:
    return Version.objects.create(
        register=register, number=number, definition=text, is_draft=True, made_at=at, made_by=by
    )


def _event(register: Register, by: User, at: datetime, **detail: Any) -> None:
    audit.record(
        EventKind.REGISTER_EDITED, at=at, by=by, authority_code=register.authority.code,
        subject=("register", str(register.pk)), source="registers:define", register=register.key, **detail,
    )  # fmt: skip
