"""Rounds: put together, opened, changed, closed, opened again, copied."""

from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection
from django.utils import translation

from accounts.models import Notice
from indicators import periods, services
from indicators.enums import ROUND_MOVES, Frequency, ReturnStatus, RoundStatus
from indicators.exceptions import MoveRefused, ReturnLocked, RevisionConflict, RoundInvalid
from indicators.models import Indicator, Return, Round, RoundCity, RoundForm, RoundIndicator
from indicators.selectors.rounds import RoundPlan, closing_preview, round_preview, round_version, zones_asked
from parks.enums import DesignationLevel
from parks.models import Designation, Region, ZoneSuccession
from tests.indicators.rounds import AREAS, TAXES, add_form, days, plan


@pytest.fixture
def staff(world):
    add_form()
    return world.staff()


def make(staff, **changes):
    return services.round_create(by=staff, plan=plan(**changes))


def change(staff, round_, **changes):
    wanted = plan(**changes)
    return services.round_change(by=staff, round_id=round_.pk, plan=wanted, base_version=round_version(round_))


# ---- periods --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "after", "last", "zh", "en"),
    [
        ("2025", "2026", date(2025, 12, 31), "2025 年度报表", "Annual returns 2025"),
        ("2025Q1", "2025Q2", date(2025, 3, 31), "2025 年第 1 季度报表", "Quarterly returns 2025 Q1"),
        ("2025Q4", "2026Q1", date(2025, 12, 31), "2025 年第 4 季度报表", "Quarterly returns 2025 Q4"),
        ("2024-02", "2024-03", date(2024, 2, 29), "2024 年 2 月报表", "Monthly returns 2/2024"),
        ("2025-12", "2026-01", date(2025, 12, 31), "2025 年 12 月报表", "Monthly returns 12/2025"),
    ],
)
def test_periods(period, after, last, zh, en):
    year, frequency, part = periods.parse(period)
    assert periods.build(year, frequency, part) == period
    assert periods.following(period) == after
    assert periods.last_day(year, period[4:]) == last
    assert periods.title_zh(period) == zh
    with translation.override("en"):
        assert periods.title(period) == en
        assert Round(year=year, period=period, name=zh).label == en
        assert Round(year=year, period=period, name="专项").label == f"{en} · 专项"


@pytest.mark.parametrize("text", ["", "25", "2025Q5", "2025Q0", "2025-13", "2025-1", "2025 Q1", "２０２５", "1899"])
def test_what_is_no_period(text):
    with pytest.raises(ValueError, match="period"):
        periods.parse(text)


# ---- putting together -----------------------------------------------------------------------------------------


def test_a_round_is_put_together_from_forms(staff):
    add_form("land", AREAS)
    round_ = make(staff, forms=("annual", "land"), levels=("provincial",), cities=("410065",))
    assert (round_.status, round_.frequency, round_.year) == (RoundStatus.PLANNED, Frequency.YEAR, 2025)
    assert set(round_.indicators.values_list("code", flat=True)) == {*TAXES, *AREAS}
    assert RoundPlan.of(round_).cities == ("410065",)
    assert not round_.returns.exists()


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"period": "2025Q9"}, "period", "2025Q1"),
        ({"name": " "}, "name", "名称"),
        ({"zone_classes": ()}, "zone_classes", "类别"),
        ({"zone_classes": ("moon",)}, "zone_classes", "类别"),
        ({"levels": ("moon",)}, "levels", "moon"),
        ({"cities": ("999999",)}, "cities", "999999"),
        ({"forms": ()}, "forms", "至少"),
        ({"forms": ("moon",)}, "forms", "moon"),
        ({"period": "2025Q1"}, "forms", "季报"),
        ({"due_on": date(2020, 1, 1)}, "due_on", "开放日期"),
        ({"closes_on": date(2020, 1, 1)}, "closes_on", "截止日期"),
        ({"review_steps": ()}, "review_steps", "审核环节"),
        ({"reminder_days": (-900,)}, "reminder_days", "120"),
    ],
)
def test_what_cannot_be_is_told_at_its_field(staff, changes, field, words):
    with pytest.raises(RoundInvalid) as refused:
        make(staff, **changes)
    assert words in "".join(refused.value.errors[field])
    assert not Round.objects.filter(year=2025).exists()


def test_a_name_stands_once_in_a_period(staff):
    make(staff)
    with pytest.raises(RoundInvalid) as refused:
        make(staff)
    assert list(refused.value.errors) == ["name"]
    make(staff, name="补充调查")


