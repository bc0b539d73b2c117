from decimal import Decimal

import pandas as pd
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from indicators import services
from indicators.enums import ReturnStatus
from indicators.models import Indicator, ReturnAct, Value
from indicators.selectors import (
    acts_intact,
    asked_indicators,
    completeness,
    matrix,
    return_sheet,
    rollup,
    synthetic_zones,
)


def published(world, zone, code, number, year=2019, period=None):
    return Value.objects.create(
        zone=world.zones[zone],
        indicator=Indicator.objects.get(code=code),
        year=year,
        period=period or str(year),
        number=Decimal(str(number)),
        source="published",
    )


def accepted(world, zone, year, values, *, synthetic=False):
    round_ = world.round if year == world.round.year else (world.rounds.get(year) or world.add_round(year))
    world.rounds[year] = round_
    return world.add_return(zone, round_, "accepted", values, synthetic=synthetic)


@pytest.fixture
def figures(world):
    world.rounds = {}
    accepted(world, "A1", 2019, {"tax_revenue": 100, "built_area": 10})
    accepted(world, "A1", 2020, {"tax_revenue": 150, "built_area": 20})
    accepted(world, "A2", 2019, {"tax_revenue": 300, "built_area": 10})
    accepted(world, "A2", 2020, {"tax_revenue": 300})
    accepted(world, "B1", 2020, {"tax_revenue": 50, "built_area": 5})
    return world


# ---- matrix ---------------------------------------------------------------------------------------------------


def test_the_matrix_holds_accepted_figures_and_derives_the_rest(figures):
    figures.add_return("C1", values={"tax_revenue": 9}, status="city_accepted")
    table = matrix(codes=["tax_revenue", "tax_per_mu", "tax_growth"])
    assert list(table.columns) == ["tax_revenue", "tax_per_mu", "tax_growth"]
    assert list(table.index) == [("A1", 2019), ("A1", 2020), ("A2", 2019), ("A2", 2020), ("B1", 2020)]
    assert table.index.names == ["zone", "year"]
    assert table["tax_per_mu"].tolist()[:3] == [10, 7.5, 30]
    assert table["tax_growth"].loc[[("A1", 2020), ("A2", 2020)]].tolist() == pytest.approx([50, 0])
    assert table["tax_per_mu"].isna()[("A2", 2020)]  # no area, so no figure per area
    assert table["tax_growth"].isna()[("B1", 2020)]
    assert table.attrs["synthetic"] is False
    everything = matrix(codes=["tax_revenue"], accepted_only=False)
    assert everything.loc[("C1", 2020), "tax_revenue"] == 9


def test_the_matrix_is_cut_to_zones_and_years_but_growth_still_looks_back(figures):
    table = matrix(zone_codes=["A1"], codes=["tax_growth"], years=[2020])
    assert list(table.index) == [("A1", 2020)]
    assert table.loc[("A1", 2020), "tax_growth"] == pytest.approx(50)
    assert matrix(zone_codes=["A1"], years=[2031]).empty


def test_the_whole_catalogue_is_the_default(figures):
    table = matrix()
    zone_codes = Indicator.objects.for_zones().values_list("code", flat=True)
    assert list(table.columns) == list(zone_codes)
    base = matrix(derived=False)
    assert list(base.columns) == list(Indicator.objects.for_zones().base().values_list("code", flat=True))


def test_a_matrix_of_base_items_alone_keeps_its_index(figures):
    table = matrix(codes=["tax_revenue"])
    assert table.index.names == ["zone", "year"]
    assert table.loc[("B1", 2020), "tax_revenue"] == 50


def test_an_empty_matrix_has_its_columns(world):
    table = matrix(codes=["tax_revenue", "tax_growth"])
    assert table.empty
    assert list(table.columns) == ["tax_revenue", "tax_growth"]
    assert rollup(table, {"A1": "A"}).empty


def test_an_unknown_code_is_named(world):
    with pytest.raises(KeyError, match="no_such"):
        matrix(codes=["no_such"])
    with pytest.raises(KeyError, match="new_rd_bodies"):  # province-wide
        matrix(codes=["new_rd_bodies"])


def test_real_prevails_over_published_and_published_over_synthetic(figures):
    published(figures, "A1", "tax_revenue", 999)
    accepted(figures, "C1", 2019, {"tax_revenue": 1, "employees": 7}, synthetic=True)
    published(figures, "C1", "tax_revenue", 2)
    published(figures, "C1", "employees", 3, period="2019Q1")  # not a whole year
    table = matrix(codes=["tax_revenue", "employees"], years=[2019])
    assert table.loc[("A1", 2019), "tax_revenue"] == 100
    assert table.loc[("C1", 2019)].tolist() == [2, 7]
    assert table.attrs["synthetic"] is True
    assert matrix(codes=["tax_revenue"], years=[2019]).attrs["synthetic"] is False
    assert synthetic_zones(2019) == {"C1"}
    assert synthetic_zones(2020) == set()


