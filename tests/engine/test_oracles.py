"""The engine against independent programs where they do the same: pymcdm, SALib and scipy.

Where they differ the reason stands beside the comparison. Further published indices: test_oecd_tai.py.
"""

from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pymcdm import methods, normalizations, weights
from pymcdm.weights.subjective import AHP
from SALib.analyze import sobol as salib_sobol
from SALib.sample import sobol as salib_sample
from SALib.test_functions import Ishigami
from scipy import stats

from assessments.engine import assess, load_scheme
from assessments.engine.certainty import draws_at, factor_names, indices, run, saltelli, sobol
from assessments.engine.outliers import FEWEST
from assessments.engine.peers import Peers
from assessments.engine.run import prepare, root_of
from assessments.engine.uncertainty import Uncertainty
from assessments.engine.weights import judged
from tests.engine.helpers import leaf, make

UNITS, CODES = 25, list("abcdef")
TYPES = np.array([1, 1, -1, 1, -1, 1])  # pymcdm: 1 more is better, -1 less is better
WEIGHTS = np.array([30, 25, 20, 10, 10, 5])
SCHEMES = Path(__file__).parents[2] / "packs/henan-2017/schemes"


def values(seed=7):
    """Positive and skewed, as figures of zones are."""
    drawn = np.random.default_rng(seed).lognormal(2, 0.8, (UNITS, len(CODES)))
    return pd.DataFrame(drawn, index=[f"U{i:02d}" for i in range(UNITS)], columns=CODES)


def leaves(method, *, weighted=True, **score):
    return [
        leaf(code, method, score=score, direction="up" if kind == 1 else "down", **({"weight": w} if weighted else {}))
        for code, kind, w in zip(CODES, TYPES, WEIGHTS.tolist(), strict=True)
    ]


# Normalisation ------------------------------------------------------------------------------------------------------


def test_minmax_is_pymcdms():
    ours = assess(make(leaves("minmax", range=[0, 1])), values()).normalised
    theirs = [
        normalizations.minmax_normalization(values()[c].to_numpy(), t == -1) for c, t in zip(CODES, TYPES, strict=True)
    ]
    assert ours.to_numpy() == pytest.approx(np.column_stack(theirs), abs=1e-12)


@pytest.mark.parametrize(("kind", "base"), [(1, "group_max"), (-1, "group_min")])
def test_ratio_to_the_best_is_pymcdms_linear_normalisation(kind, base):
    children = [
        leaf(c, "ratio", score={"base": base, "cap": 1}, direction="up" if kind == 1 else "down") for c in CODES
    ]
    ours = assess(make(children, scale=1), values()).normalised
    theirs = [normalizations.linear_normalization(values()[c].to_numpy(), kind == -1) for c in CODES]
    assert ours.to_numpy() == pytest.approx(np.column_stack(theirs), abs=1e-12)


def test_minmax_of_a_column_without_differences_is_a_setting():
    """pymcdm gives all of them the full points, COINr none; with us the scheme says so (`flat`)."""
    alike = values().assign(a=3.0)
    ours = assess(make([leaf("a", "minmax", score={"flat": 1, "range": [0, 1]})]), alike).score
    assert ours.tolist() == normalizations.minmax_normalization(alike["a"].to_numpy()).tolist()
    assert assess(make([leaf("a", "minmax")]), alike).score.tolist() == [50] * UNITS


def test_zscore_is_scipys():
    ours = assess(make([leaf(c, "zscore") for c in CODES]), values()).normalised
    assert ours.to_numpy() == pytest.approx(stats.zscore(values().to_numpy(), ddof=1), abs=1e-12)


@pytest.mark.parametrize("ties", ["min", "max", "average", "dense"])
def test_ranks_with_ties_are_scipys(ties):
    tied = values().round(-1)
    ours = assess(make([leaf(c, "rank", score={"ties": ties}) for c in CODES]), tied).normalised
    assert ours.to_numpy() == pytest.approx(stats.rankdata(tied.to_numpy(), method=ties, axis=0))


