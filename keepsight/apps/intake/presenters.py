"""Words for loads: plain values for templates and the command line."""

from collections.abc import Iterable, Mapping

from keepsight.apps.audit.models import Finding, Load, LoadFile

KINDS = {
    "new": "New", "changed": "Changed", "ended": "Ended", "unchanged": "Same", "not_in_file": "Not in file",
    "conflicting": "Conflicting", "rejected": "Left out",
}  # fmt: skip
TABLES = {
    "ehc_plans": "Education, health and care plans",
    "fsm_periods": "Free school meal periods",
    "rag_tracker": "Ratings of the council",
    "last_visits": "Days last seen, from lists",
    "section_47": "Section 47 enquiries",
    "children_in_need": "Children in need",
    "child_protection": "Child protection plans",
    "children_looked_after": "Children looked after",
    "enrolments": "Pupils on roll",
    "attendance": "Weeks of attendance",
    "contact_history": "Contacts in earlier years",
    "adopters": "Adopters (counted, not kept)",
}
STATES = {"staged": "yellow", "committed": "green", "undone": "grey", "refused": "red"}
SEVERITIES = {"rejected": ("Left out", "red"), "warning": ("Warning", "orange"), "note": ("Note", "grey")}
_CODES = {
    "check_digit": "Check digit wrong",
    "conflicting": "Lists differ",
    "conflicting_id": "Number belongs to another child",
    "not_on_roll": "Not on that school's roll",
    "no_child": "No child named",
    "not_needed_yet": "Not needed yet",
    "other_authority": "Another authority's",
}


def label_of(code: str) -> str:
    """Words for the code of a finding or a table."""
    return TABLES.get(code) or _CODES.get(code) or code.replace("_", " ").capitalize()


def present_counts(counts: Mapping[str, Mapping[str, int]]) -> list[dict]:
    """One row a table that the load spoke of: label, and counts in the order of ``KINDS``."""
    return [
        {"label": label_of(name), "counts": [held.get(kind, 0) for kind in KINDS]}
        for name, held in counts.items()
        if any(held.values())
    ]


def present_load(load: Load, names: Mapping[str, str]) -> dict:
    """One line of the list of loads."""
    kinds = {kind: sum(held.get(kind, 0) for held in load.counts.values()) for kind in KINDS}
    return {
        "pk": load.pk,
        "authority": names.get(load.authority_code, load.authority_code),
        "state": load.get_state_display(),
        "colour": STATES[load.state],
        "as_at": load.as_at,
        "at": load.committed_at or load.started_at,
        "undone_at": load.undone_at,
        "by": load.by_name or "the command line",
        "rows_in": load.rows_in,
        "left_out": load.rows_rejected,
        "changed": kinds["new"] + kinds["changed"] + kinds["ended"],
        "refusal": load.refusal,
        "staged": load.state == Load.State.STAGED,
        "code": load.authority_code,
    }


def present_files(files: Iterable[LoadFile]) -> list[dict]:
    """One row a sheet: the rows read are those loaded and those left out."""
    return [
        {
            "file": each.name,
            "sheet": each.sheet,
            "kind": each.kind.replace("_", " ").capitalize(),
            "rows_in": each.rows_in,
            "loaded": each.rows_loaded,
            "left_out": each.rows_rejected,
        }
        for each in files
    ]


def present_groups(groups: Iterable[Mapping]) -> list[dict]:
    """Kinds of finding in words."""
    return [
        {
            "code": group["code"],
            "severity": group["severity"],
            "label": label_of(group["code"]),
            "says": SEVERITIES[group["severity"]][0],
            "colour": SEVERITIES[group["severity"]][1],
            "count": group["count"],
            "rows": group["rows"],
            "where": group["file"] if group["files"] == 1 else f"{group['files']} files",
        }
        for group in groups
    ]


VALUE_HIDDEN = "Hidden: only those who load files see what stands in them"
_DONE_WITH_VALUE = {"conflicting": "One of the values was kept: the one of most rows, or of the person table."}


def present_findings(findings: Iterable[Finding], *, values: bool) -> list[dict]:
    """Findings in words. Without ``values`` nothing that stood in a cell is shown: it may be a name or a UPN."""
    return [
        {
            "file": each.file,
            "sheet": each.sheet,
            "row": each.row,
            "column": each.column,
            "label": label_of(each.code),
            "says": SEVERITIES[each.severity][0],
            "colour": SEVERITIES[each.severity][1],
            "found": each.found if values or not each.found else VALUE_HIDDEN,
            "expected": each.expected,
            "done": each.done if values else _DONE_WITH_VALUE.get(each.code, each.done),
        }
        for each in findings
    ]
