"""The folder that holds the register is made so that nobody else on the machine can look into it."""

import os
import stat
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def test_a_new_var_folder_is_closed_to_others(tmp_path):
    place = tmp_path / "var"
    env = {key: value for key, value in os.environ.items() if not key.startswith("KEEPSIGHT_")}
    env |= {"KEEPSIGHT_VAR": str(place), "PYTHONPATH": str(ROOT)}
    before = os.umask(0o022)
    try:
        subprocess.run([sys.executable, "-c", "import keepsight.config.settings"], env=env, check=True, timeout=60)
    finally:
        os.umask(before)
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in place.iterdir()} == {0o600}
