"""What a run computes and keeps: frozen inputs, results all or none, digests, failures in words."""

import copy
import math
from contextlib import nullcontext

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.utils import timezone

from assessments import calculation, tasks
from assessments.engine import ENGINE_VERSION
from assessments.enums import RUN_MOVES, RunStatus
from assessments.inputs import digest, thaw
from assessments.locks import run_lock
from assessments.models import Result, Run
from indicators.models import Value
from parks.models import Designation
from tests.assessments.conftest import SCHEME, YEAR, figures

pytestmark = pytest.mark.django_db


def queue(province, year=YEAR, scheme=None, **fields):
    staff = fields.pop("by", None) or province.staff(f"staff-{Run.objects.count()}")
    return Run.objects.create(scheme=scheme or province.scheme, year=year, requested_by=staff, **fields)


def execute(run):
    tasks.run_execute(run.pk)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def done(province):
    return execute(queue(province))


def by_zone(run):
    return {result.zone.code: result for result in run.results.select_related("zone")}


def test_a_run_ranks_the_zones_of_its_class(done):
    results = by_zone(done)
    assert done.status == RunStatus.DONE
    assert (done.progress, done.attempts, done.engine_version) == (100, 1, ENGINE_VERSION)
    assert [results[f"A{number}"].rank for number in range(1, 7)] == [1, 2, 3, 4, 5, 6]
    assert results["A1"].score == pytest.approx(100)
    assert results["A6"].score == pytest.approx(0)
    # minmax on evenly spaced figures: 100, 80, 60, 40, 20, 0
    assert results["A3"].score == pytest.approx(60)
    assert {result.group_size for result in results.values()} == {6}
    assert {result.peer_group for result in results.values()} == {"全省产业集聚区"}
    assert "B1" not in results


def test_proposals_come_with_rules_and_clauses(done):
    results = by_zone(done)
    assert results["A1"].proposal == "promote"
    assert [(rule["id"], rule["clauses"]) for rule in results["A1"].fired_rules] == [("best", ["P196"])]
    # A6 is last this year and, computed again, last year: two of two.
    assert results["A6"].proposal == "demote"
    assert results["A6"].fired_rules[0]["clauses"] == ["P197d"]
    assert {results[f"A{n}"].proposal for n in (2, 3, 4, 5)} == {"keep"}
    assert done.summary["proposals"] == {"promote": 1, "keep": 4, "demote": 1}


def test_an_explanation_tells_last_year_and_past_places(done):
    explanation = by_zone(done)["A2"].explanation
    row = explanation["indicators"][0]
    assert (row["raw"], row["raw_before"], row["peer_median_raw"]) == (8, 8, 6.5)
    assert [(entry["year"], entry["rank"]) for entry in explanation["past"]] == [(YEAR - 1, 2)]
    assert [rule["id"] for rule in explanation["inactive_rules"]] == ["hazards"]
    assert math.fsum(item["points"] for item in explanation["indicators"]) == pytest.approx(explanation["score"])


def test_the_inputs_are_frozen_with_their_digest(done, province):
    assert done.inputs["years"] == [YEAR - 2, YEAR - 1, YEAR]
    assert done.inputs["members"][str(YEAR)] == [f"A{number}" for number in range(1, 7)]
    assert done.inputs["values"][str(YEAR)]["A1"] == [30.0 * 0 + 45.0, 120.0, 9.0]
    assert digest(done.inputs) == done.inputs_digest
    assert done.inputs_at <= done.finished_at
    assert thaw(done.inputs).values.loc[("A1", YEAR), "rd_share"] == 9


def test_the_same_figures_give_the_same_digests(done, province):
    again = execute(queue(province))
    assert again.pk != done.pk
    assert (again.inputs_digest, again.results_digest) == (done.inputs_digest, done.results_digest)
    Value.objects.filter(zone__code="A3", year=YEAR, indicator__code="rd_share").update(number=1)
    changed = execute(queue(province))
    assert changed.inputs_digest != done.inputs_digest
    assert changed.results_digest != done.results_digest


def test_a_digest_survives_the_database(done):
    odd = {"a": [1e16, 1e-7, 3, None, True, "文"], "b": {"2023": 0.1 + 0.2}}
    run = Run.objects.create(scheme=done.scheme, year=2021, requested_by=done.requested_by, inputs=odd)
    assert digest(Run.objects.get(pk=run.pk).inputs) == digest(odd)


