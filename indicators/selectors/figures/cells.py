"""All figures there are for the cells of a matrix, and which of several counts (取数口径).

For one zone, item and period there may be a figure of the park, of departments and of a publication. What counts: the
side a reconciliation (核对裁定) chose, as long as both figures stand as they were when it was made; else the department
where the item says so and the two differ beyond its tolerance; else the park, the item's responsible department, another
department, the publication. A synthetic figure (演示数据) counts only where there is no real one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from django.db.models import Case, CharField, F, FloatField, IntegerField, Q, QuerySet, When
from django.db.models import Value as Constant
from django.db.models.functions import Cast, Concat

from indicators.enums import Prevailing, ReturnStatus, ValueSource, Verdict
from indicators.models import Indicator, Reconciliation, Return, Value
from indicators.tolerance import differs
from parks.models import Zone

# The lower the rank the sooner a figure counts; a synthetic one comes after every real one.
_RECONCILED, _PREVAILING, _PARK, _RESPONSIBLE, _DEPARTMENT, _PUBLISHED = range(6)
SYNTHETIC = 10

_COLUMNS = ("zone_id", "year", "indicator_id", "rank", "figure", "key")
_CELL = ["zone", "year", "indicator"]

Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Query:
    """What is read: the parts "" (whole years), "Q1" or "-03" of these years, now or as it stood at `as_of`."""

    indicators: Sequence[Indicator]
    zone_codes: Iterable[str] | None = None
    years: Sequence[int] | None = None
    part: str = ""
    accepted_only: bool = True
    as_of: datetime | None = None
    proposed: Sequence[Proposed] = ()


@dataclass(frozen=True)
class Proposed:
    """A park's figure of the asked part of a year as a correction would make it; `number` None: there would be none."""

    zone_id: int
    year: int
    indicator_id: int
    number: float | None
    synthetic: bool


@dataclass(frozen=True)
class Cells:
    """Three tables of one shape, zones and years × indicators: the figures, the ids of their values, whether synthetic."""

    frame: pd.DataFrame
    origin: npt.NDArray[np.int64]
    synthetic: npt.NDArray[np.bool_]


def read_cells(query: Query) -> Cells:
    """The figure that counts for every cell with any: index `(zone, year)`, sorted, a column for each indicator asked."""
    values = _stood(query) if query.as_of else _standing(query)
    values = values.filter(indicator__in=query.indicators, number__isnull=False, period=_period(query.part))
    if query.zone_codes is not None:
        values = values.filter(zone__in=Zone.objects.filter(code__in=list(query.zone_codes)))
    if query.years is not None:
        values = values.filter(year__in=query.years)
    found = values.annotate(rank=_rank(), figure=Cast(F("number"), FloatField()), key=F("id")).order_by()
    rows = np.array(list(found.values_list(*_COLUMNS)), dtype=float).reshape(-1, len(_COLUMNS))
    return _pivot(_settled(_with_proposed(rows, query), query), query.indicators)


def _with_proposed(rows: Rows, query: Query) -> Rows:
    """The rows as if the proposed figures stood in place of the parks'."""
    for one in query.proposed:
        park = rows[:, 3] % SYNTHETIC == _PARK
        replaced = park & (rows[:, :3] == (one.zone_id, one.year, one.indicator_id)).all(axis=1)
        rows = rows[~replaced]
        if one.number is not None:
            rank = _PARK + SYNTHETIC * one.synthetic
            rows = np.vstack([rows, [one.zone_id, one.year, one.indicator_id, rank, one.number, 0]])
    return rows


def _period(part: str) -> Concat | Cast:
    year = Cast("year", CharField())
    return Concat(year, Constant(part)) if part else year


def _standing(query: Query) -> QuerySet[Value]:
    return Value.objects.accepted() if query.accepted_only else Value.objects.all()


def _stood(query: Query) -> QuerySet[Value]:
    """Versions of values in force at the moment, from the trail of the triggers; of returns accepted by then."""
    values = _in_force(Value, query.as_of)
    if query.accepted_only:
        returns = _in_force(Return, query.as_of).filter(status=ReturnStatus.ACCEPTED)
        values = values.filter(Q(return_ref__in=returns.values("id")) | Q(return_ref=None))
    return values


def _in_force(model: type[Value | Return], at: datetime | None) -> QuerySet[Any]:
    """The last version of each row written by then; rows deleted by then are out."""
    events = model.pgh_event_model.objects  # type: ignore[union-attr]
    last = events.filter(pgh_created_at__lte=at).order_by("id", "-pgh_id").distinct("id")
    found: QuerySet[Any] = events.filter(pgh_id__in=last.values("pgh_id")).exclude(pgh_label="delete")
    return found


