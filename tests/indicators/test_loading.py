import shutil
from decimal import Decimal
from pathlib import Path

import pytest
import yaml
from django.apps import apps

from common.formula import Formula
from common.packs import Fault
from indicators import loading
from indicators.enums import IndicatorKind, IndicatorScope, ValueSource
from indicators.models import CheckRule, DataChange, Form, Indicator, Value
from indicators.pack import read_files
from parks.models import Designation

PACK = Path("packs/henan-2017")
pytestmark = pytest.mark.django_db  # codes of rules are looked up among those of other packs


@pytest.fixture
def copy(tmp_path):
    """A copy of the pack that a test may spoil."""
    shutil.copytree(PACK / "indicators", tmp_path / "indicators")
    (tmp_path / "parks").mkdir()
    for name in ("parks/zones.csv", "parks/plates.csv", "policy/document.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(PACK / name, tmp_path / name)
    return tmp_path


def faults_of(root):
    faults: list[Fault] = []
    loading.check(root, faults)
    return [str(fault) for fault in faults]


def spoil(root, name, change):
    path = root / "indicators" / name
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def test_the_pack_has_no_fault():
    assert faults_of(PACK) == []


def test_the_catalogue_is_wide_enough_and_every_class_is_served():
    files = read_files(PACK, [])
    entries = files.catalogue.indicators
    base = [e for e in entries if e.kind == IndicatorKind.BASE and e.scope == IndicatorScope.ZONE]
    derived = [e for e in entries if e.kind == IndicatorKind.DERIVED]
    assert len(base) >= 75
    assert len(derived) >= 25
    assert len([e for e in entries if e.scope == IndicatorScope.PROVINCE]) >= 6
    for zone_class in ("cluster", "etdz", "htz", "customs"):
        asked = [e for e in base if zone_class in files.classes(e)]
        assert len(asked) >= 20, zone_class
        assert any(e.required for e in asked)


def test_a_derived_indicator_is_asked_where_its_parts_are():
    files = read_files(PACK, [])
    classes = {e.code: set(files.classes(e)) for e in files.catalogue.indicators}
    for entry in files.catalogue.indicators:
        if entry.formula:
            for part in Formula.parse(entry.formula).names:
                assert classes[entry.code] <= classes[part], f"{entry.code} needs {part}"


def test_every_fault_is_listed_at_once(copy):
    def change(content):
        first, second = content["indicators"][0], content["indicators"][1]
        first["unit"] = "斤"
        second["code"] = first["code"]
        content["indicators"][2]["direction"] = "sideways"

    def break_rule(content):
        content["rules"][0]["expression"] = "no_such_code <= __import__('os')"

    spoil(copy, "rules.yaml", break_rule)
    spoil(copy, "catalogue.yaml", change)
    shape = faults_of(copy)
    assert any("gdp → direction" in fault for fault in shape)

    spoil(copy, "catalogue.yaml", lambda content: content["indicators"][2].update(direction="higher"))
    said = "\n".join(faults_of(copy))
    assert "main_business_revenue] 指标代码重复" in said
    assert "斤" in said
    assert "no_such_code" in said
    assert "__import__" in said


def rule_of(content, code):
    return next(rule for rule in content["rules"] if rule["code"] == code)


@pytest.mark.parametrize(
    ("code", "change", "said"),
    [
        (
            "R06",
            {"parameters": {"total": "total_assets", "parts": ["total_liabilities"]}},
            "R06 → parameters → tolerance]",
        ),
        ("R06", {"parameters": {"total": "nothing", "parts": ["exports", "employees"], "tolerance": 1}}, "nothing"),
        (
            "R06",
            {"parameters": {"total": "exports", "parts": ["employees", "green_space"], "tolerance": 1}},
            "与合计项单位不同",
        ),
        ("R06", {"parameters": {"total": "exports", "parts": ["exports", "imports_exports"], "tolerance": 1}}, "重复"),
        ("R06", {"expression": "exports <= imports_exports"}, "不写关系式"),
        ("R01", {"expression": ""}, "须有关系式"),
        ("R01", {"items": ["exports"]}, "不列 items"),
        ("R01", {"kind": "guess"}, "R01 → kind]"),
        ("R01", {"expression": "exports <= employees"}, "单位不同"),
        ("R01", {"expression": "exports <="}, "R01 → expression]"),
        ("R01", {"expression": "tax_per_mu <= exports"}, "tax_per_mu"),
        ("R01", {"expression": "bonded_planned_area <= development_area"}, "没有哪个类别"),
        ("R17", {"parameters": {"low": 2, "high": 0.5}}, "R17 → parameters → low]"),
        ("R17", {"items": ["gdp", "no_such_item"]}, "no_such_item"),
        ("R18", {"items": ["employees"]}, "不是累计数"),
        ("Q02", {"condition": "open('x')"}, "Q02 → condition]"),
        ("Q03", {"items": ["green_space"]}, "适用类别都不填本项"),
        ("Q04", {"levels": ["world"]}, "Q04 → levels"),
        ("P01", {"parameters": {"threshold": 5, "least": 1.35, "fewest": 2}}, "P01 → parameters → fewest]"),
        ("R19", {"parameters": {"words": []}}, "R19 → parameters → words]"),
        ("R20", {"code": "R18"}, "编号重复"),
    ],
)
def test_faults_of_rules_are_named_with_their_place(copy, code, change, said):
    spoil(copy, "rules.yaml", lambda content: rule_of(content, code).update(change))
    faults = faults_of(copy)
    assert any(said in fault for fault in faults), faults


def test_faults_of_forms_are_named_with_their_place(copy):
    def change(content):
        general, *_rest = content["forms"]
        general["items"].remove("gdp")
        general["items"] += ["tax_per_mu", "value_added"]
        content["forms"][-1]["code"] = general["code"]

    spoil(copy, "forms.yaml", change)
    said = "\n".join(faults_of(copy))
    for part in ("gdp] 没有列入任何表式", "annual-general → tax_per_mu] 没有这个园区基础指标", "annual-general → value_added] 重复",
                 "annual-general] 编号重复"):  # fmt: skip
        assert part in said, said


def test_an_item_is_as_frequent_as_its_most_frequent_form(copy):
    def change(content):
        next(e for e in content["indicators"] if e["code"] == "built_area")["frequency"] = "year"

    spoil(copy, "catalogue.yaml", change)
    assert any("built_area] 目录中的频率是 year" in fault for fault in faults_of(copy))


def test_the_forms_hold_what_their_sources_list():
    forms = {form.code: form for form in read_files(PACK, []).forms}
    assert forms["jjq201"].items == [
        "built_area", "green_space", "standard_plant_area", "multi_storey_plant_area", "road_length", "water_pipe_length",
        "units", "employees",
    ]  # fmt: skip
    assert forms["jjq201"].frequency == "quarter"
    assert not set(forms["annual-finance"].items[1:]) & set(forms["annual-general"].items)


def test_a_published_plan_marked_as_actual_is_a_fault(copy):
    path = copy / "indicators/zone_figures.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("税收收入,8.5,亿元,actual,A,+5%", "税收收入,8.5,亿元,actual,A,2015年计划"), encoding="utf-8"
    )
    assert any("含“计划”，不是实际数" in fault for fault in faults_of(copy))


