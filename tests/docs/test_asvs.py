"""The security checklist names every point once, and every file that it names is there."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHAPTERS = tomllib.loads((ROOT / "docs" / "reference" / "asvs.toml").read_text())
# Points of levels 1 and 2 in version 5.0.0, chapter by chapter.
POINTS = {
    "V1": 27, "V2": 11, "V3": 19, "V4": 10, "V5": 9, "V6": 35, "V7": 18, "V8": 7, "V9": 7, "V10": 29, "V11": 14,
    "V12": 9, "V13": 13, "V14": 9, "V15": 13, "V16": 16, "V17": 7,
}  # fmt: skip
ROWS = [(name, *row) for chapter in CHAPTERS.values() for name, row in chapter.items() if name != "title"]
PATH = re.compile(r"\b((?:keepsight|docs|tests|requirements)/[\w/.-]*[\w/])")


def test_every_point_is_there_once():
    counted = {chapter: len(points) - 1 for chapter, points in CHAPTERS.items()}
    assert counted == POINTS
    assert all(name.split(".")[0] == chapter[1:] for chapter, points in CHAPTERS.items() for name in points if name != "title")  # fmt: skip  # noqa: E501


@pytest.mark.parametrize(("name", "state", "what", "where"), ROWS, ids=[row[0] for row in ROWS])
def test_a_point_says_where_or_what_is_missing(name, state, what, where):
    assert state in {"met", "partly", "not", "place", "none"}
    assert what
    assert bool(where) == (state != "none")
    for path in PATH.findall(where):
        assert (ROOT / path).exists(), f"{name} names {path}, which is not there"
