"""Published results come out of the schemes the pack ships; parts of methods not shipped out of a few lines of YAML.

The figures are those of `data/published/README.md`.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessments.engine import Assessment, assess, load_scheme
from assessments.engine.files import Files
from tests.engine.helpers import BASIS, leaf, make, ranked, rule, zones
from tests.engine.helpers import table as values_of

DATA = Path(__file__).parent / "data" / "published"
SCHEMES = Path(__file__).parents[2] / "packs" / "henan-2017" / "schemes"
LIBRARY = SCHEMES / "library"


def table(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / name, index_col=0)


def library(method: str, values: str) -> Assessment:
    figures, beside = Files(DATA / values).read()
    return assess(load_scheme(LIBRARY / f"{method}.yaml"), figures, **beside)


def counts(found: Assessment) -> dict[str, int]:
    assert found.grade is not None
    return {str(grade): int(number) for grade, number in found.grade.value_counts().items()}


def named(code: str, **parts: Any) -> dict[str, Any]:
    return {"code": code, "name_zh": code, "name_en": code, **parts}


# ---- enterprises: 安阳, 黄岩 -----------------------------------------------------------------------------------


def enterprises(scheme: str, sizes: dict[str, int]) -> Assessment:
    """Random enterprises (演示数据): the counts depend on nothing but the sizes of the zones."""
    method = load_scheme(LIBRARY / f"{scheme}.yaml")
    units = [f"{zone}{number:03d}" for zone, size in sizes.items() for number in range(size)]
    numbers = np.random.default_rng(2018).uniform(1, 2, (len(units), len(method.inputs())))
    groups = pd.Series(np.repeat(list(sizes), list(sizes.values())), index=units)
    return assess(method, pd.DataFrame(numbers, index=units, columns=method.inputs()), groups=groups)


def test_anyang_2018_above_scale() -> None:
    """Published: 37, 176 and 22 of 235. 15 % of 235 is 35: the places are rounded zone by zone."""
    sizes = table("anyang_2018.csv")
    assert sizes["evaluated"].sum() == 235
    found = enterprises("enterprise-anyang-2018", {str(zone): int(size) for zone, size in sizes["evaluated"].items()})
    assert counts(found) == {"A": 37, "B": 176, "C": 22}
    assert found.grade is not None
    by_zone = pd.crosstab(found.places["group"], found.grade)
    assert by_zone[["A", "C"]].reindex(sizes.index).equals(sizes[["A", "C"]].rename_axis(columns="grade"))
    whole = enterprises("enterprise-anyang-2018", {"全市": 235})
    assert counts(whole) == {"A": 35, "B": 176, "C": 24}


def test_anyang_2018_below_scale() -> None:
    assert counts(enterprises("enterprise-anyang-2018-small", {"一区": 20, "二区": 19})) == {"A": 6, "B": 29, "C": 4}


@pytest.mark.parametrize("year", [2022, 2021])
def test_huangyan(year: int) -> None:
    """2022: 37.349 + 22.0329 + 22.2717 + 10 (the mean points of the item, blank) + 11.0254 + 6.6225 = 109.3015."""
    found, wanted = library(f"enterprise-huangyan-{year}", "huangyan.csv"), table("huangyan.csv")
    if year == 2022:
        assert found.normalised.loc["A", "emission_value_added"] == 100
        assert found.score["B"] == pytest.approx(100)
        assert found.score["A"] == pytest.approx(wanted["score_2022"]["A"], abs=5e-5)
        return
    # The other enterprise stands at last year's bases, so the blank gets 4929.81 / 4861.08 of its 10 points.
    blank = 10 * 4929.81 / 4861.08
    assert found.score["A"] == pytest.approx(wanted["score_2021"]["A"] - 10 + blank, abs=5e-5)


def test_huangyan_below_scale() -> None:
    assert library("enterprise-huangyan-2022-small", "huangyan_small.csv").score.to_dict() == pytest.approx(
        table("huangyan_small.csv")["score"].to_dict()
    )


def test_huangyan_prints_no_cap_and_a_blank_elsewhere_has_no_score() -> None:
    values = table("huangyan.csv")
    values.loc["A", "tax_per_mu"] = 2409.7
    values.loc["B", "rd_intensity"] = np.nan
    found = assess(load_scheme(LIBRARY / "enterprise-huangyan-2022.yaml"), values)
    assert found.score["A"] > 3000
    assert np.isnan(found.score["B"])


# ---- 皖江: two sets of weights -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("use", "column"), [("task", "weight_target_assessment"), ("results", "weight_effect_assessment")])  # fmt: skip
def test_wanjiang_both_columns(use: str, column: str) -> None:
    """Each column sums to 100, is the sheet's, and a city that has met every target has 100 points."""
    sheet = pd.read_csv(DATA / "wanjiang_weights.csv")
    assert sheet[column].sum() == 100
    text = (LIBRARY / "wanjiang.yaml").read_text(encoding="utf-8").replace("use: task", f"use: {use}")
    scheme = load_scheme(text)
    leaves = [placed.leaf for placed in scheme.placed_leaves()]
    assert [item.name_zh for item in leaves] == sheet["indicator"].tolist()
    assert [item.weights.get(use) for item in leaves] == [None if np.isnan(w) else w for w in sheet[column]]
    assert all(
        item.basis is not None and item.basis.source.endswith(department)
        for item, department in zip(leaves, sheet["data_source"], strict=True)
    )
    values = pd.DataFrame([dict.fromkeys(scheme.inputs(), 1.0)] * 2, index=["all met", "half the GDP"])
    values.loc["half the GDP", "gdp"] = 0.5
    found = assess(scheme, values)
    assert (100 * found.weights.iloc[0]).tolist() == pytest.approx(sheet[column].fillna(0).tolist())
    assert found.score.tolist() == pytest.approx([100, 100 - sheet[column][0] / 2])


