from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import Role
from accounts.models import User
from indicators import services
from indicators.enums import RETURN_MOVES, ActKind, Channel, ReturnStatus, RoundStatus
from indicators.exceptions import IncompleteReturn, MoveRefused, ReturnLocked, RevisionConflict, ValueInvalid
from indicators.models import DataChange, Indicator, ProvinceValue, Return, Round, Value
from indicators.selectors import acts_intact, newest_change
from indicators.services.shared import require_move
from parks.enums import ZoneClass


def save(by, return_, code="tax_revenue", number="100", **rest):
    given: dict[str, Any] = {"absence": "", "comment": "", "base_revision": 0} | rest
    number = None if number is None else Decimal(number)
    return services.value_save(by=by, return_id=return_.pk, indicator_code=code, number=number, **given)


# ---- rounds ---------------------------------------------------------------------------------------------------


def test_opening_a_round_gives_every_zone_of_its_classes_a_return(world):
    world.add_zone("D1", ZoneClass.CLUSTER, valid_from=date(2021, 3, 1))  # not yet there in 2020
    world.add_zone("E1", ZoneClass.CLUSTER, valid_to=date(2020, 6, 1))  # gone by the end of 2020
    round_ = world.add_round(2019, RoundStatus.PLANNED)
    world.round.status = RoundStatus.PLANNED
    world.round.zone_classes = [ZoneClass.CLUSTER]
    world.round.save()
    staff = world.staff()
    assert services.round_open(by=staff, round=world.round) == 3
    assert set(world.round.returns.values_list("zone__code", flat=True)) == {"A1", "A2", "B1"}
    assert world.round.status == RoundStatus.OPEN
    for return_ in world.round.returns.all():
        act = return_.acts.get()
        assert (act.kind, act.actor, act.organisation) == (ActKind.OPENED, staff, world.office)
        assert acts_intact(return_)
        assert return_.due_on == world.round.due_on
    assert services.round_open(by=staff, round=round_) == 5  # E1 still there, C1 too


def test_opening_again_adds_only_what_is_missing(world):
    staff = world.staff()
    services.round_open(by=staff, round=world.round)
    first = world.round.returns.get(zone__code="A1")
    world.add_zone("A9", ZoneClass.CLUSTER)
    assert services.round_open(by=staff, round=world.round) == 1
    assert services.round_open(by=staff, round=world.round) == 0
    assert first.acts.count() == 1
    assert world.round.returns.get(zone__code="A1").revision == first.revision


def test_opening_a_round_takes_the_same_queries_for_more_zones(world, django_assert_max_num_queries):
    staff = world.staff()
    for number in range(30):
        world.add_zone(f"Y{number}", ZoneClass.CLUSTER)
    _ = staff.current_memberships
    with django_assert_max_num_queries(16):
        assert services.round_open(by=staff, round=world.round) == 34


def test_an_empty_round_is_not_opened(world):
    staff = world.staff()
    empty = world.add_round(2017, RoundStatus.PLANNED, codes=[])
    with pytest.raises(MoveRefused, match="指标"):
        services.round_open(by=staff, round=empty)
    with pytest.raises(PermissionDenied):
        services.round_open(by=world.manager(), round=world.round)


# ---- cells ----------------------------------------------------------------------------------------------------


def test_saving_a_cell_counts_revisions_and_remembers_who(world):
    return_, by = world.add_return(), world.manager()
    value = save(by, return_)
    assert (value.number, value.revision, value.updated_by) == (Decimal(100), 1, by)
    assert (value.year, value.period, value.source, value.synthetic) == (2020, "2020", "park", False)
    return_.refresh_from_db()
    assert return_.revision == 2
    assert save(by, return_, number="120.5", base_revision=1).revision == 2


def test_saving_the_same_again_changes_nothing(world):
    return_, by = world.add_return(), world.manager()
    first = save(by, return_)
    again = save(by, return_)  # a double click: the same request, its base revision now old
    assert (again.pk, again.revision) == (first.pk, 1)
    return_.refresh_from_db()
    assert return_.revision == 2
    assert save(by, return_, code="employees", number=None).pk is None  # nothing to store


