"""Units of measure as headers and cells write them, and how one turns into another (计量单位)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

# Kind of quantity → unit → how many of the smallest unit it holds.
_SCALES: dict[str, dict[str, Fraction]] = {
    "money": {"元": Fraction(1), "千元": Fraction(1000), "万元": Fraction(10**4), "百万元": Fraction(10**6),
              "千万元": Fraction(10**7), "亿元": Fraction(10**8)},
    "dollar": {"美元": Fraction(1), "千美元": Fraction(1000), "万美元": Fraction(10**4), "百万美元": Fraction(10**6),
               "亿美元": Fraction(10**8)},
    "area": {"平方米": Fraction(1), "亩": Fraction(10**4, 15), "万平方米": Fraction(10**4), "公顷": Fraction(10**4),
             "万亩": Fraction(10**8, 15), "平方公里": Fraction(10**6)},
    "length": {"米": Fraction(1), "公里": Fraction(1000)},
    "volume": {"立方米": Fraction(1), "万立方米": Fraction(10**4), "亿立方米": Fraction(10**8)},
    "weight": {"公斤": Fraction(1, 1000), "吨": Fraction(1), "千吨": Fraction(1000), "万吨": Fraction(10**4),
               "亿吨": Fraction(10**8)},
    "coal": {"吨标准煤": Fraction(1), "万吨标准煤": Fraction(10**4)},
    "people": {"人": Fraction(1), "千人": Fraction(1000), "万人": Fraction(10**4)},
    "count": {"个": Fraction(1), "家": Fraction(1), "件": Fraction(1), "起": Fraction(1), "处": Fraction(1),
              "票": Fraction(1)},
    "hours": {"小时": Fraction(1)},
    "days": {"天": Fraction(1)},
    "share": {"%": Fraction(1), "‰": Fraction(1, 10)},
    "ratio": {"比值": Fraction(1)},
    "answer": {"是否": Fraction(1)},
}  # fmt: skip
_SPELLINGS = {
    "人民币万元": "万元", "人民币亿元": "亿元", "万元人民币": "万元", "亿元人民币": "亿元", "rmb万元": "万元",
    "㎡": "平方米", "m2": "平方米", "m²": "平方米", "平米": "平方米", "万m2": "万平方米", "万㎡": "万平方米", "万平米": "万平方米",
    "km2": "平方公里", "km²": "平方公里", "平方千米": "平方公里", "ha": "公顷", "km": "公里", "千米": "公里", "m": "米",
    "m3": "立方米", "m³": "立方米", "方": "立方米", "万方": "万立方米", "万m3": "万立方米", "万吨标煤": "万吨标准煤",
    "吨标煤": "吨标准煤", "tce": "吨标准煤", "万tce": "万吨标准煤", "t": "吨", "kg": "公斤", "千克": "公斤", "名": "人", "户": "家",
    "户数": "家", "企业": "家", "项": "件", "次": "起", "宗": "起", "百分比": "%", "百分数": "%", "万美金": "万美元", "万usd": "万美元",
}  # fmt: skip
_KINDS = {unit: kind for kind, units in _SCALES.items() for unit in units}
_NAMES = {unicodedata.normalize("NFKC", unit).casefold(): unit for unit in _KINDS} | {
    unicodedata.normalize("NFKC", spelling).casefold(): unit for spelling, unit in _SPELLINGS.items()
}
_FOUR = Decimal("0.0001")


@dataclass(frozen=True)
class Conversion:
    """From one unit into another; `factor` 1 when they say the same."""

    given: str
    wanted: str
    factor: Fraction

    @property
    def needed(self) -> bool:
        return self.factor != 1

    def apply(self, number: Decimal) -> Decimal:
        """The number in the wanted unit, to four decimals, halves away from zero."""
        if not self.needed:
            return number
        exact = Fraction(number) * self.factor
        return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(_FOUR, ROUND_HALF_UP).normalize()


def unit_of(text: str) -> str:
    """The unit a word names, in the catalogue's spelling: "㎡" → "平方米"; empty when it is no unit we know.

    One unit by another ("万元/亩") is one too, which turns into itself only.
    """
    name = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    parts = [_NAMES.get(part, "") for part in name.split("/")]
    return _NAMES.get(name, "") or ("/".join(parts) if all(parts) else "")


def unit_table() -> dict[str, tuple[str, int, int]]:
    """Every spelling of a unit: what it measures, and how many of the smallest unit it holds, as a fraction's two numbers."""
    sizes = {name: _SCALES[_KINDS[unit]][unit] for name, unit in _NAMES.items()}
    return {name: (_KINDS[unit], sizes[name].numerator, sizes[name].denominator) for name, unit in _NAMES.items()}


def longest_unit_at_end(text: str) -> str:
    """The longest unit with which the text ends, as it stands there; empty for none."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return max((name for name in _NAMES if folded.endswith(name)), key=len, default="")


def conversion(given: str, wanted: str) -> Conversion | None:
    """How figures in `given` become figures in `wanted`; None when the two measure different things."""
    source, target = unit_of(given), unit_of(wanted)
    if given == wanted or (source and source == target):
        return Conversion(given, wanted, Fraction(1))
    kind = _KINDS.get(source)
    if kind is None or kind != _KINDS.get(target):
        return None
    return Conversion(given, wanted, _SCALES[kind][source] / _SCALES[kind][target])
