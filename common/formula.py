"""A small expression language over indicator codes (指标公式).

A formula is Python-like text such as ``share(tax_revenue, built_area)`` or
``growth(value_added) > 0.05 and rd_intensity >= 0.02``. It is parsed with :mod:`ast`, checked against a whitelist and
evaluated with numpy over whole columns; nothing in it can reach Python itself.

Missing is missing: an operand that is NaN makes the result NaN, and so do a division by zero, the logarithm of a number
that is not positive, the root of a negative one, and a growth rate whose base is zero or negative. Comparisons give 1.0, 0.0 or NaN; ``and``, ``or``
and ``not`` follow Kleene's three-valued logic, so that ``x > 1 or y > 1`` is true when one side is true and the other unknown.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]

MAX_LENGTH = 1000
MAX_DEPTH = 40
LARGEST = 1e300


@dataclass(frozen=True)
class FormulaFault:
    """One thing that is not allowed, with the column (from 1) where it stands."""

    column: int
    message_zh: str
    message_en: str

    def __str__(self) -> str:
        return f"第 {self.column} 列：{self.message_zh} (column {self.column}: {self.message_en})"


class FormulaError(ValueError):
    """The formula cannot be used; ``faults`` lists every reason found."""

    def __init__(self, text: str, faults: list[FormulaFault]) -> None:
        self.text = text
        self.faults = faults
        super().__init__(f"{text!r}: " + "; ".join(str(fault) for fault in faults))


def _divide(a: Array, b: Array) -> Array:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(b == 0, np.nan, a / np.where(b == 0, np.nan, b))


def _log10(a: Array) -> Array:
    return np.log10(np.where(a > 0, a, np.nan))


def _ln(a: Array) -> Array:
    return np.log(np.where(a > 0, a, np.nan))


def _sqrt(a: Array) -> Array:
    return np.sqrt(np.where(a >= 0, a, np.nan))


def _exp(a: Array) -> Array:
    with np.errstate(over="ignore"):
        return np.exp(a)


def _power(a: Array, b: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.where(np.isnan(a) | np.isnan(b), np.nan, np.power(a, b))


def _kleene_and(a: Array, b: Array) -> Array:
    false = (a == 0) | (b == 0)
    return np.where(false, 0.0, np.where(np.isnan(a) | np.isnan(b), np.nan, 1.0))


def _kleene_not(a: Array) -> Array:
    return np.where(np.isnan(a), np.nan, np.where(a == 0, 1.0, 0.0))


def _kleene_or(a: Array, b: Array) -> Array:
    return _kleene_not(_kleene_and(_kleene_not(a), _kleene_not(b)))


def _compare(compare: Callable[[Array, Array], npt.NDArray[np.bool_]]) -> Callable[[Array, Array], Array]:
    def apply(a: Array, b: Array) -> Array:
        return np.where(np.isnan(a) | np.isnan(b), np.nan, compare(a, b).astype(float))

    return apply


_BINARY: dict[type[ast.operator], Callable[[Array, Array], Array]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: _divide,
    ast.Pow: _power,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Array, Array], Array]] = {
    ast.Lt: _compare(np.less),
    ast.LtE: _compare(np.less_equal),
    ast.Gt: _compare(np.greater),
    ast.GtE: _compare(np.greater_equal),
    ast.Eq: _compare(np.equal),
    ast.NotEq: _compare(np.not_equal),
}
_UNARY: dict[type[ast.unaryop], Callable[[Array], Array]] = {
    ast.USub: np.negative,
    ast.UAdd: np.positive,
    ast.Not: _kleene_not,
}
_PLAIN: dict[str, Callable[..., Array]] = {
    "min": lambda *args: reduce(np.minimum, args),
    "max": lambda *args: reduce(np.maximum, args),
    "abs": np.abs,
    "log10": _log10,
    "ln": _ln,
    "exp": _exp,
    "sqrt": _sqrt,
    "share": _divide,
    "per_capita": _divide,
}
# name → (least, most) number of arguments; None = any number
FUNCTIONS: Mapping[str, tuple[int, int | None]] = {
    "min": (2, None),
    "max": (2, None),
    "abs": (1, 1),
    "log10": (1, 1),
    "ln": (1, 1),
    "exp": (1, 1),
    "sqrt": (1, 1),
    "lag": (1, 1),
    "growth": (1, 1),
    "share": (2, 2),
    "per_capita": (2, 2),
}
_BACKWARDS = frozenset({"lag", "growth"})


class _Checker:
    """Walks the tree once and notes every fault and every indicator code."""

    def __init__(self, known: Collection[str] | None) -> None:
        self.known = known
        self.faults: list[FormulaFault] = []
        self.names: set[str] = set()
        self.functions: set[str] = set()

    def fault(self, node: ast.expr, zh: str, en: str) -> None:
        self.faults.append(FormulaFault(node.col_offset + 1, zh, en))

    def check(self, node: ast.expr, depth: int = 0) -> None:
        if depth > MAX_DEPTH:
            self.fault(node, f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep")
            return
        match node:
            case ast.Constant():
                self._constant(node)
            case ast.Name():
                self._name(node)
            case ast.Call():
                self._call(node, depth)
            case ast.BinOp() if type(node.op) in _BINARY:
                self._all([node.left, node.right], depth)
            case ast.UnaryOp() if type(node.op) in _UNARY:
                self.check(node.operand, depth + 1)
            case ast.BoolOp():
                self._all(node.values, depth)
            case ast.Compare() if all(type(op) in _COMPARE for op in node.ops):
                self._all([node.left, *node.comparators], depth)
            case _:
                what = ast.unparse(node)
                self.fault(node, f"不允许使用“{what}”", f"“{what}” is not allowed")

    def _all(self, nodes: list[ast.expr], depth: int) -> None:
        for node in nodes:
            self.check(node, depth + 1)

    def _constant(self, node: ast.Constant) -> None:
        if not isinstance(node.value, int | float) or isinstance(node.value, bool):
            self.fault(node, f"只允许数字，不允许 {node.value!r}", f"only numbers are allowed, not {node.value!r}")
        elif not abs(node.value) < LARGEST:
            self.fault(node, "数字过大", "the number is too large")

    def _name(self, node: ast.Name) -> None:
        if node.id in FUNCTIONS:
            self.fault(node, f"函数“{node.id}”缺少括号", f"the function “{node.id}” needs parentheses")
        elif node.id.startswith("_"):
            self.fault(node, f"不允许使用名称“{node.id}”", f"the name “{node.id}” is not allowed")
        elif self.known is not None and node.id not in self.known:
            self.fault(node, f"没有指标“{node.id}”", f"there is no indicator “{node.id}”")
        else:
            self.names.add(node.id)

    def _call(self, node: ast.Call, depth: int) -> None:
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            what = ast.unparse(node.func)
            allowed = ", ".join(FUNCTIONS)
            self.fault(node, f"没有函数“{what}”，可用：{allowed}", f"no function “{what}”; there are {allowed}")
        else:
            self.functions.add(node.func.id)
            least, most = FUNCTIONS[node.func.id]
            if len(node.args) < least or (most is not None and len(node.args) > most):
                need = f"{least}" if most == least else f"≥ {least}"
                self.fault(
                    node,
                    f"函数“{node.func.id}”需要 {need} 个参数，现有 {len(node.args)} 个",
                    f"“{node.func.id}” takes {need} arguments, {len(node.args)} given",
                )
            if node.func.id in _BACKWARDS:
                self._looks_back(node)
        if node.keywords:
            self.fault(node, "不允许命名参数", "named arguments are not allowed")
        self._all(node.args, depth)

    def _looks_back(self, node: ast.Call) -> None:
        """Readers bring the period before and no earlier one, so one step back is all there is."""
        for inner in ast.walk(ast.Tuple(node.args)):
            if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in _BACKWARDS:
                self.fault(inner, "lag 与 growth 不得嵌套", "lag and growth cannot be nested")


@dataclass(frozen=True)
class Formula:
    """A checked formula (公式).

    ``names`` are the indicator codes it reads, sorted. Two formulas are equal when their text is.
    """

    text: str
    names: tuple[str, ...] = field(compare=False)
    functions: frozenset[str] = field(compare=False)
    body: ast.expr = field(compare=False, repr=False)
    """The checked tree: only what the whitelist allows occurs in it."""

    @classmethod
    def parse(cls, text: str, known: Collection[str] | None = None) -> Formula:
        """Read ``text``; with ``known``, any other indicator code is a fault. Raises :class:`FormulaError` with all faults."""
        if len(text) > MAX_LENGTH:
            raise FormulaError(
                text[:60],
                [FormulaFault(MAX_LENGTH, f"公式超过 {MAX_LENGTH} 字符", f"longer than {MAX_LENGTH} characters")],
            )
        stripped = text.strip()
        try:
            body = ast.parse(stripped, mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
            column = getattr(error, "offset", None) or 1
            raise FormulaError(
                text, [FormulaFault(column, "公式不完整或写法有误", f"cannot be read: {error}")]
            ) from None
        checker = _Checker(known)
        checker.check(body)
        if checker.faults:
            raise FormulaError(text, sorted(checker.faults, key=lambda fault: fault.column))
        return cls(stripped, tuple(sorted(checker.names)), frozenset(checker.functions), body)

    @property
    def needs_previous_period(self) -> bool:
        """Whether the formula looks at the period before (lag or growth)."""
        return bool(self.functions & _BACKWARDS)

    def evaluate(self, frame: pd.DataFrame) -> pd.Series[float]:
        """The value for each row of ``frame`` (columns = codes).

        The index is plain, or has two levels (unit, period) with whole-number or ``Period`` periods. ``lag`` takes the same
        unit's value exactly one period earlier; a gap is missing, and without periods everything earlier is missing.
        Raises :class:`FormulaError` when a code is not a column, or an index row occurs twice while ``lag`` is used.
        """
        absent = [name for name in self.names if name not in frame.columns]
        if absent:
            names = "、".join(absent)
            raise FormulaError(self.text, [FormulaFault(1, f"数据中没有指标：{names}", f"not in the table: {names}")])
        evaluator = _Evaluator(frame, _Lag(frame.index, self.text, needed=self.needs_previous_period))
        result = np.broadcast_to(evaluator.value(self.body), len(frame)).astype(float)
        return pd.Series(np.where(np.isfinite(result), result, np.nan), index=frame.index, dtype=float)


class _Lag:
    """Where each row's previous period stands: position in the table, or -1."""

    def __init__(self, index: pd.Index, text: str, *, needed: bool) -> None:
        self.positions: npt.NDArray[np.intp] = np.full(len(index), -1, dtype=np.intp)
        if not needed or index.nlevels == 1:
            return
        if not index.is_unique:
            fault = FormulaFault(1, "同一单位同一时期出现多行", "a unit and period occur in more than one row")
            raise FormulaError(text, [fault])
        periods = index.get_level_values(1)
        if not (isinstance(periods, pd.PeriodIndex) or pd.api.types.is_integer_dtype(periods.dtype)):
            fault = FormulaFault(1, "时期须为整数年份", "periods must be whole numbers")
            raise FormulaError(text, [fault])
        before = pd.MultiIndex.from_arrays([index.get_level_values(0), periods - 1])
        self.positions = index.get_indexer(before)

    def __call__(self, values: Array) -> Array:
        values = np.broadcast_to(values, len(self.positions))
        if not len(values):
            return values.copy()
        return np.where(self.positions >= 0, values[self.positions], np.nan)