def test_a_cell_changed_meanwhile_is_a_conflict_that_tells_who(world):
    return_, first, second = world.add_return(), world.manager(), world.filler()
    save(first, return_)
    with pytest.raises(RevisionConflict, match="manager-A1") as caught:
        save(second, return_, number="200")
    assert caught.value.current.number == Decimal(100)
    assert Value.objects.get(return_ref=return_).number == Decimal(100)
    assert save(second, return_, code="employees", number="5").revision == 1  # another cell is no conflict


def test_a_cell_can_be_emptied_and_says_not_applicable(world):
    return_, by = world.add_return(), world.manager()
    save(by, return_)
    value = save(by, return_, number=None, absence="not_applicable", comment=" 未投产 ", base_revision=1)
    assert (value.number, value.absence, value.comment) == (None, "not_applicable", "未投产")
    value = save(by, return_, number=None, base_revision=2)
    assert (value.number, value.absence, value.revision) == (None, "", 3)
    assert not Value.objects.answered().exists()


@pytest.mark.parametrize(
    ("code", "number", "absence", "said"),
    [
        ("tax_revenue", "-1", "", "不能小于"),
        ("circular_transformation_done", "2", "", "不能大于"),
        ("employees", "1.5", "", "整数"),
        ("tax_revenue", "1.234", "", "小数"),
        ("tax_revenue", "1e16", "", "过长"),
        ("tax_revenue", "NaN", "", "有效"),
        ("tax_revenue", "1", "not_available", "去掉其中一个"),
        ("tax_revenue", None, "unknown", "只能是"),
        ("imports_exports_x", "1", "", "不是本报表"),
        ("land_output_rate", "1", "", "不是本报表"),  # derived: never typed
        ("customs_tax", "1", "", "不是本报表"),  # asked of customs zones only
        ("emerging_clusters_100bn", "1", "", "不是本报表"),  # province-wide
    ],
)
def test_what_cannot_be_stored_is_refused_with_a_sentence(world, code, number, absence, said):
    return_ = world.add_return()
    with pytest.raises(ValueInvalid, match=said):
        save(world.manager(), return_, code=code, number=number, absence=absence)
    assert not Value.objects.exists()


def test_a_loss_is_a_profit_below_zero(world):
    assert save(world.manager(), world.add_return(), code="total_profit", number="-12.30").number == Decimal("-12.3")


def test_values_of_a_synthetic_return_are_synthetic(world):
    assert save(world.manager(), world.add_return(synthetic=True)).synthetic


@pytest.mark.parametrize("status", [s for s in ReturnStatus.values if s not in {"draft", "returned"}])
def test_a_return_with_a_reviewer_is_not_filled_in(world, status):
    return_ = world.add_return(status=status)
    with pytest.raises(ReturnLocked):
        save(world.manager(), return_)


@pytest.mark.parametrize("status", [RoundStatus.PLANNED, RoundStatus.CLOSED])
def test_a_return_is_filled_in_only_while_its_round_is_open(world, status):
    return_ = world.add_return(round_=world.add_round(2019, status))
    with pytest.raises(ReturnLocked):
        save(world.manager(), return_)


def test_who_may_fill_in(world):
    return_ = world.add_return()
    with pytest.raises(Return.DoesNotExist):
        save(world.manager("A2"), return_)
    with pytest.raises(PermissionDenied):
        save(world.reviewer(), return_)
    with pytest.raises(PermissionDenied):
        save(world.staff(), return_)
    assert save(world.filler(), return_).pk


# ---- many cells -----------------------------------------------------------------------------------------------


def test_many_cells_are_saved_whole_or_not_at_all(world, cells):
    return_, by = world.add_return(values={"tax_revenue": 5, "employees": 9}), world.manager()
    good = cells({"tax_revenue": 6, "employees": 9, "gdp": None, "value_added": 70})
    with pytest.raises(ValueInvalid) as caught:
        services.values_save(
            by=by,
            return_id=return_.pk,
            cells=[*good, *cells({"enterprises": -1})],
            base_revision=1,
            channel=Channel.FORM,
        )
    assert set(caught.value.errors) == {"gdp", "enterprises"}  # gdp is not asked of a cluster
    assert Value.objects.count() == 2

    saved = services.values_save(
        by=by,
        return_id=return_.pk,
        cells=cells({"tax_revenue": 6, "employees": 9, "value_added": 70}),
        base_revision=1,
        channel=Channel.FORM,
    )
    assert saved.revision == 2
    numbers = {v.indicator.code: (v.number, v.revision) for v in return_.values.select_related("indicator")}
    assert numbers == {"tax_revenue": (6, 2), "employees": (9, 1), "value_added": (70, 1)}


