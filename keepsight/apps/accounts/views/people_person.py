"""One person: roles with their days, worker rows, cover, sign-ins; and what an administrator does to an account."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from keepsight.apps.accounts import policies, present_people, staff
from keepsight.apps.accounts.actions import people as actions
from keepsight.apps.accounts.actions import roles as role_actions
from keepsight.apps.accounts.actions import sign_in
from keepsight.apps.accounts.forms import (
    AccountForm,
    EndRoleForm,
    JoinForm,
    OpenAgainForm,
    ReasonForm,
    RoleForm,
    WorkerForm,
)
from keepsight.apps.accounts.models import User
from keepsight.apps.accounts.permissions import Permission, requires
from keepsight.apps.accounts.places import Place, find_place
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.core.errors import NotPermitted
from keepsight.ui.forms import submit

NOT_SEEN = "This account is not among those that you may see."
LINK_SHOWN = "keepsight.one_time_link"
WORKERS_SHOWN = 20


def reached(request: HttpRequest, pk: int) -> User:
    """
    Reach a person within one's authorities: every page of a person begins here.

    Raises
    ------
    NotPermitted
        The same whether there is no such person or they work for another council.
    """
    user = staff.with_columns(staff.people_visible_to(request.grants)).filter(pk=pk).first()
    if user is None:
        raise NotPermitted(NOT_SEEN, code="account_not_seen")
    return user


def _clock() -> dict[str, Any]:
    return {"at": timezone.now(), "on": timezone.localdate()}


@require_GET
@requires(Permission.PEOPLE_VIEW)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that Keepsight knows about one account. Opening it is an event."""
    on, grants = timezone.localdate(), request.grants
    user = reached(request, pk)
    audit.record(
        EventKind.LIST_OPENED, at=timezone.now(), by=request.user, subject=("user", str(user.pk)),
        source="accounts:person",
    )  # fmt: skip
    mine = policies.administered(grants)
    held = list(staff.memberships_visible_to(grants).filter(user=user).distinct())
    everywhere = staff.live_places(user, on)
    own = user.pk == request.user.pk
    may_manage = bool(mine) and not own
    whole = may_manage and (everywhere or staff.past_places(user)) <= mine

    def may_end(each: Any) -> bool:
        return may_manage and each.authority_id in mine

    context = {
        "person": present_people.present_person(user, on),
        "roles": present_people.present_roles(held, on, may_end),
        "elsewhere": bool(everywhere - staff.places_seen(grants)),
        "workers": staff.workers_visible_to(grants).filter(user=user).order_by("name"),
        "covers": present_people.present_covers(staff.covers_of([user], on), on, lambda each: False),
        "events": present_people.present_events(staff.sign_ins(user)),
        "may_manage": may_manage,
        "whole": whole,
        "own": own,
    }
    return render(request, "accounts/person.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def join(request: HttpRequest) -> HttpResponse:
    """Make an account with its first role. What is offered is what this administrator may give."""
    offered = staff.places_offered(policies.administered(request.grants))
    form = JoinForm(request.POST or None, places=offered, on=timezone.localdate())
    made: list[tuple[User, bool]] = []

    def act(**answers: Any) -> None:
        made.append(actions.join(**answers))

    if form.is_valid():
        wanted = ("email", "name", "expires_on", "role", "starts_on", "ends_on", "reason")
        answers = {name: form.cleaned_data[name] for name in wanted}
        if submit(form, act, place=_place(form), by=request.user, **_clock(), **answers):
            user, is_new = made[0]
            messages.success(
                request,
                f"{user.name} has an account. Make a one-time link, so that they can set a password."
                if is_new
                else f"{user.name} had an account already and now holds the role too.",
            )
            return redirect("accounts:person", user.pk)
    return render(request, "accounts/person_new.html", {"form": form}, status=422 if form.errors else 200)


def _place(form: RoleForm) -> Place:
    place = find_place(*form.place)
    if place is None:
        raise NotPermitted(policies.OUTSIDE, code="place_not_yours")
    return place


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def give_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a person a role. It holds from their next click in its first day."""
    user = reached(request, pk)
    offered = staff.places_offered(policies.administered(request.grants))
    form = RoleForm(request.POST or None, places=offered, on=timezone.localdate())
    if form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("role", "starts_on", "ends_on", "reason")}
        if submit(
            form, role_actions.give, user=user, place=_place(form), by=request.user, **_clock(), **answers
        ):  # fmt: skip
            given = present_people.role_name(form.cleaned_data["role"])
            messages.success(request, f"{user.name} now has the role: {given}.")
            return redirect("accounts:person", user.pk)
    context = {"form": form, "person": present_people.present_person(user, timezone.localdate())}
    return render(request, "accounts/role_give.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def end_role(request: HttpRequest, pk: int) -> HttpResponse:
    """End a role from a day on."""
    on = timezone.localdate()
    held = staff.memberships_visible_to(request.grants).select_related("user").filter(pk=pk).first()
    if held is None:
        raise NotPermitted(NOT_SEEN, code="account_not_seen")
    form = EndRoleForm(request.POST or None, initial={"from_day": on})
    if form.is_valid() and submit(form, role_actions.end, held=held, by=request.user, **_clock(), **form.cleaned_data):
        messages.success(request, f"The role of {held.user.name} ends.")
        return redirect("accounts:person", held.user_id)
    context = {
        "form": form,
        "role": present_people.role_words(held, on),
        "name": held.user.name,
        "pk": held.user_id,
    }
    return render(request, "accounts/role_end.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the name, the address or the last day of an account."""
    user = reached(request, pk)
    actions.check_manages(request.user, user, timezone.localdate())
    shown = present_people.present_person(user, timezone.localdate())
    first = {"name": user.name, "email": user.email, "last_day_of_account": shown["last_day"]}
    form = AccountForm(request.POST or None, initial=first)
    if form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("name", "email", "expires_on", "reason")}
        if submit(form, actions.change, user=user, by=request.user, **_clock(), **answers):
            messages.success(request, "The account is changed.")
            return redirect("accounts:person", user.pk)
    context = {"form": form, "person": shown, "heading": "Change this account", "button": "Save"}
    return render(request, "accounts/person_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End an account: at the person's next click they are nobody here."""
    user = reached(request, pk)
    actions.check_manages(request.user, user, timezone.localdate())
    form = ReasonForm(request.POST or None)
    if form.is_valid() and submit(
        form, actions.end_account, user=user, by=request.user, reason=form.cleaned_data["reason"], **_clock()
    ):
        messages.success(request, f"The account of {user.name} has ended.")
        return redirect("accounts:person", user.pk)
    context = {
        "form": form,
        "person": present_people.present_person(user, timezone.localdate()),
        "heading": "End this account",
        "words": "They are signed out at their next click. Their roles and cover end today. What they wrote stays, "
        "and children of whom they are the worker stand in the list “Worker has left” of their team.",
        "button": "End the account",
        "warning": True,
    }
    return render(request, "accounts/person_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def open_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Open an ended account again, without any role."""
    user = reached(request, pk)
    actions.check_manages(request.user, user, timezone.localdate())
    form = OpenAgainForm(request.POST or None)
    if form.is_valid():
        answers = {name: form.cleaned_data[name] for name in ("expires_on", "reason")}
        if submit(form, actions.open_again, user=user, by=request.user, **_clock(), **answers):
            messages.success(request, "The account is open again. It holds no role until you give one.")
            return redirect("accounts:person", user.pk)
    context = {
        "form": form,
        "person": present_people.present_person(user, timezone.localdate()),
        "heading": "Open this account again",
        "words": "It comes back without any role. The person needs a one-time link to set a new password.",
        "button": "Open the account again",
    }
    return render(request, "accounts/person_form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def reset_factor(request: HttpRequest, pk: int) -> HttpResponse:
    """Take away the second factors of somebody who lost theirs; they set up a new one when they next sign in."""
    user = reached(request, pk)
    actions.check_manages(request.user, user, timezone.localdate())
    form = ReasonForm(request.POST or None)
    if form.is_valid() and submit(
        form, sign_in.reset_second_factor, user=user, by=request.user, at=timezone.now(),
        reason=form.cleaned_data["reason"],
    ):  # fmt: skip
        messages.success(request, f"{user.name} sets up a new second factor at the next sign-in.")
        return redirect("accounts:person", user.pk)
    context = {
        "form": form,
        "person": present_people.present_person(user, timezone.localdate()),
        "heading": "Reset the second factor",
        "words": "Only when you have seen or spoken to the person: telephone, app or passkey lost. They are signed "
        "out everywhere and set up a new one at the next sign-in.",
        "button": "Reset it",
        "warning": True,
    }
    return render(request, "accounts/person_form.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.PEOPLE_MANAGE)
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a one-time link for a password; it is shown once, on the next page."""
    user = reached(request, pk)
    request.session[LINK_SHOWN] = [user.pk, actions.one_time_link(user, by=request.user, **_clock())]
    return redirect("accounts:person_link", user.pk)


@require_GET
@requires(Permission.PEOPLE_MANAGE)
def show_link(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a link that was just made, once. Loaded again, the page is empty."""
    user = reached(request, pk)
    whose, path = request.session.pop(LINK_SHOWN, (None, ""))
    link = request.build_absolute_uri(path) if whose == user.pk else ""
    context = {"person": present_people.present_person(user, timezone.localdate()), "link": link}
    return render(request, "accounts/person_link.html", context)


@require_http_methods(["GET", "POST"])
@requires(Permission.PEOPLE_MANAGE)
def worker(request: HttpRequest, pk: int) -> HttpResponse:
    """Find a worker of the case system by name, by POST, and say that this person is that worker."""
    user = reached(request, pk)
    form = WorkerForm(request.POST or None)
    rows: list[Any] = []
    if form.is_valid():
        free = staff.workers_visible_to(request.grants).filter(authority_id__in=policies.administered(request.grants))
        if chosen := form.cleaned_data.get("worker"):
            row = free.filter(pk=chosen).first()
            if row is None:
                raise NotPermitted(policies.OUTSIDE, code="place_not_yours")
            if submit(form, actions.link, user=user, worker=row, by=request.user, **_clock()):
                messages.success(request, f"{user.name} is {row.name} in the case system of {row.authority.name}.")
                return redirect("accounts:person", user.pk)
        rows = list(free.filter(name__icontains=request.POST["words"].strip()).order_by("name")[:WORKERS_SHOWN])
    context = {
        "form": form,
        "person": present_people.present_person(user, timezone.localdate()),
        "rows": rows,
        "searched": form.is_bound and not form.errors,
        "words": request.POST.get("words", ""),
    }
    return render(request, "accounts/person_worker.html", context, status=422 if form.errors else 200)


@require_POST
@requires(Permission.PEOPLE_MANAGE)
def unlink_worker(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back that a worker of the case system is a person."""
    row = staff.workers_visible_to(request.grants).select_related("user").filter(pk=pk).exclude(user=None).first()
    if row is None:
        raise NotPermitted(NOT_SEEN, code="account_not_seen")
    actions.unlink(row, by=request.user, **_clock())
    messages.success(request, f"{row.name} of the case system is no longer linked to an account.")
    return redirect("accounts:person", row.user_id)
