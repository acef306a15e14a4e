"""
Invented identifiers with right check digits (RULES §6).

UPNs carry the numbers 990 and 991, which no council has; NHS numbers lie in the range 999 that is
kept for tests.
"""

import polars as pl

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"


def with_upn_letter(digits: pl.Series) -> pl.Series:
    """Put the check letter before twelve digits: their sum, weighted 2 to 13, modulo 23."""
    total = pl.zeros(len(digits), pl.Int64, eager=True)
    for place in range(12):
        total = total + digits.str.slice(place, 1).cast(pl.Int64) * (place + 2)
    return pl.Series(list(UPN_LETTERS)).gather(total % 23) + digits


def nhs_numbers(start: int, n: int) -> pl.Series:
    """
    Give ``n`` NHS numbers of the test range 999, counted from ``start``.

    One serial in eleven has no check digit and is passed over.
    """
    serial = pl.int_range(start, start + n + n // 9 + 20, eager=True)
    nine = pl.lit("999") + pl.col("serial").cast(pl.String).str.zfill(6)
    frame = serial.to_frame("serial").select(nine=nine)
    total = pl.sum_horizontal(pl.col("nine").str.slice(place, 1).cast(pl.Int64) * (10 - place) for place in range(9))
    checked = frame.with_columns(check=(11 - total % 11) % 11).filter(pl.col("check") != 10)
    return checked.select(pl.col("nine") + pl.col("check").cast(pl.String)).to_series().head(n)
