"""One pupil's register marks of one week, for a page: what a person reads, not what a statistic counts."""

from collections.abc import Collection
from dataclasses import dataclass

EMPTY = (".", "-", "#")  # no row in the file; a blank code; the school was closed to all
WEEKDAY_SESSIONS = 10  # Monday AM to Friday PM


@dataclass(frozen=True)
class WeekInSchool:
    """A week of sessions, the marks of Monday to Friday, and what they add up to."""

    marks: tuple[str, ...]
    attended: tuple[bool, ...]

    @property
    def sessions(self) -> int:
        """Sessions with a mark. [sessions]"""
        return sum(mark not in EMPTY for mark in self.marks)

    @property
    def seen(self) -> int:
        """Of those, sessions in which the school saw the pupil. [sessions]"""
        return sum(self.attended)


def week_in_school(marks: str, seen_codes: Collection[str]) -> WeekInSchool:
    """
    Read fourteen marks as Monday to Friday, with what each says about being seen.

    Parameters
    ----------
    marks : str
        Fourteen codes separated by spaces, Monday AM to Sunday PM; ``.`` none and ``-`` blank.
    seen_codes : collection of str
        Marks with which the school saw the pupil: the pack's ``sight.attendance.codes``.

    Returns
    -------
    WeekInSchool
        Ten sessions. A week shorter than that is filled up with ``.``.
    """
    codes = (marks.split(" ") + ["."] * WEEKDAY_SESSIONS)[:WEEKDAY_SESSIONS]
    return WeekInSchool(tuple(codes), tuple(code in seen_codes for code in codes))
