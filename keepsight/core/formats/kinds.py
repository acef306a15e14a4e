"""The kinds of file that Keepsight reads, and the frames that each may give."""

from enum import StrEnum

from keepsight.core.columns import Contract
from keepsight.core.formats import frames


class Kind(StrEnum):
    """What a file is, told by its headers or its sheets' names; never by its file name alone."""

    ANNEX_A = "annex_a"  # workbook of eleven lists, or one list as a workbook or CSV
    SCHOOLS = "schools"  # the official schools download, or the performance tables' spine
    SCHOOL_CENSUS = "school_census"  # one table of one term
    ATTENDANCE = "attendance"  # one row a pupil a session
    SEND_REGISTER = "send_register"
    POSTCODES = "postcodes"
    CONTACTS_HISTORY = "contacts_history"  # one row a day and source
    CASE_SYSTEM = "case_system"  # one table in the Standard Safeguarding Dataset's names
    CASE_ALERTS = "case_alerts"
    RAG_TRACKER = "rag_tracker"


FRAMES: dict[Kind, tuple[Contract, ...]] = {
    Kind.ANNEX_A: frames.ANNEX_A,
    Kind.SCHOOLS: (frames.SETTINGS,),
    Kind.SCHOOL_CENSUS: (
        frames.ENROLMENTS,
        frames.TERM_SESSIONS,
        frames.EXCLUSIONS,
        frames.PUPIL_ADDRESSES,
        frames.FSM_PERIODS,
    ),
    Kind.ATTENDANCE: (frames.ATTENDANCE,),
    Kind.SEND_REGISTER: (frames.EHC_PLANS,),
    Kind.POSTCODES: (frames.POSTCODES,),
    Kind.CONTACTS_HISTORY: (frames.CONTACT_HISTORY,),
    Kind.CASE_SYSTEM: (
        frames.PERSONS,
        frames.FAMILIES,
        frames.ADDRESSES,
        frames.VISITS,
        frames.ASSESSMENT_FACTORS,
        frames.MISSING_EPISODES,
    ),
    Kind.CASE_ALERTS: (frames.ALERTS,),
    Kind.RAG_TRACKER: (frames.RAG_TRACKER,),
}

CONTRACTS: dict[str, Contract] = {contract.name: contract for several in FRAMES.values() for contract in several}
