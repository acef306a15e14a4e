"""
Addresses of registers, command, workforce, assurance, providers and newsletters.

The page of an entry is asked for about every child of every class; what else is done with an entry, about few;
pages that are about nobody's child, as each role and once from abroad. That keeps the walk short.
"""

from collections.abc import Callable, Mapping
from typing import Any

from tests.access.address import Address, empty
from tests.access.world import Subject, World

FEW = ("standard", "restricted")
EASEMENTS, FAR = {"code": "fellshire", "key": "easement_use"}, {"code": "fenborough", "key": "easement_use"}
ABSENCES = {"code": "fellshire", "key": "absence"}
RETURNS = {"code": "fellshire", "key": "provider_return"}
Sent = Callable[[World, Subject], Mapping[str, Any]]


def _here(**kwargs: Any) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: kwargs


def _held(argument: str, name: str, **more: Any) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {argument: world.ids[name], **more}


def _event(**more: Any) -> Callable[[World], Mapping[str, Any]]:
    return _held("ref", "event", **more)


def _entry(world: World, subject: Subject) -> Mapping[str, Any]:
    return {"ref": subject.ids["entry"]}


def _on_entry(argument: str, name: str) -> Callable[[World, Subject], Mapping[str, Any]]:
    return lambda world, subject: {"ref": subject.ids["entry"], argument: subject.ids[name]}


def _sent(**fields: Any) -> Sent:
    return lambda world, subject: fields


def _about(name: str, words: str, **given: Any) -> Address:
    return Address(name, words, **{"about": _entry, "classes": FEW, "by_role": True, **given})


def _by_role(name: str, words: str, **given: Any) -> Address:
    return Address(name, words, by_role=True, **given)


def _both(name: str, words: str, sent: str = "sent empty", **given: Any) -> tuple[Address, Address]:
    """A form: opened, and sent without an answer."""
    return _by_role(name, words, **given), _by_role(name, f"{words}: {sent}", post=empty, **given)


