"""Headers as real tables write them: which item a header means, in which unit, for which period (表头识别).

What differs only in writing is the same item: full-width and half-width forms, brackets, dashes, quotes, blanks, colons,
traditional characters, the order inside 县（市、区）, codes and row numbers glued on, pandas' ".1". What may mean
two things is never guessed: the match then names the candidates and the sender is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache

import opencc

from indicators.models import Indicator
from indicators.workbooks.units import Conversion, conversion, longest_unit_at_end, unit_of

CURRENT, PREVIOUS, BEFORE = "current", "previous", "before"
MOST_CANDIDATES = 5
MOST_SEARCHES = 300
"""How often one matcher looks for what is alike: nobody answers more questions, and each search costs milliseconds."""
_ALIKE = 0.45
_LONGEST = 200
_KEPT_SIGNS = {"%", "‰", "&"}
_LIST = re.compile(r"\(([^()]*、[^()]*)\)")
_BRACKETED_END = re.compile(r"[(\[【〔「]([^()\[\]【】〔〕「」]*)[)\]】〕」]\s*[:：]?\s*$")
_UNIT_WORD = re.compile(r"^\s*(?:计量)?单位\s*[:：]?\s*")
_AFTER_SIGN = re.compile(r"[/,，;；:：\s_]\s*([^/,，;；:：\s_]+)\s*$")
_REPEATED = re.compile(r"(?<=[^.])\.\d{1,2}$")
_NUMBERED = re.compile(r"^\s*(?:[(（]?\d{1,3}[)）.、．:：\s]\s*|[(（]?[一二三四五六七八九十]{1,3}[)）、.．]\s*)")
_WITHIN = re.compile(r"^.*其中\s*[:：]?\s*")
_GLUED_DIGITS = re.compile(r"(?<=[^\d\s.])\d{1,4}$")
_GLUED_CODE = re.compile(
    r"^[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![a-z0-9_])|^[a-z][a-z0-9_]*\s+(?=[一-鿿])|(?<![a-z0-9_])[a-z][a-z0-9]*(?:_[a-z0-9]+)+$"
)
_PERIOD_END = re.compile(
    r"[;；,，_/(（\-—\s]*(本年累计|本年实际|本年|本期|本季|本月|当年|今年|报告期|上年同期|去年同期|上年累计|上年|去年|前年|同期|20\d\d年?)[)）]?\s*$"
)
_PERIOD_START = re.compile(
    r"^(本年累计|本年度|本年|本期|今年|上年同期|上年度|上年|去年同期|去年|20\d\d年度?)[的:：\s]*"
)
_SYNONYMS = (("规上", "规模以上"), ("r&d", "研发"), ("总额合计", "总额"))


@dataclass(frozen=True)
class Match:
    """What a header means. `indicator` is None when it is unknown or ambiguous; then `candidates`, best first, are asked about.

    `unit` is the one the header names (empty: none), `conversion` from it into the item's unit. A unit that measures something
    else than the item does leaves the match open. `period` is CURRENT, PREVIOUS, BEFORE or a year; empty: nothing is said.
    """

    header: str
    indicator: Indicator | None = None
    candidates: list[Indicator] = field(default_factory=list)
    unit: str = ""
    conversion: Conversion | None = None
    period: str = ""

    @property
    def to_convert(self) -> bool:
        """Whether the header's unit differs by a factor: offered and asked about, never silently done."""
        return self.conversion is not None and self.conversion.needed


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The text in simplified characters, half-width and lower case, blanks at the ends left out."""
    folded = unicodedata.normalize("NFKC", text[:_LONGEST]).strip().casefold()
    return str(_converter().convert(folded))


def key_of(text: str) -> str:
    """What is left of a name when differences of writing are gone: two names with one key are the same."""
    ordered = _LIST.sub(lambda found: "、".join(sorted(found.group(1).split("、"))), plain(text))
    kept = (c for c in ordered if c in _KEPT_SIGNS or unicodedata.category(c)[0] in "LN")
    return "".join(kept)


def match(header: str, indicators: Iterable[Indicator]) -> Match:
    """What the header means among these items; for many headers build a `Matcher` once."""
    return Matcher(indicators).match(header)


@dataclass(frozen=True)
class _Reading:
    """One way to read a header: name, unit, period."""

    name: str
    unit: str = ""
    period: str = ""


class Matcher:
    """Finds items by headers. Exact names come before names with something cut off, so a longer name wins."""

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        items = list(indicators)
        self._searches_left = MOST_SEARCHES
        self._names = [(item, key_of(item.name_zh)) for item in items]
        self._exact: dict[str, list[Indicator]] = defaultdict(list)
        self._loose: dict[str, list[Indicator]] = defaultdict(list)
        for item in items:
            for name in (item.code, item.name_zh, item.name_en, f"{item.name_en} ({item.unit_en})"):
                _add(self._exact, key_of(name), item)
            for name in _cut_names(item.name_zh):
                _add(self._loose, key_of(name), item)

    def match(self, header: str) -> Match:
        """What the header means. Never raises; an unknown one has candidates that look alike, perhaps none."""
        found = self.find(header)
        if found.indicator or found.candidates or not key_of(header):
            return found
        return replace(found, candidates=self._alike(self._likeliest(header).name))

    def find(self, header: str) -> Match:
        """The same without looking for what is merely alike: for texts that need not be headers at all."""
        if not key_of(header):
            return Match(header)
        found: list[Indicator] = []
        for reading in _readings(plain(header)):
            key = key_of(reading.name)
            hits = self._exact.get(key) or self._loose.get(key) or []
            if len(hits) == 1 and (not reading.unit or conversion(reading.unit, hits[0].unit)):
                return self._matched(header, hits[0], reading)
            found = found or hits
        reading = self._likeliest(header)
        return Match(header, None, found, reading.unit, None, reading.period)

    def _matched(self, header: str, item: Indicator, reading: _Reading) -> Match:
        turned = conversion(reading.unit, item.unit) if reading.unit else None
        return Match(header, item, [item], reading.unit, turned, reading.period)

    def _likeliest(self, header: str) -> _Reading:
        """The reading that says most, of a header that is no item's or whose unit measures something else."""
        return max(_readings(plain(header)), key=lambda one: (bool(one.unit), bool(one.period)))

    def _alike(self, name: str) -> list[Indicator]:
        """Items whose names share much with it, most alike first; none once too much has been asked for."""
        self._searches_left -= 1
        if self._searches_left < 0:
            return []
        key = key_of(name)
        scored = []
        for item, other in self._names:
            within = key in other or other in key
            score = SequenceMatcher(None, key, other, autojunk=False).ratio() + (0.3 if within and len(key) > 1 else 0)
            if score >= _ALIKE:
                scored.append((-score, item.position, item))
        return [item for *_order, item in sorted(scored, key=lambda one: one[:2])[:MOST_CANDIDATES]]


