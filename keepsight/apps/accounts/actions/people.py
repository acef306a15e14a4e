"""Making people who sign in, and saying what they are here for."""

from datetime import date

from django.db import transaction

from keepsight.apps.accounts.models import Authority, Membership, Team, User, Worker


@transaction.atomic
def make_user(*, email: str, name: str, password: str) -> User:
    """Make a person who may sign in, or give the one whom the address names already, unchanged."""
    held = User.objects.filter(email=User.objects.normalize_email(email).lower()).first()
    return held or User.objects.create_user(email, password, name=name)


@transaction.atomic
def give_role(user: User, *, role: str, authority: Authority, on: date, team: Team | None = None) -> Membership:
    """Give a role from a day on, in a whole authority or one team of it. Held already, it stays as it is."""
    held = Membership.objects.filter(user=user, role=role, authority=authority, team=team, ends_on=None).first()
    return held or Membership.objects.create(user=user, role=role, authority=authority, team=team, starts_on=on)


@transaction.atomic
def link_worker(user: User, worker: Worker) -> None:
    """Say that a worker of the case system is this person."""
    Worker.objects.filter(pk=worker.pk).update(user=user)
