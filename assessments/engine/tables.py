"""The tables an assessment takes in, checked and brought to one order.

Units are text and sorted, so that neither the order of rows nor of columns can change a bit of the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from assessments.engine.comparable import FLAG
from assessments.engine.faults import Fault, TableError
from assessments.engine.history import number_faults
from assessments.engine.peers import Array


@dataclass(frozen=True)
class Panel:
    """``now`` has one row a unit (the assessed period), ``whole`` all periods by (unit, period), None without periods.

    ``flags`` is the column ``comparable`` of ``whole``, taken out of both.
    """

    now: pd.DataFrame
    whole: pd.DataFrame | None
    period: int | None
    order: pd.Index
    flags: pd.Series[float] | None = None

    def cut(self, whole: pd.DataFrame) -> pd.DataFrame:
        """The assessed period of a table shaped like ``whole`` (or like ``now``)."""
        return whole if self.whole is None else _one_period(whole, self.period)


def read_panel(values: pd.DataFrame, period: int | None) -> Panel:
    """Checks the values and cuts out the assessed period: ``period``, else the newest in the table.

    Raises :class:`TableError` with all faults: not numbers, infinite numbers, doubled rows, no rows.
    """
    faults = _value_faults(values)
    if faults:
        raise TableError(faults)
    table = values.astype(float)
    if values.index.nlevels == 1:
        order = pd.Index([str(unit) for unit in table.index.tolist()], name="unit")
        now = table.set_axis(order, axis=0).drop(columns=FLAG, errors="ignore")
        return Panel(now.sort_index(), None, period, order)
    units = [str(unit) for unit in table.index.get_level_values(0).tolist()]
    periods = table.index.get_level_values(1)
    years = periods.year if isinstance(periods, pd.PeriodIndex) else periods.astype(int)
    table.index = pd.MultiIndex.from_arrays([units, years], names=["unit", "period"])
    newest = int(years.max()) if period is None else period
    here = table.index.get_level_values(1) == newest
    if not here.any():
        message = (f"表中没有 {newest} 年的数据", f"the table has nothing for {newest}")
        raise TableError([Fault("values", *message)])
    order = pd.Index(table.index.get_level_values(0)[here], name="unit")
    table = table.sort_index()
    flags = table.pop(FLAG) if FLAG in table.columns else None
    return Panel(_one_period(table, newest), table, newest, order, flags)


def _one_period(table: pd.DataFrame, period: int | None) -> pd.DataFrame:
    return table[table.index.get_level_values(1) == period].droplevel(1)


def _value_faults(values: pd.DataFrame) -> list[Fault]:
    faults: list[Fault] = []
    if values.empty:
        faults.append(Fault("values", "表中没有数据", "the table is empty"))
    if values.index.nlevels > 2:
        faults.append(Fault("values", "索引至多两级（单位、时期）", "the index has at most two levels (unit, period)"))
    if not values.index.is_unique:
        twice = "、".join(sorted({str(label) for label in values.index[values.index.duplicated()]})[:5])
        faults.append(Fault("values", f"重复的行：{twice}", f"rows occur twice: {twice}"))
    if not values.columns.is_unique:
        twice = "、".join(sorted({str(label) for label in values.columns[values.columns.duplicated()]})[:5])
        faults.append(Fault("values", f"重复的列：{twice}", f"columns occur twice: {twice}"))
        return faults
    for name in values.columns:
        column = values[name]
        if not pd.api.types.is_numeric_dtype(column) and column.notna().any():
            numbers = pd.to_numeric(column, errors="coerce")
            bad = column[numbers.isna() & column.notna()]
            what = f"{bad.index[0]}: {bad.iloc[0]!r}" if len(bad) else "…"
            faults.append(Fault(f"values.{name}", f"应为数字，有 {what}", f"must be numbers, found {what}"))
        elif np.isinf(pd.to_numeric(column).to_numpy(dtype=float, na_value=np.nan)).any():
            faults.append(Fault(f"values.{name}", "有无穷大的数", "holds an infinite number"))
    return faults


def read_groups(groups: pd.Series[str] | None, units: pd.Index) -> list[str]:
    """The peer group of each unit; one group `all` when none are given. Raises :class:`TableError` naming whom it lacks."""
    if groups is None:
        return ["all"] * len(units)
    labels = groups.set_axis([str(unit) for unit in groups.index.tolist()])
    labels = labels[~labels.index.duplicated()].reindex(units)
    without = [str(unit) for unit in units[labels.isna()]]
    if without:
        names = "、".join(without[:5])
        fault = Fault(
            "groups", f"{len(without)} 个单位没有同类组：{names}", f"{len(without)} units have no group: {names}"
        )
        raise TableError([fault])
    return [str(label) for label in labels.tolist()]


def read_events(events: pd.DataFrame | None, units: pd.Index) -> dict[str, Array]:
    """Number of events of each kind (columns) a unit; units not in the table had none. Raises :class:`TableError`."""
    if events is None or events.empty:
        return {}
    kinds = [str(name) for name in events.columns if name != "unit"]
    faults = number_faults("events", events, kinds)
    faults += [] if faults else _negative(events, kinds)
    if faults:
        raise TableError(faults)
    table = events.set_index("unit") if "unit" in events.columns else events
    table = table.set_axis([str(unit) for unit in table.index.tolist()], axis=0)
    summed = table.apply(pd.to_numeric).groupby(level=0).sum().reindex(units).fillna(0)
    return {str(name): summed[name].to_numpy(dtype=np.float64) for name in summed.columns}


def _negative(events: pd.DataFrame, kinds: list[str]) -> list[Fault]:
    below = [kind for kind in kinds if (pd.to_numeric(events[kind]) < 0).any()]
    return [Fault(f"events.{kind}", "事件数不能为负", "a number of events cannot be negative") for kind in below]


@dataclass(frozen=True)
class Decisions:
    """Decisions of earlier years: parallel arrays, one entry a decision."""

    unit: npt.NDArray[np.object_]
    period: Array
    kind: npt.NDArray[np.object_]
    jurisdiction: npt.NDArray[np.object_]


def read_decisions(decisions: pd.DataFrame | None, of_units: Mapping[str, str]) -> Decisions:
    """The table ``unit``, ``period``, ``decision`` and, where it is not the unit's own, ``jurisdiction``.

    Raises :class:`TableError`.
    """
    if decisions is None or decisions.empty:
        empty = np.array([], dtype=object)
        return Decisions(empty, np.array([]), empty, empty)
    faults = [
        Fault("decisions", f"缺少列 {name}", f"the column {name} is missing")
        for name in ("unit", "period", "decision")
        if name not in decisions.columns
    ]
    faults += [] if faults else number_faults("decisions", decisions, ["period"])
    if faults:
        raise TableError(faults)
    units = decisions["unit"].astype(str)
    own = units.map(of_units)
    told = decisions["jurisdiction"] if "jurisdiction" in decisions.columns else own
    jurisdiction = told.where(told.notna(), own).fillna("").astype(str)
    columns = (units, decisions["decision"].astype(str), jurisdiction)
    unit, kind, place = (column.to_numpy(dtype=object) for column in columns)
    return Decisions(unit, pd.to_numeric(decisions["period"]).to_numpy(dtype=np.float64), kind, place)
