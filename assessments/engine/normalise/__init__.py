"""Scoring functions (评分方法): from an indicator's value to points.

Each method is a frozen pydantic model holding its parameters; ``SCORING`` finds it by name. ``points`` takes one value a
unit and returns one number a unit. Bounded methods score on the scheme's ``scale`` (0 to 100 unless it says otherwise).
A value the method cannot score (a zero base, say) comes out as NaN and is then treated as missing.
``lowest`` is the smallest number the method can give, None when there is no floor.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assessments.engine.normalise.ranges import DistanceToTarget, Efficacy, Given, Goalposts, Identity, MinMax, ZScore
from assessments.engine.normalise.relative import Ideal, Ratio, RelativeDifference, ReverseToMean
from assessments.engine.normalise.steps import Bands, Borda, Percentile, PerItem, Piecewise, Rank, Threshold
from assessments.engine.scoring import Scoring

__all__ = ["SCORING", "Efficacy", "Ratio", "Scoring", "ScoringSpec"]

ScoringSpec = Annotated[
    Identity
    | Given
    | Goalposts
    | MinMax
    | ZScore
    | Rank
    | Borda
    | Percentile
    | Efficacy
    | Ratio
    | RelativeDifference
    | ReverseToMean
    | Ideal
    | DistanceToTarget
    | Bands
    | Piecewise
    | PerItem
    | Threshold,
    Field(discriminator="method"),
]

SCORING: dict[str, type[Scoring]] = {
    "identity": Identity,
    "given": Given,
    "goalposts": Goalposts,
    "minmax": MinMax,
    "zscore": ZScore,
    "rank": Rank,
    "borda": Borda,
    "percentile": Percentile,
    "efficacy": Efficacy,
    "ratio": Ratio,
    "relative_difference": RelativeDifference,
    "reverse_to_mean": ReverseToMean,
    "ideal": Ideal,
    "distance_to_target": DistanceToTarget,
    "bands": Bands,
    "piecewise": Piecewise,
    "per_item": PerItem,
    "threshold": Threshold,
}
