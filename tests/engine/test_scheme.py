"""Scheme files: those shipped load and are sound; faulty ones list all that is wrong, with lines."""

import ast
import csv
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from assessments.engine import Scheme, SchemeError, load_scheme
from assessments.engine.aggregate import Plain
from assessments.engine.missing import Policy
from assessments.engine.normalise import SCORING
from assessments.engine.scheme import THEMES
from assessments.engine.weights import Weighting
from common.formula import FUNCTIONS, Formula
from tests.engine.helpers import leaf, make, scheme_data

ROOT = Path(__file__).parents[2]
PACK = ROOT / "packs" / "henan-2017"
SHIPPED = sorted((PACK / "schemes").rglob("*.yaml"))
LIBRARY = PACK / "schemes" / "library"
OF_ZONES = [path for path in SHIPPED if path.parent != LIBRARY]
FIRST_LEVEL = {
    "etdz-2021": {"openness": 30, "quality": 30, "innovation": 15, "green": 15, "coordination": 10},
    "htdz-2021": {"innovation": 20, "structure": 20, "green": 15, "openness": 15, "performance": 30},
    "customs-2020": {"scale": 50, "quality": 20, "development": 10, "service": 20},
}


@pytest.fixture(params=SHIPPED, ids=lambda path: path.stem)
def shipped(request: pytest.FixtureRequest) -> Scheme:
    return load_scheme(request.param)


@pytest.fixture(params=OF_ZONES, ids=lambda path: path.stem)
def of_zones(request: pytest.FixtureRequest) -> Scheme:
    """A scheme zones are or were assessed by, not one of the library."""
    return load_scheme(request.param)


def cited(scheme: Scheme) -> set[str]:
    """All clauses named anywhere in the file."""
    found: set[str] = set()

    def walk(data: Any) -> None:
        if isinstance(data, dict):
            found.update(data.get("clauses") or [])
            for value in data.values():
                walk(value)
        elif isinstance(data, list):
            for value in data:
                walk(value)

    walk(yaml.safe_load(scheme.text))
    return found


def test_every_class_has_an_official_scheme() -> None:
    schemes = [load_scheme(path) for path in SHIPPED]
    assert {scheme.zone_class for scheme in schemes if scheme.official} == {"cluster", "etdz", "htz", "customs"}


def test_shipped_schemes_cite_provisions_that_exist(shipped: Scheme) -> None:
    with (PACK / "policy" / "provisions.csv").open(encoding="utf-8") as file:
        provisions = {row["id"] for row in csv.DictReader(file)}
    assert cited(shipped) <= provisions


def test_schemes_of_zones_carry_out_the_adjustment_up_and_down(of_zones: Scheme) -> None:
    assert {"P195", "P198"} <= cited(of_zones)
    assert of_zones.open_points()


def test_schemes_of_zones_read_nothing_but_the_catalogue(of_zones: Scheme) -> None:
    catalogue = yaml.safe_load((PACK / "indicators" / "catalogue.yaml").read_text("utf-8"))["indicators"]
    assert set(of_zones.inputs()) <= {row["code"] for row in catalogue}


def test_shipped_schemes_use_the_formulas_of_the_catalogue(shipped: Scheme) -> None:
    catalogue = {
        row["code"]: row
        for row in yaml.safe_load((PACK / "indicators" / "catalogue.yaml").read_text("utf-8"))["indicators"]
    }
    for code, text in shipped.derive.items():
        if "formula" in catalogue.get(code, {}) and shipped.zone_class != "enterprise":
            assert Formula.parse(catalogue[code]["formula"]) == Formula.parse(text)


def test_what_is_not_published_says_so_and_names_who_decides(shipped: Scheme) -> None:
    assert all(point.decided_by for point in shipped.open_points())
    for branch in shipped.branches():
        if branch.weighting == "equal" and len(branch.children) > 1 and branch.basis is not None:
            assert branch.basis.certainty in ("assumed", "unknown")
    assert all(
        setting.value is not None or setting.basis.certainty == "unknown" for setting in shipped.settings.values()
    )


