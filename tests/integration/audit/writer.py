"""A process that writes events without a pause, or checks the log, for tests that kill it or start two."""

import json
import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")


def main() -> None:
    import django

    django.setup()
    from django.db import transaction

    from keepsight.apps.audit import actions as audit
    from keepsight.apps.audit.models import Event, EventKind
    from keepsight.apps.audit.verifying import verify
    from tests import factories as make

    word, *given = sys.argv[1:]
    if word == "write":
        for number in range(int(given[0])):
            if number % 3:
                audit.record(EventKind.SEARCHED, at=make.NOW, source=given[1], rows=number)
                continue
            with transaction.atomic(), audit.at_the_end():
                audit.record(EventKind.RATED, at=make.NOW, source=given[1], rows=number)
                audit.record(EventKind.PLANNED, at=make.NOW, source=given[1], rows=number)
            if number == 0:
                print("writing", flush=True)  # the first are committed, and it goes on
    elif word == "verify":
        found = verify()
        seqs = list(Event.objects.order_by("seq").values_list("seq", flat=True))
        print(json.dumps({"fits": found.fault is None, "said": found.sentence, "events": found.events,
                          "gapless": seqs == list(range(1, len(seqs) + 1))}))  # fmt: skip


if __name__ == "__main__":
    main()
