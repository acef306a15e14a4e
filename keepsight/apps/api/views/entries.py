"""One entry: reading it, adding one, changing, moving, giving it out, and saying something about it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Status

from keepsight.apps.api.answers import about_of, given_to, owner_among, raw_of, team_in
from keepsight.apps.api.places import Caller, caller_of
from keepsight.apps.api.present import entry_out
from keepsight.apps.api.schemas import Assign, Change, Changed, EntryOut, Move, NewComment, NewEntry
from keepsight.apps.api.views.interface import TROUBLES, api
from keepsight.apps.api.views.registers import INSIDE, Place
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.apps.events.scope import active_event
from keepsight.apps.registers import actions
from keepsight.apps.registers.actions import comments
from keepsight.apps.registers.actions.entries import ChangedMeanwhile
from keepsight.apps.registers.definitions import rule_of
from keepsight.apps.registers.keeping import WrongEntry
from keepsight.apps.registers.models import Entry
from keepsight.apps.registers.permissions import may
from keepsight.apps.registers.present_entry import Opened, open_entry
from keepsight.apps.registers.readers import readers_of

GIVEN = {200: EntryOut, **TROUBLES}
WRITTEN = {**GIVEN, 409: Changed}


@api.get("/entries/{uuid:ref}", response=GIVEN, url_name="entry", tags=["Entries"])
def entry(request: HttpRequest, ref: UUID, exercise: UUID | None = INSIDE) -> Any:
    """Give one entry with its history."""
    caller = _caller(request, exercise)
    return entry_out(caller, _opened(caller, caller.entry(ref), "entry"))


@api.post(
    "/registers/{code}/{key}/entries", response={201: EntryOut, 409: Changed, **TROUBLES}, url_name="entry_add",
    tags=["Entries"],
)  # fmt: skip
def add(request: HttpRequest, place: Path[Place], sent: NewEntry, exercise: UUID | None = INSIDE) -> Any:
    """Add an entry. Inside an exercise it belongs to that and to nothing else."""
    caller = _caller(request, exercise)
    register = caller.register(place.code, place.key, "add")
    rule = rule_of(register.current)  # type: ignore[arg-type]
    if (sent.owner or sent.team) and not may(caller.grants, register, "assign"):
        raise WrongEntry({"owner": "Your role does not give entries of this register out: leave owner and team out."})
    event = active_event(register.authority, exercise=caller.exercise)
    made = actions.add(
        register, raw_of(caller, register, rule, sent.values), by=caller.user, at=caller.at,
        about=about_of(caller, register, rule, sent.about), event=event,
        source="api:add", **given_to(caller, register, sent.owner, sent.team),
    )  # fmt: skip
    return Status(201, _answer(caller, made))


@api.patch("/entries/{uuid:ref}", response=WRITTEN, url_name="entry_change", tags=["Entries"])
def change(request: HttpRequest, ref: UUID, sent: Change, exercise: UUID | None = INSIDE) -> Any:
    """Change fields. Where somebody else changed the entry since, 409 gives it as it stands now."""
    caller = _caller(request, exercise)
    held = caller.entry(ref, "change")
    found = _opened(caller, held, "change")
    raw = raw_of(caller, held.register, found.rule, sent.values, opened=found)
    return _written(
        caller, ref, lambda: actions.change(
            held, raw, by=caller.user, at=caller.at, revision=sent.revision, source="api:change"
        ),
    )  # fmt: skip


@api.post("/entries/{uuid:ref}/move", response=WRITTEN, url_name="entry_move", tags=["Entries"])
def move(request: HttpRequest, ref: UUID, sent: Move, exercise: UUID | None = INSIDE) -> Any:
    """Move an entry into another state. What it needs there may be sent along: both are done, or neither."""
    caller = _caller(request, exercise)
    held = caller.entry(ref, "move")
    found = _opened(caller, held, "move")
    if sent.values:
        caller.entry(ref, "change")
    raw = raw_of(caller, held.register, found.rule, sent.values, opened=found)

    def both() -> None:
        with transaction.atomic():
            revision = sent.revision
            if raw:
                revision = actions.change(
                    held, raw, by=caller.user, at=caller.at, revision=revision, source="api:move"
                ).revision
            actions.move(
                held, sent.to, by=caller.user, at=caller.at, revision=revision, why=sent.why, source="api:move"
            )

    return _written(caller, ref, both)


@api.post("/entries/{uuid:ref}/assign", response=WRITTEN, url_name="entry_assign", tags=["Entries"])
def assign(request: HttpRequest, ref: UUID, sent: Assign, exercise: UUID | None = INSIDE) -> Any:
    """Give an entry to somebody who may read it, or to nobody."""
    caller = _caller(request, exercise)
    held = caller.entry(ref, "assign")
    rule = rule_of(held.register.current)  # type: ignore[arg-type]
    owner = owner_among(readers_of(held, rule, caller.at, everyone=True), sent.owner)
    team = team_in(caller, held, sent.team)
    return _written(
        caller, ref, lambda: actions.assign(
            held, owner, by=caller.user, at=caller.at, team=team, revision=sent.revision, source="api:assign"
        ),
    )  # fmt: skip


@api.post(
    "/entries/{uuid:ref}/comments", response={201: EntryOut, 409: Changed, **TROUBLES}, url_name="entry_comment",
    tags=["Entries"],
)  # fmt: skip
def comment(request: HttpRequest, ref: UUID, sent: NewComment, exercise: UUID | None = INSIDE) -> Any:
    """Say something about an entry: whoever reads it may."""
    caller = _caller(request, exercise)
    held = caller.entry(ref)
    comments.comment(held, sent.text, by=caller.user, at=caller.at, source="api:comment")
    return Status(201, _answer(caller, held))


# --- what these calls have in common --------------------------------------------------------------------
def _caller(request: HttpRequest, exercise: UUID | None) -> Caller:
    return caller_of(request.user, request.grants, timezone.now(), exercise)  # type: ignore[attr-defined]


def _opened(caller: Caller, held: Entry, name: str) -> Opened:
    """Read an entry; the event names the children whom it shows."""
    found = open_entry(held, caller.grants, caller.on)
    audit.record(
        EventKind.ENTRY_VIEWED, at=caller.at, by=caller.user, authority_code=held.register.authority.code,
        subject=("entry", str(held.pk)), source=f"api:{name}", shown=found.shown, register=held.register.key,
    )  # fmt: skip
    return found


def _written(caller: Caller, ref: UUID, write: Callable[[], Any]) -> Any:
    try:
        write()
    except ChangedMeanwhile as quicker:
        said = {"sentence": quicker.sentence, "code": quicker.code, "entry": _answer(caller, caller.entry(ref))}
        return Status(409, said)
    return _answer(caller, caller.entry(ref))


def _answer(caller: Caller, held: Entry) -> dict[str, Any]:
    """The entry as it stands now. Who gave it away may no longer reach it, and is told what they did."""
    return entry_out(caller, _opened(caller, caller.entry(held.ref), "entry"))
