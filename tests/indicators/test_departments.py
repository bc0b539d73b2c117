"""Figures of departments: what they know beside the returns, and their deliveries (部门数据)."""

import time
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from accounts.enums import Duty, Role
from accounts.models import Membership, Organisation, User
from indicators import selectors, services
from indicators.deliveries import Delivered
from indicators.enums import Channel, ValueSource
from indicators.exceptions import DeliveryRefused, MoveRefused, RevisionConflict
from indicators.models import DataChange, DepartmentLoad, Indicator, Return, Value
from parks.models import Zone, ZoneAlias, ZoneSuccession

pytestmark = pytest.mark.django_db


def know(zone, code, number, *, period="2020", department=None, synthetic=False):
    """A department's figure, put there without the services."""
    indicator = Indicator.objects.get(code=code)
    return Value.objects.create(
        zone=zone,
        indicator=indicator,
        year=int(period[:4]),
        period=period,
        number=None if number is None else Decimal(str(number)),
        absence="not_available" if number is None else "",
        source=ValueSource.DEPARTMENT,
        department=department or indicator.department,
        channel=Channel.DEPARTMENT,
        synthetic=synthetic,
    )


class TestDepartmentFigures:
    def test_figures_of_the_period_by_return_and_item(self, world):
        first, second = world.add_return("A1"), world.add_return("A2")
        know(world.zones["A1"], "tax_revenue", 12000)
        know(world.zones["A1"], "tax_revenue", 9000, period="2019")
        know(world.zones["A1"], "employees", None)
        assert selectors.department_figures([first, second]) == {
            first.pk: {"tax_revenue": (Duty.TAXATION, Decimal(12000))},
            second.pk: {},
        }

    def test_the_answering_department_stands(self, world):
        return_ = world.add_return("A1")
        for department, number in ((Duty.INDUSTRY, 1), (Duty.TAXATION, 2), (Duty.COMMERCE, 3)):
            know(world.zones["A1"], "tax_revenue", number, department=department)
        assert selectors.department_figures([return_])[return_.pk]["tax_revenue"] == (Duty.TAXATION, Decimal(2))

    def test_demonstration_stays_with_demonstration(self, world):
        return_ = world.add_return("A1")
        know(world.zones["A1"], "tax_revenue", 2, synthetic=True)
        assert selectors.department_figures([return_]) == {return_.pk: {}}

    def test_one_query(self, world, django_assert_num_queries):
        returns = [world.add_return(code) for code in ("A1", "A2", "B1")]
        for code in ("A1", "A2", "B1"):
            know(world.zones[code], "tax_revenue", 2)
        with django_assert_num_queries(1):
            selectors.department_figures(returns)


def rows(*figures):
    """Deliveries of (zone, item, number) with the place each stands at."""
    return [
        Delivered(f"/values/{at}", zone, code, None if number is None else Decimal(str(number)), **more)
        for at, (zone, code, number, more) in enumerate((*figure, {})[:4] for figure in figures)
    ]


def load(by, *figures, period="2020", department=Duty.TAXATION, **given):
    facts = {"name": "税收.xlsx", "source_note": "2020年税收年报", "channel": Channel.API}
    return services.department_load(
        by=by, department=department, period=period, rows=rows(*figures), **{**facts, **given}
    )


def faults(by, *figures, period="2020", department=Duty.TAXATION, **given):
    delivery = services.delivery_check(by=by, department=department, period=period, rows=rows(*figures), **given)
    return [(fault.place, fault.code) for fault in delivery.faults]


@pytest.fixture
def officer(world):
    """An officer of the taxation department."""
    return department_officer(world, Duty.TAXATION)


def department_officer(world, duty):
    body = Organisation.objects.create(
        code=f"dept-{duty}", name=f"省{Duty(duty).label}局", kind="department", duty=duty, parent=world.office
    )
    return world.user(f"officer-{duty}", Role.DEPARTMENT_OFFICER, body)


