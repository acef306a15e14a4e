"""Where looked-after children live, and under which law."""

from datetime import date

import polars as pl

from keepsight.example.days import between, later, minus, only
from keepsight.example.dice import Dice
from keepsight.example.shares import Profile

UASC_FROM = 15  # years: most who come alone are nearly grown
UASC_LEAN = 4.0  # they are about a quarter of that age among the looked after · assumed
OLD_ENOUGH = 15  # years, for a placement without carers


def with_placements(council: Profile, frame: pl.DataFrame, *, as_at: date, dice: Dice) -> pl.DataFrame:
    """Add uasc, placement, placed_on and legal_status; null for a child never looked after."""
    n = frame.height
    now, ever = frame["group"] == "cla", frame["cla_on"].is_not_null()
    old = frame["age"].fill_null(0) >= OLD_ENOUGH
    alone = now & (frame["age"].fill_null(0) >= UASC_FROM)
    uasc = alone & dice.happens(n, min(0.9, UASC_LEAN * council.share("uasc")))
    placement = dice.choose(n, _mix(council))
    placement = pl.Series(["U6"] * n).zip_with(~now | ((placement == "H5") & ~old), placement)
    since = (dice.uniform(n) ** 0.7 * between(frame["cla_on"], as_at)).floor().cast(pl.Int64)
    placed = later(minus(as_at, since), frame["cla_on"]).zip_with(now, frame["cla_on"])
    legal = dice.choose(n, council.common["legal_status"])
    for code, where in (("C2", placement == "P1"), ("E1", placement == "A5"), ("V2", uasc | ~now)):
        legal = pl.Series([code] * n).zip_with(where, legal)
    return frame.with_columns(
        uasc=uasc, placement=only(placement, ever), placed_on=only(placed, ever), legal_status=only(legal, ever)
    )


def _mix(council: Profile) -> dict[str, float]:
    """Give the shares of placements: the published ones of foster and residential care, divided on."""
    foster, home = council.share("cla_foster"), council.share("cla_residential")
    left = 1 - foster - home
    fostered = {"U1": 0.10, "U3": 0.14, "U4": 0.34, "U6": 0.40, "U5": 0.02}
    others = {"P1": 0.45, "H5": 0.30, "A5": 0.12, "S1": 0.10, "R2": 0.03}
    return {
        **{code: foster * share for code, share in fostered.items()},
        "K2": home,
        **{code: left * share for code, share in others.items()},
    }