def _rank() -> Case:
    real = Case(
        When(source=ValueSource.PARK, then=Constant(_PARK)),
        When(source=ValueSource.PUBLISHED, then=Constant(_PUBLISHED)),
        When(department=F("indicator__department"), then=Constant(_RESPONSIBLE)),
        default=Constant(_DEPARTMENT),
    )
    return Case(When(synthetic=True, then=real + SYNTHETIC), default=real, output_field=IntegerField())


def _settled(rows: Rows, query: Query) -> Rows:
    """The rows with the ranks of those raised that count by a decision or because their side prevails."""
    is_department = np.isin(rows[:, 3] % SYNTHETIC, (_RESPONSIBLE, _DEPARTMENT))
    if not is_department.any():
        return rows
    table = pd.DataFrame(rows, columns=[*_CELL, "rank", "figure", "key"])
    table["synthetic"] = rows[:, 3] >= SYNTHETIC
    parks = table[rows[:, 3] % SYNTHETIC == _PARK]
    departments = table[is_department].sort_values(["rank", "key"])
    first = departments.drop_duplicates([*_CELL, "synthetic"]).reset_index()
    rows = rows.copy()
    _raise(rows, _prevailing(first, parks, query.indicators), _PREVAILING)
    decisions = _decisions(query).merge(parks.reset_index(), left_on=[*_CELL, "reported"], right_on=[*_CELL, "figure"])
    decided = decisions.merge(
        departments.reset_index(),
        left_on=[*_CELL, "known"],
        right_on=[*_CELL, "figure"],
        suffixes=("_park", "_department"),
    )
    for_park = decided["verdict"] == Verdict.PARK
    _raise(rows, decided["index_park"][for_park], _RECONCILED)
    _raise(rows, decided["index_department"][~for_park], _RECONCILED)
    return rows


def _raise(rows: Rows, positions: pd.Series[int], rank: int) -> None:
    chosen = positions.to_numpy(dtype=np.intp)
    rows[chosen, 3] = rows[chosen, 3] // SYNTHETIC * SYNTHETIC + rank


def _prevailing(first: pd.DataFrame, parks: pd.DataFrame, indicators: Sequence[Indicator]) -> pd.Series[int]:
    """Where the departments' figures stand that count because they prevail and differ from the parks'."""
    prevails = {item.pk: float(item.tolerance_pct) for item in indicators if item.prevailing == Prevailing.DEPARTMENT}
    both = first.merge(parks, on=[*_CELL, "synthetic"], suffixes=("", "_park"))
    both = both[both["indicator"].isin(list(prevails))]
    tolerance = both["indicator"].map(prevails)
    found: pd.Series[int] = both.loc[differs(both["figure_park"], both["figure"], tolerance), "index"]
    return found


def _decisions(query: Query) -> pd.DataFrame:
    """The newest decision on each cell, made by the moment asked."""
    made = Reconciliation.objects.filter(indicator__in=query.indicators, period=_period(query.part))
    if query.as_of:
        made = made.filter(decided_at__lte=query.as_of)
    newest = made.order_by("zone_id", "indicator_id", "period", "-pk").distinct("zone_id", "indicator_id", "period")
    fields = ("zone_id", "year", "indicator_id", "verdict", "reported", "known")
    table = pd.DataFrame(newest.values_list(*fields), columns=[*_CELL, "verdict", "reported", "known"], dtype=object)
    return table.astype(dict.fromkeys([*_CELL, "reported", "known"], float))


def _pivot(rows: Rows, indicators: Sequence[Indicator]) -> Cells:
    """Rows (zone id, year, indicator id, rank, figure, value id) as tables; the best rank is written last and stays."""
    rows = rows[np.lexsort((-rows[:, 5], -rows[:, 3]))]
    zone_codes = dict(Zone.objects.filter(pk__in=np.unique(rows[:, 0]).astype(int).tolist()).values_list("pk", "code"))
    columns = np.zeros(max((item.pk for item in indicators), default=0) + 1, dtype=np.intp)
    columns[[item.pk for item in indicators]] = range(len(indicators))
    keys, row = np.unique(rows[:, 0] * 10000 + rows[:, 1], return_inverse=True)
    column = columns[rows[:, 2].astype(np.intp)]
    figures = np.full((len(keys), len(indicators)), np.nan)
    origin = np.zeros(figures.shape, dtype=np.int64)
    synthetic = np.zeros(figures.shape, dtype=bool)
    figures[row, column] = rows[:, 4]
    origin[row, column] = rows[:, 5]
    synthetic[row, column] = rows[:, 3] >= SYNTHETIC
    zones, years = (part.astype(np.int64) for part in np.divmod(keys, 10000))
    index = pd.MultiIndex.from_arrays([[zone_codes[zone] for zone in zones.tolist()], years], names=["zone", "year"])
    order = index.argsort()
    frame = pd.DataFrame(figures, index=index, columns=[item.code for item in indicators])
    return Cells(frame.iloc[order], origin[order], synthetic[order])