# ---- land: TD/T 1029 ---------------------------------------------------------------------------------------------


def test_land_rates_chain_as_in_the_bulletin() -> None:
    """89.46 % × 92.68 % × 92.77 % = 76.92 %; a misprint of the published share is told."""
    found = library("land-tdt1029", "land.csv")
    rates = found.derived[["land_development_rate", "land_supply_rate", "land_built_rate"]]
    assert rates.iloc[0].tolist() == pytest.approx([89.46, 92.68, 92.77])
    assert found.derived.loc["bulletin", "built_of_developable"] == pytest.approx(76.92, abs=0.005)
    assert found.findings["rates-do-not-chain"].fired.tolist() == [False, True, False]


def test_hectares_and_mu() -> None:
    """8984.3 万元/公顷 is 598.95 万元/亩: a hectare is 15 mu."""
    found = library("land-tdt1029", "land.csv")
    per_hectare = found.derived["industrial_investment_per_hectare"]["one hectare"]
    assert per_hectare == pytest.approx(8984.3)
    assert per_hectare / 15 == pytest.approx(598.95, abs=0.005)


def test_land_is_scored_against_ideal_values_that_come_with_the_data() -> None:
    scheme = load_scheme(LIBRARY / "land-tdt1029.yaml")
    ideals = {code for code in scheme.inputs() if code.endswith(("_ideal", "_low", "_high"))}
    assert not any(setting.value is not None for setting in scheme.settings.values())
    rates = {placed.leaf.indicator: 80.0 for placed in scheme.placed_leaves()} | {"industrial_land_share": 80.0}
    rates.pop("industrial_land_fit")
    wanted = dict.fromkeys(ideals, 80.0) | {"industrial_land_share_low": 40.0, "industrial_land_share_high": 60.0}
    values = pd.DataFrame([rates | wanted] * 3, index=["ideal", "half supplied", "no ideal value"])
    values.loc["half supplied", ["land_supply_rate", "plot_ratio"]] = 40.0, 160.0
    values.loc["no ideal value", "plot_ratio_ideal"] = np.nan
    found = assess(scheme, values)
    points = found.normalised
    assert points.loc["half supplied", "land_supply_rate"] == 50
    assert points.loc["half supplied", "plot_ratio"] == 100  # more than ideal is not more than full
    assert points.loc["ideal", "industrial_land_fit"] == pytest.approx(75)  # 60 / 80: beyond its range
    assert found.score["ideal"] == pytest.approx(100 - 25 / 3 / 3 / 2)
    assert np.isnan(found.score["no ideal value"])


# ---- stars, quotas, classes --------------------------------------------------------------------------------------


def test_the_three_published_rungs_of_the_stars() -> None:
    """The rungs between are not published and not awarded. The measures stand in proportion: 15 %, 0.06 of value added."""
    found, wanted = library("service-zones-2016", "ladder.csv"), table("ladder.csv")
    assert found.grade is not None
    assert found.grade.to_dict() == wanted["grade"].to_dict()
    rungs = wanted.loc[["entry", "one star", "six stars"]]
    assert (rungs["tax_revenue"] / rungs["value_added"]).tolist() == pytest.approx([0.15] * 3)
    assert (rungs["employees"] / rungs["value_added"]).tolist() == pytest.approx([0.06] * 3)
    scheme = load_scheme(LIBRARY / "service-zones-2016.yaml")
    assert [setting.value for setting in scheme.settings.values()] == [None] * 12


