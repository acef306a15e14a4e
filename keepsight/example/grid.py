"""National Grid metres to latitude and longitude (Ordnance Survey, "A guide to coordinate systems", annexes B, C)."""

import math

import polars as pl

_A, _B = 6377563.396, 6356256.909  # Airy 1830 [m]
_F0, _LAT0, _LON0, _N0, _E0 = 0.9996012717, math.radians(49), math.radians(-2), -100000.0, 400000.0
_E2 = 1 - (_B / _A) ** 2
_WGS_A, _WGS_B = 6378137.0, 6356752.3142
_SHIFT = (446.448, -125.157, 542.060)  # [m]
_TURN = tuple(math.radians(seconds / 3600) for seconds in (0.1502, 0.2470, 0.8421))
_SCALE = -20.4894e-6


def latitude_longitude(easting: float, northing: float) -> tuple[float, float]:
    """Give WGS84 degrees, true to about five metres. [m] [degrees]"""
    lat, lon = _airy(easting, northing)
    return _to_wgs84(lat, lon)


def with_degrees(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``latitude`` and ``longitude`` to a frame with ``easting`` and ``northing``."""
    pairs = [latitude_longitude(e, n) for e, n in zip(frame["easting"], frame["northing"], strict=True)]
    return frame.with_columns(
        latitude=pl.Series([round(lat, 6) for lat, _ in pairs], dtype=pl.Float64),
        longitude=pl.Series([round(lon, 6) for _, lon in pairs], dtype=pl.Float64),
    )


def _meridian(lat: float) -> float:
    n = (_A - _B) / (_A + _B)
    less, more = lat - _LAT0, lat + _LAT0
    return (
        _B
        * _F0
        * (
            (1 + n + 1.25 * n**2 + 1.25 * n**3) * less
            - (3 * n + 3 * n**2 + 2.625 * n**3) * math.sin(less) * math.cos(more)
            + (1.875 * n**2 + 1.875 * n**3) * math.sin(2 * less) * math.cos(2 * more)
            - (35 / 24) * n**3 * math.sin(3 * less) * math.cos(3 * more)
        )
    )


def _airy(easting: float, northing: float) -> tuple[float, float]:
    lat = (northing - _N0) / (_A * _F0) + _LAT0
    while abs(northing - _N0 - _meridian(lat)) >= 0.00001:
        lat += (northing - _N0 - _meridian(lat)) / (_A * _F0)
    sin, cos, tan = math.sin(lat), math.cos(lat), math.tan(lat)
    nu = _A * _F0 / math.sqrt(1 - _E2 * sin**2)
    rho = _A * _F0 * (1 - _E2) / (1 - _E2 * sin**2) ** 1.5
    eta2 = nu / rho - 1
    de = easting - _E0
    lat_out = (
        lat
        - tan / (2 * rho * nu) * de**2
        + tan / (24 * rho * nu**3) * (5 + 3 * tan**2 + eta2 - 9 * tan**2 * eta2) * de**4
        - tan / (720 * rho * nu**5) * (61 + 90 * tan**2 + 45 * tan**4) * de**6
    )
    lon = (
        _LON0
        + de / (cos * nu)
        - de**3 / (6 * cos * nu**3) * (nu / rho + 2 * tan**2)
        + de**5 / (120 * cos * nu**5) * (5 + 28 * tan**2 + 24 * tan**4)
        - de**7 / (5040 * cos * nu**7) * (61 + 662 * tan**2 + 1320 * tan**4 + 720 * tan**6)
    )
    return lat_out, lon


def _to_wgs84(lat: float, lon: float) -> tuple[float, float]:
    nu = _A / math.sqrt(1 - _E2 * math.sin(lat) ** 2)
    x, y = nu * math.cos(lat) * math.cos(lon), nu * math.cos(lat) * math.sin(lon)
    z = (1 - _E2) * nu * math.sin(lat)
    (tx, ty, tz), (rx, ry, rz), s = _SHIFT, _TURN, 1 + _SCALE
    x, y, z = tx + x * s - rz * y + ry * z, ty + rz * x + y * s - rx * z, tz - ry * x + rx * y + z * s
    e2 = 1 - (_WGS_B / _WGS_A) ** 2
    p = math.hypot(x, y)
    lat = math.atan2(z, p * (1 - e2))
    for _ in range(6):
        nu = _WGS_A / math.sqrt(1 - e2 * math.sin(lat) ** 2)
        lat = math.atan2(z + e2 * nu * math.sin(lat), p)
    return math.degrees(lat), math.degrees(math.atan2(y, x))
