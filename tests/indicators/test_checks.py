from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from django.utils import translation

from common.formula import Formula
from indicators.checks import Filings, find
from indicators.models import CheckRule, Indicator
from indicators.selectors import check_return, check_returns

# For each rule: figures that pass and figures that break it; (now, last year's) where it looks back.
CASES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "R01": ({"multi_storey_plant_area": 40, "standard_plant_area": 97}, {"standard_plant_area": 39}),
    "R02": ({"built_area": 28545, "planned_area": 30000}, {"planned_area": 28544}),
    # 玉川 2010: 5.4 + 2.2 + 4 = 11.6 km², in 亩
    "R03": (
        {"built_area": 8100, "development_area": 3300, "control_area": 6000, "planned_area": 17400},
        {"control_area": 6076},
    ),
    "R04": ({"leading_industry_revenue": 403, "main_business_revenue": 510}, {"leading_industry_revenue": 511}),
    "R05": ({"main_business_revenue": 510, "operating_revenue": 600}, {"operating_revenue": 500}),
    "R11": ({"exports": 5, "imports_exports": 5}, {"exports": 6}),
    "R12": ({"rd_personnel": 5, "employees": 50}, {"rd_personnel": 51}),
    "R16": ({"industrial_value_added": 44.4, "industrial_output": 191.8}, {"industrial_value_added": 191.8}),
    "R16b": ({"industrial_value_added": 110, "industrial_output": 466}, {"industrial_output": 5000}),
    # 唐河 2016: tax + 112.91 %, a true outlier that has to be explained
    "R17c": ({"tax_revenue": (2.0, 1.0)}, {"tax_revenue": (2.2, 1.0333)}),
    "L01": ({"land_ready": 8946, "land_developable": 10000}, {"land_ready": 10001}),
    "L02": ({"land_supplied": 8946, "land_ready": 8946}, {"land_ready": 8945}),
    "L03": ({"land_built": 1, "land_supplied": 2}, {"land_built": 3}),
    "L04": ({"industrial_land": 1, "land_built": 2}, {"industrial_land": 3}),
    "L05": ({"idle_land": 0, "land_supplied": 0}, {"idle_land": 1}),
    "L06": ({"high_tech_land": 1, "industrial_land": 2}, {"high_tech_land": 3}),
    "L07": ({"industrial_floor_area": 100, "industrial_land": 1500}, {"industrial_floor_area": 1000}),
    "L08": ({"bonded_accepted_area": 1, "bonded_planned_area": 2}, {"bonded_accepted_area": 3}),
    "L09": ({"bonded_fenced_area": 1, "bonded_planned_area": 2}, {"bonded_fenced_area": 3}),
    "L10": ({"service_covered_area": 1, "built_area": 2}, {"service_covered_area": 3}),
    "L11": ({"new_road_length": 1, "road_length": 68.7}, {"new_road_length": 69}),
    "L12": ({"utility_tunnel_length": 3, "new_road_length": 10}, {"utility_tunnel_length": 11}),
    "S01": ({"above_scale_enterprises": 22, "enterprises": 51}, {"enterprises": 21}),
    "S02": ({"ml_industrial_enterprises": 1, "above_scale_enterprises": 2}, {"ml_industrial_enterprises": 3}),
    "S03": ({"ml_industrial_with_provincial_rd": 1, "ml_industrial_enterprises": 1}, {"ml_industrial_enterprises": 0}),
    "S04": ({"smart_enterprises": 1, "above_scale_enterprises": 2}, {"smart_enterprises": 3}),
    "S05": ({"renovated_enterprises": 1, "above_scale_enterprises": 2}, {"renovated_enterprises": 3}),
    "S06": ({"fully_online_enterprises": 1, "above_scale_enterprises": 2}, {"fully_online_enterprises": 3}),
    "S07": ({"clean_audited_enterprises": 1, "above_scale_enterprises": 2}, {"clean_audited_enterprises": 3}),
    "S08": ({"high_tech_enterprises": 1, "enterprises": 2}, {"high_tech_enterprises": 3}),
    "S09": (
        {"pollution_compliant_enterprises": 1, "pollution_monitored_enterprises": 2},
        {"pollution_compliant_enterprises": 3},
    ),
    "S10": ({"active_enterprises": 1, "enterprises": 2}, {"active_enterprises": 3}),
    "F01": ({"industrial_value_added": 48, "value_added": 60}, {"value_added": 47}),
    "F02": ({"leading_industry_value_added": 1, "value_added": 2}, {"leading_industry_value_added": 3}),
    "F03": ({"leading_industry_investment": 1, "fixed_investment": 2}, {"leading_industry_investment": 3}),
    "F04": ({"emerging_industry_value_added": 1, "industrial_value_added": 2}, {"emerging_industry_value_added": 3}),
    "F05": ({"high_tech_industry_revenue": 1, "operating_revenue": 2}, {"high_tech_industry_revenue": 3}),
    "F06": ({"producer_service_revenue": 1, "operating_revenue": 2}, {"producer_service_revenue": 3}),
    "F07": ({"local_purchases": 1, "total_purchases": 2}, {"local_purchases": 3}),
    "F08": ({"rd_expenditure": 3, "value_added": 10}, {"rd_expenditure": 3.1}),
    "F09": ({"tax_revenue": 1, "value_added": 10}, {"tax_revenue": 11}),
    "F10": ({"processing_trade": 4, "logistics_trade": 6, "imports_exports": 10}, {"processing_trade": 5}),
    "F11": ({"cross_border_ecommerce": 1, "imports_exports": 10}, {"cross_border_ecommerce": 11}),
    "F12": ({"water_reused": 1, "water_use": 2}, {"water_reused": 3}),
    "F13": ({"solid_waste_used": 1, "solid_waste_generated": 2}, {"solid_waste_used": 3}),
    "F14": ({"environmental_breaches": 0}, {"environmental_breaches": 1}),
    "F15": ({"open_safety_hazards": 0}, {"open_safety_hazards": 1}),
}
for letter, name in zip(
    "abdefg",
    ["main_business_revenue", "value_added", "fixed_investment", "employees", "imports_exports", "built_area"],
    strict=True,
):
    CASES[f"R17{letter}"] = ({name: (50, 100)}, {name: (49.9, 100)})


