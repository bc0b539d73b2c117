"""Numbers as people read them: thousands, fixed decimals, a dash where nothing is known (数字格式)."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

MISSING = "—"
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_SPACES = re.compile(r"[\s\u200b\ufeff]")
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)", re.ASCII)
MOST_DIGITS = 16
"""Digits before the decimal point that can be stored."""


class NotANumber(ValueError):
    """The text is no plain number; with `too_long`, it is one of more digits than can be stored."""

    def __init__(self, text: str, *, too_long: bool = False) -> None:
        self.too_long = too_long
        super().__init__(text)


def read_number(text: str, units: tuple[str, ...] = ()) -> Decimal | None:
    """What was typed as a number: "１,234.5" and "1234.5 万元" (one of `units`) are read, "12万" and "约 3" are not.

    None for empty text. The same rules stand in static/js/number-text.js. Raises NotANumber.
    """
    bare = _SPACES.sub("", _DASHES.sub("-", unicodedata.normalize("NFKC", text)))
    for unit in units:
        bare = bare.removesuffix(unit) or bare
    if not bare:
        return None
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _PLAIN.fullmatch(bare):
        raise NotANumber(text)
    number = Decimal(bare)
    if number.adjusted() >= MOST_DIGITS:
        raise NotANumber(text, too_long=True)
    return number


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
