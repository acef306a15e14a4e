"""What is done to somebody's way in: sessions ended, a second factor reset, terms accepted."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from keepsight.apps.accounts.models import Membership, Session, TermsAccepted, User
from keepsight.apps.accounts.permissions import Permission, check_user_may, held_by
from keepsight.apps.audit import actions as audit
from keepsight.apps.audit.models import EventKind
from keepsight.core.errors import NotAllowedNow, NotPermitted


class NothingToReset(NotAllowedNow):
    """The person has no second factor."""

    code = "no_second_factor"


@transaction.atomic
def end_sessions(user: User, *, by: User | None, at: datetime, except_key: str = "", reason: str = "") -> int:
    """Sign a person out everywhere, or everywhere but in one session. No permission: callers have checked theirs."""
    ended, _ = Session.objects.filter(user=user).exclude(session_key=except_key or None).delete()
    audit.record(
        EventKind.SESSIONS_ENDED, at=at, by=by, subject=("user", str(user.pk)), reason=reason, sessions=ended
    )  # fmt: skip
    return ended


@transaction.atomic
def end_session(user: User, *, mark: str, at: datetime) -> int:
    """Sign oneself out of one session, by the mark that the list gives it: its key is never on a page."""
    chosen = [each.pk for each in Session.objects.filter(user=user) if each.mark == mark]
    ended, _ = Session.objects.filter(pk__in=chosen).delete()
    if ended:
        audit.record(EventKind.SESSIONS_ENDED, at=at, by=user, subject=("user", str(user.pk)), sessions=ended)
    return ended


def _check_may_manage(by: User, user: User, at: datetime) -> None:
    """Refuse unless ``by`` manages people in an authority in which this person holds a role."""
    grants = held_by(by, timezone.localtime(at).date())
    check_user_may(grants, Permission.PEOPLE_MANAGE)
    places = grants.scope(Permission.PEOPLE_MANAGE).authority_ids
    if not Membership.objects.filter(user=user, authority_id__in=places).exists():
        raise NotPermitted("This person holds no role in an authority whose accounts you manage.")


@transaction.atomic
def reset_second_factor(user: User, *, by: User, at: datetime, reason: str) -> None:
    """
    Take away every second factor of a person who has lost theirs, and sign them out everywhere.

    They set up a new one before anything else when they next sign in.
    """
    _check_may_manage(by, user, at)
    if by.pk == user.pk:
        raise NotAllowedNow("Another administrator has to reset your own second factor.", code="own_factor")
    removed, _ = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise NothingToReset(f"{user.name} has no second factor.")
    audit.record(
        EventKind.SECOND_FACTOR_REMOVED, at=at, by=by, subject=("user", str(user.pk)), reason=reason, factors=removed
    )  # fmt: skip
    end_sessions(user, by=by, at=at, reason="second factor reset")


@transaction.atomic
def accept_terms(user: User, *, version: str, at: datetime) -> None:
    """Keep that a person accepted a version of the terms of use."""
    _, is_new = TermsAccepted.objects.get_or_create(user=user, version=version, defaults={"accepted_at": at})
    if is_new:
        audit.record(EventKind.TERMS_ACCEPTED, at=at, by=user, subject=("user", str(user.pk)), version=version)