class TestLoad:
    def test_figures_of_many_zones_become_values_of_the_department(self, world, officer):
        made, delivery = load(officer, ("A1", "tax_revenue", 12000), ("C1园区", "tax_revenue", "9.5"))
        values = Value.objects.filter(source=ValueSource.DEPARTMENT).order_by("zone__code")
        assert [(v.zone.code, v.number, v.department, v.channel, v.load, v.revision) for v in values] == [
            ("A1", 12000, "taxation", "department", made, 1),
            ("C1", Decimal("9.5"), "taxation", "department", made, 1),
        ]
        assert values[0].source_note == "2020年税收年报"
        assert values[0].change_note == f"批次 {made.pk}：税收.xlsx"
        assert (made.rows, made.department, made.organisation.code) == (2, "taxation", "dept-taxation")
        assert len(delivery.changes) == 2
        assert DataChange.objects.get().year == 2020

    def test_a_second_load_replaces_and_keeps_the_history(self, world, officer):
        first, _delivery = load(officer, ("A1", "tax_revenue", 12000), ("A2", "tax_revenue", 5))
        second, delivery = load(officer, ("A1", "tax_revenue", 12500), ("A2", "tax_revenue", 5))
        assert [(c.zone.code, c.before.number, c.number) for c in delivery.changes] == [("A1", 12000, 12500)]
        assert delivery.unchanged == 1
        value = Value.objects.get(zone__code="A1", source=ValueSource.DEPARTMENT)
        assert (value.revision, value.load, value.number) == (2, second, 12500)
        assert Value.objects.get(zone__code="A2", source=ValueSource.DEPARTMENT).load == first
        events = Value.pgh_event_model.objects.filter(zone__code="A1").order_by("pgh_id")  # type: ignore[attr-defined]
        assert [(e.number, e.revision, e.channel, e.load_id) for e in events] == [
            (12000, 1, "department", first.pk),
            (12500, 2, "department", second.pk),
        ]

    def test_a_figure_is_taken_back_by_saying_so(self, world, officer):
        load(officer, ("A1", "tax_revenue", 12000))
        load(officer, ("A1", "tax_revenue", None, {"absence": "not_available"}))
        value = Value.objects.get(source=ValueSource.DEPARTMENT)
        assert (value.number, value.absence, value.revision) == (None, "not_available", 2)

    def test_nothing_is_saved_when_anything_is_wrong(self, world, officer):
        with pytest.raises(DeliveryRefused) as refused:
            load(officer, ("A1", "tax_revenue", 12000), ("A2", "tax_revenue", -1), source_note=" ")
        assert [(fault.place, fault.code) for fault in refused.value.faults] == [
            ("/values/1", "invalid"),
            ("", "source_note"),
        ]
        assert not Value.objects.exists()
        assert not DepartmentLoad.objects.exists()

    def test_what_was_shown_is_what_is_saved(self, world, officer):
        shown = services.delivery_check(
            by=officer, department="taxation", period="2020", rows=rows(("A1", "tax_revenue", 5))
        )
        load(officer, ("A1", "tax_revenue", 4))
        with pytest.raises(RevisionConflict):
            load(officer, ("A1", "tax_revenue", 5), shown=shown.fingerprint)
        assert Value.objects.get(source=ValueSource.DEPARTMENT).number == 4

    def test_the_same_key_makes_one_load(self, world, officer):
        first, _delivery = load(officer, ("A1", "tax_revenue", 5), idempotency_key="k1", digest="d")
        again, delivery = load(officer, ("A1", "tax_revenue", 5), idempotency_key="k1", digest="d")
        assert again == first
        assert not delivery.changes
        assert DepartmentLoad.objects.count() == 1
        with pytest.raises(MoveRefused):
            load(officer, ("A1", "tax_revenue", 6), idempotency_key="k1", digest="other")

    def test_loads_are_kept_for_ever(self, world, officer):
        made, _delivery = load(officer, ("A1", "tax_revenue", 5))
        for act in (lambda: DepartmentLoad.objects.update(rows=9), made.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()

    def test_beside_a_demonstration_return_it_is_demonstration_data(self, world, officer):
        world.add_return("A1", synthetic=True)
        made, _delivery = load(officer, ("A1", "tax_revenue", 5), ("A2", "tax_revenue", 5))
        assert made.synthetic
        assert dict(Value.objects.filter(load=made).values_list("zone__code", "synthetic")) == {"A1": True, "A2": False}

    def test_a_province_in_well_under_five_seconds(self, world, django_assert_max_num_queries):
        officer = department_officer(world, Duty.STATISTICS)
        codes = [
            item.code for item in selectors.department_items("statistics").filter(zone_classes__contains=["cluster"])
        ][:10]
        for number in range(195):
            world.add_zone(f"Z{number:03d}", "cluster")
        figures = [(zone, code, 1000 + at) for at, zone in enumerate(world.zones) if zone != "C1" for code in codes]
        assert len(figures) == 1980
        for more in (0, 1):
            started = time.monotonic()
            with django_assert_max_num_queries(30):
                load(officer, *((z, c, n + more) for z, c, n in figures), department="statistics")
            assert time.monotonic() - started < 5
        assert Value.objects.filter(revision=2).count() == 1980


class TestWhatIsRefused:
    def test_items_of_others_name_who_answers(self, world, officer):
        department_officer(world, Duty.STATISTICS)
        delivery = services.delivery_check(
            by=officer, department="taxation", period="2020", rows=rows(("A1", "employees", 5))
        )
        assert [(fault.code, "省统计局" in fault.message) for fault in delivery.faults] == [("not_answering", True)]

    @pytest.mark.parametrize(
        ("figure", "code"),
        [
            (("X9", "tax_revenue", 1), "zone_unknown"),
            (("", "tax_revenue", 1), "zone_missing"),
            (("A1", "nothing", 1), "indicator_unknown"),
            (("A1", "tax_per_mu", 1), "indicator_derived"),
            (("A1", "emerging_clusters_100bn", 1), "indicator_province"),
            (("A1", "tax_revenue", -1), "invalid"),
            (("A1", "tax_revenue", "1.23456"), "invalid"),
            (("A1", "tax_revenue", None), "number_missing"),
            (("A1", "tax_revenue", 1, {"absence": "not_available"}), "absence"),
            (("A1", "tax_revenue", 1, {"unit": "亿元"}), "unit"),
            (("A1", "tax_revenue", 1, {"comment": "年度目标"}), "plan"),
            (("A1", "tax_revenue", 1, {"comment": "字" * 501}), "comment"),
            (("A1", "tax_revenue", None, {"fault": "“十二”不是数字。"}), "number"),
            (("A1", "tax_revenue", None, {"fault": "“计划 12”不是数字。"}), "plan"),
            (("A1", "tax_revenue", 1, {"zone_name": "A2园区"}), "zone_mismatch"),
            (("A1", "tax_revenue", 1, {"unit": "吨"}), "unit"),
        ],
    )
    def test_a_figure(self, world, officer, figure, code):
        assert faults(officer, figure) == [("/values/0", code)]

    def test_duplicates_name_both_places(self, world, officer):
        assert faults(officer, ("A1", "tax_revenue", 1), ("A1园区", "tax_revenue", 1)) == [("/values/1", "duplicate")]

    def test_its_own_unit_and_name_are_welcome(self, world, officer):
        assert faults(officer, ("a1 ", "tax_revenue", 1, {"unit": "万元", "zone_name": "Ａ1 园区"})) == []

    def test_a_zone_not_in_force_in_the_period(self, world, officer):
        world.add_zone("N1", "cluster", valid_from=date(2019, 7, 1))
        assert faults(officer, ("N1", "tax_revenue", 1), period="2018") == [("/values/0", "zone_not_in_force")]
        assert faults(officer, ("N1", "tax_revenue", 1), period="2019Q2") == [("/values/0", "zone_not_in_force")]
        assert faults(officer, ("N1", "tax_revenue", 1), period="2019Q3") == []

    def test_an_item_that_the_zone_is_not_asked(self, world):
        officer = department_officer(world, Duty.CUSTOMS)
        assert faults(officer, ("A1", "customs_tax", 1), department="customs") == [("/values/0", "not_asked_of_zone")]

    @pytest.mark.parametrize(
        ("period", "code"), [("2020年", "period"), ("2020Q5", "period"), ("2020-13", "period"), ("2099", "plan")]
    )
    def test_periods(self, world, officer, period, code):
        assert faults(officer, ("A1", "tax_revenue", 1), period=period) == [("", code)]

    @pytest.mark.parametrize("word", ["2020年税收计划数", "年度目标.xlsx", "targets 2020"])
    def test_a_plan_by_its_name(self, world, officer, word):
        assert faults(officer, ("A1", "tax_revenue", 1), about=[word]) == [("", "plan")]

    def test_offices_may_have_such_words_in_their_names(self, world, officer):
        assert faults(officer, ("A1", "tax_revenue", 1), about=["省发展计划处提供"]) == []

    def test_nothing(self, world, officer):
        assert faults(officer) == [("", "empty")]


class TestNamesOfZones:
    def test_an_alias_is_asked_about(self, world, officer):
        ZoneAlias.objects.create(zone=world.zones["A2"], name="老园区", certainty="A")
        (fault,) = services.delivery_check(
            by=officer, department="taxation", period="2020", rows=rows(("老园区", "tax_revenue", 1))
        ).faults
        assert (fault.code, fault.given, [z.code for z in fault.choices]) == ("zone_ambiguous", "老园区", ["A2"])
        assert "A2" in fault.message

    def test_the_answer_is_followed(self, world, officer):
        ZoneAlias.objects.create(zone=world.zones["A2"], name="老园区", certainty="A")
        load(officer, ("老园区", "tax_revenue", 1), answers={"老园区": "A2"})
        assert Value.objects.get(source=ValueSource.DEPARTMENT).zone.code == "A2"

    def test_a_misspelling_is_asked_about(self, world, officer):
        zone = world.add_zone("N1", "cluster")
        Zone.objects.filter(pk=zone.pk).update(name="新野县产业集聚区")
        (fault,) = services.delivery_check(
            by=officer, department="taxation", period="2020", rows=rows(("新野产业集聚区", "tax_revenue", 1))
        ).faults
        assert (fault.code, [z.code for z in fault.choices]) == ("zone_ambiguous", ["N1"])


class TestWhoMayLoad:
    """A department loads its items for all zones of the province, and reads returns only where its duty reaches."""

    def test_the_reach_of_loads_and_of_returns(self, world):
        customs = department_officer(world, Duty.CUSTOMS)
        load(customs, ("A1", "imports_exports", 5), ("C1", "imports_exports", 7), department="customs")
        assert Value.objects.filter(department="customs").count() == 2
        for code in ("A1", "C1"):
            world.add_return(code)
        assert [r.zone.code for r in Return.objects.visible_to(customs)] == ["C1"]

    @pytest.mark.parametrize("who", ["manager", "reviewer", "staff"])
    def test_nobody_else(self, world, who):
        with pytest.raises(PermissionDenied):
            load(getattr(world, who)(), ("A1", "tax_revenue", 1))

    def test_not_for_another_department(self, world, officer):
        with pytest.raises(PermissionDenied):
            load(officer, ("A1", "employees", 1), department="statistics")

    def test_who_works_for_two_says_for_which(self, world, officer):
        body = Organisation.objects.create(
            code="d2", name="统计局", kind="department", duty="statistics", parent=world.office
        )
        assert services.department_of(officer) == "taxation"
        Membership.objects.create(user=officer, organisation=body, role=Role.DEPARTMENT_OFFICER)
        both = User.objects.get(pk=officer.pk)
        with pytest.raises(MoveRefused):
            services.department_of(both)
        assert services.department_of(both, "statistics") == "statistics"


def test_a_merged_zone_is_asked_no_more(world):
    """Its successor answers for it from the day of the merger (二（一） P031), in the template as in the round."""
    before = {zone.code for zone in selectors.department_sheet(Duty.TAXATION, "2020").zones}
    with transaction.atomic():
        ZoneSuccession.objects.create(
            predecessor=world.zones["A2"],
            successor=world.zones["A1"],
            kind="merger",
            on=date(2020, 7, 1),
            share_pct=100,
            document="测试",
        )
    assert "A2" in before
    assert {zone.code for zone in selectors.department_sheet(Duty.TAXATION, "2020").zones} == before - {"A2"}
    assert "A2" in {zone.code for zone in selectors.department_sheet(Duty.TAXATION, "2019").zones}


def test_what_is_due_counts_the_cells_that_are_asked_and_no_others(world):
    """A figure of a zone without a plate at the end of the period is not one of those that are due."""
    gone = world.add_zone("X1", "cluster", valid_to=date(2019, 1, 1))
    for zone in (world.zones["A1"], gone):
        know(zone, "tax_revenue", 5)
    (due,) = selectors.department_due(Duty.TAXATION)
    assert (due.asked, due.known) == (4, 1)
