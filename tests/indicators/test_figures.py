"""Which figure counts, how figures stood at a moment, and how they follow merged and split zones."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.enums import Duty
from indicators import services
from indicators.enums import Channel, Frequency, Prevailing, RoundStatus, ValueSource, Verdict
from indicators.models import Indicator, Reconciliation, Return, Round, Value
from indicators.selectors import matrix, reporting_year, rollup
from indicators.selectors.figures import read_figures
from indicators.selectors.figures.cells import Cells
from indicators.selectors.figures.restating import restate, without_superseded
from parks.enums import ZoneClass
from parks.lineage import Lineage, Link
from parks.models import ZoneSuccession

YEAR = 2020


def known(world, zone, code, number, *, year=YEAR, part="", department=Duty.STATISTICS, synthetic=False):
    """A department's figure."""
    return Value.objects.create(
        zone=world.zones[zone],
        indicator=Indicator.objects.get(code=code),
        year=year,
        period=f"{year}{part}",
        number=Decimal(str(number)),
        source=ValueSource.DEPARTMENT,
        department=department,
        channel=Channel.DEPARTMENT,
        synthetic=synthetic,
    )


def decide(world, zone, code, reported, known_, verdict, *, year=YEAR, department=Duty.TAXATION):
    return Reconciliation.objects.create(
        zone=world.zones[zone],
        indicator=Indicator.objects.get(code=code),
        year=year,
        period=str(year),
        department=department,
        reported=reported,
        known=known_,
        verdict=verdict,
        reason="核对发票",
        decided_by=world.decider,
    )


def succession(world, predecessor, shares, on, kind="merger"):
    with transaction.atomic():
        ZoneSuccession.objects.bulk_create(
            ZoneSuccession(
                predecessor=world.zones[predecessor],
                successor=world.zones[heir],
                kind=kind,
                on=on,
                share_pct=share,
                document="测试",
            )
            for heir, share in shares.items()
        )


def figure(zone="A1", code="tax_revenue", year=YEAR, **options):
    table = matrix(codes=[code], **options)
    return table[code].get((zone, year), np.nan)


@pytest.fixture
def filed(world):
    """A1 reported 100 of tax; tax is the tax department's to know."""
    Indicator.objects.filter(code="tax_revenue").update(department=Duty.TAXATION, tolerance_pct=1)
    world.add_return("A1", status="accepted", values={"tax_revenue": 100, "built_area": 10})
    world.decider = world.staff("decider")
    return world


# ---- which of several counts ----------------------------------------------------------------------------------


def test_a_departments_figure_counts_where_the_park_has_none(filed):
    known(filed, "A2", "tax_revenue", 70, department=Duty.TAXATION)
    assert figure("A2") == 70
    assert figure("A1") == 100


def test_the_park_counts_beside_a_department_unless_the_department_prevails(filed):
    known(filed, "A1", "tax_revenue", 120, department=Duty.TAXATION)
    assert figure() == 100
    Indicator.objects.filter(code="tax_revenue").update(prevailing=Prevailing.DEPARTMENT)
    assert figure() == 120


@pytest.mark.parametrize(("number", "counts"), [(101, 100), ("101.02", "101.02"), (99, "99")])
def test_a_prevailing_department_counts_only_beyond_the_tolerance(filed, number, counts):
    Indicator.objects.filter(code="tax_revenue").update(prevailing=Prevailing.DEPARTMENT, tolerance_pct=1)
    known(filed, "A1", "tax_revenue", number, department=Duty.TAXATION)
    assert figure() == float(counts)


def test_of_two_departments_the_one_that_answers_for_the_item_counts(filed):
    known(filed, "A2", "tax_revenue", 1, department=Duty.STATISTICS)
    known(filed, "A2", "tax_revenue", 2, department=Duty.TAXATION)
    assert figure("A2") == 2


def test_a_department_counts_before_a_publication(filed):
    known(filed, "A2", "tax_revenue", 1)
    published = known(filed, "B1", "tax_revenue", 2)
    Value.objects.create(
        zone=filed.zones["A2"],
        indicator=published.indicator,
        year=YEAR,
        period=str(YEAR),
        number=9,
        source=ValueSource.PUBLISHED,
    )
    assert figure("A2") == 1


