"""Formulas over entries (台账公式), evaluated alike in memory for entries at hand and by the database for all of them."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from common.formula import Formula
from registers.definition import Definition, chosen
from registers.enums import FieldType

Data = Mapping[str, Any]
_COMPARED = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=", ast.NotEq: "<>"}
_RECKONED = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
DAY_ZERO = date(1, 1, 1)


# ---- in memory ------------------------------------------------------------------------------------------------


def evaluate(spec: Definition, text: str, entries: Sequence[Data]) -> npt.NDArray[np.float64]:
    """The formula's value for each entry: NaN where a part is missing, 1 and 0 for true and false."""
    formula = Formula.parse(text, spec.units)
    return np.asarray(formula.evaluate(frame(spec, entries, formula.names)), dtype=np.float64)


def frame(spec: Definition, entries: Sequence[Data], names: Collection[str]) -> pd.DataFrame:
    """One row an entry, one column a name, as `Definition.units` lists them."""
    columns = {name: np.array([_read(spec, name, data) for data in entries], dtype=float) for name in names}
    return pd.DataFrame(columns, index=pd.RangeIndex(len(entries)))


def _read(spec: Definition, name: str, data: Data) -> float:
    code, _joint, part = name.partition("__")
    value = data.get(code)
    if part == "set":
        return float(value is not None)
    if value is None:
        return math.nan
    if part:
        return float(part in chosen(value))
    field = spec.field(code)
    if field is not None and field.type == FieldType.DATE:
        return float(date.fromisoformat(value).toordinal())
    return float(value)


# ---- in the database ------------------------------------------------------------------------------------------


def as_sql(spec: Definition, text: str) -> str:
    """The formula as an expression over the row `e` of entries: a number, null where a part is missing.

    Comparisons, and, or, not give 1, 0 or null: the three-valued logic of the database is that of `common.formula`. Only
    codes that the definition has (letters, digits, underscores) and numbers get into the text.
    """
    return _Writer(spec).write(Formula.parse(text, spec.units).body)


def field_sql(spec: Definition, code: str) -> str:
    """A field as a number (dates as days, counted as Python counts them); what was written under another type is null."""
    field = spec.field(code)
    raw = f"(e.data->>'{code}')"
    match field.type if field else None:
        case FieldType.DATE:
            shaped = rf"{raw} ~ '^\d{{4}}-\d\d-\d\d$'"
            return f"(CASE WHEN {shaped} THEN {raw}::date - DATE '0001-01-01' + 1 END)"
        case FieldType.YES_NO:
            return f"(CASE {raw} WHEN 'true' THEN 1 WHEN 'false' THEN 0 END)"
        case _:
            return rf"(CASE WHEN {raw} ~ '^-?\d+(\.\d+)?$' THEN {raw}::numeric END)"


class _Writer:
    def __init__(self, spec: Definition) -> None:
        self.spec = spec

    def write(self, node: ast.expr) -> str:
        match node:
            case ast.Constant(value=number):
                written = f"({number!r}::numeric)"
            case ast.Name(id=name):
                written = self._name(name)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                written = f"((NOT {self._truth(inner)})::int)"
            case ast.UnaryOp(op=op, operand=inner):
                written = f"({'-' if isinstance(op, ast.USub) else ''}{self.write(inner)})"
            case ast.BoolOp(op=op, values=parts):
                word = " AND " if isinstance(op, ast.And) else " OR "
                written = f"(({word.join(self._truth(part) for part in parts)})::int)"
            case ast.Compare():
                written = self._compare(node)
            case ast.BinOp():
                written = self._operation(node)
            case ast.Call(func=ast.Name(id=name), args=arguments):
                written = self._call(name, [self.write(argument) for argument in arguments])
            case _:
                raise TypeError(f"unchecked node {ast.dump(node)}")
        return written

    def _compare(self, node: ast.Compare) -> str:
        terms = [self.write(term) for term in (node.left, *node.comparators)]
        steps = [f"{a} {_COMPARED[type(op)]} {b}" for op, a, b in zip(node.ops, terms, terms[1:], strict=False)]
        return f"(({' AND '.join(steps)})::int)"

    def _truth(self, node: ast.expr) -> str:
        return f"({self.write(node)} <> 0)"

    def _operation(self, node: ast.BinOp) -> str:
        left, right = self.write(node.left), self.write(node.right)
        if isinstance(node.op, ast.Div):
            return f"({left} / NULLIF({right}, 0))"
        if isinstance(node.op, ast.Pow):
            return f"power({left}, {right})"
        return f"({left} {_RECKONED[type(node.op)]} {right})"

    def _call(self, name: str, arguments: list[str]) -> str:
        if name == "share":
            return f"({arguments[0]} / NULLIF({arguments[1]}, 0))"
        return f"abs({arguments[0]})"

    def _name(self, name: str) -> str:
        code, _joint, part = name.partition("__")
        if part == "set":
            return f"((e.data->>'{code}') IS NOT NULL)::int"
        field = self.spec.field(code)
        if part and field is not None and field.type == FieldType.CHOICES:
            # Of a list its members, of an answer from when it was a choice of one that one.
            return f"((e.data->'{code}') ? '{part}')::int"
        if part:
            return f"((e.data->>'{code}') = '{part}')::int"
        return field_sql(self.spec, code)
