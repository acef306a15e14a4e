"""
A process that destroys what is past its time, and is killed while it does; the test reads what it prints.

It sets Keepsight up on the migrated database in the environment, says ``ready``, and does what each line asks:
``make COUNT`` (a new authority with an approved list), ``carry`` (carry the newest list out), ``count``,
``race`` (a case re-opens at the very moment in which its record is made anonymous).
"""

import os
import sys
import threading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
WHY = "The time of these records is over."


def main() -> None:
    import django

    django.setup()
    print("ready", flush=True)
    for line in sys.stdin:
        word, *given = line.split()
        if word == "make":
            make_list(int(given[0]))
            print("done", flush=True)
        elif word == "carry":
            print("begun", flush=True)
            carry()
            print("done", flush=True)
        elif word == "count":
            print(*counts(), flush=True)
        elif word == "race":
            print(race(), flush=True)


def make_list(count: int) -> None:
    from django.db import transaction

    from keepsight.apps.governance.actions import disposal
    from tests import factories as make
    from tests.integration.governance import keeping

    with transaction.atomic():
        office = keeping.office()
        for _ in range(count):
            child = keeping.contact_only(office.authority)
            make.visit(child, visit_on=make.days(-3000))
            make.address(child)
    listed = disposal.propose(
        authority=office.authority, rule_id="contact", by=office.officer, at=make.NOW, on=make.TODAY
    )
    disposal.decide(listed, approved=True, sentence=WHY, by=office.leader, at=make.NOW)


def newest():
    from keepsight.apps.governance.models import Disposal

    return Disposal.objects.select_related("authority", "proposed_by").order_by("-pk").first()


def carry() -> None:
    from keepsight.apps.governance.actions import disposal
    from tests import factories as make

    listed = newest()
    disposal.HANDFUL = 3
    disposal.carry_out(listed, by=listed.proposed_by, at=make.NOW, on=make.TODAY)


def counts() -> tuple:
    """Children, visits, addresses and numbers left; settled items; what the certificate has counted; events."""
    from django.db import transaction

    from keepsight import rows
    from keepsight.apps.audit.models import Event
    from keepsight.apps.contact.models import Visit
    from keepsight.apps.people.models import Address, Child, Identifier

    listed = newest()
    with transaction.atomic():
        rows.lock()  # waits until the killed process's transaction has ended
        listed.refresh_from_db()
        here = {"child__authority": listed.authority}
        return (
            Child.objects.filter(authority=listed.authority).count(), Visit.objects.filter(**here).count(),
            Address.objects.filter(**here).count(), Identifier.objects.filter(**here).count(),
            listed.items.filter(outcome="destroyed").count(),
            listed.certificate.get("counts", {}).get("Children", 0),
            Event.objects.filter(kind="destroyed", authority_code=listed.authority.code, subject_type="child").count(),
        )  # fmt: skip


def race() -> str:
    """Two threads: one makes a closed case anonymous, one opens it again. Tells who was first, and what is left."""
    from datetime import date

    from django.db import connection, transaction

    from keepsight import rows
    from keepsight.apps.contact.models import Sighting
    from keepsight.apps.governance.actions.anonymising import ReOpened, anonymise
    from keepsight.apps.people.models import Involvement
    from tests import factories as make
    from tests.integration.governance import keeping

    office = keeping.office()
    child = make.child(office.authority)
    make.involvement(child, kind="cin", started_on=date(2017, 1, 1), ended_on=date(2019, 1, 1))
    keeping.sighting(child)
    gate, got = threading.Barrier(2), {}

    def makes_anonymous() -> None:
        gate.wait()
        try:
            anonymise(child, "emergency", by=office.officer, at=make.NOW, on=make.TODAY)
            got["anonymise"] = "done"
        except ReOpened:
            got["anonymise"] = "refused"
        connection.close()

    def opens_again() -> None:
        gate.wait()
        with transaction.atomic():
            rows.lock()
            got["kept"] = Sighting.objects.get(child=child).who != ""
            Involvement.objects.create(child=child, kind="cin", started_on=make.days(-1))
        connection.close()

    threads = [threading.Thread(target=each) for each in (makes_anonymous, opens_again)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = Sighting.objects.get(child=child).who != ""
    return f"{got['anonymise']} {'opened-first' if got['kept'] else 'opened-after'} {'kept' if left else 'gone'}"


if __name__ == "__main__":
    main()
