"""Provisions with how they stand, as files (政策导出)."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from django.http import HttpResponse
from django.utils.translation import gettext as _

from accounts.enums import Duty
from common.api import SYNTHETIC_MARK
from policy import outline
from policy.models import Provision
from policy.standing import ProvisionState

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def _row(provision: Provision) -> dict[str, Any]:
    state: ProvisionState = provision.state  # type: ignore[attr-defined]
    return {
        "code": provision.code,
        "chapter": outline.chapter_of(provision.section),
        "section": provision.section,
        "kind": str(provision.get_kind_display()),
        "year": provision.year or "",
        "quote": provision.quote,
        "gloss_en": provision.gloss_en,
        "instrument": provision.instrument.label,
        "status": str(state.status.label),
        "standing": "; ".join(standing.words for standing in state.standings),
        "why": state.why,
        "departments": "、".join(str(Duty(duty).label) for duty in sorted(state.departments)),
        "open_words": "、".join(term.word for term in state.terms),
        "nature": SYNTHETIC_MARK if state.synthetic else "",
    }


def _heads() -> dict[str, str]:
    return {
        "code": _("编号"), "chapter": _("章"), "section": _("章节"), "kind": _("类型"), "year": _("年份"), "quote": _("原文"),
        "gloss_en": _("英文释义"), "instrument": _("政策工具"), "status": _("现状"), "standing": _("情况"),
        "why": _("尚未落实的原因"), "departments": _("部门"), "open_words": _("未定用语"), "nature": _("数据性质"),
    }  # fmt: skip


def _defused(cell: Any) -> Any:
    """A text that a spreadsheet would run gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def provisions_file(provisions: Sequence[Provision], name: str, kind: str) -> HttpResponse:
    """The download; JSON keeps the names of the fields, the tables have heads in the reader's language."""
    rows, heads = [_row(provision) for provision in provisions], _heads()
    if kind == "json":
        content: bytes = json.dumps(rows, ensure_ascii=False, indent=1).encode()
        content_type = "application/json"
    elif kind == "xlsx":
        content, content_type = _xlsx(rows, heads), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        kind, content, content_type = "csv", _csv(rows, heads), "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


def _csv(rows: list[dict[str, Any]], heads: dict[str, str]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(heads.values())
    writer.writerows([_defused(row[key]) for key in heads] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _xlsx(rows: list[dict[str, Any]], heads: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as book:
        sheet = book.add_worksheet(_("条款"))
        bold, wrap = book.add_format({"bold": True, "bottom": 1}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, list(heads.values()), bold)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, [_defused(row[key]) for key in heads], wrap)
        sheet.set_column(0, 4, 9)
        sheet.set_column(5, 6, 48)
        sheet.set_column(7, 13, 22)
    return stream.getvalue()
