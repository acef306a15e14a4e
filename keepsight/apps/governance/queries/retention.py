"""Answers about retention: whose time is over, what is on hold, which numbers came back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.db.models import Q, QuerySet

from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.permissions import Grants, Permission
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.audit.models import Finding, Load
from keepsight.apps.governance.belongings import pseudonym
from keepsight.apps.governance.frames import retention_facts
from keepsight.apps.governance.models import Disposal, LegalHold, SubjectAccess
from keepsight.apps.people.models import Child, Identifier
from keepsight.core.packs import Book
from keepsight.core.packs.kinds import Retention, RetentionRule
from keepsight.core.packs.kinds.access import PARTS, RECORDS
from keepsight.core.retention import anniversary, bind, parts
from keepsight.core.terms import IdentifierScheme

REGISTERS = "registers-"  # before a rule's id where it is asked of registers, and not of children
PHASES = ("past", "soon", "later", "held", "open", "undecided")  # each child and rule stands in one


@dataclass(frozen=True)
class Schedule:
    """The schedule in force in one authority."""

    book: Book
    rules: tuple[RetentionRule, ...]

    def rule(self, rule_id: str) -> RetentionRule | None:
        """One rule by id: of records or parts of them, or of registers where the id says so."""
        if rule_id.startswith(REGISTERS):
            return next((rule for rule in self.rules if rule.id == rule_id.removeprefix(REGISTERS)), None)
        return next((rule for rule in self.rules if rule.id == rule_id and rule.applies), None)

    @property
    def shown(self) -> tuple[RetentionRule, ...]:
        """The rules that speak of children's records, in the order of the pack."""
        return tuple(rule for rule in self.rules if rule.applies in (*RECORDS, *PARTS))


def schedule_of(authority: Authority) -> Schedule:
    """Read the schedule in force."""
    book = in_force(authority).book
    return Schedule(book, book.read("retention", Retention).schedule)


def authorities_for(grants: Grants, permission: Permission) -> QuerySet[Authority]:
    """The authorities in which a person may do this, as a whole: retention knows no smaller place."""
    return Authority.objects.filter(pk__in=grants.scope(permission).authority_ids).order_by("name")


def kept(authority: Authority, on: date, children: Sequence[int] | None = None) -> pl.DataFrame:
    """
    Say of every record, and of the parts that go before it, until when it is kept, and its phase.

    Returns
    -------
    DataFrame
        child, rule, counted_from, kept_until, state, why, held, phase. A rule's record or part is in
        one phase: on hold before anything else, then open, kept until people decide, past its time,
        soon (within twelve months), later.
    """
    facts, rules = retention_facts(authority, on, children), schedule_of(authority).rules
    both = pl.concat([bind(facts, rules), parts(facts, rules)])
    everybody, some = holds_of(authority)
    held = pl.lit(True) if everybody else pl.col("child").is_in(pl.Series(sorted(some), dtype=pl.Int64).implode())
    return both.with_columns(held=held, phase=phase_on(on, held))


def phase_on(on: date, held: pl.Expr) -> pl.Expr:
    """In which phase something stands, by its state and the day until which it is kept."""
    until, year = pl.col("kept_until"), anniversary(pl.lit(on), 12)
    return (
        pl.when(held).then(pl.lit("held")).when(pl.col("state") == "open").then(pl.lit("open"))
        .when(until.is_null()).then(pl.lit("undecided")).when(until < on).then(pl.lit("past"))
        .when(until < year).then(pl.lit("soon")).otherwise(pl.lit("later"))
    )  # fmt: skip


def holds_of(authority: Authority) -> tuple[bool, set[int]]:
    """
    Whether the whole authority is on hold, and which children are.

    A subject-access request holds the record by itself, until its bundle is made and deleted again.
    """
    standing = set(LegalHold.objects.filter(authority=authority, lifted_at=None).values_list("child_id", flat=True))
    asked = SubjectAccess.objects.filter(child__authority=authority).filter(Q(made_at=None) | ~Q(kept_until=None))
    some = standing | set(asked.values_list("child_id", flat=True))
    return None in standing, {child for child in some if child is not None}


def numbers_of(children: Sequence[int]) -> dict[int, str]:
    """The case system's numbers of children, by which its own records are found."""
    held: dict[int, str] = {}
    for start in range(0, len(children), 500):
        numbers = Identifier.objects.filter(
            child__in=children[start : start + 500], scheme=IdentifierScheme.LA_CHILD_ID
        )
        held |= dict(numbers.values_list("child_id", "value"))
    return held


def child_by_number(authority: Authority, number: str) -> Child | None:
    """The child of this number in the case system."""
    known = Identifier.objects.filter(
        authority=authority, scheme=IdentifierScheme.LA_CHILD_ID, value=number.strip().replace(" ", "").upper()
    )
    found = known.select_related("child").first()
    return found.child if found else None


def holds(authorities: Any) -> QuerySet[LegalHold]:
    """Holds of these authorities, those that stand first."""
    return (
        LegalHold.objects.filter(authority__in=authorities)
        .select_related("authority")
        .order_by("lifted_at", "-placed_at")
    )


def disposals(authorities: Any) -> QuerySet[Disposal]:
    """Lists of what is or was to be destroyed, newest first."""
    people = ("authority", "proposed_by", "decided_by", "done_by")
    return Disposal.objects.filter(authority__in=authorities).select_related(*people).order_by("-proposed_at", "-pk")


def requests(authorities: Any) -> QuerySet[SubjectAccess]:
    """Subject-access requests, newest first."""
    chosen = SubjectAccess.objects.filter(child__authority__in=authorities)
    return chosen.select_related("child", "child__authority", "made_by").order_by("-asked_on", "-pk")


def came_back(authority: Authority) -> dict[str, Any]:
    """How many numbers of destroyed records stood in a load since, and in which one last."""
    loads = Load.objects.filter(authority_code=authority.code, state=Load.State.COMMITTED)
    found = Finding.objects.filter(load__in=loads, code="destroyed_before")
    newest = found.select_related("load").order_by("-load_id").first()
    return {"count": found.count(), "load": newest.load_id, "on": newest.load.as_at} if newest else {}


def references(authority: Authority, children: Sequence[int]) -> dict[int, str]:
    """The pseudonymous reference of each child."""
    return {child: pseudonym(authority, child) for child in children}
