"""``keepsight load``: counts, findings, exit codes."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from keepsight.apps.accounts.models import Authority
from keepsight.apps.audit.models import Load
from keepsight.apps.contact.models import ContactPlan
from keepsight.apps.people.models import Child, Involvement
from keepsight.cli import load
from keepsight.core.errors import BadInput
from tests import factories
from tests.deliveries import small

pytestmark = pytest.mark.django_db
AS_AT = ["--as-at", "2020-06-03"]


def run(*words):
    return CliRunner().invoke(load.command, [*map(str, words), *AS_AT], catch_exceptions=False)


def test_a_dry_run_prints_counts_and_changes_nothing(tmp_path):
    factories.authority(code="valeshire", la_code="990")
    done = run(small(tmp_path), "--authority", "valeshire", "--dry-run")
    assert done.exit_code == 0
    assert "20 rows read" in done.stdout
    assert "Nothing was changed" in done.stdout
    assert not Child.objects.exists()
    assert Load.objects.get().state == Load.State.STAGED


def test_a_load_prints_tables_findings_and_times_as_json(tmp_path):
    factories.authority(code="valeshire", la_code="990")
    done = run(small(tmp_path), "--authority", "valeshire", "--json")
    said = json.loads(done.stdout)
    assert said["state"] == "committed"
    assert said["counts"]["children"]["new"] == Child.objects.count() == 4
    assert said["findings"][0]["count"] >= 1
    assert "Reading files" in said["seconds"]


def test_a_child_that_a_load_brings_stands_in_a_list_at_once(tmp_path):
    factories.authority(code="valeshire", la_code="990")
    run(small(tmp_path), "--authority", "valeshire")
    open_children = set(Involvement.objects.filter(ended_on=None).values_list("child_id", flat=True))
    assert open_children
    assert set(ContactPlan.objects.filter(is_open=True).values_list("child_id", flat=True)) == open_children


def test_an_authority_is_made_when_asked_for(tmp_path):
    done = run(small(tmp_path), "--authority", "valeshire", "--create", "--name", "Valeshire", "--la-code", "990")
    assert done.exit_code == 0
    assert Authority.objects.get(code="valeshire").name == "Valeshire"
    assert not Authority.objects.get().is_example
    again = run(tmp_path, "--authority", "valeshire", "--create", "--name", "Valeshire", "--la-code", "990")
    assert again.exit_code == 0
    assert Authority.objects.count() == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--authority", "nowhere"], "There is no authority called nowhere"),
        (["--authority", "nowhere", "--create"], "give --name"),
        (["--authority", "no where", "--create", "--name", "Nowhere", "--la-code", "123"], "cannot be a code"),
        (["--authority", "nowhere", "--create", "--name", "Nowhere", "--la-code", "990"], "belongs to"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path, words, says):
    factories.authority(code="valeshire", la_code="990")
    with pytest.raises(BadInput, match=says):
        run(small(tmp_path), *words)


def test_an_empty_folder_ends_with_exit_code_11_and_one_sentence(database, tmp_path):
    (tmp_path / "files").mkdir()
    words = ["load", str(tmp_path / "files"), "--authority", "x", "--create", "--name", "X", "--la-code", "123"]
    run_ = f"""
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "keepsight.config.settings"
import django; django.setup()
sys.argv = ["keepsight", *{words!r}]
from keepsight.cli.main import main
main()
"""
    import os

    env = {**os.environ, "KEEPSIGHT_DATABASE": database, "KEEPSIGHT_VAR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", run_], env=env, capture_output=True, text=True)
    assert done.returncode == 11, done.stderr
    assert done.stderr.strip().endswith("files holds no list: no .csv, .xlsx or .parquet file.")
    assert "Traceback" not in done.stderr


def test_commands_on_a_register_without_tables_say_what_to_do(tmp_path):
    import os

    env = {**os.environ, "KEEPSIGHT_DATABASE": f"sqlite:///{tmp_path}/none.sqlite3", "KEEPSIGHT_VAR": str(tmp_path)}
    env["DJANGO_SETTINGS_MODULE"] = "keepsight.config.settings"
    done = subprocess.run([sys.executable, "-m", "keepsight.cli", "rate"], env=env, capture_output=True, text=True)
    assert done.returncode == 12, done.stderr
    assert "manage.py migrate" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_said_in_a_sentence(tmp_path):
    (tmp_path / "file").touch()
    words = ["example", str(tmp_path / "file" / "below"), "--scale", "0.005"]
    done = subprocess.run([sys.executable, "-m", "keepsight.cli", *words], capture_output=True, text=True)
    assert done.returncode == 10, done.stderr
    assert "cannot be read or written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dry_run_says_that_it_made_the_authority(tmp_path):
    words = ["--authority", "valeshire", "--create", "--name", "Valeshire", "--la-code", "990", "--dry-run"]
    first = run(small(tmp_path), *words)
    assert "Valeshire stands in the list of authorities now" in first.stdout
    assert "stands in the list" not in run(tmp_path, *words).stdout
