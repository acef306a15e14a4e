"""Annex A lists as spells of work: one target a list, built from what starts and ends a spell of each."""

from dataclasses import dataclass

import polars as pl

from keepsight.apps.intake.columns import PLACE
from keepsight.apps.intake.people_in import all_open, with_allocation, with_start
from keepsight.apps.intake.work import Target, Work
from keepsight.apps.people.models import Involvement
from keepsight.core.formats import frames as lists
from keepsight.core.terms import InvolvementKind

_PERSON = ("child_id", "sex", "ethnicity", "date_of_birth")
_ALLOCATION = ("team", "worker")


@dataclass(frozen=True)
class Spell:
    """How one list becomes spells. ``starts`` and ``ends``: the first of these days that is given."""

    contract: lists.Contract
    kind: InvolvementKind
    starts: tuple[str, ...] = ("started_on",)
    ends: tuple[str, ...] = ("ended_on",)
    one_a_child: bool = False  # the list has one row a child and no start of its own


SPELLS = (
    # The list says when the assessment was completed, not when early help ended: the spell stays open.
    Spell(lists.EARLY_HELP, InvolvementKind.EARLY_HELP, ends=()),
    Spell(lists.ASSESSMENTS, InvolvementKind.ASSESSMENT, ends=("authorised_on",)),
    # An enquiry ends with its conference.
    Spell(lists.SECTION_47, InvolvementKind.SECTION_47, ends=("icpc_on",)),
    Spell(lists.CHILDREN_IN_NEED, InvolvementKind.CIN, ends=("closed_on",)),
    Spell(lists.CHILD_PROTECTION, InvolvementKind.CP),
    Spell(lists.CHILDREN_LOOKED_AFTER, InvolvementKind.CLA),
    Spell(lists.CARE_LEAVERS, InvolvementKind.CARE_LEAVER, starts=(), ends=(), one_a_child=True),
    Spell(
        lists.ADOPTION,
        InvolvementKind.ADOPTION,
        starts=("decision_on", "entered_care_on"),
        ends=("order_on", "reversed_on"),
        one_a_child=True,
    ),
)


def target_of(spell: Spell) -> Target:
    """The target of one list."""
    taken = {"started_on", "ended_on", *_PERSON, *_ALLOCATION, *(column.name for column in lists.PROVENANCE)}
    details = tuple(name for name in spell.contract.names if name not in taken)

    def mine(work: Work) -> object:
        return Involvement.objects.filter(child__authority=work.authority, kind=spell.kind)

    def shape(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
        began = pl.coalesce(*spell.starts) if spell.starts else pl.lit(None, pl.Date)
        ended = pl.coalesce(*spell.ends) if spell.ends else pl.lit(None, pl.Date)
        if not set(_ALLOCATION) <= set(frame.columns):
            frame = frame.with_columns(pl.lit(None, pl.String).alias(name) for name in _ALLOCATION)
        shaped = with_allocation(work, frame).with_columns(
            began.alias("started_on"), ended.alias("ended_on"), pl.lit(str(spell.kind)).alias("kind")
        )
        if spell.one_a_child:
            shaped = shaped.with_columns(pl.coalesce("started_on", pl.lit(work.as_at)).alias("started_on"))
            shaped = _keep_first_start(work, shaped, spell, mine(work))
        else:
            shaped = with_start(work, spell.contract.name, shaped, mine(work), [])
        columns = ["child_id", "kind", "started_on", "ended_on", "team_id", "worker_id", *details, *PLACE]
        return shaped.select(columns)

    return Target(
        name=spell.contract.name,
        model=Involvement,
        key=("child_id", "kind") if spell.one_a_child else ("child_id", "kind", "started_on"),
        values=(*(("started_on",) if spell.one_a_child else ()), "ended_on", "team_id", "worker_id"),
        shape=shape,
        mine=mine,  # type: ignore[arg-type]
        ends="ended_on",
        whole=all_open,
        details=details,
    )


def _keep_first_start(work: Work, frame: pl.DataFrame, spell: Spell, held: object) -> pl.DataFrame:
    """A list without start days: the spell began on the day that the register first heard of it."""
    if spell.starts:
        return frame
    from keepsight import rows

    known = rows.read(held, ["child_id", "started_on"]).rename({"started_on": "_known"})  # type: ignore[arg-type]
    known = known.group_by("child_id").agg(pl.col("_known").min())
    return frame.join(known, on="child_id", how="left", maintain_order="left").with_columns(
        pl.coalesce("_known", "started_on").alias("started_on")
    )


INVOLVEMENTS = tuple(target_of(spell) for spell in SPELLS)
