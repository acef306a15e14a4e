"""Killing a load at random moments: the register is then as before or as after, never between."""

import contextlib
import os
import random
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import pytest

from keepsight.example import write

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("killed_load.py")
KILLS = 25
SMALLEST = 0.005
ON = date(2020, 6, 3)


class Talker:
    """One process that does what it is told, line by line."""

    def __init__(self, database: str, var: Path):
        env = {**os.environ, "KEEPSIGHT_DATABASE": database, "KEEPSIGHT_VAR": str(var), "PYTHONPATH": str(ROOT)}
        env["DJANGO_SETTINGS_MODULE"] = "keepsight.config.settings"
        self.process = subprocess.Popen(
            [sys.executable, str(SCRIPT)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )

    def wait_until_ready(self) -> None:
        assert self.process.stdout.readline().strip() == "ready"

    def tell(self, *words: str) -> None:
        self.process.stdin.write("\t".join(words) + "\n")
        self.process.stdin.flush()

    def ask(self, *words: str) -> str:
        self.tell(*words)
        answer = self.process.stdout.readline().strip()
        assert answer, f"{words[0]} failed"
        return answer

    def kill(self) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.kill()
            self.process.communicate()


@pytest.mark.slow
def test_a_killed_load_leaves_the_register_as_before_or_as_after(database, tmp_path):
    for day in (ON - timedelta(days=7), ON):
        write(tmp_path / f"{day}", as_at=day, scale=SMALLEST)
    first, second = (str(tmp_path / f"{day}" / "fellshire") for day in (ON - timedelta(days=7), ON))
    observer = Talker(database, tmp_path)
    observer.wait_until_ready()
    observer.ask("begin")
    observer.ask("load", first, f"{ON - timedelta(days=7)}")
    before = observer.ask("digest").split()[0]
    victims = [Talker(database, tmp_path) for _ in range(2)]
    try:
        took = _measure(victims[0], second)
        after = observer.ask("digest").split()[0]
        assert after != before
        observer.ask("undo")
        assert observer.ask("digest").split()[0] == before

        moments = random.Random(20200603)
        ended = {before: 0, after: 0}
        for kill in range(KILLS):
            victims.append(Talker(database, tmp_path))  # gets ready while the one before it is killed
            victim = victims[-2]
            victim.wait_until_ready()
            victim.tell("load", second, f"{ON}")
            time.sleep(moments.uniform(0, took))
            victim.kill()
            digest, committed = observer.ask("digest").split()
            assert digest in ended, f"kill {kill} left the register between"
            assert committed == ("2" if digest == after else "1")
            ended[digest] += 1
            observer.ask("undo")
        assert ended[before] > 0, "no kill came before the load had ended, so nothing was tried"
        assert observer.ask("digest").split()[0] == before
    finally:
        for talker in (observer, *victims):
            talker.kill()


def _measure(victim: Talker, folder: str) -> float:
    victim.wait_until_ready()
    started = time.perf_counter()
    victim.ask("load", folder, f"{ON}")
    return time.perf_counter() - started
