"""
What the databases themselves do for the log: number and tie each event, and refuse every change.

On PostgreSQL the functions run with their owner's rights, so that the role of the pages can add an
event and yet cannot touch the head. On SQLite whoever holds the file can drop a trigger; the chain
then says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

WRITTEN_BY = "Events are written by keepsight.apps.audit.actions.record"
APPEND_ONLY = "The log is append-only"
TABLES = ("audit_event", "audit_chainhead", "audit_anchor")

_SQLITE = {
    "audit_event_new": f"""CREATE TRIGGER audit_event_new BEFORE INSERT ON audit_event
        WHEN NEW.seq IS NOT NULL OR NEW.link <> '' OR length(NEW.content) <> 64
        BEGIN SELECT RAISE(ABORT, '{WRITTEN_BY}'); END""",
    "audit_event_seal": """CREATE TRIGGER audit_event_seal AFTER INSERT ON audit_event
        BEGIN
          UPDATE audit_event SET (seq, link) =
            (SELECT seq + 1, keepsight_link(link, seq + 1, NEW.content) FROM audit_chainhead) WHERE id = NEW.id;
          UPDATE audit_chainhead SET (seq, link) = (SELECT seq, link FROM audit_event WHERE id = NEW.id);
        END""",
    # The one change that an event sees is its own sealing: number and link, nothing else.
    "audit_event_update": f"""CREATE TRIGGER audit_event_update BEFORE UPDATE ON audit_event
        WHEN OLD.seq IS NOT NULL OR OLD.link <> '' OR NEW.seq IS NOT (SELECT seq + 1 FROM audit_chainhead)
          OR NEW.link IS NOT keepsight_link((SELECT link FROM audit_chainhead), NEW.seq, OLD.content)
          OR (NEW.id, NEW.at, NEW.actor_id, NEW.actor_name, NEW.actor_roles, NEW.kind, NEW.authority_code,
              NEW.subject_type, NEW.subject_id, NEW.reason, NEW.source, NEW.address, NEW.detail, NEW.content)
          IS NOT (OLD.id, OLD.at, OLD.actor_id, OLD.actor_name, OLD.actor_roles, OLD.kind, OLD.authority_code,
              OLD.subject_type, OLD.subject_id, OLD.reason, OLD.source, OLD.address, OLD.detail, OLD.content)
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    "audit_event_delete": f"""CREATE TRIGGER audit_event_delete BEFORE DELETE ON audit_event
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    "audit_head_update": f"""CREATE TRIGGER audit_head_update BEFORE UPDATE ON audit_chainhead
        WHEN NEW.id <> OLD.id OR NEW.seq <> OLD.seq + 1
          OR NEW.link IS NOT (SELECT link FROM audit_event WHERE seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    "audit_head_delete": f"""CREATE TRIGGER audit_head_delete BEFORE DELETE ON audit_chainhead
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    "audit_head_insert": f"""CREATE TRIGGER audit_head_insert BEFORE INSERT ON audit_chainhead
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    "audit_anchor_update": f"""CREATE TRIGGER audit_anchor_update BEFORE UPDATE ON audit_anchor
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
    "audit_anchor_delete": f"""CREATE TRIGGER audit_anchor_delete BEFORE DELETE ON audit_anchor
        BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END""",
}

# Names of tables are written with their schema: a temporary table of the same name is never meant.
_FUNCTIONS = (
    """CREATE OR REPLACE FUNCTION {schema}.audit_event_seal() RETURNS trigger
       LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
       BEGIN
         IF NEW.seq IS NOT NULL OR NEW.link <> '' OR length(NEW.content) <> 64 THEN
           RAISE EXCEPTION '{written_by}' USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         UPDATE {schema}.audit_chainhead SET seq = seq + 1,
           link = encode(sha256(convert_to(link || ':' || (seq + 1) || ':' || NEW.content, 'UTF8')), 'hex')
           RETURNING seq, link INTO STRICT NEW.seq, NEW.link;
         RETURN NEW;
       END $$""",
    """CREATE OR REPLACE FUNCTION {schema}.audit_refuse() RETURNS trigger
       LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
       BEGIN
         RAISE EXCEPTION '{append_only}' USING ERRCODE = 'integrity_constraint_violation';
       END $$""",
    # Only the sealing of an event moves the head: then this trigger runs inside another one.
    """CREATE OR REPLACE FUNCTION {schema}.audit_head_guard() RETURNS trigger
       LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
       BEGIN
         IF pg_trigger_depth() < 2 OR NEW.seq <> OLD.seq + 1 THEN
           RAISE EXCEPTION '{append_only}' USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NEW;
       END $$""",
)
_POSTGRESQL = {
    "audit_event_seal": ("audit_event", "BEFORE INSERT", "ROW", "audit_event_seal"),
    "audit_event_keep": ("audit_event", "BEFORE UPDATE OR DELETE", "ROW", "audit_refuse"),
    "audit_event_whole": ("audit_event", "BEFORE TRUNCATE", "STATEMENT", "audit_refuse"),
    "audit_head_move": ("audit_chainhead", "BEFORE UPDATE", "ROW", "audit_head_guard"),
    "audit_head_keep": ("audit_chainhead", "BEFORE INSERT OR DELETE", "ROW", "audit_refuse"),
    "audit_head_whole": ("audit_chainhead", "BEFORE TRUNCATE", "STATEMENT", "audit_refuse"),
    "audit_anchor_keep": ("audit_anchor", "BEFORE UPDATE OR DELETE", "ROW", "audit_refuse"),
    "audit_anchor_whole": ("audit_anchor", "BEFORE TRUNCATE", "STATEMENT", "audit_refuse"),
}


def put_up(connection: Any) -> None:
    """Make the triggers; there are none."""
    with connection.cursor() as cursor:
        for statement in _statements(connection):
            cursor.execute(statement)


def _statements(connection: Any) -> list[str]:
    if connection.vendor == "sqlite":
        return list(_SQLITE.values())
    schema = schema_of(connection)
    made = [f.format(schema=schema, written_by=WRITTEN_BY, append_only=APPEND_ONLY) for f in _FUNCTIONS]
    # Else anybody could hang the sealing on a table of their own and so move the head.
    made.append(f"REVOKE ALL ON FUNCTION {schema}.audit_event_seal() FROM PUBLIC")
    for name, (table, when, each, function) in _POSTGRESQL.items():
        made.append(
            f"CREATE TRIGGER {name} {when} ON {schema}.{table} FOR EACH {each} EXECUTE FUNCTION {schema}.{function}()"
        )
        made.append(f"ALTER TABLE {schema}.{table} ENABLE ALWAYS TRIGGER {name}")  # replication does not go past it
    return made


def take_down(connection: Any) -> None:
    """Drop the triggers. For the owner of the tables, inside a transaction that puts them up again."""
    with connection.cursor() as cursor:
        for name in _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL:
            on = "" if connection.vendor == "sqlite" else f" ON {schema_of(connection)}.{_POSTGRESQL[name][0]}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


@contextmanager
def lifted(connection: Any) -> Iterator[None]:
    """Lift the guards within one transaction: nobody else ever sees the log without them."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {schema_of(connection)}.audit_event IN ACCESS EXCLUSIVE MODE")
        take_down(connection)
        yield
        put_up(connection)


