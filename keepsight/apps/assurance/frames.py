"""Cases as a frame for the core's samples; the one door."""

import polars as pl

from keepsight import rows
from keepsight.apps.contact.models import ContactPlanQuerySet

_NAMES = {
    "child__ref": "ref", "child_id": "child", "level": "level", "service": "service", "team__name": "team",
    "child__ethnicity": "ethnicity", "child__disabled": "disabled",
}  # fmt: skip


def cases_frame(cases: ContactPlanQuerySet) -> pl.DataFrame:
    """One row a case: ``ref`` (text), ``child`` and what a sample may be spread over."""
    frame = rows.read(cases, list(_NAMES)).rename(_NAMES)
    return frame.with_columns(pl.col("ref").cast(pl.String).str.replace_all("-", ""))
