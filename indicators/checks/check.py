"""One rule laid over filings (单条审核): for whom it holds, which cells it reads, how a finding is put in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from django.utils.translation import get_language

from common.formula import Formula
from common.numbers import format_number
from indicators.checks.filings import Filings, Finding, Flags
from indicators.checks.parameters import KINDS, parameters_of
from indicators.enums import Severity
from indicators.models import CheckRule, Indicator

Found = Iterator[tuple[str, Finding]]


@dataclass(frozen=True)
class Check:
    """A rule and what it is laid over. `frame` is `filings.frame()`, made once for all rules."""

    rule: CheckRule
    filings: Filings
    indicators: Mapping[str, Indicator]
    frame: pd.DataFrame

    @cached_property
    def parameters(self) -> Any:
        return parameters_of(self.rule.kind, self.rule.parameters)

    @cached_property
    def rows(self) -> Flags:
        """The zones for which the rule holds: by province, by class and level of a plate, and by its condition."""
        rule, zones = self.rule, self.filings.zones
        held = np.ones(len(zones), dtype=bool)
        if rule.zone_classes or rule.levels:
            held = np.array([self._held_by(zone) for zone in zones], dtype=bool)
        if rule.region_code:
            held &= np.array([self.filings.provinces.get(zone) == rule.region_code[:2] for zone in zones], dtype=bool)
        return held & self.holds(rule.condition) if rule.condition else held

    def _held_by(self, zone: str) -> bool:
        classes, levels = self.rule.zone_classes, self.rule.levels
        plates = self.filings.plates.get(zone, frozenset())
        return any((not classes or kind in classes) and (not levels or level in levels) for kind, level in plates)

    def holds(self, expression: str) -> Flags:
        """The zones of which the expression is known to be true."""
        return self._truth(expression) == 1

    def broken(self, expression: str) -> Flags:
        """The zones of which the expression is known to be false: a missing part is never zero."""
        return self._truth(expression) == 0

    def _truth(self, expression: str) -> Any:
        formula = Formula.parse(expression)
        if not set(formula.names) <= set(self.filings.codes):
            return np.full(len(self.filings.zones), np.nan)  # it reads an item that is asked of none of these zones
        return formula.evaluate(self.frame).to_numpy()[len(self.filings.zones) :]

    @cached_property
    def cells(self) -> Flags:
        """The cells that are asked, of the zones and items that the rule is about; shape zones × codes."""
        applies = KINDS[self.rule.kind].applies
        named = [
            code in self.rule.items if self.rule.items else applies is not None and applies(self.indicators[code])
            for code in self.filings.codes
        ]
        return self.filings.asked & self.rows[:, None] & np.array(named, dtype=bool)

    def number(self, row: int, code: str) -> float:
        return float(self.filings.numbers[row, self.filings.column(code)])

    def shown(self, row: int, code: str) -> str:
        """A cell's name, number and unit: “税收收入” 12,000 万元."""
        indicator = self.indicators[code]
        return f"“{indicator.label}”{space()}{with_unit(self.number(row, code), indicator)}"

    def finding(
        self,
        row: int,
        codes: tuple[str, ...],
        what: str = "",
        *,
        figures: str = "",
        severity: str = "",
        suggested: float | None = None,
    ) -> tuple[str, Finding]:
        """What was found, then the rule's own words on why and how to mend it, then the figures it was about."""
        explained = any(self.filings.commented[row, self.filings.column(code)] for code in codes)
        found = Finding(
            rule=self.rule.code,
            kind=self.rule.kind,
            severity=Severity(severity or self.rule.severity).value,
            message=sentences(what, self.rule.message, figures),
            codes=codes,
            basis=self.rule.basis,
            explained=explained,
            suggested=suggested,
        )
        return self.filings.zones[row], found


def space() -> str:
    return " " if (get_language() or "").startswith("en") else ""


def sentences(*parts: str) -> str:
    """Sentences one after the other, with a space between them in English."""
    return space().join(part.strip() for part in parts if part)


def with_unit(number: float, indicator: Indicator) -> str:
    unit = indicator.unit_label
    times = "× " if unit[:1].isdigit() else ""  # 12 × 10,000 yuan
    return f"{format_number(number)} {times}{unit}"


def percent(change: float) -> str:
    """A share of one as a signed percentage: +112.9%."""
    return f"{change * 100:+,.1f}%"