@pytest.mark.usefixtures("registry")
def test_forms_are_loaded_and_a_rule_that_left_the_pack_goes(copy):
    loading.load(PACK)
    assert Form.objects.get(code="jjq201").indicators.all()[0].code == "employees"  # catalogue order
    assert Form.objects.get(code="jjq201").indicators.count() == 8
    spoil(copy, "rules.yaml", lambda content: content["rules"].remove(rule_of(content, "F15")))
    spoil(copy, "forms.yaml", lambda content: content["forms"][0]["items"].remove("employees"))
    loading.load(copy)
    assert not CheckRule.objects.filter(code="F15").exists()
    assert not Form.objects.get(code="annual-general").indicators.filter(code="employees").exists()


def test_a_derived_indicator_may_not_rest_on_another(copy):
    def change(content):
        derived = next(e for e in content["indicators"] if e["code"] == "tax_per_mu")
        derived["formula"] = "land_output_rate * 2"

    spoil(copy, "catalogue.yaml", change)
    assert any("land_output_rate" in fault for fault in faults_of(copy))


@pytest.mark.parametrize(
    ("formula", "unit", "words"),
    [
        ("tax_revenue / employees", "万元/亩", "公式得到的单位是 万元/人"),
        ("share(tax_revenue, built_area)", "万元/亩", "占比的分子分母须为同类量"),
        ("tax_revenue / (built_area / 1500)", "万元/亩", "相差 1/1500 倍"),
        ("tax_revenue + built_area", "万元/亩", "单位不同的项不能相加"),
    ],
)
def test_a_derived_indicator_whose_formula_gives_another_unit_is_refused(copy, formula, unit, words):
    def change(content):
        next(e for e in content["indicators"] if e["code"] == "tax_per_mu").update(formula=formula, unit=unit)

    spoil(copy, "catalogue.yaml", change)
    assert any("tax_per_mu" in fault and words in fault for fault in faults_of(copy))


