"""Running the engine on CSV files, for the command line: no database, no settings."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from assessments.engine.faults import Fault, TableError
from assessments.engine.loading import load_scheme
from assessments.engine.run import Assessment, assess

Stage = Literal[
    "summary", "raw", "derived", "denominated", "imputed", "treated", "missing", "normalised", "weights", "contributions",
    "nodes", "places",
]  # fmt: skip
STAGES: tuple[str, ...] = get_args(Stage)


def read_values(path: Path) -> tuple[pd.DataFrame, pd.Series[str] | None]:
    """Values and, when there is a column ``group``, the peer groups.

    The column ``unit`` (else the first one) names the unit; a column ``period`` (or ``year``) makes it a panel. Columns that
    hold no number at all (a name, a note) are left aside. Raises :class:`TableError`.
    """
    table = _read(path)
    unit = "unit" if "unit" in table.columns else str(table.columns[0])
    period = next((name for name in ("period", "year") if name in table.columns), None)
    table[unit] = table[unit].str.strip()
    groups = None
    if "group" in table.columns:
        groups = table.drop_duplicates(unit, keep="last").set_index(unit)["group"]
        table = table.drop(columns="group")
    numbers = table.drop(columns=[name for name in (unit, period) if name])
    numbers = numbers.apply(_numbers)
    numbers = numbers.loc[:, [name for name in numbers if _holds_numbers(numbers[name])]]
    if period is None:
        return numbers.set_axis(pd.Index(table[unit], name="unit"), axis=0), groups
    years = pd.to_numeric(table[period], errors="coerce")
    if years.isna().any() or (years % 1 != 0).any():
        raise TableError([Fault(f"{path.name}: {period}", "时期须为整数年份", "periods must be whole years")])
    index = pd.MultiIndex.from_arrays([table[unit], years.astype(int)], names=["unit", "period"])
    return numbers.set_axis(index, axis=0), groups


def _read(path: Path) -> pd.DataFrame:
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", skipinitialspace=True)
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise TableError([Fault(path.name, "读不出 CSV 表", f"cannot be read: {error}")]) from error
    return table.rename(columns=lambda name: str(name).strip())


def _numbers(column: pd.Series[str]) -> pd.Series[str] | pd.Series[float]:
    """The column as numbers where every entry is one, else as it stands (the engine then says what is wrong)."""
    text = column.str.strip().replace("", None)
    numbers = pd.to_numeric(text, errors="coerce")
    return numbers if numbers.notna().equals(text.notna()) else text


def _holds_numbers(column: pd.Series[str] | pd.Series[float]) -> bool:
    return bool(pd.to_numeric(column, errors="coerce").notna().any() or column.isna().all())


def assess_files(
    scheme: Path,
    values: Path,
    *,
    history: Path | None = None,
    events: Path | None = None,
    period: int | None = None,
) -> Assessment:
    """:func:`~assessments.engine.run.assess` on files. Raises :class:`FaultsError` with everything found."""
    table, groups = read_values(values)
    return assess(
        load_scheme(scheme),
        table,
        history=None if history is None else _plain(history),
        groups=groups,
        events=None if events is None else _plain(events),
        period=period,
    )


def _plain(path: Path) -> pd.DataFrame:
    table = _read(path)
    kept = [name for name in ("unit", "group") if name in table.columns]
    return pd.concat([table[kept], table.drop(columns=kept).apply(_numbers)], axis=1)


def stage_table(assessment: Assessment, stage: Stage) -> pd.DataFrame:
    """One stage as a table, rows in the order of the values file."""
    if stage == "summary":
        return assessment.summary()
    table: pd.DataFrame = getattr(assessment, stage)
    return table
