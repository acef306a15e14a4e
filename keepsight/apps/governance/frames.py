"""Rows of the register as facts about retention: this app's one door to the core."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from keepsight import rows
from keepsight.apps.accounts.models import Authority
from keepsight.apps.contact.models import Sighting, Visit
from keepsight.apps.frontdoor.models import Contact, Referral
from keepsight.apps.learning.frames import ehc_plans_facts
from keepsight.apps.people.frames import children_facts, involvements_facts, of_children
from keepsight.apps.people.models import Alert, Involvement
from keepsight.core.people.facts import FactTables
from keepsight.core.people.spells import spells
from keepsight.core.retention import FACTS
from keepsight.core.terms import HEALTH_ALERTS, InvolvementKind

_EVER = {
    "looked_after": (InvolvementKind.CLA, InvolvementKind.CARE_LEAVER, InvolvementKind.ADOPTION),
    "on_plan": (InvolvementKind.CP,),
    "in_need": (InvolvementKind.CIN, InvolvementKind.ASSESSMENT, InvolvementKind.SECTION_47),
    "early_help": (InvolvementKind.EARLY_HELP,),
    "ehcp": (InvolvementKind.EHCP,),
}
_ENDLESS = [str(InvolvementKind.EARLY_HELP), str(InvolvementKind.CARE_LEAVER)]  # their lists give no end


def retention_facts(authority: Authority, on: date, children: Sequence[int] | None = None) -> pl.DataFrame:
    """
    Give one row of facts a child, as ``core.retention.FACTS``; of a few children, or of all.

    A spell without an end counts as open, also when the newest file no longer holds it, and so does
    one that is still to begin: the careful reading. The lists of early help and of care leavers give
    no end: there a spell ends with the file that no longer holds it. A referral that is not marked as
    without further action counts as work.
    """
    who = children_facts(authority, children).select(child="id", born_on="date_of_birth", died_on="died_on")
    work, to_come = _work(authority, on, children)
    front = _front_door(authority, children)
    seen = rows.read(of_children(Visit.objects.all(), authority, children), ["child_id", "visit_on"])
    ends = pl.concat(
        [
            work.select("child", on=pl.col("closed_on")),
            front.select("child", "on"),
            seen.filter(pl.col("visit_on") <= on).select(child="child_id", on="visit_on"),
        ]
    )
    parts = [
        ends.group_by("child").agg(closed_on=pl.col("on").max()),
        work.group_by("child").agg(
            is_open=pl.col("is_open").any(),
            **{name: pl.col("kind").is_in([str(kind) for kind in kinds]).any() for name, kinds in _EVER.items()},
        ),
        front.group_by("child").agg(contact=pl.lit(True), referred=pl.col("accepted").any()),
        _orders(authority, on, children),
        _markers(authority, children),
        _extras(authority, children),
    ]
    facts = who
    for part in parts:
        facts = facts.join(part, on="child", how="left")
    yes = (*_EVER, "contact", "referred", "is_open", "health", "extras")
    facts = facts.with_columns(pl.col(name).fill_null(False) for name in yes)
    facts = facts.with_columns(
        in_need=pl.col("in_need") | pl.col("referred"),
        open=pl.col("is_open") | pl.col("child").is_in(to_come.implode()),
    )
    return FACTS.check(facts)


def _work(authority: Authority, on: date, children: Sequence[int] | None) -> tuple[pl.DataFrame, pl.Series]:
    """Spells that have begun, with plans for education; and the children with one that is still to begin."""
    columns = ["child_id", "kind", "started_on", "ended_on", "team_id", "worker_id", "details", "not_in_file_since"]
    involvements = rows.read(of_children(Involvement.objects.all(), authority, children), columns)
    dropped = pl.when(pl.col("kind").is_in(_ENDLESS)).then(pl.col("not_in_file_since"))
    involvements = involvements.with_columns(ended_on=pl.coalesce("ended_on", dropped))
    plans = ehc_plans_facts(authority, children)
    tables = FactTables(children_facts(authority, []), involvements=involvements, ehc_plans=plans)
    begun = spells(tables, as_at=on).begun.select("child", "kind", "closed_on", "is_open")
    later = pl.concat(
        [
            involvements.filter(pl.col("started_on") > on).select("child_id"),
            plans.filter(pl.col("plan_on") > on).select("child_id"),
        ]
    )
    return begun, later["child_id"].unique()


def _front_door(authority: Authority, children: Sequence[int] | None) -> pl.DataFrame:
    contacts = rows.read(of_children(Contact.objects.all(), authority, children), ["child_id", "contact_on"])
    referrals = rows.read(of_children(Referral.objects.all(), authority, children), ["child_id", "referred_on", "nfa"])
    return pl.concat(
        [
            contacts.select(child="child_id", on="contact_on", accepted=pl.lit(False)),
            referrals.select(child="child_id", on="referred_on", accepted=~pl.col("nfa").fill_null(False)),
        ]
    )


def _orders(authority: Authority, on: date, children: Sequence[int] | None) -> pl.DataFrame:
    """The day of the newest adoption order."""
    adoptions = involvements_facts(authority, children).filter(pl.col("kind") == InvolvementKind.ADOPTION.value)
    order = pl.col("details").str.json_path_match("$.order_on").str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    made = adoptions.select(child="child_id", order_on=order).filter(pl.col("order_on") <= on)
    return made.group_by("child").agg(pl.col("order_on").max())


def _markers(authority: Authority, children: Sequence[int] | None) -> pl.DataFrame:
    """Health markers: the end of the one that ended first. One that the file has dropped has ended then."""
    marked = Alert.objects.filter(kind__in=sorted(HEALTH_ALERTS))
    held = rows.read(of_children(marked, authority, children), ["child_id", "ended_on", "not_in_file_since"])
    ended = pl.coalesce("ended_on", "not_in_file_since")
    return held.group_by(child="child_id").agg(health=pl.lit(True), event_on=ended.min())


def _extras(authority: Authority, children: Sequence[int] | None) -> pl.DataFrame:
    """Children of whose sightings names or notes are kept."""
    worded = Sighting.objects.exclude(who="", note="")
    held = rows.read(of_children(worded, authority, children), ["child_id"])
    return held.select(child="child_id", extras=pl.lit(True)).unique()
