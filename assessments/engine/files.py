"""Running the engine on CSV files, for the command line: no database, no settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import pandas as pd

from assessments.engine.faults import Fault, TableError
from assessments.engine.run import Assessment, Tables

Stage = Literal[
    "summary", "raw", "derived", "denominated", "imputed", "treated", "missing", "normalised", "weights", "contributions",
    "nodes", "places", "lists",
]  # fmt: skip
TEXT = ("unit", "group", "grade", "decision", "jurisdiction")
STAGES: tuple[str, ...] = get_args(Stage)


def read_values(path: Path) -> tuple[pd.DataFrame, dict[str, pd.Series[str]]]:
    """Values and, by name, the columns ``group`` and ``jurisdiction`` where they are there.

    The column ``unit`` (else the first one) names the unit; a column ``period`` (or ``year``) makes it a panel. Columns that
    hold no number at all (a name, a note) are left aside. Raises :class:`TableError`.
    """
    table = _read(path)
    unit = "unit" if "unit" in table.columns else str(table.columns[0])
    period = next((name for name in ("period", "year") if name in table.columns), None)
    table[unit] = table[unit].str.strip()
    words = [name for name in ("group", "jurisdiction") if name in table.columns]
    newest = table.drop_duplicates(unit, keep="last").set_index(unit)
    labels = {name: newest[name] for name in words}
    table = table.drop(columns=words)
    numbers = table.drop(columns=[name for name in (unit, period) if name])
    numbers = numbers.apply(_numbers)
    numbers = numbers.loc[:, [name for name in numbers if _holds_numbers(numbers[name])]]
    if period is None:
        return numbers.set_axis(pd.Index(table[unit], name="unit"), axis=0), labels
    years = pd.to_numeric(table[period], errors="coerce")
    if years.isna().any() or (years % 1 != 0).any():
        raise TableError([Fault(f"{path.name}: {period}", "时期须为整数年份", "periods must be whole years")])
    index = pd.MultiIndex.from_arrays([table[unit], years.astype(int)], names=["unit", "period"])
    return numbers.set_axis(index, axis=0), labels


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


@dataclass(frozen=True)
class Files:
    """The files of an assessment."""

    values: Path
    history: Path | None = None
    events: Path | None = None
    decisions: Path | None = None
    restated: Path | None = None

    def read(self, period: int | None = None) -> tuple[pd.DataFrame, Tables]:
        """Values and the tables beside them. Raises :class:`TableError`."""
        values, labels = read_values(self.values)
        tables: Tables = {"period": period, "groups": labels.get("group"), "jurisdictions": labels.get("jurisdiction")}
        # Without a file of events there were none, and the engine then says which columns it looked for.
        tables["events"] = pd.DataFrame({"unit": []}) if self.events is None else read_plain(self.events)
        tables["history"] = None if self.history is None else read_plain(self.history)
        tables["decisions"] = None if self.decisions is None else read_plain(self.decisions)
        if self.restated is not None:
            tables["restated"] = again = read_values(self.restated)[0]
            if again.index.nlevels == 1:
                raise TableError([Fault(self.restated.name, "缺少列 period", "the column period is missing")])
        return values, tables


def read_plain(path: Path) -> pd.DataFrame:
    """A table beside the values: numbers where there are numbers, words in the columns that hold words."""
    table = _read(path)
    kept = [name for name in TEXT if name in table.columns]
    return pd.concat([table[kept], table.drop(columns=kept).apply(_numbers)], axis=1)


def stage_table(assessment: Assessment, stage: Stage) -> pd.DataFrame:
    """One stage as a table, rows in the order of the values file."""
    if stage == "summary":
        return assessment.summary()
    table: pd.DataFrame = getattr(assessment, stage)
    return table
