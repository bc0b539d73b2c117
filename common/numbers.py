"""Numbers as people read them: thousands, fixed decimals, a dash where nothing is known (数字格式)."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MISSING = "—"


def to_decimal(value: object) -> Decimal | None:
    """The value as a finite Decimal; None for None, empty text, NaN, infinities and what is no number."""
    if value is None or isinstance(value, bool) or (isinstance(value, float) and not math.isfinite(value)):
        return None
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def format_number(value: object, digits: int | None = None) -> str:
    """`1234567.5` → "1,234,567.50" with digits=2; digits=None keeps the digits the value has; missing → "—".

    Halves round away from zero, as the offices round (四舍五入). The minus sign is plain ASCII so that
    a copied cell stays a number in a spreadsheet.
    """
    number = to_decimal(value)
    if number is None:
        return MISSING
    if digits is None:
        exponent = number.normalize().as_tuple().exponent
        digits = min(6, max(0, -exponent if isinstance(exponent, int) else 0))
    rounded = number.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    return f"{rounded:,f}"


def scale_money(wan: Decimal, english: bool) -> tuple[Decimal, str]:
    """万元 in the unit a reader takes in at a glance: (number, unit key).

    Keys: "yi" (亿元, 10,000 万元) and "wan" (万元) for Chinese; "billion", "million" and "thousand" yuan for English.
    """
    size = abs(wan)
    if not english:
        return (wan / 10_000, "yi") if size >= 10_000 else (wan, "wan")
    if size >= 100_000:
        return wan / 100_000, "billion"
    return (wan / 100, "million") if size >= 100 else (wan * 10, "thousand")
