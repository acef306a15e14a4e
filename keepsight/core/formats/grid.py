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
_STEPS = 6


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
    sin2 = lat.sin() ** 2
    nu = _A * _F0 / (1 - _E2 * sin2).sqrt()
    rho = _A * _F0 * (1 - _E2) / (1 - _E2 * sin2).sqrt() ** 3
    eta2, tan = nu / rho - 1, lat.tan()
    sec, away = 1 / lat.cos(), easting - _E0
    seventh = tan / (2 * rho * nu)
    eighth = tan / (24 * rho * nu**3) * (5 + 3 * tan**2 + eta2 - 9 * tan**2 * eta2)
    ninth = tan / (720 * rho * nu**5) * (61 + 90 * tan**2 + 45 * tan**4)
    tenth = sec / nu
    eleventh = sec / (6 * nu**3) * (nu / rho + 2 * tan**2)
    twelfth = sec / (120 * nu**5) * (5 + 28 * tan**2 + 24 * tan**4)
    return (
        lat - seventh * away**2 + eighth * away**4 - ninth * away**6,
        _LON0 + tenth * away - eleventh * away**3 + twelfth * away**5,
    )


def _cartesian(lat: pl.Series, lon: pl.Series) -> tuple[pl.Series, pl.Series, pl.Series]:
    nu = _A / (1 - _E2 * lat.sin() ** 2).sqrt()
    return nu * lat.cos() * lon.cos(), nu * lat.cos() * lon.sin(), (1 - _E2) * nu * lat.sin()


def _geographic(x: pl.Series, y: pl.Series, z: pl.Series) -> tuple[pl.Series, pl.Series]:
    flat = (x**2 + y**2).sqrt()
    lat = (z / (flat * (1 - _WGS_E2))).arctan()
    for _ in range(3):
        nu = _WGS_A / (1 - _WGS_E2 * lat.sin() ** 2).sqrt()
        lat = ((z + _WGS_E2 * nu * lat.sin()) / flat).arctan()
    return lat * (180 / pi), (y / x).arctan() * (180 / pi)