def test_missing_is_missing_and_zero_is_zero(figures):
    accepted(figures, "C1", 2019, {"tax_revenue": 0, "employees": None})
    table = matrix(zone_codes=["C1"], codes=["tax_revenue", "employees", "labour_productivity"], years=[2019])
    assert table["tax_revenue"].tolist() == [0]
    assert table[["employees", "labour_productivity"]].isna().all(axis=None)


def test_the_matrix_takes_the_same_queries_for_more_figures(figures, django_assert_num_queries):
    with django_assert_num_queries(4):
        matrix()
    for number in range(5):
        figures.add_zone(f"Y{number}", "cluster")
        accepted(figures, f"Y{number}", 2019, {"tax_revenue": number})
    with django_assert_num_queries(4):
        matrix()


# ---- roll-ups -------------------------------------------------------------------------------------------------


def test_a_rollup_sums_parts_first(figures):
    table = matrix(codes=["tax_revenue", "built_area", "tax_per_mu", "tax_growth"])
    rolled = rollup(table, {"A1": "A", "A2": "A"})
    assert list(rolled.index) == [("A", 2019), ("A", 2020)]
    assert rolled["tax_revenue"].tolist() == [400, 450]
    assert rolled["tax_per_mu"].tolist() == [20, 7.5]  # 400 / 20, not the mean of 10 and 30; A2 has no area in 2020
    assert rolled.loc[("A", 2020), "tax_growth"] == pytest.approx(12.5)
    assert rolled["tax_growth"].isna()[("A", 2019)]


def test_growth_of_a_group_compares_the_same_zones(figures):
    table = matrix(codes=["tax_revenue", "tax_growth"])
    rolled = rollup(table, {"A1": "all", "A2": "all", "B1": "all"})
    assert rolled.loc[("all", 2020), "tax_revenue"] == 500
    assert rolled.loc[("all", 2020), "tax_growth"] == pytest.approx(12.5)  # B1 has no year before


def test_a_sum_of_nothing_is_missing(figures):
    table = matrix(codes=["built_area", "tax_revenue"], zone_codes=["A2"])
    assert rollup(table, {"A2": "x"})["built_area"].isna()[("x", 2020)]


def test_a_stored_rate_is_not_summed(catalogue):
    index = pd.MultiIndex.from_product([["A1", "A2"], [2020]], names=["zone", "year"])
    frame = pd.DataFrame({"land_evaluation_built_share": [76.92, 80.0], "built_area": [1.0, 2.0]}, index=index)
    rolled = rollup(frame, {"A1": "A", "A2": "A"})
    assert rolled.loc[("A", 2020), "built_area"] == 3
    assert rolled["land_evaluation_built_share"].isna().all()


def test_a_rollup_without_the_parts_of_a_column_is_a_mistake(figures):
    with pytest.raises(KeyError):
        rollup(matrix(codes=["tax_per_mu"]), {"A1": "A"})


# ---- the form -------------------------------------------------------------------------------------------------


def cells_of(sheet):
    return {cell.indicator.code: cell for cell in sheet.cells}


def test_a_return_asks_for_what_its_zone_and_round_have_in_common(world):
    returns = [world.add_return(zone) for zone in ("A1", "B1", "C1")]
    asked = {r.zone.code: {i.code for i in items} for r in returns for items in [asked_indicators(returns)[r.pk]]}
    assert "customs_tax" in asked["C1"]
    assert "customs_tax" not in asked["A1"]
    assert {"gdp", "development_area"} <= asked["B1"]  # ETDZ and cluster
    assert "gdp" not in asked["A1"]
    assert not any(code in codes for codes in asked.values() for code in ("tax_per_mu", "new_rd_bodies"))
    narrow = world.add_round(2018, classes=["cluster"], codes=["tax_revenue", "customs_tax", "gdp"])
    return_ = world.add_return("B1", narrow)
    assert [i.code for i in asked_indicators([return_])[return_.pk]] == ["tax_revenue"]  # this round asks clusters only


