"""The same form sent twice at the same moment records one visit a child, on both databases."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("two_sends.py")


def test_two_browsers_send_the_same_visit_at_once(database, tmp_path):
    env = {**os.environ, "KEEPSIGHT_DATABASE": database, "KEEPSIGHT_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    env["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    ran = subprocess.run([sys.executable, str(SCRIPT)], env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    rounds = ran.stdout.splitlines()
    assert len(rounds) == 5, ran.stderr[-2000:]
    # both browsers are told that it is recorded; two children, two visits, two events; nobody is lost
    assert set(rounds) == {"302 302 2 2 2"}
