"""
The register as the core wants it: fact tables, cases, sight and fact sheet of some children.

Visits and recorded sightings stand one floor up, in ``contact``, and are read here through the
child's own name for them, because a rating asks who has seen the child.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
from django.db.models import Exists, QuerySet

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.frontdoor.frames import contacts_facts
from keepsight.apps.frontdoor.models import Contact
from keepsight.apps.learning.frames import attendance_facts, ehc_plans_facts, enrolments_facts
from keepsight.apps.learning.models import EhcPlan, Enrolment
from keepsight.apps.people import frames as people
from keepsight.apps.people.models import Alert, AssessmentFactor, Child, FamilyMember, Involvement, MissingEpisode
from keepsight.apps.risk.models import Confirmation, Rating
from keepsight.core.calendars import WorkingCalendar
from keepsight.core.contact.cases import cases
from keepsight.core.contact.sight import SightRules, sightings, summary
from keepsight.core.packs import Book
from keepsight.core.packs.kinds import FactDefinitions
from keepsight.core.people.fact_sheet import fact_sheet
from keepsight.core.people.facts import FactTables
from keepsight.core.risk import Policy, policy

IN_FORCE = ("not_needed", "approved")  # approvals with which a confirmed level holds


@dataclass(frozen=True)
class Rules:
    """What the packs in force say, read once a process."""

    book: Book
    policy: Policy
    sight: SightRules
    calendar: WorkingCalendar
    facts: FactDefinitions


@dataclass(frozen=True)
class Gathered:
    """Everything known about some children of one authority on a day."""

    authority: Authority
    on: date
    rules: Rules
    tables: FactTables
    cases: pl.DataFrame
    sight: pl.DataFrame
    facts: pl.DataFrame


def rules_of(authority: Authority) -> Rules:
    """The rules that an authority works by."""
    return _rules(in_force(authority).book)


@functools.lru_cache(maxsize=8)
def _rules(book: Book) -> Rules:
    return Rules(
        book=book,
        policy=policy(book),
        sight=SightRules.from_table(book.table("sight")),
        calendar=WorkingCalendar.from_table(book.table("calendar")),
        facts=book.read("facts", FactDefinitions),
    )


def gather(authority: Authority, *, on: date, children: Sequence[int] | None = None) -> Gathered:
    """
    Read what is known about an authority's children, or about these few, as at a day.

    The same code for sixty thousand children in the morning and for the one who was just visited.
    """
    rules = rules_of(authority)
    tables = _tables(authority, children)
    found = cases(tables, as_at=on)
    seen = sightings(tables, rules.sight, as_at=on)
    sight = summary(found, seen, rules=rules.sight, calendar=rules.calendar, as_at=on)
    tables = replace(tables, sight=sight)
    facts = fact_sheet(tables, as_at=on, calendar=rules.calendar, definitions=rules.facts)
    return Gathered(authority, on, rules, tables, found, sight, facts)


def _tables(authority: Authority, children: Sequence[int] | None) -> FactTables:
    families = people.families_facts(authority, children)
    # Whether a brother or sister is Red is a fact too, so their levels are wanted as well.
    relatives = None if children is None else [*children, *families["child_id"].to_list()]
    return FactTables(
        children=people.children_facts(authority, children),
        involvements=people.involvements_facts(authority, children),
        families=families,
        addresses=people.addresses_facts(authority, children),
        factors=people.factors_facts(authority, children),
        missing=people.missing_facts(authority, children),
        alerts=people.alerts_facts(authority, children),
        contacts=contacts_facts(authority, children),
        enrolments=enrolments_facts(authority, children),
        attendance=attendance_facts(authority, children),
        ehc_plans=ehc_plans_facts(authority, children),
        visits=visits_facts(authority, children),
        sightings=sightings_facts(authority, children),
        confirmations=levels_in_force(authority, relatives).select("child_id", "level"),
        covered=covered(authority),
    )


def _of_child(authority: Authority, children: Sequence[int] | None, path: str, names: Sequence[str]) -> pl.DataFrame:
    """Rows of a table upstairs, by the name that the child has for them."""
    chosen: QuerySet[Child] = Child.objects.filter(**{"authority_id": authority.pk, f"{path}__isnull": False})
    if children is not None:
        chosen = chosen.filter(pk__in=children)
    columns = {"id": "child_id", **{f"{path}__{name}": name for name in names}}
    return rows.read(chosen, list(columns)).rename(columns)


def visits_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Visits made and tried: ``FactTables.visits``. A mode that nobody recorded is empty text."""
    names = ["visit_on", "mode", "seen", "seen_alone", "outcome", "service"]
    return _of_child(authority, children, "visits", names)


def sightings_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Other professionals who saw or heard the child: ``FactTables.sightings``."""
    return _of_child(authority, children, "sightings", ["seen_on", "line", "face_to_face"])


def levels_in_force(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """
    The level in force of each child who has one: child_id, level, review_on, rated_on.

    The newest that needed no approval or has it. One that waits for a manager leaves the one
    before it in force.
    """
    chosen = people.of_children(Confirmation.objects.filter(approval__in=IN_FORCE), authority, children)
    frame = rows.read(chosen, ["child_id", "id", "level", "review_on", "rated_on", "is_current"])
    newest = frame.sort("is_current", "rated_on", "id").unique("child_id", keep="last", maintain_order=True)
    return newest.select("child_id", "level", "review_on", "rated_on")


def current_ratings(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """What the policy last made of each child."""
    names = ["id", "child_id", "service", "level", "points", "confidence", "reasons", "pack_hash"]
    return rows.read(people.of_children(Rating.objects.filter(is_current=True), authority, children), names)


def covered(authority: Authority) -> frozenset[str]:
    """
    Which lists the authority has loaded: those of which it has any row.

    Sightings are recorded here, so a child without one is known to have none.
    """
    of_child = {"alerts": Alert, "factors": AssessmentFactor, "missing": MissingEpisode, "contacts": Contact,
                "ehc_plans": EhcPlan}  # fmt: skip
    asked = {name: Exists(model.objects.filter(child__authority=authority)) for name, model in of_child.items()}
    asked["enrolments"] = Exists(Enrolment.objects.filter(authority=authority))
    asked["families"] = Exists(FamilyMember.objects.filter(family__authority=authority))
    kinds = [value for value, _ in Involvement._meta.get_field("kind").choices or ()]
    spells = Involvement.objects.filter(child__authority=authority)
    asked |= {f"kind_{kind}": Exists(spells.filter(kind=kind)) for kind in kinds}
    found = Authority.objects.filter(pk=authority.pk).values(**asked)[0]
    return frozenset(name.removeprefix("kind_") for name, is_there in found.items() if is_there) | {"sightings"}