def test_no_star_threshold_is_invented() -> None:
    scheme = load_scheme(PACK / "schemes" / "cluster-2019.yaml")
    stars = [setting for code, setting in scheme.settings.items() if code.startswith("star")]
    assert len(stars) == 21
    assert all(setting.value is None for setting in stars)


def test_a_setting_decided_by_the_office_takes_effect() -> None:
    path = PACK / "schemes" / "cluster-2019.yaml"
    scheme = load_scheme(path, settings={"star0_value_added": 20000, "least_coverage": 0.9})
    below = next(rule for rule in scheme.rules if rule.id == "below-entry")
    assert below.kind == "threshold"
    assert [condition.value for condition in below.conditions] == [20000, None, None]
    assert scheme.settings["least_coverage"].value == 0.9
    with pytest.raises(SchemeError, match="no such setting"):
        load_scheme(path, settings={"nobody": 1})


@pytest.mark.parametrize("code", FIRST_LEVEL)
def test_published_first_level_weights(code: str) -> None:
    tree = load_scheme(PACK / "schemes" / f"{code}.yaml").tree
    assert {child.code: child.weight for child in tree.children} == FIRST_LEVEL[code]


def test_the_2017_type_is_kept_but_not_official() -> None:
    scheme = load_scheme(PACK / "schemes" / "historical" / "cluster-2017.yaml")
    assert [child.name_zh for child in scheme.tree.children] == ["经济总量", "质量效益", "集群发展", "绿色发展"]
    assert len(scheme.placed_leaves()) == 10
    assert not scheme.official


def test_an_official_scheme_needs_the_three_themes_of_p193() -> None:
    with pytest.raises(SchemeError) as caught:
        make([leaf("x", theme="green")], official=True, clauses=["P192"])
    assert [fault.message_en.split(" (")[0] for fault in caught.value.faults] == [
        "an official scheme needs an indicator on innovation",
        "an official scheme needs an indicator on emerging industry",
    ]
    make([leaf(theme, theme=theme) for theme in THEMES], official=True, clauses=["P192"])


FAULTY = """\
code: Bad Code
version: 1
name_zh: 坏
name_en: bad
zone_class: cluster
valid_from: 2020
valid_to: 2018
official: true
source: s
author: a
certainty: guessed
missing: worst
colour: red
settings:
  line:
    value: null
    name_zh: 线
    name_en: line
    basis: {certainty: unknown}
derive:
  a: b + unknown(c)
  p: q + 1
  q: p + 1
tree:
  children:
    - indicator: x
      weight: 60
      score: {method: goalposts, low: 5, high: 1}
    - indicator: x
      weight: 30
      score: {method: zscore}
    - code: deep
      name_zh: 深
      name_en: deep
      weight: 20
      children:
        - indicator: y
          weight: 1
          score: {method: nonsense}
        - indicator: z
          score: {method: goalposts, low: 0, high: $line}
        - indicator: v
          score: {method: goalposts, low: 0, high: $nowhere}
rules:
  - id: one
    kind: tail
    k: 5
    m: 3
    n: 2
    basis: {certainty: published, source: s}
  - id: one
    kind: combine
    rules: [later]
    basis: {certainty: published}
  - id: two
    kind: threshold
    outcome: vanish
    conditions: [{node: nowhere, op: "<", value: 1}]
    basis: {certainty: published, source: s}
"""
WANTED = {
    ("code", 1),
    ("valid_to", 7),
    ("certainty", 11),
    ("colour", 13),
    ("settings.line.basis", 19),
    ("derive.a", 21),
    ("derive", 20),
    ("tree", 24),
    ("clauses", None),
    ("tree.children", 25),
    ("tree.children[1].score", 28),
    ("tree.children[2].code", 29),
    ("tree.children[3].children", 36),
    ("tree.children[3].children[1].score", 39),
    ("tree.children[3].children[2].score.high", 41),
    ("tree.children[3].children[3].score.high", 43),
    ("rules[1]", 45),
    ("rules[2].id", 51),
    ("rules[2].rules", 53),
    ("rules[2].basis", 54),
    ("rules[3].outcome", 57),
    ("rules[3].conditions[1].node", 58),
}


