"""Fact sheets for tests: from a few words, or invented at random with a seed."""

import random
from typing import Any

import polars as pl

from keepsight.core.people.facts import FACTS
from keepsight.core.terms import Service

# A child of whom all is known and nothing is the matter: aged 12, seen by all, nothing open.
CALM: dict[str, Any] = {
    **{column.name: False for column in FACTS.columns if column.dtype == pl.Boolean},
    **{column.name: 0 for column in FACTS.columns if column.dtype == pl.Int64},
    "service": "none",
    "early_help_level": None,
    "due_in_days": None,
    "age": 12,
    "care_days": None,
    "placement_days": None,
    "legal_status": None,
    "placement_type": None,
    "changed_wd": 20,
    "attendance_share": None,
    "any_seen": True,
    "any_seen_wd": 0,
    "other_seen": True,
    "other_seen_wd": 0,
    "sight_lines": 3,
    "named_other_weeks": 0,
    "idaci_decile": 6,
}
UNKNOWN: dict[str, Any] = {**dict.fromkeys(FACTS.names), "service": "none"}


def sheet(*children: dict[str, Any], of: dict[str, Any] = CALM) -> pl.DataFrame:
    """One row for each dictionary: what it says, and for the rest what ``of`` says."""
    rows = [{**of, "child": number, **child} for number, child in enumerate(children, 1)]
    return pl.DataFrame(rows, schema=FACTS.schema)


def invented(children: int, *, seed: int, unknown: float = 0.1, yes: float = 0.06) -> pl.DataFrame:
    """Any number of fact sheets, with a share of each fact unknown and a share of truths yes."""
    dice = random.Random(seed)
    columns: dict[str, list[Any]] = {}
    for column in FACTS.columns:
        columns[column.name] = [
            None if dice.random() < unknown else _value(dice, column.name, column.dtype, yes) for _ in range(children)
        ]
    columns["child"] = list(range(1, children + 1))
    columns["service"] = dice.choices(list(map(str, Service)), weights=[8, 10, 25, 4, 20, 28, 5], k=children)
    return pl.DataFrame(columns, schema=FACTS.schema)


_RANGES = {
    "age": (0, 20),
    "due_in_days": (0, 200),
    "early_help_level": (2, 3),
    "care_days": (0, 4000),
    "placement_days": (0, 2000),
    "changed_wd": (0, 20),
    "any_seen_wd": (0, 30),
    "other_seen_wd": (0, 20),
    "idaci_decile": (1, 10),
}


def _value(dice: random.Random, name: str, dtype: Any, yes: float) -> Any:
    if dtype == pl.Boolean:
        return dice.random() < (0.9 if name in ("any_seen", "other_seen", "school_place") else yes)
    if dtype == pl.Float64:
        return dice.choice([0.0, 0.495, 0.5, 0.8, dice.random(), 1 - dice.random() ** 3])
    if dtype == pl.String:
        return dice.choice(["C1", "C2", "V2"])
    low, high = _RANGES.get(name, (0, 5))
    return dice.randint(low, high)
