"""How sure a rank is: drawn weights and methods, leave-one-out, dominance, Sobol' indices."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assessments.engine import assess, load_scheme
from assessments.engine.certainty import (
    Method,
    certainty,
    certainty_report,
    dominance,
    draw,
    indices,
    leave_one_out,
    saltelli,
    sobol,
)
from assessments.engine.uncertainty import Dirichlet, Relative, Uncertainty
from tests.engine.helpers import BASIS, leaf, make, rule, table


def two(weights=(50, 50), **parts):
    return make([leaf("x", weight=weights[0]), leaf("y", weight=weights[1])], **parts)


VALUES = table("ABCD", x=[10, 0, 6, 2], y=[0, 10, 6, 1])


def settings(**parts):
    return Uncertainty.model_validate({"draws": 200, **parts})


def _interval(sure, unit):
    return sure.ranks[["p05", "p95"]].to_numpy()[sure.ranks.index.get_loc(unit)].tolist()


def test_without_anything_varied_every_draw_is_the_assessment():
    scheme = two(rules=[rule("top", "top", "promote", count=1, min_group_size=1)])
    sure = certainty(scheme, VALUES, settings(weights=None))
    nominal = assess(scheme, VALUES)
    for column in ("mean", "median", "p05", "p95"):
        assert sure.ranks[column].tolist() == nominal.places["rank"].tolist()
    assert sure.holds.tolist() == [1, 1, 1, 1]
    assert not sure.noise.any()
    assert sure.proposals.loc["C", "promote"] == 1


def test_equal_but_for_the_weights_takes_turns():
    sure = certainty(two(), VALUES, settings(draws=2000))
    # A and B swap with the weights; C has 6 and D less than 2 whatever they are.
    assert _interval(sure, "C") == [1, 1]
    assert _interval(sure, "D") == [4, 4]
    assert _interval(sure, "A") == [2, 3]
    assert sure.ranks.loc["A", "mean"] == pytest.approx(2.5, abs=0.05)


def test_a_proposal_that_hangs_on_the_weights_is_within_the_noise():
    scheme = two((51, 49), rules=[rule("last", "tail", "demote", k=2, min_group_size=1)])
    values = table("ABC", x=[10, 0, 6], y=[0, 10, 6])
    sure = certainty(scheme, values, settings(draws=1000))
    assert sure.noise.to_dict() == {"A": False, "B": False, "C": False}
    scheme = two((51, 49), rules=[rule("last", "tail", "demote", k=1, min_group_size=1)])
    sure = certainty(scheme, values, settings(draws=1000))
    assert sure.noise.to_dict() == {"A": True, "B": True, "C": False}
    assert sure.proposals.loc["B", "demote"] == pytest.approx(0.55, abs=0.06)


def test_one_call_tells_everything_about_each_unit():
    grading = {"kind": "quota", "basis": BASIS, "classes": [
        {"code": "a", "name_zh": "甲", "name_en": "A", "count": 1}, {"code": "b", "name_zh": "乙", "name_en": "B"}]}  # fmt: skip
    scheme = two((51, 49), rules=[rule("last", "tail", "exit", k=1, min_group_size=1)], grading=grading)
    values = table("ABCD", x=[10, 0, 7, None], y=[0, 10, 7, 1])
    found = certainty(scheme, values, settings(draws=1000)).by_unit()
    assert json.loads(json.dumps(found)) == found
    assert (found["C"]["rank_low"], found["C"]["rank_high"], found["C"]["holds"]) == (1, 1, 1)
    assert (found["A"]["rank_low"], found["A"]["rank_high"], found["A"]["within_noise"]) == (2, 3, True)
    assert found["B"]["proposals"]["exit"] + found["B"]["proposals"]["keep"] == pytest.approx(1)
    assert found["C"]["grades"] == {"a": 1, "b": 0}
    assert (found["D"]["rank_low"], found["D"]["proposals"]["undecided"]) == (None, 1)
    assert certainty(two(), VALUES, settings()).by_unit()["A"]["grades"] is None


def test_the_same_seed_gives_the_same_and_another_another():
    first, again, other = (certainty(two(), VALUES, settings(seed=seed)) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first.ranks, again.ranks)
    assert first.ranks["mean"].tolist() != other.ranks["mean"].tolist()


def test_draws_at_once_are_the_draws_one_by_one():
    """Each draw's weights written into a scheme of its own give the very ranks, proposals and grades of that draw."""
    quota = {"kind": "quota", "basis": BASIS, "classes": [
        {"code": "a", "name_zh": "甲", "name_en": "A", "share": 0.3}, {"code": "b", "name_zh": "乙", "name_en": "B"}]}  # fmt: skip
    rng = np.random.default_rng(3)
    values = pd.DataFrame(rng.random((30, 4)), index=[f"U{i:02d}" for i in range(30)], columns=list("wxyz"))
    values = values.mask(rng.random(values.shape) < 0.1)

    def scheme(shares, aggregate="arithmetic"):
        branches = [
            {"code": name, "name_zh": name, "name_en": name, "weight": weight, "weighting": "multiplier",
             "aggregate": aggregate, "children": [leaf(c, "minmax", weight=w) for c, w in inside.items()]}
            for name, weight, inside in shares
        ]  # fmt: skip
        rules = [rule("last", "tail", "demote", k=4), rule("top", "top", "promote", share=0.2)]
        parts = {"missing": "reweight", "grading": quota, "rules": rules}
        return make(branches, tree={"weighting": "multiplier"}, **parts)

    base = scheme([("one", 2, {"w": 1, "x": 3}), ("two", 1, {"y": 1, "z": 1})])
    chosen = settings(draws=12, aggregations=("geometric",))
    drawn = draw(base.tree.node(), chosen)
    sure = certainty(base, values, chosen)
    ranks, demoted, best = [], [], []
    for i in range(12):
        f = {code: float(column[i, 0]) for code, column in drawn.factors.items()}
        # A branch keeps its sum, so only the proportions of siblings count.
        single = scheme(
            [("one", 2 * f["one"], {"w": f["w"], "x": 3 * f["x"]}), ("two", f["two"], {"y": f["y"], "z": f["z"]})],
            drawn.methods[drawn.method[i]].aggregation or "arithmetic",
        )
        if drawn.methods[drawn.method[i]].aggregation:
            single = Method(aggregation="geometric").applied(single)
        result = assess(single, values)
        ranks.append(result.places["rank"].to_numpy())
        demoted.append((result.proposal == "demote").to_numpy())
        best.append((result.grade == "a").to_numpy())
    assert sure.ranks["mean"].to_numpy() == pytest.approx(np.mean(ranks, axis=0))
    assert sure.proposals["demote"].to_numpy() == pytest.approx(np.mean(demoted, axis=0))
    assert sure.grades["a"].to_numpy() == pytest.approx(np.mean(best, axis=0))


