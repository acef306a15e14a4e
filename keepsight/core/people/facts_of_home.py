"""Facts of home and health: factors, alerts, missing episodes, contacts, address, plans, siblings."""

from datetime import date, timedelta

import polars as pl

from keepsight.core.packs.kinds import FactDefinitions
from keepsight.core.terms import AlertKind, Level

# Alerts that are a fact by themselves, while they are open.
PLAIN_ALERTS: dict[str, str] = {
    "pre_proceedings": AlertKind.PLO,
    "placement_breakdown_risk": AlertKind.PLACEMENT_BREAKDOWN_RISK,
    "shielding": AlertKind.SHIELDING,
    "isolated": AlertKind.ISOLATED,
    "interpreter": AlertKind.INTERPRETER,
    "insecure_housing": AlertKind.INSECURE_HOUSING,
    "visit_refused": AlertKind.VISIT_REFUSED,
    "agency_withdrew": AlertKind.AGENCY_WITHDREW,
    "respite_stopped": AlertKind.RESPITE_STOPPED,
    "bereavement": AlertKind.BEREAVEMENT,
    "income_loss": AlertKind.INCOME_LOSS,
    "network_plan": AlertKind.NETWORK_PLAN,
    "trusted_adult": AlertKind.TRUSTED_ADULT,
    "engages_by_video": AlertKind.ENGAGES_BY_VIDEO,
    # Parts of facts that other lists speak of too: joined in ``fact_sheet``.
    "alert_private_fostering": AlertKind.PRIVATE_FOSTERING,
    "alert_domestic_abuse": AlertKind.DOMESTIC_ABUSE,
    "alert_exploitation": AlertKind.EXPLOITATION,
    "alert_young_carer": AlertKind.YOUNG_CARER,
    "alert_cannot_tell": AlertKind.CANNOT_TELL,
}
# Alerts of something that happened: a fact while its beginning lies in the window.
HAPPENED: dict[str, tuple[tuple[str, ...], str]] = {
    "marac_lately": ((AlertKind.MARAC,), "marac_days"),
    "alert_self_harm": ((AlertKind.SELF_HARM, AlertKind.SELF_HARM_HOSPITAL), "self_harm_days"),
    "self_harm_hospital_lately": ((AlertKind.SELF_HARM_HOSPITAL,), "self_harm_hospital_days"),
    "crisis_request_lately": ((AlertKind.CRISIS_REQUEST,), "crisis_days"),
}
ALERT_FACTS = (*PLAIN_ALERTS, *HAPPENED, "alert_domestic_abuse_past", "alert_homeless")
FACTORS = (
    "domestic_abuse", "neglect", "physical_or_sexual_abuse", "emotional_abuse", "household_substance_misuse",
    "parent_mental_ill_health", "child_mental_health", "exploitation", "private_fostering", "uasc", "young_carer",
)  # fmt: skip
FACTOR_FACTS = (*(f"factor_{name}" for name in FACTORS), "factor_domestic_abuse_past", "factor_self_harm")


def _days_before(as_at: date, definitions: FactDefinitions, window: str) -> date:
    return as_at - timedelta(days=definitions.windows[window])


def factors(listed: pl.DataFrame, as_at: date, definitions: FactDefinitions) -> pl.DataFrame:
    """Factors found at the end of assessments in the window; domestic abuse and self-harm by their own."""
    lately = pl.col("assessed_on") >= _days_before(as_at, definitions, "factors_days")
    hurt = pl.col("assessed_on") >= _days_before(as_at, definitions, "self_harm_days")
    codes = definitions.factors
    factor = pl.col("factor").str.to_uppercase()
    return (
        listed.filter(pl.col("assessed_on") <= as_at)
        .group_by(child="child_id")
        .agg(
            *((factor.is_in(codes[name]) & lately).any().alias(f"factor_{name}") for name in FACTORS),
            factor_domestic_abuse_past=(factor.is_in(codes["domestic_abuse"]) & ~lately).any(),
            factor_self_harm=(factor.is_in(codes["self_harm"]) & hurt).any(),
        )
    )


