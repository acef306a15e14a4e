"""A picture that is signed off cannot be changed, whoever asks the database."""

from django.db import migrations

from keepsight.apps.command import guards


def put_up(apps, schema_editor):
    guards.put_up(schema_editor.connection)


def take_down(apps, schema_editor):
    guards.take_down(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("command", "0002_meetings")]

    operations = [migrations.RunPython(put_up, take_down)]
