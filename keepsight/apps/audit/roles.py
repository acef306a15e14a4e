"""PostgreSQL: a role for the pages that may add to the log and never change it."""

import re
from typing import Any

from django.db import transaction

from keepsight.apps.audit.guards import schema_of
from keepsight.core.errors import NotAllowedNow

NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def statements(connection: Any, role: str) -> list[str]:
    """
    Give the SQL that makes and grants the role, in order.

    Raises
    ------
    NotAllowedNow
        On another database, and for a name that PostgreSQL would have to quote.
    """
    if connection.vendor != "postgresql":
        raise NotAllowedNow("Only PostgreSQL has roles. On SQLite whoever holds the file holds the log.")
    if not NAME.fullmatch(role):
        raise NotAllowedNow("Name the role in small letters, digits and underscores.")
    schema = schema_of(connection)
    return [
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN "
        f"CREATE ROLE {role} LOGIN; END IF; END $$",
        f"ALTER ROLE {role} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS",
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC, {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role}",
        f"GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"REVOKE ALL ON {', '.join(f'{schema}.{table}' for table in _GUARDED)} FROM {role}",
        f"GRANT SELECT, INSERT ON {schema}.audit_event, {schema}.audit_anchor TO {role}",
        f"GRANT SELECT ON {schema}.audit_chainhead, {schema}.django_migrations TO {role}",
    ]


_GUARDED = ("audit_event", "audit_chainhead", "audit_anchor", "django_migrations")


def grant(connection: Any, role: str) -> None:
    """
    Make the role and grant it; as the owner of the tables.

    Raises
    ------
    NotAllowedNow
        Where the role owns the log, alone or through another role: then nothing would be refused.
    """
    made = statements(connection, role)
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in made:
            cursor.execute(statement)
        cursor.execute(
            "SELECT pg_has_role(%s, relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass(%s)",
            [role, f"{schema_of(connection)}.audit_event"],
        )
        if cursor.fetchone()[0]:
            raise NotAllowedNow(f"{role} owns the log, so it could lift every guard. Name another role.")