@pytest.mark.parametrize("noise", [Relative(kind="relative", by=0.4), Dirichlet(kind="dirichlet", concentration=50)])
def test_drawn_weights_keep_their_mean_and_spread(noise):
    drawn = draw(two((80, 20)).tree.node(), settings(draws=20_000, weights=noise))
    weights = np.hstack([80 * drawn.factors["x"], 20 * drawn.factors["y"]])
    shares = weights / weights.sum(axis=1, keepdims=True)
    assert shares.mean(axis=0) == pytest.approx([0.8, 0.2], abs=0.01)
    if isinstance(noise, Dirichlet):
        # variance of a Dirichlet share: p (1 - p) / (concentration + 1)
        assert shares[:, 0].var() == pytest.approx(0.8 * 0.2 / 51, rel=0.05)
    else:
        assert drawn.factors["x"].min() == pytest.approx(0.6, abs=0.001)
        assert drawn.factors["x"].max() == pytest.approx(1.4, abs=0.001)


def test_other_methods_are_drawn_with_the_schemes_own():
    scheme = make([leaf("x", "minmax")])
    values = table("ABC", x=[1, 2, 100])
    sure = certainty(scheme, values, settings(weights=None, scores=({"method": "percentile"},)))
    assert sure.ranks["nominal"].tolist() == [3, 2, 1]  # one indicator: no monotone method moves a rank
    assert sure.ranks["mean_change"].tolist() == [0, 0, 0]
    pair = make([leaf("x", "minmax"), leaf("y", "minmax")])
    values = table("ABC", x=[0, 40, 100], y=[100, 70, 0])
    sure = certainty(pair, values, settings(weights=None, scores=({"method": "percentile"},), draws=2000))
    # min-max: 50, 55, 50; percentile: three alike, so B is first alone in half of the draws and ties in the others.
    assert sure.ranks.loc["A", "mean"] == pytest.approx((2 + 1) / 2, abs=0.05)