def test_published_figures_with_faults_are_named_by_line(copy):
    path = copy / "indicators/zone_figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[1] = "Z999,无此园区,20I5,营业收入,abc,元,actual,D,,press"
    lines[2] = "Z062,洛阳,2015,新指标,1,亿元,actual,A,,press"
    path.write_text("\n".join(lines), encoding="utf-8")
    said = faults_of(copy)
    assert len([fault for fault in said if "第2行" in fault]) == 5
    assert any("第3行" in fault and "新指标" in fault for fault in said)


def test_missing_files_are_faults(tmp_path):
    """A pack may do without the part, or bring rules alone, but no catalogue without what belongs to it."""
    assert faults_of(tmp_path) == []
    (tmp_path / "indicators").mkdir()
    assert faults_of(tmp_path) == ["indicators/rules.yaml [-] 文件不存在 file is missing"]
    shutil.copy(PACK / "indicators" / "catalogue.yaml", tmp_path / "indicators")
    assert len(faults_of(tmp_path)) >= 3


def test_loading_an_unchecked_pack_with_faults_writes_nothing(db, copy):
    spoil(copy, "catalogue.yaml", lambda content: content["indicators"][0].update(unit="斤"))
    with pytest.raises(ValueError, match="斤"):
        loading.load(copy)
    assert not Indicator.objects.exists()


@pytest.mark.usefixtures("registry")
def test_loading_twice_changes_nothing():
    counts = loading.load(PACK)
    assert counts["Indicator"] == Indicator.objects.count()
    assert counts["CheckRule"] == CheckRule.objects.count()
    assert counts["Value"] == Value.objects.count()
    news = DataChange.objects.count()
    assert news > 0
    versions = (
        apps.get_model("indicators", "ValueEvent").objects.count(),
        apps.get_model("indicators", "IndicatorEvent").objects.count(),
    )

    assert loading.load(PACK) == counts
    assert DataChange.objects.count() == news
    assert (
        apps.get_model("indicators", "ValueEvent").objects.count(),
        apps.get_model("indicators", "IndicatorEvent").objects.count(),
    ) == versions


@pytest.mark.usefixtures("registry")
def test_a_changed_definition_and_figure_are_taken_over(copy):
    loading.load(PACK)
    news = DataChange.objects.count()

    def change(content):
        content["indicators"][0]["definition_zh"] = "另一个足够长的定义。"

    spoil(copy, "catalogue.yaml", change)
    path = copy / "indicators/zone_figures.csv"
    path.write_text(
        path.read_text(encoding="utf-8").replace("2015,营业收入,502.3", "2015,营业收入,502.4"), encoding="utf-8"
    )
    loading.load(copy)
    assert Indicator.objects.get(code="main_business_revenue").definition_zh == "另一个足够长的定义。"
    assert Value.objects.get(zone__code="Z062", indicator__code="operating_revenue").number == Decimal(5024000)
    assert DataChange.objects.count() == news + 1


@pytest.mark.usefixtures("registry")
def test_published_figures_carry_unit_source_and_certainty_and_plans_are_left_out():
    loading.load(PACK)
    value = Value.objects.get(zone__code="Z104", indicator__code="built_area")
    assert (value.number, value.year, value.certainty) == (Decimal(18750), 2013, "A")  # 12.5 km²
    assert value.source == ValueSource.PUBLISHED
    assert not value.synthetic
    assert "12.5平方公里" in value.source_note
    revenue = Value.objects.filter(zone__designations__code="Z163", indicator__code="main_business_revenue")
    assert [v.year for v in revenue] == [2015]  # the plan figure of 2017 is no actual (R19)


@pytest.mark.usefixtures("registry")
def test_a_figure_published_under_a_second_plate_stands_at_the_area_below():
    loading.load(PACK)
    below = Designation.objects.get(code="Z163").zone
    assert below.code != "Z163"
    assert Value.objects.filter(zone=below, indicator__code="industrial_value_added").count() == 0  # scope not stated
    assert Value.objects.filter(zone=below, indicator__code="fixed_investment", year=2015).count() == 1
