"""People of settings: who works at which school or provider, and so opens its page. For administrators."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.places import actions
from keepsight.apps.places.permissions import members_managed_by
from keepsight.apps.portal.forms import SettingMemberForm
from keepsight.apps.portal.queries import authorities_of, member_rows
from keepsight.ui.forms import submit

ROWS_A_PAGE = 50


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_VIEW)
def setting_people(request: HttpRequest) -> HttpResponse:
    """Everybody who works at a school or a provider, and a form to name one more."""
    on, grants = timezone.localdate(), request.grants
    manages = authorities_of(grants, Permission.PEOPLE_MANAGE)
    form = SettingMemberForm(request.POST or None, authorities=manages) if manages else None
    if request.method == "POST" and form is None:
        raise Http404
    if form is not None and form.is_valid():
        given = form.cleaned_data
        place = {"authority": form.chosen(), **{name: given[name] for name in ("email", "number", "provider")}}
        if submit(form, actions.name_person, **place, by=request.user, at=timezone.now(), on=on):
            messages.success(request, "This person now sees the page of this setting.")
            return redirect("portal:setting_people")
    page = Paginator(member_rows(members_managed_by(grants), on), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "count": page.paginator.count}
    return render(request, "portal/setting_people.html", context, status=422 if form and form.errors else 200)


@require_POST
@requires(Permission.PEOPLE_MANAGE)
def end_setting_person(request: HttpRequest, pk: int) -> HttpResponse:
    """From today this person no longer works there."""
    member = members_managed_by(request.grants).filter(pk=pk).select_related("setting__authority").first()
    if member is None:
        raise Http404
    actions.end_setting_member(member, by=request.user, at=timezone.now(), on=timezone.localdate())
    messages.success(request, "This person no longer sees the page of this setting.")
    return redirect("portal:setting_people")
