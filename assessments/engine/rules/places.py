"""Rules on places: the tail of a group over years, the first of a group (位次规则)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, Self

import numpy as np
import pandas as pd
from pydantic import Field, model_validator

from assessments.engine.peers import TIE_DECIMALS, Array, Mask, Scope
from assessments.engine.rules.base import (
    Finding,
    Rounding,
    RuleBase,
    RuleContext,
    inactive,
    places_for,
)


def percent(share: float | None) -> str:
    return "?" if share is None else f"{100 * share:g}%"


class _Ranked(RuleBase):
    scope: Scope = "group"
    min_group_size: int | None = Field(default=None, ge=1)


class Tail(_Ranked):
    """Among the last ``k`` (or the last ``share``) of its group in at least ``m`` of the last ``n`` years. M20

    Years in which the group had fewer than ``min_group_size`` scored units (default 2k) do not count; years without a
    result do not count either, so a new unit is not punished for years it did not have. With ``take`` only so many of the
    group's candidates fire: those with the lowest mean of the scores of their years in the tail, all that are equal at
    the edge. Where a score of one of those years is not known for one of the group's candidates, the mean of the places
    from the last, as shares of the group's size, decides for the group.
    """

    kind: Literal["tail"]
    k: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, lt=1)
    rounding: Rounding = "floor"
    m: int = Field(default=1, ge=1)
    n: int = Field(default=1, ge=1)
    take: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.m > self.n:
            raise ValueError("m may not exceed n (m 不能大于 n)")
        if self.k is not None and self.share is not None:
            raise ValueError("give k or share, not both (k 与 share 只能写一个)")
        return self

    def _count(self, size: Array) -> Array:
        return places_for(self.k, self.share, self.rounding, size)

    def in_tail(self, bottom: Array, size: Array) -> Mask:
        count = self._count(size)
        least = 2 * count if self.min_group_size is None else np.full(size.shape, float(self.min_group_size))
        return np.asarray((bottom <= count) & (size >= least) & (count >= 1), dtype=bool)

    def default_text(self) -> tuple[str, str]:
        last = f"后 {self.k} 位" if self.k else f"后 {percent(self.share)}"
        last_en = f"last {self.k}" if self.k else f"last {percent(self.share)}"
        return (
            f"近 {self.n} 年有 {{measured}} 年居同类{last}（触发线：{{threshold}} 年）",
            f"among the {last_en} in {{measured}} of the last {self.n} years (limit {{threshold}})",
        )

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.k is None and self.share is None:
            return inactive(context)
        standing = context.standing
        bottom, size = standing.bottom[self.scope], standing.size[self.scope]
        now = self.in_tail(bottom, size)
        past = self._past_years(context).reindex(context.units).fillna(0.0)
        years = now + past["years"].to_numpy(dtype=float)
        cut = context.peers[self.scope].nth_of_others(standing.score, self._count(size), largest=False)
        unscored = np.isnan(standing.score)
        fired = (years >= self.m) & ~unscored
        if self.take is not None:
            fired = self._worst(context, fired, years, past, now)
        return Finding(
            fired=fired,
            unknown=unscored,
            measured=np.where(unscored, np.nan, years),
            threshold=np.full(years.shape, float(self.m)),
            # Out of reach when this year alone cannot change the outcome: then there is no cut to show.
            cut=np.where((years - now >= self.m) | (years - now + 1 < self.m), np.nan, cut),
            inside=now,
        )

    def _worst(self, context: RuleContext, candidates: Mask, years: Array, past: pd.DataFrame, now: Mask) -> Mask:
        """Of each group's candidates the ``take`` worst."""
        standing, peers = context.standing, context.peers[self.scope]
        known, score, place = (past[name].to_numpy(dtype=float) for name in ("known", "score", "place"))
        whole = peers.sum((candidates & (known + now < years)).astype(np.float64)) == 0
        by_score = score + np.where(now, standing.score, 0.0)
        by_place = place + np.where(now, standing.bottom[self.scope] / standing.size[self.scope], 0.0)
        mean = np.where(whole, by_score, by_place) / np.where(candidates, np.maximum(years, 1), np.nan)
        level = np.asarray(np.round(mean, TIE_DECIMALS), dtype=np.float64)
        return np.asarray(peers.rank(level) <= (self.take or 0), dtype=bool)

    def _past_years(self, context: RuleContext) -> pd.DataFrame:
        """By unit: years in the tail of those looked back on, how many with a known score, sums of the scores and of the
        places from the last as shares of the size.
        """
        past = context.past[self.scope]
        if self.n == 1 or past.empty:
            return pd.DataFrame({"years": [], "known": [], "score": [], "place": []}, dtype=float)
        periods = past["period"]
        # Without a period of its own the run counts as the year after the newest in the history.
        period = float(periods.max()) + 1 if context.period is None else context.period
        window = past[periods > period - self.n]
        hits = self.in_tail(window["bottom"].to_numpy(dtype=float), window["size"].to_numpy(dtype=float))
        score = window["score"].to_numpy(dtype=float)
        share = (window["bottom"] / window["size"]).to_numpy(dtype=float)
        counted = {
            "years": hits,
            "known": hits & ~np.isnan(score),
            "score": np.where(hits, np.nan_to_num(score), 0.0),
            "place": np.where(hits, share, 0.0),
        }
        return pd.DataFrame(counted, index=window["unit"].to_numpy(), dtype=float).groupby(level=0).sum()


class Top(_Ranked):
    """Among the first ``count`` or the first ``share`` of its group this year."""

    kind: Literal["top"]
    count: int | None = Field(default=None, ge=1)
    share: float | None = Field(default=None, gt=0, lt=1)
    rounding: Rounding = "floor"

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.count is not None and self.share is not None:
            raise ValueError("give count or share, not both (count 与 share 只能写一个)")
        return self

    def default_text(self) -> tuple[str, str]:
        return "居第 {measured} 位，在前 {threshold} 位之内", "place {measured}, within the first {threshold}"

    def evaluate(self, context: RuleContext, found: Mapping[str, Finding]) -> Finding:
        if self.count is None and self.share is None:
            return inactive(context)
        standing = context.standing
        size = standing.size[self.scope]
        places = places_for(self.count, self.share, self.rounding, size)
        inside = (standing.top[self.scope] <= places) & (size >= (self.min_group_size or 1))
        cut = context.peers[self.scope].nth_of_others(standing.score, places, largest=True)
        return Finding(
            fired=inside,
            unknown=np.isnan(standing.score),
            measured=standing.top[self.scope],
            threshold=places,
            cut=cut,
            inside=inside,
        )
