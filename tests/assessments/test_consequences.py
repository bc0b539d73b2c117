"""What follows a final decision: statuses, measures with their memory, designations that change, who is served first."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from accounts.models import Notice
from assessments import services
from assessments.chain import is_intact
from assessments.enums import CHANGE_MOVES, MEASURE_MOVES, ChangeStatus, MeasureStatus, MeasureStep
from assessments.events import events_of
from assessments.exceptions import ProceedingRefused
from assessments.ladder import PATHS, paths_from
from assessments.models import Decision, DesignationChange, Measure, ZoneStatus
from assessments.selectors.consequences import application_standing, candidates, next_step
from assessments.services.consequences import consequences_apply
from parks.models import Designation
from tests.assessments.test_proceedings import Case, case

__all__ = ["case"]
pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def reviewed(case: Case, **outcomes):
    """All zones kept but those named, published, the window over."""
    rest = {zone: "keep" for zone in case.province.zones if zone.startswith("A")}
    case.decide(**rest | outcomes)
    case.submit()
    case.confirm()
    case.publish()
    case.close()


def finalise(case: Case, **outcomes):
    reviewed(case, **outcomes)
    return case.act(services.proceeding_finalise, case.lead, bulletin_number="豫集聚办〔2024〕5号")


def again(case: Case, on: date, **outcomes):
    """What a later year's decisions would bring: all zones kept but those named."""
    results = case.now.run.results.select_related("zone")
    Decision.objects.bulk_create(
        Decision(
            proceeding=case.proceeding,
            zone=result.zone,
            result=result,
            version=Decision.objects.filter(zone=result.zone).count() + 1,
            outcome=outcomes.get(result.zone.code, "keep"),
            reason="再次决定",
            decided_by=case.staff,
            decided_at=timezone.now(),
        )
        for result in results
    )
    return consequences_apply(by=case.lead, proceeding=case.now, on=on)


def steps(case: Case, zone: str) -> list[tuple[str, str]]:
    rows = Measure.objects.filter(zone__code=zone).order_by("pk")
    return list(rows.values_list("step", "status"))


def standing(case: Case, zone: str, on: date | None = None):
    found = application_standing(case.province.zones[zone], on or TODAY())
    return found.state, [clause for ground in found.because for clause in ground.clauses]


def test_a_final_decision_changes_what_it_must_and_the_chain_says_so(case):
    manager = case.province.manager("A6")
    final = finalise(case, A1="promote", A5="watch", A6="demote")
    assert steps(case, "A5") == [("warning", "open")]
    assert steps(case, "A6") == [("correction", "open")]
    assert not Measure.objects.filter(zone__code="A1").exists()
    measure = Measure.objects.get(zone__code="A6")
    assert measure.due_on == TODAY() + timedelta(days=365)
    assert measure.clauses[0] == "P198"
    tiers = dict(ZoneStatus.objects.filter(kind="tier").values_list("zone__code", "value"))
    assert [tiers[f"A{n}"] for n in range(1, 7)] == ["high"] * 3 + ["low"] * 3, "the better half, P042"
    assert [row.zone.code for row in candidates("provincial", TODAY())] == ["A1"]
    assert standing(case, "A1") == ("priority", ["P196"])
    assert standing(case, "A2") == ("normal", ["P194"])
    assert standing(case, "A5") == ("blocked", ["P199", "P200"])
    assert standing(case, "A1", TODAY() - timedelta(days=1)) == ("normal", [])
    changes = dict(DesignationChange.objects.values_list("zone__code", "direction"))
    assert changes == {"A1": "up", "A6": "down"}
    told = final.acts.get(kind="finalised").content["consequences"]
    assert told["measures"] == {"A5": "warning", "A6": "correction"}
    assert told["changes"] == changes
    assert is_intact(final)
    notice = Notice.objects.get(recipient=manager, key__startswith="final-")
    assert "限期整改" in notice.text
    assert "Correction by a deadline" in notice.text_en


