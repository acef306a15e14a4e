"""A process in which two administrators end each other at the same moment; a test reads what it prints."""

import os
import threading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
ROUNDS = 5


def main() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.utils import timezone

    from keepsight.apps.accounts import staff
    from keepsight.apps.accounts.actions import people
    from keepsight.apps.accounts.models import Role
    from keepsight.core.errors import KeepsightError
    from tests import factories as make

    on, at = timezone.localdate(), timezone.now()

    def end(whom, by, gate: threading.Barrier, got: list) -> None:
        gate.wait()
        try:
            people.end_account(whom, reason="left", by=by, at=at, on=on)
            got.append("ended")
        except KeepsightError as refused:
            got.append(refused.code)
        connection.close()

    for _ in range(ROUNDS):
        council = make.authority()
        one, two = (make.user(Role.ADMINISTRATOR, of=council) for _ in range(2))
        gate, got = threading.Barrier(2), []
        pairs = ((one, two), (two, one))
        threads = [threading.Thread(target=end, args=(whom, by, gate, got)) for whom, by in pairs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(got.count("ended"), staff.administrators_of(council.pk, on).count(), flush=True)


if __name__ == "__main__":
    main()
