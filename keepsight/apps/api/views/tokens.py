"""One's own tokens: making one, which is shown once, and ending one."""

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.api import actions
from keepsight.apps.api.forms import TokenForm
from keepsight.apps.api.models import Token
from keepsight.apps.api.tokens import own_token, tokens_of
from keepsight.ui.forms import submit


@require_http_methods(["GET", "POST"])
@requires(Permission.API_USE)
def tokens(request: HttpRequest) -> HttpResponse:
    """The tokens that one has, and a form for a new one, which stands on the page that follows and never again."""
    form = TokenForm(request.POST if request.method == "POST" else None)
    shown = ""
    at = timezone.now()
    on = timezone.localtime(at).date()
    if request.method == "POST" and form.is_valid():
        made: list[tuple[Token, str]] = []
        given = {"name": form.cleaned_data["name"], "expires_on": _until(on, int(form.cleaned_data["months"]))}
        if submit(form, lambda **how: made.append(actions.make_token(request.user, **how)), at=at, **given):  # type: ignore[arg-type]
            shown, form = made[0][1], TokenForm()
    rows = [_row(each, on) for each in tokens_of(request.user)]  # type: ignore[arg-type]
    context = {"tokens": rows, "form": form, "shown": shown}
    return render(request, "api/tokens.html", context, status=422 if form.errors else 200)


def _until(on: date, months: int) -> date:
    """A year of months is never longer than a year of days."""
    return min(on + relativedelta(months=months), on + timedelta(days=actions.LASTS_AT_MOST))


def _row(token: Token, on: date) -> dict[str, object]:
    lasts = token.ended_at is None and token.expires_on > on
    words, colour = ("Opens", "green") if lasts else ("Ended" if token.ended_at else "Ran out", "grey")
    return {
        "pk": token.pk, "name": token.name, "made_at": token.made_at, "expires_on": token.expires_on,
        "last_used_on": token.last_used_on, "lasts": lasts, "words": words, "colour": colour,
    }  # fmt: skip


@require_POST
@requires(Permission.API_USE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on it opens nothing."""
    token = own_token(request.user, pk)  # type: ignore[arg-type]
    if token is None:
        raise Http404
    actions.end_token(token, by=request.user, at=timezone.now())  # type: ignore[arg-type]
    messages.success(request, f"The token “{token.name}” opens nothing any more.")
    return redirect("api:tokens")
