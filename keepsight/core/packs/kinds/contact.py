"""How often and how a child is seen, and who counts as having seen the child."""

from dataclasses import dataclass

from keepsight.core.packs.kinds.rating import RATED
from keepsight.core.packs.schema import Sourced, Table, choice
from keepsight.core.terms import ContactMode, Service

CLASSES = ("f2f_home", "f2f", "seen", "contact")
INTERVALS = ("days", "working_days")


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
