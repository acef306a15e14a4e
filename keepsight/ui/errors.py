"""Pages for what goes wrong outside our own tree of errors, in plain words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

HEADINGS = {
    200: "There is no answer to this yet",
    400: "We could not understand that request",
    403: "You cannot see this page",
    404: "Page not found",
    409: "This cannot be done now",
    422: "There is a problem with a file or an answer",
    429: "That was too often",
    500: "Sorry, there is a problem with Keepsight",
}
_SENTENCES = {
    400: "Go back, and try again from the page where you were.",
    403: "Your role does not include this page. Your team manager or data team can change your role.",
    404: "Check the address. If it is right, the page may have gone, or it is about a child that is not in your scope.",
    500: "Nothing was saved by the last step. Try again in a few minutes. If it happens again, tell your data team "
    "what you were doing and the time.",
}
STALE_FORM = {  # without a good token: see config.middleware.stale_form, which also writes the event
    "heading": "Your page was open for too long",
    "sentence": "For safety nothing was sent. Go back, reload the page and send it again. Drafts are kept.",
    "status": 403,
}


def _page(request: HttpRequest, status: int) -> HttpResponse:
    context = {"heading": HEADINGS[status], "sentence": _SENTENCES[status], "status": status}
    return render(request, "errors/told.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def problem(request: HttpRequest) -> HttpResponse:
    """Needs no database, no session and no context processor: any of them may be what broke."""
    context = {"heading": HEADINGS[500], "sentence": _SENTENCES[500], "status": 500}
    return render(None, "errors/500.html", context, status=500)