def test_only_the_office_manages_rounds(world):
    add_form()
    reviewer, round_ = world.reviewer(), world.add_round(2025, RoundStatus.PLANNED)
    acts = [
        lambda: make(reviewer),
        lambda: change(reviewer, round_),
        lambda: services.round_open(by=reviewer, round=round_),
        lambda: services.round_close(by=reviewer, round_id=round_.pk),
        lambda: services.round_copy(by=reviewer, round_id=round_.pk),
        lambda: services.round_discard(by=reviewer, round_id=round_.pk),
    ]
    for act in acts:
        with pytest.raises(PermissionDenied):
            act()


def test_the_preview_counts_zones_items_and_who_cannot_be_told(world, staff):
    add_form("land", AREAS)
    world.manager("A1")
    seen = round_preview(plan(forms=("annual", "land")))
    assert [zone.code for zone in seen.zones] == ["A1", "A2", "B1"]
    assert {item.code for item in seen.items} == {*TAXES, *AREAS}
    assert seen.cells == 3 * 5
    assert (seen.fewest, seen.most) == (5, 5)
    assert [zone.code for zone in seen.unreachable] == ["A2", "B1"]


def test_the_preview_costs_as_many_queries_for_more_zones(world, staff, django_assert_num_queries):
    with django_assert_num_queries(5):
        round_preview(plan())
    for number in range(5):
        world.add_zone(f"N{number}", "cluster")
    with django_assert_num_queries(5):
        round_preview(plan())


# ---- opening --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "zones"),
    [
        ({}, {"A1", "A2", "B1"}),
        ({"zone_classes": ("etdz",)}, {"B1"}),
        ({"zone_classes": ("cluster", "customs")}, {"A1", "A2", "B1", "C1"}),
        ({"cities": ("410066",)}, {"B1"}),
        ({"levels": ("national",)}, {"A2"}),
    ],
)
def test_zones_are_chosen_by_class_level_and_city(world, staff, changes, zones):
    Designation.objects.filter(zone__code="A2").update(level=DesignationLevel.NATIONAL)
    round_ = make(staff, **changes)
    assert services.round_open(by=staff, round=round_) == len(zones)
    assert set(round_.returns.values_list("zone__code", flat=True)) == zones
    assert set(round_.returns.values_list("due_on", flat=True)) == {days(20)}


def test_designations_count_as_they_stand_on_the_last_day_of_the_period(world, staff):
    add_form("quarterly", TAXES, Frequency.QUARTER)
    world.add_zone("EARLY", "cluster", valid_from=date(2010, 1, 1), valid_to=date(2025, 3, 31))
    world.add_zone("LATER", "cluster", valid_from=date(2025, 4, 1))
    world.add_zone("JUST", "cluster", valid_from=date(2025, 3, 31))
    round_ = make(staff, period="2025Q1", name="一季度", forms=("quarterly",))
    services.round_open(by=staff, round=round_)
    assert set(round_.returns.values_list("zone__code", flat=True)) == {"A1", "A2", "B1", "JUST"}


def test_a_round_without_zones_or_items_is_not_opened(world, staff):
    nobody = make(staff, zone_classes=("htz",))
    with pytest.raises(MoveRefused, match="没有符合条件的园区"):
        services.round_open(by=staff, round=nobody)
    empty = world.add_round(2024, RoundStatus.PLANNED, codes=[])
    with pytest.raises(MoveRefused, match="指标"):
        services.round_open(by=staff, round=empty)


def test_no_zone_is_asked_the_same_twice_for_a_period(world, staff):
    add_form("again", ("tax_revenue", "planned_area"))
    first = make(staff, cities=("410066",))
    services.round_open(by=staff, round=first)
    second = make(staff, name="补充调查", forms=("again",))
    with pytest.raises(MoveRefused) as refused:
        services.round_open(by=staff, round=second)
    assert "1 个园区（B1园区）" in str(refused.value)
    assert "“2025 年度报表”" in str(refused.value)
    assert "税收" in str(refused.value)
    assert "规划面积" not in str(refused.value)
    assert not second.returns.exists()
    # Another period, other items or other zones are no double asking.
    add_form("land", AREAS)
    others: tuple[dict[str, Any], ...] = (
        {"period": "2024"},
        {"forms": ("land",), "cities": ("410066",)},
        {"forms": ("again",), "cities": ("410065",)},
    )
    for number, changes in enumerate(others):
        services.round_open(by=staff, round=make(staff, name=f"别的{number}", **changes))


def test_a_round_that_asks_other_classes_for_the_same_is_no_double_asking(world, staff):
    services.round_open(by=staff, round=make(staff))
    other = make(staff, name="海关", zone_classes=("customs",))
    services.round_open(by=staff, round=other)
    assert list(other.returns.values_list("zone__code", flat=True)) == ["C1"]


