"""The kinds of table that packs hold, as dataclasses: what ``schema.read`` checks them against."""

from keepsight.core.packs.kinds.access import (
    Access,
    Accounts,
    NamedAccess,
    Rate,
    Reason,
    RecordClass,
    Retention,
    RetentionRule,
    RoleRule,
    Roles,
)
from keepsight.core.packs.kinds.assurance import AgreementWord, AssuranceRules
from keepsight.core.packs.kinds.basis import Calendar, FactDefinitions, Head, Holiday
from keepsight.core.packs.kinds.briefing import HeadCount, IndicatorRule, Indicators
from keepsight.core.packs.kinds.contact import (
    Contact,
    DueSoon,
    InsteadOf,
    Mode,
    NeverByPhone,
    NotAllowed,
    NotSighting,
    Requirement,
    SeenCodes,
    Sight,
    SightLines,
    StatutoryClass,
    UnseenLimits,
    Virtual,
)
from keepsight.core.packs.kinds.duties import (
    DayOfYear,
    Definition,
    Definitions,
    EachTerm,
    Easement,
    Easements,
    NeverEased,
    Phase,
    Phases,
    TimescaleRule,
    Timescales,
    Window,
)
from keepsight.core.packs.kinds.events import EventRule
from keepsight.core.packs.kinds.questions import Questions
from keepsight.core.packs.kinds.rating import (
    Completeness,
    FloorRule,
    Override,
    PointsRule,
    PromptRule,
    Protection,
    Rating,
    ReasonCode,
    Review,
    Thresholds,
    Unrated,
)
from keepsight.core.packs.kinds.registers import Register
from keepsight.core.packs.kinds.terms import Terms
from keepsight.core.packs.kinds.waves import WaveRule
from keepsight.core.packs.kinds.workforce import AbsenceKind, DutyKind, RotaRules, StaffingRules
from keepsight.core.packs.schema import Table

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
    "roles": Roles,
    "access": Access,
    "accounts": Accounts,
    "retention": Retention,
    "terms": Terms,
    "event": EventRule,
    "rota": RotaRules,
    "staffing": StaffingRules,
    "assurance": AssuranceRules,
}
FOLDERS: dict[str, type[Table]] = {"registers": Register, "questions": Questions, "waves": WaveRule}  # one file each


def kind_of(name: str) -> type[Table] | None:
    """Give the kind of a table: by the stem of its file, or by the folder that it stands in."""
    folder, _, inside = name.partition("/")
    return FOLDERS.get(folder) if inside else KINDS.get(name)


__all__ = [
    "FOLDERS", "KINDS", "AbsenceKind", "Access", "Accounts", "AgreementWord", "AssuranceRules", "Calendar",
    "Completeness", "Contact", "DayOfYear", "Definition", "Definitions", "DueSoon", "DutyKind", "EachTerm", "Easement",
    "Easements", "EventRule", "FactDefinitions", "FloorRule", "Head", "HeadCount", "Holiday", "IndicatorRule",
    "Indicators", "InsteadOf", "Mode", "NamedAccess", "NeverByPhone", "NeverEased", "NotAllowed", "NotSighting",
    "Override", "Phase", "Phases", "PointsRule", "PromptRule", "Protection", "Questions", "Rate", "Rating", "Reason",
    "ReasonCode", "RecordClass", "Register", "Requirement", "Retention", "RetentionRule", "Review", "RoleRule",
    "Roles", "RotaRules", "SeenCodes", "Sight", "SightLines", "StaffingRules", "StatutoryClass", "Terms", "Thresholds",
    "TimescaleRule", "Timescales", "Unrated", "UnseenLimits", "Virtual", "WaveRule", "Window", "kind_of",
]  # fmt: skip
