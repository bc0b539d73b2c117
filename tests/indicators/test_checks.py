from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import yaml
from django.utils import translation

from common.formula import Formula
from indicators import loading
from indicators.checks import Filings, Peers, find, plan_word, plan_words, rule_codes, rule_equation
from indicators.enums import ReturnStatus, RuleKind, ValueSource, Verdict
from indicators.models import CheckRule, Indicator, Reconciliation, Value
from indicators.selectors import check_return, check_returns
from parks.models import Designation
from registers.definition import Measure
from registers.models import Register
from registers.selectors import RegisterFigure

CASES = yaml.safe_load((Path(__file__).parent / "rule_cases.yaml").read_text(encoding="utf-8"))
CELL_CASES = [
    pytest.param(code, case, is_broken, id=f"{code}-{side}-{number}")
    for code, sides in CASES.items()
    for side, is_broken in (("holds", False), ("broken", True))
    for number, case in enumerate(sides[side], start=1)
    if "cells" in case
]
CLUSTER = frozenset({("cluster", "province_designated")})


def filings(figures, zones=("A1",), asked=None, absent=(), commented=(), **beside):
    """Filings of zones with the same figures: code → number, or code → (number, last year's)."""
    codes = list(figures)
    pairs = [figure if isinstance(figure, tuple) else (figure, np.nan) for figure in figures.values()]
    now, last = (np.tile(np.array(row, dtype=float), (len(zones), 1)) for row in zip(*pairs, strict=True))
    absent_, commented_, asked_ = (
        np.tile(np.array([code in marked for code in codes]), (len(zones), 1))
        for marked in (absent, commented, codes if asked is None else asked)
    )
    return Filings(2020, list(zones), codes, now, last, absent_, commented_, asked_, **beside)


def filings_of(case):
    """The filings of a case of rule_cases.yaml."""
    figures, absent = {}, [code for code, figure in case["cells"].items() if figure == "absent"]
    for code, figure in case["cells"].items():
        known = np.nan if figure in (None, "absent") else figure
        figures[code] = tuple(known) if isinstance(known, list) else known
    zone_plates = frozenset(tuple(plate.split()) for plate in case.get("plates", ["cluster province_designated"]))
    return filings(
        figures,
        absent=absent,
        plates={"A1": zone_plates},
        earlier={("A1", code): tuple(found) for code, found in case.get("earlier", {}).items()},
        known={("A1", code): tuple(found) for code, found in case.get("known", {}).items()},
        registered={("A1", code): registered(*found) for code, found in case.get("registered", {}).items()},
    )


def registered(number, entries, undated=0):
    """What the register of roads knows."""
    register = Register(name_zh="新建道路台账", name_en="New roads")
    measure = Measure(code="m", name=("道路", "Roads"), kind="sum", unit="公里", value="length")
    return RegisterFigure(register, measure, number, entries, undated, synthetic=False)


def with_peers(table, changes, plates=CLUSTER):
    """The filings among peers whose figures changed by these percentages, by code."""
    zones = [f"P{number}" for number in range(max(map(len, changes.values())))]
    logs = np.column_stack([np.log1p(np.array(of_code, dtype=float) / 100) for of_code in changes.values()])
    held = {**table.plates, **dict.fromkeys(zones, plates)} or None
    return Filings(**{**vars(table), "plates": held, "peers": Peers(zones, list(changes), logs)})


@pytest.fixture(scope="module")
def items(files):
    entries = enumerate(files.catalogue.indicators, start=1)
    return {entry.code: loading._indicator(position, entry, files) for position, entry in entries}


@pytest.fixture(scope="module")
def rules(files):
    return [CheckRule(position=at, **rule.model_dump()) for at, rule in enumerate(files.rules, start=1)]


def codes_found(found):
    return {finding.rule for finding in found["A1"]}


def test_every_rule_has_passing_and_failing_cases(files):
    assert list(CASES) == [rule.code for rule in files.rules]
    assert all(sides["holds"] and sides["broken"] for sides in CASES.values())


@pytest.mark.parametrize(("code", "case", "is_broken"), CELL_CASES)
def test_the_cases_come_out_as_they_should(items, rules, code, case, is_broken):
    rule = next(rule for rule in rules if rule.code == code)
    table = filings_of(case)
    if "peers" in case:
        table = with_peers(table, case["peers"])
    found = find(table, items, [rule])["A1"]
    assert len(found) == is_broken
    for finding in found:
        assert (finding.rule, finding.kind, finding.basis) == (code, rule.kind, rule.basis)
        assert set(finding.codes) <= set(rule_codes(rule, items))
        assert rule.message in finding.message
        assert case.get("says", "") in finding.message
        assert finding.suggested == (pytest.approx(case["suggested"]) if "suggested" in case else None)


