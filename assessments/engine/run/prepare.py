"""The tables checked and in one order, derived columns, peers, the past (准备)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Unpack

import numpy as np
import pandas as pd

from assessments.engine import comparable
from assessments.engine.comparable import Breaks, read_breaks
from assessments.engine.faults import Fault, TableError
from assessments.engine.history import PastGrades, past_grades, past_places
from assessments.engine.peers import Array, Mask, Peers
from assessments.engine.rules import Cooldown, PastYear, Tail
from assessments.engine.run.state import Notice, Past, Prepared, Tables
from assessments.engine.scheme import Scheme
from assessments.engine.scoring import Context
from assessments.engine.tables import Panel, read_decisions, read_events, read_groups, read_panel


def prepare(scheme: Scheme, values: pd.DataFrame, **tables: Unpack[Tables]) -> Prepared:
    """Check the tables and compute the derived columns; arguments and errors as :func:`assess`."""
    panel = read_panel(values, tables.get("period"))
    units = panel.now.index
    notices: list[Notice] = []
    whole = panel.now if panel.whole is None else panel.whole
    breaks = read_breaks(panel.flags, tables.get("restated"), whole.index)
    raw, full, compared = _derive(scheme, panel, breaks, notices)
    derived = panel.cut(full)
    columns = _columns(derived)
    groups = tables.get("groups")
    context = Context(Peers(read_groups(groups, units)), Peers(["all"] * len(units)), scheme.scale, columns)
    left_out = _left_out(scheme, columns, len(units))
    events = read_events(tables.get("events"), units)
    _note_events(scheme, tables.get("events"), events, units, notices)
    _note_strangers("历年结果", "the history", tables.get("history"), units, notices)
    past = _past(scheme, panel, breaks, compared, tables)
    _note_past(past, units, notices)
    _note_empty_years(scheme, past, panel.period, notices)
    return Prepared(
        panel=panel,
        raw=raw,
        derived=derived,
        whole=compared,
        context=context,
        others=_others(scheme, panel, full, groups),
        events=events,
        past=past,
        screened=_screened(scheme, units, columns, notices) | (left_out != ""),
        left_out=left_out,
        notices=tuple(notices),
    )


def with_history(scheme: Scheme, prepared: Prepared, history: pd.DataFrame) -> Prepared:
    """The same with other earlier results, as where the scheme's weights are tried out on earlier years too."""
    period, since = prepared.panel.period, prepared.past.since
    rungs = () if scheme.grading is None else scheme.grading.rungs()
    past = replace(
        prepared.past,
        places=past_places(history, period, sign=scheme.sign, since=since if len(since) else None),
        grades=past_grades(history, period, rungs) if scheme.asks_grades() else PastGrades(),
        years=_years(scheme, prepared.panel, prepared.whole, history),
    )
    return replace(prepared, past=past)


def _columns(table: pd.DataFrame) -> dict[str, Array]:
    return {str(name): table[name].to_numpy(dtype=np.float64) for name in table.columns}


def _screened(scheme: Scheme, units: pd.Index, columns: Mapping[str, Array], notices: list[Notice]) -> Mask:
    """Units that are not assessed for want of data, or because the scheme names them."""
    if scheme.screen is None:
        return np.zeros(len(units), dtype=bool)
    codes = sorted({placed.leaf.indicator for placed in scheme.placed_leaves()})
    reported = np.mean([~np.isnan(columns[code]) for code in codes], axis=0)
    out = (reported < scheme.screen.least) & ~units.isin(scheme.screen.keep) | units.isin(scheme.screen.drop)
    if out.any():
        names = "、".join(str(unit) for unit in units[out][:10])
        notices.append(
            Notice(
                f"{int(out.sum())} 个单位数据不足或不参评：{names}", f"{int(out.sum())} units are not assessed: {names}"
            )
        )
    return np.asarray(out, dtype=bool)


def _left_out(scheme: Scheme, columns: Mapping[str, Array], size: int) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """The first case that leaves each unit out, "" for none."""
    reason = np.full(size, "", dtype=object)
    for case in reversed(scheme.exemptions()):
        reason[case.holds(columns)] = case.id
    return reason