def _add(index: dict[str, list[Indicator]], key: str, item: Indicator) -> None:
    if key and item not in index[key]:
        index[key].append(item)


def _cut_names(name: str) -> Iterator[str]:
    """Shorter names under which an item may also go: with what is left of, or inside, its closing brackets, or synonyms."""
    written = plain(name)
    if found := _BRACKETED_END.search(written):
        yield written[: found.start()]
        yield found.group(1)
    for short, long in _SYNONYMS:
        if long in written:
            yield written.replace(long, short)


def _readings(text: str) -> Iterator[_Reading]:
    """Ways to read a header, the most literal first; what is cut off in one stays off in the next."""
    text = text.rstrip(":： ")
    yield _Reading(text)
    text = _REPEATED.sub("", text)
    yield _Reading(text)
    for bare in dict.fromkeys((text, _NUMBERED.sub("", text), _GLUED_CODE.sub("", _NUMBERED.sub("", text)))):
        yield from _with_unit_and_period(bare)
    last = _WITHIN.sub("", _GLUED_CODE.sub("", _NUMBERED.sub("", text)))
    for reading in list(_with_unit_and_period(last)):
        yield reading
        yield _Reading(_GLUED_DIGITS.sub("", reading.name.rstrip(":： ")), reading.unit, reading.period)
    for short, long in _SYNONYMS:
        if short in last:
            yield from _with_unit_and_period(last.replace(short, long))


def _with_unit_and_period(text: str) -> Iterator[_Reading]:
    """The text, and the text with a unit or a period at its end (or a period before it) taken off, in either order."""
    yield _Reading(text)
    seen = {text}
    todo = [_Reading(text)]
    while todo:
        now = todo.pop(0)
        for name, unit, period in (*_off_unit(now.name), *_off_period(now.name)):
            if name and name not in seen and not (unit and now.unit) and not (period and now.period):
                seen.add(name)
                reading = _Reading(name, unit or now.unit, period or now.period)
                todo.append(reading)
                yield reading


def _off_unit(text: str) -> Iterator[tuple[str, str, str]]:
    for pattern in (_BRACKETED_END, _AFTER_SIGN):
        found = pattern.search(text)
        if found and (unit := unit_of(_UNIT_WORD.sub("", found.group(1)))):
            yield text[: found.start()], unit, ""
    if glued := longest_unit_at_end(text):
        yield text[: -len(glued)], unit_of(glued), ""


def _off_period(text: str) -> Iterator[tuple[str, str, str]]:
    for pattern, cut in ((_PERIOD_END, 0), (_PERIOD_START, 1)):
        if found := pattern.search(text):
            rest = text[found.end() :] if cut else text[: found.start()]
            yield rest, "", _period(found.group(1))


def _period(word: str) -> str:
    if word.startswith("20"):
        return word[:4]
    return PREVIOUS if word.startswith(("上年", "去年", "同期")) else BEFORE if word == "前年" else CURRENT