def test_leaving_out_the_only_thing_that_speaks_for_a_unit_moves_it_most():
    rules = [rule("last", "tail", "demote", k=1, min_group_size=1)]
    values = table("ABC", x=[10, 4, 3], y=[0, 5, 5], z=[5, 5, 5])
    scheme = make(
        [
            {"code": "d", "name_zh": "d", "name_en": "d", "children": [leaf("x")]},
            {"code": "e", "name_zh": "e", "name_en": "e", "children": [leaf("y"), leaf("z")]},
        ],
        rules=rules,
    )
    left = leave_one_out(scheme, values)
    # Without x (and so without its branch): A has 2.5, B and C 5.
    assert left.T["x"].tolist() == left.T["d"].tolist()
    assert left.loc["d", "largest_change"] == 2
    assert left.loc["d", "unit"] == "A"
    assert left.loc["z", "mean_change"] == 0
    without_y = assess(make([leaf("x"), leaf("z")]), values).places["rank"]
    nominal = assess(scheme, values).places["rank"]
    assert left.loc["y", "mean_change"] == pytest.approx((without_y - nominal).abs().mean())


def test_dominance_counts_pairs_no_weight_turns_round():
    share, counted = dominance(two(), table("ABCD", x=[3, 2, 1, 1], y=[1, 2, 0, 0]))
    # A over C, D; B over C, D; A–B hang on the weights; C and D are alike.
    assert share == pytest.approx(4 / 6)
    assert counted["dominates"].tolist() == [2, 2, 0, 0]
    assert counted["dominated"].tolist() == [0, 0, 2, 2]
    groups = pd.Series({"A": "east", "B": "west", "C": "east", "D": "west"})
    assert dominance(two(), table("ABCD", x=[3, 2, 1, 1], y=[1, 2, 0, 0]), groups=groups)[0] == 1


def test_sobol_indices_of_the_ishigami_function():
    """The textbook case with known indices: S1 0.3139, 0.4424, 0; ST 0.5576, 0.4424, 0.2437 (a = 7, b = 0.1)."""
    n = 60_000
    a, b = saltelli(n, 3, seed=4)
    rows = np.vstack([a, b, *(np.where(np.arange(3) == i, b, a) for i in range(3))])
    x, y, z = (np.pi * (2 * rows[:, i] - 1) for i in range(3))
    first, total = indices(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x), n, 3)
    assert first == pytest.approx([0.3139, 0.4424, 0.0], abs=0.02)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.02)


def test_sobol_names_the_choice_that_matters():
    values = table(
        [f"U{i}" for i in range(20)], x=[(i / 19) ** 3 for i in range(20)], y=[1 - i / 19 for i in range(20)]
    )
    scheme = make([leaf("x", "minmax"), leaf("y", "minmax")])
    found = sobol(scheme, values, n=256, settings=settings(scores=({"method": "percentile"},)))
    assert set(found.index) == {"x", "y", "score"}
    assert found["total"].to_dict()["score"] > 0.1
    nothing = sobol(make([leaf("x"), leaf("y")]), table("AB", x=[1, 2], y=[1, 2]), n=64)
    assert nothing["total"].tolist() == [0, 0]


