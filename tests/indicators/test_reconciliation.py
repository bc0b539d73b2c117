"""Reported figures beside departments': differences, decisions, what counts (核对)."""

from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from accounts.enums import Duty
from accounts.models import Notice
from indicators import selectors, services
from indicators.exceptions import MoveRefused, RevisionConflict, ValueInvalid
from indicators.models import DataChange, Indicator, Reconciliation, Return, Value
from tests.indicators.test_departments import department_officer, know

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(world):
    return world.staff()


def item(code="tax_revenue", **changes):
    Indicator.objects.filter(code=code).update(**changes)
    return Indicator.objects.get(code=code)


def decide(
    by, zone, verdict="department", *, code="tax_revenue", period="2020", seen=(110, 100), reason="以税务征管数为准"
):
    return services.reconciliation_decide(
        by=by,
        zone=zone,
        indicator=item(code),
        period=period,
        verdict=verdict,
        reason=reason,
        seen=(Decimal(seen[0]), Decimal(seen[1])),
    )


def pair(user, zone, code="tax_revenue", period="2020"):
    found = {row.indicator.code: row for row in selectors.side_by_side(user, period=period, zone=zone)}
    return found[code]


def counted(code="tax_revenue", zone="A1"):
    return selectors.matrix(zone_codes=[zone], codes=[code], years=[2020])[code].get((zone, 2020))


class TestDifferences:
    def test_beyond_tolerance_the_worst_first(self, world, staff):
        for zone, reported, known in (("A1", 110, 100), ("A2", 100.5, 100), ("B1", 5, 100), ("C1", 3, 0)):
            world.add_return(zone, status="submitted", values={"tax_revenue": reported})
            know(world.zones[zone], "tax_revenue", known)
        rows = list(selectors.differences(staff))
        assert [row.zone.code for row in rows] == ["C1", "B1", "A1"]
        assert [(row.gap, row.share) for row in rows] == [(3, None), (-95, 95), (10, 10)]
        assert selectors.coverage(staff, "2020") == selectors.Coverage(compared=4, beyond=3, undecided=3)

    def test_database_and_code_measure_alike(self, world, staff):
        cases = [
            (101, 100, 1), ("101.0001", 100, 1), (99, 100, 1), ("98.9999", 100, 1), (-101, -100, 1), ("-101.0001", -100, 1),
            (0, 0, 1), ("0.0001", 0, 1), (100, 100, 0), ("100.0001", 100, 0), (1, -1, 100), (1, -1, 200),
        ]  # fmt: skip
        zone = world.zones["A1"]
        reported = world.add_return(status="submitted", values={"tax_revenue": 1}).values.get()
        known = know(zone, "tax_revenue", 1)
        for revision, (ours, theirs, tolerance) in enumerate(cases, start=2):
            item(tolerance_pct=tolerance)
            Value.objects.filter(pk=reported.pk).update(number=ours, revision=revision)
            Value.objects.filter(pk=known.pk).update(number=theirs, revision=revision)
            assert selectors.differences(staff).exists() == pair(staff, zone).beyond, (ours, theirs, tolerance)

    def test_drafts_are_nobodys_business(self, world, staff):
        return_ = world.add_return(values={"tax_revenue": 110})
        know(world.zones["A1"], "tax_revenue", 100)
        assert not selectors.differences(staff).exists()
        assert pair(staff, world.zones["A1"]).state == "missing_park"
        Return.objects.filter(pk=return_.pk).update(status="submitted")
        assert selectors.differences(staff).exists()

    def test_a_draft_of_another_period_is_no_matter(self, world, staff):
        world.add_return(status="submitted", values={"tax_revenue": 110})
        world.add_return(round_=world.add_round(2021), values={"tax_revenue": 120})
        for period in ("2020", "2021"):
            know(world.zones["A1"], "tax_revenue", 100, period=period)
        assert [(row.period, row.reported) for row in selectors.differences(staff)] == [("2020", 110)]

    def test_demonstration_is_compared_with_demonstration(self, world, staff):
        world.add_return(status="submitted", values={"tax_revenue": 110}, synthetic=True)
        know(world.zones["A1"], "tax_revenue", 100)
        assert not selectors.differences(staff).exists()

    def test_rounding(self, world, staff):
        for zone, reported, known in (("A1", 11, 10), ("A2", 12, 10)):
            world.add_return(zone, status="submitted", values={"enterprises": reported})
            know(world.zones[zone], "enterprises", known)
        assert {row.zone.code: row.rounding for row in selectors.differences(staff)} == {"A1": True, "A2": False}

    def test_pages_of_pairs_in_a_constant_number_of_queries(self, world, staff, django_assert_num_queries):
        for zone in ("A1", "A2", "B1"):
            world.add_return(zone, status="submitted", values={"tax_revenue": 110})
            know(world.zones[zone], "tax_revenue", 100)
        differing = selectors.differences(staff)
        with django_assert_num_queries(3):
            pairs = selectors.pairs_of(differing)
            assert {(p.zone.city.name, p.gap, p.state) for p in pairs} == {
                ("A市", 10, "difference_open"),
                ("B市", 10, "difference_open"),
            }


