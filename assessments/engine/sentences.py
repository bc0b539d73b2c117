"""Explanations in plain sentences, Chinese and English (用语句解释)."""

from __future__ import annotations

import re
from typing import Any

PROPOSALS = {
    "promote": ("建议晋升", "promote"),
    "keep": ("保持", "keep"),
    "watch": ("重点关注", "watch"),
    "demote": ("建议降级", "demote"),
    "exit": ("建议退出", "exit"),
    "undecided": ("待定", "undecided"),
}


def fill(text: str, measured: float | None, threshold: float | None, unset: str) -> str:
    words = {"measured": measured, "threshold": threshold}
    return re.sub(r"\{(measured|threshold)\}", lambda found: say(words[found[1]], unset), text)


def say(number: float | None, unset: str = "–") -> str:
    if number is None:
        return unset
    return f"{number:,.0f}" if number == round(number) else f"{number:,.4g}"


def sentences(found: dict[str, Any]) -> tuple[list[str], list[str]]:
    """A few short sentences in Chinese and English."""
    zh: list[str] = []
    en: list[str] = []
    label_zh, label_en = PROPOSALS[found["proposal"]]
    if found["score"] is None:
        zh.append("因缺报，无法计算得分。")
        en.append("Something needed is not reported, so there is no score.")
    else:
        zh.append(f"得分 {found['score']:.2f}，在 {found['group_size']} 家同类中居第 {found['rank']} 位。")
        en.append(f"Score {found['score']:.2f}, place {found['rank']} of {found['group_size']} peers.")
        _say_differences(found, zh, en)
        _say_cuts(found, zh, en)
    coverage = found["coverage"]
    if coverage["reported"] < coverage["asked"]:
        gap = coverage["asked"] - coverage["reported"]
        share = f"{100 * (coverage['weight_share'] or 0):.0f}%"
        zh.append(f"{coverage['asked']} 项指标中有 {gap} 项缺报，已报项占权重 {share}。")
        en.append(
            f"{gap} of {coverage['asked']} indicators are not reported; those reported carry {share} of the weight."
        )
    _say_comparable(found, zh, en)
    _say_change(found, zh, en)
    for rule in (row for row in found["rules"] if row["outcome"] or row["bars"]):
        zh.append(f"规则：{rule['text_zh']}。")
        en.append(f"Rule: {rule['text_en']}.")
    if found["contested"]:
        zh.append("缺报项可能改变结论，补报核实后再定。")
        en.append("What is not reported could change the outcome; decide when it is known.")
    _say_turn(found, zh, en)
    zh.append(f"建议：{label_zh}。")
    en.append(f"Proposal: {label_en}.")
    return zh, en


def _say_differences(found: dict[str, Any], zh: list[str], en: list[str]) -> None:
    rows = [row for row in found["indicators"] if row["points_vs_median"]]
    rows.sort(key=lambda row: row["points_vs_median"])
    best = [row for row in reversed(rows) if row["points_vs_median"] > 0][:2]
    worst = [row for row in rows if row["points_vs_median"] < 0][:2]
    words = (("比同类中位多得分", "Above the peers' median"), ("比同类中位少得分", "Below the peers' median"))
    for part, (word_zh, word_en) in zip((best, worst), words, strict=True):
        if part:
            items = [(row["name_zh"], row["name_en"], f"{row['points_vs_median']:+.2f}") for row in part]
            zh.append(f"{word_zh}：" + "、".join(f"{name} {gain}" for name, _, gain in items) + "。")
            en.append(f"{word_en}: " + ", ".join(f"{name} {gain}" for _, name, gain in items) + ".")


def _say_cuts(found: dict[str, Any], zh: list[str], en: list[str]) -> None:
    for cut in found["cuts"]:
        name_zh, name_en = PROPOSALS.get(cut["outcome"] or "", (cut["id"], cut["id"]))
        gap = cut["gap"]
        if cut["kind"] == "grade":
            name_zh, name_en = f"等级 {cut['id']}", f"grade {cut['id']}"
        if cut["outcome"] is None and cut["kind"] == "rule":
            continue
        state_zh, state_en = ("在线内", "inside") if cut["inside"] else ("在线外", "outside")
        zh.append(f"“{name_zh}”线 {cut['score_needed']:.2f} 分，现{state_zh}，相差 {abs(gap):.2f} 分。")
        en.append(f"The line for “{name_en}” is {cut['score_needed']:.2f}; now {state_en}, {abs(gap):.2f} away.")


def _say_comparable(found: dict[str, Any], zh: list[str], en: list[str]) -> None:
    since, restated = found["comparable"]["since"], found["comparable"]["restated"]
    if since is None:
        return
    zh.append(f"{since} 年口径变化，此前年度不计入" + ("，上年数已按新口径调整。" if restated else "。"))
    en.append(
        f"Years before {since} do not compare and do not count" + (" but for the restated one." if restated else ".")
    )


def _say_change(found: dict[str, Any], zh: list[str], en: list[str]) -> None:
    change = found["change"]
    if change is None:
        return
    total = change["after"] - change["before"]
    words = {"own": ("自身变化", "own"), "peers": ("同类变化", "peers"), "method": ("办法变化", "method"),
             "data": ("数据更正", "corrected data")}  # fmt: skip
    zh.append(
        f"比上年 {total:+.2f} 分：" + "、".join(f"{word} {change[k]:+.2f}" for k, (word, _) in words.items()) + "。"
    )
    en.append(
        f"On last year {total:+.2f}: " + ", ".join(f"{word} {change[k]:+.2f}" for k, (_, word) in words.items()) + "."
    )


def _say_turn(found: dict[str, Any], zh: list[str], en: list[str]) -> None:
    turn = found["smallest_change"]
    if turn is None:
        return
    by = "" if turn["relative"] is None else f"{100 * turn['relative']:+.1f}%"
    became = [("建议", "the proposal", *(PROPOSALS[code] for code in turn["proposal"]))]
    if turn["proposal"][0] == turn["proposal"][1]:
        became = []
    if turn["grade"] is not None and turn["grade"][0] != turn["grade"][1]:
        became.append(("等级", "the grade", *((code or "–", code or "–") for code in turn["grade"])))
    values = f"{say(turn['reported'])} → {say(turn['needed'])}" + (f"（{by}）" if by else "")
    values_en = f"{say(turn['reported'])} → {say(turn['needed'])}" + (f" ({by})" if by else "")
    turned = "，".join(f"{what}由“{old[0]}”变为“{new[0]}”" for what, _, old, new in became)
    turned_en = ", ".join(f"{what} from “{old[1]}” to “{new[1]}”" for _, what, old, new in became)
    zh.append(f"最小的单项变化：{turn['name_zh']} {values}，其他不变，{turned}。")
    en.append(f"The smallest single change: {turn['name_en']} {values_en}, all else unchanged, turns {turned_en}.")
