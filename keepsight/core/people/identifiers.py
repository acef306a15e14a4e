"""
Identifiers: what makes a UPN or an NHS number right, as plain functions and over whole columns.

A number whose check digit is wrong is never used to link two rows: it is kept as written and named
in a finding. A former UPN is kept too and never used to link, because a child gets a new UPN on
adoption and the two records must not meet.

References
----------
.. [1] DfE, *Unique pupil numbers: a guide*; CIN census validation rule 1510.
.. [2] NHS Data Dictionary, *NHS number*.
.. [3] DfE, *Looked-after children return (SSDA903) guide*: codes UN1 to UN5.
"""

import polars as pl

UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # no I, O or S; A counts 0 and Z counts 22 [1]_
UPN_UNKNOWN = frozenset({"UN1", "UN2", "UN3", "UN4", "UN5"})  # why a child has no UPN [3]_
_UPN_FORM = f"^[{UPN_LETTERS}][0-9]{{11}}[0-9{UPN_LETTERS}]$"
_NHS_FORM = "^[0-9]{10}$"


def is_upn(text: str | None) -> bool:
    """
    Say whether a UPN has the right form and check letter.

    Parameters
    ----------
    text : str or None
        Thirteen characters, upper case: a letter, eleven digits, and a digit (or, for a temporary
        UPN, a letter).

    Notes
    -----
    The sum of value × position over positions 2 to 13, modulo 23, picks the first letter [1]_.
    A letter in position 13 has its own value, 0 to 22.
    """
    if text is None or len(text) != 13 or text[0] not in UPN_LETTERS or not text[1:12].isascii():
        return False
    if not text[1:12].isdigit() or text[12] not in "0123456789" + UPN_LETTERS:
        return False
    total = sum(int(figure) * position for position, figure in enumerate(text[1:12], start=2))
    total += 13 * (int(text[12]) if text[12].isdigit() else UPN_LETTERS.index(text[12]))
    return UPN_LETTERS[total % 23] == text[0]


def is_nhs_number(text: str | None) -> bool:
    """
    Say whether an NHS number has ten digits and the right check digit.

    Notes
    -----
    Weights 10 to 2 on the first nine digits; 11 less the sum modulo 11 is the tenth digit, where
    11 stands for 0 and 10 makes the number invalid [2]_.
    """
    if text is None or len(text) != 10 or not text.isascii() or not text.isdigit():
        return False
    check = 11 - sum(int(figure) * weight for figure, weight in zip(text[:9], range(10, 1, -1), strict=True)) % 11
    return check != 10 and check % 11 == int(text[9])


def is_upn_expr(name: str) -> pl.Expr:
    """Say the same as ``is_upn`` of a whole text column; null gives false."""
    column = pl.col(name)
    letters = {letter: value for value, letter in enumerate(UPN_LETTERS)}
    digits = {str(value): value for value in range(10)}
    figures = [
        column.str.slice(at, 1).replace_strict(digits | letters, default=None, return_dtype=pl.Int32) * (at + 1)
        for at in range(1, 13)
    ]
    first = column.str.slice(0, 1).replace_strict(letters, default=None, return_dtype=pl.Int32)
    right = column.str.contains(_UPN_FORM) & (pl.sum_horizontal(figures, ignore_nulls=False) % 23 == first)
    return right.fill_null(False)


def is_nhs_number_expr(name: str) -> pl.Expr:
    """Say the same as ``is_nhs_number`` of a whole text column; null gives false."""
    column = pl.col(name)
    figures = [column.str.slice(at, 1).cast(pl.Int32, strict=False) for at in range(10)]
    weighted = pl.sum_horizontal([figure * (10 - at) for at, figure in enumerate(figures[:9])], ignore_nulls=False)
    check = 11 - weighted % 11
    right = column.str.contains(_NHS_FORM) & (check != 10) & (check % 11 == figures[9])
    return right.fill_null(False)


def plain_expr(name: str) -> pl.Expr:
    """Give an identifier without spaces, in upper case; empty text, and UN1 to UN5, become null."""
    bare = pl.col(name).str.replace_all(r"\s", "").str.to_uppercase()
    return pl.when(bare.is_in(sorted(UPN_UNKNOWN)) | (bare == "")).then(None).otherwise(bare).alias(name)
