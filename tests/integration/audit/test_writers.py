"""Two processes write at once, and one is killed while it writes: the chain has no gap and checks."""

import json
import os
import random
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("writer.py")
KILLS = 6


class Writers:
    def __init__(self, database: str, var: Path):
        self.env = {**os.environ, "KEEPSIGHT_DATABASE": database, "KEEPSIGHT_VAR": str(var), "PYTHONPATH": str(ROOT),
                    "DJANGO_SETTINGS_MODULE": "tests.settings"}  # fmt: skip

    def start(self, *words: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, str(SCRIPT), *words], env=self.env, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )

    def do(self, *words: str) -> str:
        process = self.start(*words)
        said, _ = process.communicate()
        assert process.returncode == 0
        return said

    def verified(self) -> dict:
        found = json.loads(self.do("verify"))
        assert found["fits"], found["said"]
        assert found["gapless"]
        return found


def test_two_processes_write_at_once(database, tmp_path):
    writers = Writers(database, tmp_path)
    both = [writers.start("write", "300", name) for name in ("one", "other")]
    for process in both:
        process.communicate()
        assert process.returncode == 0
    assert writers.verified()["events"] == 2 * 400


def test_a_killed_writer_leaves_a_log_that_checks(database, tmp_path):
    writers = Writers(database, tmp_path)
    moments, before = random.Random(20200603), 0
    for kill in range(KILLS):
        victim = writers.start("write", "1000000", f"kill {kill}")
        assert victim.stdout.readline().strip() == "writing"  # a busy machine takes its time until then
        time.sleep(moments.uniform(0, 0.5))
        assert victim.poll() is None, "it ended by itself, so nothing was tried"
        victim.kill()
        victim.communicate()
        events = writers.verified()["events"]
        assert events >= before + 2, "what was committed before the kill is gone"
        before = events
