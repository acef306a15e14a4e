"""Whatever is done to the log is refused by the database, and named by the check once the guards are down."""

import hashlib
import re

import pytest
from django.db import DatabaseError, connection, transaction

from keepsight.apps.audit import actions as audit
from keepsight.apps.audit import anchors, guards, sealing
from keepsight.apps.audit.models import Anchor, ChainHead, Event, EventKind
from keepsight.apps.audit.verifying import verify
from keepsight.core import chain
from tests import factories as make

REFUSED = (
    "UPDATE audit_event SET reason = 'x' WHERE seq = 2",
    "UPDATE audit_event SET seq = 99, link = 'x' WHERE seq = 2",
    "UPDATE audit_event SET content = '' WHERE seq = 2",
    "DELETE FROM audit_event WHERE seq = 3",
    "DELETE FROM audit_event",
    "UPDATE audit_chainhead SET seq = 1",
    "UPDATE audit_chainhead SET seq = seq + 1",
    "UPDATE audit_chainhead SET link = ''",
    "DELETE FROM audit_chainhead",
    "INSERT INTO audit_chainhead (id, seq, link) VALUES (2, 9, '')",
    "UPDATE audit_anchor SET seq = 1",
    "DELETE FROM audit_anchor",
    "INSERT INTO audit_event (at, kind, content, link, detail, actor_id, actor_name, actor_roles, authority_code, "
    "subject_type, subject_id, reason, source, address) "
    "VALUES ('2020-01-01', 'x', '', '', '{}', '', '', '', '', '', '', '', '', '')",
)


def ask(sql: str, *params) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.mark.parametrize("sql", REFUSED)
def test_the_database_refuses(write, sql):
    write(4)
    with pytest.raises(DatabaseError, match="append-only|Events are written by"), transaction.atomic():
        ask(sql)
    assert verify().fault is None


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has it")
@pytest.mark.parametrize("table", ["audit_event", "audit_chainhead", "audit_anchor"])
def test_postgresql_refuses_to_empty_a_table(write, table):
    write(2)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ask(f"TRUNCATE {table}")
    ask("SET LOCAL session_replication_role = replica")  # switches ordinary triggers off, not these
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ask(f"DELETE FROM {table}")


def test_the_orm_cannot_change_an_event_either(write):
    write(3)
    event = Event.objects.get(seq=2)
    event.reason = "Another reason."
    for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(reason="")):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.create(at=make.NOW, kind="searched")


def test_many_rows_at_once_are_tied_one_by_one(db):
    rows = [Event(at=make.NOW, kind=EventKind.SEARCHED, reason=f"{n}") for n in range(30)]
    for row in rows:
        row.content = sealing.content(row.at, [getattr(row, name) for name in sealing.TEXTS], row.detail)
    Event.objects.bulk_create(rows)
    assert list(Event.objects.order_by("pk").values_list("seq", flat=True)) == list(range(1, 31))
    assert verify().events == 30
    assert verify().fault is None


def test_events_held_back_are_written_together_in_their_order(db):
    with audit.at_the_end():
        audit.record(EventKind.RATED, at=make.NOW)
        with audit.at_the_end():
            audit.record(EventKind.PLANNED, at=make.NOW)
        assert not Event.objects.exists()
    assert list(Event.objects.order_by("seq").values_list("kind", flat=True)) == ["rated", "planned"]
    with pytest.raises(ZeroDivisionError), audit.at_the_end():
        audit.record(EventKind.RATED, at=make.NOW, half=1 / 0)
    assert Event.objects.count() == 2
    assert verify().fault is None


# --- with the guards down: whoever owns the database -------------------------------------------------
def change_a_field():
    ask("UPDATE audit_event SET reason = 'Nothing to see.' WHERE seq = 4")


def change_what_was_shown():
    ask("UPDATE audit_event SET detail = '{\"rows\": 0}' WHERE seq = 5")


def delete_in_the_middle():
    ask("DELETE FROM audit_event WHERE seq = 4")


