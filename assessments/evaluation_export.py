"""An evaluation of enterprises as a file (导出): XLSX with a sheet on what was frozen, or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.engine import Scheme as Method
from assessments.evaluations.words import grade_name, reason_words
from assessments.models import Evaluation, EvaluationResult
from assessments.selectors.methods import spoken
from assessments.words import SETTING_UNITS, word
from common.api import SYNTHETIC_MARK
from parks.exports import defused


def columns(evaluation: Evaluation) -> list[str]:
    leaves = evaluation.summary["leaves"]
    named = [(spoken(leaf), word(SETTING_UNITS, leaf["unit"])) for leaf in leaves]
    return [
        _("统一社会信用代码"), _("企业"), _("园区编号"), _("园区"), _("类别"), _("定类依据"), _("得分"), _("位次"),
        *(f"{name}（{unit}）" if unit else name for name, unit in named),
        *(_("%(name)s得分") % {"name": name} for name, _unit in named),
        _("台账条目"), _("数据性质"),
    ]  # fmt: skip


def rows(evaluation: Evaluation, method: Method, results: Iterable[EvaluationResult]) -> list[list[Any]]:
    mark = SYNTHETIC_MARK if evaluation.synthetic else ""
    return [
        [
            result.enterprise.credit_code,
            result.enterprise.name,
            result.zone.code,
            result.zone.name,
            grade_name(evaluation.summary, result.grade) if result.grade else "",
            reason_words(result.reason, method),
            result.score,
            result.rank,
            *result.figures["values"],
            *result.figures["parts"],
            f"#{result.entry_id}",
            mark,
        ]
        for result in results
    ]


def frozen_facts(evaluation: Evaluation) -> list[tuple[str, str]]:
    """What makes the evaluation reproducible, as label and text."""
    finished = (
        timezone.localtime(evaluation.finished_at).strftime("%Y-%m-%d %H:%M:%S") if evaluation.finished_at else ""
    )
    return [
        (_("评价编号"), f"#{evaluation.pk}"),
        (_("评价办法"), str(evaluation.scheme)),
        (_("数据冻结时间"), finished),
        (_("办法指纹"), evaluation.text_digest),
        (_("输入指纹"), evaluation.inputs_digest),
        (_("结果指纹"), evaluation.results_digest),
        (_("引擎版本"), evaluation.engine_version),
        (_("数据性质"), SYNTHETIC_MARK if evaluation.synthetic else _("台账数据")),
    ]


def as_csv(evaluation: Evaluation, method: Method, results: Iterable[EvaluationResult]) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheets need to read Chinese."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(columns(evaluation))
    for row in rows(evaluation, method, results):
        writer.writerow(["" if cell is None else defused(cell) for cell in row])
    return ("\ufeff" + stream.getvalue()).encode()


def as_xlsx(evaluation: Evaluation, method: Method, results: Iterable[EvaluationResult]) -> bytes:
    """A sheet with the enterprises (header frozen, filter on) and one with what was frozen."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(stream, options)
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF1F1", "text_wrap": True, "valign": "top"})
    number, mark = book.add_format({"num_format": "0.00"}), book.add_format({"font_color": "#9C2A21", "bold": True})
    sheet = book.add_worksheet(_("评价结果"))
    sheet.write(0, 0, f"{evaluation.year} {evaluation.place} {evaluation.scale_label}", bold)
    sheet.write(1, 0, SYNTHETIC_MARK if evaluation.synthetic else "", mark)
    titles, table = columns(evaluation), rows(evaluation, method, results)
    sheet.write_row(2, 0, titles, head)
    for line, row in enumerate(table, start=3):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(line, place, cell, number if isinstance(cell, float) else None)
    sheet.freeze_panes(3, 2)
    sheet.autofilter(2, 0, 2 + len(table), len(titles) - 1)
    sheet.set_column(0, 1, 22)
    sheet.set_column(3, 5, 18)
    sheet.set_column(6, len(titles) - 1, 12)
    facts = book.add_worksheet(_("冻结信息"))
    for line, (name, text) in enumerate(frozen_facts(evaluation)):
        facts.write(line, 0, name)
        facts.write(line, 1, text)
    facts.set_column(0, 0, 16)
    facts.set_column(1, 1, 72)
    book.close()
    return stream.getvalue()