def _derive(
    scheme: Scheme, panel: Panel, breaks: Breaks | None, notices: list[Notice]
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Raw values of the assessed period, derived values of all periods, and those that compare with the assessed one.

    A derived code that is a column of the table already is taken as given.
    """
    whole = panel.now if panel.whole is None else panel.whole
    given, formulas, absent = scheme.reading(whole.columns)
    if absent:
        names = "、".join(absent)
        notices.append(
            Notice(f"表中没有这些指标，按全部缺报处理：{names}", f"not in the table, taken as blank: {names}")
        )
    full = whole[given].reindex(columns=[*given, *absent])
    raw = panel.cut(full)
    if panel.period is None:
        full = full.assign()
        for code, formula in formulas.items():
            full[code] = formula.evaluate(full)
        return raw, full, full
    derived, compared = comparable.derive(full, formulas, breaks, panel.period)
    return raw, derived, compared


def _others(scheme: Scheme, panel: Panel, full: pd.DataFrame, groups: pd.Series[str] | None) -> Context | None:
    """The rows of all other years as units of their own; those of units without a group are left out."""
    pooled = any(getattr(placed.leaf.score, "periods", "now") == "all" for placed in scheme.placed_leaves())
    if not pooled or panel.period is None:
        return None
    rows = full[full.index.get_level_values(1) != panel.period]
    labels = ["all"] * len(rows)
    if groups is not None:
        known = groups.set_axis([str(unit) for unit in groups.index])
        found = known[~known.index.duplicated()].reindex(rows.index.get_level_values(0))
        rows, labels = rows[found.notna().to_numpy()], [str(label) for label in found.dropna()]
    if rows.empty:
        return None
    return Context(Peers(labels), Peers(["all"] * len(rows)), scheme.scale, _columns(rows))


def _past(scheme: Scheme, panel: Panel, breaks: Breaks | None, compared: pd.DataFrame, tables: Tables) -> Past:
    history, period, units = tables.get("history"), panel.period, panel.now.index
    jurisdictions = _jurisdictions(tables.get("jurisdictions"), units)
    if (
        period is None
        and any(isinstance(rule, Cooldown) for rule in scheme.rules)
        and tables.get("decisions") is not None
    ):
        message = ("有冷却期规则，values 表须有 period 列", "a rule on a cool-down needs a column period in the values")
        raise TableError([Fault("values", *message)])
    since = pd.Series(dtype=float) if breaks is None or period is None else breaks.since(period)
    rungs = () if scheme.grading is None else scheme.grading.rungs()
    return Past(
        places=past_places(history, period, sign=scheme.sign, since=since if len(since) else None),
        grades=past_grades(history, period, rungs) if scheme.asks_grades() else PastGrades(),
        years=_years(scheme, panel, compared, history),
        decisions=read_decisions(tables.get("decisions"), dict(zip(units, jurisdictions, strict=True))),
        jurisdictions=jurisdictions,
        since=since,
        restated=frozenset()
        if breaks is None or breaks.restated is None
        else frozenset(breaks.restated.index.get_level_values(0)),
    )


def _jurisdictions(told: pd.Series[str] | None, units: pd.Index) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    if told is None:
        return np.full(len(units), "", dtype=object)
    labels = told.set_axis([str(unit) for unit in told.index])
    labels = labels[~labels.index.duplicated()].reindex(units)
    return labels.where(labels.notna(), "").astype(str).to_numpy(dtype=object)


def _years(scheme: Scheme, panel: Panel, compared: pd.DataFrame, history: pd.DataFrame | None) -> dict[int, PastYear]:
    """The earlier years that rules look back on, as far as they compare with the assessed one."""
    if panel.period is None:
        return {}
    units, years = panel.now.index, {}
    for period in range(panel.period - scheme.looks_back() + 1, panel.period):
        here = compared[compared.index.get_level_values(1) == period].droplevel(1)
        score = np.full(len(units), np.nan)
        if history is not None and "score" in history.columns:
            told = history[pd.to_numeric(history["period"]) == period]
            scores = pd.Series(pd.to_numeric(told["score"]).to_numpy(dtype=float), index=told["unit"].astype(str))
            score = scores.reindex(units).to_numpy(dtype=np.float64)
        there = np.asarray(units.isin(here.index), dtype=bool)
        years[period] = PastYear(_columns(here.reindex(units)), np.where(there, score, np.nan), there)
    return years


def _note_events(
    scheme: Scheme,
    table: pd.DataFrame | None,
    events: Mapping[str, Array],
    units: pd.Index,
    notices: list[Notice],
) -> None:
    """Kinds of events that the scheme reads and the table has not, units of the table that nobody assesses.

    That nothing fired must not pass for good conduct.
    """
    absent = [kind for kind in scheme.event_kinds() if kind not in events] if table is not None else []
    if absent:
        names = "、".join(absent)
        notices.append(
            Notice(
                f"事件表中没有这些列，按未发生处理：{names}", f"no such column in the events, taken as none: {names}"
            )
        )
    _note_strangers("事件表", "the events", table, units, notices)


def _note_strangers(zh: str, en: str, table: pd.DataFrame | None, units: pd.Index, notices: list[Notice]) -> None:
    """Units of a further table that the values have not: gone by now, or written otherwise."""
    if table is None or table.empty:
        return
    named = table["unit"] if "unit" in table.columns else table.index.to_series()
    strange = sorted(set(named.astype(str)) - set(units))
    if strange:
        names = "、".join(strange[:10])
        notices.append(
            Notice(
                f"{zh}中有 {len(strange)} 个单位不在数据表中，没有用到，请核对写法：{names}",
                f"{len(strange)} units of {en} are not in the values and were not used; check their spelling: {names}",
            )
        )


def _note_past(past: Past, units: pd.Index, notices: list[Notice]) -> None:
    broken = [str(unit) for unit in units if unit in past.since.index]
    if broken:
        named = "、".join(f"{unit}（{past.since[unit]:.0f}）" for unit in broken[:10])
        restated = sum(unit in past.restated for unit in broken)
        zh = f"{len(broken)} 个单位口径变化，此前年度不可比、不计入（其中 {restated} 个有调整后的上年数）：{named}"
        en = f"{len(broken)} units do not compare with earlier years ({restated} restated), which do not count: {named}"
        notices.append(Notice(zh, en))
    if past.grades.foreign:
        names = "、".join(past.grades.foreign)
        notices.append(
            Notice(
                f"历年结果中有本办法没有的等级，不计入：{names}",
                f"grades in the history unknown to the scheme: {names}",
            )
        )


def _note_empty_years(scheme: Scheme, past: Past, period: int | None, notices: list[Notice]) -> None:
    """Years that a tail looks back on and the history has no places for: it then cannot fire as it might."""
    for rule in scheme.rules:
        if not isinstance(rule, Tail) or period is None or rule.m == 1:
            continue
        told = set(past.places[rule.scope]["period"].astype(int))
        absent = [year for year in range(period - rule.n + 1, period) if year not in told]
        if absent:
            years = "、".join(map(str, absent))
            notices.append(
                Notice(
                    f"规则 {rule.id} 回看的年度没有历年位次，不计入：{years}",
                    f"rule {rule.id} looks back on years without places in the history, which do not count: {years}",
                )
            )
