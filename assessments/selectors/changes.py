"""What one text of a scheme says otherwise than another (办法差异): by place, told in words."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from assessments.enums import ProposalKind
from assessments.words import (
    AGGREGATIONS,
    CERTAINTIES,
    METHODS,
    PARAMETERS,
    POLICIES,
    SETTING_UNITS,
    THEME_WORDS,
    WEIGHTINGS,
    Words,
    word,
)
from common.numbers import format_number
from common.yaml_text import Place, loaded, written
from parks.enums import DesignationLevel, ZoneClass

SECTIONS: Words = {
    "head": gettext_lazy("基本信息"),
    "settings": gettext_lazy("参数"),
    "derive": gettext_lazy("派生指标"),
    "tree": gettext_lazy("指标与权重"),
    "adjustments": gettext_lazy("加分与减分"),
    "grading": gettext_lazy("等级"),
    "rules": gettext_lazy("升降规则"),
    "lists": gettext_lazy("榜单"),
}
FIELDS: Words = {
    **PARAMETERS,
    "code": gettext_lazy("代码"),
    "version": gettext_lazy("版本"),
    "name_zh": gettext_lazy("名称"),
    "name_en": gettext_lazy("英文名称"),
    "zone_class": gettext_lazy("类别"),
    "levels": gettext_lazy("级别"),
    "valid_from": gettext_lazy("适用起始年度"),
    "valid_to": gettext_lazy("适用截止年度"),
    "source": gettext_lazy("来源"),
    "author": gettext_lazy("编制"),
    "checker": gettext_lazy("校核"),
    "certainty": gettext_lazy("可靠程度"),
    "decided_by": gettext_lazy("由谁确定"),
    "clauses": gettext_lazy("条款"),
    "basis": gettext_lazy("依据"),
    "note_zh": gettext_lazy("说明"),
    "note_en": gettext_lazy("英文说明"),
    "text_zh": gettext_lazy("表述"),
    "text_en": gettext_lazy("英文表述"),
    "missing": gettext_lazy("缺报"),
    "policy": gettext_lazy("缺报"),
    "outliers": gettext_lazy("异常值"),
    "weight": gettext_lazy("权重"),
    "weights": gettext_lazy("权重"),
    "weighting": gettext_lazy("权重方式"),
    "aggregate": gettext_lazy("合成方式"),
    "direction": gettext_lazy("方向"),
    "theme": gettext_lazy("必考维度"),
    "score": gettext_lazy("计分"),
    "method": gettext_lazy("计分方法"),
    "unit": gettext_lazy("单位"),
    "value": gettext_lazy("取值"),
    "indicator": gettext_lazy("指标"),
    "kind": gettext_lazy("种类"),
    "outcome": gettext_lazy("建议"),
    "bars": gettext_lazy("排除"),
    "decisive": gettext_lazy("优先于其他规则"),
    "enabled": gettext_lazy("启用"),
    "conditions": gettext_lazy("条件"),
    "op": gettext_lazy("比较"),
    "k": gettext_lazy("名次数"),
    "m": gettext_lazy("至少几年"),
    "n": gettext_lazy("近几年"),
    "share": gettext_lazy("比例"),
    "count": gettext_lazy("个数"),
    "take": gettext_lazy("取几个"),
    "years": gettext_lazy("年数"),
    "at_least": gettext_lazy("至少"),
    "min_group_size": gettext_lazy("同类组最少个数"),
    "scope": gettext_lazy("范围"),
    "rounding": gettext_lazy("取整"),
    "limit": gettext_lazy("限额"),
    "require": gettext_lazy("须满足"),
    "versus": gettext_lazy("与何比较"),
    "from": gettext_lazy("起点"),
    "at": gettext_lazy("取值"),
    "to": gettext_lazy("终点"),
    "points": gettext_lazy("得分"),
    "levels_of_grade": gettext_lazy("各级"),
    "children": gettext_lazy("下级"),
    "scale": gettext_lazy("满分"),
    "ties": gettext_lazy("并列"),
    "order": gettext_lazy("顺序"),
}
_VALUES: dict[str, Words] = {
    "method": METHODS,
    "aggregate": AGGREGATIONS,
    "weighting": WEIGHTINGS,
    "theme": THEME_WORDS,
    "certainty": CERTAINTIES,
    "missing": POLICIES,
    "policy": POLICIES,
    "unit": SETTING_UNITS,
    "direction": {"up": pgettext_lazy("direction", "越高越好"), "down": gettext_lazy("越低越好")},
    "outcome": {kind.value: kind.label for kind in ProposalKind},
    "bars": {kind.value: kind.label for kind in ProposalKind},
    "zone_class": {kind.value: kind.label for kind in ZoneClass},
    "levels": {level.value: level.label for level in DesignationLevel},
}
_NAMES = ("id", "code", "indicator")
ABSENT = object()


@dataclass(frozen=True)
class Change:
    """One difference: where, of what (`subject_…`, the nearest thing with a name), and the values before and after.

    `before` or `after` is ABSENT where there was or is nothing.
    """

    place: Place
    subject_zh: str
    subject_en: str
    before: Any
    after: Any

    @property
    def kind(self) -> Literal["added", "removed", "changed"]:
        return "added" if self.before is ABSENT else "removed" if self.after is ABSENT else "changed"

    @property
    def section(self) -> str:
        first = str(self.place[0])
        return word(SECTIONS, first if first in SECTIONS else "head")

    @property
    def subject(self) -> str:
        return self.subject_en if (get_language() or "").startswith("en") else self.subject_zh

    @property
    def label(self) -> str:
        """The words for what of the subject differs."""
        parts = [str(part) for part in self.place if isinstance(part, str)]
        own = parts[2:] if self.place[0] == "settings" else parts[1:]
        inner = [word(FIELDS, part) for part in own if part not in ("children", "conditions")]
        if self.place[0] not in SECTIONS or self.place[0] == "derive":
            return word(FIELDS, parts[-1])
        return _(" · ").join(inner[-2:]) if self.is_value else ""

    @property
    def is_value(self) -> bool:
        """Whether a single value differs, not a whole thing with a name."""
        return not any(isinstance(v, dict) and any(n in v for n in _NAMES) for v in (self.before, self.after))

    @property
    def before_words(self) -> str:
        return value_words(self.place, self.before)

    @property
    def after_words(self) -> str:
        return value_words(self.place, self.after)

    def as_data(self) -> dict[str, Any]:
        """Plain data, to be kept with an act."""
        said = {"place": list(self.place), "subject_zh": self.subject_zh, "subject_en": self.subject_en}
        values = {"before": self.before, "after": self.after}
        return said | {name: value for name, value in values.items() if value is not ABSENT}

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Change:
        return cls(
            tuple(data["place"]),
            data["subject_zh"],
            data["subject_en"],
            data.get("before", ABSENT),
            data.get("after", ABSENT),
        )


def changes_between(before: str, after: str) -> list[Change]:
    """Everything that two sound texts say otherwise, in the order of the file."""
    first, second = loaded(before), loaded(after)
    return sorted(_differences(first, second, (), ("", "")), key=lambda change: _section_order(change.place))


def text_difference(before: str, after: str) -> list[tuple[str, str]]:
    """The lines that differ with three around them: (`same`, `add`, `remove` or `gap`, line)."""
    kinds = {" ": "same", "+": "add", "-": "remove", "@": "gap"}
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3))[2:]
    return [(kinds[line[0]], "" if line[0] == "@" else line[1:]) for line in lines]


def value_words(place: Place, value: Any) -> str:
    """A value of a scheme in the reader's words."""
    name = next((part for part in reversed(place) if isinstance(part, str)), "")
    if value is ABSENT:
        return _("等权") if name == "weight" else ""
    if value is None or isinstance(value, bool):
        return str({None: _("未定"), True: _("是"), False: _("否")}[value])
    if isinstance(value, int | float):
        # Years have no thousands.
        return str(value) if name.startswith("valid_") else format_number(value)
    listed = value if isinstance(value, list) else [value]
    if all(isinstance(item, str) for item in listed):
        return _("、").join(_text_words(name, item) for item in listed) or _("无")
    return written(value)


