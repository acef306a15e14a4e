"""Numbers as people read them: half rounds up, a true minus, nothing for nothing known."""

from decimal import ROUND_HALF_UP, Decimal

NOT_KNOWN = "–"


def rounded(value: float, places: int) -> Decimal:
    """Round half away from nought, as published tables do; Python's own ``round`` goes to the even."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def count(value: float | None) -> str:
    """12,345."""
    return NOT_KNOWN if value is None else f"{int(value):,}".replace("-", "−")


def percent(value: float | None, places: int = 1) -> str:
    """95.4%."""
    return NOT_KNOWN if value is None else f"{rounded(value, places)}%".replace("-", "−")


def change(value: float | None, places: int = 1) -> str:
    """+3.0% or −17.3%."""
    if value is None:
        return NOT_KNOWN
    text = percent(value, places)
    return f"+{text}" if rounded(value, places) > 0 else text


def shown(value: object, kind: str) -> str:
    """Write one cell of a column of this kind: text, count, percent or change."""
    if value is None:
        return NOT_KNOWN
    if isinstance(value, str):
        return value
    assert isinstance(value, int | float)
    return {"count": count, "percent": percent, "change": change}.get(kind, lambda plain: f"{plain}")(value)
