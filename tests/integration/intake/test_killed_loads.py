"""Killing a load anywhere in the middle: the register is then as before or as after, never between."""

from datetime import date, timedelta

import pytest

from keepsight.example import write
from tests.killed import Talker

KILLS = 25
SMALLEST = 0.005
ON = date(2020, 6, 3)


@pytest.mark.slow
def test_a_killed_load_leaves_the_register_as_before_or_as_after(database, tmp_path):
    days = ON - timedelta(days=7), ON
    for day in days:
        write(tmp_path / f"{day}", as_at=day, scale=SMALLEST)
    first, second = ((str(tmp_path / f"{day}" / "fellshire"), f"{day}") for day in days)
    with Talker("tests.integration.intake.killed_load", database, tmp_path) as talker:
        talker.ask("begin")
        talker.ask("load", *first)
        before = talker.ask("digest")
        talker.ask("read", second[0])
        whole = talker.run("load", *second)
        after = talker.ask("digest")
        assert after[0] != before[0]
        talker.ask("undo")
        assert talker.ask("digest") == before
        for moment in [*whole.spread(KILLS), *whole.around(-1)]:
            talker.kill(moment, "load", *second)
            left = talker.ask("digest")
            assert left in (before, after), f"the kill at moment {moment} left the register between"
            assert left == (after if whole.committed_by(moment) else before)
            if left == after:
                talker.ask("undo")
        assert talker.ask("digest") == before
