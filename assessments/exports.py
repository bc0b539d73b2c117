"""The ranked table of a run as a file (导出): XLSX with a sheet on what was frozen, or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Incident, Result, Run
from assessments.selectors import rank_before, spoken
from common.api import SYNTHETIC_MARK
from common.numbers import format_number
from common.statuses import look
from parks.exports import defused


def columns() -> list[str]:
    return [
        _("位次"), _("园区编号"), _("园区"), _("省辖市"), _("得分"), _("等级"), _("数据完整度（%）"), _("建议"), _("触发的规则"),
        _("依据条款"), _("上年位次"), _("位次区间下限"), _("位次区间上限"), _("建议成立的比例（%）"), _("处于误差范围内"),
        _("离最近一条线的分数"), _("同类组"), _("组内园区数"), _("数据性质"),
    ]  # fmt: skip


def rows(results: Iterable[Result]) -> list[list[Any]]:
    """One row a result, in the order given; scores unrounded, coverage in percent."""
    return [_row(result) for result in results]


def _row(result: Result) -> list[Any]:
    grade = getattr(result, "grade", None)
    return [
        result.rank,
        result.zone.code,
        result.zone.name,
        result.zone.city.label,
        result.score,
        spoken(grade) if grade else "",
        100 * result.coverage,
        result.get_proposal_display(),
        "；".join(spoken(rule, "text") for rule in result.fired_rules),
        " ".join(dict.fromkeys(clause for rule in result.fired_rules for clause in rule["clauses"])),
        rank_before(result),
        result.rank_low,
        result.rank_high,
        None if result.holds is None else 100 * result.holds,
        None if result.within_noise is None else _("是") if result.within_noise else _("否"),
        result.cut_gap,
        result.peer_group,
        result.group_size,
        SYNTHETIC_MARK if result.synthetic else "",
    ]


def frozen_facts(run: Run) -> list[tuple[str, str]]:
    """What makes the run reproducible, as label and text."""

    def moment(at: Any) -> str:
        return timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else ""

    return [
        (_("考核计算"), f"#{run.pk}"),
        (_("考核办法"), str(run.scheme)),
        (_("年度"), str(run.year)),
        (_("数据冻结时间"), moment(run.inputs_at)),
        (_("完成时间"), moment(run.finished_at)),
        (_("办法指纹"), run.scheme.digest),
        (_("输入指纹"), run.inputs_digest),
        (_("结果指纹"), run.results_digest),
        (_("引擎版本"), run.engine_version),
        (_("稳健性检验"), _certainty_words(run)),
        (_("数据性质"), SYNTHETIC_MARK if run.synthetic else _("已确认数据")),
    ]


def _certainty_words(run: Run) -> str:
    found = run.summary.get("certainty")
    if not found:
        return _("未做")
    words = _("扰动 %(draws)s 次（种子 %(seed)s），建议成立的比例低于 %(hold)s%% 视为处于误差范围内")
    return words % {"draws": found["draws"], "seed": found["seed"], "hold": format_number(100 * found["hold"])}


def as_csv(run: Run, results: Iterable[Result]) -> bytes:
    """UTF-8 with a byte-order mark, which spreadsheets need to read Chinese."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(columns())
    writer.writerows(["" if cell is None else defused(cell) for cell in row] for row in rows(results))
    return ("\ufeff" + stream.getvalue()).encode()


def as_xlsx(run: Run, results: Iterable[Result]) -> bytes:
    """A sheet with the ranking (header frozen, filter on) and one with what was frozen; the mark stands above the table."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    bold, head = (
        book.add_format({"bold": True, "font_size": 14}),
        book.add_format({"bold": True, "bottom": 1, "bg_color": "#EDF1F1"}),
    )
    number, mark = book.add_format({"num_format": "0.00"}), book.add_format({"font_color": "#9C2A21", "bold": True})
    sheet = book.add_worksheet(_("考核结果"))
    sheet.write(0, 0, f"{run.year} {run.scheme}", bold)
    sheet.write(1, 0, SYNTHETIC_MARK if run.synthetic else "", mark)
    sheet.write_row(2, 0, columns(), head)
    table = rows(results)
    for line, row in enumerate(table, start=3):
        for place, cell in enumerate(row):
            if cell is not None:
                sheet.write(line, place, cell, number if isinstance(cell, float) else None)
    sheet.freeze_panes(3, 3)
    sheet.autofilter(2, 0, 2 + len(table), len(columns()) - 1)
    sheet.set_column(2, 2, 32)
    sheet.set_column(8, 8, 48)
    facts = book.add_worksheet(_("冻结信息"))
    facts.set_column(0, 0, 18)
    facts.set_column(1, 1, 72)
    for line, (label, text) in enumerate(frozen_facts(run)):
        facts.write(line, 0, label, head)
        facts.write_string(line, 1, text)
    book.close()
    return stream.getvalue()


def incidents_csv(incidents: Iterable[Incident]) -> bytes:
    """The register of incidents, one row each."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(
        [_("园区编号"), _("园区"), _("省辖市"), _("类别"), _("程度"), _("发生日期"), _("事由"), _("文号"), _("发文机关"),
         _("登记部门"), _("登记时间"), _("状态"), _("撤销理由"), _("数据性质")]
    )  # fmt: skip
    for incident in incidents:
        cells = [
            incident.zone.code,
            incident.zone.name,
            incident.zone.city.label,
            incident.get_kind_display(),
            incident.get_severity_display(),
            incident.on.isoformat(),
            incident.title,
            incident.document_number,
            incident.issuer,
            incident.reported_by.label,
            f"{timezone.localtime(incident.recorded_at):%Y-%m-%d %H:%M}",
            str(look(incident.look).label),
            incident.withdrawal,
            SYNTHETIC_MARK if incident.synthetic else "",
        ]
        writer.writerow([defused(cell) for cell in cells])
    return ("\ufeff" + stream.getvalue()).encode()
