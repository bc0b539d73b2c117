"""What an assessment keeps (考核的各步结果): the tables it works on, points, verdicts, and all of it as frames."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.engine.aggregate import ROOT, Tree
from assessments.engine.grading import Cut, Grades
from assessments.engine.history import PastGrades
from assessments.engine.peers import Array, Mask, Peers, Scope
from assessments.engine.rules import Finding, PastYear, RuleContext
from assessments.engine.scheme import Scheme
from assessments.engine.scoring import Context
from assessments.engine.tables import Decisions, Panel
from assessments.engine.verdict import Verdict

# Rises whenever the same scheme and data could come out differently.
ENGINE_VERSION = "2.1"


@dataclass(frozen=True)
class Notice:
    """Something the reader of a run should know."""

    text_zh: str
    text_en: str


@dataclass(frozen=True)
class Assessment:
    """Everything one assessment computed; rows are units in the order of the table given.

    ``raw``, ``derived``: columns = indicator codes. ``denominated``, ``imputed``, ``treated``, ``missing``, ``normalised``,
    ``weights``: columns = leaf codes. ``contributions``: leaf codes and adjustments; each row sums to ``score``. ``nodes``: scores of all branches.
    ``places``: group, rank, bottom, group_size, peers, rank_all, size_all. Ranks are taken on the unrounded score (equal
    to nine decimals = tied), ties by ``scheme.ties``; units without a score have none. ``coverage``: share of the weight
    reported, indicators reported and asked for. ``findings`` hold arrays in the order of ``units``. ``lists``: list, group,
    place, unit, value. ``comparable_since``: the first year that compares with the assessed one, NaN where all do;
    ``restated``: whether the year before it was restated. ``left_out``: the case of the screen that leaves a unit out, or "".
    """

    scheme: Scheme
    engine_version: str
    period: int | None
    units: pd.Index
    raw: pd.DataFrame
    derived: pd.DataFrame
    denominated: pd.DataFrame
    imputed: pd.DataFrame
    treated: pd.DataFrame
    missing: pd.DataFrame
    normalised: pd.DataFrame
    weights: pd.DataFrame
    contributions: pd.DataFrame
    nodes: pd.DataFrame
    score: pd.Series[float]
    places: pd.DataFrame
    coverage: pd.DataFrame
    grade: pd.Series[str] | None
    proposal: pd.Series[str]
    findings: dict[str, Finding]
    contested: pd.Series[bool]
    grade_cuts: tuple[Cut, ...]
    lists: pd.DataFrame
    comparable_since: pd.Series[float]
    restated: pd.Series[bool]
    left_out: pd.Series[str]
    notices: tuple[Notice, ...]

    def summary(self) -> pd.DataFrame:
        """One row a unit: group, score, rank, group_size, coverage, grade, proposal, rules (ids that fired)."""
        table = self.places[["group"]].copy()
        table["score"] = self.score
        table["rank"] = self.places["rank"].astype("Int64")
        table["group_size"] = self.places["group_size"].astype("Int64")
        table["coverage"] = self.coverage["weight_share"]
        if self.grade is not None:
            table["grade"] = self.grade
        table["proposal"] = self.proposal
        fired = pd.DataFrame({rule: finding.fired for rule, finding in self.findings.items()}, index=self.units)
        names = np.array(fired.columns, dtype=object)
        table["rules"] = [" ".join(names[row]) for row in fired.to_numpy(dtype=bool)]
        return table


@dataclass(frozen=True)
class Past:
    """What rules look back on: places, grades, figures of earlier years, decisions; and from when on a unit compares."""

    places: dict[Scope, pd.DataFrame]
    grades: PastGrades
    years: dict[int, PastYear]
    decisions: Decisions
    jurisdictions: npt.NDArray[np.object_]
    since: pd.Series[float]
    restated: frozenset[str]


class Tables(TypedDict, total=False):
    """The tables of an assessment beside the values, and the period; see :func:`assess`."""

    history: pd.DataFrame | None
    groups: pd.Series[str] | None
    events: pd.DataFrame | None
    period: int | None
    jurisdictions: pd.Series[str] | None
    decisions: pd.DataFrame | None
    restated: pd.DataFrame | None


@dataclass(frozen=True)
class Prepared:
    """What an assessment works on, whatever the weights: the tables checked and in one order, derived columns, peers.

    ``whole``: derived columns of all comparable years up to the assessed one. ``others``: the rows of all other years, for
    methods that take their statistics over all of them.
    """

    panel: Panel
    raw: pd.DataFrame
    derived: pd.DataFrame
    whole: pd.DataFrame
    context: Context
    others: Context | None
    events: dict[str, Array]
    past: Past
    screened: Mask
    left_out: npt.NDArray[np.object_]
    notices: tuple[Notice, ...]

    @property
    def units(self) -> pd.Index:
        return self.panel.now.index

    @property
    def peers(self) -> dict[Scope, Peers]:
        return {"group": self.context.group, "all": self.context.everyone}


@dataclass(frozen=True)
class Points:
    """The leaves over the sorted units: each stage, blanks, points, points with lenient blanks at their worst."""

    denominated: dict[str, Array]
    imputed: dict[str, Array]
    treated: dict[str, Array]
    missing: dict[str, Mask]
    points: dict[str, Array]
    at_worst: dict[str, Array]
    present: dict[str, Mask]
    hang_on_blanks: bool
    """Whether a lenient blank could have brought other points than it got."""
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class Judged:
    """From points to proposals. With drawn weights every array has a row for each draw."""

    tree: Tree
    adjustments: dict[str, Array]
    context: RuleContext
    verdict: Verdict
    grades: Grades | None

    @property
    def score(self) -> Array:
        return self.context.nodes[ROOT]

    @property
    def merit(self) -> Array:
        """The score, turned round where the lowest is the best."""
        return self.context.standing.score