def test_a_decision_counts_as_long_as_both_figures_stand(filed):
    theirs = known(filed, "A1", "tax_revenue", 120, department=Duty.TAXATION)
    decide(filed, "A1", "tax_revenue", 100, 120, Verdict.DEPARTMENT)
    assert figure() == 120
    decide(filed, "A1", "tax_revenue", 100, 120, Verdict.PARK)  # the newest one holds
    assert figure() == 100
    decide(filed, "A1", "tax_revenue", 100, 120, Verdict.DEPARTMENT)
    Value.objects.filter(pk=theirs.pk).update(number=130, revision=2)
    assert figure() == 100  # decided on other figures: the item's own rule again
    Indicator.objects.filter(code="tax_revenue").update(prevailing=Prevailing.DEPARTMENT)
    assert figure() == 130


def test_a_decision_for_the_park_overrules_a_prevailing_department(filed):
    Indicator.objects.filter(code="tax_revenue").update(prevailing=Prevailing.DEPARTMENT)
    known(filed, "A1", "tax_revenue", 120, department=Duty.TAXATION)
    decide(filed, "A1", "tax_revenue", 100, 120, Verdict.PARK)
    assert figure() == 100
    assert matrix(codes=["tax_per_mu"])["tax_per_mu"].loc[("A1", YEAR)] == 10


def test_a_real_figure_counts_before_any_synthetic_one(filed):
    Indicator.objects.filter(code="tax_revenue").update(prevailing=Prevailing.DEPARTMENT)
    known(filed, "A1", "tax_revenue", 120, department=Duty.TAXATION, synthetic=True)
    decide(filed, "A1", "tax_revenue", 100, 120, Verdict.DEPARTMENT)
    assert figure() == 100
    filed.add_return("A2", status="accepted", values={"tax_revenue": 50}, synthetic=True)
    known(filed, "A2", "tax_revenue", 60)
    assert figure("A2") == 60
    assert matrix(codes=["tax_revenue"]).attrs["synthetic"] is False


def test_departments_decide_among_synthetic_figures_as_among_real_ones(filed):
    Indicator.objects.filter(code="tax_revenue").update(prevailing=Prevailing.DEPARTMENT)
    filed.add_return("A2", status="accepted", values={"tax_revenue": 50}, synthetic=True)
    known(filed, "A2", "tax_revenue", 60, department=Duty.TAXATION, synthetic=True)
    assert figure("A2") == 60
    assert matrix(codes=["tax_revenue"]).attrs["synthetic"] is True


def test_a_decision_on_a_figure_that_is_not_accepted_waits(filed):
    filed.add_return("A2", status="submitted", values={"tax_revenue": 50})
    known(filed, "A2", "tax_revenue", 60, department=Duty.TAXATION)
    decide(filed, "A2", "tax_revenue", 50, 60, Verdict.PARK)
    assert figure("A2") == 60
    assert figure("A2", accepted_only=False) == 50


def test_the_origin_and_the_mark_of_every_figure_are_known(filed):
    filed.add_return("A2", status="accepted", values={"tax_revenue": 50, "built_area": 5}, synthetic=True)
    theirs = known(filed, "A2", "tax_revenue", 60)
    figures = read_figures(codes=["tax_revenue", "built_area", "tax_per_mu"])
    assert figures.origin.loc[("A2", YEAR), "tax_revenue"] == theirs.pk
    assert figures.origin["tax_per_mu"].to_dict()[("A2", YEAR)] > 0  # of one of its parts
    assert figures.synthetic.loc[("A2", YEAR)].tolist() == [False, True, True]
    assert not figures.synthetic.loc[("A1", YEAR)].any()


# ---- quarters and months --------------------------------------------------------------------------------------


def quarter(world, zone, year, part, values):
    round_ = Round.objects.create(
        year=year,
        period=f"{year}{part}",
        frequency=Frequency.QUARTER,
        name=f"{year}{part}{zone}",
        status=RoundStatus.CLOSED,
        zone_classes=[ZoneClass.CLUSTER],
        opens_on=date(year, 4, 1),
        due_on=date(year, 4, 20),
    )
    return world.add_return(zone, round_, "accepted", values)


def test_a_part_of_the_year_is_read_by_itself_and_compared_with_the_same_part(filed):
    quarter(filed, "A1", 2019, "Q1", {"tax_revenue": 20})
    quarter(filed, "A1", 2020, "Q1", {"tax_revenue": 30})
    quarter(filed, "A1", 2020, "Q2", {"tax_revenue": 99})
    table = matrix(codes=["tax_revenue", "tax_growth"], part="Q1")
    assert table["tax_revenue"].tolist() == [20, 30]
    assert table.loc[("A1", 2020), "tax_growth"] == pytest.approx(50)
    assert figure() == 100
    assert matrix(codes=["tax_revenue"])["tax_revenue"].tolist() == [100]


