"""Search by words: PostgreSQL's own text search, FTS5 on SQLite."""

from django.db import migrations

from keepsight.apps.registers import words


def put_up(apps, schema_editor):
    words.put_up(schema_editor.connection)


def take_down(apps, schema_editor):
    words.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("registers", "0004_lists")]
    operations = [migrations.RunPython(put_up, take_down)]
