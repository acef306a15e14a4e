"""The document of the interface, and a page that shows it, for who may use the interface."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.api.views.interface import NOT_THERE, api, told


@require_GET
@requires(Permission.API_USE)
def schema(request: HttpRequest) -> HttpResponse:
    """The interface as OpenAPI 3.1."""
    return JsonResponse(api.get_openapi_schema())


@require_GET
@requires(Permission.API_USE)
def docs(request: HttpRequest) -> HttpResponse:
    """The same, to read and to try."""
    return render(request, "api/docs.html", {})


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """An address of the interface at which there is nothing, told as the interface tells troubles."""
    return told(404, NOT_THERE, "not_found")
