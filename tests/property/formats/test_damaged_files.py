"""
Damaged copies of each kind of file: a reading that adds up, or one plain sentence.

Five hundred of each layout of text (five thousand of the reader of text), two thousand of workbooks and of
Parquet. ``KEEPSIGHT_COPIES=2000`` tries so many of each layout.
"""

import os
import random

import pytest

from keepsight.core.errors import BadInput
from keepsight.core.formats import CONTRACTS, FINDINGS, read
from tests import damage

COPIES, OF_A_LAYOUT = 2_000, int(os.environ.get("KEEPSIGHT_COPIES", "500"))
BATCH = 250
BATCHES, OF_LAYOUT = range(COPIES // BATCH), range(OF_A_LAYOUT // BATCH)

WORDED = ["file", "sheet", "code", "severity", "expected", "done"]


def check(path):
    """Read one copy; whatever comes back must keep its promises."""
    sentence, reading = "", None
    try:
        reading = read(path)
    except BadInput as refused:
        sentence = refused.sentence
    if reading is None:
        assert path.name in sentence
        assert "\n" not in sentence
        assert sentence.endswith(".")
        return "refused"
    assert reading.accounts()["adds_up"].all(), reading.accounts()
    FINDINGS.check(reading.findings)
    assert sum(reading.findings.select(WORDED).null_count().row(0)) == 0
    assert (reading.findings["found"].str.len_chars().max() or 0) <= 60
    for name, frame in reading.frames.items():
        CONTRACTS[name].check(frame)
    return "read"


@pytest.mark.slow
@pytest.mark.parametrize("batch", OF_LAYOUT)
@pytest.mark.parametrize("kind", list(damage.TEXTS))
def test_damaged_text(tmp_path, kind, batch):
    ends = {"read": 0, "refused": 0}
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        path = tmp_path / f"{kind}.csv"
        path.write_bytes(damage.text_damage(kind, random.Random(f"{kind} {number}")))
        ends[check(path)] += 1
    assert min(ends.values()) > BATCH // 20, ends  # neither everything refused nor everything swallowed


@pytest.mark.slow
@pytest.mark.parametrize("batch", BATCHES)
def test_damaged_workbook(tmp_path, batch):
    ends = {"read": 0, "refused": 0}
    sound = [damage.small_workbook(random.Random(f"book {batch} {number}")) for number in range(10)]
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        path = tmp_path / "annex_a.xlsx"
        path.write_bytes(damage.workbook_damage(sound[number % 10], random.Random(f"annex_a {number}")))
        ends[check(path)] += 1
    assert min(ends.values()) > BATCH // 20, ends


@pytest.mark.slow
@pytest.mark.parametrize("batch", BATCHES)
def test_damaged_parquet(tmp_path, batch):
    ends = {"read": 0, "refused": 0}
    sound = damage.small_parquet()
    for number in range(batch * BATCH, (batch + 1) * BATCH):
        path = tmp_path / "postcodes.parquet"
        path.write_bytes(damage.byte_damage(sound, random.Random(f"parquet {number}")))
        ends[check(path)] += 1
    assert min(ends.values()) > 0, ends