@pytest.mark.parametrize("q", [0, 0.05, 0.1, 0.25, 0.5, 0.9, 1])
def test_quantiles_by_group_are_numpys(q):
    x, group = values()["a"].to_numpy(), np.arange(UNITS) % 3
    ours = Peers(group.tolist()).quantile(x, q)
    assert ours == pytest.approx([np.quantile(x[group == group[i]], q) for i in range(UNITS)])


def test_what_counts_as_skewed_is_scipys_corrected_skewness_and_kurtosis():
    """Columns about the limits are treated exactly when scipy's sample-corrected moments are both beyond them."""
    limits = {"skewness": 2, "kurtosis": 3.5, "points": 1}
    for seed in range(8):
        table = values(seed)
        ours = assess(make([leaf(c) for c in CODES], outliers=limits), table).treated
        skew = stats.skew(table.to_numpy(), axis=0, bias=False)
        kurtosis = stats.kurtosis(table.to_numpy(), axis=0, bias=False)
        expected = (np.abs(skew) > limits["skewness"]) & (kurtosis > limits["kurtosis"])
        assert (ours.to_numpy() != table.to_numpy()).any(axis=0).tolist() == expected.tolist()
    assert UNITS >= FEWEST


# Aggregation --------------------------------------------------------------------------------------------------------


def test_weighted_sum_is_pymcdms():
    ours = assess(make(leaves("minmax", range=[0, 1])), values()).score
    theirs = methods.WSM(normalizations.minmax_normalization)(values().to_numpy(), WEIGHTS / 100, TYPES)
    assert ours.to_numpy() == pytest.approx(theirs, abs=1e-12)


def test_weighted_product_is_pymcdms():
    children = leaves("ratio", base="group_max", cap=1)
    for child, kind in zip(children, TYPES, strict=True):
        child["score"]["base"] = "group_max" if kind == 1 else "group_min"
    ours = assess(make(children, scale=1, tree={"aggregate": "geometric"}), values()).score
    theirs = methods.WPM(normalizations.linear_normalization)(values().to_numpy(), WEIGHTS / 100, TYPES)
    assert ours.to_numpy() == pytest.approx(theirs, abs=1e-12)


@pytest.mark.filterwarnings("ignore:Alternatives with indices")  # of two, one may well be better in everything
def test_copeland_counts_the_pairs_that_promethee_decides():
    """With the usual criterion PROMETHEE II prefers, of two alternatives alone, the one better in the heavier criteria."""
    table = values().round(-1)  # with ties
    net = np.zeros(UNITS)
    for i, j in combinations(range(UNITS), 2):
        pair = table.to_numpy()[[i, j]]
        flow = methods.PROMETHEE_II("usual")(pair, WEIGHTS / 100, TYPES)
        won = np.sign(np.round(flow[0], 9))
        net[i] += won
        net[j] -= won
    ours = assess(make(leaves("identity"), tree={"aggregate": "copeland"}), table).score
    assert ours.to_numpy() == pytest.approx(100 * (net + UNITS - 1) / (2 * (UNITS - 1)))


# Weights ------------------------------------------------------------------------------------------------------------


def _weights(weighting, children, table):
    return assess(make(children, tree={"weighting": weighting}), table).weights.iloc[0].to_numpy()


def test_critic_weights_are_pymcdms():
    """pymcdm scales by min-max before; so do the leaves."""
    ours = _weights("critic", [leaf(c, "minmax") for c in CODES], values())
    assert ours == pytest.approx(weights.critic_weights(values().to_numpy()), abs=1e-12)


def test_entropy_weights_are_pymcdms():
    ours = _weights("entropy", [leaf(c) for c in CODES], values())
    assert ours == pytest.approx(weights.entropy_weights(values().to_numpy()), abs=1e-10)


def test_entropy_weights_with_a_zero_are_scipys_not_pymcdms():
    """0 · ln 0 counts as 0, as in scipy and the literature; pymcdm refuses the table."""
    table = values()
    table.iloc[0, 0] = 0.0
    information = 1 - stats.entropy(table.to_numpy(), axis=0) / np.log(UNITS)
    assert _weights("entropy", [leaf(c) for c in CODES], table) == pytest.approx(information / information.sum())
    with pytest.raises(ValueError, match="positive"):
        weights.entropy_weights(table.to_numpy())