def test_opening_tells_the_parks_people_once(world, staff):
    manager, filler = world.manager("A1"), world.filler("A1")
    round_ = make(staff)
    services.round_open(by=staff, round=round_)
    services.round_open(by=staff, round=round_)
    notices = Notice.objects.order_by("recipient")
    assert [notice.recipient for notice in notices] == [manager, filler]
    return_ = Return.objects.get(round=round_, zone__code="A1")
    assert notices[0].title == "请填报：A1园区 2025 年度报表"
    assert notices[0].title_en == "Please report: A1园区, Annual returns 2025"
    assert str(days(20)) in notices[0].text
    assert notices[0].url == return_.get_absolute_url()


def test_of_a_round_of_the_past_nobody_is_told(world, staff):
    world.manager("A1")
    services.round_open(by=staff, round=world.add_round(2023, RoundStatus.PLANNED))
    assert not Notice.objects.exists()


# ---- every pair of statuses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("now", "target"), list(product(RoundStatus, RoundStatus)))
def test_every_pair_of_statuses(world, staff, now, target):
    round_ = make(staff)
    services.round_open(by=staff, round=round_)
    Round.objects.filter(pk=round_.pk).update(status=now)
    allowed = target in ROUND_MOVES[now]
    if target == RoundStatus.PLANNED:
        assert not allowed  # there is no act that leads back
        return
    act = {
        RoundStatus.OPEN: lambda: services.round_open(by=staff, round=round_),
        RoundStatus.CLOSED: lambda: services.round_close(by=staff, round_id=round_.pk),
    }[target]
    if allowed or now == target == RoundStatus.OPEN:  # opening an open one again adds zones
        act()
        assert Round.objects.get(pk=round_.pk).status == target
    else:
        with pytest.raises(MoveRefused):
            act()
        assert Round.objects.get(pk=round_.pk).status == now


def test_opening_again_adds_later_zones_and_touches_no_other(world, staff):
    round_ = make(staff)
    services.round_open(by=staff, round=round_)
    Return.objects.filter(zone__code="A1").update(status=ReturnStatus.SUBMITTED)
    services.round_close(by=staff, round_id=round_.pk)
    world.add_zone("NEW", "cluster")
    assert services.round_open(by=staff, round=round_) == 1
    assert round_.returns.count() == 4
    assert Return.objects.get(zone__code="A1").status == ReturnStatus.SUBMITTED


def test_closing_says_beforehand_what_is_left(world, staff):
    round_ = make(staff, zone_classes=("cluster", "customs"))
    services.round_open(by=staff, round=round_)
    for zone, status in (("A1", "accepted"), ("A2", "submitted"), ("B1", "returned")):
        Return.objects.filter(zone__code=zone).update(status=status)
    seen = closing_preview(round_)
    assert (seen.total, seen.accepted, seen.in_review, seen.with_parks, seen.left) == (4, 1, 1, 2, 3)
    services.round_close(by=staff, round_id=round_.pk)
    manager, one = world.manager("B1"), Return.objects.get(zone__code="B1")
    with pytest.raises(ReturnLocked, match="已结束"):
        services.value_save(
            by=manager, return_id=one.pk, indicator_code="employees", number=Decimal(1), base_revision=0
        )


# ---- changing -------------------------------------------------------------------------------------------------


def test_a_planned_round_changes_in_everything(staff):
    add_form("quarterly", AREAS, Frequency.QUARTER)
    round_ = make(staff)
    wanted = {"period": "2025Q2", "name": "二季度", "forms": ("quarterly",), "zone_classes": ("customs",), "closes_on": None,
              "cities": ("410066",), "levels": ("national",), "review_steps": ("office",), "reminder_days": (-1,)}  # fmt: skip
    changed = change(staff, round_, **wanted)
    assert RoundPlan.of(Round.objects.get(pk=round_.pk)) == plan(**wanted)
    assert set(changed.indicators.values_list("code", flat=True)) == set(AREAS)
    assert changed.frequency == Frequency.QUARTER


def test_a_change_based_on_an_older_version_is_refused(staff):
    round_ = make(staff)
    seen = round_version(round_)
    change(staff, round_, name="改过")
    with pytest.raises(RevisionConflict):
        services.round_change(by=staff, round_id=round_.pk, plan=plan(name="再改"), base_version=seen)
    assert Round.objects.get(pk=round_.pk).name == "改过"


