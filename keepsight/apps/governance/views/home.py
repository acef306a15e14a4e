"""One page that leads to all that a person may do about access, the log and retention."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from keepsight.apps.accounts.permissions import Grants, Permission, requires

P = Permission
# headings, each with words, page, what it is for, who may: each part of the product adds its pages here
Line = tuple[str, str, str, frozenset[Permission]]
PAGES: tuple[tuple[str, tuple[Line, ...]], ...] = (
    (
        "Requests and emergencies",
        (
            (
                "Named access",
                "governance:requests",
                "Ask to be named on a record, and answer those who ask.",
                frozenset({P.ACCESS_ASK}),
            ),
            (
                "Who is named",
                "governance:named",
                "Who is named on your records, and until when.",
                frozenset({P.ACCESS_APPROVE}),
            ),
            (
                "Open a record in an emergency",
                "governance:emergency",
                "For four hours. Its worker, their manager and information governance are told.",
                frozenset({P.BREAK_GLASS}),
            ),
            (
                "Records opened in an emergency",
                "governance:emergencies",
                "Those to look at by the next working day, and the report of the week.",
                frozenset({P.BREAK_GLASS_REVIEW}),
            ),
        ),
    ),
    (
        "Restricted records",
        (
            (
                "Your restricted records",
                "governance:restricted",
                "Those for which you answer, and which are due for review.",
                frozenset({P.ACCESS_APPROVE}),
            ),
            (
                "Restricted records of the council",
                "governance:watched",
                "Which are due for review. No names.",
                frozenset({P.RESTRICTED_REVIEW}),
            ),
            (
                "Cases that need another worker",
                "governance:blocked",
                "Their worker is close to the child, and cannot open the record.",
                frozenset({P.ACCESS_APPROVE}),
            ),
            (
                "Declared relatives",
                "governance:declarations",
                "Whose records are closed to which worker.",
                frozenset({P.OWN_RECORD_MANAGE}),
            ),
            (
                "Yourself and your relatives",
                "governance:relatives",
                "Say whose records must be closed to you.",
                frozenset({P.WORK_LIST, P.CHILD_FIND, P.PICTURE_VIEW, P.LOAD_VIEW, P.PEOPLE_VIEW}),
            ),
        ),
    ),
    (
        "Who looked",
        (
            (
                "Who looked",
                "governance:looked",
                "Who opened a child’s record, and what somebody opened.",
                frozenset({P.AUDIT_VIEW}),
            ),
            (
                "Sample of the month",
                "governance:looked_sample",
                "Looks from outside the child’s team, drawn by lot, to ask about.",
                frozenset({P.AUDIT_VIEW}),
            ),
            (
                "State of the log",
                "governance:looked_log",
                "Whether the log still says what it said.",
                frozenset({P.AUDIT_VIEW}),
            ),
        ),
    ),
    (
        "Keeping and destroying",
        (
            (
                "Retention",
                "governance:retention",
                "How long records are kept, and which are past their time.",
                frozenset({P.RETENTION_VIEW}),
            ),
            (
                "Lists to destroy",
                "governance:disposals",
                "Records past their time wait for your answer as their owner.",
                frozenset({P.DISPOSAL_APPROVE}),
            ),
            (
                "Legal holds",
                "governance:holds",
                "Place or lift a hold, so that nothing of a record is destroyed.",
                frozenset({P.HOLD_PLACE}),
            ),
        ),
    ),
    (
        "Subject access",
        (
            (
                "Subject-access requests",
                "governance:subject_access",
                "Requests for what is held about a child, and the days on which answers are due.",
                frozenset({P.SUBJECT_ACCESS}),
            ),
        ),
    ),
)


@requires(Permission.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Links to the pages that this person may open, under the headings that have any."""
    held = [(heading, _links(request.grants, lines)) for heading, lines in PAGES]
    return render(request, "governance/home.html", {"groups": [group for group in held if group[1]]})


def _links(grants: Grants, lines: tuple[Line, ...]) -> list[dict[str, str]]:
    return [
        {"text": text, "href": reverse(name), "what": what}
        for text, name, what, any_of in lines
        if any(grants.may(permission) for permission in any_of)
    ]