def test_a_run_taken_up_again_keeps_what_it_froze(province):
    run = queue(province)
    whole = execute(queue(province, scheme=province.add_scheme(SCHEME + "\n", version="1.1")))
    frozen = copy.deepcopy(whole.inputs)
    Run.objects.filter(pk=run.pk).update(
        status=RunStatus.RUNNING, attempts=1, inputs=frozen, inputs_digest=whole.inputs_digest
    )
    Value.objects.filter(zone__code="A6").update(number=99)
    run = execute(run)
    assert (run.status, run.attempts) == (RunStatus.DONE, 2)
    assert by_zone(run)["A6"].rank == 6
    assert run.inputs_digest == whole.inputs_digest


def test_history_comes_from_a_finished_run_where_there_is_one(province):
    last = execute(queue(province, YEAR - 1))
    # Corrected afterwards: what was issued for last year still counts.
    Value.objects.filter(zone__code="A6", year=YEAR - 1).update(number=500)
    run = execute(queue(province))
    assert run.inputs["history_sources"] == {
        str(YEAR - 1): {"run": last.pk, "digest": last.results_digest, "final": False}
    }
    assert str(YEAR - 1) not in run.inputs["members"]
    assert by_zone(run)["A6"].proposal == "demote"


def test_a_zone_without_figures_in_an_earlier_year_has_no_place_in_it(bare):
    for number in range(1, 7):
        bare.add_values(f"A{number}", YEAR, figures(number))
        if number < 6:
            bare.add_values(f"A{number}", YEAR - 1, figures(number))
    results = by_zone(execute(queue(bare)))
    assert results["A6"].explanation["past"] == []
    # Not demoted for a year it did not have; its growth of energy use can't be told either.
    assert (results["A6"].proposal, results["A6"].fired_rules) == ("undecided", [])
    assert results["A5"].explanation["past"][0]["rank"] == 5


def test_a_silent_zone_is_listed_and_undecided(bare):
    for number in range(1, 6):
        bare.add_values(f"A{number}", YEAR, figures(number))
    silent = by_zone(execute(queue(bare)))["A6"]
    assert (silent.coverage, silent.proposal) == (0, "undecided")
    assert all(row["missing"] for row in silent.explanation["indicators"])


def test_only_accepted_figures_count(bare):
    for number in range(1, 5):
        bare.add_return(f"A{number}", YEAR, figures(number))
    accepted = bare.add_return("A5", YEAR, figures(0))
    bare.add_return("A6", YEAR, figures(-5), status="submitted")
    run = execute(queue(bare))
    results = by_zone(run)
    assert results["A5"].rank == 1
    assert results["A6"].coverage == 0
    assert run.inputs["returns"][str(YEAR)]["A5"] == accepted.pk
    assert "A6" not in run.inputs["returns"][str(YEAR)]


def test_members_are_those_of_the_last_day_of_the_year(province):
    Designation.objects.filter(code="A2").update(valid_to=f"{YEAR}-06-30")
    Designation.objects.filter(code="A3").update(valid_from=f"{YEAR + 1}-01-01")
    run = execute(queue(province))
    assert sorted(by_zone(run)) == ["A1", "A4", "A5", "A6"]
    assert run.inputs["members"][str(YEAR - 1)] == ["A1", "A2", "A4", "A5", "A6"]


def test_synthetic_figures_mark_the_run_and_its_results(bare):
    for number in range(1, 7):
        bare.add_values(f"A{number}", YEAR, figures(number), synthetic=number == 4)
    run = execute(queue(bare))
    assert run.synthetic
    assert run.inputs["synthetic"] == ["A4"]
    # Places and points hang on the synthetic zone too.
    assert all(result.synthetic for result in run.results.all())


@pytest.mark.parametrize("accepted", [0, 1])
def test_too_little_data_fails_with_what_to_do(bare, accepted):
    for number in range(1, accepted + 1):
        bare.add_values(f"A{number}", YEAR, figures(number))
    run = execute(queue(bare))
    assert run.status == RunStatus.FAILED
    assert f"{YEAR} 年只有 {accepted} 个园区的数据已确认（共 6 个）" in run.error
    assert "审核确认" in run.error
    assert not run.results.exists()
    assert tasks.runs_recover() == []  # never tried again


def test_a_class_without_zones_fails_in_words(province):
    scheme = province.add_scheme(SCHEME, code="other", zone_class="htz")
    run = execute(queue(province, scheme=scheme))
    assert run.status == RunStatus.FAILED
    assert "没有这一类别的园区" in run.error


def test_a_broken_scheme_fails_with_its_faults(province):
    broken = province.add_scheme(SCHEME.replace("weight: 50", "weight: 51"), version="1.2")
    run = execute(queue(province, scheme=broken))
    assert run.status == RunStatus.FAILED
    assert "101" in run.error
    assert "101" in run.error_en


