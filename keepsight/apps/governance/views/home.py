"""One page that leads to all that a person may do about access, the log and retention."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from keepsight.apps.accounts.permissions import Permission, requires

P = Permission
# words, page, what it is for, who may: each room adds its pages here
PAGES: tuple[tuple[str, str, str, frozenset[Permission]], ...] = (
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
        "For four hours. Its owner is told.",
        frozenset({P.BREAK_GLASS}),
    ),
    (
        "Restricted records",
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
        "Their worker is close to the child.",
        frozenset({P.ACCESS_APPROVE}),
    ),
    (
        "Records opened in an emergency",
        "governance:emergencies",
        "To be looked at, and the report of the week.",
        frozenset({P.BREAK_GLASS_REVIEW}),
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
    # retention and subject access
    ("Retention", "governance:retention", "How long records are kept, and which are past their time.",
     frozenset({P.RETENTION_VIEW})),
    ("Lists to destroy", "governance:disposals", "Records past their time wait for your answer as their owner.",
     frozenset({P.DISPOSAL_APPROVE})),
    ("Legal holds", "governance:holds", "Place or lift a hold, so that nothing of a record is destroyed.",
     frozenset({P.HOLD_PLACE})),
    ("Subject access", "governance:subject_access", "Requests for what is held about a child, with their days.",
     frozenset({P.SUBJECT_ACCESS})),
    (
        "Who looked",
        "governance:looked",
        "Who opened a record, what somebody opened, the sample of the month, and the state of the log.",
        frozenset({P.AUDIT_VIEW}),
    ),
)


@requires(Permission.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Links to the pages that this person may open."""
    pages = [
        {"text": text, "href": reverse(name), "what": what}
        for text, name, what, any_of in PAGES
        if any(request.grants.may(permission) for permission in any_of)
    ]
    return render(request, "governance/home.html", {"pages": pages})