def test_many_cells_need_the_present_revision_and_no_doubles(world, cells):
    return_, by = world.add_return(), world.manager()
    with pytest.raises(RevisionConflict) as caught:
        services.values_save(
            by=by, return_id=return_.pk, cells=cells({"tax_revenue": 6}), base_revision=7, channel=Channel.FORM
        )
    assert caught.value.current.revision == 1
    doubled = cells({"tax_revenue": 6}) + cells({"tax_revenue": 7})
    with pytest.raises(ValueInvalid, match="多次"):
        services.values_save(by=by, return_id=return_.pk, cells=doubled, base_revision=1, channel=Channel.FORM)


def test_many_cells_take_the_same_queries_as_one(world, cells, sound, django_assert_max_num_queries):
    return_, by = world.add_return(), world.manager()
    _ = by.current_memberships
    with django_assert_max_num_queries(12):
        services.values_save(by=by, return_id=return_.pk, cells=cells(sound), base_revision=1, channel=Channel.FORM)


# ---- moves ----------------------------------------------------------------------------------------------------

ACTIONS = [
    lambda by, r: services.return_submit(by=by, return_id=r.pk, base_revision=r.revision),
    lambda by, r: services.return_return(by=by, return_id=r.pk, reason="请核对", base_revision=r.revision),
    lambda by, r: services.return_accept(by=by, return_id=r.pk, base_revision=r.revision),
]


@pytest.mark.parametrize("target", ReturnStatus)
@pytest.mark.parametrize("status", ReturnStatus)
def test_every_pair_of_statuses(status, target):
    if target in RETURN_MOVES[status]:
        require_move(Return(status=status), target)
    else:
        with pytest.raises(MoveRefused, match=str(status.label)):
            require_move(Return(status=status), target)


BOTH, CITY, OFFICE = ["city", "office"], ["city"], ["office"]
# Where each configuration of a round's reviews leads from a status by the three actions.
MOVES: dict[tuple[str, ...], dict[str, set[str]]] = {
    ("city", "office"): {"submitted": {"returned", "city_accepted"}, "city_accepted": {"returned", "accepted"}},
    ("city",): {"submitted": {"returned", "accepted"}, "city_accepted": {"returned", "accepted"}},
    ("office",): {"submitted": {"returned", "accepted"}, "city_accepted": {"returned", "accepted"}},
}


@pytest.mark.parametrize("steps", [BOTH, CITY, OFFICE])
@pytest.mark.parametrize("status", ReturnStatus)
def test_the_services_make_the_moves_of_the_table_and_no_other(world, sound, status, steps):
    """A superuser holds every right, so only the table of moves and the round's reviews decide."""
    root = User.objects.create_superuser("root")
    Round.objects.update(review_steps=steps)
    world.round.refresh_from_db()
    reached = set()
    for zone, action in zip(["A1", "A2", "B1"], ACTIONS, strict=True):
        return_ = world.add_return(zone, status=status, values=sound)
        try:
            moved_to = action(root, return_).status
            reached.add(moved_to)
            expected = (moved_to, 2, 1)
        except MoveRefused:
            expected = (status, 1, 0)
        return_.refresh_from_db()
        assert (return_.status, return_.revision, return_.acts.count()) == expected
    assert reached <= RETURN_MOVES[status]
    assert reached == MOVES[tuple(steps)].get(status, RETURN_MOVES[status])


def test_the_configurations_together_make_every_move_out_of_review():
    for status in ("submitted", "city_accepted"):
        assert set().union(*(moves[status] for moves in MOVES.values())) == RETURN_MOVES[status]


