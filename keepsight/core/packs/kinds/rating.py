"""The rating policy."""

from dataclasses import dataclass

from keepsight.core.packs.schema import Sourced, Table, choice
from keepsight.core.terms import ContactMode, Level, Service

RATED = (Level.RED, Level.AMBER, Level.GREEN)


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
    health: bool = False  # the reason tells of somebody's health: only the care team reads it
    place: bool = False  # the reason tells of home or school: held back where the address is confidential


@dataclass(frozen=True, kw_only=True)
class FloorRule(Sourced):
    """One row of RULES §4.3: a level that beats the points, or one level up."""

    id: str
    input: str
    when: str
    level: str = choice(("red", "amber", "up"))
    because: str
    because_unknown: str = ""
    health: bool = False
    place: bool = False


@dataclass(frozen=True, kw_only=True)
class PromptRule(Sourced):
    """A floor that changes no level and asks somebody to look. Without ``when``, pages see to it."""

    id: str
    input: str
    because: str
    when: str = ""
    because_unknown: str = ""
    health: bool = False
    place: bool = False


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
