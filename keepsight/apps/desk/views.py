"""The desk: pages that combine apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.core.errors import NotPermitted

FIRST_PAGES = (
    (Permission.WORK_LIST, "desk:my_work"),
    (Permission.PICTURE_VIEW, "briefing:picture"),
    (Permission.LOAD_VIEW, "intake:loads"),
)


@requires(Permission.SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    for permission, page in FIRST_PAGES:
        if request.grants.may(permission):
            return redirect(page)
    raise NotPermitted("You have no role here yet. Your data team can give you one.")
