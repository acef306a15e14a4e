"""Two processes write at once, and one is killed while it writes: the chain has no gap and checks."""

import random

import pytest

from tests.killed import SEED, Talker

KILLS, ANYWHERE, WRITES = 12, 3, 12


@pytest.fixture
def talker(database, tmp_path):
    with Talker("tests.integration.audit.writer", database, tmp_path) as talker:
        yield talker


def verified(talker: Talker) -> int:
    """How many events the log has; it fits and has no gap."""
    found = talker.ask("verify")
    assert found["fits"], found["said"]
    assert found["gapless"]
    return found["events"]


def test_two_processes_write_at_once(talker):
    talker.together(["write", 300, "one"], ["write", 300, "other"])
    assert verified(talker) == 2 * 400


def test_a_killed_writer_leaves_a_log_that_checks(talker):
    whole = talker.run("write", WRITES, "whole")
    before, between = verified(talker), 0
    most = before
    for moment in [*whole.spread(KILLS), *whole.around(len(whole.commits) // 2)]:
        talker.kill(moment, "write", WRITES, f"kill {moment}")
        events = verified(talker)
        assert events >= before + 2 * whole.committed_by(moment), "what was committed before the kill is gone"
        assert events <= before + most
        between += before < events < before + most
        before = events
    assert between > KILLS // 2, "few kills came in the middle, so little was tried"


def test_a_writer_killed_at_any_time_leaves_a_log_that_checks(talker):
    times, before = random.Random(SEED), 0
    for _ in range(ANYWHERE):
        talker.kill(None, "write_until_killed", times.uniform(0.01, 0.3), "any time")
        events = verified(talker)
        assert events >= before + 2, "what was committed before the kill is gone"
        before = events