def test_the_version_also_follows_cities_forms_and_status(staff):
    add_form("land", AREAS)
    round_ = make(staff)
    versions = {round_version(round_)}
    for changes in ({"cities": ("410065",)}, {"cities": ("410065",), "forms": ("annual", "land")}):
        versions.add(round_version(change(staff, round_, **changes)))
    services.round_open(by=staff, round=round_)
    versions.add(round_version(Round.objects.get(pk=round_.pk)))
    assert len(versions) == 4


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"period": "2024"}, "period"),
        ({"zone_classes": ("cluster", "customs")}, "zone_classes"),
        ({"cities": ("410065",)}, "cities"),
        ({"levels": ("national",)}, "levels"),
        ({"review_steps": ("office",)}, "review_steps"),
        ({"opens_on": date(2020, 1, 1)}, "opens_on"),
        ({"forms": ("land",)}, "forms"),
    ],
)
def test_what_an_open_round_asks_already_stays(staff, changes, field):
    add_form("land", AREAS)
    round_ = make(staff)
    services.round_open(by=staff, round=round_)
    with pytest.raises(RoundInvalid) as refused:
        change(staff, round_, **changes)
    assert list(refused.value.errors) == [field]
    assert RoundPlan.of(Round.objects.get(pk=round_.pk)) == plan()


def test_an_open_round_takes_new_dates_and_its_returns_follow(world, staff):
    world.manager("A1")
    round_ = make(staff)
    services.round_open(by=staff, round=round_)
    rows = {row.zone.code: row for row in Return.objects.filter(round=round_).select_related("zone")}
    services.return_extend(by=staff, return_id=rows["A2"].pk, due_on=days(28), reason="洪灾")
    Return.objects.filter(pk=rows["B1"].pk).update(status="accepted")
    Notice.objects.all().delete()
    change(staff, round_, due_on=days(25), closes_on=days(40), name="改名", reminder_days=(-5,))
    due = dict(Return.objects.filter(round=round_).values_list("zone__code", "due_on"))
    assert due == {"A1": days(25), "A2": days(28), "B1": days(20)}
    assert Return.objects.get(pk=rows["A1"].pk).revision == rows["A1"].revision + 1
    assert [notice.title for notice in Notice.objects.all()] == [f"截止日期改为 {days(25)}：A1园区 改名"]


def test_an_open_round_is_not_moved_into_the_past(staff):
    round_ = make(staff, opens_on=days(-30), due_on=days(-1), closes_on=days(3))
    services.round_open(by=staff, round=round_)
    with pytest.raises(RoundInvalid) as refused:
        change(staff, round_, opens_on=days(-30), due_on=days(-2), closes_on=days(-1))
    assert list(refused.value.errors) == ["due_on", "closes_on"]


def test_forms_are_added_while_nothing_was_ever_filed(world, staff):
    world.manager("A1")
    add_form("land", AREAS)
    round_ = make(staff)
    services.round_open(by=staff, round=round_)
    Notice.objects.all().delete()
    change(staff, round_, forms=("annual", "land"))
    assert set(round_.indicators.values_list("code", flat=True)) == {*TAXES, *AREAS}
    assert [notice.text for notice in Notice.objects.all()] == ["新增：land表"]
    Return.objects.filter(zone__code="A1").update(status="returned")  # filed once, so what it asked for is fixed
    add_form("more", ("total_profit",))
    with pytest.raises(RoundInvalid) as refused:
        change(staff, round_, forms=("annual", "land", "more"))
    assert "1 份" in refused.value.errors["forms"][0]


def test_a_form_added_to_an_open_round_asks_nobody_twice(world, staff):
    add_form("land", AREAS)
    services.round_open(by=staff, round=make(staff, name="土地", forms=("land",), cities=("410066",)))
    round_ = make(staff)
    services.round_open(by=staff, round=round_)
    with pytest.raises(RoundInvalid) as refused:
        change(staff, round_, forms=("annual", "land"))
    assert "B1园区" in refused.value.errors["forms"][0]


def test_what_an_open_round_asks_does_not_follow_its_form(staff):
    form = add_form("land", AREAS)
    round_ = make(staff, forms=("land",))
    services.round_open(by=staff, round=round_)
    form.indicators.set(Indicator.objects.filter(code="total_profit"))
    change(staff, round_, forms=("land",), name="只改名")
    assert set(round_.indicators.values_list("code", flat=True)) == set(AREAS)


def test_a_closed_round_is_opened_before_it_changes(staff):
    round_ = make(staff)
    services.round_open(by=staff, round=round_)
    services.round_close(by=staff, round_id=round_.pk)
    with pytest.raises(MoveRefused, match="重新开放"):
        change(staff, Round.objects.get(pk=round_.pk), name="改名")


