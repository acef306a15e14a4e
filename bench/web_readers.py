"""Makes signed-in readers for the web bench and prints what they ask for. Run with the bench's database."""

import json
import os
import time
from datetime import date
from importlib import import_module

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "keepsight.config.settings"
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.db.models import Count  # noqa: E402

from keepsight.apps.accounts.models import Membership, User, Worker  # noqa: E402
from keepsight.apps.accounts.terms import current  # noqa: E402
from keepsight.apps.contact.models import ContactPlan  # noqa: E402
from keepsight.config.sign_in.engine import BEGUN  # noqa: E402
from keepsight.config.sign_in.gates import FACTOR, TERMS  # noqa: E402


def cookie_of(worker: Worker) -> str:
    """A practitioner's session for a worker, as signing in would make it."""
    user = User.objects.create(email=f"bench{worker.pk}@keepsight.example", name=worker.name, password="!")
    Membership.objects.create(
        user=user, authority=worker.authority, team=worker.team, role="practitioner", starts_on=date(2020, 1, 1)
    )
    Worker.objects.filter(pk=worker.pk).update(user=user)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session[BEGUN], session[FACTOR], session[TERMS] = int(time.time()), user.pk, current().version
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def main() -> None:
    """Twenty workers with the largest caseloads, ten children of each."""
    open_plans = ContactPlan.objects.filter(is_open=True, worker__isnull=False)
    busiest = open_plans.values_list("worker").annotate(n=Count("pk")).order_by("-n")[:20]
    work, child = [], []
    for worker_id, _ in busiest:
        cookie = cookie_of(Worker.objects.get(pk=worker_id))
        work.append(f"/work/ {cookie}")
        refs = open_plans.filter(worker=worker_id).values_list("child__ref", flat=True)[:10]
        child += [f"/children/{ref}/ {cookie}" for ref in refs]
    print(json.dumps({"work": work, "child": child, "caseloads": [n for _, n in busiest]}))


if __name__ == "__main__":
    main()
