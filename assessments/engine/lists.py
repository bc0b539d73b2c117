"""Rank lists (榜单): the first so many by the score, a dimension, a single indicator, or by places gained."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from assessments.engine.basis import Basis, Strict
from assessments.engine.peers import TIE_DECIMALS, Array, Peers, Scope
from assessments.engine.rules.base import Rounding, places_for


class RankList(Strict):
    """The first ``count`` (or ``share``) of each group, or of all, by one measure; all on the edge are on the list.

    ``node``: score of a branch or points of a leaf; ``indicator``: the value itself; ``movement``: places gained since last
    year, which the history must hold. ``order: low`` puts the smallest first.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    name_zh: str
    name_en: str
    node: str | None = None
    indicator: str | None = None
    movement: Literal[True] | None = None
    order: Literal["high", "low"] = "high"
    count: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, lt=1)
    rounding: Rounding = "floor"
    scope: Scope = "all"
    basis: Basis | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if sum(measure is not None for measure in (self.node, self.indicator, self.movement)) != 1:
            raise ValueError("give one of node, indicator, movement (node、indicator、movement 须写且只写一个)")
        if (self.count is None) == (self.share is None):
            raise ValueError("give count or share (count 与 share 须写且只写一个)")
        return self

    def measure(self, nodes: Mapping[str, Array], reported: Mapping[str, Array], moved: Mapping[Scope, Array]) -> Array:
        if self.node is not None:
            return nodes[self.node]
        return moved[self.scope] if self.indicator is None else reported[self.indicator]

    def places(self, values: Array, peers: Peers) -> Array:
        """The place of each unit on the list, NaN for those not on it."""
        place = peers.rank(np.round(values, TIE_DECIMALS), ascending=self.order == "low")
        return np.where(place <= places_for(self.count, self.share, self.rounding, peers.count(values)), place, np.nan)


def list_table(
    lists: Sequence[RankList], measured: Sequence[Array], peers: Mapping[Scope, Peers], units: pd.Index
) -> pd.DataFrame:
    """All lists one under the other: columns list, group, place, unit, value."""
    tables = []
    for item, values in zip(lists, measured, strict=True):
        group = peers[item.scope]
        place = item.places(values, group)
        rows = pd.DataFrame({"list": item.id, "group": group.labels, "place": place, "unit": units, "value": values})
        tables.append(rows[rows["place"].notna()].sort_values(["group", "place", "unit"]))
    if not tables:
        return pd.DataFrame({"list": [], "group": [], "place": [], "unit": [], "value": []})
    return pd.concat(tables, ignore_index=True).astype({"place": int})