def test_the_whole_way_of_a_return(world, sound):
    manager, reviewer, staff = world.manager(), world.reviewer(), world.staff()
    return_ = world.add_return(values=sound, by=manager)
    act = {"return_id": return_.pk}
    services.return_submit(by=manager, base_revision=1, **act)
    services.return_return(by=reviewer, reason="请核对税收 ", base_revision=2, **act)
    services.return_submit(by=manager, base_revision=3, **act)
    services.return_accept(by=reviewer, base_revision=4, **act)
    assert newest_change() == 0  # the city's step is no news for the floors above
    done = services.return_accept(by=staff, base_revision=5, **act)
    assert (done.status, done.revision, done.submitted_by) == ("accepted", 6, manager)
    assert done.accepted_at is not None
    kinds = list(return_.acts.values_list("kind", "actor__username", "organisation__code", "return_revision"))
    assert kinds == [
        ("submitted", "manager-A1", "park-A1", 2),
        ("returned", "reviewer-A", "city-A", 3),
        ("submitted", "manager-A1", "park-A1", 4),
        ("city_accepted", "reviewer-A", "city-A", 5),
        ("accepted", "staff", "office", 6),
    ]
    assert return_.acts.get(kind="returned").reason == "请核对税收"
    assert acts_intact(return_)
    news = DataChange.objects.get()
    assert (news.year, news.zone.code) == (2020, "A1")
    assert newest_change() == news.pk


def test_submitting_twice_is_one_submission(world, sound):
    manager = world.manager()
    return_ = world.add_return(values=sound)
    first = services.return_submit(by=manager, return_id=return_.pk, base_revision=1)
    again = services.return_submit(by=manager, return_id=return_.pk, base_revision=1)
    assert again.revision == first.revision == 2
    assert return_.acts.count() == 1
    with pytest.raises(MoveRefused):  # somebody else's second submission is none
        services.return_submit(by=world.manager(name="other"), return_id=return_.pk, base_revision=1)


def test_an_incomplete_return_is_not_filed_and_says_what_is_left(world, sound):
    sound |= {"leading_industry_revenue": 600000, "tax_revenue": 900000}
    del sound["employees"]
    return_, manager = world.add_return(values=sound), world.manager()
    with pytest.raises(IncompleteReturn) as caught:
        services.return_submit(by=manager, return_id=return_.pk, base_revision=1)
    assert {f.rule for f in caught.value.findings} == {"Q01", "R04", "F09"}
    assert len(caught.value.reasons) == 3

    save(manager, return_, code="employees", number=None, absence="not_available")
    save(manager, return_, code="leading_industry_revenue", number="400000", base_revision=1)
    save(manager, return_, number="900000", comment="含一次性清缴", base_revision=1)
    with pytest.raises(IncompleteReturn) as caught:
        services.return_submit(by=manager, return_id=return_.pk, base_revision=4)
    assert {f.rule for f in caught.value.findings} == {"Q01"}  # the soft one is explained, the absence is not
    save(manager, return_, code="employees", number=None, absence="not_available", comment="统计中", base_revision=1)
    assert services.return_submit(by=manager, return_id=return_.pk, base_revision=5).status == "submitted"


def test_a_stale_act_is_a_conflict(world, sound):
    return_ = world.add_return(values=sound, status="submitted")
    for act in (services.return_accept, lambda **given: services.return_return(reason="x", **given)):
        with pytest.raises(RevisionConflict):
            act(
                by=world.user(f"u{id(act)}", Role.CITY_REVIEWER, world.cities["A"]),
                return_id=return_.pk,
                base_revision=9,
            )
    draft = world.add_return("A2", values=sound)
    with pytest.raises(RevisionConflict):
        services.return_submit(by=world.manager("A2"), return_id=draft.pk, base_revision=9)


def test_a_return_without_a_reason_is_refused(world):
    return_ = world.add_return(status="submitted")
    with pytest.raises(MoveRefused, match="理由"):
        services.return_return(by=world.reviewer(), return_id=return_.pk, reason="  ", base_revision=1)


