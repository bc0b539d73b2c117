"""Points outside the tree (加分减分): so many per event or item, with a limit. M12"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from assessments.engine.basis import Basis, Strict
from assessments.engine.peers import Array


class Adjustment(Strict):
    """``points`` for each ``event`` (a column of the events table) or unit of ``indicator``; ``limit`` caps the sum.

    A blank indicator takes the whole ``limit`` when points are taken off, and nothing when they are given.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name_zh: str
    name_en: str
    event: str | None = None
    indicator: str | None = None
    points: float
    limit: float | None = None
    basis: Basis

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if (self.event is None) == (self.indicator is None):
            raise ValueError("give event or indicator (event 与 indicator 须写且只写一个)")
        if self.points == 0 or (self.limit is not None and self.limit * self.points <= 0):
            raise ValueError("points must not be 0 and limit must have the same sign (points 不能为 0,limit 须同号)")
        if self.indicator is not None and self.points < 0 and self.limit is None:
            raise ValueError(
                "a deduction on an indicator needs a limit, which a blank takes (按指标扣分须写 limit，缺报按上限扣)"
            )
        return self

    def apply(self, values: Mapping[str, Array], events: Mapping[str, Array], size: int) -> Array:
        """Points of every unit."""
        if self.event is not None:
            total = self.points * events.get(self.event, np.zeros(size))
        else:
            count = values.get(self.indicator or "", np.full(size, np.nan))
            blank = (self.limit or 0.0) if self.points < 0 else 0.0
            total = np.where(np.isnan(count), blank, self.points * count)
        if self.limit is None:
            return total
        return np.maximum(total, self.limit) if self.points < 0 else np.minimum(total, self.limit)


class AdjustmentLimits(Strict):
    """加分、减分合计的上限: at most so many points for all bonuses together and off for all deductions (a negative number)."""

    bonus: float | None = Field(default=None, gt=0)
    deduction: float | None = Field(default=None, lt=0)

    def apply(self, adjustments: Mapping[str, Array]) -> dict[str, Array]:
        """The adjustments cut in proportion where their sum is beyond its limit."""
        table = np.stack([adjustments[name] for name in adjustments])
        gained, lost = np.maximum(table, 0), np.minimum(table, 0)
        gained = gained * _stretch(gained.sum(axis=0), self.bonus)
        lost = lost * _stretch(lost.sum(axis=0), self.deduction)
        return dict(zip(adjustments, gained + lost, strict=True))


def _stretch(total: Array, limit: float | None) -> Array:
    if limit is None:
        return np.ones(total.shape)
    return np.where(np.abs(total) > abs(limit), limit / np.where(total == 0, 1.0, total), 1.0)
