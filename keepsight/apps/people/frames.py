"""Rows of the register as frames: this app's one door to the core."""

from collections.abc import Sequence

import polars as pl
from django.db.models import QuerySet

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.people.models import (
    Address,
    Alert,
    AssessmentFactor,
    Child,
    FamilyMember,
    Involvement,
    MissingEpisode,
)


def of_children(queryset: QuerySet, authority: Authority, children: Sequence[int] | None) -> QuerySet:
    """Rows about an authority's children, or about these few. ``children`` are ids of ``Child``."""
    if children is not None:
        return queryset.filter(child_id__in=children)
    return queryset.filter(child__authority_id=authority.pk)


def children_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Who the children are: ``FactTables.children``."""
    chosen = Child.objects.filter(authority_id=authority.pk)
    if children is not None:
        chosen = chosen.filter(pk__in=children)
    return rows.read(chosen, ["id", "date_of_birth", "expected_on", "died_on", "disabled", "uasc"])


def involvements_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Spells of work: ``FactTables.involvements``; ``details`` as JSON text."""
    chosen = of_children(Involvement.objects.all(), authority, children)
    return rows.read(chosen, ["child_id", "kind", "started_on", "ended_on", "team_id", "worker_id", "details"])


def families_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Places in families: ``FactTables.families``. Of a few children: with their brothers and sisters."""
    chosen = FamilyMember.objects.filter(family__authority_id=authority.pk)
    if children is not None:
        theirs = FamilyMember.objects.filter(child_id__in=children).values("family_id")
        chosen = chosen.filter(family_id__in=theirs)
    return rows.read(chosen, ["family_id", "child_id"])


def addresses_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Where children live: ``FactTables.addresses``."""
    chosen = of_children(Address.objects.all(), authority, children)
    return rows.read(chosen, ["child_id", "started_on", "ended_on", "idaci_decile"])


def factors_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Factors found by assessments: ``FactTables.factors``."""
    chosen = of_children(AssessmentFactor.objects.all(), authority, children)
    return rows.read(chosen, ["child_id", "assessed_on", "factor"])


def missing_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Times when children were missing: ``FactTables.missing``."""
    chosen = of_children(MissingEpisode.objects.all(), authority, children)
    names = ["child_id", "started_on", "ended_on", "return_interview_offered", "return_interview_accepted"]
    return rows.read(chosen, names)


def alerts_facts(authority: Authority, children: Sequence[int] | None = None) -> pl.DataFrame:
    """Markers on records: ``FactTables.alerts``."""
    chosen = of_children(Alert.objects.all(), authority, children)
    return rows.read(chosen, ["child_id", "kind", "started_on", "ended_on"])
