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
from django.db import connection
from django.utils import timezone
from keepsight.apps.audit import actions, guards, verifying
from keepsight.apps.audit.models import EventKind
actions.record(EventKind.SEARCHED, at=timezone.now())
print(guards.missing(connection), verifying.verify().fault)
"""


def test_a_table_made_anew_is_guarded_as_before(tmp_path):
    later = tmp_path / "later"
    later.mkdir()
    (later / "__init__.py").write_text("from keepsight.apps.audit import migrations\n__path__ += migrations.__path__\n")
    last = sorted((ROOT / "keepsight/apps/audit/migrations").glob("0*.py"))[-1].stem
    settings = tmp_path / "as_later.py"
    env = os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "KEEPSIGHT_VAR": str(tmp_path / "var")}
    env |= {"DJANGO_SETTINGS_MODULE": "as_later", "KEEPSIGHT_DATABASE": f"sqlite:///{tmp_path / 'register.sqlite3'}"}

    def run(*words):
        return subprocess.run([sys.executable, *words], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)

    settings.write_text("from keepsight.config.settings import *\n")
    made = run("-m", "django", "migrate", "--verbosity", "0")
    assert made.returncode == 0, made.stderr
    assert run("-c", SAID).stdout.split() == ["[]", "None"]
    settings.write_text('from keepsight.config.settings import *\nMIGRATION_MODULES = {"audit": "later"}\n')
    (later / "0900_later.py").write_text(LATER.format(last=last))
    changed = run("-m", "django", "migrate", "--verbosity", "0")
    assert changed.returncode == 0, changed.stderr
    assert "were gone" not in changed.stderr
    assert "more" in run("-m", "django", "inspectdb", "audit_event").stdout
    assert run("-c", SAID).stdout.split() == ["[]", "None"]


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