def test_quarterly_returns_make_no_reporting_year(filed):
    quarter(filed, "A1", 2022, "Q1", {"tax_revenue": 20})
    assert reporting_year() == YEAR


# ---- as it stood ----------------------------------------------------------------------------------------------


def moment() -> datetime:
    """A moment between two transactions."""
    return timezone.now()


def test_the_matrix_as_it_stood_follows_entry_acceptance_and_deletion(transactional_db, world):
    before = moment()
    return_ = world.add_return("A1", values={"tax_revenue": 100})
    entered = moment()
    Value.objects.filter(return_ref=return_).update(number=110, revision=2)
    changed = moment()
    Return.objects.filter(pk=return_.pk).update(status="accepted")
    accepted = moment()
    published = Value.objects.create(
        zone=world.zones["A2"],
        indicator=Indicator.objects.get(code="tax_revenue"),
        year=YEAR,
        period=str(YEAR),
        number=7,
        source=ValueSource.PUBLISHED,
    )
    there = moment()
    published.delete()
    assert matrix(codes=["tax_revenue"], as_of=before, accepted_only=False).empty
    assert figure(as_of=entered, accepted_only=False) == 100
    assert figure(as_of=changed, accepted_only=False) == 110
    assert matrix(codes=["tax_revenue"], as_of=changed).empty  # not accepted by then
    assert figure(as_of=accepted) == 110
    assert figure("A2", as_of=there) == 7
    assert np.isnan(figure("A2", as_of=moment()))
    pd.testing.assert_frame_equal(matrix(as_of=moment()), matrix())


def test_the_matrix_as_it_stood_shows_both_sides_of_a_correction(transactional_db, world, sound, cells):
    return_ = world.add_return("A1", status="accepted", values=sound)
    before = moment()
    asked = services.correction_request(
        by=world.manager(), return_id=return_.pk, items=cells({"tax_revenue": 11900}), reason="补报", base_revision=1
    )
    requested = moment()
    services.correction_decide(by=world.staff(), correction_id=asked.pk, apply=True, reason="属实")
    assert figure(as_of=before) == figure(as_of=requested) == 12000
    assert figure(as_of=moment()) == figure() == 11900


def test_the_matrix_as_it_stood_counts_the_decisions_of_then(transactional_db, world):
    Indicator.objects.filter(code="tax_revenue").update(department=Duty.TAXATION)
    world.decider = world.staff("decider")
    world.add_return("A1", status="accepted", values={"tax_revenue": 100})
    known(world, "A1", "tax_revenue", 120, department=Duty.TAXATION)
    before = moment()
    decide(world, "A1", "tax_revenue", 100, 120, Verdict.DEPARTMENT)
    assert figure(as_of=before) == 100
    assert figure(as_of=moment()) == figure() == 120
    assert matrix(codes=["tax_revenue"], as_of=before - timedelta(days=1)).empty


# ---- merged and split zones -----------------------------------------------------------------------------------


@pytest.fixture
def years(world):
    """A1, A2 and B1 reported three years; tax of A1 is ten times its area's number."""
    for year, taxes in {2019: (100, 40, 10), 2020: (150, 50, 20), 2021: (180, 60, 30)}.items():
        round_ = world.round if year == YEAR else world.add_round(year)
        for zone, tax in zip(("A1", "A2", "B1"), taxes, strict=True):
            world.add_return(zone, round_, "accepted", {"tax_revenue": tax, "built_area": 10})
    return world


TODAY = date(2026, 1, 1)


def table(**options):
    return matrix(codes=["tax_revenue", "built_area", "tax_per_mu", "tax_growth"], **options)


def total(frame):
    return frame.groupby(level="year")["tax_revenue"].sum().to_dict()


def test_a_merged_zone_counts_no_longer_where_its_successor_reports(years):
    """A2 became part of A1 in the middle of 2021, and both filed for that year."""
    succession(years, "A2", {"A1": 100}, date(2021, 7, 1))
    figures = table()
    assert ("A2", 2021) not in figures.index
    assert total(figures) == {2019: 150, 2020: 220, 2021: 210}
    assert total(table(restated_on=TODAY)) == total(figures)