def test_a_missing_part_is_never_zero(items, rules):
    for rule in rules:
        if rule.kind in (RuleKind.RELATION, RuleKind.SUM):
            for case in CASES[rule.code]["broken"]:
                for code in case["cells"]:
                    if rule.kind == RuleKind.SUM and code != rule.parameters["total"]:
                        continue
                    left_out = {**case, "cells": case["cells"] | {code: None}}
                    assert find(filings_of(left_out), items, [rule])["A1"] == [], (rule.code, code)


def test_all_twenty_audit_rules_of_the_forms_are_there(rules):
    assert {rule.code for rule in rules} >= {f"R{number:02}" for number in range(1, 21)}
    assert {rule.kind for rule in rules} == set(RuleKind.values)


def test_messages_speak_both_languages_and_say_how_to_mend(rules):
    for rule in rules:
        told = rule.kind in (RuleKind.RELATION, RuleKind.SUM)  # of others the finding itself says what is wrong
        assert rule.message_zh.count("。") >= 1 + told, rule.code
        assert rule.message_en.count(". ") >= told, rule.code
    with translation.override("en"):
        assert rules[0].message == rules[0].message_en


def test_the_first_code_is_the_first_in_the_expression(items, rules):
    found = find(filings({"standard_plant_area": 1, "multi_storey_plant_area": 2}), items, rules)
    assert found["A1"][0].codes == ("multi_storey_plant_area", "standard_plant_area")


def test_a_soft_finding_is_explained_by_a_comment_on_one_of_its_cells(items, rules):
    figures = {"tax_revenue": 11, "value_added": 10}
    (finding,) = find(filings(figures), items, rules)["A1"]
    assert (finding.severity, finding.explained, finding.to_mend) == ("soft", False, True)
    (finding,) = find(filings(figures, commented=["value_added"]), items, rules)["A1"]
    assert (finding.explained, finding.to_mend) == (True, False)


def test_a_comment_does_not_excuse_a_hard_finding_and_a_notice_keeps_nothing_back(items, rules):
    (hard,) = find(filings({"exports": 6, "imports_exports": 5}, commented=["exports"]), items, rules)["A1"]
    assert hard.to_mend
    (notice,) = find(filings({"open_safety_hazards": 1}), items, rules)["A1"]
    assert not notice.to_mend


def test_a_required_item_is_filled_in_or_its_absence_explained(items, rules):
    nothing = {"tax_revenue": np.nan, "green_space": np.nan}
    (finding,) = find(filings(nothing), items, rules)["A1"]
    assert (finding.rule, finding.severity, finding.codes) == ("Q01", "hard", ("tax_revenue",))
    assert finding.message.startswith("“税收收入”必填，还没有填。")
    assert find(filings(nothing, asked=["green_space"]), items, rules)["A1"] == []
    (finding,) = find(filings(nothing, absent=["tax_revenue", "green_space"]), items, rules)["A1"]
    assert (finding.rule, finding.severity, finding.to_mend) == ("Q01", "soft", True)
    (finding,) = find(filings(nothing, absent=["tax_revenue"], commented=["tax_revenue"]), items, rules)["A1"]
    assert not finding.to_mend


def test_bounds_may_be_the_rules_own(items):
    rule = CheckRule(
        code="B02", kind="range", severity="notice", items=["employees"], parameters={"low": 10, "high": 99}
    )
    assert [f.rule for f in find(filings({"employees": 9}), items, [rule])["A1"]] == ["B02"]
    assert [f.rule for f in find(filings({"employees": 100}), items, [rule])["A1"]] == ["B02"]
    assert find(filings({"employees": 10, "enterprises": 9}), items, [rule])["A1"] == []


def test_messages_carry_the_figures_in_both_languages(items, rules):
    figures = {"exports": 6, "imports_exports": 5, "tax_revenue": (22000, 10333), "total_assets": 100,
               "total_liabilities": 60, "owners_equity": 30}  # fmt: skip
    said = {f.rule: f.message for f in find(filings(figures), items, rules)["A1"]}
    assert said["R11"].startswith("出口总额大于进出口总额。")
    assert said["R11"].endswith("现为：“出口总额”6 万元，“进出口总额”5 万元。")
    assert said["R17"].startswith(
        "“税收收入”22,000 万元，上年 10,333 万元，变动 +112.9%，不在上年的 0.5—2 倍之间。一年"
    )
    assert "算得 90 万元，相差 10 万元。" in said["R06"]
    with translation.override("en"):
        said = {f.rule: f.message for f in find(filings(figures), items, rules)["A1"]}
    assert "“Tax revenue” 22,000 × 10,000 yuan" in said["R17"]
    assert not any("\u4e00" <= sign <= "\u9fff" for message in said.values() for sign in message)


