"""
Putting a picture together: what each block of a report shows, counted from the very sets that the lists show.

Counted are the entries that the person who puts it together may read; no block names a child.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.briefing.actions import MORNING, document_of
from keepsight.apps.briefing.models import Report, Snapshot
from keepsight.apps.command.models import CommandReport, ReturnRound, ReturnSlip, Tick
from keepsight.apps.command.permissions import authorities_reached
from keepsight.apps.command.rules import phase_name, rule_of
from keepsight.apps.events.models import Event
from keepsight.apps.registers import listing
from keepsight.apps.registers.definitions import rule_of as definition_of
from keepsight.apps.registers.listing import Asked, asked_by, narrow, sight_of, wanted
from keepsight.apps.registers.models import Entry, Register
from keepsight.apps.registers.permissions import entries_visible_to, may
from keepsight.core.command.picture import Block, Sources
from keepsight.core.command.rhythm import applies
from keepsight.core.packs.kinds.events import BlockRule, ReportRule
from keepsight.core.packs.kinds.registers import TileRule
from keepsight.ui.templatetags.govuk import moment, short_day

MOST_ROWS = 20  # of one block; the figure above them counts all
ABOUT_PEOPLE = ("child", "family", "worker")  # subjects whose entries are counted and never listed
QUEUE_WORDS = {
    "open": "Children with something open", "nobody": "Children whom nobody has seen in time",
    "to-see": "Children to see today", "overdue": "Children whose contact is overdue", "red": "Children rated Red",
    "red-not-seen": "Children rated Red and not seen face to face in the interval",
    "unrated": "Children without a rating", "review-expired": "Children whose rating is past its review",
}  # fmt: skip


@dataclass
class Making:
    """What every block of one picture shares."""

    event: Event
    grants: Grants
    at: datetime
    last: CommandReport | None  # the last one that was signed
    sources: Sources = field(default_factory=Sources)

    @property
    def on(self) -> date:
        return timezone.localtime(self.at).date()

    @property
    def exercise(self) -> Event | None:
        return self.event if self.event.is_exercise else None

    def register(self, key: str) -> Register | None:
        """The register, where it is there and the person may read it."""
        found = Register.objects.filter(authority=self.event.authority, key=key, current__isnull=False)
        register = found.select_related("current", "authority").first()
        return register if register and may(self.grants, register, "read") else None

    def entries(self, register: Register) -> Any:
        return entries_visible_to(self.grants, register, exercise=self.exercise)


def body(
    event: Event, report: ReportRule, *, grants: Grants, at: datetime, last: CommandReport | None
) -> dict[str, Any]:
    """The body of a picture as it stands at a moment."""
    making = Making(event, grants, at, last)
    blocks = [_BLOCKS[rule.kind](making, rule).as_json() for rule in report.blocks]
    return {
        "title": report.title, "event": event.title, "authority": event.authority.name,
        "phase": phase_name(event), "exercise": event.is_exercise, "at": at.isoformat(),
        "blocks": blocks, "sources": making.sources.listed,
    }  # fmt: skip


def _begin(rule: BlockRule) -> Block:
    return Block(rule.id, rule.title, rule.kind, rule.words)


def _text(making: Making, rule: BlockRule) -> Block:
    return _begin(rule)


# --- returns -------------------------------------------------------------------------------------------
def _round(making: Making, source: str) -> ReturnRound | None:
    """The newest round of a return, named by its own id or by its register."""
    rules = rule_of(making.event).returns
    keys = [each.id for each in rules if source in (each.id, each.register)]
    rounds = ReturnRound.objects.filter(event=making.event, key__in=keys, opened_at__lte=making.at)
    return rounds.order_by("-due_at", "-pk").first()


def _returns(making: Making, rule: BlockRule) -> Block:
    """The latest return of each body that owes one, however old; none is counted that is not there."""
    block, round_ = _begin(rule), _round(making, rule.source)
    if round_ is None:
        block.sentences.append("No return has been asked for yet.")
        return block
    asked = next(each for each in rule_of(making.event).returns if each.id == round_.key)
    register = making.register(asked.register)
    if register is None:
        block.sentences.append("Whoever put this together may not read these returns.")
        return block
    slips = list(round_.slips.order_by("owed_by"))
    in_time = sum(1 for slip in slips if slip.entry_id is not None)
    opens = making.sources.number(f"Round of {round_.title}, due {moment(round_.due_at)}", round=round_.pk)
    block.figure("Returns received in this round", f"{in_time} of {len(slips)}", opens)
    block.headings = ["From", "Overall", "In one sentence", "Given"]
    for owed_by, entry in _latest(making, round_, register).items():
        prefix = definition_of(entry.version).prefix
        number = making.sources.number(f"{prefix}-{entry.number}, {moment(entry.added_at)}", entry=str(entry.ref))
        old = "" if entry.pk in {slip.entry_id for slip in slips} else " (an earlier round)"
        block.row(
            [
                owed_by,
                (entry.rag or "Not said").capitalize(),
                entry.title,
                short_day(timezone.localtime(entry.added_at)) + old,
            ],
            number,
        )
    return block


def _latest(making: Making, round_: ReturnRound, register: Register) -> dict[str, Entry]:
    """Body → its newest return up to this round, of bodies that owe one in it."""
    rules = {each.id for each in rule_of(making.event).returns if each.register == register.key}
    owing = set(round_.slips.values_list("owed_by", flat=True))
    given = (
        making.entries(register).filter(pk__in=_slips(making, rules, owing).values("entry")).select_related("version")
    )
    by_pk = {entry.pk: entry for entry in given}
    newest: dict[str, Entry] = {}
    for owed_by, pk in _slips(making, rules, owing).order_by("round__due_at").values_list("owed_by", "entry"):
        if pk in by_pk:
            newest[owed_by] = by_pk[pk]
    return dict(sorted(newest.items()))


def _slips(making: Making, keys: set[str], owing: set[str]) -> Any:

    return ReturnSlip.objects.filter(
        round__event=making.event, round__key__in=keys, owed_by__in=owing, entry__isnull=False, came_at__lte=making.at
    )


def _missing(making: Making, rule: BlockRule) -> Block:
    """Who has not given the return of the newest round."""
    block, round_ = _begin(rule), _round(making, rule.source)
    if round_ is None:
        block.sentences.append("No return has been asked for yet.")
        return block
    missing = list(round_.slips.filter(entry=None).select_related("responsible").order_by("owed_by"))
    source = making.sources.number(f"Round of {round_.title}, due {moment(round_.due_at)}", round=round_.pk)
    block.figure("Returns not received", len(missing), source)
    block.headings = ["Body", "Due", "Asked for again"]
    for slip in missing:
        times = f"{slip.chased} time{'' if slip.chased == 1 else 's'}" if slip.chased else "Not yet"
        block.row([slip.owed_by, moment(round_.due_at), times], source)
    return block


# --- registers -----------------------------------------------------------------------------------------
def _register(making: Making, rule: BlockRule) -> Block:
    """Entries of a register: its tiles as figures, and the entries themselves where they name nobody."""
    block, register = _begin(rule), making.register(rule.source)
    if register is None:
        block.sentences.append("This register is not in use here, or whoever put this together may not read it.")
        return block
    sight = sight_of(making.grants, register)
    tiles = [each for each in sight.rule.tiles if not rule.tile or each.id == rule.tile]
    counted: Asked | None = None if rule.tile else Asked()
    if counted is not None:
        _count(making, block, register, f"{sight.rule.plural}: open", counted)
    for tile in tiles:
        found = asked_by(tile, sight)
        if found is not None:
            _count(making, block, register, _tile_words(sight.rule.plural, tile), found)
            counted = counted or found
    if counted is not None:
        _entries(making, block, register, counted)
    return block


def _tile_words(plural: str, tile: TileRule) -> str:
    return f"{plural}: {tile.title[:1].lower()}{tile.title[1:]}"


def _narrowed(making: Making, register: Register, asked: Asked) -> Any:
    sight = sight_of(making.grants, register)
    asks, today = wanted(asked, sight, making.grants.user_id), listing.today(sight.rule, making.on, making.at)
    return narrow(making.entries(register), asks, today)


def _count(making: Making, block: Block, register: Register, label: str, asked: Asked) -> None:
    source = making.sources.number(
        f"Register of {definition_of(register.current).plural.lower()}, {label.partition(': ')[2]}",  # type: ignore[arg-type]
        register=register.key, query=asked.query(),
    )  # fmt: skip
    block.figure(label, _narrowed(making, register, asked).count(), source)


def _entries(making: Making, block: Block, register: Register, asked: Asked) -> None:
    definition = definition_of(register.current)  # type: ignore[arg-type]
    title = next((each for each in definition.fields if each.id == definition.title), None)
    if definition.subject in ABOUT_PEOPLE or definition.access.confidential or title is None or title.names_people:
        block.sentences.append("Counted only: its entries are about people.")
        return
    found = _narrowed(making, register, asked).select_related("owner").order_by("due_on", "number")
    states = {each.id: each.name for each in definition.states}
    block.headings = ["Number", definition.name, "RAG", "State", "Owner", "Due"]
    rows = list(found[: MOST_ROWS + 1])
    for entry in rows[:MOST_ROWS]:
        number = making.sources.number(f"{definition.prefix}-{entry.number}", entry=str(entry.ref))
        owner = entry.owner.name if entry.owner else "Nobody"
        state = states.get(entry.state, entry.state)
        cells = [f"{definition.prefix}-{entry.number}", entry.title, entry.rag.capitalize(), state, owner]
        block.row([*cells, short_day(entry.due_on)], number)
    if len(rows) > MOST_ROWS:
        block.sentences.append(f"The first {MOST_ROWS} by the day on which they are due; the list has all.")


def _decisions(making: Making, rule: BlockRule) -> Block:
    """Decisions added since the last picture that was signed."""
    block, register = _begin(rule), making.register(rule.source or "decision")
    if register is None:
        block.sentences.append("The register of decisions is not in use here.")
        return block
    definition = definition_of(register.current)  # type: ignore[arg-type]
    since = datetime.fromisoformat(making.last.body["at"]) if making.last else making.event.activated_at
    found = making.entries(register).filter(event=making.event, added_at__gt=since, added_at__lte=making.at)
    states = {each.id: each.name for each in definition.states}
    rows = list(found.select_related("owner").order_by("number"))
    source = making.sources.number(
        f"Register of {definition.plural.lower()}: those listed here, added since {moment(since)}", block=rule.id
    )
    block.figure("Decisions since the last picture", len(rows), source)
    block.headings = ["Number", definition.name, "State", "Owner"]
    for entry in rows:
        number = making.sources.number(f"{definition.prefix}-{entry.number}", entry=str(entry.ref))
        owner = entry.owner.name if entry.owner else "Nobody"
        block.row(
            [f"{definition.prefix}-{entry.number}", entry.title, states.get(entry.state, entry.state), owner], number
        )
    return block


# --- figures and checklists ----------------------------------------------------------------------------
def _figures(making: Making, rule: BlockRule) -> Block:
    """Figures about children of the newest morning report, or of the newest snapshot. Never in an exercise."""
    block, authority = _begin(rule), making.event.authority
    if making.event.is_exercise:
        block.sentences.append("Live figures are left out of an exercise.")
        return block
    if authority.pk not in authorities_reached(making.grants, Permission.PICTURE_VIEW):
        block.sentences.append("Whoever put this together may not read these figures.")
        return block
    snapshot = (
        Snapshot.objects.filter(authority_code=authority.code, taken_at__lte=making.at)
        .order_by("-taken_at", "-pk")
        .first()
    )
    reports = Report.objects.filter(name=MORNING, authority_codes=authority.code, made_at__lte=making.at)
    report = reports.order_by("-made_at", "-pk").first()
    if report is not None and (snapshot is None or report.made_at >= snapshot.taken_at):
        _of_report(making, block, report)
    elif snapshot is not None:
        source = making.sources.number(
            _snapshot_words(snapshot.pk, moment(snapshot.taken_at), snapshot.digest), snapshot=snapshot.pk
        )
        for queue, count in snapshot.counts.get("queues", {}).items():
            if queue in QUEUE_WORDS:
                block.figure(QUEUE_WORDS[queue], f"{count:,}", source)
    else:
        block.sentences.append("No snapshot has been taken yet.")
    return block


def _of_report(making: Making, block: Block, report: Report) -> None:
    document = document_of(report)
    origins = "; ".join(_snapshot_words(o.snapshot, o.taken_at, o.digest) for o in document.origins)
    source = making.sources.number(f"Morning report of {document.on}. {origins}", report=report.pk)
    met: set[str] = set()
    for section in document.sections:
        for tile in section.tiles:
            if tile.label not in met:
                met.add(tile.label)
                block.figure(tile.label, tile.shown, source)


def _snapshot_words(number: int, taken_at: str, fingerprint: str) -> str:
    return f"Snapshot {number}, taken {taken_at}, fingerprint {fingerprint[:16]}"


def _checklist(making: Making, rule: BlockRule) -> Block:
    """The checklists of the phase: what is ticked, and what is not yet."""
    block, event = _begin(rule), making.event
    ticks = {
        (t.checklist, t.item): t
        for t in Tick.objects.filter(event=event, done_at__lte=making.at).select_related("done_by")
    }
    block.headings = ["Item", "Done"]
    for checklist in rule_of(event).checklists:
        if checklist.phase == "closing" or not applies((checklist.phase,), event.phase):
            continue
        if rule.source and checklist.id != rule.source:
            continue
        source = making.sources.number(f"Checklist: {checklist.title}", checklist=checklist.id)
        done = sum(1 for item in range(len(checklist.items)) if (checklist.id, item) in ticks)
        block.figure(checklist.title, f"{done} of {len(checklist.items)}", source)
        for item, words in enumerate(checklist.items):
            tick = ticks.get((checklist.id, item))
            block.row([words, short_day(timezone.localtime(tick.done_at)) if tick else "Not yet"], source)
    return block


_BLOCKS: dict[str, Callable[[Making, BlockRule], Block]] = {
    "returns": _returns, "register": _register, "figures": _figures, "text": _text, "decisions": _decisions,
    "missing": _missing, "checklist": _checklist,
}  # fmt: skip