def test_a_merged_zone_still_counts_where_its_successor_is_silent(years):
    Value.objects.create(
        zone=years.zones["A2"],
        indicator=Indicator.objects.get(code="employees"),
        year=2021,
        period="2021",
        number=5,
        source=ValueSource.PUBLISHED,
    )
    succession(years, "A2", {"A1": 100}, date(2021, 1, 1))
    figures = matrix(codes=["tax_revenue", "employees"])
    assert figures.loc[("A2", 2021)].isna().tolist() == [True, False]
    restated = matrix(codes=["tax_revenue", "employees"], restated_on=TODAY)
    assert restated.loc[("A1", 2021)].tolist() == [180, 5]


def test_a_merger_is_restated_with_ratios_of_sums(years):
    succession(years, "A2", {"A1": 100}, date(2021, 1, 1))
    figures = read_figures(
        codes=["tax_revenue", "built_area", "tax_per_mu", "tax_growth"], zone_codes=["A1"], restated_on=TODAY
    )
    frame = figures.frame
    assert frame["tax_revenue"].tolist() == [140, 200, 180]
    assert frame["tax_per_mu"].tolist() == [7, 10, 18]  # 140 / 20, not the mean of 10 and 4
    assert frame["tax_growth"].tolist()[1:] == pytest.approx([100 * 60 / 140, -10])  # the same area in both years
    assert figures.restated == {("A1", 2019), ("A1", 2020)}
    assert figures.origin["tax_revenue"].tolist()[:2] == [0, 0]
    assert figures.origin["tax_revenue"].tolist()[2] > 0


def test_before_the_day_of_a_succession_nothing_is_restated(years):
    succession(years, "A2", {"A1": 100}, date(2021, 7, 1))
    pd.testing.assert_frame_equal(table(restated_on=date(2021, 6, 30)), table())


def test_a_stored_rate_or_a_yes_is_carried_to_nobody(years):
    Indicator.objects.filter(code="employees").update(unit="%")
    Indicator.objects.filter(code="enterprises").update(unit="是否")
    for zone, numbers in (("A1", {"employees": 60, "enterprises": 1}), ("A2", {"employees": 40, "enterprises": 1})):
        for code, number in numbers.items():
            Value.objects.create(
                zone=years.zones[zone], indicator=Indicator.objects.get(code=code), year=2020, period="2020",
                number=number, source=ValueSource.PUBLISHED,
            )  # fmt: skip
    succession(years, "A2", {"A1": 100}, date(2021, 1, 1))
    figures = matrix(codes=["employees", "enterprises", "tax_revenue"], restated_on=TODAY)
    assert figures.loc[("A1", 2020)].isna().tolist() == [True, True, False]


def test_a_split_parts_the_figures_by_share(years):
    years.add_zone("N1", "cluster")
    years.add_zone("N2", "cluster")
    succession(years, "A1", {"N1": 60, "N2": 40}, date(2022, 1, 1), kind="split")
    figures = table(restated_on=TODAY)
    assert figures.loc["N1"]["tax_revenue"].tolist() == [60, 90, 108]
    assert figures.loc["N2"]["tax_revenue"].tolist() == [40, 60, 72]
    assert figures.loc["N2"]["tax_per_mu"].tolist() == pytest.approx([10, 15, 18])
    assert "A1" not in figures.index.get_level_values("zone")
    assert total(figures) == total(table())


def test_a_chain_carries_to_its_end_or_to_where_it_stood(years):
    """A2 into B1 in 2021, B1 into A1 in 2022."""
    succession(years, "A2", {"B1": 100}, date(2021, 1, 1))
    succession(years, "B1", {"A1": 100}, date(2022, 1, 1))
    then, now = table(restated_on=date(2021, 12, 31)), table(restated_on=TODAY)
    assert then.loc["B1"]["tax_revenue"].tolist() == [50, 70, 30]
    assert now.loc["A1"]["tax_revenue"].tolist() == [150, 220, 210]
    assert total(then) == total(now) == total(table())


def test_a_figure_of_an_incomplete_area_makes_no_ratio(years):
    """X1 filed no area: the sum of taxes is told, tax per mu of the joint area is not."""
    years.add_zone("X1", "cluster")
    years.add_return("X1", years.round, "accepted", {"tax_revenue": 5})
    succession(years, "X1", {"A1": 100}, date(2021, 1, 1))
    figures = table(restated_on=TODAY)
    assert figures.loc[("A1", 2020), "tax_revenue"] == 155
    assert np.isnan(figures.loc[("A1", 2020), "tax_per_mu"])
    assert figures.loc[("A1", 2021), "tax_per_mu"] == 18
    assert figures.loc[("A1", 2019), "tax_per_mu"] == 10  # X1 was not there yet


