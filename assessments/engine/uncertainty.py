"""What is varied to tell how sure a rank is (不确定性设置); :mod:`certainty` does it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from assessments.engine.aggregate import Aggregation
from assessments.engine.basis import Basis, Strict
from assessments.engine.missing import Missing
from assessments.engine.normalise import ScoringSpec
from assessments.engine.outliers import Outliers


class Relative(Strict):
    """Every weight multiplied by a number drawn evenly from 1 - ``by`` to 1 + ``by``; siblings then keep their sum."""

    kind: Literal["relative"]
    by: float = Field(default=0.25, gt=0, lt=1)


class Dirichlet(Strict):
    """The shares of siblings drawn from a Dirichlet distribution around their own; the larger, the closer they stay."""

    kind: Literal["dirichlet"]
    concentration: float = Field(default=100.0, gt=0)


WeightNoise = Annotated[Relative | Dirichlet, Field(discriminator="kind")]


class Uncertainty(Strict):
    """What is varied (不确定性设置). Alternatives stand beside the scheme's own choice, each equally likely.

    ``scores`` are methods used for all leaves at once, ``aggregations`` for all branches, ``missing`` for all blanks,
    ``outliers`` for all columns but those kept as they are.
    ``hold``: a proposal that comes out in a smaller share of the draws is within the noise (处于误差范围内).
    """

    draws: int = Field(default=1000, ge=10, le=100_000)
    seed: int = 159
    weights: WeightNoise | None = Relative(kind="relative")
    scores: tuple[ScoringSpec, ...] = ()
    aggregations: tuple[Aggregation, ...] = ()
    missing: tuple[Missing, ...] = ()
    outliers: tuple[Outliers | Literal["none"], ...] = ()
    hold: float = Field(default=0.9, gt=0, le=1)
    basis: Basis | None = None
