"""PostgreSQL plans with what it counted of a table: after a large write it counts anew, once, when all is committed."""

import polars as pl
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from keepsight import rows
from keepsight.apps.audit.models import Change, Load
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
TABLE = Change._meta.db_table


@pytest.fixture(autouse=True)
def on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("left out: SQLite keeps no such figures by itself")


def asked(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def counted() -> int:
    return int(asked(f"SELECT reltuples FROM pg_class WHERE relname = '{TABLE}'")[0][0])


def write(load: Load, count: int) -> None:
    frame = pl.DataFrame({"record_id": range(count)}).with_columns(
        pl.lit("{}").alias("before"), pl.lit(load.pk).alias("load_id"), pl.lit("people.Child").alias("table")
    )
    rows.insert(Change, frame)


def a_load() -> Load:
    return Load.objects.create(authority_code="here", state="committed", as_at=make.TODAY, started_at=make.NOW)


def analysed(queries: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in queries if "ANALYZE" in query["sql"]]


def test_once_when_all_is_committed_and_not_for_a_few_rows():
    load = a_load()
    with CaptureQueriesContext(connection) as few:
        write(load, rows.MANY - 1)
    assert analysed(few) == []
    with CaptureQueriesContext(connection) as many, transaction.atomic():
        for _ in range(3):
            write(load, rows.MANY)
        assert analysed(many) == [], "the figures would be those of rows that may still go"
    assert analysed(many) == [f'ANALYZE "{TABLE}"']
    assert counted() == Change.objects.count() == 4 * rows.MANY - 1
    with CaptureQueriesContext(connection) as altered:
        rows.update(Change, pl.DataFrame({"id": list(Change.objects.values_list("pk", flat=True)), "record_id": 7}))
    assert analysed(altered) == [f'ANALYZE "{TABLE}"']


def test_not_when_it_is_taken_back():
    load = a_load()
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        write(load, rows.MANY)
        transaction.set_rollback(True)
    assert not Change.objects.exists()
    assert analysed(queries) == []


def test_who_does_not_own_the_tables_loads_all_the_same():
    load = a_load()
    asked("CREATE ROLE keepsight_counts_not")
    try:
        asked("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO keepsight_counts_not")
        asked("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO keepsight_counts_not")
        before = counted()
        asked("SET ROLE keepsight_counts_not")
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            write(load, rows.MANY)
        assert analysed(queries) == [f'ANALYZE "{TABLE}"']
        assert Change.objects.count() == rows.MANY
        assert counted() == before, "it was the owner after all, so nothing was tried"
    finally:
        asked("RESET ROLE")
        asked("DROP OWNED BY keepsight_counts_not")
        asked("DROP ROLE keepsight_counts_not")


def test_a_count_that_fails_leaves_what_was_written(monkeypatch):
    load = a_load()
    fails = rows._Analyse("no_such_table")
    monkeypatch.setattr(rows, "_Analyse", lambda table: fails)
    with CaptureQueriesContext(connection) as queries:
        write(load, rows.MANY)
    assert analysed(queries) == ['ANALYZE "no_such_table"']
    assert Change.objects.count() == rows.MANY
