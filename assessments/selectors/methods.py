"""Methods as stored, and the words for what they speak of (考核办法查询)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any

from django.utils.translation import get_language

from accounts.models import User
from assessments.engine import Scheme as Method
from assessments.engine import load_scheme
from assessments.models import Scheme
from assessments.rule_words import rule_words
from assessments.words import DERIVED, EVENTS, word
from indicators.models import Indicator
from parks.enums import PLATE_LABELS, DesignationLevel, ZoneClass


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
    """Years in a row in which the same schemes apply: the newest version of each code, and those it takes the place of."""

    first: int
    years: int
    schemes: list[Scheme]
    replaced: list[Scheme]

    @property
    def is_gap(self) -> bool:
        return not self.schemes

    @property
    def is_overlap(self) -> bool:
        """Whether two different methods apply to the same zones."""
        return len(self.schemes) > 1


@dataclass(frozen=True)
class SchemeRow:
    """A class and level in the table of applicability."""

    zone_class: ZoneClass
    level: DesignationLevel
    spans: list[Span]

    @property
    def label(self) -> str:
        return str(PLATE_LABELS[self.zone_class, self.level])


def version_key(version: str) -> tuple[int, ...]:
    """What orders versions: 1.10 comes after 1.9."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def applying(schemes: Iterable[Scheme], level: str, year: int) -> tuple[list[Scheme], list[Scheme]]:
    """Of published schemes of one class those that apply to a level and year, and the older versions they replace.

    Of one code the newest version applies (新版本取代旧版本); different codes should never meet, and are all told.
    """
    newest: dict[str, Scheme] = {}
    replaced = []
    for scheme in sorted(schemes, key=lambda scheme: version_key(scheme.version)):
        if scheme.applies_to(year) and scheme.is_for_level(level):
            if scheme.code in newest:
                replaced.append(newest[scheme.code])
            newest[scheme.code] = scheme
    return list(newest.values()), replaced


def applicability(years: Iterable[int], user: User) -> list[SchemeRow]:
    """Which published scheme of the user's province applies to which class, level and year; one query."""
    years, schemes = list(years), list(Scheme.objects.visible_to(user).published().defer("text"))
    rows = []
    for zone_class, level in PLATE_LABELS:
        own = [scheme for scheme in schemes if scheme.zone_class == zone_class]
        by_year = [(year, applying(own, level, year)) for year in years]
        spans = []
        for (now, before), same in groupby(by_year, key=lambda pair: pair[1]):
            listed = list(same)
            spans.append(Span(listed[0][0], len(listed), now, before))
        rows.append(SchemeRow(zone_class, level, spans))
    return rows


def replaced_by(scheme: Scheme, year: int | None = None) -> Scheme | None:
    """The newest published version of the same code above this one, in `year` when given, where the levels meet."""
    others = [
        other
        for other in Scheme.objects.published().filter(code=scheme.code).exclude(pk=scheme.pk).defer("text")
        if version_key(other.version) > version_key(scheme.version)
        and (year is None or other.applies_to(year))
        and (not scheme.levels or not other.levels or set(scheme.levels) & set(other.levels))
    ]
    return max(others, key=lambda other: version_key(other.version), default=None)


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