def test_a_scheme_on_an_unknown_indicator_fails_without_its_inner_text(province, caplog):
    odd = province.add_scheme(SCHEME.replace("indicator: rd_share", "indicator: nobody_knows"), version="1.3")
    run = execute(queue(province, scheme=odd))
    assert run.status == RunStatus.FAILED
    assert f"计算编号 {run.pk}" in run.error
    assert "nobody_knows" not in run.error
    assert run.heartbeat_at is not None


def test_a_second_delivery_does_nothing(done):
    before = Run.objects.filter(pk=done.pk).values().get()
    tasks.run_execute(done.pk)
    assert Run.objects.filter(pk=done.pk).values().get() == before
    assert done.results.count() == 6


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.CANCELLED])
def test_an_ended_run_is_not_taken_up(province, status):
    run = execute(queue(province, status=status))
    assert (run.status, run.attempts) == (status, 0)


def test_a_run_that_is_gone_is_no_error():
    tasks.run_execute(10**9)


def test_a_run_cancelled_under_way_saves_nothing(province, monkeypatch):
    run = queue(province)

    def cancel(*args, **kwargs):
        Run.objects.filter(pk=run.pk).update(status=RunStatus.CANCELLED)
        return original(*args, **kwargs)

    original = calculation.past_results
    monkeypatch.setattr(calculation, "past_results", cancel)
    run = execute(run)
    assert run.status == RunStatus.CANCELLED
    assert not run.results.exists()


def test_an_attempt_overtaken_by_another_saves_nothing(province, monkeypatch):
    run = queue(province)

    def overtake(*args, **kwargs):
        Run.objects.filter(pk=run.pk).update(attempts=2)
        return original(*args, **kwargs)

    original = calculation.past_results
    monkeypatch.setattr(calculation, "past_results", overtake)
    run = execute(run)
    assert (run.status, run.attempts) == (RunStatus.RUNNING, 2)
    assert not run.results.exists()


def test_results_are_saved_whole_or_not_at_all(province, monkeypatch):
    run = queue(province)

    def away(*args, **kwargs):
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "_end", away)
        with pytest.raises(OperationalError):
            tasks.run_execute(run.pk)
    assert not Result.objects.filter(run=run).exists()
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING
    assert execute(run).status == RunStatus.DONE


def test_a_run_that_keeps_killing_workers_is_given_up(province):
    run = execute(queue(province, status=RunStatus.RUNNING, attempts=tasks.MOST_ATTEMPTS))
    assert run.status == RunStatus.FAILED
    assert "5 次" in run.error


# How sure


@pytest.mark.parametrize("hold", [0.0001, 1.0])
def test_a_result_tells_how_sure_it_is(province, hold):
    """Two zones a hair apart change places under other weights; far apart ones do not. The same seed, the same shares."""
    for code, number in (("rd_share", 8.95), ("energy_use", 118.4), ("emerging_share", 45)):
        Value.objects.filter(zone__code="A2", year=YEAR, indicator__code=code).update(number=number)
    text = SCHEME.replace('"1.0"', '"2.0"') + f"uncertainty: {{draws: 400, hold: {hold}}}\n"
    scheme = province.add_scheme(text, version="2.0")
    run = execute(queue(province, scheme=scheme))
    results = by_zone(run)
    assert run.summary["certainty"] == {
        "draws": 400, "seed": 159, "hold": hold, "within_noise": sum(r.within_noise for r in results.values()),
    }  # fmt: skip
    for code in ("A1", "A2"):
        assert (results[code].rank_low, results[code].rank_high) == (1, 2)
        assert 0 < results[code].holds < 1
        assert results[code].within_noise is (results[code].holds < hold)
    assert (results["A6"].rank_low, results["A6"].rank_high, results["A6"].holds) == (6, 6, 1)
    assert results["A6"].within_noise is False
    # The distance to the line of the first place: nothing above it for the first, what the second lacks.
    best, second = sorted((results["A1"], results["A2"]), key=lambda result: result.rank)
    assert best.proposal == "promote"
    assert second.cut_gap == pytest.approx(best.score - second.score)
    assert best.cut_gap == pytest.approx(second.score - best.score)
    shares = best.explanation["certainty"]["proposals"]
    assert sum(shares.values()) == pytest.approx(1)
    again = execute(queue(province, scheme=scheme))
    assert again.results_digest == run.results_digest


# Recovery


