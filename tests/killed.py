"""
Killing a process in the middle of its work, at an exact place and the same place each time.

A test starts a ``Talker`` with the name of a module: one process in which Keepsight is set up once, and which calls
the module's functions when it is told to. Each call is a fork of it, so that nothing is set up again, and each has
its own connection. A call may be killed at one of its *moments*: just before and just after each statement, each
commit and each copying of rows (and once while the rows of a copy are on their way). They are counted from 1.
"""

import gc
import importlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SEED = 20200603
APART = 10_007  # between what the factories of two calls count from, so that no two make the same name or number
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.settings", "POLARS_MAX_THREADS": "1"}  # every fork begins the threads anew


@dataclass(frozen=True)
class Run:
    """What a call gave back, how many moments it had, and just before which of them it committed."""

    said: Any
    moments: int
    commits: list[int]

    def committed_by(self, moment: int) -> int:
        """How many commits are done at this moment."""
        return sum(commit < moment for commit in self.commits)

    def spread(self, kills: int) -> list[int]:
        """One moment in each of so many equal parts of the call."""
        assert kills <= self.moments, "there are fewer moments than kills"
        chance, ends = random.Random(SEED), [self.moments * part // kills for part in range(kills + 1)]
        return [chance.randint(first + 1, last) for first, last in zip(ends, ends[1:], strict=False)]

    def around(self, commit: int) -> list[int]:
        """The moments just before and just after one commit."""
        return [self.commits[commit], self.commits[commit] + 1]


class Talker:
    """One process that does what it is told, and whose calls can be killed."""

    def __init__(self, module: str, database: str, var: Path):
        env = {**os.environ, "KEEPSIGHT_DATABASE": database, "KEEPSIGHT_VAR": str(var), "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.killed", module], env=env | SETTINGS, cwd=ROOT,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True,
        )  # fmt: skip

    def __enter__(self) -> "Talker":
        return self

    def __exit__(self, *failed: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def run(self, name: str, *given: Any) -> Run:
        """Call a function of the module to its end."""
        return self.together([name, *given])[0]

    def ask(self, name: str, *given: Any) -> Any:
        """Call a function of the module to its end; gives what it gave back."""
        return self.run(name, *given).said

    def together(self, *calls: list[Any]) -> list[Run]:
        """Have several processes make a call each at the same time."""
        ended = self._told(None, calls)
        assert all(ended), f"{calls[0][0]} failed"
        return [Run(*each) for each in ended]

    def kill(self, moment: int | None, name: str, *given: Any) -> None:
        """Call a function of the module, which dies at this moment; at one of its own choice where there is none."""
        assert self._told(moment, [[name, *given]]) == [None], f"{name} was not killed at moment {moment}"

    def _told(self, moment: int | None, calls: Any) -> list[Any]:
        self.process.stdin.write(json.dumps([moment, calls]) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, f"{calls[0][0]} failed"
        return json.loads(answer)


@dataclass
class Moments:
    """Counts the moments of a call, and kills this process at one of them."""

    last: int | None
    passed: int = 0
    commits: list[int] = field(default_factory=list)

    def one(self) -> None:
        self.passed += 1
        if self.passed == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def count(self, connection: Any) -> None:
        """Count what goes to the database from now on."""
        commit = connection.commit

        def statement(execute: Any, *given: Any) -> Any:
            self.one()
            answer = execute(*given)
            self.one()
            return answer

        def committing() -> None:
            self.one()
            self.commits.append(self.passed)
            commit()
            self.one()

        connection.execute_wrappers.append(statement)
        connection.commit = committing
        if connection.vendor == "postgresql":
            self._count_copies()

    def _count_copies(self) -> None:
        from psycopg import Cursor

        copy = Cursor.copy

        @contextmanager
        def copying(*given: Any, **named: Any) -> Iterator[Any]:
            self.one()
            with copy(*given, **named) as rows:
                yield rows
                self.one()
            self.one()

        Cursor.copy = copying


def serve(module: ModuleType) -> None:
    """Make the calls that each line asks for, each in a process of its own; say how they ended."""
    gc.collect()
    gc.freeze()  # a fork shares what nobody writes to
    worlds = itertools.count(1, APART)
    for line in sys.stdin:
        last, calls = json.loads(line)
        _check_one_thread()
        begun = [_begin(module, next(worlds), last, *call) for call in calls]
        print(json.dumps([_end(*each) for each in begun]), flush=True)


def _check_one_thread() -> None:
    """A fork has no thread but its own; Polars would wait for its others for ever."""
    for thread in Path("/proc/self/task").glob("*/comm"):
        name = thread.read_text().strip()
        assert not name.removeprefix("polars-").isdigit(), "something with Polars ran outside a fork"


def _begin(module: ModuleType, world: int, last: int | None, name: str, *given: Any) -> tuple[int, int]:
    said, says = os.pipe()
    if not (process := os.fork()):
        from tests import factories

        factories._numbers = itertools.count(world)
        os.close(said)
        _call(module, last, says, name, *given)
    os.close(says)
    return process, said


def _call(module: ModuleType, last: int | None, says: int, name: str, *given: Any) -> None:
    """In the fork: make the call, and end without a return into what the parent was doing."""
    failed = True
    try:
        from django.db import connection, connections

        moments = Moments(last)
        moments.count(connection)
        answer = getattr(module, name)(*given)
        ended = [answer, moments.passed, moments.commits]
        connections.close_all()
        with os.fdopen(says, "w") as told:
            json.dump(ended, told)
        failed = False
    finally:
        if failed:
            sys.excepthook(*sys.exc_info())
        os._exit(int(failed))


def _end(process: int, said: int) -> Any:
    """Wait for a fork: what it told of its call, or None where it was killed."""
    with os.fdopen(said) as told:
        answer = told.read()
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return None
    return json.loads(answer) if not status else False


if __name__ == "__main__":
    import django

    django.setup()
    serve(importlib.import_module(sys.argv[1]))