class TestWhoSees:
    def test_each_their_own(self, world, staff):
        tax, customs = department_officer(world, Duty.TAXATION), department_officer(world, Duty.CUSTOMS)
        for zone in ("A1", "B1", "C1"):
            values = {"tax_revenue": 110, "imports_exports": 110}
            world.add_return(zone, status="submitted", values=values)
            for code in values:
                know(world.zones[zone], code, 100)

        def seen(user):
            return {(row.zone.code, row.indicator.code) for row in selectors.differences(user)}

        both = {"tax_revenue", "imports_exports"}
        assert seen(staff) == {(zone, code) for zone in ("A1", "B1", "C1") for code in both}
        assert seen(world.reviewer("B")) == {(zone, code) for zone in ("B1", "C1") for code in both}
        assert seen(world.manager("A1")) == {("A1", code) for code in both}
        assert seen(tax) == {(zone, "tax_revenue") for zone in ("A1", "B1", "C1")}
        assert seen(customs) == {("C1", "imports_exports")}  # the returns of other zones are not open to it

    def test_side_by_side_keeps_to_the_same(self, world):
        world.add_return("A1", status="submitted", values={"tax_revenue": 110})
        know(world.zones["A1"], "tax_revenue", 100)
        know(world.zones["A1"], "imports_exports", 100)
        tax, manager = department_officer(world, Duty.TAXATION), world.manager("A1")
        zone = world.zones["A1"]
        assert [p.indicator.code for p in selectors.side_by_side(manager, period="2020", zone=zone)] == [
            "tax_revenue", "imports_exports"]  # fmt: skip
        assert [p.indicator.code for p in selectors.side_by_side(tax, period="2020", zone=zone)] == ["tax_revenue"]
        assert [p.zone.code for p in selectors.side_by_side(manager, period="2020", indicator=item())] == ["A1"]


class TestSides:
    def test_missing_on_either_side(self, world, staff):
        world.add_return("A1", status="submitted", values={"tax_revenue": 110})
        know(world.zones["A2"], "tax_revenue", 100)
        states = {p.zone.code: p.state for p in selectors.side_by_side(staff, period="2020", indicator=item())}
        assert states == {
            "A1": "missing_department", "A2": "missing_park", "B1": "missing_both", "C1": "missing_both"}  # fmt: skip

    def test_within_equal_beyond(self, world, staff):
        for zone, known in (("A1", 100), ("A2", 109), ("B1", 110)):
            world.add_return(zone, status="submitted", values={"tax_revenue": 110})
            know(world.zones[zone], "tax_revenue", known)
        states = {p.zone.code: p.state for p in selectors.side_by_side(staff, period="2020", indicator=item())}
        assert states == {
            "A1": "difference_open",
            "A2": "difference_within",
            "B1": "difference_none",
            "C1": "missing_both",
        }