@pytest.mark.parametrize(
    ("status", "silent_for", "requested_before", "expected"),
    [
        (RunStatus.RUNNING, 2 * tasks.SILENT_AFTER, None, RunStatus.QUEUED),
        (RunStatus.RUNNING, tasks.SILENT_AFTER / 2, None, None),
        (RunStatus.QUEUED, None, 2 * tasks.RESEND_AFTER, RunStatus.QUEUED),
        (RunStatus.QUEUED, None, tasks.RESEND_AFTER / 2, None),
        (RunStatus.QUEUED, 2 * tasks.RESEND_AFTER, 3 * tasks.RESEND_AFTER, RunStatus.QUEUED),
        (RunStatus.QUEUED, tasks.RESEND_AFTER / 2, 3 * tasks.RESEND_AFTER, None),
        (RunStatus.CANCELLED, 9 * tasks.RESEND_AFTER, None, None),
    ],
)
def test_what_is_sent_again(province, queued, status, silent_for, requested_before, expected):
    now, run = timezone.now(), queue(province, status=status)
    Run.objects.filter(pk=run.pk).update(
        heartbeat_at=silent_for and now - silent_for, requested_at=now - (requested_before or tasks.RESEND_AFTER / 4)
    )
    assert tasks.runs_recover() == ([run.pk] if expected else [])
    assert queued() == ([run.pk] if expected else [])
    assert Run.objects.get(pk=run.pk).status == (expected or status)
    assert tasks.runs_recover() == []  # not twice at once


@pytest.mark.django_db(transaction=True)
def test_a_silent_run_in_a_living_workers_hands_is_left_alone(province, other_session):
    run = queue(province, status=RunStatus.RUNNING)
    Run.objects.filter(pk=run.pk).update(heartbeat_at=timezone.now() - 9 * tasks.SILENT_AFTER)
    with other_session.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"assessments.run:{run.pk}"])
    assert tasks.runs_recover() == []
    tasks.run_execute(run.pk)
    assert Run.objects.get(pk=run.pk).attempts == 0
    other_session.close()
    assert tasks.runs_recover() == [run.pk]


def test_the_lock_is_free_again(done):
    with run_lock(done.pk) as held:
        assert held


# The database's own guards


@pytest.mark.parametrize("old", RunStatus.values)
@pytest.mark.parametrize("new", RunStatus.values)
def test_every_pair_of_statuses(province, old, new):
    fields = {"inputs_digest": "a", "results_digest": "b", "engine_version": "1", "finished_at": timezone.now()}
    run = queue(province, status=old, **fields)
    allowed = new in RUN_MOVES[old] or (new == old and old != RunStatus.DONE)
    refusal = nullcontext() if allowed else pytest.raises(DatabaseError, match=r"frozen|Invalid transition")
    with refusal, transaction.atomic():
        Run.objects.filter(pk=run.pk).update(status=new)


def refused(act):
    with pytest.raises(DatabaseError, match=r"yuanqu: .* is frozen"), transaction.atomic():
        act()


def test_a_finished_run_is_frozen_on_every_path(done):
    result = done.results.first()
    extra = Result(run=done, zone=result.zone, peer_group="", group_size=1, coverage=1, proposal="keep")
    result_values = Result.objects.filter(pk=result.pk)
    for act in (
        lambda: Run.objects.filter(pk=done.pk).update(error="x"),
        done.save,
        lambda: Run.objects.bulk_update([done], ["synthetic"]),
        lambda: Run.objects.filter(pk=done.pk)._raw_delete("default"),
        lambda: result_values.update(score=1),
        result.save,
        result.delete,
        extra.save,
        lambda: Result.objects.bulk_create([extra]),
        lambda: Result.objects.bulk_update([result], ["proposal"]),
    ):
        refused(act)


def test_a_result_cannot_move_into_a_finished_run(done, province):
    other = queue(province, YEAR - 1)
    stray = Result.objects.create(
        run=other, zone=province.zones["B1"], peer_group="", group_size=1, coverage=1, proposal="keep"
    )
    refused(lambda: Result.objects.filter(pk=stray.pk).update(run=done))


def test_frozen_inputs_stay_while_the_run_goes_on(province):
    run = queue(province, status=RunStatus.RUNNING, inputs={"a": 1}, inputs_digest="d")
    rows = Run.objects.filter(pk=run.pk)
    for fields in ({"inputs": {"a": 2}}, {"inputs_digest": "e"}, {"year": 2020}):
        refused(lambda fields=fields: rows.update(**fields))
    rows.update(progress=50)


def test_a_run_is_done_only_with_all_its_digests(province):
    run = queue(province, status=RunStatus.RUNNING)
    with pytest.raises(IntegrityError, match="run_done_is_complete"), transaction.atomic():
        Run.objects.filter(pk=run.pk).update(status=RunStatus.DONE)


def test_a_published_scheme_is_frozen(province):
    refused(lambda: type(province.scheme).objects.filter(pk=province.scheme.pk).update(text="x"))
    refused(lambda: type(province.scheme).objects.filter(pk=province.scheme.pk)._raw_delete("default"))
