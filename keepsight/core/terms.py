"""
The words of the field, as enumerations. No logic.

Members' values are what is stored and what packs write; labels for people are in ``LABELS``.
See GLOSSARY.md for each word's meaning and source.
"""

from enum import StrEnum


class Level(StrEnum):
    """Risk level of a child (RULES §4). ``UNRATED`` is worked as Red (R7)."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    UNRATED = "unrated"


class Service(StrEnum):
    """The service whose rules govern a child's contact: the first that applies, in this order."""

    CP = "cp"  # section 47 enquiry open, or child protection plan
    CLA = "cla"  # looked after
    CIN = "cin"  # child in need, or assessment open
    CARE_LEAVER = "care_leaver"
    EARLY_HELP = "early_help"
    EHCP = "ehcp"  # education, health and care plan and no worker
    NONE = "none"  # known, nothing open


class InvolvementKind(StrEnum):
    """One spell of one kind of work with a child."""

    EARLY_HELP = "early_help"
    ASSESSMENT = "assessment"
    SECTION_47 = "section_47"
    CIN = "cin"
    CP = "cp"
    CLA = "cla"
    CARE_LEAVER = "care_leaver"
    ADOPTION = "adoption"
    EHCP = "ehcp"


class VisitMode(StrEnum):
    """How a contact was made (RULES §4.4)."""

    F2F_HOME = "f2f_home"
    F2F_DOORSTEP = "f2f_doorstep_garden"
    F2F_WALK = "f2f_walk"
    F2F_SETTING = "f2f_setting"
    VIDEO = "video"
    PHONE = "phone"
    MESSAGE = "message"
    NO_ACCESS = "no_access"


FACE_TO_FACE = frozenset({VisitMode.F2F_HOME, VisitMode.F2F_DOORSTEP, VisitMode.F2F_WALK, VisitMode.F2F_SETTING})
VIRTUAL = frozenset({VisitMode.VIDEO, VisitMode.PHONE, VisitMode.MESSAGE})


class VisitOutcome(StrEnum):
    """What came of a visit; asked first, because the other questions follow from it."""

    SEEN = "seen"
    NOT_SEEN = "not_seen"  # someone answered, the child was not seen
    NO_ACCESS = "no_access"  # nobody answered, or entry was refused
    CANCELLED = "cancelled"  # by the family


class SightLine(StrEnum):
    """Who saw or heard the child: an independent pair of eyes each."""

    SOCIAL_CARE = "social_care"
    EARLY_HELP = "early_help"
    SCHOOL = "school"
    HEALTH = "health"
    YOUTH_WORK = "youth_work"
    POLICE = "police"
    HUB = "hub"
    OTHER = "other"


class DutyState(StrEnum):
    """State of a duty (RULES §2.1)."""

    DUE = "due"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    EXEMPT = "exempt"
    EASED = "eased"


class ContactMode(StrEnum):
    """Which contact table is in force (RULES §4.4, mode switch)."""

    EMERGENCY = "emergency"
    RECOVERY = "recovery"
    BAU = "bau"


class IdentifierScheme(StrEnum):
    """What kind of identifier a value is."""

    LA_CHILD_ID = "la_child_id"
    UPN = "upn"
    FORMER_UPN = "former_upn"
    NHS = "nhs"
    SEND_ID = "send_id"  # of the SEND system, for children whom no case system knows


class AlertKind(StrEnum):
    """A marker that a case system exports: a warning before the address, or a fact for the rating."""

    ADDRESS_CONFIDENTIAL = "address_confidential"
    VISIT_IN_PAIRS = "visit_in_pairs"
    DOG = "dog"
    VIOLENCE = "violence"
    SHIELDING = "shielding"
    DOMESTIC_ABUSE = "domestic_abuse"
    DOMESTIC_ABUSE_PAST = "domestic_abuse_past"
    MARAC = "marac"
    YOUNG_CARER = "young_carer"
    EXPLOITATION = "exploitation"
    SELF_HARM = "self_harm"
    SELF_HARM_HOSPITAL = "self_harm_hospital"
    AGENCY_WITHDREW = "agency_withdrew"
    RESPITE_STOPPED = "respite_stopped"
    NETWORK_PLAN = "network_plan"
    TRUSTED_ADULT = "trusted_adult"
    ISOLATED = "isolated"
    INSECURE_HOUSING = "insecure_housing"
    HOMELESS = "homeless"
    BEREAVEMENT = "bereavement"
    INCOME_LOSS = "income_loss"
    CRISIS_REQUEST = "crisis_request"
    PLACEMENT_BREAKDOWN_RISK = "placement_breakdown_risk"
    CANNOT_TELL = "cannot_tell"
    VISIT_REFUSED = "visit_refused"
    INTERPRETER = "interpreter"
    PLO = "plo"
    PRIVATE_FOSTERING = "private_fostering"
    ENGAGES_BY_VIDEO = "engages_by_video"


class RecordClass(StrEnum):
    """Class of a child's whole record (RULES §5). The other classes are of parts of it."""

    STANDARD = "standard"
    RESTRICTED = "restricted"
    POST_ADOPTION = "post_adoption"


class Provenance(StrEnum):
    """What makes an item one that is left out of subject access (RULES §5). Empty: nothing."""

    THIRD_PARTY = "third_party"
    POLICE = "police"


HEALTH_ALERTS = frozenset({AlertKind.SHIELDING})  # markers of the health class (RULES §5)


class LoadState(StrEnum):
    """Life of a load: staged → committed → undone; or refused."""

    STAGED = "staged"
    COMMITTED = "committed"
    UNDONE = "undone"
    REFUSED = "refused"


LABELS: dict[str, str] = {
    Level.RED: "Red",
    Level.AMBER: "Amber",
    Level.GREEN: "Green",
    Level.UNRATED: "Unrated",
    Service.CP: "Child protection",
    Service.CLA: "Children in care",
    Service.CIN: "Child in need",
    Service.CARE_LEAVER: "Care leavers",
    Service.EARLY_HELP: "Early help",
    Service.EHCP: "EHCP, no social worker",
    Service.NONE: "Nothing open",
    VisitMode.F2F_HOME: "Face to face at home",
    VisitMode.F2F_DOORSTEP: "Face to face on the doorstep or in the garden",
    VisitMode.F2F_WALK: "Face to face on a walk",
    VisitMode.F2F_SETTING: "Face to face at a school or setting",
    VisitMode.VIDEO: "Video call",
    VisitMode.PHONE: "Telephone",
    VisitMode.MESSAGE: "Message",
    VisitMode.NO_ACCESS: "No access",
    # Phases of settings, as core.formats gives them.
    "sixteen_plus": "Post-16",
    "all_through": "All-through",
    "pru": "Pupil referral unit",
}
