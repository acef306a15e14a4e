"""Registers as data: one file a register, ``registers/<id>.toml`` of a pack (ARCHITECTURE §4)."""

from dataclasses import dataclass

from keepsight.core.packs.schema import Sourced, Table, choice

FIELD_KINDS = (
    "text", "long_text", "choice", "several", "date", "instant", "number", "money", "yes_no", "rag",
    "person", "child", "family", "setting", "provider", "team", "entry", "evidence", "computed",
)  # fmt: skip
SUBJECTS = ("none", "child", "family", "setting", "provider", "team", "cell", "service", "worker")
AREAS = (
    "command", "workforce", "assurance", "partnership", "providers", "front_door", "contact", "meetings", "education",
    "send", "care", "health", "early_help", "demand",
)  # fmt: skip
COLOURS = ("", "grey", "green", "turquoise", "blue", "light-blue", "purple", "pink", "red", "orange", "yellow")
UNITS = ("hours", "days", "working_days", "weeks", "months")
BUILT_IN = ("number", "title", "state", "owner", "team", "subject", "rag", "due", "added", "changed")
OWNER = "owner"  # who may: whoever the entry is given to, or who added it


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One answer that may be chosen."""

    id: str
    name: str
    colour: str = choice(COLOURS, default="")


@dataclass(frozen=True, kw_only=True)
class FieldRule:
    """One field of an entry."""

    id: str
    label: str
    kind: str = choice(FIELD_KINDS)
    hint: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()  # of choice and several
    least: float | None = None  # of number and money
    most: float | None = None
    letters: int = 0  # of text and long text: at most so many; 0: the kind's own limit
    register: str = ""  # of entry: the register whose entries may be named
    formula: str = ""  # of computed: a sum or comparison over other fields, in the words of conditions
    indexed: bool = False  # may be filtered and sorted by; at most four words, three days and three numbers a register
    section: str = ""  # heading under which the form and the record show it
    only_when: str = ""  # id of a yes/no field, or field=value: asked only then
    shown_to: tuple[str, ...] = ()  # roles; empty: everyone who may read the entry
    names_people: bool = False  # free text that may name somebody: left out of search, snapshots and extracts
    retired: bool = False  # no longer asked for; old entries keep it


@dataclass(frozen=True, kw_only=True)
class StateRule:
    """One state of an entry, and where it may go from there."""

    id: str
    name: str
    colour: str = choice(COLOURS, default="")
    moves: tuple[str, ...] = ()
    ends: bool = False  # nothing is due any more
    needs: tuple[str, ...] = ()  # fields that must be filled before an entry comes here
    reason: bool = False  # whoever moves it here says why
    by: tuple[str, ...] = ()  # who may move it here; empty: who may move entries
    second_person: bool = False  # not whoever added it or was the last to change it


@dataclass(frozen=True, kw_only=True)
class ClockRule(Sourced):
    """A duty attached to states: due so long after a day, while the entry is in one of them."""

    id: str
    title: str
    from_: str  # added, changed, a field of kind date or instant, or state:<id> (when it came into that state)
    every: int  # 0: the day itself
    unit: str = choice(UNITS)
    while_: tuple[str, ...]  # states in which it runs
    soon_days: int = 1  # so many days before, it is due soon
    repeats: bool = False  # begins anew with each change that answers it (reviews)


@dataclass(frozen=True, kw_only=True)
class AccessRule:
    """Who may what: ids of roles, or ``owner``."""

    read: tuple[str, ...]
    add: tuple[str, ...] = ()
    change: tuple[str, ...] = ()
    move: tuple[str, ...] = ()
    assign: tuple[str, ...] = ()
    export: tuple[str, ...] = ()
    define: tuple[str, ...] = ()  # who may edit the register itself, beside those who may edit all
    reach: str = choice(("authority", "team", "own"), default="authority")  # how far a role held for a team reads
    confidential: bool = False  # leaders and other whole-council roles read nothing unless ``read`` names them


@dataclass(frozen=True, kw_only=True)
class ListRule:
    """How the list begins."""

    columns: tuple[str, ...]
    filters: tuple[str, ...] = ()
    sort: str = "-number"  # a built-in or indexed field; a minus sign begins at the other end


@dataclass(frozen=True, kw_only=True)
class TileRule:
    """A figure above the list. It opens exactly the entries it counts."""

    id: str
    title: str
    states: tuple[str, ...] = ()
    due: str = choice(("", "overdue", "due_soon"), default="")
    field: str = ""
    value: str = ""
    colour: str = choice(COLOURS, default="")


@dataclass(frozen=True, kw_only=True)
class ChartRule:
    """A chart on the register's summary page."""

    id: str
    title: str
    by: str  # state, rag, team, owner, or an indexed choice field
    over: str = choice(("", "week", "month"), default="")  # when added; empty: as it stands now


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """Who is told of what."""

    id: str
    when: str = choice(("added", "assigned", "moved", "mentioned", "due_soon", "overdue"))
    state: str = ""  # of moved: only into this state
    to: tuple[str, ...]  # owner, adder, manager, or role:<id>
    how: str = choice(("at_once", "daily", "weekly"), default="at_once")  # the notice in Keepsight is always at once


@dataclass(frozen=True, kw_only=True)
class PartnerForm:
    """What a provider or school fills in about itself."""

    roles: tuple[str, ...]
    title: str
    words: str = ""
    fields: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Register(Table):
    """A list with fields, an owner, states, deadlines and a history."""

    name: str  # Action
    plural: str  # Actions
    purpose: str
    area: str = choice(AREAS)
    capabilities: tuple[str, ...] = ()
    subject: str = choice(SUBJECTS, default="none")
    subject_required: bool = True
    prefix: str  # of the numbers: ACT
    title: str  # id of the field that names an entry in lists
    retention: str  # id in the retention schedule
    event_only: bool = False  # lies idle until an event switches it on
    fields: tuple[FieldRule, ...]
    states: tuple[StateRule, ...]  # the first is where entries begin
    clocks: tuple[ClockRule, ...] = ()
    access: AccessRule
    list: ListRule
    tiles: tuple[TileRule, ...] = ()
    charts: tuple[ChartRule, ...] = ()
    alerts: tuple[AlertRule, ...] = ()
    partner: PartnerForm | None = None
