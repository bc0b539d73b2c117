"""Reading a department's delivery: objects of JSON, lines of NDJSON and CSV, tables of Excel and WPS (部门数据读取).

Nothing is judged here but whether a figure can be read; `services.delivery_check` judges the rest.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.workbooks.cells import Cell, Sheet
from common.workbooks.plain import csv_lines, sheet_of
from common.workbooks.reading import WorkbookRefused, open_workbook
from indicators.deliveries import PLAN, Delivered, Fault
from indicators.enums import Absence
from indicators.forms import parse_number
from indicators.models import Indicator
from indicators.workbooks.headers import Match, Matcher, key_of

FIELDS = ("zone", "zone_name", "indicator", "number", "unit", "absence", "comment")
# What the columns of a table with one figure a line may be called.
_LONG = {
    "zone": ("zone", "园区编号", "园区代码"),
    "zone_name": ("zone_name", "园区", "园区名称", "开发区", "开发区名称"),
    "indicator": ("indicator", "指标", "指标代码"),
    "number": ("number", "数值"),
    "unit": ("unit", "单位", "计量单位"),
    "absence": ("absence", "缺值", "缺值说明"),
    "comment": ("comment", "说明", "备注"),
}
_LONG_KEYS = {key_of(name): field for field, names in _LONG.items() for name in names}
# Columns of a table that say nothing about figures.
_BESIDE = {key_of(name) for name in ("序号", "省辖市", "城市", "市", "县（市、区）", "类别", "级别", "备注", "说明")}
_TOTALS = {key_of(name) for name in ("合计", "总计", "小计", "全省", "全省合计", "全省总计")}
_ABSENCES = {key_of(str(word)): code for code, label in Absence.choices for word in (code, label)}
_HEADER_WITHIN = 12
IGNORED = "-"


@dataclass
class Intake:
    """What was read: figures with their places, faults of columns and of the whole, headers that must be asked about."""

    rows: list[Delivered] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    asked: list[Match] = field(default_factory=list)


def read_objects(objects: Sequence[Any], prefix: str = "/values") -> Intake:
    """Objects with the keys of FIELDS, at most one figure each; places are JSON pointers."""
    found = Intake()
    for at, entry in enumerate(objects):
        place = f"{prefix}/{at}"
        if not isinstance(entry, Mapping):
            message = _("这里须是一个对象，例如 {“zone”: “Z044”, “indicator”: “tax_revenue”, “number”: 1234.5}。")
            found.faults.append(Fault(place, "not_an_object", message))
        elif unknown := sorted(str(key) for key in entry if key not in FIELDS):
            message = _("不认识 %(names)s。可用：%(known)s。")
            facts = {"names": ", ".join(unknown)[:120], "known": ", ".join(FIELDS)}
            found.faults.append(Fault(place, "unknown_field", message % facts))
        else:
            found.rows.append(_delivered(place, entry))
    return found


def read_ndjson(data: bytes) -> Intake:
    """One object a line; places are "line 3"."""
    found = Intake()
    for at, line in enumerate(_text(data).splitlines(), start=1):
        if not line.strip():
            continue
        place = f"line {at}"
        try:
            entry = json.loads(line, parse_float=Decimal)
        except ValueError:
            found.faults.append(Fault(place, "not_json", _("这一行不是 JSON 对象。每行写一个完整的对象。")))
            continue
        one = read_objects([entry])
        found.rows += [_moved(row, place) for row in one.rows]
        found.faults += [Fault(place, fault.code, fault.message) for fault in one.faults]
    return found


def read_csv(data: bytes, items: Iterable[Indicator], columns: Mapping[str, str] | None = None) -> Intake:
    """A table with one figure a line (zone, indicator, number …), or like the template one zone a line, items as columns."""
    try:
        lines = csv_lines(data)
    except WorkbookRefused as refused:
        return Intake(faults=[Fault("", refused.code, str(refused))])
    heads = [_LONG_KEYS.get(key_of(cell), "") for cell in lines[0]] if lines else []
    if {"indicator", "number"} <= set(heads):
        return _read_long(heads, lines[1:])
    return read_table(sheet_of(lines), items, columns)


def read_file(
    file: IO[bytes], name: str, items: Iterable[Indicator], columns: Mapping[str, str] | None = None
) -> Intake:
    """An uploaded .xlsx or .csv. `columns` answers what unknown headers mean: codes by header, "-" for none.

    Raises WorkbookRefused with a sentence for the sender.
    """
    if name.lower().endswith(".csv"):
        return read_csv(file.read(), items, columns)
    if not name.lower().endswith(".xlsx"):
        raise WorkbookRefused("kind", _("只能上传 .xlsx 或 .csv 文件。请在 Excel 或 WPS 中另存为 .xlsx 后再上传。"))
    sheets = open_workbook(file).visible
    for sheet in sheets:
        if _header_row(sheet):
            return read_table(sheet, items, columns)
    message = _("没有找到表头：须有“园区编号”或“园区名称”一列，其余每列一项指标。请下载模板填写。")
    return Intake(faults=[Fault("", "no_header", message)])


def read_table(sheet: Sheet, items: Iterable[Indicator], columns: Mapping[str, str] | None = None) -> Intake:
    """A sheet with a zone in each line and an item in each column; places are addresses of cells."""
    found = Intake()
    head = _header_row(sheet)
    if not head:
        message = _("没有找到表头：须有“园区编号”或“园区名称”一列，其余每列一项指标。请下载模板填写。")
        found.faults.append(Fault("", "no_header", message))
        return found
    zones, matches = _columns(sheet, head, list(items), columns or {}, found)
    for row, cells in sheet.rows():
        if row <= head:
            continue
        code, name = (cells[at].text if at in cells else "" for at in zones)
        if key_of(code or name) in _TOTALS:
            continue
        for column, match in matches.items():
            cell = cells.get(column)
            if cell is not None and (cell.text or cell.formula) and match.indicator is not None:
                found.rows.append(_of_cell(sheet, cell, match, code, name))
    return found


# ---- helpers -----------------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    """UTF-8, or what a Chinese Excel saves."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", errors="replace")


