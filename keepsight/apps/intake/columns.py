"""Columns made ready for a table: those that a frame lacks, those that go in together, numbers within a key."""

import json
import uuid
from collections.abc import Sequence

import polars as pl
from django.db import models

PLACE = ["file", "sheet", "row"]
"""Where a row stands in the delivery."""


def complete(model: type[models.Model], frame: pl.DataFrame) -> pl.DataFrame:
    """Fill in the columns that the table has and the frame has not, with what the model gives them."""
    missing = []
    for column in model._meta.concrete_fields:
        name = column.attname
        if name in frame.columns or column.primary_key:
            continue
        if isinstance(column, models.UUIDField) and column.default is uuid.uuid4:
            made = [uuid.uuid4().hex for _ in range(frame.height)]
            missing.append(pl.Series(name, made, dtype=pl.String))
            continue
        default = column.get_default()
        value = json.dumps(default) if isinstance(default, dict | list) else default
        one = pl.Series(name, [value], dtype=pl.String if value is None else None)
        missing.append(one.new_from_index(0, frame.height))
    return frame.with_columns(missing)


def number_rows(frame: pl.DataFrame, key: Sequence[str], content: Sequence[str] = ()) -> pl.DataFrame:
    """Number rows of one key 1, 2, … in the order of what they say, so that a second look numbers them alike."""
    ordered = frame.sort([*key, *content, *PLACE], nulls_last=True)
    return ordered.with_columns((pl.int_range(pl.len(), dtype=pl.Int64).over(list(key)) + 1).alias("number"))


def packed(frame: pl.DataFrame, details: Sequence[str]) -> pl.DataFrame:
    """Put the columns of ``details`` into one column of JSON text."""
    if not details:
        return frame
    return frame.with_columns(pl.struct(list(details)).struct.json_encode().alias("details")).drop(list(details))


def field_of(model: type[models.Model], attname: str) -> models.Field:
    return next(column for column in model._meta.concrete_fields if column.attname == attname)
