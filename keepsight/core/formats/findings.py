"""Findings in columns: what each code says, how grave it is, and what was done."""

from dataclasses import dataclass

import polars as pl

from keepsight.core.formats import cells
from keepsight.core.formats.frames import FINDINGS

_SHOWN = 60
LEFT_BLANK = "The cell was left blank."
LEFT_OUT = "The row was left out."


@dataclass(frozen=True)
class Saying:
    """One kind of finding: its severity, what would be right (empty: the column's own sentence), what was done."""

    severity: str
    expected: str
    done: str


SAYINGS: dict[str, Saying] = {
    # cells
    cells.UNREADABLE: Saying("warning", "", LEFT_BLANK),
    cells.EXCEL_ERROR: Saying("warning", "A value; Excel shows that a formula or look-up failed.", LEFT_BLANK),
    cells.TOO_LONG: Saying("warning", "A shorter entry; this one is longer than the register can hold.", LEFT_BLANK),
    cells.CONTROL: Saying("warning", "Plain words; the cell holds characters that cannot be shown.", LEFT_BLANK),
    cells.UNLIKELY: Saying("warning", "A day between 1901 and 2100.", LEFT_BLANK),
    cells.HALVED: Saying("note", "A whole number.", "Taken down to the whole number."),
    "blank": Saying("note", "Something; the list's rules allow no blank here.", "The cell stays blank."),
    "no_saved_result": Saying(
        "warning", "A value; this is a formula without a saved result. Open, save and send the file again.", LEFT_BLANK
    ),
    # rows
    "no_key": Saying("rejected", "", LEFT_OUT),
    "ragged": Saying("rejected", "As many values as there are headings.", LEFT_OUT),
    "short_row": Saying("note", "As many values as there are headings.", "The missing values at its end are blank."),
    "duplicate": Saying("note", "Each row once.", "Kept; the same row stands higher up."),
    "twice": Saying("warning", "One mark for a pupil, school, day and session.", "Kept; an earlier row differs."),
    # columns
    "missing_column": Saying("warning", "A column with this heading.", "The column is blank in every row."),
    "unknown_column": Saying("note", "A heading of this list.", "The column was not read."),
    "doubled_column": Saying("note", "Each heading once.", "Only the first column with this heading was read."),
    "columns_not_used": Saying("note", "Only some columns of this layout are used.", "These columns were not read."),
    # sheets
    "sheet_empty": Saying("note", "Rows below the headings.", "Nothing to load from it."),
    "sheet_not_recognised": Saying("note", "A list that Keepsight knows, under its usual headings.", "Not read."),
    "sheet_not_worksheet": Saying("note", "A worksheet.", "Not read."),
    "rows_above_headings": Saying("note", "Headings in the first row.", "Taken as a title and not as data."),
    "same_list_again": Saying("note", "Each list once in a file.", "Read as well; its rows follow the first sheet's."),
    "encoding": Saying("note", "Text in UTF-8.", "Read as Windows-1252."),
}


def cell_findings(
    *,
    file: str,
    sheet: str,
    rows: pl.Series,
    column: str | None,
    codes: pl.Series | str,
    found: pl.Series | str | None,
    type_: str = "text",
    expected: str | None = None,
) -> pl.DataFrame:
    """Give one finding a row number, in the columns of ``FINDINGS``."""
    code = codes if isinstance(codes, pl.Series) else pl.Series([codes], dtype=pl.String).new_from_index(0, len(rows))
    kinds = code.unique().to_list()
    says = {kind: SAYINGS[kind] for kind in kinds}
    right = {kind: expected or say.expected or cells.expected(type_) for kind, say in says.items()}
    return pl.select(
        file=pl.lit(file),
        sheet=pl.lit(sheet),
        row=rows.cast(pl.Int64),
        column=pl.lit(column, dtype=pl.String),
        code=code,
        severity=code.replace_strict({kind: say.severity for kind, say in says.items()}, return_dtype=pl.String),
        found=found.str.slice(0, _SHOWN) if isinstance(found, pl.Series) else pl.lit(_cut(found), dtype=pl.String),
        expected=code.replace_strict(right, return_dtype=pl.String),
        done=code.replace_strict({kind: say.done for kind, say in says.items()}, return_dtype=pl.String),
    )


def sheet_finding(
    file: str,
    sheet: str,
    code: str,
    *,
    row: int | None = None,
    column: str | None = None,
    found: str | None = None,
    expected: str | None = None,
    done: str | None = None,
) -> pl.DataFrame:
    """Give one finding about a whole sheet, column or row."""
    say = SAYINGS[code]
    return pl.DataFrame(
        {
            "file": [file],
            "sheet": [sheet],
            "row": [row],
            "column": [column],
            "code": [code],
            "severity": [say.severity],
            "found": [_cut(found)],
            "expected": [expected or say.expected],
            "done": [done or say.done],
        },
        schema=FINDINGS.schema,
    )


def together(findings: list[pl.DataFrame]) -> pl.DataFrame:
    """Give all findings as one frame, by sheet as read and row."""
    return pl.concat(findings) if findings else FINDINGS.empty()


def _cut(found: str | None) -> str | None:
    return found[:_SHOWN] if found else found