class _Evaluator:
    def __init__(self, frame: pd.DataFrame, lag: _Lag) -> None:
        self.frame = frame
        self.lag = lag

    def value(self, node: ast.expr) -> Array:
        result: Array
        match node:
            case ast.Constant():
                result = np.array(node.value, dtype=float)
            case ast.Name():
                result = self.frame[node.id].to_numpy(dtype=float, na_value=np.nan)
            case ast.BinOp():
                with np.errstate(all="ignore"):
                    result = _BINARY[type(node.op)](self.value(node.left), self.value(node.right))
            case ast.UnaryOp():
                result = _UNARY[type(node.op)](self.value(node.operand))
            case ast.BoolOp(op=op, values=operands):
                join = _kleene_and if isinstance(op, ast.And) else _kleene_or
                result = reduce(join, [self.value(operand) for operand in operands])
            case ast.Compare():
                result = self._compare(node)
            case ast.Call(func=ast.Name(id=name)):
                result = self._call(name, [self.value(arg) for arg in node.args])
            case _:
                raise TypeError(f"unchecked node {ast.dump(node)}")
        return result

    def _compare(self, node: ast.Compare) -> Array:
        terms = [self.value(term) for term in [node.left, *node.comparators]]
        steps = [_COMPARE[type(op)](a, b) for op, a, b in zip(node.ops, terms, terms[1:], strict=False)]
        result = steps[0]
        for step in steps[1:]:
            result = _kleene_and(result, step)
        return result

    def _call(self, name: str, args: list[Array]) -> Array:
        match name:
            case "lag":
                return self.lag(args[0])
            case "growth":
                before = self.lag(args[0])
                return _divide(args[0], np.where(before > 0, before, np.nan)) - 1
            case _:
                return _PLAIN[name](*args)