@pytest.mark.parametrize("name", ["cluster-2019", "customs-2020", "etdz-2021", "htdz-2021", "historical/cluster-2017"])
def test_the_schemes_of_the_pack_can_be_drawn(name):
    """Weights, scores and blanks in doubt with the whole set of rules of a real scheme; among the draws is the scheme itself."""
    scheme = load_scheme(Path(__file__).parents[2] / f"packs/henan-2017/schemes/{name}.yaml")
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.lognormal(3, 0.5, (30, len(scheme.inputs()))), columns=scheme.inputs())
    table = table.mask(rng.random(table.shape) < 0.1).set_axis([f"U{i:02d}" for i in range(30)], axis=0)
    sure = certainty(scheme, table, settings(draws=50, missing=("group_median",)))
    nominal = assess(scheme, table)
    assert sure.ranks["nominal"].tolist() == pytest.approx(nominal.places["rank"].tolist(), nan_ok=True)
    assert sure.proposals.sum(axis=1).tolist() == pytest.approx([1] * 30)
    unmoved = certainty(scheme, table, settings(draws=10, weights=None))
    assert unmoved.proposals.idxmax(axis=1).tolist() == nominal.proposal.tolist()
    assert unmoved.holds.tolist() == [1] * 30


def test_a_ladder_on_an_indicator_and_a_node_can_be_drawn():
    basis = {"certainty": "published", "source": "test"}
    conditions = [{"indicator": "x", "op": ">=", "value": 5}, {"node": "score", "op": ">=", "value": 4}]
    ladder = {"kind": "ladder", "basis": basis, "none": {"code": "none", "name_zh": "无", "name_en": "None"},
              "levels": [{"code": "star", "name_zh": "星", "name_en": "Star", "conditions": conditions}]}  # fmt: skip
    sure = certainty(two(grading=ladder), VALUES, settings(draws=500))
    # C has 6 on both; A has 10 × its weight, 3.75…6.25 of them, and so mostly 4 or more; B and D lack x.
    assert sure.grades.drop("A")["star"].to_dict() == {"B": 0, "C": 1, "D": 0}
    assert 0.9 < sure.grades["star"].to_dict()["A"] < 1
    assert sure.grades.sum(axis=1).tolist() == [1, 1, 1, 1]


def test_the_treatment_of_outliers_can_be_drawn():
    values = table([f"U{i}" for i in range(8)], x=[1, 2, 3, 4, 5, 6, 7, 1000], y=[8, 7, 6, 5, 4, 3, 2, 1])
    scheme = make([leaf("x", "minmax"), leaf("y", "minmax", outliers="keep")], outliers={})
    chosen = settings(weights=None, outliers=("none",), draws=400)
    sure = certainty(scheme, values, chosen)
    treated = assess(scheme, values).places["rank"]
    plain = assess(make([leaf("x", "minmax"), leaf("y", "minmax")]), values).places["rank"]
    low, high = np.minimum(treated, plain), np.maximum(treated, plain)
    assert sure.ranks["p05"].tolist() == low.tolist()
    assert sure.ranks["p95"].tolist() == high.tolist()
    assert list(sobol(scheme, values, n=64, settings=chosen).index) == ["outliers"]


def test_a_report_holds_everything_as_plain_data():
    scheme = two((51, 49), rules=[rule("last", "tail", "exit", k=1, min_group_size=1)])
    report = certainty_report(scheme, VALUES, n=32)
    assert json.loads(json.dumps(report, allow_nan=False)) == report
    assert set(report) == {"scheme", "draws", "seed", "hold", "units", "leave_one_out", "dominance", "sobol"}
    assert report["units"]["C"]["rank_high"] <= 2
    assert report["units"]["C"]["nominal"] == 1
    assert report == certainty_report(scheme, VALUES, n=32)
