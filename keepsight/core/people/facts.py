"""
The facts: one row a child, everything that a rating may ask about.

``FACTS`` says what each fact means, in which unit, and from which list it comes. Null means that
nobody knows: the list was never loaded, or its cell was empty. A child who is absent from a list
that was loaded has a known "no". How far back "the window" of a fact reaches is told in
``facts.toml`` of the standing pack. ``fact_sheet`` (its own module) builds the frame.
"""

from dataclasses import dataclass, field

import polars as pl

from keepsight.core.columns import Column, Contract
from keepsight.core.terms import Service


def _table(name: str, *columns: tuple[str, type[pl.DataType]]) -> Contract:
    return Contract(name, tuple(Column(column, dtype) for column, dtype in columns))


# --- what goes in: frames named and shaped as the database columns ---------------------------------
CHILDREN = _table(
    "children",
    ("id", pl.Int64),
    ("date_of_birth", pl.Date),
    ("expected_on", pl.Date),
    ("died_on", pl.Date),
    ("disabled", pl.Boolean),
    ("uasc", pl.Boolean),
)
INVOLVEMENTS = _table(
    "involvements",
    ("child_id", pl.Int64),
    ("kind", pl.String),
    ("started_on", pl.Date),
    ("ended_on", pl.Date),
    ("team_id", pl.Int64),
    ("worker_id", pl.Int64),
    ("details", pl.String),
)
FAMILIES = _table("families", ("family_id", pl.Int64), ("child_id", pl.Int64))
ADDRESSES = _table(
    "addresses",
    ("child_id", pl.Int64),
    ("started_on", pl.Date),
    ("ended_on", pl.Date),
    ("idaci_decile", pl.Int64),
)
FACTORS = _table("factors", ("child_id", pl.Int64), ("assessed_on", pl.Date), ("factor", pl.String))
MISSING = _table(
    "missing",
    ("child_id", pl.Int64),
    ("started_on", pl.Date),
    ("ended_on", pl.Date),
    ("return_interview_offered", pl.Boolean),
    ("return_interview_accepted", pl.Boolean),
)
ALERTS = _table("alerts", ("child_id", pl.Int64), ("kind", pl.String), ("started_on", pl.Date), ("ended_on", pl.Date))
CONTACTS = _table("contacts", ("child_id", pl.Int64), ("contact_on", pl.Date))
ENROLMENTS = _table(
    "enrolments", ("id", pl.Int64), ("child_id", pl.Int64), ("setting_id", pl.Int64), ("left_on", pl.Date)
)
ATTENDANCE = _table("attendance", ("child_id", pl.Int64), ("week_from", pl.Date), ("marks", pl.String))
EHC_PLANS = _table(
    "ehc_plans",
    ("child_id", pl.Int64),
    ("plan_on", pl.Date),
    ("ceased_on", pl.Date),
    ("primary_need", pl.String),
    ("risk_assessment", pl.String),
)
VISITS = _table(
    "visits",
    ("child_id", pl.Int64),
    ("visit_on", pl.Date),
    ("mode", pl.String),
    ("seen", pl.Boolean),
    ("seen_alone", pl.Boolean),
    ("outcome", pl.String),
    ("service", pl.String),
)
SIGHTINGS = _table(
    "sightings", ("child_id", pl.Int64), ("seen_on", pl.Date), ("line", pl.String), ("face_to_face", pl.Boolean)
)
CONFIRMATIONS = _table("confirmations", ("child_id", pl.Int64), ("level", pl.String))
SIGHT = Contract(
    "sight",
    (
        Column("child_id", pl.Int64),
        Column("any_seen_wd", pl.Int64, "Since anyone last saw the child; null: never", "working days"),
        Column("other_seen_wd", pl.Int64, "Since a professional of another service did; null: never", "working days"),
        Column("sight_lines", pl.Int64, "Independent sight lines left", "professionals"),
    ),
)


