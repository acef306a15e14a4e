"""Findings in columns: what each code says, how grave it is, and what was done."""

from dataclasses import dataclass, field

import polars as pl

from keepsight.core.formats import cells
from keepsight.core.formats.frames import FINDINGS

_SHOWN = 60
_LEFT_BLANK = "The cell was left blank."
_LEFT_OUT = "The row was left out."


@dataclass(frozen=True)
class Saying:
    """One kind of finding: its severity, what would be right (empty: the column says), and what was done."""

    severity: str
    expected: str
    done: str


SAYINGS: dict[str, Saying] = {
    # cells
    cells.UNREADABLE: Saying("warning", "", _LEFT_BLANK),
    cells.EXCEL_ERROR: Saying("warning", "A value; Excel shows that a formula or look-up failed.", _LEFT_BLANK),
    cells.TOO_LONG: Saying("warning", "A shorter entry; this one is longer than the register can hold.", _LEFT_BLANK),
    cells.CONTROL: Saying("warning", "Plain words; the cell holds characters that cannot be shown.", _LEFT_BLANK),
    cells.UNLIKELY: Saying("warning", "A day between 1901 and 2100.", _LEFT_BLANK),
    cells.NO_RESULT: Saying(
        "warning", "A value; this is a formula without a saved result. Open, save and send the file again.", _LEFT_BLANK
    ),
    cells.HALVED: Saying("note", "A whole number.", "Taken down to the whole number."),
    cells.BLANK: Saying("note", "An entry; the list allows no blank here.", "The cell stays blank."),
    # rows
    "no_key": Saying("rejected", "", _LEFT_OUT),
    "ragged": Saying("rejected", "As many values as there are headings.", _LEFT_OUT),
    "short_row": Saying("note", "As many values as there are headings.", "The missing values at its end are blank."),
    "duplicate": Saying("note", "Each row once.", "Kept; the same row stands higher up."),
    "two_marks": Saying("warning", "One mark for a pupil, school, day and session.", "Kept; an earlier row differs."),
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
    "not_text": Saying("warning", "Text in one encoding.", "Bytes that are no text were read as the sign \ufffd."),
    "encoding": Saying("note", "Text in UTF-8.", "Read as Windows-1252."),
}

MANY = {
    "sheet": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "code": pl.String,
    "found": pl.String,
    "expected": pl.String,
}


@dataclass
class Findings:
    """The findings of one file, gathered lean and put into words once at the end."""

    file: str
    one_by_one: list[dict[str, str | int | None]] = field(default_factory=list)
    many: list[pl.DataFrame] = field(default_factory=list)

    def add(
        self,
        code: str,
        sheet: str,
        *,
        row: int | None = None,
        column: str | None = None,
        found: str | None = None,
        done: str | None = None,
    ) -> None:
        """Add one finding; ``done`` where the code's own sentence does not tell."""
        said = {"sheet": sheet, "row": row, "column": column, "code": code, "found": found, "done": done}
        self.one_by_one.append(said)

    def add_many(self, frame: pl.DataFrame) -> None:
        """Add findings in columns (those of ``MANY``); ``expected`` counts where the code itself has no sentence."""
        if frame.height:
            self.many.append(frame.select(list(MANY)))

    def frame(self) -> pl.DataFrame:
        """Give all findings in the columns of the contract: first of sheets and columns, then of rows."""
        single = pl.DataFrame(self.one_by_one, schema={**MANY, "done": pl.String})
        every = pl.concat([single, *self.many], how="diagonal")
        if every.height == 0:
            return FINDINGS.empty()
        code = pl.col("code")
        right = {name: say.expected or None for name, say in SAYINGS.items()}
        return every.select(
            file=pl.lit(self.file),
            sheet=pl.col("sheet"),
            row=pl.col("row"),
            column=pl.col("column"),
            code=code,
            severity=code.replace_strict({name: say.severity for name, say in SAYINGS.items()}),
            found=pl.col("found").str.slice(0, _SHOWN),
            expected=pl.coalesce(code.replace_strict(right, return_dtype=pl.String), "expected"),
            done=pl.coalesce("done", code.replace_strict({name: say.done for name, say in SAYINGS.items()})),
        )
