"""What search looks in, beside the table of entries: an index on PostgreSQL, on SQLite a table that triggers keep."""

from typing import Any

_IN_POSTGRESQL = """
CREATE INDEX IF NOT EXISTS entry_words ON registers_entry USING gin
(to_tsvector('simple', regexp_replace(words, '[^[:alnum:]]+', ' ', 'g'))) WITH (fastupdate = off)
"""
_TABLE = """
CREATE VIRTUAL TABLE IF NOT EXISTS registers_entry_words USING fts5
(words, content='registers_entry', content_rowid='id', tokenize='unicode61 remove_diacritics 0', prefix='2 3')
"""
_TRIGGERS = {
    "entry_words_added": """AFTER INSERT ON registers_entry BEGIN
        INSERT INTO registers_entry_words (rowid, words) VALUES (new.id, new.words); END""",
    "entry_words_gone": """AFTER DELETE ON registers_entry BEGIN
        INSERT INTO registers_entry_words (registers_entry_words, rowid, words) VALUES ('delete', old.id, old.words);
        END""",
    "entry_words_changed": """AFTER UPDATE OF words ON registers_entry WHEN old.words IS NOT new.words BEGIN
        INSERT INTO registers_entry_words (registers_entry_words, rowid, words) VALUES ('delete', old.id, old.words);
        INSERT INTO registers_entry_words (rowid, words) VALUES (new.id, new.words); END""",
}


def put_up(connection: Any) -> None:
    """
    Make what search needs, where it is missing.

    Asked after each migrate: on SQLite a later migration that makes the table of entries anew drops
    its triggers with the old one, and what was written meanwhile is read in again here.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_IN_POSTGRESQL)
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        there = {name for (name,) in cursor.fetchall()}
        if set(_TRIGGERS) <= there:
            return
        cursor.execute(_TABLE)
        for name, does in _TRIGGERS.items():
            cursor.execute(f"CREATE TRIGGER IF NOT EXISTS {name} {does}")
        cursor.execute("INSERT INTO registers_entry_words (registers_entry_words) VALUES ('rebuild')")


def take_down(connection: Any) -> None:
    """Take it away again."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP INDEX IF EXISTS entry_words")
            return
        for name in _TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("DROP TABLE IF EXISTS registers_entry_words")