def filings(figures, zones=("A1",), asked=None, absent=(), commented=()):
    """Filings of zones with the same figures: code → number, or code → (number, last year's)."""
    codes = list(figures)
    pairs = [figure if isinstance(figure, tuple) else (figure, np.nan) for figure in figures.values()]
    now, last = (np.tile(np.array(row, dtype=float), (len(zones), 1)) for row in zip(*pairs, strict=True))
    flags = [
        np.tile(np.array([code in marked for code in codes]), (len(zones), 1))
        for marked in (absent, commented, codes if asked is None else asked)
    ]
    return Filings(2020, list(zones), codes, now, last, *flags)


@pytest.fixture
def items(catalogue):
    return {indicator.code: indicator for indicator in Indicator.objects.all()}


@pytest.fixture
def rules(catalogue):
    return list(CheckRule.objects.all())


def codes_found(found):
    return {finding.rule for finding in found["A1"]}


def test_every_rule_has_a_passing_and_a_failing_case(files):
    assert set(CASES) == {rule.code for rule in files.rules}


def test_rules_pass_and_fail_as_they_should(items, rules):
    for rule in rules:
        sound, change = CASES[rule.code]
        assert rule.code not in codes_found(find(filings(sound), items, rules)), rule.code
        broken = filings(sound | change)
        found = [f for f in find(broken, items, rules)["A1"] if f.rule == rule.code]
        assert len(found) == 1, rule.code
        assert found[0].severity == rule.severity
        assert set(found[0].codes) == set(Formula.parse(rule.expression).names)
        assert found[0].basis == rule.basis
        for code in sound:  # a rule with a missing part is not judged: missing is never zero
            left_out = filings(sound | change | {code: (np.nan, np.nan)})
            assert rule.code not in codes_found(find(left_out, items, rules)), (rule.code, code)