def put_up_again(connection: Any) -> None:
    """Put up every guard whole, whatever is left of them. For the owner of the tables."""
    with transaction.atomic(using=connection.alias):
        take_down(connection)
        put_up(connection)


def missing(connection: Any) -> list[str]:
    """Names of the guards that are not there, or not as they should be."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            there = {name: " ".join(sql.split()) for name, sql in cursor.fetchall()}
            return [name for name, sql in _SQLITE.items() if there.get(name) != " ".join(sql.split())]
        cursor.execute(
            "SELECT tgname FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid "
            "JOIN pg_proc p ON p.oid = tgfoid WHERE c.relname = ANY(%s) AND tgenabled = 'A' "
            "AND c.relnamespace = current_schema()::regnamespace AND p.pronamespace = c.relnamespace",
            [list(TABLES)],
        )
        there = {name for (name,) in cursor.fetchall()}
    return [name for name in _POSTGRESQL if name not in there]


def owned(connection: Any) -> bool:
    """Whether we may lift the guards: the owner of the tables may."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        table = f"{schema_of(connection)}.audit_event"
        cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass(%s)", [table])
        return bool(cursor.fetchone()[0])


def schema_of(connection: Any) -> str:
    """The schema that holds the tables, quoted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return str(cursor.fetchone()[0])
