"""
A process in which two people's browsers send at the same moment; the test reads what it prints.

It works on the migrated database in the environment. Threads of one process, each with a
connection of its own, as the server has them.
"""

import os
import threading
import uuid

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
ROUNDS = 5


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.utils import timezone

    from keepsight.apps.audit.models import Event
    from keepsight.apps.contact.actions import rate_and_plan
    from keepsight.apps.contact.models import ContactPlan, Visit
    from tests import factories as make

    today, now = timezone.localdate(), timezone.now()
    user, worker = make.practitioner()
    child, sister = (make.child(worker.authority) for _ in range(2))
    for each in (child, sister):
        make.involvement(each, worker, kind="cin")
    make.family(child, sister)
    rate_and_plan(worker.authority, on=today, at=now)

    def send(client: Client, gate: threading.Barrier, answers: dict, got: list) -> None:
        gate.wait()
        got.append(client.post(f"/children/{child.ref}/visit/", answers).status_code)
        connection.close()

    for _ in range(ROUNDS):
        before = Visit.objects.count(), Event.objects.filter(kind="visit_recorded").count()
        answers = {"outcome": "seen", "how": "f2f_home", "alone": "yes", "when": "today", "note": "Well.",
                   "submission": str(uuid.uuid4()), "siblings": [str(sister.pk)]}  # fmt: skip
        gate, got, threads = threading.Barrier(2), [], []
        for _ in range(2):
            client = Client(SERVER_NAME="localhost", raise_request_exception=False)
            client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
            threads.append(threading.Thread(target=send, args=(client, gate, answers, got)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        made = Visit.objects.count() - before[0], Event.objects.filter(kind="visit_recorded").count() - before[1]
        print(*sorted(got), *made, ContactPlan.objects.filter(is_open=True).count(), flush=True)


if __name__ == "__main__":
    main()
