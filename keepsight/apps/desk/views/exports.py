"""The desk's lists as files and on paper, and a child's record on paper: each with the permission of its format."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.exports import taking
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.views.taking import in_formats, keep_taken
from keepsight.apps.desk import record
from keepsight.apps.desk import taking as lists
from keepsight.apps.desk.views.child import in_words
from keepsight.apps.people.content import sees_of
from keepsight.ui.exports import CLASSIFICATION

queue = in_formats(lists.queue_list)
team = in_formats(lists.team_list)
learners = in_formats(lists.learners_list)


@require_GET
@requires(Permission.PRINT)
def child(request: HttpRequest, ref: UUID) -> HttpResponse:
    """
    One record to print, as its page says it; a confidential place is never printed, whoever prints.

    As far as the role reaches that may print: to everybody else the child is as one who is not there.
    """
    on, at = timezone.localdate(), timezone.now()
    grants = taking(request.grants, Permission.PRINT)
    who = record.identity(grants, ref, Permission.CHILD_VIEW, on)
    family = record.siblings(grants, who["id"], Permission.CHILD_VIEW)
    keep_taken(
        request, "print", at=at, authority_code=who["authority__code"],
        subject=("child", str(who["id"])), source="desk:child_print",
        shown=[each["pk"] for each in family],
    )  # fmt: skip
    sees = replace(sees_of(grants, who), place=False, code_word=False)
    context = {
        "record": in_words(grants, who, on, sees, family), "by": str(request.user), "at": at,
        "classification": CLASSIFICATION,
    }  # fmt: skip
    return render(request, "desk/child_print.html", context)
