"""Register marks condensed to weeks."""

from datetime import date

import polars as pl

from keepsight.core.learning.marks import overlay, weeks

MONDAY = date(2020, 6, 1)


def marks(*rows):
    schema = {"upn": pl.String, "urn": pl.String, "on": pl.Date, "session": pl.String, "code": pl.String,
              "file": pl.Categorical, "row": pl.Int64}  # fmt: skip
    return pl.DataFrame([(*row, "a.csv", nth + 2) for nth, row in enumerate(rows)], schema=schema, orient="row")


def test_marks_stand_in_their_places_monday_to_sunday():
    made, left = weeks(
        marks(
            ("A", "1", MONDAY, "AM", "/"), ("A", "1", MONDAY, "PM", "\\"), ("A", "1", date(2020, 6, 5), "PM", "C"),
            ("A", "1", date(2020, 6, 7), "PM", None),
        )
    )  # fmt: skip
    assert made.select("week_from", "marks", "rows", "row").rows() == [(MONDAY, "/ \\ . . . . . . . C . . . -", 4, 2)]
    assert left.is_empty()


def test_each_pupil_school_and_week_has_one_row():
    made, _ = weeks(
        marks(
            ("A", "1", MONDAY, "AM", "/"), ("A", "2", MONDAY, "AM", "/"), ("B", "1", MONDAY, "AM", "/"),
            ("A", "1", date(2020, 6, 8), "AM", "/"),
        )
    )  # fmt: skip
    assert made.height == 4
    assert made["rows"].sum() == 4


def test_the_later_row_of_a_session_counts_and_the_other_is_named():
    made, left = weeks(
        marks(("A", "1", MONDAY, "AM", "/"), ("A", "1", MONDAY, "AM", "I"), ("B", "1", MONDAY, "AM", "/"))
    )
    assert sorted(made["marks"].str.slice(0, 1)) == ["/", "I"]
    assert made["rows"].sum() == 2
    assert left.select("row", "code", "kept").rows() == [(2, "/", "I")]


def test_no_marks_are_no_weeks():
    made, left = weeks(marks())
    assert made.is_empty()
    assert left.is_empty()


def test_newer_marks_lie_over_older_ones():
    day = " ".join
    newer, older = day(["X", "."] + ["."] * 12), day(["/", "/"] + ["-"] * 12)
    laid = pl.DataFrame({"new": [newer, newer], "old": [older, None]}).select(overlay(pl.col("new"), pl.col("old")))
    assert laid["new"].to_list() == [day(["X", "/"] + ["-"] * 12), newer]