SAATY = [
    [[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]],
    [[1, 2, 4, 7], [1 / 2, 1, 3, 4], [1 / 4, 1 / 3, 1, 2], [1 / 7, 1 / 4, 1 / 2, 1]],
    [[1, 1 / 2, 3, 3, 5], [2, 1, 4, 5, 6], [1 / 3, 1 / 4, 1, 1, 2], [1 / 3, 1 / 5, 1, 1, 3], [1 / 5, 1 / 6, 1 / 2, 1 / 3, 1]],
]  # fmt: skip


@pytest.mark.parametrize("matrix", SAATY)
def test_ahp_is_pymcdms(matrix):
    """The random index differs: Saaty's own table here, that of Tummala and Ling (1998) there; 0.58 to 0.5799 for n = 3."""
    shares, ratio = judged(matrix)
    theirs = AHP(matrix=np.array(matrix))
    assert shares == pytest.approx(theirs(), abs=1e-12)
    saaty = {3: 0.58, 4: 0.90, 5: 1.12}[len(matrix)]
    assert ratio * saaty == pytest.approx(theirs.get_cr() * AHP.RI_M[len(matrix) - 1], abs=1e-12)


# Sensitivity --------------------------------------------------------------------------------------------------------


def _salib(names, bounds=(0.0, 1.0)):
    return {"num_vars": len(names), "names": list(names), "bounds": [list(bounds)] * len(names)}


def _interleaved(y, n, factors):
    """Our outputs (A, B, A with each column of B) in the order in which SALib expects them (A, each, B by sample)."""
    blocks = y.reshape(factors + 2, n)
    return np.vstack([blocks[0], blocks[2:], blocks[1]]).T.ravel()


@pytest.mark.parametrize("offset", [0, 1000])
def test_sobol_estimators_are_salibs(offset):
    """The same outputs give the same indices; the level of the outputs plays no part."""
    n = 512
    a, b = saltelli(n, 3, seed=5)
    rows = np.vstack([a, b, *(np.where(np.arange(3) == i, b, a) for i in range(3))])
    y = Ishigami.evaluate(np.pi * (2 * rows - 1)) + offset
    theirs = salib_sobol.analyze(_salib("xyz"), _interleaved(y, n, 3), calc_second_order=False, seed=1)
    first, total = indices(y, n, 3)
    assert first == pytest.approx(theirs["S1"], abs=1e-9)
    assert total == pytest.approx(theirs["ST"], abs=1e-9)


def test_sobol_on_a_real_scheme_agrees_with_salib_on_its_own_sample():
    """The scheme of 2019 with its weights and ways of scoring in doubt: SALib draws, the engine judges, SALib analyses."""
    scheme = load_scheme(SCHEMES / "cluster-2019.yaml")
    codes = sorted(scheme.inputs())
    drawn = np.random.default_rng(2).lognormal(2, 0.6, (40, len(codes)))
    table = pd.DataFrame(drawn, index=[f"U{i:02d}" for i in range(40)], columns=codes)
    doubt = Uncertainty.model_validate({"scores": [{"method": "percentile"}], "aggregations": ["harmonic"]})
    ours = sobol(scheme, table, n=2048, settings=doubt)

    prepared = prepare(scheme, table)
    root = root_of(scheme, prepared)
    names = factor_names(root, doubt)
    problem = _salib(names)
    sample = salib_sample.sample(problem, 512, calc_second_order=False, seed=3)
    outcomes = run(scheme, prepared, draws_at(root, doubt, names, sample))
    nominal = assess(scheme, table).places["rank"].to_numpy()
    moved = np.abs(outcomes.rank - nominal).mean(axis=1)
    theirs = salib_sobol.analyze(problem, moved, calc_second_order=False, seed=1)
    assert list(ours.index) == names
    assert ours["total"].max() > 0.3
    # Two samples of the same: within what SALib's own 95 % intervals allow, three times over.
    assert (np.abs(ours["total"] - theirs["ST"]) < 3 * theirs["ST_conf"] + 0.01).all()
    assert (np.abs(ours["first"] - theirs["S1"]) < 3 * theirs["S1_conf"] + 0.01).all()
