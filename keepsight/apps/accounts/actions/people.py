"""
Accounts: made, changed, ended, opened again; and which worker of the case system a person is.

``make_user`` and ``link_worker`` ask nobody: they are for commands and the example. Whatever a page
does comes with ``by``, who is held to ``policies``. None of these is the command line.
"""

from datetime import date, datetime

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from django.db import transaction
from django.urls import reverse

from keepsight.apps.accounts import policies, staff
from keepsight.apps.accounts.actions import cover, roles, sign_in
from keepsight.apps.accounts.models import Authority, User, Worker
from keepsight.apps.accounts.permissions import held_by
from keepsight.apps.accounts.places import Place
from keepsight.apps.accounts.policies import NotThisWay
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind


@transaction.atomic
def make_user(
    *, email: str, name: str, password: str | None = None, at: datetime | None = None, expires_on: date | None = None
) -> User:
    """Make a person who may sign in, or give the one whom the address names already, unchanged."""
    held = with_address(email)
    return held or User.objects.create_user(email, password, name=name, created_at=at, expires_on=expires_on)


def with_address(email: str) -> User | None:
    """The account of an address."""
    return User.objects.filter(email=User.objects.normalize_email(email).lower()).first()


@transaction.atomic
def link_worker(user: User, worker: Worker) -> None:
    """Say that a worker of the case system is this person."""
    Worker.objects.filter(pk=worker.pk).update(user=user)


@transaction.atomic
def join(
    *,
    email: str,
    name: str,
    expires_on: date | None,
    role: str,
    place: Place,
    starts_on: date,
    ends_on: date | None,
    reason: str,
    by: User,
    at: datetime,
    on: date,
) -> tuple[User, bool]:
    """
    Make an account with its first role; an address that has one already only gets the role.

    Returns
    -------
    tuple
        The person, and whether the account is new.

    Raises
    ------
    NotPermitted
        The place is not wholly within the authorities that this administrator administers.
    NotThisWay
        An answer does not do.
    """
    held = with_address(email)
    policies.check_may_give(held_by(by, on), by, held or User(), role, place)
    if held and not held.is_active:
        raise NotThisWay("An account with this address has ended. Its administrator can open it again", "email")
    if expires_on is not None and expires_on <= on:
        raise NotThisWay("The last day of the account must be today or later", "last_day_of_account")
    user = held or make_user(email=email, name=name, at=at, expires_on=expires_on)
    if held is None:
        keep(EventKind.PERSON_MADE, user, by=by, at=at, reason=reason, authority=place.authority)
    roles.give(
        user, place, role=role, starts_on=starts_on, ends_on=ends_on, reason=reason, by=by, at=at, on=on
    )  # fmt: skip
    return user, held is None


@transaction.atomic
def change(
    user: User, *, name: str, email: str, expires_on: date | None, reason: str, by: User | None, at: datetime, on: date
) -> None:
    """
    Change the name, the address or the last day of an account.

    Raises
    ------
    NotPermitted
        Own account, or a person who holds a role elsewhere too.
    NotThisWay
        An answer does not do.
    """
    check_manages(by, user, on)
    policies.check_reason(reason)
    email = User.objects.normalize_email(email).lower()
    if User.objects.filter(email=email).exclude(pk=user.pk).exists():
        raise NotThisWay("Another account has this address", "email")
    if expires_on is not None and expires_on != user.expires_on:
        if expires_on <= on:
            raise NotThisWay("The last day of the account must be today or later", "last_day_of_account")
        roles.check_leaves_administrators(user, expires_on)
    new = {"name": name, "email": email, "expires_on": expires_on}
    changed = sorted(column for column, value in new.items() if getattr(user, column) != value)
    User.objects.filter(pk=user.pk).update(**new)
    if "email" in changed:
        EmailAddress.objects.filter(user_id=user.pk).delete()  # the old address must not sign in
    user.refresh_from_db()
    keep(EventKind.PERSON_CHANGED, user, by=by, at=at, reason=reason, changed=changed)


