"""Every row of every file is loaded or named: counted against what the tables say they came from."""

import csv
import gzip
import shutil
from datetime import UTC, date, datetime

import polars as pl
import pytest
from django.apps import apps
from django.db.models import Sum

from keepsight import rows
from keepsight.apps.audit.models import Load, Loaded
from keepsight.apps.contact.models import Visit
from keepsight.apps.intake import actions
from keepsight.apps.intake.queries import register_digest
from keepsight.apps.learning.models import AttendanceWeek
from keepsight.apps.places.models import District, Postcode, Setting
from keepsight.example import write
from tests import factories

ON, AT = date(2020, 6, 3), datetime(2020, 6, 3, 8, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def check_sums(load: Load) -> None:
    """Each sheet: rows read = rows loaded + rows that stand in a finding. Loaded rows are counted in the tables."""
    assert load.files.exists()
    left_out = dict(_by_sheet(load.findings))
    for sheet in load.files.all():
        place = f"{sheet.name} {sheet.sheet}"
        assert sheet.rows_in == sheet.rows_loaded + sheet.rows_rejected, place
        assert sheet.rows_rejected == left_out.get((sheet.name, sheet.sheet), 0), place
    in_tables = _rows_in_tables(load)
    for sheet in load.files.exclude(kind__in=("postcodes",)):
        if sheet.rows_loaded:
            assert in_tables.get(sheet.pk, 0) == sheet.rows_loaded, f"{sheet.name} {sheet.sheet}"
    names = load.files.filter(kind="postcodes").aggregate(rows=Sum("rows_loaded"))["rows"] or 0
    assert Postcode.objects.filter(created_load=load).count() == names


def _by_sheet(findings):
    told = findings.values_list("file", "sheet").annotate(rows=Sum("rows_left_out")).order_by()
    return [((file, sheet), count) for file, sheet, count in told]


def _rows_in_tables(load: Load) -> dict[int, int]:
    """Distinct rows of each file that some row of some table names as its source; marks one by one."""
    places = []
    for model in apps.get_models():
        if not issubclass(model, Loaded) or model is AttendanceWeek:
            continue
        made = model.objects.filter(source__load=load)
        if model is Visit:  # those taken from Annex A lists stand in the list's own row already
            made = made.exclude(number__startswith="annex-a ")
        places.append(rows.read(made, ["source_id", "source_row"]))
    counts = pl.concat(places).unique().group_by("source_id").len()
    held = dict(counts.iter_rows())
    weeks = rows.read(AttendanceWeek.objects.filter(source__load=load), ["source_id", "marks"])
    given = 14 - pl.col("marks").str.count_matches(r"(^| )\.").cast(pl.Int64)
    for sheet, count in weeks.group_by("source_id").agg(given.sum().alias("marks")).iter_rows():
        held[sheet] = held.get(sheet, 0) + count
    return held


def test_a_whole_example_council_adds_up(tmp_path):
    write(tmp_path, as_at=ON, scale=0.02)
    council = factories.authority(code="fellshire", la_code="990")
    load = actions.load_folder(council, tmp_path / "fellshire", as_at=ON, at=AT)
    assert load.rows_in > 60_000
    assert load.rows_rejected > 0, "the example is dirty, so that there is something to name"
    check_sums(load)
    assert Setting.objects.filter(authority=council).exclude(district=None).count() == Setting.objects.count()
    assert District.objects.filter(authority=council).count() > 1
    before = register_digest(council)
    again = actions.load_folder(council, tmp_path / "fellshire", as_at=ON, at=AT)
    assert register_digest(council) == before
    assert (again.rows_in, again.rows_rejected) == (load.rows_in, load.rows_rejected)
    for loads in (again, load):
        actions.undo(loads, at=AT)
    assert not any(model.objects.exists() for model in apps.get_models() if issubclass(model, Loaded))


@pytest.mark.shared
def test_the_annex_a_sample_adds_up(shared, tmp_path):
    shutil.copy(shared / "data/samples/liia-tools/Annex_A.xlsx", tmp_path)
    load = actions.load_folder(factories.authority(), tmp_path, as_at=date(2021, 3, 31), at=AT)
    check_sums(load)
    adopters = load.files.get(sheet="List 11")
    assert (adopters.rows_in, adopters.rows_loaded) == (5, 0), "adopters are counted and not kept"


@pytest.mark.shared
def test_the_school_census_samples_add_up(shared, tmp_path):
    for path in (shared / "data/samples/liia-tools-pipeline").glob("2024_autumn_*.csv"):
        shutil.copy(path, tmp_path)
    load = actions.load_folder(factories.authority(), tmp_path, as_at=date(2024, 12, 13), at=AT)
    assert load.rows_in == 63_066
    check_sums(load)


@pytest.mark.shared
@pytest.mark.parametrize("la_code", ["909", "855", "873", "874"])
def test_the_schools_of_a_council_add_up(shared, tmp_path, la_code):
    download = shared / "data/public/schools/schools_england.csv.gz"
    shutil.copy(download, tmp_path)
    with gzip.open(download, "rt", encoding="utf-8-sig") as lines:
        settings = sum(row["LA"] == la_code for row in csv.DictReader(lines))
    assert settings > 50
    load = actions.load_folder(factories.authority(la_code=la_code), tmp_path, as_at=ON, at=AT)
    assert Setting.objects.count() == settings
    assert load.findings.filter(code="other_authority").aggregate(rows=Sum("rows_left_out"))["rows"] > 20_000
    check_sums(load)


@pytest.mark.shared
def test_a_slice_of_the_postcode_lookup_adds_up(shared, tmp_path):
    lookup = next((shared / "data/public/geography").glob("postcode_lsoa11_*.parquet"))
    slice_ = pl.scan_parquet(lookup).slice(100_000, 20_000).collect()
    slice_.write_parquet(tmp_path / "postcodes.parquet")
    load = actions.load_folder(factories.authority(), tmp_path, as_at=ON, at=AT)
    assert load.rows_in == 20_000
    check_sums(load)
