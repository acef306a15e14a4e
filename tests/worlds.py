"""Fact tables written in short: small worlds for the tests of the core. Everyone is a number."""

import json
from collections.abc import Iterable
from datetime import date
from typing import Any

import polars as pl

from keepsight.core.columns import Contract
from keepsight.core.people import facts
from keepsight.core.people.facts import FactTables


def frame(contract: Contract, rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    """Rows of one contract; what is not given is null, ``details`` may be a dictionary."""
    columns = {name: [] for name in contract.names}
    for row in rows:
        unknown = set(row) - set(columns)
        assert not unknown, f"{contract.name} has no column {unknown}"
        for name, values in columns.items():
            value = row.get(name)
            values.append(json.dumps(value or {}) if name == "details" else value)
    return pl.DataFrame(columns, schema=contract.schema)


def tables(children: Iterable[int | dict[str, Any]], **rows: Any) -> FactTables:
    """Fact tables of these children: ``visits=[…]``, ``involvements=[…]`` and so on as dictionaries."""
    people = [{"id": child} if isinstance(child, int) else child for child in children]
    made = {name: frame(facts.TABLES[name], given) for name, given in rows.items() if name != "covered"}
    return FactTables(frame(facts.CHILDREN, people), covered=frozenset(rows.get("covered", ())), **made)


def week(monday: date, marks: dict[int, str]) -> dict[str, Any]:
    """A register week: session number (0 is Monday morning, 13 Sunday afternoon) to code."""
    return {"week_from": monday, "marks": " ".join(marks.get(session, ".") for session in range(14))}
