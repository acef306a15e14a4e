"""The same seed, scale and day give the same bytes."""

import hashlib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from keepsight.core import formats
from keepsight.core.errors import BadInput
from keepsight.example import write

SMALL, DAY = 0.005, date(2026, 6, 10)


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def once(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("once")
    write(folder, as_at=DAY, scale=SMALL)
    return folder


def test_written_twice_every_file_is_the_same_byte_for_byte(once, tmp_path):
    write(tmp_path, as_at=DAY, scale=SMALL)
    assert hashes(tmp_path) == hashes(once)


def test_another_seed_invents_other_people(once, tmp_path):
    write(tmp_path, as_at=DAY, scale=SMALL, seed=7)
    here, there = (
        pl.read_csv(folder / "fellshire" / "ssd_person.csv", infer_schema=False) for folder in (once, tmp_path)
    )
    assert not here.equals(there)


def test_written_over_an_older_example_nothing_of_it_is_left_in_the_files(once, tmp_path):
    write(tmp_path, as_at=DAY, scale=SMALL, seed=7)
    write(tmp_path, as_at=DAY, scale=SMALL)
    assert hashes(tmp_path) == hashes(once)


def test_registers_of_another_six_weeks_do_not_stay_behind(tmp_path):
    write(tmp_path, as_at=date(2026, 3, 4), scale=SMALL)
    write(tmp_path, as_at=DAY, scale=SMALL)
    names = sorted(path.name for path in (tmp_path / "fellshire" / "attendance").iterdir())
    assert len(names) == 6
    assert names[0] == "attendance_2026-05-04.csv"


@pytest.mark.parametrize("scale", [0.0, 0.004, 10.5, float("nan")])
def test_a_scale_out_of_range_is_refused_before_anything_is_written(scale, tmp_path):
    with pytest.raises(BadInput, match=r"must lie between 0\.005 and 10"):
        write(tmp_path, as_at=DAY, scale=scale)
    assert list(tmp_path.iterdir()) == []


def test_a_day_without_known_bank_holidays_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(BadInput):
        write(tmp_path, as_at=date(2051, 3, 1), scale=SMALL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("day", [date(2020, 4, 20), date(2028, 2, 29)])
def test_on_any_day_the_files_can_be_read_and_nothing_in_them_lies_ahead(day, tmp_path):
    write(tmp_path, as_at=day, scale=SMALL)
    for path in (tmp_path / "fellshire").rglob("*.*"):
        reading = formats.read(path)
        for frame in reading.frames.values():
            for column in set(frame.columns) - {"expected_on", "review_on"}:
                if frame.schema[column] == pl.Date and frame[column].count():
                    assert frame[column].max() <= day, (path.name, column)


def test_even_the_smallest_example_has_a_handful_of_each_kind_of_case(once):
    import json

    said = json.loads((once / "example.json").read_text())
    for council in said["authorities"].values():
        assert min(council["children"].values()) >= 6
        assert council["rows"]["schools"] >= 10


def test_progress_only_grows_and_ends_at_one(tmp_path):
    told: list[float] = []
    write(tmp_path, as_at=DAY, scale=SMALL, progress=lambda _, done: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1.0
