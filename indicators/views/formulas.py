"""Formulas as people read them: names in words that lead to their parts, stacked fractions, × and ÷ (公式的显示)."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.numbers import format_number
from indicators.models import Indicator

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: "−", ast.Mult: "×", ast.Pow: "^",
    ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥", ast.Eq: "=", ast.NotEq: "≠",
}  # fmt: skip
_WORDS = {
    "growth": gettext_lazy("比上年增长率"), "lag": gettext_lazy("上年值"), "min": gettext_lazy("最小值"),
    "max": gettext_lazy("最大值"), "abs": gettext_lazy("绝对值"), "log10": gettext_lazy("常用对数"),
    "ln": gettext_lazy("自然对数"), "exp": gettext_lazy("以 e 为底的指数"), "sqrt": gettext_lazy("平方根"),
}  # fmt: skip
_SUM, _PRODUCT, _ATOM = 1, 2, 3


class FormulaReader:
    """Turns a checked formula into HTML; `indicators` by code give the words and links."""

    def __init__(self, indicators: Mapping[str, Indicator]) -> None:
        self.indicators = indicators

    def read(self, formula: str) -> SafeString:
        return self._html(ast.parse(formula.strip(), mode="eval").body, 0)

    def _html(self, node: ast.expr, level: int) -> SafeString:
        html = format_html("{}", ast.unparse(node))
        match node:
            case ast.Constant():
                html = format_html("{}", format_number(node.value))
            case ast.Name():
                html = self._name(node.id)
            case ast.Call(func=ast.Name(id=name)):
                html = self._call(name, node.args)
            case ast.BinOp(op=ast.Div()):
                html = self._fraction(node.left, node.right)
            case ast.BinOp():
                html = self._binary(node, level)
            case ast.UnaryOp():
                sign = _("非") if isinstance(node.op, ast.Not) else "−"
                html = format_html("{}{}", sign, self._html(node.operand, _ATOM))
            case ast.Compare():
                html = self._compare(node)
            case ast.BoolOp():
                word = _(" 且 ") if isinstance(node.op, ast.And) else _(" 或 ")
                html = format_html_join(word, "{}", ((self._html(part, 0),) for part in node.values))
        return html

    def _name(self, code: str) -> SafeString:
        indicator = self.indicators.get(code)
        if indicator is None:
            return format_html("<code>{}</code>", code)
        return format_html('<a href="{}">{}</a>', indicator.get_absolute_url(), indicator.label)

    def _call(self, name: str, arguments: list[ast.expr]) -> SafeString:
        if name in {"share", "per_capita"}:
            return self._fraction(*arguments)
        inner = format_html_join("，", "{}", ((self._html(argument, 0),) for argument in arguments))
        return format_html('<span class="formula-word">{}</span>（{}）', _WORDS.get(name, name), inner)

    def _fraction(self, above: ast.expr, below: ast.expr) -> SafeString:
        return format_html(
            '<span class="fraction"><span>{}</span><span class="visually-hidden"> ÷ </span><span>{}</span></span>',
            self._html(above, 0),
            self._html(below, 0),
        )

    def _binary(self, node: ast.BinOp, level: int) -> SafeString:
        own = _SUM if isinstance(node.op, (ast.Add, ast.Sub)) else _PRODUCT
        sign = _SIGNS.get(type(node.op), "?")
        left, right = self._html(node.left, own), self._html(node.right, own + 1)
        if isinstance(node.op, ast.Mult) and ast.unparse(node.left) == "100":
            left, right = right, mark_safe("100%")
        html = format_html("{} {} {}", left, sign, right)
        return format_html("（{}）", html) if own < level else html

    def _compare(self, node: ast.Compare) -> SafeString:
        terms = [self._html(node.left, 0)]
        for operator, term in zip(node.ops, node.comparators, strict=True):
            terms.append(format_html(" {} {}", _SIGNS[type(operator)], self._html(term, 0)))
        return format_html_join("", "{}", ((term,) for term in terms))