class TestDecide:
    @pytest.fixture(autouse=True)
    def figures(self, world):
        self.zone = world.zones["A1"]
        self.return_ = world.add_return("A1", status="submitted", values={"tax_revenue": 110})
        self.known = know(self.zone, "tax_revenue", 100)

    def test_for_the_department_tells_park_and_city(self, world, staff):
        manager, reviewer, other = world.manager(), world.reviewer(), world.manager("A2")
        made = decide(staff, self.zone)
        assert (made.reported, made.known, made.department, made.decided_by) == (110, 100, "taxation", staff)
        assert {n.recipient for n in Notice.objects.filter(kind="reconciliation")} == {manager, reviewer}
        assert not other.notices.exists()
        notice = manager.notices.get()
        assert "110 → 100" in notice.text
        assert notice.url == "/reconciliation/zones/A1/?period=2020"
        assert DataChange.objects.filter(year=2020).exists()
        assert [row.state for row in selectors.differences(staff)] == ["decided"]

    def test_for_the_park_tells_nobody(self, world, staff):
        world.manager()
        decide(staff, self.zone, "park")
        assert not Notice.objects.exists()

    def test_a_later_decision_supersedes(self, world, staff):
        decide(staff, self.zone)
        decide(staff, self.zone, "park")
        assert pair(staff, self.zone).decision.verdict == "park"
        assert [row.verdict for row in selectors.decisions_on(pair(staff, self.zone))] == ["park", "department"]

    @pytest.mark.parametrize("side", ["reported", "known"])
    def test_it_is_void_once_a_figure_changes(self, world, staff, side):
        decide(staff, self.zone)
        changed = self.known if side == "known" else self.return_.values.get()
        Value.objects.filter(pk=changed.pk).update(number=120, revision=2)
        shown = pair(staff, self.zone)
        assert (shown.state, shown.holds) == ("difference_void", False)
        assert [row.state for row in selectors.differences(staff)] == ["void"]

    def test_stale_figures_conflict_with_what_stands(self, world, staff):
        with pytest.raises(RevisionConflict, match=r"110.*100"):
            decide(staff, self.zone, seen=(110, 99))
        assert not Reconciliation.objects.exists()

    @pytest.mark.parametrize(("verdict", "reason"), [("department", " "), ("both", "理由")])
    def test_reason_and_verdict(self, world, staff, verdict, reason):
        with pytest.raises(MoveRefused):
            decide(staff, self.zone, verdict, reason=reason)

    def test_nothing_to_decide(self, world, staff):
        with pytest.raises(MoveRefused):
            decide(staff, world.zones["A2"])
        Value.objects.filter(pk=self.known.pk).update(number=110, revision=2)
        with pytest.raises(MoveRefused):
            decide(staff, self.zone, seen=(110, 110))

    @pytest.mark.parametrize("who", ["manager", "reviewer"])
    def test_only_the_office(self, world, who):
        with pytest.raises(PermissionDenied):
            decide(getattr(world, who)(), self.zone)

    def test_decisions_are_kept_for_ever(self, world, staff):
        made = decide(staff, self.zone)
        for act in (lambda: Reconciliation.objects.update(verdict="park"), made.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                act()


class TestDecideMany:
    @pytest.fixture(autouse=True)
    def figures(self, world):
        for zone in ("A1", "A2", "B1"):
            world.add_return(zone, status="submitted", values={"tax_revenue": 110, "enterprises": 11})
            know(world.zones[zone], "tax_revenue", 100)
            know(world.zones[zone], "enterprises", 10)

    def decide(self, by, differing, shown=None):
        shown = shown or services.fingerprint(selectors.pairs_of(differing))
        return services.reconciliations_decide(
            by=by, differing=differing, verdict="department", reason="四舍五入之差", shown=shown
        )

    def test_all_of_rounding(self, world, staff):
        manager, reviewer = world.manager(), world.reviewer()
        made = self.decide(staff, selectors.differences(staff).filter(rounding=True))
        assert {(row.zone.code, row.indicator.code) for row in made} == {(z, "enterprises") for z in ("A1", "A2", "B1")}
        assert selectors.coverage(staff, "2020") == selectors.Coverage(6, 6, 3)
        assert manager.notices.count() == reviewer.notices.count() == 1
        assert "2 个园区 2 项" in reviewer.notices.get().title

    def test_what_was_previewed_is_what_is_decided(self, world, staff):
        differing = selectors.differences(staff).filter(rounding=True)
        shown = services.fingerprint(selectors.pairs_of(differing))
        Value.objects.filter(zone=world.zones["A1"], source="department", indicator__code="enterprises").update(
            number=12, revision=2
        )
        with pytest.raises(RevisionConflict):
            self.decide(staff, differing, shown)

    def test_nothing_found(self, world, staff):
        with pytest.raises(MoveRefused):
            self.decide(staff, selectors.differences(staff).filter(zone__code="C1"), "x")


class TestWhatCounts:
    """The page says what the matrix does, in every case of the precedence."""

    def test_page_and_matrix_agree(self, world, staff):
        items = {"park": item(prevailing="park"), "department": item("employees", prevailing="department")}
        cases = list(
            product(["submitted", "accepted"], [None, 100, "109.5"], [None, "park", "department", "void"], [110, None])
        )
        returns = {}
        for number, (status, known, verdict, reported) in enumerate(cases):
            zone = world.add_zone(f"P{number:03d}", "cluster")
            values = {item.code: reported for item in items.values()} if reported else {}
            returns[zone] = world.add_return(zone.code, status="submitted", values=values), status
            for indicator in items.values():
                value = known and know(zone, indicator.code, known)
                if known and verdict and reported:
                    chosen = "department" if verdict == "void" else verdict
                    decide(staff, zone, chosen, code=indicator.code, seen=(110, known))
                    if verdict == "void":
                        Value.objects.filter(pk=value.pk).update(number=value.number - 1, revision=2)
        for return_, status in returns.values():
            Return.objects.filter(pk=return_.pk).update(status=status)
        for prevailing, indicator in items.items():
            figures = selectors.matrix(codes=[indicator.code], years=[2020])[indicator.code]
            shown = {p.zone: p for p in selectors.side_by_side(staff, period="2020", indicator=indicator)}
            for zone, case in zip(returns, cases, strict=True):
                counted = figures.get((zone.code, 2020))
                page = shown[zone].counted
                assert (page and page.number) == (counted and Decimal(str(counted))), (
                    prevailing,
                    case,
                    shown[zone].why,
                )
                assert bool(shown[zone].why) == bool(page or shown[zone].reported)

    def test_a_real_figure_before_a_demonstration_one(self, world, staff):
        world.add_return("A1", status="accepted", values={"tax_revenue": 110}, synthetic=True)
        know(world.zones["A1"], "tax_revenue", 100)
        assert pair(staff, world.zones["A1"]).counted.number == counted() == 100


class TestTolerance:
    def test_the_office_sets_it_and_floors_above_hear_of_it(self, world, staff):
        know(world.zones["A1"], "tax_revenue", 100)
        services.tolerance_save(by=staff, indicator=item(), tolerance_pct=Decimal("2.5"), prevailing="department")
        assert (item().tolerance_pct, item().prevailing) == (Decimal("2.5"), "department")
        assert list(DataChange.objects.values_list("year", flat=True)) == [2020]
        services.tolerance_save(by=staff, indicator=item(), tolerance_pct=Decimal("2.5"), prevailing="department")
        assert DataChange.objects.count() == 1

    @pytest.mark.parametrize(("tolerance", "prevailing"), [("-1", "park"), ("1000", "park"), ("1", "nobody")])
    def test_what_is_no_tolerance(self, world, staff, tolerance, prevailing):
        with pytest.raises(ValueInvalid):
            services.tolerance_save(by=staff, indicator=item(), tolerance_pct=Decimal(tolerance), prevailing=prevailing)

    def test_nobody_else(self, world):
        with pytest.raises(PermissionDenied):
            services.tolerance_save(by=world.reviewer(), indicator=item(), tolerance_pct=Decimal(1), prevailing="park")