def test_who_may_submit_and_review(world, sound):
    return_ = world.add_return(values=sound)
    with pytest.raises(PermissionDenied):
        services.return_submit(by=world.filler(), return_id=return_.pk, base_revision=1)
    with pytest.raises(Return.DoesNotExist):
        services.return_submit(by=world.manager("A2"), return_id=return_.pk, base_revision=1)
    services.return_submit(by=world.manager(), return_id=return_.pk, base_revision=1)
    with pytest.raises(Return.DoesNotExist):
        services.return_accept(by=world.reviewer("B"), return_id=return_.pk, base_revision=2)
    staff = world.staff()
    with pytest.raises(PermissionDenied):  # the city comes first
        services.return_accept(by=staff, return_id=return_.pk, base_revision=2)
    reviewer = world.reviewer()
    services.return_accept(by=reviewer, return_id=return_.pk, base_revision=2)
    with pytest.raises(PermissionDenied):  # and the office after it
        services.return_accept(by=reviewer, return_id=return_.pk, base_revision=3)
    with pytest.raises(PermissionDenied):
        services.return_return(by=reviewer, return_id=return_.pk, reason="x", base_revision=3)
    assert services.return_return(by=staff, return_id=return_.pk, reason="x", base_revision=3).status == "returned"


def test_nobody_reviews_what_they_filed_or_filled_in(world, sound):
    both = world.user("both", Role.CITY_REVIEWER, world.cities["A"])
    filed = world.add_return(values=sound, status="submitted", by=both)
    with pytest.raises(PermissionDenied, match="他人"):
        services.return_accept(by=both, return_id=filed.pk, base_revision=1)
    filled = world.add_return("A2", status="submitted")
    Value.objects.create(
        return_ref=filled,
        zone=filled.zone,
        indicator=Indicator.objects.get(code="employees"),
        year=2020,
        period="2020",
        updated_by=both,
    )
    with pytest.raises(PermissionDenied, match="他人"):
        services.return_return(by=both, return_id=filled.pk, reason="x", base_revision=1)


def test_the_chain_of_acts_shows_tampering(world, sound):
    manager, return_ = world.manager(), world.add_return(values=sound)
    services.return_submit(by=manager, return_id=return_.pk, base_revision=1)
    services.return_return(by=world.reviewer(), return_id=return_.pk, reason="x", base_revision=2)
    assert acts_intact(return_)
    last = return_.acts.last()
    last.pk, last.reason = None, "另一个理由"
    last.previous_digest = return_.acts.last().digest
    last.save()  # put in with a digest that is not its own
    assert not acts_intact(return_)


# ---- province-wide figures ------------------------------------------------------------------------------------


def test_a_province_figure_needs_a_source_and_is_news(world):
    staff = world.staff()
    given = {"by": staff, "indicator_code": "new_rd_bodies", "year": 2019}
    with pytest.raises(ValueInvalid, match="来源"):
        services.province_value_save(number=Decimal(80), source_note=" ", **given)
    with pytest.raises(ValueInvalid, match="整数"):
        services.province_value_save(number=Decimal("80.5"), source_note="科技厅", **given)
    with pytest.raises(ValueInvalid, match="年度"):
        services.province_value_save(number=Decimal(80), source_note="科技厅", **(given | {"year": 19}))
    value = services.province_value_save(number=Decimal(80), source_note="科技厅通报", **given)
    assert (value.number, value.updated_by) == (80, staff)
    assert DataChange.objects.count() == 1
    services.province_value_save(number=Decimal(80), source_note="科技厅通报", **given)
    assert DataChange.objects.count() == 1  # nothing changed
    services.province_value_save(number=Decimal(81), source_note="科技厅通报", **given)
    assert (ProvinceValue.objects.get().number, DataChange.objects.count()) == (81, 2)


def test_who_may_enter_province_figures_and_for_what(world):
    given: dict[str, Any] = {"year": 2019, "number": Decimal(1), "source_note": "x"}
    with pytest.raises(PermissionDenied):
        services.province_value_save(by=world.reviewer(), indicator_code="new_rd_bodies", **given)
    with pytest.raises(Indicator.DoesNotExist):
        services.province_value_save(by=world.staff(), indicator_code="tax_revenue", **given)
