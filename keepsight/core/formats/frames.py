"""
The canonical frames that readers give, and the findings that go with them.

Every frame ends with the provenance columns ``file``, ``sheet``, ``row``: the row as Excel (or a
text editor) shows it, so the first row under the header is 2. Every row of the input is either in
a frame or named in a finding whose ``severity`` is ``rejected``.
"""

from dataclasses import dataclass, field

import polars as pl

from keepsight.core.columns import Column, Contract

PROVENANCE = (
    Column("file", pl.String, "File name, without folders"),
    Column("sheet", pl.String, "Worksheet; empty for a text file"),
    Column("row", pl.Int64, "Row as Excel shows it"),
)


def _contract(name: str, *columns: tuple[str, type[pl.DataType], str]) -> Contract:
    return Contract(name, (*(Column(n, t, meaning) for n, t, meaning in columns), *PROVENANCE))


_PERSON = (
    ("child_id", pl.String, "Child Unique ID of the case system: trimmed, upper case"),
    ("sex", pl.String, "M, F, U (unknown or unborn) or I (neither); null where unreadable"),
    ("ethnicity", pl.String, "Four-letter DfE code, such as WBRI; null where unreadable"),
    ("date_of_birth", pl.Date, "Null for a child not yet born"),
)
_DISABLED = ("disabled", pl.Boolean, "Null where unknown")
_ALLOCATION = (
    ("team", pl.String, "Allocated team as written, trimmed; null for #N/A"),
    ("worker", pl.String, "Allocated worker as written, spaces made plain; null for #N/A"),
)