def test_nothing_follows_when_finalising_fails(case, monkeypatch):
    def fail(*_args, **_fields):
        raise ProceedingRefused(["失败"])

    reviewed(case, A6="watch")
    monkeypatch.setattr("assessments.services.proceedings.move", fail)
    with pytest.raises(ProceedingRefused, match="失败"):
        case.act(services.proceeding_finalise, case.lead, bulletin_number="1号")
    assert not ZoneStatus.objects.exists()
    assert not Measure.objects.exists()


@pytest.mark.parametrize(
    ("standing_step", "first", "expected"),
    [(0, 1, "warning"), (1, 1, "notice"), (2, 1, "correction"), (3, 1, "correction"), (1, 3, "correction"), (3, 5, "revocation")],
)  # fmt: skip
def test_the_next_step_of_the_ladder(standing_step, first, expected):
    """One above what still counts, at least where the verdict begins, never by itself beyond the limit."""
    assert next_step(standing_step, first, 3) == expected


def test_the_ladder_remembers(case):
    finalise(case, A5="watch", A6="watch")
    lifted = Measure.objects.get(zone__code="A5")
    services.measure_lift(by=case.staff, measure_id=lifted.pk, reason="整改到位", document="豫集聚办〔2025〕3号")
    later = TODAY() + timedelta(days=365)
    again(case, later, A5="watch", A6="watch")
    assert steps(case, "A5") == [("warning", "lifted"), ("notice", "open")], "a lifted one still counts"
    assert steps(case, "A6") == [("warning", "escalated"), ("notice", "open")], "an open one gives way to the next"
    assert Measure.objects.get(zone__code="A6", status="open").previous.status == "escalated"
    long_after = TODAY() + timedelta(days=365 * 10)
    measure = Measure.objects.get(zone__code="A5", status="open")
    services.measure_lift(by=case.staff, measure_id=measure.pk, reason="整改到位", document="豫集聚办〔2026〕3号")
    again(case, long_after, A5="watch")
    assert steps(case, "A5")[-1] == ("warning", "open"), "beyond the memory the ladder begins anew"


def test_what_stands_already_is_not_lowered(case):
    finalise(case, A6="demote")
    again(case, TODAY() + timedelta(days=30), A6="watch")
    assert steps(case, "A6") == [("correction", "open")]


def test_a_zone_with_an_open_measure_does_not_rise(case):
    finalise(case, A2="watch")
    brought = again(case, TODAY(), A2="promote")
    assert brought["withheld"] == ["A2"]
    assert not DesignationChange.objects.filter(zone__code="A2").exists()
    assert standing(case, "A2")[0] == "blocked"


def test_promoting_a_zone_with_an_open_measure_is_refused_before_the_second_person(case):
    case.decide(A2="promote")
    Measure.objects.create(
        zone=case.province.zones["A2"], step="warning", opened_on=TODAY(), reason="以往", opened_by=case.lead
    )
    with pytest.raises(ProceedingRefused, match="P199"):
        case.submit()


@pytest.mark.parametrize(("old", "new"), list(product(MeasureStatus.values, repeat=2)))
def test_every_pair_of_statuses_of_a_measure(case, old, new):
    ended = {"closed_on": TODAY(), "closed_by": case.lead, "close_reason": "理由"}
    given = {} if old == MeasureStatus.OPEN else ended
    held = Measure.objects.create(
        zone=case.province.zones["A1"], step="warning", opened_on=TODAY(), reason="理由", opened_by=case.lead, status=old, **given
    )  # fmt: skip
    then = {} if new == MeasureStatus.OPEN else ended
    if new in MEASURE_MOVES[old] or old == new == MeasureStatus.OPEN:
        Measure.objects.filter(pk=held.pk).update(status=new, **then)
        assert Measure.objects.get(pk=held.pk).status == new
    else:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Measure.objects.filter(pk=held.pk).update(status=new, **then)