def test_only_what_was_never_open_is_thrown_away(staff):
    round_, other = make(staff), make(staff, name="误建")
    services.round_discard(by=staff, round_id=other.pk)
    assert not Round.objects.filter(pk=other.pk).exists()
    services.round_open(by=staff, round=round_)
    with pytest.raises(MoveRefused):
        services.round_discard(by=staff, round_id=round_.pk)


# ---- copying --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "name", "opens", "due", "after", "named", "opens_then", "due_then"),
    [
        ("2025", "2025 年度报表", date(2026, 1, 15), date(2026, 3, 31),
         "2026", "2026 年度报表", date(2027, 1, 15), date(2027, 3, 31)),
        ("2025Q4", "2025 年第 4 季度报表", date(2026, 1, 5), date(2026, 1, 31),
         "2026Q1", "2026 年第 1 季度报表", date(2026, 4, 5), date(2026, 4, 30)),
        ("2025-01", "2025 年 1 月报表", date(2025, 1, 30), date(2025, 2, 28),
         "2025-02", "2025 年 2 月报表", date(2025, 2, 28), date(2025, 3, 31)),
        ("2025", "年报 2025 专项", date(2026, 1, 15), date(2026, 3, 31),
         "2026", "年报 2026 专项", date(2027, 1, 15), date(2027, 3, 31)),
    ],
)  # fmt: skip
def test_a_round_is_copied_for_the_next_period(staff, period, name, opens, due, after, named, opens_then, due_then):
    for code, frequency in (("year", "year"), ("quarter", "quarter"), ("month", "month")):
        add_form(code, TAXES, Frequency(frequency))
    form = periods.parse(period)[1].value
    held = make(staff, period=period, name=name, opens_on=opens, due_on=due, closes_on=None, forms=(form,))
    copied = services.round_copy(by=staff, round_id=held.pk)
    assert (copied.period, copied.name, copied.opens_on, copied.due_on) == (after, named, opens_then, due_then)
    assert copied.status == RoundStatus.PLANNED
    assert set(copied.indicators.values_list("code", flat=True)) == set(TAXES)
    with pytest.raises(RoundInvalid, match="同名"):
        services.round_copy(by=staff, round_id=held.pk)


def test_a_round_that_came_without_forms_is_copied_with_its_items(world, staff):
    copied = services.round_copy(by=staff, round_id=world.round.pk)
    assert copied.indicators.count() == world.round.indicators.count()
    assert copied.period == "2021"


def test_a_zone_that_was_merged_by_then_is_asked_no_more(world, staff):
    """Its successor reports; for an earlier period it is asked as ever."""
    ZoneSuccession.objects.create(
        predecessor=world.zones["A1"], successor=world.zones["A2"], kind="merger", on=date(2025, 7, 1), share_pct=100,
        document="测",
    )  # fmt: skip
    zones = {period: {zone.code for zone in zones_asked(plan(period=period))} for period in ("2024", "2025")}
    assert zones["2024"] - zones["2025"] == {"A1"}
    services.round_open(by=staff, round=make(staff))
    assert not Return.objects.filter(round__period="2025", zone__code="A1").exists()


# ---- history ----------------------------------------------------------------------------------------------------


def test_what_is_added_to_and_taken_from_the_sets_of_a_round_is_written_down(staff):
    """On every path: the services, the sets themselves, plain SQL."""
    round_ = make(staff, cities=("410065",))

    def trail(model, name):
        rows = model.pgh_event_model.objects.filter(round_id=round_.pk).order_by("pgh_id")
        return [(row.pgh_label, getattr(row, name)) for row in rows]

    forms = list(round_.forms.values_list("pk", flat=True))
    assert trail(RoundCity, "region_id") == [("added", Region.objects.get(code="410065").pk)]
    assert trail(RoundForm, "form_id") == [("added", pk) for pk in forms]
    assert sorted(trail(RoundIndicator, "indicator_id")) == sorted(
        ("added", pk) for pk in round_.indicators.values_list("pk", flat=True)
    )
    change(staff, round_, cities=("410066",))
    assert [label for label, _pk in trail(RoundCity, "region_id")] == ["added", "removed", "added"]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM indicators_round_indicators WHERE round_id = %s", [round_.pk])
    labels = [label for label, _pk in trail(RoundIndicator, "indicator_id")]
    assert labels.count("removed") == labels.count("added")
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"):
        RoundCity.pgh_event_model.objects.filter(round_id=round_.pk).delete()