# --- Annex A, lists 1 to 11 ------------------------------------------------------------------------
CONTACTS = _contract("contacts", *_PERSON, ("contact_on", pl.Date, ""), ("source", pl.String, "Code 1A…10"))
EARLY_HELP = _contract(
    "early_help",
    *_PERSON,
    ("started_on", pl.Date, "Assessment start"),
    ("completed_on", pl.Date, "Assessment completion"),
    ("organisation", pl.String, "Organisation completing the assessment"),
)
REFERRALS = _contract(
    "referrals",
    *_PERSON,
    ("referred_on", pl.Date, ""),
    ("source", pl.String, "Code 1A…10"),
    ("nfa", pl.Boolean, "No further action"),
    ("referrals_12m", pl.Int64, "Referrals in the 12 months before this one"),
    *_ALLOCATION,
)
ASSESSMENTS = _contract(
    "assessments",
    *_PERSON,
    _DISABLED,
    ("started_on", pl.Date, ""),
    ("child_seen", pl.Boolean, ""),
    ("authorised_on", pl.Date, ""),
    ("needs_support", pl.Boolean, ""),
    *_ALLOCATION,
)
SECTION_47 = _contract(
    "section_47",
    *_PERSON,
    _DISABLED,
    ("started_on", pl.Date, "Strategy discussion that started the enquiry"),
    ("icpc_unnecessary", pl.Boolean, ""),
    ("icpc_on", pl.Date, "Initial child protection conference"),
    ("icpc_made_plan", pl.Boolean, ""),
    ("section_47_12m", pl.Int64, ""),
    ("icpc_12m", pl.Int64, ""),
    *_ALLOCATION,
)
CHILDREN_IN_NEED = _contract(
    "children_in_need",
    *_PERSON,
    _DISABLED,
    ("started_on", pl.Date, ""),
    ("primary_need", pl.String, "N0…N9"),
    ("last_seen_on", pl.Date, ""),
    ("closed_on", pl.Date, ""),
    ("closure_reason", pl.String, "RC1…RC9"),
    ("case_status", pl.String, "CLA, CPP, CIN, ASSESSMENT or CLOSED"),
    *_ALLOCATION,
)
CHILD_PROTECTION = _contract(
    "child_protection",
    *_PERSON,
    _DISABLED,
    ("started_on", pl.Date, ""),
    ("initial_category", pl.String, "NEG, PHY, SAB, EMO or MUL"),
    ("latest_category", pl.String, "NEG, PHY, SAB, EMO or MUL"),
    ("last_visit_on", pl.Date, "Last statutory visit"),
    ("seen_alone", pl.Boolean, ""),
    ("last_review_on", pl.Date, ""),
    ("ended_on", pl.Date, ""),
    ("emergency_powers_6m", pl.Boolean, "EPO or police protection in the last six months"),
    ("previous_plans", pl.Int64, ""),
    *_ALLOCATION,
)
CHILDREN_LOOKED_AFTER = _contract(
    "children_looked_after",
    *_PERSON,
    ("uasc", pl.Boolean, ""),
    _DISABLED,
    ("started_on", pl.Date, ""),
    ("category_of_need", pl.String, "N0…N9"),
    ("second_period_12m", pl.Boolean, ""),
    ("legal_status_on", pl.Date, ""),
    ("legal_status", pl.String, "C1…V4"),
    ("last_review_on", pl.Date, ""),
    ("last_visit_on", pl.Date, ""),
    ("permanence_plan", pl.String, "Letter a…g"),
    ("last_iro_contact_on", pl.Date, ""),
    ("last_health_assessment_on", pl.Date, ""),
    ("last_dental_check_on", pl.Date, ""),
    ("placements_12m", pl.Int64, ""),
    ("ended_on", pl.Date, ""),
    ("end_reason", pl.String, "E11…X1"),
    ("placement_started_on", pl.Date, ""),
    ("placement_type", pl.String, "U1…Z1"),
    ("placement_provider", pl.String, "PR0…PR5"),
    ("placement_postcode", pl.String, "One space, upper case; null where junk"),
    ("placement_urn", pl.String, ""),
    ("placement_in_area", pl.Boolean, ""),
    ("placement_la", pl.String, ""),
    ("missing_12m", pl.Int64, "Missing episodes"),
    ("absent_12m", pl.Int64, "Absent episodes"),
    ("return_interview_offered", pl.Boolean, ""),
    ("return_interview_accepted", pl.Boolean, ""),
    *_ALLOCATION,
)
CARE_LEAVERS = _contract(
    "care_leavers",
    *_PERSON,
    ("uasc", pl.Boolean, "Null in the older template"),
    _DISABLED,
    *_ALLOCATION,
    ("personal_adviser", pl.String, "Null in the older template"),
    ("eligibility", pl.String, "RELEVANT, FORMER_RELEVANT, QUALIFYING, ELIGIBLE or OTHER"),
    ("pathway_review_on", pl.Date, ""),
    ("in_touch", pl.String, "YES, NO, DIED, REFU, NREQ or RHOM"),
    ("last_contact_on", pl.Date, ""),
    ("accommodation", pl.String, "Letter B…Z"),
    ("suitable", pl.Boolean, ""),
    ("activity", pl.String, "F1…G6"),
)
ADOPTION = _contract(
    "adoption",
    *_PERSON,
    ("adoptive_family_id", pl.String, ""),
    _DISABLED,
    ("entered_care_on", pl.Date, ""),
    ("decision_on", pl.Date, ""),
    ("placement_order_on", pl.Date, ""),
    ("matched_on", pl.Date, ""),
    ("placed_on", pl.Date, ""),
    ("order_on", pl.Date, ""),
    ("reversed_on", pl.Date, ""),
    ("reversed_reason", pl.String, "RD1…RD4"),
    ("ffa_placed_on", pl.Date, ""),
)
ADOPTERS = _contract(
    "adopters",
    ("adopter_id", pl.String, ""),
    ("adoptive_family_id", pl.String, ""),
    ("sex", pl.String, ""),
    ("ethnicity", pl.String, ""),
    _DISABLED,
    ("fostering_for_adoption", pl.Boolean, ""),
    ("enquiry_on", pl.Date, ""),
    ("stage_1_started_on", pl.Date, ""),
    ("stage_1_ended_on", pl.Date, ""),
    ("stage_2_started_on", pl.Date, ""),
    ("stage_2_ended_on", pl.Date, ""),
    ("applied_on", pl.Date, ""),
    ("approved_on", pl.Date, ""),
    ("matched_on", pl.Date, ""),
    ("placed_on", pl.Date, ""),
    ("children_placed", pl.Int64, ""),
    ("order_on", pl.Date, ""),
    ("left_on", pl.Date, ""),
    ("left_reason", pl.String, "1, 2 or 3"),
)
ANNEX_A = (
    CONTACTS, EARLY_HELP, REFERRALS, ASSESSMENTS, SECTION_47, CHILDREN_IN_NEED,
    CHILD_PROTECTION, CHILDREN_LOOKED_AFTER, CARE_LEAVERS, ADOPTION, ADOPTERS,
)  # fmt: skip

