"""An upload's difference as the page shows it (差异的显示)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from common.numbers import format_number
from indicators.enums import Absence
from indicators.models import Indicator, Upload
from indicators.workbooks.comparison import Holding, kind_label
from parks.models import Zone

_TONES = {"new": "ok", "changed": "info", "emptied": "bad", "comment": "mute"}


@dataclass(frozen=True)
class ChangeRow:
    """One cell: where it stands in the file, what it holds and would hold."""

    place: str
    zone: Zone | None
    indicator: Indicator
    kind: str
    label: str
    tone: str
    before: str
    after: str
    comment_before: str
    comment_after: str
    growth: Decimal | None
    notes: list[str]
    hidden: bool


@dataclass(frozen=True)
class QuestionGroup:
    """Questions of one kind; where they offer the same answers, one answer may settle all."""

    kind: str
    title: str
    questions: list[Mapping[str, Any]]

    @property
    def shared(self) -> list[Mapping[str, str]]:
        """Answers that all questions of the group offer under the same name."""
        if len(self.questions) < 2 or self.kind in _SINGLE:
            return []
        common = set.intersection(*({choice["key"] for choice in one["choices"]} for one in self.questions))
        return [choice for choice in _shared_choices() if choice["key"] in common]

    @property
    def open(self) -> int:
        return sum(not question["answer"] for question in self.questions)


# Questions that stand alone, whatever their number.
_SINGLE = {"stamp", "stale", "empties", "column", "double"}


def _shared_choices() -> list[Mapping[str, str]]:
    named = {
        "take": _("全部采用文件中的结果"),
        "rounded": _("全部四舍五入"),
        "convert": _("全部换算"),
        "as_is": _("全部不换算"),
        "converted": _("全部换算"),
        "shown": _("全部按显示的数"),
        "stored": _("全部按存的数"),
        "negative": _("全部作负数"),
        "zero": _("全部为 0"),
        Absence.NOT_APPLICABLE: _("全部不适用"),
        Absence.NOT_AVAILABLE: _("全部暂缺"),
        "ignore": _("全部不读取"),
        "keep": _("全部保留系统中的数"),
    }
    return [{"key": str(key), "label": label} for key, label in named.items()]


def _titles() -> dict[str, str]:
    return {
        "stamp": _("来历"),
        "stale": _("下载之后又有改动"),
        "empties": _("空白格"),
        "formula": _("公式"),
        "unit": _("单位不同"),
        "column": _("同一指标有几列"),
        "double": _("同一指标出现多次"),
        "item": _("指标不明"),
        "zone": _("园区不明"),
        "percent": _("百分比格式"),
        "scaled": _("显示格式"),
        "round": _("小数位数"),
        "brackets": _("括号"),
        "blank_word": _("不是数字的答复"),
        "text_unit": _("数字后带单位"),
    }


def question_groups(upload: Upload) -> list[QuestionGroup]:
    groups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for question in upload.report.get("questions", []):
        groups[question["kind"]].append(question)
    titles = _titles()
    return [QuestionGroup(kind, titles.get(kind, kind), questions) for kind, questions in groups.items()]


def change_rows(changes: Sequence[Mapping[str, Any]], *, with_zone: bool) -> list[ChangeRow]:
    """Rows for a page of changes; two queries."""
    items = Indicator.objects.in_bulk({change["code"] for change in changes}, field_name="code")
    zones = Zone.objects.in_bulk({change["zone"] for change in changes}, field_name="code") if with_zone else {}
    rows = []
    for change in changes:
        item = items[change["code"]]
        before, after = Holding.from_json(change["before"]), Holding.from_json(change["after"])
        rows.append(
            ChangeRow(
                place=change["place"],
                zone=zones.get(change["zone"]),
                indicator=item,
                kind=change["kind"],
                label=kind_label(change["kind"]),
                tone=_TONES[change["kind"]],
                before=_shown(before, item),
                after=_shown(after, item),
                comment_before=before.comment,
                comment_after=after.comment,
                growth=_growth(before.number, after.number),
                notes=change["notes"],
                hidden=change["hidden"],
            )
        )
    return rows


def _shown(holding: Holding, item: Indicator) -> str:
    if holding.absence:
        return str(Absence(holding.absence).label)
    return "" if holding.number is None else format_number(holding.number, item.decimals)


def _growth(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """Change in percent; none without both numbers or on a base that is not positive."""
    if before is None or after is None or before <= 0:
        return None
    return 100 * (after / before - 1)