def test_of_comparisons_with_last_year_only_the_most_telling_is_told(items, rules):
    table = filings({"tax_revenue": (10000, 1000)}, plates={"A1": CLUSTER})
    assert codes_found(find(with_peers(table, {"tax_revenue": [5] * 8}), items, rules)) == {"R20"}
    table = filings({"tax_revenue": (4000, 1000)}, plates={"A1": CLUSTER})
    assert codes_found(find(with_peers(table, {"tax_revenue": [5] * 8}), items, rules)) == {"R17"}
    table = filings({"tax_revenue": (1900, 1000)}, plates={"A1": CLUSTER})
    assert codes_found(find(with_peers(table, {"tax_revenue": [5] * 8}), items, rules)) == {"P01"}


def test_peers_share_a_class_and_do_not_hold_the_zone_itself(items, rules):
    table = filings({"tax_revenue": (1900, 1000)}, plates={"A1": CLUSTER})
    other = frozenset({("customs", "national")})
    assert find(with_peers(table, {"tax_revenue": [5] * 9}, plates=other), items, rules)["A1"] == []
    itself = with_peers(table, {"tax_revenue": [5] * 8})
    alone = Filings(
        **{**vars(itself), "peers": Peers(["A1", *itself.peers.zones[1:]], *list(vars(itself.peers).values())[1:])}
    )
    assert find(alone, items, rules)["A1"] == []  # seven others are too few


def test_findings_come_gravest_first_and_by_zone(items, rules):
    figures = {"open_safety_hazards": 1, "tax_revenue": 11, "value_added": 10, "exports": 6, "imports_exports": 5}
    found = find(filings(figures, zones=("A1", "A2")), items, rules)
    assert [f.severity for f in found["A1"]] == ["hard", "soft", "notice"]
    assert found["A2"] == found["A1"]


def test_a_return_is_checked_against_last_years_accepted_figures(world, sound):
    last = world.add_round(2019)
    world.add_return(round_=last, values={"tax_revenue": 4000, "employees": 3000}, status="accepted")
    world.add_return("A2", round_=last, values={"tax_revenue": 4000}, status="submitted")
    returns = [world.add_return(zone, values=sound) for zone in ("A1", "A2")]
    found = check_returns(returns)
    assert [(f.rule, *f.codes) for f in found[returns[0].pk]] == [("R17", "tax_revenue"), ("R17", "employees")]
    assert found[returns[1].pk] == []  # last year's is not accepted, so nothing is known to compare with
    assert check_return(returns[0]) == found[returns[0].pk]


def test_checking_many_returns_takes_the_queries_of_one(world, sound, django_assert_max_num_queries):
    for number in range(6):
        world.add_zone(f"Y{number}", "cluster")
    returns = [world.add_return(zone, values=sound) for zone in ["A1", *(f"Y{n}" for n in range(6))]]
    with django_assert_max_num_queries(20) as one:
        check_returns(returns[:1])
    with django_assert_max_num_queries(len(one)):
        assert len(check_returns(returns)) == 7


def test_a_written_absence_and_comment_reach_the_checks(world, sound):
    return_ = world.add_return(values=sound | {"tax_revenue": None})
    value = return_.values.get(indicator__code="tax_revenue")
    value.absence = "not_available"
    value.save()
    assert [f.rule for f in check_return(return_)] == ["Q01"]
    value.comment = "税务局尚未提供"
    value.save()
    assert [f.to_mend for f in check_return(return_)] == [False]


def test_proposed_cells_are_checked_without_being_saved(world, sound):
    return_ = world.add_return(values=sound)
    planned = return_.values.select_related("indicator").get(indicator__code="planned_area")
    planned.number = Decimal(8999)
    found = check_returns([return_], proposed={return_.pk: {"planned_area": planned}})[return_.pk]
    assert [f.rule for f in found] == ["R02"]
    assert check_return(return_) == []


def test_peers_are_the_filed_returns_of_the_round(world, sound):
    last = world.add_round(2019, "closed")
    for number in range(9):
        code = f"Y{number}"
        world.add_zone(code, "cluster")
        world.add_return(code, last, "accepted", {"tax_revenue": 1000})
        world.add_return(code, status="submitted" if number < 8 else "draft", values={"tax_revenue": 1050})
    world.add_return("A1", last, "accepted", {"tax_revenue": 12000 / 1.9})
    return_ = world.add_return(values=sound)
    (finding,) = check_return(return_)
    assert (finding.rule, finding.severity) == ("P01", "notice")
    assert "8 个园区" in finding.message
    Designation.objects.filter(zone__code="Y7").update(zone_class="customs")
    assert check_return(return_) == []