def _read_long(heads: list[str], lines: list[list[str]]) -> Intake:
    found = Intake()
    for at, line in enumerate(lines, start=2):
        if any(cell.strip() for cell in line):
            named = {head: cell for head, cell in zip(heads, line, strict=False) if head}
            found.rows.append(_delivered(f"line {at}", named))
    return found


def _delivered(place: str, entry: Mapping[str, Any]) -> Delivered:
    number, absence, fault = _number(entry.get("number"))
    stated = str(entry.get("absence") or "").strip()
    texts = {key: str(entry.get(key) or "").strip() for key in ("zone", "zone_name", "indicator", "unit", "comment")}
    return Delivered(
        place=place, number=number, absence=absence or _ABSENCES.get(key_of(stated), stated), fault=fault, **texts
    )


def _number(raw: object) -> tuple[Decimal | None, str, str]:
    """Number, absence, and what is wrong where it is neither."""
    if raw is None or isinstance(raw, Decimal):
        return raw, "", ""
    if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
        return None, "", _("数值须是数字，现为 %(raw)s。") % {"raw": str(raw)[:40]}
    text = str(raw).strip()
    if key_of(text) in _ABSENCES and text:
        return None, _ABSENCES[key_of(text)], ""
    try:
        return (Decimal(text) if isinstance(raw, (int, float)) else parse_number(text)), "", ""
    except ValidationError as error:
        return None, "", " ".join(error.messages)


def _moved(row: Delivered, place: str) -> Delivered:
    return Delivered(**{**{name: getattr(row, name) for name in row.__dataclass_fields__}, "place": place})