@transaction.atomic
def end_account(user: User, *, reason: str, by: User | None, at: datetime, on: date) -> None:
    """
    End an account: nobody signs in with it, sessions end at the next click, roles and cover end today.

    Worker rows stay linked, so that the children of somebody who left stand in the list of those.

    Raises
    ------
    NotPermitted
        Own account, or a person who holds a role elsewhere too.
    NotThisWay
        Without a reason, ended already, or the last administrator of an authority.
    """
    check_manages(by, user, on)
    policies.check_reason(reason)
    if not user.is_active:
        raise NotThisWay("This account has ended already", "reason")
    roles.check_leaves_administrators(user, on)
    roles.end_all(user, reason=reason, by=by, at=at, on=on)
    cover.end_all(user, by=by, at=at, on=on)
    user.is_active = False
    user.ended_because = reason[:200]
    user.set_unusable_password()  # so that sessions and one-time links of this account fail at once
    user.save(update_fields=["is_active", "ended_because", "password"])
    sign_in.end_sessions(user, by=by, at=at, reason="account ended")
    keep(EventKind.PERSON_ENDED, user, by=by, at=at, reason=reason)


@transaction.atomic
def open_again(user: User, *, expires_on: date | None, reason: str, by: User | None, at: datetime, on: date) -> None:
    """
    Open an ended account again, without any role: roles are given anew.

    Raises
    ------
    NotPermitted
        Own account, or a person who held a role elsewhere too.
    NotThisWay
        Without a reason, or the account has not ended.
    """
    if by is not None:
        places = staff.live_places(user, on) | staff.past_places(user)
        policies.check_may_manage(held_by(by, on), by, user, places)
    policies.check_reason(reason)
    if user.is_active:
        raise NotThisWay("This account has not ended", "reason")
    User.objects.filter(pk=user.pk).update(is_active=True, ended_because="", expires_on=expires_on)
    user.refresh_from_db()
    keep(EventKind.PERSON_CHANGED, user, by=by, at=at, reason=reason, changed=["is_active"])


@transaction.atomic
def one_time_link(user: User, *, by: User | None, at: datetime, on: date) -> str:
    """
    Make the address of a page on which the person sets their own password; it works once.

    It lasts as long as the settings say. An earlier link that was not used ends with the first new password.

    Raises
    ------
    NotPermitted
        Own account, or a person who holds a role elsewhere too.
    NotThisWay
        The account has ended.
    """
    check_manages(by, user, on)
    if not user.is_active:
        raise NotThisWay("This account has ended. Open it again first")
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    keep(EventKind.PERSON_CHANGED, user, by=by, at=at, changed=["one_time_link"])
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": token})


@transaction.atomic
def link(user: User, worker: Worker, *, by: User, at: datetime, on: date) -> None:
    """
    Say that a worker of the case system is this person: that worker's children become their own cases.

    Raises
    ------
    NotPermitted
        Own account, or the worker's authority is not administered.
    NotThisWay
        The worker is somebody else already, or the account has ended.
    """
    policies.check_may_give(held_by(by, on), by, user, "", Place("authority", worker.authority))
    if not user.is_active:
        raise NotThisWay("This account has ended. Open it again first", "words")
    linked = Worker.objects.filter(pk=worker.pk, user=None).update(user=user)
    if not linked:
        raise NotThisWay("This worker is linked to an account already. Unlink that first", "words")
    keep(EventKind.PERSON_CHANGED, user, by=by, at=at, authority=worker.authority, changed=["worker"], worker=worker.pk)


@transaction.atomic
def unlink(worker: Worker, *, by: User, at: datetime, on: date) -> None:
    """
    Take back that a worker of the case system is this person.

    Raises
    ------
    NotPermitted
        Own account, or the worker's authority is not administered.
    """
    user = worker.user or User()
    policies.check_may_give(held_by(by, on), by, user, "", Place("authority", worker.authority))
    if Worker.objects.filter(pk=worker.pk, user=user if user.pk else None).update(user=None) and user.pk:
        keep(
            EventKind.PERSON_CHANGED, user, by=by, at=at, authority=worker.authority, changed=["worker"],
            worker=worker.pk, unlinked=True,
        )  # fmt: skip


def check_manages(by: User | None, user: User, on: date) -> None:
    """
    Refuse who may not change this account as a whole. The command line may.

    Raises
    ------
    NotPermitted
    """
    if by is not None:
        places = staff.live_places(user, on) or staff.past_places(user)
        policies.check_may_manage(held_by(by, on), by, user, places)


def keep(
    kind: EventKind, user: User, *, by: User | None, at: datetime, reason: str = "",
    authority: Authority | None = None, **detail: object,
) -> None:  # fmt: skip
    """Write down what was done to an account. Never its name or address."""
    audit.record(
        kind, at=at, by=by, subject=("user", str(user.pk)), reason=reason,
        authority_code=authority.code if authority else "", source="accounts:person" if by else "keepsight person",
        **detail,
    )  # fmt: skip
