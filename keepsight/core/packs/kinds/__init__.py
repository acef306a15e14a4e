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
from keepsight.core.packs.kinds.terms import Terms
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
}

__all__ = [
    "KINDS", "Access", "Accounts", "Calendar", "Completeness", "Contact", "DayOfYear", "Definition", "Definitions",
    "DueSoon", "EachTerm", "Easement", "Easements", "FactDefinitions", "FloorRule", "Head", "HeadCount",
    "Holiday", "IndicatorRule", "Indicators", "InsteadOf", "Mode", "NamedAccess", "NeverByPhone",
    "NeverEased", "NotAllowed", "NotSighting", "Override", "Phase", "Phases", "PointsRule", "PromptRule",
    "Protection", "Rate", "Rating", "Reason", "ReasonCode", "RecordClass", "Requirement", "Retention",
    "RetentionRule", "Review", "RoleRule", "Roles", "SeenCodes", "Sight", "SightLines", "StatutoryClass", "Terms",
    "Thresholds", "TimescaleRule", "Timescales", "Unrated", "UnseenLimits", "Virtual", "Window",
]  # fmt: skip