def small_parks(size: int, **parts: Any) -> dict[str, int]:
    classes = [named("A", share=0.2), named("B", share=0.3), named("C"), named("D", share=0.05, rounding="ceil")]
    return counts(ranked(list(range(size)), grading={"kind": "quota", "classes": classes, "basis": BASIS}, **parts))


def test_quotas_of_small_parks() -> None:
    """浙江小微企业园: A and B rounded down, D up, C the rest."""
    assert small_parks(47) == {"A": 9, "B": 14, "C": 21, "D": 3}
    assert small_parks(179) == {"A": 35, "B": 53, "C": 82, "D": 9}


@pytest.mark.parametrize(("size", "first"), [(150, 30), (137, 27)])
def test_customs_grade_a_is_the_first_fifth_with_fractions_dropped(size: int, first: int) -> None:
    """30 of 150; of 137 places 23 and 27 are A and 29 is B."""
    method, values = zones(SCHEMES / "customs-2020.yaml", size, 2023)
    found = assess(method, values, period=2023)
    assert found.grade is not None
    assert counts(found) == {"A": first, "B": size - first}
    assert found.places["rank"]["Z027"] == 27
    assert [found.grade[unit] for unit in ("Z023", "Z027", "Z029")] == (["A", "A", "B"] if size == 137 else ["A"] * 3)


def test_a_customs_zone_has_a_national_and_a_regional_class_at_once() -> None:
    method, values = zones(SCHEMES / "customs-2020.yaml", 150, 2023)
    units = values.index.get_level_values(0).unique()
    regions = pd.Series(np.repeat(["东部", "中部", "西部和东北"], [90, 30, 30]), index=units)
    found = assess(method, values, period=2023, groups=regions)
    regional = found.units[found.findings["grade-a-region"].fired]
    assert found.grade is not None
    assert found.grade["Z091"] == "B"
    assert "Z091" in regional
    assert found.grade["Z030"] == "A"
    assert "Z030" not in regional
    assert len(regional) == 18 + 6 + 6


def test_hightech_multipliers_are_shares_of_their_dimension() -> None:
    """Effective weight = W · m / Σm: of the 20 of innovation 0.8 and 1.2 of 6."""
    method, values = zones(SCHEMES / "htdz-2021.yaml", 20, 2023)
    weights = 100 * assess(method, values, period=2023).weights.iloc[0]
    assert weights["rd_platforms_provincial"] == pytest.approx(20 * 0.8 / 6)
    assert weights["rd_personnel_share"] == pytest.approx(20 * 1.2 / 6)
    assert weights.sum() == pytest.approx(1 * 100)


def test_what_is_known_of_2023_is_there_and_nothing_else() -> None:
    scheme = load_scheme(LIBRARY / "cluster-2023.yaml")
    assert [child.name_zh for child in scheme.tree.children] == [
        "主导产业投资增速", "实际利用省（境）外资金", "主导产业增加值及增速", "亩均税收", "战略性新兴产业增加值增速",
        "万元工业增加值能耗降低率",
    ]  # fmt: skip
    assert all(child.weight is None for child in scheme.tree.children)
    assert {child.basis.certainty for child in scheme.tree.children if child.basis} == {"unknown"}
    assert all(setting.value is None for setting in scheme.settings.values())
    assert scheme.grading is None


# ---- variants of cities (§ 6.3) ----------------------------------------------------------------------------------


def test_ratio_to_the_best_reverse_ratio_to_the_mean_and_three_points_off() -> None:
    """x / max × 12; (2 − x / mean) × 2, none at twice the mean; −3 where nothing or zero is reported."""
    scheme = make(
        [
            leaf("tax_reported", "ratio", weight=12, missing={"policy": "penalty", "points": -3 / 12},
                 score={"base": "group_max"}),
            leaf("energy", "reverse_to_mean", weight=4, score={"k": 2}),
        ],
        scale=1,
        tree={"weighting": "as_given"},
        derive={"tax_reported": "tax / (tax > 0)"},
    )  # fmt: skip
    wanted = table("stars.csv")
    found = assess(scheme, wanted[["tax", "energy"]])
    assert wanted["energy"].mean() == 20
    assert found.contributions["tax_reported"].tolist() == pytest.approx(wanted["points_tax"].tolist())
    energy = dict(zip(wanted.index, found.contributions["energy"], strict=True))
    assert energy == pytest.approx({"best": 4, "half": 3, "none left": 0, "reported as zero": 1, "not reported": 2})