@dataclass(frozen=True)
class FactTables:
    """
    What the register holds, for the children of one authority, as frames.

    Each frame has at least the columns of the contract of the same name in this module (further
    columns are ignored). Rows of children who are not in ``children`` are ignored.

    Parameters
    ----------
    children, involvements, … : DataFrame
        See ``CHILDREN``, ``INVOLVEMENTS`` and so on. ``details`` is JSON text: the list's other
        columns by canonical name, dates in ISO. ``attendance.marks`` holds fourteen codes
        separated by spaces, Monday AM to Sunday PM; ``.`` where the file had none, ``-`` where
        the code was blank.
    confirmations : DataFrame
        Level in force of every child who has one, with the siblings among them.
    sight : DataFrame
        From ``core.contact.sight``: one row a child.
    covered : frozenset of str
        Which lists the authority has loaded: field names of this class, and kinds of
        ``terms.InvolvementKind``. ``involvements`` stands for all kinds.
    """

    children: pl.DataFrame
    involvements: pl.DataFrame = field(default_factory=INVOLVEMENTS.empty)
    families: pl.DataFrame = field(default_factory=FAMILIES.empty)
    addresses: pl.DataFrame = field(default_factory=ADDRESSES.empty)
    factors: pl.DataFrame = field(default_factory=FACTORS.empty)
    missing: pl.DataFrame = field(default_factory=MISSING.empty)
    alerts: pl.DataFrame = field(default_factory=ALERTS.empty)
    contacts: pl.DataFrame = field(default_factory=CONTACTS.empty)
    enrolments: pl.DataFrame = field(default_factory=ENROLMENTS.empty)
    attendance: pl.DataFrame = field(default_factory=ATTENDANCE.empty)
    ehc_plans: pl.DataFrame = field(default_factory=EHC_PLANS.empty)
    visits: pl.DataFrame = field(default_factory=VISITS.empty)
    sightings: pl.DataFrame = field(default_factory=SIGHTINGS.empty)
    confirmations: pl.DataFrame = field(default_factory=CONFIRMATIONS.empty)
    sight: pl.DataFrame = field(default_factory=SIGHT.empty)
    covered: frozenset[str] = frozenset()


TABLES = {
    contract.name: contract
    for contract in (
        CHILDREN, INVOLVEMENTS, FAMILIES, ADDRESSES, FACTORS, MISSING, ALERTS, CONTACTS, ENROLMENTS, ATTENDANCE,
        EHC_PLANS, VISITS, SIGHTINGS, CONFIRMATIONS, SIGHT,
    )
}  # fmt: skip

# --- what comes out ---------------------------------------------------------------------------------
YES, NUMBER, SHARE, WORD = pl.Boolean, pl.Int64, pl.Float64, pl.String
_SPELL, _ALERT, _FACTOR = "involvements", "alerts", "assessment factors"

