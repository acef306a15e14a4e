"""
Every address of the site, and how it is asked for here.

A new page gets a line in ``ADDRESSES``: what it is in words, and how its address is filled for a child
(``about``) or for nobody in particular. A test fails while an address has none.
"""

import functools
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from tests.access.address import Address, Fill, empty, typed
from tests.access.emergency_addresses import EMERGENCY
from tests.access.world import SUBJECTS, Subject, World

SENT = "beef0000-0000-4000-8000-000000000000"  # the form in which the visit to the first child was sent
NOBODY = uuid.UUID(int=0xDEAD0000000040008000000000000000)
LIBRARY = "library"  # pages of libraries guard themselves


def _ref(world: World, subject: Subject) -> Mapping[str, Any]:
    return {"ref": subject.child.ref}


def _id(name: str, argument: str = "pk") -> Fill:
    return lambda world, subject: {argument: subject.ids.get(name, 0)}


def _thing(name: str, **more: Any) -> Callable[[World], Mapping[str, Any]]:
    return lambda world: {"pk": world.ids[name], **more}


_CHILD: tuple[tuple[str, str], ...] = (
    ("desk:child", "A child's record"),
    ("desk:record_visit", "Record a visit"),
    ("desk:confirm_rating", "Set a child's level"),
    ("desk:record_sighting", "Record that someone else saw the child"),
)
_DESK = [
    *(Address(name, words, about=_ref) for name, words in _CHILD),
    *(Address(name, f"{words}: sent empty", about=_ref, post=empty) for name, words in _CHILD[1:]),
    Address("desk:child_print", "A child's record on paper", about=_ref),
    Address("desk:save_draft", "Keep a draft of a visit", about=_ref),
    Address("desk:save_draft", "Keep a draft of a visit: sent", about=_ref, post=lambda w, s: {"note": "x"}),
    Address(
        "desk:visit_recorded", "What was recorded of a visit", about=_ref, query=f"?sent={SENT}"
    ),
    Address("desk:safe_contact", "Safe contact: how the family is reached", about=_ref),
    Address("desk:change_safe_contact", "Change how the family is reached", about=_ref),
    Address("desk:change_safe_contact", "Change how the family is reached: sent empty", about=_ref, post=empty),
    Address("desk:end_safe_contact", "End safe-contact details", about=_ref, post=empty),
    Address("desk:sign_virtual", "Why a visit was not face to face", about=_id("visit")),
    Address("desk:sign_virtual", "Sign why a visit was not face to face", about=_id("visit"), post=empty),
    Address("desk:approve", "A level that waits for a manager", about=_id("confirmation")),
    Address("desk:approve", "Approve a level: sent empty", about=_id("confirmation"), post=empty),
    Address("desk:home", "The first page"),
    Address("desk:my_work", "My work"),
    Address("desk:approvals", "Levels and reasons that wait"),
    Address("desk:teams", "Teams"),
    Address("desk:team", "A team", fixed=_thing("team")),
    Address("desk:team", "A team of another authority", fixed=_thing("far_team"), variant="far"),
    Address("desk:vulnerable_learners", "Vulnerable learners by school"),
    Address(
        "desk:vulnerable_learners", "Vulnerable learners whose school is hidden", query="?school=hidden",
        variant="hidden",
    ),
    *(
        Address("desk:list", f"List: {queue}", fixed=lambda w, queue=queue: {"queue": queue}, variant=queue)
        for queue in ("open", "to-see", "nobody", "unrated")  # one view; each queue is a filter on the same rows
    ),
    Address(
        "desk:list", "List: open, mine", fixed=lambda w: {"queue": "open"}, query="?who=mine", variant="open mine"
    ),
    *(
        Address(f"desk:{name}_{fmt}", f"{words}: {fmt_words}", fixed=fixed)
        for name, words, fixed in (
            ("list", "List: open", lambda w: {"queue": "open"}),
            ("team", "A team", _thing("team")),
            ("vulnerable_learners", "Vulnerable learners by school", lambda w: {}),
        )
        for fmt, fmt_words in (("csv", "as CSV"), ("xlsx", "as a workbook"), ("print", "on paper"))
    ),
    Address(
        "desk:vulnerable_learners_csv", "Vulnerable learners whose school is hidden: as CSV", query="?school=hidden",
        variant="hidden",
    ),
    Address("desk:find", "Find a child"),
    Address("desk:known", "Known or not known"),
    Address(
        "desk:known", "Known or not known: sent", about=typed,
        post=lambda w, s: {"number": f"CN-{SUBJECTS[s.key]}"},
    ),
    Address(
        "desk:find", "Find: by name", about=typed, variant="name",
        post=lambda w, s: {"words": s.child.surname[:-1]},
    ),
    Address(
        "desk:find", "Find: by UPN", about=typed, variant="UPN",
        post=lambda w, s: {"words": s.child.identifiers.get(scheme="upn").value},
    ),
    Address(
        "desk:find", "Find: by day of birth", about=typed, variant="birth",
        post=lambda w, s: {"words": s.child.date_of_birth.strftime("%d %m %Y")},
    ),
]  # fmt: skip
_BRIEFING = [
    Address("briefing:picture", "The picture: figures now"),
    Address("briefing:reports", "Reports"),
    Address("briefing:make_report", "Make a report", post=empty),
    Address("briefing:making", "Wait for a report", fixed=lambda w: {"asked": NOBODY}),
    Address("briefing:report", "A report", fixed=_thing("report")),
    *(
        Address("briefing:download", f"A report as a file: {kind}", fixed=_thing("report", kind=kind), variant=kind)
        for kind in ("pdf", "xlsx", "members")
    ),
]
_INTAKE = [
    Address("intake:loads", "Loads of files"),
    Address("intake:send", "Send files"),
    Address("intake:send", "Send files: sent empty", post=empty),
    Address("intake:waiting", "Wait for files to be read", fixed=lambda w: {"asked": NOBODY}),
    Address("intake:commit", "Load files for good", fixed=_thing("load"), post=empty),
    Address("intake:load", "A load, with what was found in its files", fixed=_thing("load")),
]
_ACCOUNTS = [
    Address("accounts:people", "People and their roles"),
    Address("accounts:people_csv", "People and their roles: as CSV"),
    Address("accounts:people_reports", "Accounts not used, ended or never signed in"),
    Address("accounts:person_new", "Make an account"),
    Address("accounts:person_new", "Make an account: sent empty", post=empty),
    Address("accounts:person", "A person", fixed=_thing("person")),
    Address("accounts:person", "A person of another authority", fixed=_thing("far_person"), variant="far"),
    *(
        Address(f"accounts:{name}", words, fixed=_thing("person"), post=empty)
        for name, words in (
            ("person_change", "Change an account"),
            ("person_end", "End an account"),
            ("person_open_again", "Open an account again"),
            ("person_make_link", "Make a link for a first password"),
            ("person_worker", "Say which worker a person is"),
            ("person_reset_factor", "Take away a second factor that is lost"),
            ("role_give", "Give a role"),
        )
    ),
    Address("accounts:person_link", "The link for a first password", fixed=_thing("person")),
    Address("accounts:role_end", "End a role", fixed=_thing("membership"), post=empty),
    Address("accounts:worker_unlink", "Say that a person is not that worker", fixed=_thing("worker"), post=empty),
    Address("accounts:roles", "Roles in words"),
    Address("accounts:role", "A role and who holds it", fixed=lambda w: {"role": "practitioner"}),
    Address("accounts:teams", "Teams and services"),
    Address("accounts:team", "A team and its people", fixed=_thing("team")),
    Address("accounts:service_new", "Make a service", post=empty),
    Address("accounts:cover", "Who stands in for whom"),
    Address("accounts:cover_arrange", "Arrange cover", fixed=_thing("person")),
    Address("accounts:cover_arrange", "Arrange cover: sent empty", fixed=_thing("person"), post=empty),
    Address("accounts:cover_end", "End cover", fixed=_thing("cover"), post=empty),
    Address("accounts:account", "One's own account"),
    Address("accounts:end_sessions", "Sign out everywhere", post=empty),
    Address("accounts:second_factor", "A second factor is needed"),
    Address("accounts:terms", "Terms of use"),
    Address("accounts:terms", "Terms of use: accepted", post=empty),
]
_GOVERNANCE = [
    Address("governance:home", "Access: what one may do about it"),
    Address("governance:reason", "Say why one opens a record", about=_ref),
    Address("governance:reason", "Say why one opens a record: sent empty", about=_ref, post=empty),
    Address("governance:requests", "Requests to be named on a record"),
    Address("governance:ask", "Ask to be named on a record"),
    Address(
        "governance:ask",
        "Ask to be named: sent",
        about=typed,
        post=lambda w, s: {"number": f"CN-{SUBJECTS[s.key]}", "because": "task", "reason": "I am to visit the family"},
    ),
    Address("governance:request", "A request to be named", about=_id("asked")),
    Address("governance:request", "Answer a request to be named: sent empty", about=_id("asked"), post=empty),
    Address("governance:named", "Who is named on records"),
    Address("governance:end_access", "End somebody's access", about=_id("named"), post=empty),
    Address("governance:emergency", "Break the glass"),
    Address(
        "governance:emergency",
        "Break the glass: sent",
        about=typed,
        post=lambda w, s: {"number": f"CN-{SUBJECTS[s.key]}", "because": "missing", "reason": "The child is missing"},
    ),
    Address("governance:emergencies", "Records opened by breaking the glass"),
    Address("governance:emergency_week", "Broken glass: the week"),
    Address("governance:emergency_review", "One broken glass", about=_id("glass")),
    Address("governance:emergency_review", "Look at broken glass: sent empty", about=_id("glass"), post=empty),
    Address("governance:read_notice", "A notice was read", fixed=_thing("notice"), post=empty),
    Address("governance:restricted", "Restricted records, and when they are looked at"),
    Address("governance:watched", "Restricted records watched over"),
    Address("governance:blocked", "Own records that are blocked"),
    Address("governance:restriction", "Why a record is restricted", about=_ref),
    Address("governance:restriction", "Restrict a record: sent empty", about=_ref, post=empty),
    Address("governance:end_restriction", "End a restriction", about=_ref, post=empty),
    Address("governance:after_adoption", "Begin a record after adoption", about=_ref),
    Address("governance:after_adoption", "Begin a record after adoption: sent empty", about=_ref, post=empty),
    Address("governance:relatives", "Relatives that one has declared"),
    Address("governance:relatives", "Declare a relative: sent empty", post=empty),
    Address("governance:nothing_to_add", "No relative to declare", post=empty),
    Address("governance:take_back", "Take back a declaration", fixed=_thing("relative"), post=empty),
    Address("governance:declarations", "Relatives that people have declared"),
    Address("governance:declaration", "A relative that somebody declared", fixed=_thing("relative")),
    Address("governance:declaration", "Check a declaration: sent empty", fixed=_thing("relative"), post=empty),
    Address("governance:free_block", "End the block of an own record", fixed=_thing("block"), post=empty),
    Address("governance:looked", "Who looked: find a child or a person"),
    Address(
        "governance:looked",
        "Who looked: a child's number sent",
        about=typed,
        post=lambda w, s: {"number": f"CN-{SUBJECTS[s.key]}", "ask": "child"},
    ),
    Address("governance:looked_child", "Who looked at this child", about=_ref),
    Address("governance:looked_person", "What this person opened", fixed=_thing("person")),
    Address(
        "governance:looked_person",
        "What a person of another authority opened",
        fixed=_thing("far_person"),
        variant="far",
    ),
    Address("governance:looked_sample", "The month's sample of looks from outside the team"),
    Address("governance:looked_review", "One look of the sample", fixed=lambda w: {"seq": 1}),
    Address("governance:looked_log", "The log"),
    Address("governance:looked_check", "Check the log", post=empty),
    Address("governance:retention", "What is kept until when"),
    Address(
        "governance:retention_list",
        "Records past their time",
        fixed=lambda w: {"code": "fellshire", "rule": "child_in_need", "phase": "due"},
    ),
    Address("governance:disposals", "Lists of what is to be destroyed"),
    Address(
        "governance:disposal_preview",
        "What would be destroyed",
        fixed=lambda w: {"code": "fellshire", "rule": "child_in_need"},
    ),
    Address("governance:disposal", "A list of what is to be destroyed", fixed=_thing("disposal")),
    Address("governance:disposal", "Answer such a list: sent empty", fixed=_thing("disposal"), post=empty),
    Address("governance:disposal_carry_out", "Destroy", fixed=_thing("disposal"), post=empty),
    Address("governance:certificate", "A certificate of destruction", fixed=_thing("disposal")),
    Address("governance:holds", "Legal holds"),
    Address("governance:holds", "Place a legal hold: sent empty", post=empty),
    Address("governance:hold_lift", "Lift a legal hold", about=_id("hold"), post=empty),
    Address("governance:subject_access", "Requests for what is held"),
    Address("governance:subject_access", "Write down a request: sent empty", post=empty),
    Address("governance:subject_access_one", "One request for what is held", about=_id("subject_access")),
    Address("governance:subject_access_make", "Put a bundle together", about=_id("subject_access"), post=empty),
    Address("governance:subject_access_take", "Take a bundle away", about=_id("subject_access"), post=empty),
]
_PORTAL = [
    Address("portal:pupils", "A school's own pupils"),
    Address("portal:pupils_of", "Pupils of one school", about=_id("school")),
    Address("portal:placements", "A provider's own placements"),
    Address("portal:placements_of", "Placements of one provider", fixed=_thing("home")),
    Address("portal:figures", "Figures for members"),
    Address("portal:extract", "Rows under pseudonyms"),
    Address("portal:extract_csv", "Rows under pseudonyms: as CSV"),
    Address("portal:extract_parquet", "Rows under pseudonyms: as Parquet"),
    Address("portal:setting_people", "Who sees a setting's page"),
    Address("portal:end_setting_person", "End that somebody sees it", fixed=_thing("setting_member"), post=empty),
]
_KEY = {"uidb36": "1", "key": "set-password"}
_SIGN_IN = [
    Address("account_login", "Sign in: sent empty", post=empty),
    Address(
        "account_signup", "Sign up (closed): sent", post=lambda w, s: {"email": "a@example.org", "password1": "xxxx"}
    ),
    Address("account_reset_password", "Reset a password: sent", post=lambda w, s: {"email": "nobody@example.org"}),
    Address("single_sign_on", "Sign in through the council"),
    Address("single_sign_on_callback", "Back from the council's sign-in"),
    Address("mfa_remove_webauthn", "Remove a passkey", fixed=lambda w: {"pk": 0}),
    Address("mfa_edit_webauthn", "Rename a passkey", fixed=lambda w: {"pk": 0}),
    Address("account_confirm_email", "Confirm an email", fixed=lambda w: {"key": "abc"}),
    Address("account_reset_password_from_key", "Reset a password by a link", fixed=lambda w: _KEY),
]