def test_a_city_with_four_classes_and_none_for_those_it_cannot_judge() -> None:
    """A to 25 %, B to 70 %, C to 95 %, D the last 5 %; who cannot be judged is treated as B (不定等级)."""
    classes = [named("A", share=0.25), named("B", share=0.45), named("C"), named("D", share=0.05)]
    scheme = make([leaf("x"), leaf("y", missing="undecided")],
                  grading={"kind": "quota", "classes": classes, "basis": BASIS})  # fmt: skip
    values = values_of([f"E{place:03d}" for place in range(100)], x=list(range(100)), y=list(range(100)))
    assert counts(assess(scheme, values)) == {"A": 25, "B": 45, "C": 25, "D": 5}
    values.loc["E099", "y"] = np.nan
    assert assess(scheme, values).proposal["E099"] == "undecided"


# ---- criteria of green, eco and smart parks (§ 8) ----------------------------------------------------------------


def at_least(**limits: float) -> list[dict[str, Any]]:
    return [{"indicator": code, "op": ">=", "value": limit} for code, limit in limits.items()]


def outcomes(found: Assessment) -> dict[str, str]:
    return {unit: "passed" if found.proposal[unit] == "promote" else "failed" for unit in found.units}


def test_circular_parks_of_shanghai() -> None:
    """Eight requirements that veto, five classes, 5 points a special feature up to 10, and 60 to pass."""
    required = dict.fromkeys(
        ["laws", "quality", "restructuring", "organisation", "no_incident", "audits", "no_phased_out"], 1.0
    )
    scheme = make(
        [leaf(code, "given", score={"max": 100}) for code in ("output", "consumption", "recycling", "discharge", "operation")],
        adjustments=[{"id": "features", "name_zh": "特色", "name_en": "features", "indicator": "features", "points": 5,
                      "limit": 10, "basis": BASIS}],
        rules=[
            rule("requirements", "threshold", conditions=at_least(**required, chain=30)),
            rule("score", "threshold", conditions=[{"node": "score", "op": ">=", "value": 60}]),
            rule("passed", "combine", "promote", rules=["requirements", "score"]),
        ],
    )  # fmt: skip
    wanted = table("circular.csv")
    found = assess(scheme, wanted.drop(columns=["score", "outcome"]))
    assert found.score.to_dict() == pytest.approx(wanted["score"].to_dict())
    assert outcomes(found) == wanted["outcome"].to_dict()


def test_eco_parks_of_shandong() -> None:
    """One of four is enough, but clean-production audits and six new chains are asked of everybody."""
    some = at_least(high_tech_share=45, value_added_per_head=15, growth=15, recycling_industry_share=30)
    scheme = make(
        [leaf("growth")],
        rules=[
            rule("some", "threshold", conditions=some, require=1),
            rule("all", "threshold", conditions=at_least(clean_audit_rate=100, new_chain_projects=6)),
            rule("passed", "combine", "promote", rules=["some", "all"]),
        ],
    )
    wanted = table("eco.csv")
    assert outcomes(assess(scheme, wanted.drop(columns="outcome"))) == wanted["outcome"].to_dict()


def test_bands_of_smart_parks() -> None:
    def banded(code: str, below: float, **points: float) -> dict[str, Any]:
        bands = [{"from": float(start.removeprefix("from_")), "points": number} for start, number in points.items()]
        return leaf(code, "bands", score={"below": below, "bands": bands})

    scheme = make(
        [
            banded("profit", 1.8, from_20=2.4, from_80=3),
            banded("profit_growth", 0, from_0=0.9, from_10=1.8, from_15=2.4, from_20=3),
            banded("leading_share", 0, from_40=0.6, from_70=1.2, from_80=1.8, from_95=2),
        ]
    )
    wanted = table("smart.csv")
    found = assess(scheme, wanted[["profit", "profit_growth", "leading_share"]]).normalised
    for code, column in (
        ("profit", "profit_points"),
        ("profit_growth", "growth_points"),
        ("leading_share", "leading_points"),
    ):
        assert found[code].tolist() == wanted[column].tolist()
