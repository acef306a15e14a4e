"""A process that does as the owner of the tables does, or as the pages do with their own role."""

import json
import os
import sys
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def owner() -> None:
    from click.testing import CliRunner

    from keepsight.apps.contact.actions import rate_and_plan
    from keepsight.cli.audit import command
    from tests import factories as make

    user, worker = make.practitioner()
    user.email = "pages@example.org"
    user.save()
    child = make.child(worker.authority)
    make.involvement(child, worker, kind="cin")
    from django.utils import timezone

    rate_and_plan(worker.authority, on=timezone.localdate(), at=timezone.now())
    for _ in range(2):  # again after each migration
        done = CliRunner().invoke(command, ["database-roles"])
        assert done.exit_code == 0, done


def pages() -> None:
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from keepsight.apps.accounts.models import User
    from keepsight.apps.audit import guards, pruning
    from keepsight.apps.audit.verifying import verify
    from keepsight.apps.people.models import Child
    from keepsight.core.errors import NotAllowedNow

    client = Client(SERVER_NAME="localhost")
    client.force_login(
        User.objects.get(email="pages@example.org"), "allauth.account.auth_backends.AuthenticationBackend"
    )
    child = Child.objects.get()
    answers = {"outcome": "seen", "how": "f2f_home", "alone": "yes", "when": "today", "note": "Well.",
               "submission": str(uuid.uuid4())}  # fmt: skip
    said = {
        "work": client.get("/work/").status_code,
        "child": client.get(f"/children/{child.ref}/").status_code,
        "visit": client.post(f"/children/{child.ref}/visit/", answers).status_code,
        "fits": verify(at=timezone.now()).fault is None,
        "owner": guards.owned(connection),
    }
    try:
        pruning.prune(at=timezone.now(), keep=(), approved_by="Nobody", because="Nothing")
    except NotAllowedNow as refused:
        said["prune"] = refused.code
    print(json.dumps(said))


def check() -> None:
    from django.db import connection

    from keepsight.apps.audit import guards
    from keepsight.apps.audit.verifying import verify

    print(json.dumps({"fits": verify().fault is None, "guards": guards.missing(connection)}))


if __name__ == "__main__":
    import django

    django.setup()
    {"owner": owner, "pages": pages, "check": check}[sys.argv[1]]()
