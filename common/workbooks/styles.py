"""What a number format says about the number under it: a date, per cent, thousands left out (数字格式)."""

from __future__ import annotations

import re
from collections.abc import Callable

DATE, PERCENT, SCALED = "date", "percent", "scaled"
# Formats that have numbers only, no code (ECMA-376 18.8.30); 27–36 and 50–58 are the Chinese dates.
_BUILT_IN = (
    dict.fromkeys([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)], DATE)
    | dict.fromkeys([9, 10], PERCENT)
)  # fmt: skip
_LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?:[^\]hms][^\]]*)\]', re.IGNORECASE)
_DATE = re.compile(r"[ymdhs]", re.IGNORECASE)
_SCALED = re.compile(r"[0#?],+(?![0#?,])|!\.")


def kind_of(code: str) -> str:
    """DATE, PERCENT or SCALED for a format code like 0.00%; empty for a plain number."""
    first = code.split(";", 1)[0]
    scaled = _SCALED.search(first)
    bare = _LITERALS.sub("", first)
    if "general" in bare.lower():
        return ""
    if _DATE.search(bare):
        return DATE
    if "%" in bare:
        return PERCENT
    return SCALED if scaled else ""


class StyleHandler:
    """Collects, for each style number of cells, what its format says: `kinds[style]`."""

    def __init__(self) -> None:
        self.kinds: list[str] = []
        self._codes: dict[int, str] = {}
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self._codes[int(attributes.get("numFmtId", 0))] = kind_of(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._inside = True
        elif name == "xf" and self._inside:
            number = int(attributes.get("numFmtId", 0))
            self.kinds.append(self._codes.get(number, _BUILT_IN.get(number, "")))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._inside = False

    def text(self, data: str) -> None:
        """Formats hold no text."""

    @property
    def of_style(self) -> Callable[[str | None], str]:
        """The kind for the attribute `s` of a cell."""
        kinds = self.kinds
        return lambda style: kinds[int(style)] if style and int(style) < len(kinds) else ""