# --- Case-system tables in the Standard Safeguarding Dataset's names (one CSV per table) -----------
PERSONS = _contract(
    "persons",
    *_PERSON,
    ("forename", pl.String, ""),
    ("surname", pl.String, ""),
    ("expected_on", pl.Date, "Expected date of birth of a child not yet born"),
    ("died_on", pl.Date, ""),
    ("upn", pl.String, "As written, trimmed, upper case; check digit judged by the linker"),
    ("nhs_number", pl.String, "Ten digits, spaces out"),
)
FAMILIES = _contract("families", ("family_id", pl.String, ""), ("child_id", pl.String, ""))
ADDRESSES = _contract(
    "addresses",
    ("child_id", pl.String, ""),
    ("lines", pl.String, "House, street, town, joined by commas"),
    ("postcode", pl.String, "One space, upper case; null where junk"),
    ("started_on", pl.Date, ""),
    ("ended_on", pl.Date, ""),
)
VISITS = _contract(
    "visits",
    ("visit_id", pl.String, ""),
    ("child_id", pl.String, ""),
    ("service", pl.String, "cin, cp or cla: the table that the row came from"),
    ("visit_on", pl.Date, ""),
    ("seen", pl.Boolean, ""),
    ("seen_alone", pl.Boolean, ""),
    ("mode", pl.String, "terms.VisitMode where the export says it; null where it does not"),
)
ASSESSMENT_FACTORS = _contract(
    "assessment_factors",
    ("child_id", pl.String, ""),
    ("assessed_on", pl.Date, "Assessment authorised"),
    ("factor", pl.String, "CIN census factor code, 1A…24A: one row a code"),
)
MISSING_EPISODES = _contract(
    "missing_episodes",
    ("child_id", pl.String, ""),
    ("started_on", pl.Date, ""),
    ("ended_on", pl.Date, "Null while missing"),
    ("return_interview_offered", pl.Boolean, ""),
    ("return_interview_accepted", pl.Boolean, ""),
)
ALERTS = _contract(
    "alerts",
    ("child_id", pl.String, ""),
    ("kind", pl.String, "terms.AlertKind"),
    ("started_on", pl.Date, ""),
    ("ended_on", pl.Date, ""),
    ("note", pl.String, ""),
)
RAG_TRACKER = _contract(
    "rag_tracker",
    ("child_id", pl.String, ""),
    ("level", pl.String, "red, amber or green"),
    ("rated_on", pl.Date, ""),
    ("rated_by", pl.String, "Named worker"),
    ("reason", pl.String, ""),
    ("review_on", pl.Date, "Null: the policy's interval from rated_on"),
)