def _text_words(name: str, value: str) -> str:
    if value.startswith("$"):
        return _("参数 %(name)s") % {"name": value.removeprefix("$")}
    return word(_VALUES.get(name, {}), value)


def _section_order(place: Place) -> int:
    names = list(SECTIONS)
    return names.index(str(place[0])) if place[0] in SECTIONS else 0


def _differences(before: Any, after: Any, place: Place, subject: tuple[str, str]) -> Iterator[Change]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict):
        subject = _named(after, place) or subject
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _differences(before.get(key, ABSENT), after.get(key, ABSENT), (*place, key), subject)
    elif isinstance(before, list) and isinstance(after, list) and (keys := _keys(before, after, place)) is not None:
        yield from _in_lists(before, after, keys, place, subject)
    elif before != after:
        named = next((_named(item, place) for item in (after, before) if isinstance(item, dict)), None)
        yield Change(place, *(named or subject), before, after)


def _in_lists(
    before: list[Any], after: list[Any], keys: tuple[list[Any], list[Any]], place: Place, subject: tuple[str, str]
) -> Iterator[Change]:
    """Lists of things with names: matched by them, wherever they stand."""
    was, now = (dict(zip(names, items, strict=True)) for names, items in zip(keys, (before, after), strict=True))
    for key in [*was, *(key for key in now if key not in was)]:
        number = keys[1].index(key) if key in now else keys[0].index(key)
        yield from _differences(was.get(key, ABSENT), now.get(key, ABSENT), (*place, number), subject)
    kept = [key for key in was if key in now]
    # Of indicators the order says nothing; the order of rules and grades is read.
    if place[0] != "tree" and kept != [key for key in now if key in was]:
        yield Change((*place, "order"), *subject, [str(key) for key in was], [str(key) for key in now])


