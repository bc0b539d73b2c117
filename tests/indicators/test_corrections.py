"""Correction requests: who may ask and decide, what is checked, written, recorded and told."""

from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.models import Notice
from indicators import services
from indicators.enums import CORRECTION_MOVES, CorrectionStatus
from indicators.exceptions import IncompleteReturn, MoveRefused, RevisionConflict, ValueInvalid
from indicators.models import CheckRule, Correction, DataChange, Indicator, Return
from indicators.selectors import acts_intact, check_return
from indicators.services import CellInput
from tests.indicators.test_concurrency import at_once


@pytest.fixture
def accepted(world, sound):
    return world.add_return(status="accepted", values=sound)


@pytest.fixture
def manager(world):
    return world.manager()


def cell(code, number=None, absence="", comment=""):
    return CellInput(code, None if number is None else Decimal(str(number)), absence, comment)


def ask(by, return_, *cells, reason="抄错一位", base_revision=1):
    return services.correction_request(
        by=by,
        return_id=return_.pk,
        items=cells or [cell("tax_revenue", 12500)],
        reason=reason,
        base_revision=base_revision,
    )


def decide(by, correction, *, apply=True, reason="已核对税票"):
    return services.correction_decide(by=by, correction_id=correction.pk, apply=apply, reason=reason)


def test_a_request_keeps_what_stands_and_what_is_to_stand(world, accepted, manager):
    cells = [
        cell("tax_revenue", 12500),
        cell("employees", 9000),
        cell("safety_accidents", None, "not_available", "在查"),
    ]
    correction = ask(manager, accepted, *cells)
    items = correction.items.order_by("indicator__code")
    assert list(items.values_list("indicator__code", "old_number", "new_number", "new_absence", "comment")) == [
        ("safety_accidents", 0, None, "not_available", "在查"),
        ("tax_revenue", 12000, 12500, "", ""),
    ]
    assert (correction.status, correction.organisation) == ("proposed", world.zones["A1"].administration)
    assert accepted.values.get(indicator__code="tax_revenue").number == 12000
    assert Return.objects.get(pk=accepted.pk).revision == 1


@pytest.mark.parametrize("asker", ["manager", "reviewer", "staff"])
def test_park_city_and_office_may_ask(world, accepted, asker):
    assert ask(getattr(world, asker)(), accepted).status == "proposed"


def test_who_may_not_ask(world, accepted):
    with pytest.raises(PermissionDenied):
        ask(world.filler(), accepted)
    for stranger in (world.manager("A2"), world.reviewer("B")):
        with pytest.raises(Return.DoesNotExist):
            ask(stranger, accepted)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"reason": "  "}, MoveRefused, "请写明理由"),
        ({"reason": "长" * 2001}, MoveRefused, "最多 2000 字"),
        ({"base_revision": 2}, RevisionConflict, "已有变动"),
    ],
)
def test_a_request_needs_a_reason_and_the_return_as_it_stands(accepted, manager, changes, error, words):
    with pytest.raises(error, match=words):
        ask(manager, accepted, **changes)


@pytest.mark.parametrize(
    ("wanted", "error", "words"),
    [
        (cell("employees", 9000), MoveRefused, "没有一项与现有数字不同"),
        (cell("employees"), ValueInvalid, "没有写更正后的数字"),
        (cell("employees", 1.5), ValueInvalid, "须为整数"),
        (cell("employees", 1, "not_available"), ValueInvalid, "去掉其中一个"),
        (cell("nothing", 1), ValueInvalid, "不是本报表的填报项"),
        (cell("employees", -5), ValueInvalid, "从业人员"),
    ],
)
def test_cells_are_checked_as_in_the_form(accepted, manager, wanted, error, words):
    with pytest.raises(error, match=words):
        ask(manager, accepted, wanted)
    assert not Correction.objects.exists()


def test_only_one_request_is_open_at_a_time(world, accepted, manager):
    first = ask(manager, accepted)
    with pytest.raises(MoveRefused, match="已有一件待裁定"):
        ask(world.staff(), accepted)
    services.correction_withdraw(by=manager, correction_id=first.pk)
    assert ask(manager, accepted).pk != first.pk


@pytest.mark.parametrize("status", ["draft", "submitted", "returned", "city_accepted"])
def test_what_is_not_accepted_needs_no_correction(world, manager, sound, status):
    with pytest.raises(MoveRefused, match="不需要更正申请"):
        ask(manager, world.add_return(status=status, values=sound))


def test_rules_are_checked_over_the_corrected_figures(world, accepted, manager):
    """More above-scale enterprises than enterprises: a hard rule; the request says so before anybody decides."""
    with pytest.raises(IncompleteReturn) as refused:
        ask(manager, accepted, cell("above_scale_enterprises", 500))
    assert any("above_scale_enterprises" in finding.codes for finding in refused.value.findings)


def test_rules_that_came_later_refuse_the_decision(world, accepted, manager):
    correction = ask(manager, accepted, cell("above_scale_enterprises", 41))
    Indicator.objects.filter(code="above_scale_enterprises").update(maximum=40)
    CheckRule.objects.filter(code="R01").update(severity="hard")
    with pytest.raises(IncompleteReturn):
        decide(world.staff(), correction)
    assert Correction.objects.get().status == "proposed"
    assert accepted.values.get(indicator__code="above_scale_enterprises").number == 40


