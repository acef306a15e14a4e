"""Front door, visits and the council's own ratings."""

import polars as pl

from keepsight import rows
from keepsight.apps.accounts.queries import in_force
from keepsight.apps.contact.models import Visit
from keepsight.apps.frontdoor.models import Contact, ContactDay, Referral
from keepsight.apps.intake import findings
from keepsight.apps.intake.columns import PLACE, number_rows
from keepsight.apps.intake.work import Target, Work
from keepsight.apps.risk.models import Confirmation
from keepsight.core.terms import InvolvementKind, Level, VisitOutcome

_LAST_SEEN = (
    ("children_in_need", InvolvementKind.CIN, "last_seen_on"),
    ("child_protection", InvolvementKind.CP, "last_visit_on"),
    ("children_looked_after", InvolvementKind.CLA, "last_visit_on"),
)


# --- front door ----------------------------------------------------------------------------------
def shape_contacts(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    frame = work.leave_out(
        "contacts", frame, pl.col("contact_on").is_null(), code="no_date", expected="The day of the contact."
    )
    frame = frame.with_columns(pl.col("source").fill_null("").alias("source_code"))
    return number_rows(frame, ("child_id", "contact_on", "source_code"))


def shape_referrals(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    frame = work.leave_out(
        "referrals", frame, pl.col("referred_on").is_null(), code="no_date", expected="The day of the referral."
    )
    frame = frame.with_columns(pl.col("source").fill_null("").alias("source_code"))
    return number_rows(frame, ("child_id", "referred_on"), ("source_code", "nfa"))


def shape_history(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    bad = pl.col("contact_on").is_null() | pl.col("contacts").is_null()
    frame = work.leave_out("contact_history", frame, bad, code="no_count", expected="A day and a number of contacts.")
    return frame.with_columns(
        pl.col("source").fill_null("").alias("source_code"), pl.col("referrals").fill_null(0).alias("referrals")
    )


# --- visits ------------------------------------------------------------------------------------------
def shape_visits(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    """Visits of the case system. Where the export does not say that the child was seen, nobody may think so."""
    bad = pl.col("visit_on").is_null() | pl.col("visit_id").is_null()
    frame = work.leave_out("visits", frame, bad, code="no_date", expected="The visit's id and day.")
    seen = pl.when(pl.col("seen")).then(pl.lit(str(VisitOutcome.SEEN))).otherwise(pl.lit(str(VisitOutcome.NOT_SEEN)))
    number = pl.format("{} {}", pl.col("service").fill_null(""), "visit_id")  # each table counts for itself
    return frame.with_columns(number.alias("number"), seen.alias("outcome"))


def last_visits(work: Work) -> pl.DataFrame:
    """Days last seen in Annex A lists, where no visit of that child and day is known."""
    parts = []
    for name, kind, column in _LAST_SEEN:
        frame = work.frames.get(name)
        if frame is None:
            continue
        alone = pl.col("seen_alone") if "seen_alone" in frame.columns else pl.lit(None, pl.Boolean)
        number = pl.format("annex-a {} {}", pl.lit(str(kind)), pl.col(column))
        parts.append(
            frame.filter(pl.col(column).is_not_null()).select(
                "child_id", pl.col(column).alias("visit_on"), pl.lit(str(kind)).alias("service"),
                alone.alias("seen_alone"), number.alias("number"),
                *PLACE,
            )
        )  # fmt: skip
    if not parts:
        return pl.DataFrame()
    every = pl.concat(parts).unique(["child_id", "number"], keep="first", maintain_order=True)
    known = rows.read(
        Visit.objects.filter(child__authority=work.authority).exclude(number__startswith="annex-a "),
        ["child_id", "visit_on"],
    )
    if "visits" in work.frames:
        known = pl.concat([known, work.frames["visits"].select("child_id", "visit_on")])
    return every.join(known.unique(), on=["child_id", "visit_on"], how="anti").with_columns(
        pl.lit(True).alias("seen"),
        pl.lit(str(VisitOutcome.SEEN)).alias("outcome"),
        pl.lit("", pl.String).alias("mode"),
    )


# --- the council's own ratings --------------------------------------------------------------------------
def load_ratings(work: Work, frame: pl.DataFrame) -> None:
    """Load the tracker's ratings; of each child the newest of all is the current one."""
    work.put(RAG_TRACKER, frame)
    if work.load_id is None:
        return
    # What a manager refused never becomes the level again, however new it is.
    mine = Confirmation.objects.filter(child__authority=work.authority).exclude(approval="refused")
    held = rows.read(mine, ["id", "child_id", "rated_on", "is_current", "created_load_id"])
    newest = held.sort("child_id", "rated_on", "is_current", "id", descending=[False, True, True, True])
    first = newest.unique("child_id", keep="first", maintain_order=True).select("id", pl.lit(True).alias("_first"))
    told = held.join(first, on="id", how="left").with_columns(pl.col("_first").fill_null(False))
    for current in (False, True):  # nobody has two current ratings, not even for a moment
        turned = told.filter((pl.col("_first") == current) & (pl.col("is_current") != current))
        after = turned.select("id", pl.lit(current).alias("is_current"))
        ours = turned.filter(pl.col("created_load_id").eq_missing(work.load_id))["id"]
        rows.update(Confirmation, after.filter(pl.col("id").is_in(ours.implode())))
        theirs = ~pl.col("id").is_in(ours.implode())
        work.alter(Confirmation, after.filter(theirs), turned.select("id", "is_current").filter(theirs))


def shape_ratings(work: Work, frame: pl.DataFrame) -> pl.DataFrame:
    bad = pl.col("level").is_null() | pl.col("rated_on").is_null()
    frame = work.leave_out("rag_tracker", frame, bad, code="no_level", expected="A level, and the day it was given.")
    later = frame.filter(pl.col("rated_on") > work.as_at)
    work.named.append(
        findings.of_rows(
            later, code="in_future", severity="warning", column="Date rated", found=pl.col("rated_on").cast(pl.String),
            expected="A day no later than the files.", done="Kept as written.",
        )
    )  # fmt: skip
    days = _review_days(work)
    due = pl.col("rated_on") + pl.duration(days=pl.col("level").replace_strict(days, default=days[Level.RED]))
    return frame.with_columns(
        pl.coalesce("review_on", due.cast(pl.Date)).alias("review_on"),
        pl.col("rated_by").fill_null("not named").alias("rated_by"),
        pl.lit(False).alias("is_current"),
    )


def _review_days(work: Work) -> dict[str, int]:
    """How long a rating holds, by level, from the policy in force (RULES §4.5, O2)."""
    table = in_force(work.authority).book.table("rating").get("review", [])
    rules = table.values() if isinstance(table, dict) else table
    return {str(rule["level"]): int(rule["days"]) for rule in rules if "level" in rule}


def of_children(model: type) -> object:
    """Rows of a table about the authority's children."""
    return lambda work: model.objects.filter(child__authority=work.authority)  # type: ignore[attr-defined]


CONTACTS = Target(
    name="contacts",
    model=Contact,
    key=("child_id", "contact_on", "source_code", "number"),
    values=(),
    shape=shape_contacts,
    mine=of_children(Contact),
)
REFERRALS = Target(
    name="referrals",
    model=Referral,
    key=("child_id", "referred_on", "number"),
    values=("source_code", "nfa"),
    shape=shape_referrals,
    mine=of_children(Referral),
)
HISTORY = Target(
    name="contact_history",
    model=ContactDay,
    key=("contact_on", "source_code"),
    values=("contacts", "referrals"),
    shape=shape_history,
    mine=lambda work: ContactDay.objects.filter(authority=work.authority),
)
VISITS = Target(
    name="visits",
    model=Visit,
    key=("child_id", "number"),
    values=("visit_on", "outcome", "mode", "seen", "seen_alone", "service"),
    shape=shape_visits,
    mine=lambda work: Visit.objects.filter(child__authority=work.authority).exclude(number=""),
)
LAST_VISITS = Target(
    name="last_visits",
    model=Visit,
    key=("child_id", "number"),
    values=("visit_on", "outcome", "mode", "seen", "seen_alone", "service"),
    shape=lambda work, frame: frame,
    mine=lambda work: Visit.objects.filter(child__authority=work.authority, number__startswith="annex-a "),
)
RAG_TRACKER = Target(
    name="rag_tracker",
    model=Confirmation,
    key=("child_id", "rated_on", "rated_by"),
    values=("level", "reason", "review_on"),
    shape=shape_ratings,
    mine=lambda work: Confirmation.objects.filter(child__authority=work.authority, rated_by_user=None),
)
