"""The kinds of table that packs hold, as dataclasses: what ``schema.read`` checks them against."""

from dataclasses import dataclass, field
from datetime import date

from keepsight.core.packs.schema import Sourced, Table, choice
from keepsight.core.terms import ContactMode, Level, Service

RATED = (Level.RED, Level.AMBER, Level.GREEN)
CLASSES = ("f2f_home", "f2f", "seen", "contact")
INTERVALS = ("days", "working_days")
UNITS = ("hours", "days", "working_days", "school_days", "weeks", "months")


@dataclass(frozen=True, kw_only=True)
class Head:
    """``pack.toml``: who answers for the pack, and when it holds."""

    id: str
    title: str
    owner: str
    source: str
    review_on: date
    valid_from: date
    valid_to: date | None = None
    note: str = ""


# --- calendar -------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Holiday:
    """A day that does not count."""

    day: date
    title: str


@dataclass(frozen=True, kw_only=True)
class Calendar(Table):
    """Bank holidays between two days."""

    first_day: date
    last_day: date
    holidays: tuple[Holiday, ...]


# --- facts ----------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class FactDefinitions(Table):
    """How facts are taken from the lists."""

    windows: dict[str, int]
    factors: dict[str, tuple[str, ...]]
    categories: dict[str, tuple[str, ...]]
    placements: dict[str, tuple[str, ...]]
    permanence: dict[str, tuple[str, ...]]
    accommodation: dict[str, tuple[str, ...]]
    needs: dict[str, tuple[str, ...]]
    attendance: dict[str, tuple[str, ...]]


# --- rating ---------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class PointsRule(Sourced):
    """One row of RULES §4.2. Negative points protect. ``because`` may hold ``{fact}``."""

    id: str
    input: str
    when: str
    points: int
    because: str
    because_unknown: str = ""  # said instead where a fact that the sentence names is not known
    why: str = ""


@dataclass(frozen=True, kw_only=True)
class FloorRule(Sourced):
    """One row of RULES §4.3: a level that beats the points, or one level up."""

    id: str
    input: str
    when: str
    level: str = choice(("red", "amber", "up"))
    because: str
    because_unknown: str = ""


@dataclass(frozen=True, kw_only=True)
class PromptRule(Sourced):
    """A floor that changes no level and asks somebody to look. Without ``when``, pages see to it."""

    id: str
    input: str
    because: str
    when: str = ""
    because_unknown: str = ""


@dataclass(frozen=True, kw_only=True)
class Thresholds(Sourced):
    """The least points of Amber and of Red."""

    amber: int
    red: int


@dataclass(frozen=True, kw_only=True)
class Protection(Sourced):
    """How far protection counts, and when it does not."""

    cap: int
    because_capped: str
    ignored_when: str
    because_ignored: str


@dataclass(frozen=True, kw_only=True)
class Completeness(Sourced):
    """The share of inputs known below which pages say “check data”."""

    check_below: float


@dataclass(frozen=True, kw_only=True)
class Review(Sourced):
    """When a rating is looked at again (O2). The row that names most about a child counts."""

    id: str
    days: int
    level: str = choice(RATED, default="")
    service: str = choice(Service, default="")
    mode: str = choice(ContactMode, default="")


@dataclass(frozen=True, kw_only=True)
class ReasonCode:
    """A short name for why a worker set another level."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Override(Sourced):
    """What a confirmed level that differs from the computed one must have."""

    reason_at_least: int  # characters
    manager_to_lower_from: tuple[str, ...]
    reasons: tuple[ReasonCode, ...]


@dataclass(frozen=True, kw_only=True)
class Unrated(Sourced):
    """How an open case with no confirmed level is worked (R7)."""

    worked_as: str = choice(RATED)


@dataclass(frozen=True, kw_only=True)
class Rating(Table):
    """The rating policy."""

    thresholds: Thresholds
    protection: Protection
    completeness: Completeness
    unrated: Unrated
    override: Override
    points: tuple[PointsRule, ...]
    floors: tuple[FloorRule, ...]
    prompts: tuple[PromptRule, ...] = ()
    review: tuple[Review, ...]


# --- contact --------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Mode(Sourced):
    """A contact table that an authority may choose."""

    id: str = choice(ContactMode)
    title: str
    meaning: str
    agreed_class: str = choice(CLASSES, default="f2f")  # what meets an interval of the child's own plan


@dataclass(frozen=True, kw_only=True)
class DueSoon(Sourced):
    """The last part of an interval in which contact is due soon. [0–1]"""

    share: float


@dataclass(frozen=True, kw_only=True)
class Virtual(Sourced):
    """What virtual contact in place of face to face needs (O1)."""

    reason_within_working_days: int
    repeat_every: int
    reason_at_least: int = 20  # characters


@dataclass(frozen=True, kw_only=True)
class NeverByPhone(Sourced):
    """Services whose visits telephone and message never meet."""

    services: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Requirement(Sourced):
    """One longest gap of the contact table."""

    id: str
    mode: str = choice(ContactMode)
    service: str = choice(Service)
    level: str = choice(RATED)
    class_: str = choice(CLASSES)
    every: int
    unit: str = choice(INTERVALS)
    alone: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class NotAllowed(Sourced):
    """A level that this service may not be worked at."""

    id: str
    mode: str = choice(ContactMode)
    service: str = choice(Service)
    level: str = choice(RATED)
    worked_as: str = choice(RATED)
    because: str


@dataclass(frozen=True, kw_only=True)
class InsteadOf(Sourced):
    """A local procedure of ``timescales`` whose place a mode's table takes."""

    id: str
    mode: str = choice(ContactMode)
    timescale: str
    because: str