def test_applying_writes_the_figures_and_leaves_both_versions(world, accepted, manager):
    before = DataChange.objects.count()
    correction = ask(manager, accepted, cell("tax_revenue", 12500, "", "补记一户"), cell("units", 7))
    decided = decide(world.staff(), correction)
    assert decided.status == Correction.objects.get().status == "applied"
    value = accepted.values.get(indicator__code="tax_revenue")
    assert (value.number, value.comment, value.channel, value.revision) == (12500, "补记一户", "correction", 2)
    assert value.change_note == f"更正申请 {correction.pk}：抄错一位"
    assert value.updated_by == manager
    assert accepted.values.get(indicator__code="units").number == 7
    return_ = Return.objects.get(pk=accepted.pk)
    assert (return_.status, return_.revision) == ("accepted", 2)
    act = return_.acts.latest("pk")
    assert (act.kind, act.actor.username) == ("corrected", "staff")
    assert act.cells["tax_revenue"] == "12,000.00 → 12,500.00"
    assert acts_intact(return_)
    assert DataChange.objects.count() == before + 1
    assert DataChange.objects.latest("pk").year == 2020
    item = correction.items.get(indicator__code="tax_revenue")
    assert (item.old_number, item.new_number) == (12000, 12500)
    assert not [finding for finding in check_return(return_) if finding.to_mend]


def test_refusing_needs_a_reason_and_changes_nothing(world, accepted, manager):
    correction, staff = ask(manager, accepted), world.staff()
    with pytest.raises(MoveRefused, match="请写明理由"):
        decide(staff, correction, apply=False, reason=" ")
    assert decide(staff, correction, apply=False, reason="依据不足").decision_reason == "依据不足"
    assert accepted.values.get(indicator__code="tax_revenue").number == 12000
    assert not Return.objects.get(pk=accepted.pk).acts.exists()


def test_who_may_not_decide(world, accepted, manager):
    correction = ask(manager, accepted)
    for outsider in (world.reviewer(), world.filler(), manager):
        with pytest.raises(PermissionDenied):
            decide(outsider, correction)
    with pytest.raises(Correction.DoesNotExist):
        decide(world.reviewer("B"), correction)


def test_nobody_decides_on_their_own_request_nor_on_what_they_filled_in(world, accepted, manager):
    first, second = world.staff("first"), world.staff("second")
    correction = ask(first, accepted)
    with pytest.raises(PermissionDenied, match="须由他人裁定"):
        decide(first, correction)
    decide(second, correction)
    # The figure is now the first one's: they decide on no later correction of this return either.
    again = ask(manager, accepted, cell("tax_revenue", 12600), base_revision=2)
    with pytest.raises(PermissionDenied, match="须由他人裁定"):
        decide(first, again)
    decide(second, again)


def act(step, by, correction):
    match step:
        case CorrectionStatus.APPLIED:
            return decide(by["staff"], correction)
        case CorrectionStatus.REFUSED:
            return decide(by["staff"], correction, apply=False)
        case CorrectionStatus.WITHDRAWN:
            return services.correction_withdraw(by=by["manager"], correction_id=correction.pk)


STEPS = (CorrectionStatus.APPLIED, CorrectionStatus.REFUSED, CorrectionStatus.WITHDRAWN)


def test_the_table_of_moves_is_what_the_services_do(world, accepted, manager, subtests):
    """Every pair of statuses that lasts; APPLYING lasts only inside the transaction (tests/indicators/test_locks.py)."""
    by = {"manager": manager, "staff": world.staff()}
    other = {"manager": manager, "staff": world.staff("other")}
    for old, new in product((CorrectionStatus.PROPOSED, *STEPS), STEPS):
        with subtests.test(f"{old} → {new}"), transaction.atomic():
            correction = ask(manager, accepted)
            act(old, by, correction)
            through = CorrectionStatus.APPLYING if new == CorrectionStatus.APPLIED else new
            if through in CORRECTION_MOVES[old]:
                assert act(new, by, correction).status == new
            elif old == new == CorrectionStatus.WITHDRAWN:
                assert act(new, by, correction).status == new  # a second click
            else:
                with pytest.raises(MoveRefused, match="不能再办理"):
                    act(new, other, correction)
            transaction.set_rollback(True)


def test_a_decision_sent_twice_is_made_once(world, accepted, manager):
    correction, staff = ask(manager, accepted), world.staff()
    decide(staff, correction)
    assert decide(staff, correction).status == "applied"
    assert accepted.acts.count() == 1
    assert accepted.values.get(indicator__code="tax_revenue").revision == 2


def test_only_who_asked_withdraws(world, accepted, manager):
    correction = ask(manager, accepted)
    with pytest.raises(PermissionDenied):
        services.correction_withdraw(by=world.staff(), correction_id=correction.pk)


def test_everybody_concerned_is_told_once(world, accepted, manager):
    reviewer, staff, _stranger = world.reviewer(), world.staff(), world.manager("A2")
    correction = ask(manager, accepted)
    told = Notice.objects.filter(kind="correction")
    assert set(told.values_list("recipient", flat=True)) == {reviewer.pk, staff.pk}
    decide(staff, correction)
    decided = told.filter(key=f"correction-{correction.pk}-applied")
    assert set(decided.values_list("recipient", flat=True)) == {reviewer.pk, manager.pk}
    assert decided.first().url == correction.get_absolute_url()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_one_gets_through(world, sound):
    accepted = world.add_return(status="accepted", values=sound)
    correction = ask(world.manager(), accepted)
    people = [world.staff("first"), world.staff("second")]
    outcomes = at_once(*(lambda by=by, n=n: decide(by, correction, apply=n == 0) for n, by in enumerate(people)))
    assert sum(isinstance(outcome, MoveRefused) for outcome in outcomes) == 1
    applied = Correction.objects.get().status == "applied"
    assert accepted.values.get(indicator__code="tax_revenue").number == (12500 if applied else 12000)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_one_gets_through(world, sound):
    accepted = world.add_return(status="accepted", values=sound)
    people = [world.manager(), world.staff()]
    outcomes = at_once(*(lambda by=by: ask(by, accepted) for by in people))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Correction", "MoveRefused"]
