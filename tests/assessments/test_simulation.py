"""Simulation: what it tells is what a run would say, and it leaves nothing behind."""

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats

from assessments import tasks
from assessments.engine import assess, load_scheme
from assessments.engine.reweighting import adjustable, reweighted, to_hundred, top_weights
from assessments.enums import SchemeStatus
from assessments.inputs import past_results, thaw
from assessments.models import Result, Run, Scheme, SchemeAct
from assessments.simulation import (
    as_if_in_force,
    effect,
    forget,
    kendall,
    ranking_of,
    spearman,
    trial_of,
    year_lines,
    zone_lines,
    zones_of,
)
from common.yaml_text import Place, set_values
from tests.assessments.conftest import SCHEME, YEAR

SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
pytestmark = pytest.mark.django_db
# Energy turns the order of the made-up zones round where it weighs most.
OTHER = SCHEME.replace("weight: 50", "weight: 10").replace("weight: 30", "weight: 70").replace('"1.0"', '"1.1"')


def mixed(province):
    """Figures in which the indicators disagree, other ones every year."""
    rng = np.random.default_rng(6)
    for year in (YEAR - 2, YEAR - 1, YEAR):
        for number in range(1, 7):
            province.add_values(f"A{number}", year, [round(float(x), 2) for x in rng.uniform((1, 60, 1), (99, 85, 99))])


def run(province, scheme, year=YEAR):
    made = Run.objects.create(scheme=scheme, year=year, requested_by=province.staff(f"s{Run.objects.count()}"))
    tasks.run_execute(made.pk)
    return Run.objects.get(pk=made.pk)


@pytest.fixture
def draft(bare):
    mixed(bare)
    return bare.add_scheme(OTHER, SchemeStatus.DRAFT, version="1.1", parent=bare.scheme)


@pytest.mark.parametrize("first", [True, False], ids=["over a frozen run", "over collected figures"])
def test_the_effect_is_what_a_run_would_say(bare, draft, first):
    before = run(bare, bare.scheme) if first else None
    told = effect(bare.scheme, draft)
    assert (told.year, told.after.run_id) == (YEAR, before.pk if before else None)
    assert told.spearman != 1
    assert told.changed
    before = before or run(bare, bare.scheme)
    assert {code: (p.score, p.rank, p.proposal) for code, p in told.before.places.items()} == {
        code: row
        for code, *row_ in before.results.values_list("zone__code", "score", "rank", "proposal")
        for row in [tuple(row_)]
    }
    counts = Result.objects.count(), SchemeAct.objects.count()
    effect(bare.scheme, draft)
    assert (Result.objects.count(), SchemeAct.objects.count()) == counts
    # Published and run for real it says the same.
    Scheme.objects.filter(pk=draft.pk).delete()
    real = run(bare, bare.add_scheme(OTHER, version="1.1"))
    for result in real.results.select_related("zone"):
        place = told.after.places[result.zone.code]
        assert (place.rank, place.proposal) == (result.rank, result.proposal)
        assert place.score == pytest.approx(result.score)


def test_without_figures_there_is_no_effect(bare):
    draft = bare.add_scheme(OTHER, SchemeStatus.DRAFT, version="1.1", parent=bare.scheme)
    assert effect(bare.scheme, draft) is None


@SLOW
@given(st.tuples(*[st.floats(0.5, 90)] * 3))
def test_weights_always_make_a_hundred(weights):
    shares = to_hundred(dict(zip("abc", weights, strict=True)))
    assert round(sum(shares.values()), 9) == 100
    assert all(share > 0 and round(share, 2) == share for share in shares.values())
    for code, weight in zip("abc", weights, strict=True):
        assert shares[code] == pytest.approx(100 * weight / sum(weights), abs=0.011)


@pytest.mark.parametrize("weights", [{}, {"a": 0.0}, {"a": -1.0, "b": 2.0}, {"a": float("nan")}])
def test_what_is_no_weight(weights):
    with pytest.raises(ValueError, match="positive"):
        to_hundred(weights)


