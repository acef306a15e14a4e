"""
A process that the kill test starts, talks to by lines, and kills.

It sets Keepsight up on the migrated database in the environment, says ``ready``, and then does what each line asks:
``begin`` (with one authority), ``load FOLDER DAY``, ``digest``, ``undo`` (the newest committed
load, if it is not the first).
"""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepsight.config.settings")
AT = datetime(2020, 6, 3, 8, tzinfo=UTC)


def main() -> None:
    import django

    django.setup()
    from django.db import transaction

    from keepsight import rows
    from keepsight.apps.accounts.models import Authority
    from keepsight.apps.audit.models import Load
    from keepsight.apps.intake import actions
    from keepsight.apps.intake.queries import register_digest

    print("ready", flush=True)
    for line in sys.stdin:
        word, *given = line.split("\t")
        if word.strip() == "begin":
            Authority.objects.create(code="fellshire", name="Fellshire", la_code="990", is_example=True)
            print("done", flush=True)
            continue
        council = Authority.objects.get(code="fellshire")
        if word == "load":
            folder, day = given
            actions.load_folder(council, Path(folder), as_at=date.fromisoformat(day.strip()), at=AT)
            print("done", flush=True)
        elif word.strip() == "undo":
            committed = Load.objects.filter(state=Load.State.COMMITTED).order_by("-pk")
            if committed.count() > 1:
                actions.undo(committed[0], at=AT)
            print("done", flush=True)
        elif word.strip() == "digest":
            with transaction.atomic():
                rows.lock()  # waits until the killed process's transaction has ended
                print(register_digest(council), Load.objects.filter(state=Load.State.COMMITTED).count(), flush=True)


if __name__ == "__main__":
    main()
