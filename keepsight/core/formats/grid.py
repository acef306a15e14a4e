"""National Grid eastings and northings → latitude and longitude, vectorised."""

from math import pi, radians

import polars as pl

# Airy 1830 and the National Grid's projection; WGS84; the seven Helmert numbers between them [1]_.
_A, _B, _F0 = 6377563.396, 6356256.909, 0.9996012717
_LAT0, _LON0, _N0, _E0 = radians(49), radians(-2), -100000.0, 400000.0
_E2 = 1 - _B**2 / _A**2
_N = (_A - _B) / (_A + _B)
_WGS_A, _WGS_E2 = 6378137.0, 0.00669437999014
_SHIFT = (446.448, -125.157, 542.060)
_TURN = (radians(0.1502 / 3600), radians(0.2470 / 3600), radians(0.8421 / 3600))
_SCALE = 1 - 20.4894e-6
_STEPS = 4  # leaves less than a millimetre


def latitude_longitude(easting: pl.Series, northing: pl.Series) -> tuple[pl.Series, pl.Series]:
    """
    Give WGS84 latitude and longitude of points on the National Grid of Great Britain.

    Parameters
    ----------
    easting, northing : Series of Float64
        [m]; null stays null.

    Returns
    -------
    tuple of Series
        Latitude and longitude [degrees], within about five metres.

    References
    ----------
    .. [1] Ordnance Survey, *A guide to coordinate systems in Great Britain*, v3.6, annexes B and C.
    """
    lat, lon = _on_airy(easting, northing)
    x, y, z = _cartesian(lat, lon)
    tx, ty, tz = _SHIFT
    rx, ry, rz = _TURN
    moved = (
        tx + _SCALE * x - rz * y + ry * z,
        ty + rz * x + _SCALE * y - rx * z,
        tz - ry * x + rx * y + _SCALE * z,
    )
    return _geographic(*moved)


def _arc(lat: pl.Series) -> pl.Series:
    """Give the developed meridian arc from the true origin [m]."""
    less, more = lat - _LAT0, lat + _LAT0
    n2, n3 = _N**2, _N**3
    return (_B * _F0) * (
        (1 + _N + 1.25 * n2 + 1.25 * n3) * less
        - (3 * _N + 3 * n2 + 2.625 * n3) * less.sin() * more.cos()
        + (1.875 * n2 + 1.875 * n3) * (2 * less).sin() * (2 * more).cos()
        - (35 / 24) * n3 * (3 * less).sin() * (3 * more).cos()
    )


def _on_airy(easting: pl.Series, northing: pl.Series) -> tuple[pl.Series, pl.Series]:
    lat = (northing - _N0) / (_A * _F0) + _LAT0
    for _ in range(_STEPS):
        lat = lat + (northing - _N0 - _arc(lat)) / (_A * _F0)
    sin, tan = lat.sin(), lat.tan()
    bent = 1 - _E2 * (sin * sin)
    nu = _A * _F0 / bent.sqrt()
    rho = nu * (1 - _E2) / bent
    ratio, tan2 = nu / rho, tan * tan
    tan4, nu2 = tan2 * tan2, nu * nu
    sec, away = 1 / lat.cos(), easting - _E0
    away2 = away * away
    seventh = tan / (2 * rho * nu)
    eighth = tan / (24 * rho * nu2 * nu) * (5 + 3 * tan2 + (ratio - 1) - 9 * tan2 * (ratio - 1))
    ninth = tan / (720 * rho * nu2 * nu2 * nu) * (61 + 90 * tan2 + 45 * tan4)
    tenth = sec / nu
    eleventh = sec / (6 * nu2 * nu) * (ratio + 2 * tan2)
    twelfth = sec / (120 * nu2 * nu2 * nu) * (5 + 28 * tan2 + 24 * tan4)
    return (
        lat - away2 * (seventh - away2 * (eighth - away2 * ninth)),
        _LON0 + away * (tenth - away2 * (eleventh - away2 * twelfth)),
    )


def _cartesian(lat: pl.Series, lon: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    sin, cos = lat.sin(), lat.cos()
    nu = _A / (1 - _E2 * (sin * sin)).sqrt()
    return nu * cos * lon.cos(), nu * cos * lon.sin(), (1 - _E2) * nu * sin


def _geographic(x: pl.Series, y: pl.Series, z: pl.Series) -> tuple[pl.Series, pl.Series]:
    flat = (x * x + y * y).sqrt()
    lat = (z / (flat * (1 - _WGS_E2))).arctan()
    for _ in range(3):
        sin = lat.sin()
        nu = _WGS_A / (1 - _WGS_E2 * (sin * sin)).sqrt()
        lat = ((z + _WGS_E2 * nu * sin) / flat).arctan()
    return lat * (180 / pi), (y / x).arctan() * (180 / pi)
