"""A later migration may make a table of the log anew; the guards stand again afterwards, and the log still fits."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.management import call_command
from django.db import connection

from keepsight.apps.audit import guards
from keepsight.cli.serve import command as serve

ROOT = Path(__file__).resolve().parents[3]
LATER = """
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("audit", "{last}")]
    operations = [
        migrations.AddField("event", "more", models.CharField(max_length=10, null=True, unique=True)),
        migrations.AlterField("event", "source", models.CharField(max_length=61, blank=True)),
        migrations.AlterField("anchor", "written_to", models.CharField(max_length=201, blank=True)),
        migrations.AlterField("chainhead", "link", models.CharField(max_length=65, blank=True)),
    ]
"""
SAID = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone
from keepsight.apps.audit import actions, guards, verifying
from keepsight.apps.audit.models import EventKind

def say():
    actions.record(EventKind.SEARCHED, at=timezone.now())
    print(guards.missing(connection), verifying.verify().fault)
    connections.close_all()

say()
call_command("migrate", verbosity=0)
connections.close_all()
say()
call_command("inspectdb", "audit_event")
"""


def test_a_table_made_anew_is_guarded_as_before(database, tmp_path):
    later = tmp_path / "later"
    later.mkdir()
    (later / "__init__.py").write_text("from keepsight.apps.audit import migrations\n__path__ += migrations.__path__\n")
    last = sorted((ROOT / "keepsight/apps/audit/migrations").glob("0*.py"))[-1].stem
    (later / "0900_later.py").write_text(LATER.format(last=last))
    settings = 'from keepsight.config.settings import *\nMIGRATION_MODULES = {"audit": "later"}\n'
    (tmp_path / "as_later.py").write_text(settings)
    env = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "KEEPSIGHT_VAR": str(tmp_path)}
    env |= {"DJANGO_SETTINGS_MODULE": "as_later", "KEEPSIGHT_DATABASE": database}
    done = subprocess.run([sys.executable, "-c", SAID], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    before, after, *table = done.stdout.splitlines()
    assert (before, after) == ("[] None", "[] None")
    assert "were gone" not in done.stderr
    assert any("more = " in line for line in table)


@pytest.mark.django_db
def test_migrate_puts_up_what_somebody_took_down_and_says_so(capsys):
    guards.take_down(connection)
    call_command("migrate", verbosity=0)
    assert guards.missing(connection) == []
    assert "audit_event_seal" in capsys.readouterr().err


@pytest.mark.django_db
def test_no_page_is_served_while_the_guards_are_gone(monkeypatch):
    monkeypatch.setattr("keepsight.cli.serve._check_free", lambda host, port: pytest.fail("it went on"))
    guards.take_down(connection)
    answer = CliRunner().invoke(serve, ["--port", "8022"])
    assert "keepsight audit guards" in str(answer.exception)