def _keys(before: list[Any], after: list[Any], place: Place) -> tuple[list[Any], list[Any]] | None:
    """The names of the items of both lists; their numbers where plain mappings have none; None for other lists."""
    items = [*before, *after]
    if not items or not all(isinstance(item, dict) for item in items):
        return None
    both = []
    for listed in (before, after):
        names = [next((item[name] for name in _NAMES if name in item), None) for item in listed]
        both.append(
            names
            if place[-1] != "conditions" and all(names) and len(set(names)) == len(names)
            else list(range(len(listed)))
        )
    if isinstance(next(iter(both[0]), 0), int) != isinstance(next(iter(both[1]), 0), int):
        return list(range(len(before))), list(range(len(after)))
    return both[0], both[1]


def _named(item: dict[str, Any], place: Place) -> tuple[str, str] | None:
    """What a thing is called in Chinese and English; None for one without a name."""
    if not place or place in (("tree",), ("grading",)) or "conditions" in place:
        return None
    own = next((str(item[name]) for name in _NAMES if name in item), "")
    if place[0] == "settings":
        own = str(place[-1])
    if "name_zh" in item:
        return str(item["name_zh"]), str(item.get("name_en", item["name_zh"]))
    if "text_zh" in item and "{" not in str(item["text_zh"]):
        return str(item["text_zh"]), str(item.get("text_en") or item["text_zh"])
    return (own, own) if own and place[0] in SECTIONS and isinstance(place[-1], int) else None


def spans(numbers: Sequence[int]) -> str:
    """Years as runs: 2019–2021、2023."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return _("、").join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
