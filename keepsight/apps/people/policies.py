"""When access may be given, and for how long. Pure: everything is handed in; refusals say what is missing."""

import calendar
from datetime import date, datetime, timedelta
from functools import cache

from keepsight.core.errors import NotAllowedNow
from keepsight.core.packs import book
from keepsight.core.packs.kinds import Access, NamedAccess


class AnswerMissing(NotAllowedNow):
    """An answer is missing or says too little. ``field`` names it."""

    code = "answer_missing"

    def __init__(self, sentence: str, *, field: str):
        super().__init__(sentence)
        self.field = field


class Decided(NotAllowedNow):
    """Somebody answered before."""

    code = "decided_before"


@cache
def rules() -> Access:
    """The times and lists of the standing pack."""
    return book().read("access", Access)


def choices(which: str) -> dict[str, str]:
    """A list of the pack as id and words: ``reasons``, ``emergencies``, ``restricted_because``, ``named``."""
    return {each.id: each.name for each in getattr(rules(), which)}


def check_reason(text: str, *, field: str = "reason") -> str:
    """Give the sentence without its blanks; refuse one that says nothing."""
    said = " ".join(text.split())
    least = rules().reason_at_least
    if sum(letter.isalpha() for letter in said) < least:
        raise AnswerMissing(f"Say why in a sentence of at least {least} letters.", field=field)
    return said[:300]


def check_choice(chosen: str, which: str, *, field: str = "because") -> str:
    """Refuse what the pack does not list."""
    if chosen not in choices(which):
        raise AnswerMissing("Choose one of the reasons.", field=field)
    return chosen


def named_until(at: datetime, because: str) -> datetime:
    """The moment at which named access ends: so many days, or the same day so many months on."""
    length = next(each for each in rules().named if each.id == because)
    return at + timedelta(days=length.days) if length.days else _months_on(at, length)


def _months_on(at: datetime, length: NamedAccess) -> datetime:
    year, month = divmod(at.month - 1 + length.months, 12)
    year, month = at.year + year, month + 1
    return at.replace(year=year, month=month, day=min(at.day, calendar.monthrange(year, month)[1]))


def reason_until(at: datetime) -> datetime:
    """The moment at which a record that a reason opened closes again."""
    return at + timedelta(hours=rules().reason_hours)


def glass_until(at: datetime) -> datetime:
    """The moment at which broken glass closes again."""
    return at + timedelta(hours=rules().break_glass_hours)


def review_on(on: date) -> date:
    """The day by which a restricted record is looked at again."""
    return on + timedelta(days=rules().review_days)
