"""Recording a visit: what is typed is never lost, and sending twice records once."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.contact import actions as contact
from keepsight.apps.contact.models import Visit, VisitDraft
from keepsight.apps.desk import record
from keepsight.apps.desk.present_child import present_identity, present_sibling
from keepsight.apps.desk.recorded import outcome_of
from keepsight.apps.desk.views.child import opened
from keepsight.apps.desk.visit_form import VisitForm, typed
from keepsight.apps.people.models import Child
from keepsight.ui.forms import submit

View = Callable[..., HttpResponse]
KEPT = "typed_before_sign_in"


def keeps_what_was_typed(view: View) -> View:
    """
    Sent after the session ran out: keep the answers on the server over the sign-in, for fifteen minutes.

    Kept only when the form was made for somebody (it carries a signed mark of its reader), and given
    back only to the same person on the same page. The browser holds nothing but the key of a session.
    With JavaScript the draft on the server is newer than this anyway.
    """

    @wraps(view)
    def guarded(request: HttpRequest, ref: UUID, **more: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, ref, **more)
        if request.method == "POST" and (reader := _reader_of(request.POST.get("reader", ""))) is not None:
            request.session[KEPT] = {"page": request.path, "reader": reader, "typed": typed(request.POST)}
        return redirect_to_login(request.path)

    return login_not_required(guarded)


def _brought_back(request: HttpRequest) -> dict[str, Any]:
    """Answers kept over a sign-in, when they are this person's and this page's."""
    kept = request.session.pop(KEPT, None)
    if not kept or (kept["page"], kept["reader"]) != (request.path, request.user.pk):
        return {}
    return dict(kept["typed"])


def _reader_of(mark: str) -> int | None:
    """For whom a form was made, by the signed mark that it carries."""
    try:
        return int(signing.loads(mark, salt=KEPT))
    except signing.BadSignature:
        return None


@keeps_what_was_typed
@requires(Permission.VISIT_RECORD)
def record_visit(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One page, one send: the outcome, what follows from it, and the brothers and sisters seen with the child."""
    on, now = timezone.localdate(), timezone.now()
    together: list[dict[str, Any]] = []

    def shows(child_id: int) -> list[int]:
        held = record.siblings(request.grants, child_id, Permission.VISIT_RECORD)
        together.extend(row for row in held if row["plan__is_open"])
        return [row["pk"] for row in together]

    who = opened(request, ref, Permission.VISIT_RECORD, on, source="desk:record_visit", shows=shows)
    draft = VisitDraft.objects.filter(user=request.user, child_id=who["id"]).values_list("answers", flat=True).first()
    kept = _with_unused_token({**(draft or {}), **_brought_back(request)})
    family = [present_sibling(row, on) for row in together]
    siblings = [(each["pk"], f"{each['name']}, {each['age']}") for each in family]
    form = VisitForm(request.POST or None, on=on, siblings=siblings, initial=kept)
    if request.method == "POST":
        if request.POST.get("later") == "1":
            _keep(request, who["id"])
            messages.success(request, "Your draft is kept. You find it on My work.")
            return redirect("desk:my_work")
        if form.is_valid():
            chosen = {int(pk) for pk in form.cleaned_data.get("siblings", ())}
            children = list(Child.objects.select_related("authority").filter(pk__in={who["id"], *chosen}))
            sent = form.cleaned_data["submission"]
            answers = form.for_action() | {"by": request.user, "at": now, "on": on, "submission": sent}
            if submit(form, contact.record_visit, children=children, **answers):
                return redirect(f"{request.path}recorded/?sent={sent}")
            if _is_used(sent):  # what is sent next is another visit
                form.data = request.POST.copy()
                form.data["submission"] = str(uuid4())
        _keep(request, who["id"])
    context = {
        "child": present_identity(who, on),
        "form": form,
        "kept": bool(kept) and request.method == "GET",
        "reader": signing.dumps(request.user.pk, salt=KEPT),
    }
    return render(request, "desk/record_visit.html", context, status=422 if form.errors else 200)


def _is_used(token: Any) -> bool:
    """Whether a form with this token has recorded a visit."""
    try:
        return Visit.objects.filter(submission=UUID(str(token))).exists()
    except ValueError:
        return False


def _with_unused_token(kept: dict[str, Any]) -> dict[str, Any]:
    """Without the token of a form that was sent: what is written now is another visit, and must be recorded."""
    return {name: value for name, value in kept.items() if name != "submission" or not _is_used(value)}


def _keep(request: HttpRequest, child_id: int) -> None:
    child = Child.objects.get(pk=child_id)
    contact.save_draft(child, answers=typed(request.POST), by=request.user, at=timezone.now())


@require_POST
@requires(Permission.VISIT_RECORD)
def save_draft(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Keep what stands in the form; the page asks this a moment after each change."""
    child = record.reach_child(request.grants, ref, Permission.VISIT_RECORD).first()
    if child is None:
        raise Http404
    if _is_used(request.POST.get("submission")):  # on its way while the form itself was sent
        return HttpResponse(status=204)
    contact.save_draft(child, answers=typed(request.POST), by=request.user, at=timezone.now())
    return HttpResponse(status=204)


@requires(Permission.VISIT_RECORD)
def visit_recorded(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What was recorded, and when each child must next be seen."""
    on = timezone.localdate()
    try:
        sent = UUID(request.GET.get("sent", ""))
    except ValueError:
        raise Http404 from None
    result = outcome_of(request.grants, sent, on)
    others = [each["pk"] for each in result["children"]]
    who = opened(
        request, ref, Permission.VISIT_RECORD, on, source="desk:visit_recorded",
        shows=lambda child_id: [pk for pk in others if pk != child_id],
    )  # fmt: skip
    if not result["children"]:
        raise Http404
    return render(request, "desk/visit_recorded.html", {"child": present_identity(who, on), **result})
