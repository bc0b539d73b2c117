"""Units of figures (单位), and the unit that a formula over figures gives (公式的量纲核对).

A unit is a factor to base units and their powers: 亩 is 2000/3 m². A constant by which a formula multiplies is taken as a
conversion: ``15 * floor / land`` with 万平方米 and 亩 gives the plain ratio 1, ``100 * share(a, b)`` gives %. What is
added or compared must have one unit. A number that is added to a ratio or compared with it is read in the ratio's unit.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from common.formula import Formula


@dataclass(frozen=True)
class Unit:
    """A factor to base units, and the powers of these, sorted by name; without powers it is a plain ratio."""

    factor: Fraction
    powers: tuple[tuple[str, int], ...] = ()

    def __mul__(self, other: Unit) -> Unit:
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, 0) + power
        return Unit(self.factor * other.factor, tuple(sorted((n, p) for n, p in powers.items() if p)))

    def __pow__(self, power: int) -> Unit:
        return Unit(self.factor**power, tuple((n, p * power) for n, p in self.powers if p * power))

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1


def _unit(factor: float | Fraction, base: str = "", power: int = 1) -> Unit:
    return Unit(Fraction(factor), ((base, power),) if base else ())


RATIO = _unit(1)
UNITS: Mapping[str, Unit] = {
    "元": _unit(1, "元"),
    "万元": _unit(10_000, "元"),
    "亿元": _unit(100_000_000, "元"),
    "万美元": _unit(10_000, "美元"),
    "平方米": _unit(1, "米", 2),
    "万平方米": _unit(10_000, "米", 2),
    "亩": _unit(Fraction(2000, 3), "米", 2),
    "公顷": _unit(10_000, "米", 2),
    "平方公里": _unit(1_000_000, "米", 2),
    "公里": _unit(1000, "米"),
    "万立方米": _unit(10_000, "米", 3),
    "吨": _unit(1, "吨"),
    "万吨": _unit(10_000, "吨"),
    "吨标准煤": _unit(1, "吨标准煤"),
    "万千瓦时": _unit(10_000, "千瓦时"),
    "千瓦时": _unit(1, "千瓦时"),
    "日": _unit(1, "日"),
    "天": _unit(1, "日"),
    "小时": _unit(1, "小时"),  # not a part of a day: a facility's hours of use are no span of time
    "年": _unit(1, "年"),
    "人": _unit(1, "人"),
    "万人": _unit(10_000, "人"),
    # Things that are counted are not added to one another unless their unit is the same.
    "家": _unit(1, "家"),
    "个": _unit(1, "个"),
    "件": _unit(1, "件"),
    "起": _unit(1, "起"),
    "处": _unit(1, "处"),
    "项": _unit(1, "项"),
    "次": _unit(1, "次"),
    "位": _unit(1, "位"),
    "级": _unit(1, "级"),
    "票": _unit(1, "票"),
    "%": _unit(Fraction(1, 100)),
    "‰": _unit(Fraction(1, 1000)),
    "比值": RATIO,
    "倍": RATIO,
    "是否": RATIO,
}
RATES = frozenset({"%", "‰", "比值", "倍"})
YES_NO = "是否"


class UnitError(ValueError):
    """A unit that is not known, or a formula whose parts do not go together; `str()` says what, Chinese and English."""


def is_rate(text: str) -> bool:
    """Whether figures of the unit are ratios, which make no sum: %, 比值, 万元/亩."""
    return "/" in text or text in RATES


def parse_unit(text: str) -> Unit:
    """The unit of a text such as 万元, 万元/亩 or 吨/万元. Raises UnitError for one that is not in the table."""
    over, *under = text.split("/")
    units = [UNITS.get(name.strip()) for name in (over, *under)]
    known = [unit for unit in units if unit is not None]
    if len(known) < len(units):
        raise UnitError(f"单位表中没有“{text}”，请补入 common/units.py unit {text!r} is not in the table of units")
    result = known[0]
    for unit in known[1:]:
        result = result / unit
    return result


def write_unit(unit: Unit) -> str:
    """The unit in words: a name of the table, of two of them, or its factor with base units."""
    for name, known in UNITS.items():
        if known == unit:
            return name
    for over, upper in UNITS.items():
        for under, lower in UNITS.items():
            if lower.powers and upper / lower == unit:
                return f"{over}/{under}"
    powers = "·".join(name if power == 1 else f"{name}^{power}" for name, power in unit.powers)
    return f"{unit.factor} {powers}".strip()


def unit_of(formula: Formula, units: Mapping[str, str]) -> Unit:
    """The unit of what the formula gives, from the units of its parts by their codes.

    Raises UnitError when a unit is unknown, or unlike things are added or compared.
    """
    result = _Reckoner(units).unit(formula.body)
    return RATIO if isinstance(result, Fraction) else result


def unit_fault(formula: Formula, units: Mapping[str, str], declared: str) -> str:
    """What keeps the formula from giving the declared unit, in Chinese and English; empty when it gives it."""
    try:
        wanted, given = parse_unit(declared), unit_of(formula, units)
    except UnitError as error:
        return str(error)
    if wanted == given:
        return ""
    got = write_unit(given)
    if wanted.powers == given.powers:
        times = given.factor / wanted.factor
        text = "公式得到的单位是 {got}，与目录中的 {declared} 相差 {times} 倍，请乘以换算系数"
        return f"{text.format(got=got, declared=declared, times=times)} the formula gives {got}, not {declared}"
    return f"公式得到的单位是 {got}，目录中写的是 {declared} the formula gives {got}, not {declared}"


class _Reckoner:
    """Reckons units up the tree; a bare number stays a number until it meets a unit."""

    def __init__(self, units: Mapping[str, str]) -> None:
        self.units = units

    def unit(self, node: ast.expr) -> Unit | Fraction:
        result: Unit | Fraction = RATIO  # of comparisons and of what and, or and not join
        match node:
            case ast.Constant(value=int() | float() as number):
                result = Fraction(str(number))
            case ast.Name(id=code):
                result = parse_unit(self.units[code])
            case ast.UnaryOp(op=ast.Not()) | ast.BoolOp():
                for part in ast.iter_child_nodes(node):
                    if isinstance(part, ast.expr):
                        self.unit(part)
            case ast.UnaryOp():
                result = self.unit(node.operand)
            case ast.BinOp():
                result = self._operation(node)
            case ast.Compare():
                self._same([self.unit(term) for term in (node.left, *node.comparators)], node)
            case ast.Call(func=ast.Name(id=name)):
                result = self._call(name, [self.unit(argument) for argument in node.args], node)
            case _:
                raise TypeError(f"unchecked node {ast.dump(node)}")
        return result

    def _operation(self, node: ast.BinOp) -> Unit | Fraction:
        left, right = self.unit(node.left), self.unit(node.right)
        match node.op:
            case ast.Mult():
                return _times(left, right)
            case ast.Div():
                return _over(left, right)
            case ast.Pow():
                return self._power(left, right, node)
        return self._same([left, right], node)

    def _call(self, name: str, arguments: list[Unit | Fraction], node: ast.expr) -> Unit | Fraction:
        match name:
            case "growth":
                return RATIO
            case "share":
                return self._same_kind(arguments, node)
            case "per_capita":
                return self._per_capita(arguments, node)
            case "log10" | "ln" | "exp":
                self._same([*arguments, Fraction(1)], node)
                return RATIO
            case "min" | "max":
                return self._same(arguments, node)
        # the root, or what keeps the unit: abs, lag
        return self._power(arguments[0], Fraction(1, 2), node) if name == "sqrt" else arguments[0]

    def _same(self, sides: list[Unit | Fraction], node: ast.expr) -> Unit | Fraction:
        """All of one unit; a number goes with a ratio, and nought with everything."""
        units = {side for side in sides if isinstance(side, Unit)}
        numbers = [side for side in sides if isinstance(side, Fraction)]
        if not units:
            return numbers[0]
        unit = min(units, key=write_unit)
        if len(units) > 1 or (unit.powers and any(numbers)):
            named = "、".join(sorted(map(write_unit, units))) + ("、数" if any(numbers) else "")
            raise UnitError(
                f"单位不同的项不能相加或比较（{named}）：{ast.unparse(node)} unlike units are added or compared"
            )
        return unit

    def _same_kind(self, sides: list[Unit | Fraction], node: ast.expr) -> Unit | Fraction:
        """The ratio of a part to its whole: two figures of one kind."""
        part, whole = sides
        if isinstance(part, Unit) and isinstance(whole, Unit) and part.powers != whole.powers:
            named = f"{write_unit(part)}、{write_unit(whole)}"
            raise UnitError(f"占比的分子分母须为同类量（{named}）：{ast.unparse(node)} a share is of like things")
        return _over(part, whole)

    def _per_capita(self, sides: list[Unit | Fraction], node: ast.expr) -> Unit | Fraction:
        amount, heads = sides
        if not isinstance(heads, Unit) or heads.powers != UNITS["人"].powers:
            raise UnitError(f"人均的分母须为人数：{ast.unparse(node)} per capita divides by persons")
        return _over(amount, heads)

    def _power(self, base: Unit | Fraction, exponent: Unit | Fraction, node: ast.expr) -> Unit | Fraction:
        if isinstance(exponent, Fraction) and exponent.denominator == 1 and (base or exponent > 0):
            return base ** int(exponent)
        if not any(isinstance(side, Unit) and side.powers for side in (base, exponent)):
            return RATIO
        raise UnitError(f"有单位的量只能求整数次幂：{ast.unparse(node)} only whole powers of a unit")


def _times(left: Unit | Fraction, right: Unit | Fraction) -> Unit | Fraction:
    match left, right:
        case Unit(), Unit():
            return left * right
        case Unit(), Fraction():
            return _scaled(left, right)
        case Fraction(), Unit():
            return _scaled(right, left)
        case Fraction(), Fraction():
            return left * right
    raise AssertionError


def _over(left: Unit | Fraction, right: Unit | Fraction) -> Unit | Fraction:
    if not right:
        raise UnitError("除数为零 division by zero")
    match left, right:
        case Unit(), Unit():
            return left / right
        case Unit(), Fraction():
            return _scaled(left, 1 / right)
        case Fraction(), Unit():
            return _scaled(RATIO / right, left)
        case Fraction(), Fraction():
            return left / right
    raise AssertionError


def _scaled(unit: Unit, number: Fraction) -> Unit:
    """The unit of a figure multiplied by a number: the figure grows, so its unit gets smaller; a sign is no unit."""
    if not number:
        raise UnitError("乘以零 multiplication by nought")
    return Unit(unit.factor / abs(number), unit.powers)
