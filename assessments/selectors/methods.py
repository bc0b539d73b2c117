"""Methods as stored, and the words for what they speak of (考核办法查询)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.utils.translation import get_language

from assessments.engine import Scheme as Method
from assessments.engine import load_scheme
from assessments.models import Scheme
from assessments.rule_words import rule_words
from assessments.words import DERIVED, EVENTS, word
from indicators.models import Indicator
from parks.enums import ZoneClass


@lru_cache(maxsize=64)
def method_of(text: str) -> Method:
    """The scheme of a stored text; a published text never changes, so it is read once."""
    return load_scheme(text)


def catalogue_of(method: Method) -> dict[str, Indicator]:
    """The catalogue's entries of the indicators a scheme reads, by code."""
    return {
        indicator.code: indicator for indicator in Indicator.objects.filter(code__in={*method.inputs(), *method.derive})
    }


def spoken(item: Any, name: str = "name") -> str:
    """The words of an engine object or of its plain data in the reader's language: `name_zh` or `name_en`."""
    key = f"{name}_en" if (get_language() or "").startswith("en") else f"{name}_zh"
    return str(item[key] if isinstance(item, dict) else getattr(item, key))


def name_of(code: str, method: Method, catalogue: Mapping[str, Indicator]) -> str:
    """The words for an indicator, a dimension, a rule or an event of a scheme; the code where there are none."""
    if code in catalogue:
        return catalogue[code].label
    for branch in method.branches():
        if branch.code == code:
            return spoken(branch)
    for rule in method.rules:
        if rule.id == code:
            text = spoken(rule, "text")
            return text if text and "{" not in text else rule_words(rule, lambda part: name_of(part, method, catalogue))
    leaf = next((placed.leaf for placed in method.placed_leaves() if placed.leaf.indicator == code), None)
    return spoken(leaf) if leaf is not None else word(EVENTS | DERIVED, code)


@dataclass(frozen=True)
class Span:
    """Years in a row in which the same schemes apply."""

    years: int
    schemes: list[Scheme]


@dataclass(frozen=True)
class SchemeRow:
    """A class in the table of applicability."""

    zone_class: ZoneClass
    spans: list[Span]


def applicability(years: Iterable[int]) -> list[SchemeRow]:
    """Which published scheme applies to which class and year; one query."""
    years, schemes = list(years), list(Scheme.objects.published().defer("text"))
    rows = []
    for zone_class in ZoneClass:
        own = [scheme for scheme in schemes if scheme.zone_class == zone_class]
        by_year = [[scheme for scheme in own if scheme.applies_to(year)] for year in years]
        rows.append(SchemeRow(zone_class, [Span(len(list(same)), found) for found, same in groupby(by_year)]))
    return rows


@dataclass(frozen=True)
class LibraryRow:
    """A published method of the library, with its source and how much of it is open."""

    scheme: Scheme
    method: Method

    @property
    def open_number(self) -> int:
        return len(self.method.open_points())


def library() -> list[LibraryRow]:
    """Published methods that no zone is assessed by (方法库); one query."""
    return [LibraryRow(scheme, method_of(scheme.text)) for scheme in Scheme.objects.library()]
