"""What each kind of rule is told by its declaration (审核关系的参数); docs/reference/rules.md lists them.

`KINDS` says for every kind which parameters it takes, whether it has an expression, and to which items it applies when
the rule names none.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from indicators.enums import RuleKind, Temporality
from indicators.models import Indicator

_NOT_SCALED = frozenset({"%", "比值", "是否"})


class Parameters(BaseModel):
    """None at all: required, relation, cumulation, source and register need nothing but items or an expression."""

    model_config = ConfigDict(extra="forbid")

    @property
    def codes(self) -> tuple[str, ...]:
        """The items that the parameters name."""
        return ()


class Bounds(Parameters):
    """range: bounds for the items named; without any, those of the catalogue."""

    low: float | None = None
    high: float | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Bounds:
        if self.low is not None and self.high is not None and self.high < self.low:
            raise ValueError("上限小于下限 high is below low")
        return self


class Sum(Parameters):
    """sum: the total is its parts together without those in `less`, give or take `tolerance` in their unit."""

    total: str
    parts: list[str] = Field(min_length=2)
    less: list[str] = []
    tolerance: float = Field(ge=0)

    @property
    def codes(self) -> tuple[str, ...]:
        return (self.total, *self.parts, *self.less)


class YearOnYear(Parameters):
    """year_on_year: from `low` to `high` times last year's figure; silent where neither figure reaches `least`."""

    low: float = Field(gt=0, lt=1)
    high: float = Field(gt=1)
    least: float = Field(default=0, ge=0)


class Outlier(Parameters):
    """outlier: how far the change on last year may lie from that of the peers.

    Beyond `threshold` times the scaled median absolute deviation of the peers' logarithmic changes, but at least a factor
    of `least` (so that peers who all moved alike, with a deviation of zero, make no outlier of a small difference); silent
    with fewer than `fewest` peers.
    """

    threshold: float = Field(gt=0)
    least: float = Field(gt=1)
    fewest: int = Field(ge=5)


class OtherUnit(BaseModel):
    """A unit taken for the stored one: its English words, and the factor by which a figure typed in it is off."""

    model_config = ConfigDict(extra="forbid")

    en: str
    factor: float = Field(gt=0)


class UnitSlip(Parameters):
    """unit_slip: last year's figure times a factor of units, give or take a year's growth (`low` to `high`).

    `units` gives for a stored unit the units it is mistaken for; powers of ten are looked for in every unit. Silent where
    neither figure reaches `least`: a handful of cases may well grow tenfold.
    """

    low: float = Field(gt=0, lt=1)
    high: float = Field(gt=1)
    least: float = Field(ge=0)
    units: dict[str, dict[str, OtherUnit]]


class Intake(Parameters):
    """intake: words by which a column or row of a file is told to hold plans and not actual figures."""

    words: list[str] = Field(min_length=1)


@dataclass(frozen=True)
class Kind:
    """What a kind of rule needs. `applies`: to which items where none are named; None when it names none itself."""

    parameters: type[Parameters] = Parameters
    expression: bool = False
    applies: Callable[[Indicator], bool] | None = None


def _has_bounds(indicator: Indicator) -> bool:
    return indicator.minimum is not None or indicator.maximum is not None


def _only_grows(indicator: Indicator) -> bool:
    """A cumulative figure that cannot be negative: profit may fall within its year, sales may not."""
    return indicator.temporality == Temporality.CUMULATIVE and indicator.minimum is not None and indicator.minimum >= 0


KINDS: Mapping[str, Kind] = {
    RuleKind.REQUIRED: Kind(applies=lambda indicator: indicator.required),
    RuleKind.RANGE: Kind(Bounds, applies=_has_bounds),
    RuleKind.RELATION: Kind(expression=True),
    RuleKind.SUM: Kind(Sum),
    RuleKind.YEAR_ON_YEAR: Kind(YearOnYear, applies=lambda indicator: indicator.unit not in _NOT_SCALED),
    RuleKind.OUTLIER: Kind(Outlier, applies=lambda indicator: indicator.unit not in _NOT_SCALED),
    RuleKind.UNIT_SLIP: Kind(UnitSlip, applies=lambda indicator: indicator.unit not in _NOT_SCALED),
    RuleKind.CUMULATION: Kind(applies=_only_grows),
    RuleKind.SOURCE: Kind(applies=lambda _indicator: True),
    RuleKind.REGISTER: Kind(applies=lambda _indicator: True),
    RuleKind.INTAKE: Kind(Intake),
}


def parameters_of(kind: str, given: Mapping[str, Any]) -> Any:
    """The parameters of a rule of this kind; raises pydantic's ValidationError."""
    return KINDS[kind].parameters.model_validate(given)
