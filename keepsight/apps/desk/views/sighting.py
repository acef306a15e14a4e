"""Someone else saw this child."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.contact import actions as contact
from keepsight.apps.desk.forms import SightingForm
from keepsight.apps.desk.present_child import present_identity
from keepsight.apps.desk.views.child import opened
from keepsight.apps.people.models import Child
from keepsight.core.terms import SightLine
from keepsight.ui.forms import submit


@requires(Permission.SIGHTING_RECORD)
def record_sighting(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Another pair of eyes, written down by the child's worker (RAG-12)."""
    on = timezone.localdate()
    who = opened(request, ref, Permission.SIGHTING_RECORD, on, source="desk:record_sighting")
    form = SightingForm(request.POST or None, on=on)
    if form.is_valid():
        given = form.cleaned_data
        answers = {name: given[name] for name in ("seen_on", "who", "note", "provenance")}
        answers |= {"line": SightLine(given["line"]), "face_to_face": given["face_to_face"] == "yes"}
        answers |= {"by": request.user, "at": timezone.now(), "on": on}
        if submit(form, contact.record_sighting, child=Child.objects.get(pk=who["id"]), **answers):
            messages.success(request, "It is recorded that someone else saw this child.")
            return redirect("desk:child", ref)
    context = {"child": present_identity(who, on), "form": form}
    return render(request, "desk/record_sighting.html", context, status=422 if form.errors else 200)
