"""
What the databases themselves do for pictures that are signed off: refuse every change of what was signed.

It may still be replaced by a newer one, and the names of people who leave the system go. On SQLite a
migration that makes the table anew drops the trigger: put it up again at its end.
"""

from typing import Any

REFUSED = "A picture that is signed off does not change"
KEPT = ("event_id", "ref", "key", "title", "number", "body", "digest", "made_at", "signed_at")


def put_up(connection: Any) -> None:
    """Make the trigger; there is none."""
    with connection.cursor() as cursor:
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def take_down(connection: Any) -> None:
    """Drop it."""
    on = "" if connection.vendor == "sqlite" else " ON command_commandreport"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER IF EXISTS command_report_keep{on}")
        if connection.vendor != "sqlite":
            cursor.execute("DROP FUNCTION IF EXISTS command_report_keep()")


def _statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        differs = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in KEPT)
        return [
            f"""CREATE TRIGGER command_report_keep BEFORE UPDATE ON command_commandreport
            WHEN OLD.signed_at IS NOT NULL AND ({differs} OR NEW.state = 'draft')
            BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END"""
        ]
    differs = " OR ".join(f"NEW.{name} IS DISTINCT FROM OLD.{name}" for name in KEPT)
    return [
        f"""CREATE OR REPLACE FUNCTION command_report_keep() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF OLD.signed_at IS NOT NULL AND ({differs} OR NEW.state = 'draft') THEN
            RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation';
          END IF;
          RETURN NEW;
        END $$""",
        """CREATE TRIGGER command_report_keep BEFORE UPDATE ON command_commandreport
        FOR EACH ROW EXECUTE FUNCTION command_report_keep()""",
    ]