def test_all_faults_are_listed_at_once_with_their_lines() -> None:
    with pytest.raises(SchemeError) as caught:
        load_scheme(FAULTY)
    found = {(fault.where, fault.line) for fault in caught.value.faults}
    assert found == WANTED
    assert all(fault.message_zh and fault.message_en for fault in caught.value.faults)
    lines = [fault.line or 0 for fault in caught.value.faults]
    assert lines == sorted(lines)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("code: [", "YAML"),
        ("- a\n- b\n", "mapping"),
        ("", "mapping"),
        ("code: a\ncode: b\n", "twice"),
        ("code: a\n", "Field required"),
    ],
)
def test_what_is_no_scheme_at_all(text: str, word: str) -> None:
    with pytest.raises(SchemeError, match=word):
        load_scheme(text)


@pytest.mark.parametrize(
    ("weighting", "weights", "word"),
    [
        ("percent", [60, 30], "sum to 90, not 100"),
        ("fraction", [0.6, 0.5], "sum to 1.1, not 1"),
        ("percent", [60, None], "some children have no weight"),
        ("equal", [60, 40], "no child may have a weight"),
        ("percent", [-10, 110], "must be positive"),
        ("percent", [0, 100], "must be positive"),
        ("points", [60, 40], "needs a weight"),
    ],
)
def test_weights_that_do_not_add_up(weighting: str, weights: list[float | None], word: str) -> None:
    with pytest.raises(SchemeError, match=word):
        make([leaf(f"x{i}", weight=w) for i, w in enumerate(weights)], tree={"weighting": weighting})


def test_points_of_a_dimension_sum_to_its_own() -> None:
    dimension = {"code": "d", "name_zh": "d", "name_en": "d", "weight": 100, "weighting": "points"}
    make([{**dimension, "children": [leaf("a", weight=70), leaf("b", weight=30)]}])
    with pytest.raises(SchemeError, match="sum to 90, not 100"):
        make([{**dimension, "children": [leaf("a", weight=60), leaf("b", weight=30)]}])


def test_a_derived_column_in_the_table_is_taken_as_given_and_its_parts_are_not_asked_for() -> None:
    scheme = make([leaf("rate"), leaf("other")], derive={"rate": "share(a, b)", "other": "rate + c"})
    assert scheme.inputs() == ["a", "b", "c"]
    read, formulas, absent = scheme.reading(["rate", "c"])
    assert (read, list(formulas), absent) == (["c", "rate"], ["other"], [])


def test_the_text_is_kept() -> None:
    text = yaml.safe_dump(scheme_data([leaf("x")]))
    assert load_scheme(text).text == text


def test_the_reference_page_knows_every_method_and_its_example_runs() -> None:
    page = (ROOT / "docs" / "reference" / "scheme.md").read_text("utf-8")
    example = page.split("```yaml\n", 1)[1].split("```", 1)[0]
    scheme = load_scheme(example)
    assert scheme.inputs() == ["built_area", "energy_intensity", "tax_revenue"]
    words = [*SCORING, *get_args(Policy), *get_args(Weighting), *get_args(Plain), "power", *FUNCTIONS]
    words += [f"`{key}`" for key in Scheme.model_fields]
    assert [word for word in words if word not in page] == []


def test_the_engine_stands_on_its_own() -> None:
    """No Django, nothing of ours but the formulas."""
    allowed = {"numpy", "pandas", "pydantic", "yaml", "common.formula", "assessments.engine"}
    standard = {
        "__future__",
        "ast",
        "collections",
        "dataclasses",
        "functools",
        "itertools",
        "math",
        "operator",
        "pathlib",
        "re",
        "typing",
    }
    for path in [*(ROOT / "assessments" / "engine").rglob("*.py"), ROOT / "common" / "formula.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                fine = any(name == a or name.startswith(f"{a}.") for a in allowed) or name.split(".")[0] in standard
                assert fine, f"{path.name} imports {name}"