_LISTS = [
    _by_role("registers:home", "Registers"),
    Address("registers:list", "A register about children", fixed=_here(**EASEMENTS)),
    _by_role("registers:list", "The same register of another authority", fixed=_here(**FAR), variant="far"),
    _by_role("registers:list", "A confidential register", fixed=_here(**ABSENCES), variant="confidential"),
    Address(
        "registers:list",
        "A register about children, every column",
        fixed=_here(**EASEMENTS),
        query="?show=all&col=number&col=subject&col=title&col=instead&col=local_words",
        variant="columns",
    ),
    Address("registers:list_csv", "A register about children: as CSV", fixed=_here(**EASEMENTS)),
    Address("registers:list_xlsx", "A register about children: as a workbook", fixed=_here(**EASEMENTS)),
    _by_role("registers:list_csv", "A confidential register: as CSV", fixed=_here(**ABSENCES), variant="confidential"),
    Address("registers:board", "A register about children as a board", fixed=_here(**EASEMENTS)),
    _by_role("registers:board", "Move on the board: sent empty", fixed=_here(**EASEMENTS), post=empty),
    _by_role("registers:board", "A confidential register as a board", fixed=_here(**ABSENCES), variant="confidential"),
    _by_role("registers:summary", "A register in figures", fixed=_here(**EASEMENTS)),
    _by_role(
        "registers:summary", "A confidential register in figures", fixed=_here(**ABSENCES), variant="confidential"
    ),
    _by_role("registers:narrow", "Narrow a list", fixed=_here(**EASEMENTS)),
    _by_role("registers:search", "Search in a register", fixed=_here(**EASEMENTS), post=_sent(words="Brixhald")),
    *_both("registers:saved", "Saved lists", fixed=_here(**EASEMENTS)),
    _by_role("registers:saved_begin", "Begin with a saved list", fixed=_held("pk", "view", **EASEMENTS), post=empty),
    _by_role("registers:saved_away", "Take a saved list away", fixed=_held("pk", "view", **EASEMENTS), post=empty),
]
_ENTRIES = [
    Address("registers:entry", "An entry about a child", about=_entry),
    _by_role("registers:entry", "An entry that leads to children", fixed=_held("ref", "entry_action"), variant="links"),
    _by_role("registers:entry", "An entry of another authority", fixed=_held("ref", "entry_far_action"), variant="far"),
    _by_role("registers:entry", "One about a colleague", fixed=_held("ref", "entry_absence"), variant="confidential"),
    _by_role("registers:entry", "One of an exercise, outside it", fixed=_held("ref", "entry_inside"), variant="inside"),
    _by_role("registers:entry", "What a provider sent", fixed=_held("ref", "entry_return"), variant="return"),
    *(
        each
        for name, words in (("change", "Change an entry"), ("assign", "Give an entry out"), ("attach", "Attach a file"))
        for each in (
            _about(f"registers:{name}", words),
            _about(f"registers:{name}", f"{words}: sent empty", classes=("standard",), post=empty),
        )
    ),
    _about("registers:move", "Move an entry on", post=_sent(to="withdrawn")),
    _about("registers:touch", "Say that a form is open", post=empty),
    _about("registers:comment", "Say something about an entry", post=_sent(text="Rung twice")),
    _about("registers:take_back", "Take another's comment back", about=_on_entry("pk", "comment"), post=empty),
    _about("registers:link", "Link an entry: sent empty", post=empty),
    _about("registers:unlink", "Take a link away", about=_on_entry("pk", "link"), post=empty),
    _about("registers:attachment", "A file of an entry", about=_on_entry("file", "file")),
    _by_role(
        "registers:attachment", "A file about a colleague", variant="confidential",
        fixed=lambda w: {"ref": w.ids["entry_absence"], "file": w.ids["absence_file"]},
    ),
    _about("registers:take_away", "Take a file away", about=_on_entry("file", "file")),
    _about("registers:take_away", "Take a file away: sent empty", about=_on_entry("file", "file"), post=empty),
    *_both("registers:add", "Add an entry about a child", fixed=_here(**EASEMENTS)),
    _by_role("registers:add", "Add to a confidential register", fixed=_here(**ABSENCES), variant="confidential"),
    _about(
        "registers:bulk", "Choose entries to change together", about=lambda w, s: EASEMENTS,
        post=lambda w, s: {"entry": str(s.ids["entry"])},
    ),
    *_both("registers:bulk_preview", "A change of many, of somebody else", sent="done", fixed=_held("ref", "bulk")),
    *_both("registers:import_send", "Send a file of entries", fixed=_here(**EASEMENTS)),
    _by_role("registers:import_template", "An empty list to fill in", fixed=_here(fmt="csv", **EASEMENTS)),
    _by_role("registers:import", "A file of entries, of somebody else", fixed=_held("ref", "import")),
    *_both("registers:import_columns", "Say what its columns are", fixed=_held("ref", "import")),
    _by_role("registers:import_add", "Add its rows", fixed=_held("ref", "import"), post=empty),
    _by_role("registers:import_back", "Its rows to mend", fixed=_held("ref", "import", fmt="csv")),
]  # fmt: skip
_TOLD = [
    Address("registers:notices", "What one was told of"),
    _by_role("registers:notices_read", "Notices were read", post=empty),
    *_both("registers:notices_mail", "What mail one wants"),
    _about(
        "registers:notice_open",
        "Open a notice",
        about=lambda w, s: {"pk": s.ids.get("notice", 0)},
        post=empty,
        classes=("standard", "restricted"),
    ),
    _by_role("registers:messages", "Messages that could not be sent"),
    _by_role("registers:messages_again", "Try them again", post=empty),
    _by_role("registers:partner_forms", "Forms for one's setting"),
    *_both("registers:partner_form", "Fill a form in for one's setting", fixed=_here(**RETURNS)),
    _by_role("registers:partner_sent", "What a setting sent", fixed=_held("ref", "entry_return", **RETURNS)),
]
_ACTION = {"fixed": _held("pk", "register_action")}
_FIELD = _held("pk", "register_action", part="fields", key="what")
_DEFINITIONS = [
    _by_role("registers:definitions", "Registers that one may edit"),
    *_both("registers:definition_new", "Begin a register"),
    _by_role("registers:definition_upload", "Begin registers from a file: sent empty", post=empty),
    _by_role("registers:definition", "What a register is", **_ACTION),
    _by_role("registers:definition_export", "A register as a pack", **_ACTION),
    _by_role("registers:definition_switch", "Switch a register off", post=empty, **_ACTION),
    _by_role("registers:draft", "A draft of a register", **_ACTION),
    _by_role("registers:draft_start", "Begin a draft", post=empty, **_ACTION),
    _by_role("registers:draft_look", "Look at a draft", **_ACTION),
    *_both("registers:draft_text", "A draft as text", **_ACTION),
    _by_role("registers:draft_upload", "A draft from a file: sent empty", post=empty, **_ACTION),
    _by_role("registers:draft_publish", "Publish a draft: sent empty", post=empty, **_ACTION),
    _by_role("registers:draft_throw_away", "Throw a draft away", post=empty, **_ACTION),
    *_both("registers:draft_whole", "Who may what, in a draft", fixed=_held("pk", "register_action", part="access")),
    *_both("registers:draft_part_new", "A new field of a draft", fixed=_held("pk", "register_action", part="fields")),
    *_both("registers:draft_part", "A field of a draft", fixed=_FIELD),
    _by_role("registers:draft_move", "Move a field of a draft", fixed=_FIELD, post=empty),
]
_ACTIVATING = {"fixed": _here(code="fellshire", pack="severe_weather")}
_COMMAND = [
    _by_role("events:emergencies", "Emergencies and exercises"),
    _by_role("events:enter", "Enter an exercise", fixed=_held("ref", "exercise"), post=empty),
    _by_role("events:leave", "Leave an exercise", post=empty),
    _by_role("command:home", "The emergency that runs"),
    _by_role("command:activate", "Choose an emergency to activate"),
    *_both("command:activating", "Activate an emergency", **_ACTIVATING),
    _by_role("command:event", "One emergency", fixed=_event()),
    _by_role("command:event", "An exercise, outside it", fixed=_held("ref", "exercise"), variant="exercise"),
    _by_role("command:structure", "The structure", fixed=_event()),
    *_both("command:cell", "A cell", fixed=lambda w: {"ref": w.ids["event"], "key": w.ids["cell"]}),
    *_both("command:cell_end", "End a cell", fixed=lambda w: {"ref": w.ids["event"], "key": w.ids["cell"]}),
    _by_role(
        "command:member_end",
        "End that somebody sits in a cell",
        post=empty,
        fixed=lambda w: {"ref": w.ids["event"], "key": "children_leaders", "pk": w.ids["seat"]},
    ),
    _by_role("command:positions", "Duty positions", fixed=_event()),
    *_both("command:position", "A duty position", fixed=_event(key="strategic_chair")),
    *_both("command:term", "A term", fixed=lambda w: {"ref": w.ids["event"], "pk": w.ids["term"]}),
    _by_role("command:phases", "Phases", fixed=_event()),
    *_both("command:phase", "Come into a phase", fixed=_event(key="widening")),
    *_both("command:close", "Close an emergency", fixed=_event()),
    *_both("command:dispose", "Take an exercise away, outside it", fixed=_held("ref", "exercise")),
    _by_role("command:event_report", "What an emergency amounted to", fixed=_event()),
    Address("command:meetings", "Meetings", by_role=True),
    *_both("command:meeting_new", "Call a meeting"),
    Address("command:meeting", "A meeting that takes entries about children up", fixed=_held("ref", "meeting")),
    _by_role("command:meeting", "Keep its record: sent empty", fixed=_held("ref", "meeting"), post=empty),
    _by_role("command:meeting", "A meeting of an exercise", fixed=_held("ref", "exercise_meeting"), variant="exercise"),
    _by_role("command:meeting_agree", "Agree a record", fixed=_held("ref", "meeting"), post=empty),
    *_both("command:meeting_move", "Move a meeting", fixed=_held("ref", "meeting")),
    *_both("command:meeting_cancel", "Cancel a meeting", fixed=_held("ref", "meeting")),
    _by_role("command:minutes_docx", "Minutes: in Word", fixed=_held("ref", "meeting")),
    _by_role("command:minutes_pdf", "Minutes: as PDF", fixed=_held("ref", "meeting")),
    *_both("command:escalate", "Raise an issue", fixed=_held("ref", "entry_issue")),
    *_both("command:rapid_start", "Start a rapid response group", fixed=_held("ref", "entry_issue")),
    *_both("command:rapid_decide", "Decide on its paper", fixed=_held("ref", "entry_group")),
    _by_role("command:returns", "Returns"),
    *_both("command:return", "A return that somebody owes", fixed=_held("pk", "slip")),
    _by_role("command:return_chase", "Ask for a return", fixed=_held("pk", "slip"), post=empty),
    _by_role("command:return_name", "Say who answers for a return", fixed=_held("pk", "slip"), post=empty),
    _by_role("command:round", "A round of returns", fixed=_held("pk", "round")),
    _by_role("command:returns_history", "Returns over time", fixed=_here(register="provider_return")),
    _by_role("command:reports", "Operating pictures"),
    _by_role("command:report_make", "Put a picture together", fixed=_here(key="cop"), post=empty),
    _by_role("command:report", "An operating picture", fixed=_held("ref", "picture")),
    _by_role(
        "command:report_write", "Write words of a picture", fixed=_held("ref", "picture", block="summary"), post=empty
    ),
    _by_role("command:report_sign", "Sign a picture", fixed=_held("ref", "picture"), post=empty),
    _by_role("command:report_docx", "A picture: in Word", fixed=_held("ref", "picture")),
    _by_role("command:report_pdf", "A picture: as PDF", fixed=_held("ref", "picture")),
    _by_role("command:checklists", "Checklists"),
    _by_role(
        "command:checklist_tick", "Tick an item", fixed=lambda w: {"key": w.ids["checklist"], "item": 0}, post=empty
    ),
]
_WORKFORCE = [
    _by_role("workforce:staffing", "Who is at work"),
    _by_role("workforce:cover", "Caseloads and cover"),
    _by_role("workforce:rotas", "Rotas"),
    *_both("workforce:rota_new", "Begin a rota"),
    _by_role("workforce:rota", "A rota", fixed=_held("ref", "rota")),
    _by_role("workforce:rota", "A draft of a rota", fixed=_held("ref", "draft_rota"), variant="draft"),
    *_both("workforce:rota_people", "Who is put on a rota", fixed=_held("ref", "draft_rota")),
    _by_role("workforce:rota_fill", "Have a rota filled", fixed=_held("ref", "draft_rota"), post=empty),
    _by_role("workforce:rota_publish", "Publish a rota", fixed=_held("ref", "draft_rota"), post=empty),
    *_both(
        "workforce:rota_shift", "A duty of a rota",
        fixed=lambda w: {"ref": w.ids["draft_rota"], "pk": w.ids["shift"]},
    ),
    _by_role("workforce:surveys", "Surveys"),
    *_both("workforce:survey_new", "Put a survey"),
    _by_role("workforce:survey", "What a survey said", fixed=_held("ref", "survey")),
    *_both("workforce:survey_answer", "Answer a survey", fixed=_held("ref", "survey")),
    _by_role(
        "workforce:survey_answer", "Type in what families said", fixed=_held("ref", "family_survey"), variant="families"
    ),
    _by_role("workforce:redeployment", "Needs and offers of staff"),
    _by_role("workforce:redeployment_propose", "Propose an offer for a need: sent empty", post=empty),
]  # fmt: skip
_ASSURANCE = [
    _by_role("assurance:audits", "Audits"),
    *_both("assurance:audit_new", "Draw a sample"),
    *_both("assurance:audit", "An audit", fixed=_held("ref", "audit")),
    _by_role("assurance:audit_close", "Close an audit", fixed=_held("ref", "audit"), post=empty),
    _by_role("assurance:audit_act", "Make an action of a theme", fixed=_held("ref", "audit"), query="?theme=none"),
    Address("assurance:my_cases", "Cases given to oneself"),
    Address("assurance:judge", "Judge a case", about=lambda w, s: {"pk": s.ids.get("item", 0)}, by_role=True),
    _about(
        "assurance:judge",
        "Judge a case: sent empty",
        about=lambda w, s: {"pk": s.ids.get("item", 0)},
        post=empty,
        classes=("standard", "restricted"),
    ),
    _by_role("assurance:binder", "The evidence binder"),
    _by_role("assurance:binder_bundle", "The evidence binder as a bundle", post=empty),
    _by_role("assurance:waves", "Returns to the Department"),
    _by_role("assurance:wave_count", "Count a return: sent empty", post=empty),
    _by_role("assurance:wave", "A return", fixed=_held("ref", "wave")),
    _by_role("assurance:wave_lock", "Lock a return", fixed=_held("ref", "wave"), post=empty),
]
_PARTNERS = [
    _by_role("providers:market", "The market of providers"),
    *_both("partnership:news", "Newsletters"),
    *_both("partnership:one", "A newsletter", fixed=_held("ref", "news")),
    _by_role("partnership:subscribers", "Add subscribers: sent empty", fixed=_held("ref", "news"), post=empty),
    _by_role("partnership:archive", "Newsletters that were sent"),
    *_both("partnership:leave", "Leave a newsletter", sent="sent", fixed=_held("token", "leave")),
]
_INTERFACE = [
    *_both("api:tokens", "One's own tokens"),
    _by_role("api:token_end", "End a token of somebody else", fixed=_held("pk", "token"), post=empty),
    _by_role("api:schema", "The interface's document"),
    _by_role("api:docs", "The interface's document to read"),
    *(
        Address(f"api:v1:{name}", f"Interface: {words}", by_token=True, **given)
        for name, words, given in (
            ("registers", "registers", {}),
            ("register", "a register", {"fixed": _here(**EASEMENTS)}),
            ("register", "a confidential register", {"fixed": _here(**ABSENCES), "variant": "confidential"}),
            ("register", "a register of another authority", {"fixed": _here(**FAR), "variant": "far"}),
            ("entries", "entries about children", {"fixed": _here(**EASEMENTS), "query": "?show=all&rows=200"}),
            ("entries", "a confidential register's", {"fixed": _here(**ABSENCES), "variant": "confidential"}),
            ("entry", "an entry about a child", {"about": _entry}),
            ("entry_add", "add an entry: sent empty", {"fixed": _here(**EASEMENTS), "post": empty}),
            ("entry_change", "change an entry: by POST", {"about": _entry, "classes": FEW, "post": empty}),
            ("entry_move", "move an entry: sent empty", {"about": _entry, "classes": FEW, "post": empty}),
            ("entry_assign", "give an entry out: sent empty", {"about": _entry, "classes": FEW, "post": empty}),
            ("entry_comment", "comment: sent empty", {"about": _entry, "classes": FEW, "post": empty}),
            ("api-root", "nothing", {"by_role": True}),
            ("nothing", "nothing there", {"fixed": _here(rest="nowhere"), "by_role": True}),
        )
    ),
]  # fmt: skip
EMERGENCY: tuple[Address, ...] = (
    *_LISTS, *_ENTRIES, *_TOLD, *_DEFINITIONS, *_COMMAND, *_WORKFORCE, *_ASSURANCE, *_PARTNERS, *_INTERFACE
)  # fmt: skip
