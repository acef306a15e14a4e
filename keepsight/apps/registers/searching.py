"""
Finding entries by words: every word begins a word of the entry, in any order; ACT-12 finds that one.

PostgreSQL looks in an index of its own text search, SQLite in an FTS5 table that triggers keep (see the
migration ``search``). Both cut at everything that is no letter and no figure, so both find the same.
What a search looks in names nobody: ``Entry.words`` leaves such texts out.
"""

import re
from typing import Any

from django.db import connection
from django.db.models import BooleanField, Func, QuerySet, Value

from keepsight.apps.registers.models import Entry
from keepsight.core.packs.kinds import Register as Rule

MOST_WORDS, LONGEST_WORD = 10, 60
_WORD = re.compile(r"[^\W_]+")


def words_of(typed: str) -> list[str]:
    """The words that a search looks for."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(typed.casefold())[:MOST_WORDS]]


def number_in(typed: str, rule: Rule) -> int | None:
    """The number of an entry that was typed as entries are called: ACT-12, act 12."""
    found = re.fullmatch(rf"\s*{re.escape(rule.prefix)}[\s-]*([0-9]{{1,9}})\s*", typed, re.IGNORECASE)
    return int(found[1]) if found else None


def find(entries: QuerySet[Entry], typed: str, rule: Rule) -> QuerySet[Entry]:
    """The entries, of those that the person may read, that a search finds. Without a word it finds none."""
    number = number_in(typed, rule)
    if number is not None:
        return entries.filter(number=number)
    words = words_of(typed)
    return entries.filter(_matches(words)) if words else entries.none()


def _matches(words: list[str]) -> Any:
    if connection.vendor == "postgresql":
        return Matches(Value(" & ".join(f"{word}:*" for word in words)))
    return MatchesInSqlite(Value(" ".join(f'"{word}"*' for word in words)))


class Matches(Func):
    """As the index ``entry_words`` is written."""

    template = (
        "to_tsvector('simple', regexp_replace(\"registers_entry\".\"words\", '[^[:alnum:]]+', ' ', 'g'))"
        " @@ to_tsquery('simple', %(expressions)s)"
    )
    output_field = BooleanField()
    conditional = True


class MatchesInSqlite(Func):
    """The rows of the table that triggers keep."""

    template = (
        '"registers_entry"."id" IN (SELECT rowid FROM registers_entry_words WHERE registers_entry_words MATCH '
        "%(expressions)s)"
    )
    output_field = BooleanField()
    conditional = True
