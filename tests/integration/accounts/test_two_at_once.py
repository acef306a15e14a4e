"""Two administrators who end each other at the same moment leave one, on both databases."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("two_administrators.py")


def test_two_administrators_end_each_other_at_once_and_one_stays(database, tmp_path):
    env = {**os.environ, "KEEPSIGHT_DATABASE": database, "KEEPSIGHT_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    env["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    ran = subprocess.run([sys.executable, str(SCRIPT)], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    rounds = ran.stdout.splitlines()
    assert len(rounds) == 5, ran.stderr[-2000:]
    assert set(rounds) == {"1 1"}  # one ended, one stays