def _of_libraries() -> list[Address]:
    """Pages of libraries without anything to fill in: each asked for as it is."""
    held = {address.name for address in _SIGN_IN if address.post is None}
    names = [
        name for name, view in patterns()
        if not hasattr(view, "permission") and name not in held and _needs_nothing(name)
    ]  # fmt: skip
    return [Address(name, name.replace("_", " ").capitalize()) for name in dict.fromkeys(names)]


def _needs_nothing(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:
        return False
    return True


def patterns(resolver: Any = None, space: str = "") -> Iterator[tuple[str, Any]]:
    """Every address of the site: its name and its view."""
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLResolver):
            yield from patterns(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}", entry.callback


def permission_of(name: str) -> str:
    """The permission that a page declares; pages of libraries guard themselves."""
    view = _views().get(name)
    return getattr(getattr(view, "permission", None), "value", LIBRARY)


def exists(name: str) -> bool:
    """Whether the site has such an address."""
    return name in _views()


@functools.cache
def _views() -> dict[str, Any]:
    return dict(patterns())


ADDRESSES: tuple[Address, ...] = (
    *_DESK, *_BRIEFING, *_INTAKE, *_ACCOUNTS, *_GOVERNANCE, *_PORTAL, *EMERGENCY, *_SIGN_IN, *_of_libraries()
)  # fmt: skip