def test_the_audit_rules_of_the_forms_are_there(rules):
    assert {rule.code for rule in rules} >= {"R01", "R02", "R03", "R04", "R05", "R11", "R12", "R16", "R17a"}


def test_messages_speak_both_languages_and_say_how_to_mend(rules):
    for rule in rules:
        assert rule.message_zh.count("。") >= 2, rule.code  # what is wrong; how to mend it
        assert rule.message_en.count(". ") >= 1, rule.code
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


def test_required_items(items, rules):
    nothing = {"tax_revenue": np.nan, "green_space": np.nan}
    (finding,) = find(filings(nothing), items, rules)["A1"]
    assert (finding.rule, finding.severity, finding.codes) == ("required", "hard", ("tax_revenue",))
    assert "税收收入" in finding.message
    assert find(filings(nothing, asked=["green_space"]), items, rules)["A1"] == []
    (finding,) = find(filings(nothing, absent=["tax_revenue", "green_space"]), items, rules)["A1"]
    assert (finding.rule, finding.severity, finding.to_mend) == ("absence", "soft", True)
    (finding,) = find(filings(nothing, absent=["tax_revenue"], commented=["tax_revenue"]), items, rules)["A1"]
    assert not finding.to_mend


def test_ranges(items, rules):
    assert find(filings({"total_profit": -5, "circular_transformation_done": 1}), items, rules)["A1"] == []
    found = find(filings({"green_space": -0.01, "circular_transformation_done": 2}), items, rules)["A1"]
    assert {(f.rule, f.severity, f.codes) for f in found} == {
        ("range", "hard", ("green_space",)),
        ("range", "hard", ("circular_transformation_done",)),
    }


@pytest.mark.parametrize(
    ("now", "last", "suggested"),
    [
        (5230000, 510, 523),  # 元 for 万元
        (52.3, 500000, 523000),  # 亿元 for 万元
        (5230, 510, 523),
        (510, 510, None),
        (1019, 510, None),  # twice is growth, not a slip
        (60, 6, None),  # too small to tell
        (0, 510, None),
        (-5230000, 510, None),
        (5230000, np.nan, None),
    ],
)
def test_a_slip_by_a_power_of_ten_is_asked_about(items, now, last, suggested):
    found = find(filings({"total_profit": (now, last)}), items, [])["A1"]
    if suggested is None:
        assert found == []
    else:
        assert [f.rule for f in found] == ["R20"]
        assert found[0].suggested == pytest.approx(suggested)
        assert "万元" in found[0].message


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
    assert [f.rule for f in found[returns[0].pk]] == ["R17c", "R17e"]  # 12000 against 4000, 9000 against 3000
    assert found[returns[1].pk] == []  # last year's is not accepted, so nothing is known to compare with
    assert check_return(returns[0]) == found[returns[0].pk]


def test_checking_many_returns_takes_the_queries_of_one(world, sound, django_assert_num_queries):
    for number in range(6):
        world.add_zone(f"Y{number}", "cluster")
    returns = [world.add_return(zone, values=sound) for zone in ["A1", *(f"Y{n}" for n in range(6))]]
    with django_assert_num_queries(6):
        check_returns(returns[:1])
    with django_assert_num_queries(6):
        assert len(check_returns(returns)) == 7


def test_a_written_absence_and_comment_reach_the_checks(world, sound):
    return_ = world.add_return(values=sound | {"tax_revenue": None})
    value = return_.values.get(indicator__code="tax_revenue")
    value.absence = "not_available"
    value.save()
    assert [f.rule for f in check_return(return_)] == ["absence"]
    value.comment = "税务局尚未提供"
    value.save()
    assert [f.to_mend for f in check_return(return_)] == [False]


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


def test_plan_figures_never_become_values(files):
    """R19: what is published as a plan is left out by the reading of the pack."""
    revenue = [f for f in files.figures if f.indicator == "main_business_revenue" and f.year == 2013]
    assert {f.number for f in revenue} == {
        Decimal(850000),
        Decimal(5100000),
    }  # 原阳 85, 沁阳 510 亿元; no plan of 三门峡