def test_a_measure_is_ended_and_never_changed(case):
    finalise(case, A5="watch", A6="watch")
    measure = Measure.objects.get(zone__code="A5")
    for change in ({"step": "correction"}, {"due_on": date(2099, 1, 1)}, {"reason": "改"}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            Measure.objects.filter(pk=measure.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        measure.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        ZoneStatus.objects.update(value="high")


def test_acts_on_a_measure_need_the_right_a_reason_and_a_document(case):
    finalise(case, A5="watch")
    measure = Measure.objects.get()
    given: dict[str, Any] = {"measure_id": measure.pk, "reason": "整改到位", "document": "1号"}
    with pytest.raises(PermissionDenied):
        services.measure_lift(by=case.province.manager("A5"), **given)
    with pytest.raises(ProceedingRefused, match="文号"):
        services.measure_lift(by=case.staff, **given | {"document": " "})
    with pytest.raises(ProceedingRefused, match="理由"):
        services.measure_lift(by=case.staff, **given | {"reason": ""})
    with pytest.raises(ProceedingRefused, match="更高"):
        services.measure_escalate(by=case.staff, step="warning", **given)
    with pytest.raises(ProceedingRefused, match="已执行"):
        services.measure_execute(by=case.staff, **given)
    raised = services.measure_escalate(by=case.staff, step="area_cut", **given)
    assert (raised.previous, raised.due_on) == (Measure.objects.get(pk=measure.pk), TODAY() + timedelta(days=365))
    services.measure_execute(by=case.staff, **given | {"measure_id": raised.pk})
    assert steps(case, "A5") == [("warning", "escalated"), ("area_cut", "executed")]
    with pytest.raises(ProceedingRefused, match="不能再办理"):
        services.measure_lift(by=case.staff, **given | {"measure_id": raised.pk})


def test_an_approved_change_ends_one_plate_and_begins_another(case):
    finalise(case, A1="promote")
    change = DesignationChange.objects.get()
    given: dict[str, Any] = {
        "change_id": change.pk,
        "path": "cluster-etdz",
        "name": "A1经济技术开发区",
        "document": "豫政文〔2024〕9号",
        "approved_on": TODAY(),
        "effective_on": TODAY(),
    }
    wrong = {"path": "htz-national", "document": "", "effective_on": TODAY() - timedelta(days=1)}
    with pytest.raises(ProceedingRefused) as refused:
        services.designation_change_record(by=case.staff, **given | wrong)
    assert len(refused.value.reasons) == 3
    services.designation_change_record(by=case.staff, **given)
    old = Designation.objects.get(code="A1")
    new = Designation.objects.get(zone__code="A1", zone_class="etdz")
    assert (old.valid_to, old.name) == (TODAY(), "A1园区")
    assert (new.level, new.valid_from, new.approval_document) == ("provincial", TODAY(), "豫政文〔2024〕9号")
    assert DesignationChange.objects.get().new_designation == new
    with pytest.raises(ProceedingRefused, match="不能再办理"):
        services.designation_change_drop(by=case.staff, change_id=change.pk, note="未获批准")


@pytest.mark.parametrize(("ends_old", "stays"), [(None, True), (False, True), (True, False)])
def test_a_bonded_zone_inside_leaves_the_old_plate_unless_it_is_said_to_end(case, ends_old, stays):
    finalise(case, A1="promote")
    services.designation_change_record(
        by=case.staff,
        change_id=DesignationChange.objects.get().pk,
        path="bonded-zone",
        name="A1综合保税区",
        document="国函〔2024〕9号",
        approved_on=TODAY(),
        effective_on=TODAY(),
        ends_old=ends_old,
    )
    held = Designation.objects.in_force_on(TODAY()).filter(zone__code="A1")
    assert set(held.values_list("zone_class", flat=True)) == ({"cluster", "customs"} if stays else {"customs"})


def test_a_plate_that_is_gone_already_can_not_be_changed(case):
    finalise(case, A6="demote")
    Designation.objects.filter(code="A6").update(valid_to=TODAY())
    with pytest.raises(ProceedingRefused, match="不是有效称号"):
        services.designation_change_record(
            by=case.staff,
            change_id=DesignationChange.objects.get().pk,
            path="cluster-municipal",
            name="",
            document="豫政文〔2024〕9号",
            approved_on=TODAY(),
            effective_on=TODAY(),
        )
    assert DesignationChange.objects.get().status == ChangeStatus.DUE


def test_recording_an_exit_carries_out_the_revocation(case):
    finalise(case, A6="exit")
    assert steps(case, "A6") == [("revocation", "open")]
    services.designation_change_record(
        by=case.staff,
        change_id=DesignationChange.objects.get().pk,
        path="out-designated",
        name="",
        document="豫政文〔2024〕9号",
        approved_on=TODAY(),
        effective_on=TODAY(),
    )
    assert steps(case, "A6") == [("revocation", "executed")]
    assert not Designation.objects.in_force_on(TODAY()).filter(zone__code="A6").exists()
    assert standing(case, "A6")[0] == "blocked", "the decision still says so"


@pytest.mark.parametrize(("old", "new"), list(product(ChangeStatus.values, repeat=2)))
def test_every_pair_of_statuses_of_a_change(case, old, new):
    finalise(case, A1="promote")
    change = DesignationChange.objects.get()
    settled = {"settled_by": case.lead, "settled_at": timezone.now(), "note": "说明", "document": "1号",
               "approved_on": TODAY(), "effective_on": TODAY(), "path": "cluster-etdz"}  # fmt: skip
    if old != ChangeStatus.DUE:
        DesignationChange.objects.filter(pk=change.pk).update(status=old, **settled)
    then = {"status": new} | ({} if new == ChangeStatus.DUE else settled)
    if new in CHANGE_MOVES[old] or old == new == ChangeStatus.DUE:
        DesignationChange.objects.filter(pk=change.pk).update(**then)
        assert DesignationChange.objects.get().status == new
    else:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            DesignationChange.objects.filter(pk=change.pk).update(**then)


def test_what_the_office_decides_takes_the_place_of_a_starting_value(case):
    with pytest.raises(ProceedingRefused) as refused:
        services.consequence_setting_decide(by=case.lead, key="watch_step", value=9, document="")
    assert len(refused.value.reasons) == 2
    services.consequence_setting_decide(by=case.lead, key="watch_step", value=2, document="2024年第1次会议")
    services.consequence_setting_decide(by=case.lead, key="tier_cut", value=None, document="2024年第1次会议")
    finalise(case, A5="watch")
    assert steps(case, "A5") == [(MeasureStep.NOTICE, MeasureStatus.OPEN)]
    assert not ZoneStatus.objects.filter(kind="tier").exists(), "no cut, no tiers"


def test_the_paths_lead_somewhere_and_say_by_which_clause():
    assert {path.key for path in paths_from("cluster", "province_designated", "up")} == {
        "cluster-etdz", "cluster-htz", "cluster-provincial", "cluster-etdz-national", "cluster-htz-national", "bonded-zone",
    }  # fmt: skip
    assert [path.key for path in paths_from("etdz", "provincial", "up")] == ["etdz-national", "bonded-zone"]
    assert [path.key for path in paths_from("customs", "national", "down")] == ["out-national"]
    assert paths_from("customs", "national", "up") == []
    assert all(path.clauses for path in PATHS)


def test_rules_count_a_measure_that_stood_at_the_end_of_the_year(case):
    Measure.objects.create(
        zone=case.province.zones["A2"], step="warning", opened_on=date(2022, 3, 1), reason="以往", opened_by=case.lead
    )
    assert events_of(["A1", "A2"], 2022).counts == {"A2": {"open_measure": 1}}
    assert events_of(["A1", "A2"], 2021).counts == {}
    assert "open_measure" in events_of(["A1"], 2021).registered
