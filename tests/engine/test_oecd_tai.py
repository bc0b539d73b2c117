"""The OECD/JRC Handbook's Technology Achievement Index comes out as published."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from assessments.engine import Assessment, assess, load_scheme
from assessments.engine.files import Files
from assessments.engine.weights import judged
from tests.engine.helpers import leaf, make, table

DATA = Path(__file__).parent / "data" / "oecd_tai"
SMALL = json.loads((DATA / "handbook_small_cases.json").read_text("utf-8"))


def run(scheme: str) -> Assessment:
    values, tables = Files(DATA / "tai_raw.csv").read()
    return assess(load_scheme(DATA / f"{scheme}.yaml"), values, **tables)


def expected(name: str) -> pd.DataFrame:
    return pd.read_csv(DATA / name, index_col=0)


@pytest.mark.parametrize(
    ("scheme", "published", "column"),
    [
        ("ew", "expected_ranks_table23.csv", "EW"),
        ("bap", "expected_ranks_table23.csv", "BAP"),
        ("ew", "expected_ranks_table38.csv", "LIN"),
        ("gme", "expected_ranks_table38.csv", "GME"),
    ],
)
def test_all_23_published_ranks(scheme: str, published: str, column: str) -> None:
    ranks = run(scheme).places["rank"]
    wanted = expected(published)[column]
    assert ranks.reindex(wanted.index).tolist() == wanted.tolist()


@pytest.mark.parametrize(
    ("scheme", "column", "where"),
    [
        ("fa", "FA", {"Singapore", "Canada", "Czech Republic", "Slovenia"}),
        ("ahp", "AHP", {"Spain", "Israel", "New Zealand"}),
    ],
)
def test_printed_weights_of_two_decimals_move_only_the_known_neighbours(
    scheme: str, column: str, where: set[str]
) -> None:
    wanted = expected("expected_ranks_table23.csv")[column]
    ranks = run(scheme).places["rank"].reindex(wanted.index)
    assert set(wanted.index[ranks != wanted]) == where


@pytest.mark.parametrize(
    ("scheme", "column"), [("ew", "score_EW"), ("fa", "score_FA"), ("bap", "score_BAP"), ("ahp", "score_AHP")]
)
def test_scores_and_normalised_values_to_six_decimals(scheme: str, column: str) -> None:
    computed = expected("computed_scores_goalposts.csv")
    assessment = run(scheme)
    assert (assessment.score - computed[column]).abs().max() < 1e-6
    for code in assessment.normalised:
        assert (assessment.normalised[code] - computed[f"norm_{code}"]).abs().max() < 1e-6


def test_geometric_mean_of_raw_values() -> None:
    assert (run("gme").score - expected("computed_scores_goalposts.csv")["gmean_raw"]).abs().max() < 1e-6


def test_every_column_of_table_15() -> None:
    normalised = run("table15").normalised
    normalised["percentile"] *= 100
    wanted = expected("expected_table15_schooling.csv")
    assert set(normalised.columns) == set(wanted.columns)
    for column in wanted:
        tolerance = 0.06 if column == "percentile" else 0.0051  # the book prints one and two decimals
        assert (normalised[column] - wanted[column]).abs().max() < tolerance, column


def test_sample_bounds_do_not_give_the_published_ranks() -> None:
    wanted = expected("expected_ranks_table23.csv")["EW"]
    ranks = run("minmax").places["rank"].reindex(wanted.index)
    assert (ranks != wanted).sum() == 12
    assert np.corrcoef(ranks, wanted)[0, 1] == pytest.approx(0.953, abs=0.0005)


@pytest.mark.parametrize("scheme", ["ew", "fa", "bap", "ahp", "gme", "minmax"])
def test_contributions_add_up(scheme: str) -> None:
    assessment = run(scheme)
    assert (assessment.contributions.sum(axis=1) - assessment.score).abs().max() < 1e-9


# ---- weights by judgement (Table 20) -----------------------------------------------------------------------------


def test_ahp_weights_and_consistency_of_table_20() -> None:
    """λmax = 8.2111, CI = 0.03015, CR = 0.0214 with Saaty's 1.41 for eight; the printed weights average other experts."""
    matrix = expected("ahp_matrix_table20.csv").map(lambda cell: float(Fraction(str(cell))))
    weights, ratio = judged(matrix.to_numpy().tolist())
    assert ratio == pytest.approx(0.0214, abs=5e-5)
    assert 8 + ratio * 1.41 * 7 == pytest.approx(8.2111, abs=5e-5)
    wanted = [0.2291, 0.1346, 0.0594, 0.1761, 0.0385, 0.0385, 0.2522, 0.0715]
    assert weights == pytest.approx(wanted, abs=5e-5)
    scheme = make([leaf(str(code)) for code in matrix], tree={"weighting": "ahp", "matrix": matrix.to_numpy().tolist()})
    values = pd.read_csv(DATA / "tai_raw.csv", index_col=0)
    assert assess(scheme, values).weights.iloc[0].tolist() == pytest.approx(wanted, abs=5e-5)