FACTS = Contract(
    "facts",
    (
        Column("child", NUMBER, "The child's number in the register", "", "children"),
        Column("service", WORD, "terms.Service: whose rules govern, the first that applies", "", _SPELL),
        # who works with the child
        Column("early_help_level", NUMBER, "Level of need of the open early help spell, 2 or 3", "", _SPELL),
        Column("child_in_need", YES, "A child-in-need spell is open", "", _SPELL),
        Column("pre_proceedings", YES, "In pre-proceedings (Public Law Outline)", "", _ALERT),
        Column("section_47_open", YES, "A section 47 enquiry is open: no end, no conference held", "", _SPELL),
        Column("section_47_closed_lately", YES, "A section 47 enquiry closed in the window", "", _SPELL),
        Column("cp_plan", YES, "On a child protection plan", "", _SPELL),
        Column("cp_reviewed", YES, "A review conference has been held on the present plan", "", _SPELL),
        Column("second_cp_plan", YES, "On a plan that began within the window of an earlier one's end", "", _SPELL),
        Column("looked_after", YES, "Looked after", "", _SPELL),
        Column("care_days", NUMBER, "Since the child became looked after; null: not looked after", "days", _SPELL),
        Column("care_reviewed", YES, "A review has been held since care began", "", _SPELL),
        Column("legal_status", WORD, "Legal status of a looked-after child, such as C2", "", _SPELL),
        Column("placement_type", WORD, "Placement of a looked-after child, such as U4", "", _SPELL),
        Column("placement_to_18", YES, "The placement is meant to last until the child is 18", "", _SPELL),
        Column("six_month_visits_agreed", YES, "Long-term fostered, and agreed to fewer visits", "", _SPELL),
        Column("care_leaver", YES, "A care leaver", "", _SPELL),
        Column("la_accommodation", YES, "A care leaver in a home that the council provides", "", _SPELL),
        Column("placement_long_term", YES, "In an agreed long-term foster placement", "", _SPELL),
        Column("placed_at_home", YES, "Looked after and placed with own parents, or interim order at home", "", _SPELL),
        Column("temporary_carer", YES, "With a relative or friend approved for a time (regulation 24)", "", _SPELL),
        Column("placement_days", NUMBER, "Length of the present placement; null: not looked after", "days", _SPELL),
        Column("placements_12m", NUMBER, "Placements in 12 months; 0: not looked after", "placements", _SPELL),
        Column("placement_breakdown_risk", YES, "The placement may break down", "", _ALERT),
        Column("private_fostering", YES, "Privately fostered", "", "alerts, assessment factors"),
        Column("uasc", YES, "Unaccompanied asylum-seeking child", "", "children, involvements, assessment factors"),
        Column("ehcp", YES, "Has an education, health and care plan", "", "ehc_plans"),
        # who the child is
        Column("unborn", YES, "Not yet born", "", "children"),
        Column("due_in_days", NUMBER, "Until birth is expected; null: born, or no date", "days", "children"),
        Column("age", NUMBER, "Age; null: unborn, or no date of birth", "years", "children"),
        Column("disabled", YES, "Disabled", "", "children"),
        Column("cannot_tell", YES, "Cannot tell others: non-verbal or profound need", "", "alerts, ehc_plans"),
        # what has happened
        Column("domestic_abuse", YES, "Domestic abuse now", "", "assessment factors, alerts"),
        Column("domestic_abuse_past", YES, "Domestic abuse in the past and none now", "", "assessment factors, alerts"),
        Column("marac_lately", YES, "Heard at a MARAC in the window", "", _ALERT),
        Column("neglect", YES, "Neglect", "", "assessment factors, involvements"),
        Column("physical_or_sexual_abuse", YES, "Physical or sexual abuse", "", "assessment factors, involvements"),
        Column("emotional_abuse", YES, "Emotional abuse", "", "assessment factors, involvements"),
        Column("household_substance_misuse", YES, "Alcohol or drugs misused in the household", "", _FACTOR),
        Column("parent_mental_ill_health", YES, "A parent's mental ill health", "", _FACTOR),
        Column("child_mental_health", YES, "The child's own mental health", "", _FACTOR),
        Column("self_harm_lately", YES, "Self-harm in the window", "", "assessment factors, alerts"),
        Column("self_harm_hospital_lately", YES, "Self-harm with hospital care in the window", "", _ALERT),
        Column("exploitation", YES, "Exploited, sexually or criminally; trafficked; gangs", "", "factors, alerts"),
        Column("missing_now", YES, "Missing now", "", "missing"),
        Column("missing_lately", NUMBER, "Missing episodes in the window", "episodes", "missing"),
        Column("missing_no_interview", NUMBER, "Of them, with no return interview held", "episodes", "missing"),
        Column("contacts_lately", NUMBER, "Contacts at the front door in the window", "contacts", "contacts"),
        Column("changed_wd", NUMBER, "Since the newest change: a spell, birth or placement", "working days", _SPELL),
        # school
        Column("school_place", YES, "On the roll of a school or setting", "", "enrolments"),
        Column("attendance_share", SHARE, "Sessions attended of those possible, in the window", "0–1", "attendance"),
        # who sees the child
        Column("any_seen", YES, "Some professional is recorded as having seen the child", "", "sight"),
        Column("any_seen_wd", NUMBER, "Since anyone last saw the child; null: never", "working days", "sight"),
        Column("other_seen", YES, "A professional of another service is recorded as having done so", "", "sight"),
        Column("other_seen_wd", NUMBER, "Since one of another service did; null: never", "working days", "sight"),
        Column("sight_lines", NUMBER, "Independent sight lines left", "professionals", "sight"),
        Column("named_other_weeks", NUMBER, "Of the last few, seen by another named worker", "weeks", "sightings"),
        Column("sibling_red", YES, "A child of the same family is Red", "", "families, confirmations"),
        # home
        Column("idaci_decile", NUMBER, "Income deprivation of the area; 1: most deprived", "decile", "addresses"),
        Column("crisis_request_lately", YES, "Asked for crisis or food help in the window", "", _ALERT),
        Column("insecure_housing", YES, "Insecure or crowded housing", "", _ALERT),
        Column("homeless_lately", YES, "Homeless in the window", "", "alerts, involvements"),
        Column("shielding", YES, "Somebody in the household is shielding", "", _ALERT),
        Column("isolated", YES, "No network, far from others, or no device", "", _ALERT),
        Column("interpreter", YES, "The family needs an interpreter", "", _ALERT),
        Column("young_carer", YES, "Young carer", "", "alerts, assessment factors"),
        Column("visit_refused", YES, "A visit was refused or avoided", "", _ALERT),
        Column("agency_withdrew", YES, "Another agency withdrew direct work", "", _ALERT),
        Column("respite_stopped", YES, "Short breaks or respite stopped", "", _ALERT),
        Column("bereavement", YES, "Bereaved", "", _ALERT),
        Column("income_loss", YES, "The household lost work or income", "", _ALERT),
        # what protects
        Column("network_plan", YES, "A family network plan is in use", "", _ALERT),
        Column("trusted_adult", YES, "Has a trusted adult whom the child can reach alone", "", _ALERT),
        Column("engages_by_video", YES, "Engages well by video, alone, checked by a manager", "", _ALERT),
    ),
)  # fmt: skip

# Words that a fact can be, for facts that are words.
WORDS: dict[str, frozenset[str]] = {
    "service": frozenset(Service),
    "legal_status": frozenset({"C1", "C2", "D1", "E1", "V2", "V3", "V4", "L1", "L2", "L3", "J1", "J2", "J3"}),
}
