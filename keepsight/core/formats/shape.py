"""The last step of each list: from columns as read to the columns of its contract."""

from collections.abc import Callable

import polars as pl

from keepsight.core.formats.grid import latitude_longitude
from keepsight.core.formats.kinds import CONTRACTS
from keepsight.core.formats.layouts import Table

_NO_PLACE = 90.0  # the postcode lookup writes latitude 99.999999 for a postcode without a place


def to_contract(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Add fixed and derived columns, and put the columns in the contract's order; missing ones are null."""
    shaped = frame.with_columns(**{column: pl.lit(value) for column, value in table.fixed.items()})
    if table.name in _SHAPES:
        shaped = _SHAPES[table.name](shaped)
    contract = CONTRACTS[table.frame]
    return shaped.select(
        (pl.col(column.name) if column.name in shaped.columns else pl.lit(None).alias(column.name)).cast(column.dtype)
        for column in contract.columns
    )


def _settings(frame: pl.DataFrame) -> pl.DataFrame:
    written = pl.coalesce("type", "other_type")
    whole = pl.col("la_code") + pl.col("establishment").str.zfill(4)
    return _placed(frame).with_columns(
        laestab=pl.coalesce("laestab", pl.when(pl.col("establishment").is_not_null()).then(whole)),
        name=pl.coalesce("name", "other_name"),
        type=written,
        phase=_phase(written.str.to_lowercase(), pl.col("phase_name").str.to_lowercase()),
    )


def _placed(frame: pl.DataFrame) -> pl.DataFrame:
    """Turn National Grid references into coordinates where the list has no coordinates itself."""
    if frame.filter(pl.col("latitude").is_null() & pl.col("easting").is_not_null()).height == 0:
        return frame
    latitude, longitude = latitude_longitude(frame["easting"], frame["northing"])
    return frame.with_columns(latitude=pl.coalesce("latitude", latitude), longitude=pl.coalesce("longitude", longitude))


def _phase(written: pl.Expr, phase: pl.Expr) -> pl.Expr:
    """
    Give one of our nine phases: by type first (a special school of primary age is special), then by
    the phase that the list names, then by the flags and ages of the performance tables.
    """  # noqa: D205
    below, above = 11 - pl.col("age_low"), pl.col("age_high") - 11
    middle = pl.when(below > above).then(pl.lit("primary")).otherwise(pl.lit("secondary"))
    both = pl.when(pl.col("age_low") >= 8).then(middle).otherwise(pl.lit("all_through"))
    return (
        pl.when(written.str.contains(r"pupil referral|alternative provision|\bap\b"))
        .then(pl.lit("pru"))
        .when(written.str.contains("special") & ~written.str.contains("specialist|post 16"))
        .then(pl.lit("special"))
        .when(written.str.contains("independent school"))
        .then(pl.lit("independent"))
        .when(written.str.contains("nursery") | phase.eq_missing(pl.lit("nursery")))
        .then(pl.lit("nursery"))
        .when(phase.is_in(["primary", "middle deemed primary"]))
        .then(pl.lit("primary"))
        .when(phase.is_in(["secondary", "middle deemed secondary"]))
        .then(pl.lit("secondary"))
        .when(phase == "all-through")
        .then(pl.lit("all_through"))
        .when((phase == "16 plus") | written.str.contains(r"16.?(?:-|to).?19|sixth form|further education"))
        .then(pl.lit("sixteen_plus"))
        .when(pl.col("is_primary") & pl.col("is_secondary"))
        .then(both)
        .when(pl.col("is_primary"))
        .then(pl.lit("primary"))
        .when(pl.col("is_secondary"))
        .then(pl.lit("secondary"))
        .when(pl.col("is_post_16"))
        .then(pl.lit("sixteen_plus"))
        .otherwise(pl.lit("other"))
    )


def _postcodes(frame: pl.DataFrame) -> pl.DataFrame:
    latitude = pl.coalesce("latitude", pl.col("latitude_e5") / 1e5)
    longitude = pl.coalesce("longitude", pl.col("longitude_e5") / 1e5)
    placed = latitude < _NO_PLACE
    return frame.with_columns(
        latitude=pl.when(placed).then(latitude),
        longitude=pl.when(placed).then(longitude),
    )


def _factors(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.explode("factor")


_SHAPES: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "settings": _settings,
    "postcodes": _postcodes,
    "assessment_factors": _factors,
}