def test_a_silent_predecessor_leaves_no_growth(years):
    years.add_zone("X1", "cluster")
    years.add_return("X1", years.add_round(2018), "accepted", {"tax_revenue": 5, "built_area": 1})
    succession(years, "X1", {"A1": 100}, date(2022, 1, 1))
    figures = table(restated_on=TODAY)
    assert figures.loc[("A1", 2021), "tax_revenue"] == 180  # all that is known
    assert np.isnan(figures.loc[("A1", 2021), "tax_growth"])


def test_a_quarter_of_the_year_of_a_merger_counts_until_its_day(years):
    for zone, tax in (("A1", 10), ("A2", 4)):
        quarter(years, zone, 2021, "Q2", {"tax_revenue": tax})
    succession(years, "A2", {"A1": 100}, date(2021, 7, 1))
    assert total(matrix(codes=["tax_revenue"], part="Q2")) == {2021: 14}
    assert total(matrix(codes=["tax_revenue"], part="Q2", restated_on=TODAY)) == {2021: 14}


def test_a_synthetic_predecessor_marks_the_restated_figure(years):
    years.add_zone("X1", "cluster")
    years.add_return("X1", years.round, "accepted", {"tax_revenue": 5}, synthetic=True)
    succession(years, "X1", {"A1": 100}, date(2021, 1, 1))
    figures = read_figures(codes=["tax_revenue"], zone_codes=["A1"], restated_on=TODAY)
    assert figures.synthetic["tax_revenue"].tolist() == [False, True, False]
    assert figures.frame.attrs["synthetic"] is True


def test_a_rollup_of_a_city_counts_a_merger_across_its_border_once(years):
    succession(years, "B1", {"A1": 100}, date(2021, 7, 1))
    by = {zone.code: zone.city.code for zone in years.zones.values()}
    rolled = rollup(table(), by)["tax_revenue"]
    assert rolled.groupby(level="year").sum().to_dict() == {2019: 150, 2020: 220, 2021: 240}


ZONES = ["A", "B", "C", "D", "E"]


@st.composite
def worlds(draw):
    """Figures of five zones over four years, blanks among them, and successions between the zones."""
    numbers = draw(
        st.lists(st.one_of(st.none(), st.integers(0, 1000)), min_size=len(ZONES) * 4, max_size=len(ZONES) * 4)
    )
    links = []
    days = draw(st.lists(st.dates(date(2018, 1, 1), date(2022, 12, 31)), min_size=4, max_size=4, unique=True))
    for place, (zone, day) in enumerate(zip(ZONES, sorted(days), strict=False)):
        heirs = draw(st.lists(st.sampled_from(ZONES[place + 1 :]), unique=True, max_size=2))
        first = draw(st.integers(1, 99)) if len(heirs) == 2 else 100
        shares = [first, 100 - first][: len(heirs)]
        links += [Link(zone, heir, day, share / 100) for heir, share in zip(heirs, shares, strict=True)]
    return [np.nan if number is None else float(number) for number in numbers], links


@settings(deadline=None)  # of how fast this machine is, nothing is claimed
@given(worlds(), st.dates(date(2017, 1, 1), date(2024, 1, 1)))
def test_totals_stay_whatever_is_restated(world, day):
    numbers, links = world
    index = pd.MultiIndex.from_product([ZONES, range(2018, 2022)], names=["zone", "year"])
    frame = pd.DataFrame({"x": numbers}, index=index).dropna()
    cells = Cells(frame, np.ones(frame.shape, dtype=np.int64), np.zeros(frame.shape, dtype=bool))
    once = without_superseded(cells, Lineage(links), "")
    since = dict.fromkeys(ZONES, 2018)
    lineage = Lineage(link for link in links if link.on <= day)
    restated, _whole, _rows = restate(once, lineage, "", since)
    before, after = (part.frame.groupby(level="year")["x"].sum() for part in (once, restated))
    pd.testing.assert_series_equal(before, after)
    assert not lineage.ended & set(restated.frame.index.get_level_values("zone"))


@given(worlds())
def test_shares_of_every_figure_add_up(world):
    _numbers, links = world
    lineage = Lineage(links)
    for zone in ZONES:
        for year in range(2017, 2024):
            assert sum(lineage.shares(zone, date(year, 12, 31)).values()) == pytest.approx(1)
