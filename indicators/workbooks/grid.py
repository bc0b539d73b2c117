"""Many returns of one round as a workbook (汇总表): zones as rows, items as columns, one sheet a section.

Zones as rows, because that is how those who fill in for several zones have their figures: a column pasted from the
statistics office's table goes in whole, and a slip stands out beside its neighbours. Comments, few and long, have a list
of their own. See ADR 9.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from indicators.enums import Absence, Dimension
from indicators.models import Indicator, Return, Round, Value
from indicators.workbooks.paper import Paper, as_float, figure_rule, paper, print_setup, protect, write_stamp
from indicators.workbooks.stamp import Stamp

_HEAD = 3
_CODE, _NAME, _CITY, _FIRST = 0, 1, 2, 3
_COMMENT_ROWS = 300
_COMMENT_LENGTH = 500


@dataclass(frozen=True)
class Grid:
    """Returns of one round with what they ask for and hold, by return id (and indicator code)."""

    round: Round
    returns: Sequence[Return]
    asked: Mapping[int, Sequence[Indicator]]
    values: Mapping[int, Mapping[str, Value]]
    last: Mapping[str, Mapping[str, float]]
    """Last year's figures by zone and indicator code."""

    def items(self) -> list[Indicator]:
        """All items that any of the returns asks for, in catalogue order."""
        every = {item.code: item for items in self.asked.values() for item in items}
        return sorted(every.values(), key=lambda item: item.position)


def grid_workbook(grid: Grid, title: str) -> IO[bytes]:
    """The workbook of many returns in the reader's language; the caller closes the file."""
    with paper(title) as (page, stream):
        for dimension in Dimension:
            items = [item for item in grid.items() if item.dimension == dimension]
            if items:
                _section(page, grid, str(dimension.label), items, title)
        _comments(page, grid)
        write_stamp(page.book, Stamp(grid.round.pk, {return_.pk: return_.revision for return_ in grid.returns}))
    return stream


def _section(page: Paper, grid: Grid, name: str, items: Sequence[Indicator], title: str) -> None:
    worksheet = page.book.add_worksheet(_sheet_name(name))
    _top(page, worksheet, f"{title} · {name}", synthetic=any(return_.synthetic for return_ in grid.returns))
    worksheet.set_row(_HEAD, 44)
    for column, label in ((_CODE, _("园区编号")), (_NAME, _("园区")), (_CITY, _("省辖市"))):
        worksheet.write_string(_HEAD, column, label, page.format("head"))
    for column, item in enumerate(items, start=_FIRST):
        worksheet.write_string(_HEAD, column, _header(item), page.format("head"))
        worksheet.set_column(column, column, 16)
    for row, return_ in enumerate(grid.returns, start=_HEAD + 1):
        _row(page, worksheet, row, grid, return_, items)
    worksheet.set_column(_CODE, _CODE, 10)
    worksheet.set_column(_NAME, _NAME, 28)
    worksheet.set_column(_CITY, _CITY, 10)
    worksheet.freeze_panes(_HEAD + 1, _FIRST)
    print_setup(worksheet, header_row=_HEAD, name=title)
    protect(worksheet)


def _header(item: Indicator) -> str:
    return f"{item.label}（{item.unit_label}）"


def _sheet_name(name: str) -> str:
    """A name of a worksheet may have 31 characters and none of these signs."""
    return "".join(character for character in name if character not in "[]:*?/\\")[:31]


def _top(page: Paper, worksheet: Any, title: str, *, synthetic: bool) -> None:
    worksheet.set_row(0, 26)
    worksheet.write_string(0, 0, title, page.format("title"))
    words = "”、“".join(str(label) for label in Absence.labels)
    hint = _("只有浅黄色的格子可以填；没有数的直接填“%(words)s”，空白表示还没有填；灰色的是该园区不填的项。") % {
        "words": words
    }
    made = _("%(at)s 下载。行列可以移动，园区编号和表头请勿改。") % {"at": f"{timezone.localtime():%Y-%m-%d %H:%M}"}
    mark = _("演示数据。") if synthetic else ""
    worksheet.write_string(1, 0, f"{mark}{hint}{made}", page.format("hint"))


def _row(page: Paper, worksheet: Any, row: int, grid: Grid, return_: Return, items: Sequence[Indicator]) -> None:
    zone = return_.zone
    worksheet.write_string(row, _CODE, zone.code, page.format("quiet"))
    worksheet.write_string(row, _NAME, zone.name, page.format("known"))
    worksheet.write_string(row, _CITY, zone.city.label, page.format("quiet"))
    asked = {item.code for item in grid.asked[return_.pk]}
    held, last = grid.values[return_.pk], grid.last.get(zone.code, {})
    for column, item in enumerate(items, start=_FIRST):
        if item.code not in asked or not return_.is_editable:
            _locked(page, worksheet, row, column, held.get(item.code), item)
            continue
        value = held.get(item.code)
        if value is not None and value.absence:
            worksheet.write_string(row, column, str(Absence(value.absence).label), page.number("input", item))
        elif value is not None and value.number is not None:
            worksheet.write_number(row, column, as_float(value.number), page.number("input", item))
        else:
            worksheet.write_blank(row, column, None, page.number("input", item))
        worksheet.data_validation(row, column, row, column, _rule(item, last.get(item.code)))


def _locked(page: Paper, worksheet: Any, row: int, column: int, value: Value | None, item: Indicator) -> None:
    """A cell that is not to be filled in: not asked of the zone, or its return is with a reviewer."""
    if value is not None and value.number is not None:
        worksheet.write_number(row, column, as_float(value.number), page.number("known", item))
    elif value is not None and value.absence:
        worksheet.write_string(row, column, str(Absence(value.absence).label), page.format("none"))
    else:
        worksheet.write_blank(row, column, None, page.format("none"))


def _rule(item: Indicator, last: float | None) -> dict[str, Any]:
    rule = figure_rule(item, words=True)
    if last is not None:
        known = _("上年：%(number)s。") % {"number": f"{last:,.{item.decimals}f}"}
        rule["input_message"] = f"{known}{rule['input_message']}"[:255]
    return rule


def _comments(page: Paper, grid: Grid) -> None:
    """The list of comments: those there are, then blank lines."""
    worksheet = page.book.add_worksheet(_("说明"))
    _top(page, worksheet, _("各项说明"), synthetic=False)
    columns = ((_("园区编号"), 10), (_("园区"), 28), (_("指标代码"), 26), (_("指标"), 28), (_("说明"), 70))
    for column, (label, width) in enumerate(columns):
        worksheet.write_string(_HEAD, column, label, page.format("head"))
        worksheet.set_column(column, column, width)
    row = _HEAD + 1
    for return_ in grid.returns:
        for value in grid.values[return_.pk].values():
            if value.comment and return_.is_editable:
                texts = (
                    return_.zone.code,
                    return_.zone.name,
                    value.indicator.code,
                    value.indicator.label,
                    value.comment,
                )
                for column, text in enumerate(texts):
                    worksheet.write_string(row, column, text, page.format("input_text"))
                row += 1
    for blank in range(row, row + _COMMENT_ROWS):
        for column in range(len(columns)):
            worksheet.write_blank(blank, column, None, page.format("input_text"))
    worksheet.data_validation(
        _HEAD + 1, 4, row + _COMMENT_ROWS, 4, {"validate": "length", "criteria": "<=", "value": _COMMENT_LENGTH}
    )
    worksheet.freeze_panes(_HEAD + 1, 0)
    print_setup(worksheet, header_row=_HEAD, name=_("各项说明"))
    protect(worksheet)
