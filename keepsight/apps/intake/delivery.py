"""Reading a folder of files before anything is locked: frames, findings, and weeks in place of marks."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from keepsight.apps.intake import findings
from keepsight.core import formats
from keepsight.core.errors import BadInput
from keepsight.core.formats import Kind, Reading
from keepsight.core.learning.marks import weeks

Progress = Callable[[str, int, int], None]


class SameNameTwice(BadInput):
    """Two files have one name, so a finding could not say which is meant."""

    code = "same_name_twice"


@dataclass(frozen=True)
class Sheet:
    """One sheet of one file, as delivered."""

    kind: str
    name: str
    sheet: str
    sha256: str
    rows_in: int


@dataclass
class Delivery:
    """Everything that a folder of files says."""

    sheets: list[Sheet] = field(default_factory=list)
    frames: dict[str, pl.DataFrame] = field(default_factory=dict)
    weeks: list[pl.DataFrame] = field(default_factory=list)  # attendance, one frame a file
    findings: pl.DataFrame = field(default_factory=findings.none)
    digest: str = ""


def read_delivery(folder: Path, progress: Progress | None = None) -> Delivery:
    """
    Read every list below a folder.

    Attendance is condensed file by file, so that a year of marks is never in memory at once.

    Raises
    ------
    BadInput
        If a file as a whole cannot be used: a delivery is loaded as a whole or not at all.
    """
    paths = formats.list_files(folder)
    if not paths:
        raise BadInput(f"{folder.name} holds no list: no .csv, .xlsx or .parquet file.")
    names = [path.name for path in paths]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise SameNameTwice(f"Two files are called {twice[0]}. Give one of them another name.")
    delivery, parts, named = Delivery(), {}, []
    for done, path in enumerate(paths):
        if progress:
            progress(f"Reading {path.name}", done, len(paths))
        reading = formats.read(path)
        delivery.sheets += _sheets(reading)
        named.append(findings.of_reading(reading))
        if reading.kind == Kind.ATTENDANCE:
            condensed, repeated = _condense(reading)
            delivery.weeks.append(condensed)
            named.append(repeated)
            continue
        for name, frame in reading.frames.items():
            parts.setdefault(name, []).append(frame)
    delivery.frames = {name: pl.concat(frames) for name, frames in parts.items()}
    delivery.findings = pl.concat(named)
    delivery.digest = _digest(delivery.sheets)
    return delivery


def digest_of(folder: Path) -> str:
    """Give the digest of a folder's files without reading what they say."""
    from keepsight.core.formats.files import sha256_of

    paths = formats.list_files(folder)
    return _digest([Sheet("", path.name, "", sha256_of(path), 0) for path in paths])


def _digest(sheets: list[Sheet]) -> str:
    contents = sorted({(sheet.name, sheet.sha256) for sheet in sheets})
    return hashlib.sha256("".join(f"{name}\0{sha}\0" for name, sha in contents).encode()).hexdigest()


def _sheets(reading: Reading) -> list[Sheet]:
    return [
        Sheet(str(reading.kind), reading.file, sheet, reading.sha256, count) for sheet, count in reading.rows_in.items()
    ]


def _condense(reading: Reading) -> tuple[pl.DataFrame, pl.DataFrame]:
    condensed, repeated = weeks(reading.frames.pop("attendance"))
    differs = pl.col("code") != pl.col("kept")
    named = findings.of_rows(
        repeated.with_columns(pl.lit("").alias("sheet")),
        column="Code",
        code=pl.when(differs).then(pl.lit("conflicting")).otherwise(pl.lit("repeated")),
        severity=pl.when(differs).then(pl.lit("warning")).otherwise(pl.lit("note")),
        found=pl.col("code"),
        expected="One mark for each pupil and session.",
        done="A later row of the file gives the same session; the later row was kept.",
    )
    return condensed, named.with_columns(pl.lit(1, pl.Int64).alias("rows_left_out"))