def alerts(listed: pl.DataFrame, as_at: date, definitions: FactDefinitions) -> pl.DataFrame:
    """Alerts that are open, or whose beginning lies in their window."""
    kind, started, judged = pl.col("kind"), pl.col("started_on"), definitions.judged["facts"]
    is_open = pl.col("ended_on").is_null() | (pl.col("ended_on") > as_at)
    homeless_since = _days_before(as_at, definitions, "homeless_days")
    was_abuse = (kind == AlertKind.DOMESTIC_ABUSE_PAST.value) | ((kind == AlertKind.DOMESTIC_ABUSE.value) & ~is_open)
    return (
        listed.filter(started <= as_at)
        .group_by(child="child_id")
        .agg(
            *(
                _said(kind == str(alert), is_open, judged=name in judged).alias(name)
                for name, alert in PLAIN_ALERTS.items()
            ),
            *(
                (kind.is_in([str(alert) for alert in kinds]) & (started >= _days_before(as_at, definitions, window)))
                .any()
                .alias(name)
                for name, (kinds, window) in HAPPENED.items()
            ),
            alert_domestic_abuse_past=was_abuse.any(),
            alert_homeless=(
                (kind == AlertKind.HOMELESS.value) & (is_open | (pl.col("ended_on") >= homeless_since))
            ).any(),
            withdrew_on=started.filter((kind == AlertKind.AGENCY_WITHDREW.value) & is_open).max(),
        )
    )


def _said(of_kind: pl.Expr, is_open: pl.Expr, *, judged: bool) -> pl.Expr:
    """Whether an alert of a kind is open. Of what has to be asked about, silence says nothing."""
    yes = (of_kind & is_open).any()
    return pl.when(yes).then(True).when(of_kind.any()).then(False) if judged else yes


def missing(listed: pl.DataFrame, as_at: date, definitions: FactDefinitions) -> pl.DataFrame:
    """
    Missing episodes: now, in the window, and of those ended how many had no return interview.

    An interview of which nothing is recorded was not held, as far as anybody can show.
    """
    now = pl.col("ended_on").is_null() | (pl.col("ended_on") > as_at)
    lately = now | (pl.col("ended_on") >= _days_before(as_at, definitions, "missing_days"))
    held = pl.col("return_interview_accepted").fill_null(False)
    return (
        listed.filter(pl.col("started_on") <= as_at)
        .group_by(child="child_id")
        .agg(
            missing_now=now.any(),
            missing_lately=lately.sum().cast(pl.Int64),
            missing_no_interview=(lately & ~now & ~held).sum().cast(pl.Int64),
        )
    )


def contacts(listed: pl.DataFrame, as_at: date, definitions: FactDefinitions) -> pl.DataFrame:
    """Contacts at the front door in the window."""
    since = _days_before(as_at, definitions, "contacts_days")
    return (
        listed.filter(pl.col("contact_on").is_between(since, as_at))
        .group_by(child="child_id")
        .agg(contacts_lately=pl.len().cast(pl.Int64))
    )


def address(listed: pl.DataFrame, as_at: date) -> pl.DataFrame:
    """Deprivation decile of the present address: of several, the newest."""
    return (
        listed.filter(
            (pl.col("started_on").is_null() | (pl.col("started_on") <= as_at))
            & (pl.col("ended_on").is_null() | (pl.col("ended_on") > as_at))
        )
        .sort("started_on", nulls_last=False, maintain_order=True)
        .group_by(child="child_id")
        .agg(pl.col("idaci_decile").last())
    )


def plans(listed: pl.DataFrame, as_at: date, definitions: FactDefinitions) -> pl.DataFrame:
    """Whether an education, health and care plan holds, and whether its primary need says “cannot tell”."""
    holds = (pl.col("plan_on").is_null() | (pl.col("plan_on") <= as_at)) & (
        pl.col("ceased_on").is_null() | (pl.col("ceased_on") > as_at)
    )
    need = pl.col("primary_need").is_in(definitions.needs["cannot_tell"])
    return listed.group_by(child="child_id").agg(ehcp=holds.any(), plan_cannot_tell=(holds & need).any())


def siblings(families: pl.DataFrame, confirmations: pl.DataFrame) -> pl.DataFrame:
    """Whether another child of one of the child's families is Red."""
    red = confirmations.filter(pl.col("level") == Level.RED.value).select("child_id", red=pl.lit(True)).unique()
    members = families.unique(["family_id", "child_id"]).join(red, on="child_id", how="left")
    own = pl.col("red").fill_null(False)
    return (
        members.with_columns(others=own.sum().over("family_id") - own.cast(pl.UInt32))
        .group_by(child="child_id")
        .agg(sibling_red=(pl.col("others") > 0).any())
    )