def _header_row(sheet: Sheet) -> int:
    """The row that names a column of zones, among the first; 0 for none."""
    for row, cells in sheet.rows():
        if row > _HEADER_WITHIN:
            break
        if len(cells) > 1 and any(
            _LONG_KEYS.get(key_of(cell.text)) in {"zone", "zone_name"} for cell in cells.values()
        ):
            return row
    return 0


def _columns(
    sheet: Sheet, head: int, items: list[Indicator], answers: Mapping[str, str], found: Intake
) -> tuple[tuple[int, int], dict[int, Match]]:
    """Columns of the zone's code and name (0 for none), and of items; what is unclear becomes a fault of its header."""
    matcher, by_code = Matcher(items), {item.code: item for item in items}
    zones = {"zone": 0, "zone_name": 0}
    matches: dict[int, Match] = {}
    taken: dict[int, str] = {}
    for column, cell in next(cells for row, cells in sheet.rows() if row == head).items():
        title, place = cell.text, sheet.place(cell)
        key = key_of(title)
        if _LONG_KEYS.get(key) in zones:
            zones[_LONG_KEYS[key]] = zones[_LONG_KEYS[key]] or column
            continue
        chosen = answers.get(title, "")
        if key in _BESIDE or not key or chosen == IGNORED:
            continue
        match = Match(title, by_code[chosen]) if chosen in by_code else matcher.match(title)
        fault = _header_fault(match, place, taken)
        if fault is None and match.indicator is not None:
            taken[match.indicator.pk] = place
            matches[column] = match
        elif fault is not None:
            found.faults.append(fault)
            if fault.code == "header_unknown":
                found.asked.append(match)
    return (zones["zone"], zones["zone_name"]), matches


def _header_fault(match: Match, place: str, taken: Mapping[int, str]) -> Fault | None:
    facts = {"title": match.header[:60]}
    if plan := PLAN.search(match.header):
        message = _("“%(title)s”一列标明是“%(word)s”。计划数、目标数不能作为实际数导入（R19），请删去这一列。")
        return Fault(place, "plan", message % {**facts, "word": plan.group()})
    if match.indicator is None:
        meant = "、".join(item.label for item in match.candidates)
        message = _("不认识“%(title)s”一列。") + (_("是否指：%(meant)s？") if meant else _("请改成指标名称或代码。"))
        return Fault(place, "header_unknown", message % {**facts, "meant": meant}, given=match.header)
    item = {"item": match.indicator.label, "unit": match.indicator.unit_label}
    if match.to_convert:
        message = _("“%(title)s”的单位不是%(unit)s。请把整列换算成%(unit)s，并改表头。")
        return Fault(place, "unit", message % {**facts, **item})
    if match.period in {"previous", "before"}:
        message = _("“%(title)s”一列是以前的数。请删去，只留本期。")
        return Fault(place, "period", message % facts)
    if match.indicator.pk in taken:
        message = _("“%(item)s”有两列（另一列在 %(first)s）。请只保留一列。")
        return Fault(place, "duplicate", message % {**item, "first": taken[match.indicator.pk]})
    return None


def _of_cell(sheet: Sheet, cell: Cell, match: Match, code: str, name: str) -> Delivered:
    number, absence, fault = _number(cell.value)
    if any(area.holds(cell.row, cell.column) for area in sheet.merged):
        fault = _("这一格与别的格合并了，不知道数字属于哪个园区。请取消合并。")
    elif cell.formula:
        message = _("这里是公式，结果为 %(value)s。请复制后“粘贴为数值”再上传。")
        fault = message % {"value": cell.text or _("空白")}
    elif cell.shown:
        message = _("这里存的是 %(value)s，显示的却不是。请把格式改为“数字”并核对后再上传。")
        fault = message % {"value": cell.text}
    return Delivered(
        place=sheet.place(cell),
        zone=code,
        zone_name=name,
        indicator=match.indicator.code if match.indicator else "",
        number=None if fault else number,
        absence="" if fault else absence,
        fault=fault,
    )
