"""Killing a destruction anywhere in it: a record is whole or gone, and the rest is taken up; on both databases."""

import pytest

from tests.killed import Talker

SCRIPT = "tests.integration.governance.killed_disposal"
KILLS, RECORDS, HANDFULS, ROUNDS = 8, 12, 4, 8


@pytest.mark.slow
def test_a_killed_destruction_leaves_each_record_whole_or_gone(database, tmp_path):
    with Talker(SCRIPT, database, tmp_path) as talker:
        talker.ask("make_list", RECORDS)
        whole, between = talker.run("carry"), 0
        for moment in [*whole.spread(KILLS), *whole.around(HANDFULS // 2), *whole.around(-1)]:
            talker.ask("make_list", RECORDS)
            talker.kill(moment, "carry")
            children, visits, addresses, numbers, settled, certified, events = talker.ask("counts")
            assert children == visits == addresses == numbers, f"the kill at {moment} left a record in part"
            gone = RECORDS - children
            assert settled == certified == events == gone, f"the kill at {moment}: not all that went is written"
            assert gone == RECORDS // HANDFULS * min(HANDFULS, whole.committed_by(moment)), "a handful went in part"
            between += 0 < children < RECORDS
            if whole.committed_by(moment) < len(whole.commits):
                talker.ask("carry")
            assert talker.ask("counts") == [0, 0, 0, 0, RECORDS, RECORDS, RECORDS]
        assert between > KILLS // 2, "few kills came in the middle, so little was tried"


@pytest.mark.slow
def test_a_case_that_re_opens_at_that_moment_is_kept_or_was_anonymous_before(database, tmp_path):
    with Talker(SCRIPT, database, tmp_path) as talker:
        seen = {talker.ask("race") for _ in range(ROUNDS)}
    assert seen <= {"refused opened-first kept", "done opened-after gone"}