# ---- the index as UNDP published it ------------------------------------------------------------------------------


def test_the_index_of_the_human_development_report() -> None:
    """Four dimensions of two indicators each; three decimals printed from data rounded before, hence 0.0015.

    Singapore's royalties are imputed in the handbook; without any its index is the report's 0.585.
    """
    goalposts = pd.read_csv(DATA / "goalposts_hdr2001.csv", index_col=0)

    def indicator(code: str) -> dict[str, Any]:
        low, high = float(goalposts["goalpost_min"][code]), float(goalposts["goalpost_max"][code])
        return leaf(code, "goalposts", score={"low": low, "high": high})

    codes = list(goalposts.index)
    dimensions = [
        {"code": f"d{at}", "name_zh": f"维度{at}", "name_en": f"dimension {at}", "children": list(map(indicator, pair))}
        for at, pair in enumerate(zip(codes[::2], codes[1::2], strict=True))
    ]
    values = pd.read_csv(DATA / "tai_raw.csv", index_col=0)
    values.loc["Singapore", "royalties"] = 0.0
    score = assess(make(dimensions, scale=1), values).score
    published = expected("published_hdr2001.csv")["tai"]
    assert (score - published).abs().max() < 0.0015
    assert score["Singapore"] == pytest.approx(0.5856, abs=5e-5)


# ---- non-compensatory orders -------------------------------------------------------------------------------------


def test_five_countries_without_compensation() -> None:
    """Tables 35–37: Copeland's order is one of the three best of the handbook; compensation puts Finland first."""
    case = SMALL["ncmc_5"]
    countries = ["Finland", "USA", "Sweden", "Japan", "Korea"]
    values = pd.DataFrame(case["matrix"], index=case["countries"], columns=[f"x{i}" for i in range(8)])
    scheme = make([leaf(str(code)) for code in values], tree={"aggregate": "copeland"})
    score = assess(scheme, values).score
    order = score.sort_values(ascending=False).index.tolist()
    assert order in case["best_rankings"]
    # Beaten less beating, from the outranking matrix of Table 36: 1, 2, 3, -2, -4 of at most ±4.
    matrix = np.array(case["outranking"])
    margin = (matrix > 0.5).sum(axis=1) - ((matrix < 0.5) & ~np.eye(5, dtype=bool)).sum(axis=1)
    assert score.reindex(countries).tolist() == pytest.approx((100 * (margin + 4) / 8).tolist())


def profile(key: str, without: str = "") -> tuple[pd.DataFrame, list[dict[str, Any]]]:
    """Voters as indicators whose values are the places given and whose weights are their number."""
    ballots = [(count, [name for name in order if name not in without]) for count, order in SMALL[key]["profiles"]]
    names = sorted(ballots[0][1])
    values = table(names, **{f"v{at}": [-order.index(name) for name in names] for at, (_, order) in enumerate(ballots)})
    return values, [{"indicator": f"v{at}", "weight": count} for at, (count, _) in enumerate(ballots)]


def test_a_majority_order_where_there_is_one_and_a_cycle_where_there_is_none() -> None:
    """Tables 25–27: Condorcet's order c b d a against Borda's b. Tables 28–30: everybody beats one and is beaten by one."""
    for key, order in (("borda_25", "cbda"), ("borda_28", None)):
        values, voters = profile(key)
        children = [leaf(**voter) for voter in voters]
        scheme = make(children, tree={"aggregate": "copeland", "weighting": "as_given"})
        score = assess(scheme, values).score
        if order is None:
            assert score.tolist() == [50, 50, 50]
        else:
            assert "".join(score.sort_values(ascending=False).index) == order == SMALL[key]["condorcet_ranking"]


def test_a_country_that_leaves_turns_bordas_order_round() -> None:
    """Tables 31–33: a b c d by 13, 12, 11, 6; without d it is c b a by 8, 7, 6."""
    values, voters = profile("borda_31", without="d")
    children = [leaf(method="borda", **voter) for voter in voters]
    score = assess(make(children, tree={"weighting": "as_given"}), values).score
    assert score.to_dict() == pytest.approx(SMALL["borda_31"]["borda_without_d"])