def delete_the_tail():
    ask("DELETE FROM audit_event WHERE seq > 8")


def delete_the_tail_and_set_back_the_head():
    delete_the_tail()
    ask("UPDATE audit_chainhead SET seq = 8, link = (SELECT link FROM audit_event WHERE seq = 8)")


def put_one_in():
    ask("UPDATE audit_event SET seq = -seq WHERE seq > 3")
    ask("UPDATE audit_event SET seq = 1 - seq WHERE seq < 0")
    copy_of(3, seq=4, link="f" * 64)
    ask("UPDATE audit_chainhead SET seq = seq + 1")


def put_one_in_without_a_number():
    copy_of(3, seq=None, link="")


def swap_two():
    ask("UPDATE audit_event SET seq = -4 WHERE seq = 4")
    ask("UPDATE audit_event SET seq = 4 WHERE seq = 6")
    ask("UPDATE audit_event SET seq = 6 WHERE seq = -4")


def write_the_whole_chain_anew():
    """Everything that can be done without the key: one event left out, the rest numbered and tied again."""
    delete_in_the_middle()
    ask("UPDATE audit_event SET seq = -seq WHERE seq > 4")
    ask("UPDATE audit_event SET seq = -seq - 1 WHERE seq < 0")
    tie_anew()


def forge_one_with_another_key():
    said = chain.canonical(make.NOW, ["", "", "", "searched", *[""] * 6], {})
    copy_of(3, seq=ChainHead.objects.get().seq + 1, link="")
    ask(
        "UPDATE audit_event SET content = %s WHERE link = ''",
        hashlib.sha256(said).hexdigest(),
    )
    tie_anew()


def forge_an_anchor():
    write_the_whole_chain_anew()
    head = ChainHead.objects.get()
    ask("UPDATE audit_anchor SET seq = %s, link = %s WHERE kind = 'anchor'", head.seq, head.link)


def copy_of(which: int, **given) -> None:
    fields = {f.attname: getattr(Event.objects.get(seq=which), f.attname) for f in Event._meta.concrete_fields}
    Event.objects.create(**fields | {"id": None} | given)


def tie_anew():
    link = Anchor.objects.get(kind="start").link
    for seq, content in Event.objects.order_by("seq").values_list("seq", "content"):
        link = chain.link_of(link, seq, content)
        ask("UPDATE audit_event SET link = %s WHERE seq = %s", link, seq)
    ask("UPDATE audit_chainhead SET seq = %s, link = %s", seq, link)


NAMED = (
    (change_a_field, 4, "does not say what it said"),
    (change_what_was_shown, 5, "does not say what it said"),
    (delete_in_the_middle, 4, "Event 4 is missing"),
    (delete_the_tail, 9, "the end of the log was removed"),
    (delete_the_tail_and_set_back_the_head, 9, "the end of the log was removed"),
    (put_one_in, 4, "is not tied to the one before it"),
    (put_one_in_without_a_number, 12, "put in past the guards"),
    (swap_two, 4, "is not tied to the one before it"),
    (write_the_whole_chain_anew, 1, "written anew somewhere from event 1 to event 10"),
    (forge_one_with_another_key, 13, "Keepsight never wrote it"),
    (forge_an_anchor, 11, "changed or forged"),
)


@pytest.mark.parametrize(("tampering", "seq", "sentence"), NAMED, ids=lambda value: getattr(value, "__name__", None))
def test_the_check_names_it(write, django_capture_on_commit_callbacks, tampering, seq, sentence):
    write(9)
    with django_capture_on_commit_callbacks(execute=True):
        anchors.anchor(at=make.NOW)
    write(2)
    assert ChainHead.objects.get().seq == 12
    assert verify().fault is None
    with guards.lifted(connection):
        tampering()
    fault = verify().fault
    assert fault is not None
    assert re.search(sentence, fault.sentence), fault.sentence
    assert fault.seq == seq


def test_the_check_says_which_guards_are_gone(write):
    write(1)
    guards.take_down(connection)
    assert "audit_event_seal" in verify().notes[-1]
