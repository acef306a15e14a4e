"""Addresses of the JSON interface, its document, and one's own tokens. No name stands in one."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path

from keepsight.apps.accounts.permissions import Permission
from keepsight.apps.api.views import documents, entries, registers, tokens  # noqa: F401 – calls make themselves known
from keepsight.apps.api.views.interface import api, told

NOT_SO = "This address does not take that method. The interface’s document says which it takes."


def by_token(view: Callable[..., HttpResponse], permission: Permission) -> Callable[..., HttpResponse]:
    """
    A call of the interface as a view: it asks for a token itself, and no session is looked at.

    Its permission is the one that ``interface.Bearer`` asks of the token's person.
    """

    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(request, *args, **kwargs)
        if isinstance(answer, HttpResponseNotAllowed):
            allowed = answer["Allow"]
            answer = told(405, NOT_SO, "method")
            answer["Allow"] = allowed
        answer["Cache-Control"] = "no-store, private"
        return answer

    asked.permission = permission  # type: ignore[attr-defined]
    asked.by_token = True  # type: ignore[attr-defined]
    asked.login_required = False  # type: ignore[attr-defined]
    asked.csrf_exempt = True  # type: ignore[attr-defined]  # a token comes with no browser of its own accord
    return asked


def calls(patterns: Iterable[Any]) -> list[URLPattern]:
    """The addresses of the interface, each with what a view must say."""
    return [
        URLPattern(each.pattern, by_token(each.callback, Permission.API_USE), each.default_args, each.name)
        for each in patterns
        if each.name != "api-root"
    ]


app_name = "api"
_nothing = by_token(documents.nothing, Permission.ANYONE)
urlpatterns = [
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/end/", tokens.end, name="token_end"),
    path("v1/openapi.json", documents.schema, name="schema"),
    path("v1/docs/", documents.docs, name="docs"),
    path(
        "v1/",
        (
            [*calls(api.urls[0]), path("", _nothing, name="api-root"), path("<path:rest>", _nothing, name="nothing")],
            "ninja",
            "v1",
        ),
    ),
]