@pytest.mark.parametrize("weights", [(50, 30, 20), (12.5, 80, 7.5), (1, 1, 98), (33.33, 33.33, 33.34)])
def test_a_trial_is_the_engine(bare, draft, weights):
    done = run(bare, bare.scheme)
    trial, basis = trial_of(bare.scheme, YEAR)
    shares = dict(zip(top_weights(load_scheme(SCHEME)), weights, strict=True))
    # Another process finds it in the cache, the same to the last bit.
    forget()
    assert trial_of(bare.scheme, YEAR)[0].outcome(shares).equals(trial.outcome(shares))
    ranking = ranking_of(trial, basis, shares)
    assert ranking is not None
    changes: dict[Place, float] = {("tree", "children", n, "weight"): w for n, w in enumerate(weights)}
    method, inputs = load_scheme(set_values(SCHEME, changes)), thaw(done.inputs)
    tables = inputs.tables(YEAR, method, past_results(method, inputs))
    summary = assess(method, inputs.table(YEAR), **tables).summary()
    for code, row in summary.iterrows():
        place = ranking.places[str(code)]
        assert (place.rank, place.proposal) == (row["rank"], row["proposal"])
        assert place.score == pytest.approx(row["score"])
    if weights == (50, 30, 20):
        assert {c: p.rank for c, p in ranking.places.items()} == dict(done.results.values_list("zone__code", "rank"))


def test_which_weights_can_be_tried():
    plain = load_scheme(SCHEME)
    assert adjustable(plain)
    assert reweighted(plain, {"rd_share": 20, "energy_use": 20, "emerging_share": 60}).tree.parts() == [0.2, 0.2, 0.6]
    from_data = SCHEME.replace("tree:\n", "tree:\n  weighting: entropy\n").replace("weight: 50, ", "")
    from_data = from_data.replace("weight: 30, ", "").replace("weight: 20, ", "")
    assert not adjustable(load_scheme(from_data))


def test_as_if_in_force_looks_back_on_its_own_places(bare, draft):
    run(bare, bare.scheme, YEAR - 1)
    own, other = as_if_in_force([bare.scheme, draft], [YEAR - 2, YEAR - 1, YEAR])
    assert [ranking.year for ranking in own] == [YEAR - 2, YEAR - 1, YEAR]
    for rankings in (own, other):
        for before, after in itertools.pairwise(rankings):
            last = [next(c for c, p in r.places.items() if p.rank == 6) for r in (before, after)]
            # The rule: last in both of two years.
            demoted = [code for code, place in after.places.items() if place.proposal == "demote"]
            assert demoted == ([last[0]] if last[0] == last[1] else [])
    lines = year_lines(own)
    assert [line.spearman is None for line in lines] == [True, False, False]
    ranks = [[ranking.places[f"A{n}"].rank or 0 for n in range(1, 7)] for ranking in own]
    assert lines[1].spearman == pytest.approx(stats.spearmanr(ranks[0], ranks[1]).statistic)
    assert lines[1].mean_places == pytest.approx(np.mean(np.abs(np.subtract(ranks[0], ranks[1]))))
    zones = zone_lines(own, zones_of(own))
    assert len(zones) == 6
    assert [line.to_move for line in zones] == sorted((line.to_move for line in zones), reverse=True)
    assert zones[0].spread == max(zones[0].ranks) - min(zones[0].ranks)


@SLOW
@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), min_size=3, max_size=30))
def test_correlations_are_scipys(pairs):
    first, second = map(list, zip(*pairs, strict=True))
    if len(set(first)) == 1 or len(set(second)) == 1:
        assert spearman(first, second) is None
        assert kendall(first, second) is None
        return
    assert spearman(first, second) == pytest.approx(stats.spearmanr(first, second).statistic)
    assert kendall(first, second) == pytest.approx(stats.kendalltau(first, second).statistic)


def test_levels_narrow_who_is_assessed(bare, draft):
    national = bare.add_scheme(
        SCHEME.replace("missing: worst", "missing: worst\nlevels: [national]"), code="n", levels=["national"]
    )
    assert run(bare, national).error.startswith(f"{YEAR} 年末没有这一类别")
    assert run(bare, bare.scheme).results.count() == 6
