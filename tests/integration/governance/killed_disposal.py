"""What the process does that destroys what is past its time and is killed while it does (``tests.killed``)."""

import threading
from datetime import date

from django.db import connection, transaction

from keepsight import rows
from keepsight.apps.audit.models import Event
from keepsight.apps.contact.models import Sighting, Visit
from keepsight.apps.governance.actions import disposal
from keepsight.apps.governance.actions.anonymising import ReOpened, anonymise
from keepsight.apps.governance.models import Disposal
from keepsight.apps.people.models import Address, Child, Identifier, Involvement
from keepsight.core.packs import book
from tests import factories as make
from tests.integration.governance import keeping

WHY = "The time of these records is over."
disposal.HANDFUL = 3
book()  # read once, not in every fork


def make_list(count: int) -> None:
    """A new authority with an approved list of so many records."""
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


def newest() -> Disposal:
    return Disposal.objects.select_related("authority", "proposed_by").order_by("-pk").first()


def carry() -> None:
    """Carry the newest list out, or what is left of it."""
    listed = newest()
    disposal.carry_out(listed, by=listed.proposed_by, at=make.NOW, on=make.TODAY)


def counts() -> tuple[int, ...]:
    """Children, visits, addresses and numbers left; settled items; what the certificate has counted; events."""
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
