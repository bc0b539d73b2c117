"""A return as a workbook to fill in (下载报表): one item a row, what is known beside the cell to fill in."""

from __future__ import annotations

from decimal import Decimal
from itertools import count
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.workbooks.cells import address
from indicators.enums import Absence
from indicators.models import Return
from indicators.selectors import Cell, Section, Sheet
from indicators.workbooks.paper import (
    Paper,
    absence_rule,
    as_float,
    figure_rule,
    paper,
    print_setup,
    protect,
    write_stamp,
)
from indicators.workbooks.stamp import Stamp

# Header and width of each column. What is to be filled in stands together, beside what it is compared with.
_COLUMNS: tuple[tuple[str, int], ...] = (
    (gettext_noop("指标代码"), 13),
    (gettext_noop("指标"), 30),
    (gettext_noop("单位"), 11),
    (gettext_noop("前年"), 15),
    (gettext_noop("上年"), 15),
    (gettext_noop("本期数"), 17),
    (gettext_noop("较上年（%）"), 10),
    (gettext_noop("缺值说明"), 11),
    (gettext_noop("说明"), 34),
    (gettext_noop("同类中位数"), 15),
    (gettext_noop("定义"), 60),
)
_CODE, _NAME, _UNIT, _BEFORE, _LAST, _VALUE, _CHANGE, _ABSENCE, _COMMENT, _MEDIAN, _DEFINITION = range(len(_COLUMNS))
_HEAD = 4
_COMMENT_LENGTH = 500


def return_workbook(sheet: Sheet) -> IO[bytes]:
    """The workbook of a return in the reader's language; the caller closes the file."""
    return_ = sheet.return_
    title = f"{return_.zone.name} {return_.round.label}"
    with paper(title) as (page, stream):
        worksheet = page.book.add_worksheet(_("报表"))
        _top(page, worksheet, return_, title)
        _head(page, worksheet, return_)
        rows = count(_HEAD + 1)
        for section in sheet.sections:
            _section(page, worksheet, section, rows)
        worksheet.freeze_panes(_HEAD + 1, _NAME + 1)
        print_setup(worksheet, header_row=_HEAD, name=title)
        protect(worksheet)
        write_stamp(page.book, Stamp(return_.round_id, {return_.pk: return_.revision}))
    return stream


def workbook_name(return_: Return) -> str:
    """What the file is called on its way out."""
    return f"{return_.round.period}-{return_.zone.code}-{return_.zone.name}.xlsx"


def _top(page: Paper, worksheet: Any, return_: Return, title: str) -> None:
    worksheet.set_row(0, 26)
    worksheet.write_string(0, 0, title, page.format("title"))
    if return_.synthetic:
        worksheet.write_string(0, _VALUE, _("演示数据"), page.format("mark"))
    hint = _(
        "只有浅黄色的格子可以填。数字直接填，不带单位；没有数的在“缺值说明”中选“不适用”或“暂缺”，空白表示还没有填。"
    )
    worksheet.write_string(1, 0, hint, page.format("hint"))
    facts = {
        "revision": return_.revision,
        "due": f"{return_.due_on:%Y-%m-%d}",
        "at": f"{timezone.localtime():%Y-%m-%d %H:%M}",
    }
    made = (
        _("第 %(revision)d 版，%(at)s 下载，%(due)s 截止。填好后在系统的报表页面“上传表格”，核对差异后保存。") % facts
    )
    worksheet.write_string(2, 0, made, page.format("hint"))


def _head(page: Paper, worksheet: Any, return_: Return) -> None:
    year, part = return_.round.year, return_.round.part
    periods = {_BEFORE: f"{year - 2}{part}", _LAST: f"{year - 1}{part}", _VALUE: return_.round.period}
    worksheet.set_row(_HEAD, 32)
    for column, (label, width) in enumerate(_COLUMNS):
        shown = f"{_(label)}（{periods[column]}）" if column in periods else _(label)
        worksheet.write_string(_HEAD, column, shown, page.format("head"))
        worksheet.set_column(column, column, width)


def _section(page: Paper, worksheet: Any, section: Section, rows: Any) -> None:
    band = next(rows)
    for column in range(len(_COLUMNS)):
        worksheet.write_blank(band, column, None, page.format("band"))
    worksheet.write_string(band, _NAME, str(section.dimension.label), page.format("band"))
    for cell in section.cells:
        _row(page, worksheet, next(rows), cell)


def _row(page: Paper, worksheet: Any, row: int, cell: Cell) -> None:
    item, value = cell.indicator, cell.value
    worksheet.write_string(row, _CODE, item.code, page.format("quiet"))
    worksheet.write_string(row, _NAME, f"{item.label} *" if item.required else item.label, page.format("text"))
    worksheet.write_string(row, _UNIT, item.unit_label, page.format("quiet"))
    for column, number in ((_BEFORE, cell.before), (_LAST, cell.last), (_MEDIAN, cell.peer_median)):
        _number(worksheet, row, column, number, page.number("known", item))
    _number(worksheet, row, _VALUE, value.number if value else None, page.number("input", item))
    worksheet.data_validation(row, _VALUE, row, _VALUE, figure_rule(item))
    _growth(page, worksheet, row, cell)
    absence = str(Absence(value.absence).label) if value and value.absence else ""
    worksheet.write_string(row, _ABSENCE, absence, page.format("input"))
    worksheet.data_validation(row, _ABSENCE, row, _ABSENCE, absence_rule())
    worksheet.write_string(row, _COMMENT, value.comment if value else "", page.format("input_text"))
    worksheet.data_validation(
        row, _COMMENT, row, _COMMENT, {"validate": "length", "criteria": "<=", "value": _COMMENT_LENGTH}
    )
    worksheet.write_string(row, _DEFINITION, item.definition, page.format("text", font_size=9))


def _number(worksheet: Any, row: int, column: int, number: Decimal | float | None, style: Any) -> None:
    if number is None:
        worksheet.write_blank(row, column, None, style)
    else:
        worksheet.write_number(row, column, as_float(number), style)


def _growth(page: Paper, worksheet: Any, row: int, cell: Cell) -> None:
    """Growth on last year, as the filler types; locked."""
    now, last = address(row + 1, _VALUE + 1), address(row + 1, _LAST + 1)
    formula = f'=IF(AND(ISNUMBER({now}),ISNUMBER({last})),IF({last}>0,({now}/{last}-1)*100,""),"")'
    style = page.format("quiet", num_format="+0.0;-0.0;0.0", align="right")
    worksheet.write_formula(row, _CHANGE, formula, style, "" if cell.change is None else cell.change)
