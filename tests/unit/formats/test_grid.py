"""Coordinates from the National Grid, against the published worked example."""

import polars as pl
import pytest

from keepsight.core.formats.grid import latitude_longitude

POINTS = [
    # easting, northing, latitude, longitude: Ordnance Survey's guide, annex C (the tower), and the Royal Observatory
    (651409.903, 313177.270, 52.657977, 1.716038),
    (538882.0, 177320.0, 51.477813, -0.001446),
]


@pytest.mark.parametrize(("easting", "northing", "latitude", "longitude"), POINTS)
def test_point(easting, northing, latitude, longitude):
    found = latitude_longitude(pl.Series([easting, None]), pl.Series([northing, None]))
    assert found[0].to_list() == [pytest.approx(latitude, abs=1e-4), None]
    assert found[1].to_list() == [pytest.approx(longitude, abs=1e-4), None]