@dataclass(frozen=True, kw_only=True)
class StatutoryClass(Sourced):
    """A relaxed class for statutory visits while an easement is in force and switched on."""

    id: str
    mode: str = choice(ContactMode)
    service: str = choice(Service)
    level: str = choice(RATED)
    class_: str = choice(CLASSES)
    easement: str


@dataclass(frozen=True, kw_only=True)
class Contact(Table):
    """How often and how a child is seen."""

    mode: str = choice(ContactMode)
    modes: tuple[Mode, ...]
    due_soon: DueSoon
    virtual: Virtual
    never_by_phone: NeverByPhone
    requirements: tuple[Requirement, ...] = ()
    not_allowed: tuple[NotAllowed, ...] = ()
    statutory_class: tuple[StatutoryClass, ...] = ()
    instead_of: tuple[InsteadOf, ...] = ()


# --- sight ----------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class UnseenLimits(Sourced):
    """Working days without anyone having seen the child (R6)."""

    cp: int
    other: int


@dataclass(frozen=True, kw_only=True)
class SightLines(Sourced):
    """How long a line of sight stays alive."""

    window_working_days: int


@dataclass(frozen=True, kw_only=True)
class NotSighting(Sourced):
    """Modes in which nobody saw or heard the child."""

    modes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SeenCodes(Sourced):
    """Register marks that say that somebody saw the child."""

    codes: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Sight(Table):
    """Who counts as having seen a child, and after how long nobody has."""

    unseen_working_days: UnseenLimits
    lines: SightLines
    modes: dict[str, str]
    not_sighting: NotSighting
    attendance: SeenCodes


# --- timescales -----------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class TimescaleRule(Sourced):
    """One duty: from its start event, at most so long, to its end event."""

    id: str
    rule: str
    title: str
    kind: str = choice(("visit", "review", "alarm", "other"))
    service: str = choice(Service, default="")
    when: str = ""
    start: str
    end: str
    every: int
    unit: str = choice(UNITS)
    repeats: bool = False
    class_: str = choice(CLASSES, default="")
    alone: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DayOfYear(Sourced):
    """A duty due on one day of each year."""

    id: str
    rule: str
    title: str
    month: int
    day: int


@dataclass(frozen=True, kw_only=True)
class EachTerm(Sourced):
    """A duty due in each school term."""

    id: str
    rule: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Timescales(Table):
    """The standing duties."""

    calendar: str
    timescales: tuple[TimescaleRule, ...]
    days: tuple[DayOfYear, ...] = ()
    terms: tuple[EachTerm, ...] = ()


# --- an event -------------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Phase(Sourced):
    """A stretch of an event; without ``to`` it is a single day or still runs."""

    id: str
    title: str
    from_: date
    to: date | None = None
    meaning: str = ""


@dataclass(frozen=True, kw_only=True)
class Phases(Table):
    """An event's phases and its single days."""

    phases: tuple[Phase, ...]
    days: tuple[Phase, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Window(Sourced):
    """When and how an easement changes its duties. ``to`` is the last day."""

    from_: date
    to: date | None = None
    effect: str = choice(
        ("as_soon_as_practicable", "longer_limit", "lifted", "widened", "remote_if_not_practicable", "endeavours")
    )
    remote: bool = False
    every: int | None = None
    unit: str = choice(UNITS, default="")
    text: str


@dataclass(frozen=True, kw_only=True)
class Easement(Sourced):
    """One relaxing of legal duties. Off for every council until it is switched on."""

    id: str
    title: str
    duties: tuple[str, ...]
    on: bool = False
    windows: tuple[Window, ...]
    saving: str = ""


@dataclass(frozen=True, kw_only=True)
class NeverEased(Sourced):
    """A duty that stayed whole."""

    id: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Easements(Table):
    """What the law relaxed during an event."""

    easements: tuple[Easement, ...]
    never: tuple[NeverEased, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Definition(Sourced):
    """A word of the event, as its guidance defined it."""

    id: str
    title: str
    text: str
    values: tuple[str, ...] = ()
    when: str = ""


@dataclass(frozen=True, kw_only=True)
class Definitions(Table):
    """Words of the event."""

    definitions: tuple[Definition, ...] = field(default=())


# --- indicators -----------------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class IndicatorRule(Sourced):
    """One figure: what is counted, of what. ``numerator`` and ``denominator`` are SQL on a row of ``table``."""

    id: str
    name: str
    definition: str
    table: str
    numerator: str
    denominator: str = ""
    adds: str = ""
    adds_above: str = ""
    unit: str = choice(("children", "contacts", "visits", "plans", "percent", "change"))
    direction: str = choice(("higher", "lower", "context"))
    by: tuple[str, ...] = ()
    lists: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HeadCount(Sourced):
    """Register marks that a head count leaves out."""

    not_expected: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Indicators(Table):
    """What the picture and the reports count."""

    head_count: HeadCount
    indicators: tuple[IndicatorRule, ...]


KINDS: dict[str, type[Table]] = {
    "calendar": Calendar,
    "facts": FactDefinitions,
    "rating": Rating,
    "contact": Contact,
    "sight": Sight,
    "timescales": Timescales,
    "phases": Phases,
    "easements": Easements,
    "definitions": Definitions,
    "indicators": Indicators,
}
