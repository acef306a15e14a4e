"""Facts from spells of work: enquiries, plans, care. Each function gives one row for each child it knows."""

from datetime import timedelta

import polars as pl

from keepsight.core.packs.kinds import FactDefinitions
from keepsight.core.people.spells import SERVICE_OF, Spells
from keepsight.core.terms import InvolvementKind


def open_kinds(done: Spells) -> pl.DataFrame:
    """Which kinds of spell are open (``open_cp``, …), and when the newest change came."""
    return (
        done.begun.group_by("child")
        .agg(
            *(((pl.col("kind") == kind) & pl.col("is_open")).any().alias(f"open_{kind}") for kind in SERVICE_OF),
            # The list of care leavers gives no start, only the day on which the register first heard.
            spell_changed_on=pl.col("started_on").filter(pl.col("kind") != InvolvementKind.CARE_LEAVER.value).max(),
        )
        .with_columns(
            child_in_need=pl.col(f"open_{InvolvementKind.CIN}"),
            section_47_open=pl.col(f"open_{InvolvementKind.SECTION_47}"),
            cp_plan=pl.col(f"open_{InvolvementKind.CP}"),
            looked_after=pl.col(f"open_{InvolvementKind.CLA}"),
            care_leaver=pl.col(f"open_{InvolvementKind.CARE_LEAVER}"),
        )
    )


def enquiries(done: Spells, definitions: FactDefinitions) -> pl.DataFrame:
    """Whether a section 47 enquiry closed in the window."""
    since = done.as_at - timedelta(days=definitions.windows["section_47_days"])
    return (
        done.of(InvolvementKind.SECTION_47)
        .group_by("child")
        .agg(section_47_closed_lately=(pl.col("closed_on") >= since).fill_null(False).any())
    )


def protection_plans(done: Spells, definitions: FactDefinitions) -> pl.DataFrame:
    """Facts of the open child protection plan: a second one, reviewed, what for."""
    months = definitions.windows["second_plan_months"]
    earlier = (
        done.of(InvolvementKind.CP)
        .sort("child", "started_on")
        .with_columns(before=pl.col("closed_on").shift(1).over("child"), ordinal=pl.int_range(pl.len()).over("child"))
        .filter(pl.col("is_open"))
        .unique("child", keep="last", maintain_order=True)
    )
    soon_after = pl.col("started_on") <= pl.col("before").dt.offset_by(f"{months}mo")
    # The list counts earlier plans; without the earlier spell itself nobody knows how long ago it was.
    counted = pl.when(pl.col("previous_plans") == 0).then(False)
    category = pl.coalesce("latest_category", "initial_category")
    several = category.is_in(definitions.categories["several"])
    return earlier.select(
        "child",
        second_cp_plan=pl.when(pl.col("ordinal") > 0).then(soon_after).otherwise(counted),
        cp_reviewed=(pl.col("last_review_on") >= pl.col("started_on")).fill_null(False),
        **{
            f"cp_{name}": pl.when(several | category.is_null())
            .then(None)
            .otherwise(category.is_in(definitions.categories[name]))
            for name in ("neglect", "physical_or_sexual_abuse", "emotional_abuse")
        },
    )


def care(done: Spells, definitions: FactDefinitions) -> pl.DataFrame:
    """Facts of the open spell of care: how long, where, under which order."""
    placements, permanence = definitions.placements, definitions.permanence
    kind, plan = pl.col("placement_type"), pl.col("permanence_plan").str.to_lowercase()
    began = pl.coalesce("placement_started_on", "started_on")
    length = (pl.lit(done.as_at) - began).dt.total_days()
    # A temporary approval ends: whoever has been there longer is approved in full.
    may_be_temporary = length <= definitions.windows["temporary_approval_days"]
    temporary = pl.col("temporary_approval").fill_null(may_be_temporary)
    return done.newest_open(InvolvementKind.CLA).select(
        "child",
        "legal_status",
        "placement_type",
        "placements_12m",
        "six_month_visits_agreed",
        care_days=(pl.lit(done.as_at) - pl.col("started_on")).dt.total_days(),
        care_reviewed=(pl.col("last_review_on") >= pl.col("started_on")).fill_null(False),
        placement_days=length,
        placement_changed_on=pl.when(began <= done.as_at).then(began),
        placement_long_term=kind.is_in(placements["long_term"]),
        placed_at_home=kind.is_in(placements["at_home"]),
        temporary_carer=pl.when(kind.is_in(placements["relative_not_long_term"]).not_())
        .then(False)
        .otherwise(pl.when(kind.is_not_null()).then(temporary)),
        placement_to_18=pl.when(plan.is_in(permanence["to_18"]))
        .then(True)
        .when(plan.is_in(permanence["not_to_18"]))
        .then(False),
        care_uasc="uasc",
        care_missing_12m="missing_12m",
    )


def leaving_care(done: Spells, definitions: FactDefinitions) -> pl.DataFrame:
    """Facts of the open spell of leaving care."""
    letter = pl.col("accommodation").str.to_uppercase()
    return done.newest_open(InvolvementKind.CARE_LEAVER).select(
        "child",
        "la_accommodation",
        leaver_homeless=letter.is_in(definitions.accommodation["homeless"]),
        leaver_uasc="uasc",
    )


def early_help(done: Spells) -> pl.DataFrame:
    """Level of need of the open early help spell."""
    return done.newest_open(InvolvementKind.EARLY_HELP).select("child", early_help_level="level")