def test_the_sheet_shows_years_before_peers_and_findings(figures):
    accepted(figures, "A1", 2018, {"tax_revenue": 80})
    next_year = figures.add_round(2021)
    figures.add_zone("Z9", "customs")
    for code, tax in (("P1", 100), ("P2", 200)):
        figures.add_zone(code, "cluster")
        accepted(figures, code, 2020, {"tax_revenue": tax})
    return_ = figures.add_return("A1", next_year, values={"tax_revenue": 300, "exports": 6, "imports_exports": 5})
    sheet = return_sheet(return_)
    cell = cells_of(sheet)["tax_revenue"]
    assert (cell.value.number, cell.last, cell.before, cell.change) == (300, 150, 100, pytest.approx(100))
    assert cell.peer_median == 150  # of 150, 300, 50, 100 and 200, the clusters of 2020
    assert cells_of(sheet)["built_area"].peer_median is None  # of two, it would tell the other's figure
    assert [f.rule for f in cells_of(sheet)["exports"].findings] == ["R11"]
    assert [f.rule for f in cells_of(sheet)["imports_exports"].findings] == ["R11"]
    assert cells_of(sheet)["employees"].value is None
    assert (sheet.filled, sheet.total) == (3, len(asked_indicators([return_])[return_.pk]))
    assert {f.rule for f in sheet.to_mend} == {"Q01", "R11"}
    assert [s.dimension for s in sheet.sections][:2] == ["scale", "quality"]
    derived = {line.indicator.code: line for line in sheet.derived}
    assert (derived["tax_growth"].number, derived["tax_growth"].last) == (pytest.approx(100), pytest.approx(50))
    assert (derived["tax_per_mu"].number, derived["tax_per_mu"].last) == (None, 7.5)
    assert "co2_intensity" not in derived


def test_the_sheet_of_an_untouched_return_in_the_first_year(world):
    sheet = return_sheet(world.add_return("C1"))
    assert sheet.filled == 0
    assert all(c.last is c.before is c.change is c.peer_median is None for c in sheet.cells)
    assert all(line.number is None for line in sheet.derived)


def test_an_emptied_cell_is_not_filled(world):
    return_, by = world.add_return(), world.manager()
    for base, number in enumerate([Decimal(5), None]):
        services.value_save(by=by, return_id=return_.pk, indicator_code="employees", number=number, base_revision=base)
    assert return_sheet(return_).filled == 0


def test_a_sheet_takes_the_same_queries_for_more_figures(figures, sound):
    next_year = figures.add_round(2021)
    few = figures.add_return("A1", next_year, values={"tax_revenue": 300})
    many = figures.add_return("A2", next_year, values=sound)

    def queries(return_):
        with CaptureQueriesContext(connection) as asked:
            return_sheet(return_)
        return len(asked)

    first = queries(few)
    for number in range(5):
        figures.add_zone(f"Y{number}", "cluster")
        accepted(figures, f"Y{number}", 2020, sound)
    assert queries(many) == first
    assert queries(few) == queries(many) < first  # what stands behind the form is kept


# ---- the board ------------------------------------------------------------------------------------------------


def test_the_board_counts_by_city_status_and_lateness(world, sound):
    items = 2
    round_ = world.add_round(2018, codes=["tax_revenue", "employees"])
    world.add_zone("A3", "cluster")
    world.add_return("A1", round_)  # not started, and long past its due date
    world.add_return("A2", round_, "returned", {"tax_revenue": 5})
    world.add_return("A3", round_, "draft", {"tax_revenue": 5, "employees": None})
    world.add_return("B1", round_, "accepted", {"tax_revenue": 5, "employees": 6})
    board = completeness(round_, world.staff())
    first, second = board.rows
    assert (first.city.name, second.city.name) == ("A市", "B市")
    assert first.counts == dict.fromkeys(["not_started", *ReturnStatus.values], 0) | {
        "not_started": 1,
        "draft": 1,
        "returned": 1,
    }
    assert (first.total, first.late, first.filled, first.asked) == (3, 3, 2, 3 * items)
    assert (second.counts["accepted"], second.late, second.percent) == (1, 0, 100)
    assert (board.total.total, board.total.filled, board.total.asked) == (4, 4, 8)
    assert board.total.percent == 50
    assert board.total.city is None


def test_the_board_shows_only_ones_territory(world):
    world.add_return("A1")
    world.add_return("B1")
    assert [row.city.name for row in completeness(world.round, world.reviewer("B")).rows] == ["B市"]
    nobody = world.user("nobody", Role.ADMINISTRATOR, world.office)
    board = completeness(world.round, nobody)
    assert (board.rows, board.total.total, board.total.percent) == ([], 0, None)


def test_the_board_takes_the_same_queries_for_more_returns(world, django_assert_num_queries):
    staff = world.staff()
    _ = staff.current_memberships
    world.add_return("A1")
    with django_assert_num_queries(3):
        completeness(world.round, staff)
    for zone in ("A2", "B1", "C1"):
        world.add_return(zone, values={"tax_revenue": 1})
    with django_assert_num_queries(3):
        completeness(world.round, staff)


# ---- histories ------------------------------------------------------------------------------------------------


def test_a_return_without_acts_has_an_intact_chain(world):
    return_ = world.add_return()
    assert acts_intact(return_)
    ReturnAct.objects.create(
        return_ref=return_, kind="opened", actor=None, at="2021-01-01T00:00Z", return_revision=1, digest="0" * 64
    )
    assert not acts_intact(return_)