def quarter(world, period):
    round_ = world.add_round(2020)
    round_.period, round_.frequency = period, "quarter"
    round_.save()
    return round_


def add_quarterly(world, period, status, values):
    """A return of a quarter, its figures under that period."""
    return_ = world.add_return("A1", quarter(world, period), "draft", values)
    return_.values.update(period=period, revision=2)
    return_.status = status
    return_.save()
    return return_


def test_a_cumulative_figure_does_not_fall_within_its_year(world):
    world.round.delete()
    add_quarterly(world, "2020Q1", ReturnStatus.SUBMITTED, {"tax_revenue": 300, "employees": 900, "total_profit": 50})
    add_quarterly(world, "2020Q2", ReturnStatus.DRAFT, {"tax_revenue": 700})
    third = add_quarterly(
        world, "2020Q3", ReturnStatus.DRAFT, {"tax_revenue": 290, "employees": 800, "total_profit": 9}
    )
    (finding,) = [f for f in check_return(third) if f.rule == "R18"]
    assert (finding.codes, finding.severity) == (("tax_revenue",), "hard")
    assert "2020Q1 已报的累计数 300 万元，少 10 万元" in finding.message


def test_a_departments_figure_beyond_tolerance_is_told_until_it_is_decided(world, sound):
    return_ = world.add_return(values=sound)
    tax = Indicator.objects.get(code="tax_revenue")
    common = {"zone": return_.zone, "indicator": tax, "year": 2020, "period": "2020"}
    Value.objects.create(**common, number=10000, source=ValueSource.DEPARTMENT, department="taxation")
    (finding,) = check_return(return_)
    assert (finding.rule, finding.kind, finding.codes) == ("D01", "source", ("tax_revenue",))
    assert "“税收收入”12,000 万元，税务部门的数是 10,000 万元，相差 +20.0%，超出容差 1%。" in finding.message
    assert "以园区填报为准" in finding.message
    Indicator.objects.filter(pk=tax.pk).update(prevailing="department")
    assert "以部门数据为准" in check_return(return_)[0].message
    decided = Reconciliation.objects.create(
        **common, department="taxation", reported=12000, known=10000, verdict=Verdict.PARK, reason="口径不同",
        decided_by=world.staff(),
    )  # fmt: skip
    assert check_return(return_) == []
    return_.values.filter(indicator=tax).update(number=12001, revision=2)
    assert [f.rule for f in check_return(return_)] == ["D01"], decided  # it was decided on another figure


def test_the_land_identity_of_the_national_bulletin_holds_for_our_rates(items):
    """开发率 89.46 % × 供应率 92.68 % × 建成率 92.77 % = 76.92 % of the developable land is built."""
    developable = 1_000_000.0
    ready = developable * 0.8946
    supplied = ready * 0.9268
    built = supplied * 0.9277
    parts = {"land_developable": developable, "land_ready": ready, "land_supplied": supplied, "land_built": built}
    frame = filings(parts).frame()
    rates = [
        Formula.parse(items[code].formula).evaluate(frame).loc[("A1", 2020)]
        for code in ("land_development_rate", "land_supply_rate", "land_built_rate")
    ]
    assert [round(rate, 2) for rate in rates] == [89.46, 92.68, 92.77]
    assert round(np.prod([rate / 100 for rate in rates]), 4) == 0.7692
    assert np.prod([rate / 100 for rate in rates]) == pytest.approx(built / developable)


def test_headers_of_plans_are_told(catalogue):
    words, names = plan_words(), [*Indicator.objects.values_list("name_zh", flat=True), "Planned area"]
    for case in CASES["R19"]["holds"]:
        assert plan_word(case["text"], words, names) == "", case
    for case in CASES["R19"]["broken"]:
        assert plan_word(case["text"], words, names) != "", case
    assert plan_word("Explanation", words) == ""  # "plan" counts as a whole word only


def test_a_rule_is_shown_as_an_equation_with_its_items(items, rules):
    by_code = {rule.code: rule for rule in rules}
    assert rule_equation(by_code["R06"]) == "total_assets == total_liabilities + owners_equity"
    assert set(rule_codes(by_code["R06"], items)) == {"total_assets", "total_liabilities", "owners_equity"}
    assert "tax_revenue" in rule_codes(by_code["R18"], items)
    assert "total_profit" not in rule_codes(by_code["R18"], items)
    assert rule_codes(by_code["R19"], items) == []


def test_plan_figures_never_become_values(files):
    """R19: what is published as a plan is left out by the reading of the pack."""
    revenue = [f for f in files.figures if f.indicator == "main_business_revenue" and f.year == 2013]
    assert {f.number for f in revenue} == {
        Decimal(850000),
        Decimal(5100000),
    }  # 原阳 85, 沁阳 510 亿元; no plan of 三门峡
