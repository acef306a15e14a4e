"""
Which pupils count as vulnerable, and whether they are expected in school, as the packs in force define it.

Plain facts in: whether the child's service has a social worker, and what the risk assessment of a
plan says. A school is told yes or no, never why.
"""

from collections.abc import Iterable, Sequence

import polars as pl

from keepsight.core.packs import Book
from keepsight.core.packs.conditions import compile_condition
from keepsight.core.packs.kinds import Definitions
from keepsight.core.people.facts import FACTS, WORDS

YES, NO, ASK, AS_OTHERS = "yes", "no", "ask", "as_others"
SAFE_THERE = ("safer_at_setting", "as_safe_at_setting")
SAFER_AT_HOME = "safer_at_home"
_USUAL = ("service IN ('cp', 'cla', 'cin')", "ehcp")  # outside an event: Keeping children safe in education, part 1
_LEADS = "vulnerable_"  # what the ids of these definitions begin with


def conditions(book: Book) -> tuple[str, ...]:
    """Conditions over facts by which a pupil is vulnerable; any one is enough."""
    if "definitions" not in book.tables:
        return _USUAL
    defined = book.read("definitions", Definitions).definitions
    return tuple(one.when for one in defined if one.id.startswith(_LEADS) and one.when) or _USUAL


def vulnerable(pupils: Sequence[tuple[str, bool]], book: Book) -> list[bool]:
    """
    Say of each pupil whether they count as vulnerable.

    Parameters
    ----------
    pupils : service and plan of each
        ``terms.Service`` of an open case, or empty; whether a plan is in force.
    """
    frame = pl.DataFrame(pupils, schema={"service": pl.String, "ehcp": pl.Boolean}, orient="row")
    asked = [
        compile_condition(text, FACTS, where="definitions", words=WORDS).expr for text in _answerable(conditions(book))
    ]
    return frame.select(pl.any_horizontal(*asked).fill_null(False).alias("is"))["is"].to_list()


def _answerable(texts: Iterable[str]) -> list[str]:
    """Those that ask only for what a roll can answer."""
    known = {"service", "ehcp"}
    return [text for text in texts if set(compile_condition(text, FACTS, where="definitions").facts) <= known]


def expected(*, is_vulnerable: bool, social_worker: bool, has_plan: bool, assessed: str) -> str:
    """
    Whether a pupil is expected to attend: ``yes``, ``no``, ``ask`` the lead contact, or as all others.

    With a social worker: expected unless the risk assessment of a plan says that the child is safer
    at home, and then somebody must decide. With a plan alone: by its risk assessment; not assessed
    yet, ask.
    """
    if not is_vulnerable:
        return AS_OTHERS
    if social_worker:
        return ASK if has_plan and assessed == SAFER_AT_HOME else YES
    if assessed in SAFE_THERE:
        return YES
    return NO if assessed == SAFER_AT_HOME else ASK