# --- Education ---------------------------------------------------------------------------------------
SETTINGS = _contract(
    "settings",
    ("urn", pl.String, "Six digits"),
    ("laestab", pl.String, "Seven digits; null where not given"),
    ("la_code", pl.String, "Three digits"),
    ("name", pl.String, ""),
    ("phase", pl.String, "nursery, primary, secondary, all_through, special, pru, sixteen_plus, independent or other"),
    ("type", pl.String, "Type of establishment as written"),
    ("status", pl.String, "open, closed, proposed or proposed_to_close"),
    ("street", pl.String, ""),
    ("town", pl.String, ""),
    ("postcode", pl.String, ""),
    ("district_code", pl.String, ""),
    ("district_name", pl.String, ""),
    ("lsoa", pl.String, ""),
    ("latitude", pl.Float64, ""),
    ("longitude", pl.Float64, ""),
    ("age_low", pl.Int64, ""),
    ("age_high", pl.Int64, ""),
    ("pupils", pl.Int64, "On roll"),
    ("capacity", pl.Int64, ""),
    ("opened_on", pl.Date, ""),
    ("closed_on", pl.Date, ""),
)
ENROLMENTS = _contract(
    "enrolments",
    ("pupil_key", pl.String, "Key of the row within this census"),
    ("school", pl.String, "URN, or the school's id in the extract"),
    ("upn", pl.String, "Thirteen characters; null where not a UPN"),
    ("former_upn", pl.String, ""),
    ("forename", pl.String, ""),
    ("surname", pl.String, ""),
    ("date_of_birth", pl.Date, ""),
    ("sex", pl.String, ""),
    ("ethnicity", pl.String, ""),
    ("entered_on", pl.Date, ""),
    ("left_on", pl.Date, "Null on the current roll"),
    ("year_group", pl.String, "E1…14, X or M"),
    ("enrol_status", pl.String, "C, M, S, F or O"),
    ("sen_provision", pl.String, "N, K or E; older codes as written"),
    ("fsm", pl.Boolean, "Eligible for free school meals now; null where not given"),
    ("postcode", pl.String, ""),
)
TERM_SESSIONS = _contract(
    "term_sessions",
    ("pupil_key", pl.String, ""),
    ("school", pl.String, ""),
    ("code", pl.String, "Attendance code; null where blank"),
    ("sessions", pl.Int64, ""),
    ("on_roll", pl.Boolean, ""),
)
EXCLUSIONS = _contract(
    "exclusions",
    ("pupil_key", pl.String, ""),
    ("school", pl.String, ""),
    ("started_on", pl.Date, ""),
    ("sessions", pl.Int64, ""),
    ("category", pl.String, "PERM, SUSP, FIXD or LNCH"),
    ("reason", pl.String, "First reason"),
    ("on_roll", pl.Boolean, ""),
)
PUPIL_ADDRESSES = _contract(
    "pupil_addresses",
    ("pupil_key", pl.String, ""),
    ("school", pl.String, ""),
    ("uprn", pl.String, ""),
    ("postcode", pl.String, ""),
    ("on_roll", pl.Boolean, ""),
)
FSM_PERIODS = _contract(
    "fsm_periods",
    ("pupil_key", pl.String, ""),
    ("school", pl.String, ""),
    ("started_on", pl.Date, ""),
    ("ended_on", pl.Date, "Null while eligible"),
    ("country", pl.String, "ENG, NIR, SCT or WLS"),
)
ATTENDANCE = Contract(
    "attendance",
    (
        Column("upn", pl.String, "Thirteen characters"),
        Column("urn", pl.String, "School"),
        Column("on", pl.Date, "Day"),
        Column("session", pl.String, "AM or PM"),
        Column("code", pl.String, "Attendance code; null where blank"),
        Column("file", pl.Categorical, "File name, without folders"),
        Column("row", pl.Int64, "Row as an editor shows it"),
    ),
)
EHC_PLANS = _contract(
    "ehc_plans",
    ("send_id", pl.String, "Id in the SEND system"),
    ("upn", pl.String, ""),
    ("child_id", pl.String, "Case-system id where the SEND team holds it"),
    ("nhs_number", pl.String, ""),
    ("forename", pl.String, ""),
    ("surname", pl.String, ""),
    ("date_of_birth", pl.Date, ""),
    ("sex", pl.String, ""),
    ("postcode", pl.String, ""),
    ("plan_on", pl.Date, "Final plan issued"),
    ("ceased_on", pl.Date, ""),
    ("primary_need", pl.String, "SPLD … OTH"),
    ("urn", pl.String, "Setting named in the plan"),
    ("last_review_on", pl.Date, "Last annual review"),
    ("risk_assessment", pl.String, "safer_at_setting, as_safe_at_setting, safer_at_home or not_done"),
    ("risk_assessed_on", pl.Date, ""),
)

