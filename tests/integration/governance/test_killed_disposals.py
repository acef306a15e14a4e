"""Killing a destruction at random moments: a record is whole or gone, and the rest is taken up; on both databases."""

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("killed_disposal.py")
KILLS, RECORDS, ROUNDS = 8, 24, 8
MOST = 40  # kills, where a busy machine lets none of the first come in the middle


class Talker:
    """One process that does what it is told, line by line."""

    def __init__(self, database: str, var: Path):
        env = {**os.environ, "KEEPSIGHT_DATABASE": database, "KEEPSIGHT_VAR": str(var), "PYTHONPATH": str(ROOT)}
        env["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        assert self.heard() == "ready"

    def tell(self, words: str) -> None:
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def heard(self) -> str:
        answer = self.process.stdout.readline().strip()
        assert answer, "the process has failed"
        return answer

    def ask(self, words: str) -> str:
        self.tell(words)
        return self.heard()

    def kill(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.kill()
            self.process.communicate()


@pytest.mark.slow
def test_a_killed_destruction_leaves_each_record_whole_or_gone(database, tmp_path):
    observer = Talker(database, tmp_path)
    observer.ask(f"make {RECORDS}")
    started = time.perf_counter()
    observer.ask("carry")
    assert observer.heard() == "done"
    took = time.perf_counter() - started
    moments, between, victims = random.Random(20200603), 0, []
    try:
        for kill in range(MOST):
            if kill >= KILLS and between:
                break
            observer.ask(f"make {RECORDS}")
            victim = Talker(database, tmp_path)
            victims.append(victim)
            victim.ask("carry")
            time.sleep(moments.uniform(0, took))
            victim.kill()
            children, visits, addresses, numbers, settled, certified, events = map(int, observer.ask("count").split())
            assert children == visits == addresses == numbers, f"kill {kill} left a record in part"
            assert settled == certified == events == RECORDS - children, f"kill {kill}: not all that went is written"
            between += 0 < children < RECORDS
            took *= 1.25 if children == RECORDS else 0.8 if not children else 1  # aims for the middle next time
            if children:
                observer.ask("carry")
                assert observer.heard() == "done"
            assert observer.ask("count") == f"0 0 0 0 {RECORDS} {RECORDS} {RECORDS}"
        assert between > 0, "no kill came in the middle, so nothing was tried"
    finally:
        for talker in (observer, *victims):
            talker.kill()


@pytest.mark.slow
def test_a_case_that_re_opens_at_that_moment_is_kept_or_was_anonymous_before(database, tmp_path):
    observer = Talker(database, tmp_path)
    try:
        seen = {observer.ask("race") for _ in range(ROUNDS)}
    finally:
        observer.kill()
    assert seen <= {"refused opened-first kept", "done opened-after gone"}