# --- Places and history --------------------------------------------------------------------------------
POSTCODES = _contract(
    "postcodes",
    ("postcode", pl.String, "One space, upper case"),
    ("latitude", pl.Float64, "[degrees]"),
    ("longitude", pl.Float64, "[degrees]"),
    ("lsoa", pl.String, "LSOA 2011 code"),
    ("district_code", pl.String, "Null where the lookup has none"),
    ("idaci_decile", pl.Int64, "1 = most deprived; null where the lookup has none"),
)
CONTACT_HISTORY = _contract(
    "contact_history",
    ("contact_on", pl.Date, ""),
    ("source", pl.String, "Code 1A…10"),
    ("contacts", pl.Int64, "Contacts received that day from that source"),
    ("referrals", pl.Int64, "Of them, became referrals"),
)

FINDINGS = Contract(
    "findings",
    (
        Column("file", pl.String, "File name, without folders"),
        Column("sheet", pl.String, "Worksheet; empty for a text file"),
        Column("row", pl.Int64, "Row as Excel shows it; null for the whole sheet or file"),
        Column("column", pl.String, "Header as the file writes it; null for the whole row"),
        Column("code", pl.String, "Short stable name of the kind of finding"),
        Column("severity", pl.String, "note, warning or rejected (the row was left out)"),
        Column("found", pl.String, "What stands there, cut to 60 characters"),
        Column("expected", pl.String, "What would be right, in a plain sentence"),
        Column("done", pl.String, "What was done with it, in a plain sentence"),
    ),
)


@dataclass(frozen=True)
class Reading:
    """
    One file, read.

    ``kind`` is a member of ``kinds.Kind``; ``frames`` is keyed by the contract's name ("contacts",
    "settings", …). A list that the file has with no row under its header is there as an empty frame.

    ``rows_in`` counts the data rows of each sheet (key: sheet name, empty for a text file) and
    ``unread`` those of the sheets that were not recognised, each named once in a finding. For each
    sheet, distinct rows in frames + distinct rows with a ``rejected`` finding + unread = ``rows_in``.
    Rows duplicated in the file stay in the frame, with a note.
    """

    kind: str
    file: str
    frames: dict[str, pl.DataFrame]
    findings: pl.DataFrame
    rows_in: dict[str, int] = field(default_factory=dict)
    sha256: str = ""
    unread: dict[str, int] = field(default_factory=dict)

    def accounts(self) -> pl.DataFrame:
        """
        Give one row a sheet: ``sheet, rows_in, loaded, rejected, unread, adds_up``.

        ``loaded`` and ``rejected`` count distinct rows [rows]. A row whose value makes several rows
        of a frame (assessment factors) counts once.
        """
        loaded = _rows_per_sheet([frame for frame in self.frames.values() if frame.height])
        rejected = _rows_per_sheet([self.findings.filter(pl.col("severity") == "rejected")])
        sheets = pl.DataFrame(
            {"sheet": list(self.rows_in), "rows_in": list(self.rows_in.values())},
            schema={"sheet": pl.String, "rows_in": pl.Int64},
        )
        counted = sheets.with_columns(
            loaded=pl.col("sheet").replace_strict(loaded, default=0, return_dtype=pl.Int64),
            rejected=pl.col("sheet").replace_strict(rejected, default=0, return_dtype=pl.Int64),
            unread=pl.col("sheet").replace_strict(self.unread, default=0, return_dtype=pl.Int64),
        )
        return counted.with_columns(adds_up=pl.col("rows_in") == pl.sum_horizontal("loaded", "rejected", "unread"))


def _rows_per_sheet(frames: list[pl.DataFrame]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for frame in frames:
        sheets = pl.col("sheet") if "sheet" in frame.columns else pl.lit("").alias("sheet")
        found = frame.select(sheets, "row").drop_nulls("row").group_by("sheet").agg(pl.col("row").n_unique())
        for sheet, rows in found.iter_rows():
            counts[sheet] = counts.get(sheet, 0) + rows
    return counts
