"""Roll-ups over counties, cities, classes and axes: ratios of sums, agreed splits, everything counted once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import transaction

from indicators.enums import Grouping
from indicators.models import Indicator
from indicators.selectors import matrix, rollup
from indicators.selectors.figures import Asked, figure_table, memberships, origins
from parks.enums import Certainty, DesignationLevel, RegionLevel, SpatialAxis, ZoneClass
from parks.models import Designation, Region, RegionAxis, StatisticalShare, ZoneSuccession

CODES = ["tax_revenue", "built_area", "tax_per_mu", "tax_growth"]


@pytest.fixture
def filed(world):
    """A1 in county 1 of city A, A2 in no known county, B1 (two classes) in city B, C1 (customs) in city B."""
    for number, city in ((1, "A"), (2, "A"), (3, "B")):
        world.regions[f"{city}{number}"] = Region.objects.create(
            code=f"41{ord(city):02d}{number:02d}",
            name=f"{city}{number}县",
            level=RegionLevel.COUNTY,
            kind="县",
            parent=world.regions[city],
            certainty=Certainty.A,
            source="test",
        )
    for zone, county in (("A1", "A1"), ("B1", "B3")):
        world.zones[zone].county = world.regions[county]
        world.zones[zone].save()
    for year, factor in ((2019, 1), (2020, 2)):
        round_ = world.round if year == 2020 else world.add_round(year)
        for zone, tax, area in (("A1", 100, 10), ("A2", 50, 20), ("B1", 30, 10), ("C1", 20, 5)):
            world.add_return(zone, round_, "accepted", {"tax_revenue": tax * factor, "built_area": area})
    return world


def rolled(level, **options):
    figures = matrix(codes=CODES, **options)
    return rollup(figures, memberships(level, figures.index))


def taxes(level, year=2020):
    return rolled(level)["tax_revenue"].xs(year, level="year").to_dict()


def split(world, zone, parts, year):
    with transaction.atomic():
        StatisticalShare.objects.bulk_create(
            StatisticalShare(
                zone=world.zones[zone],
                region=world.regions[region],
                from_year=year,
                share_pct=Decimal(part),
                document="协议",
            )
            for region, part in parts.items()
        )


def test_cities_sum_up_and_divide_sums(filed):
    city = filed.regions["A"].code
    table = rolled(Grouping.CITY)
    assert taxes(Grouping.CITY) == {city: 300, filed.regions["B"].code: 100}
    assert table.loc[(city, 2020), "tax_per_mu"] == 10  # 300 / 30, not the mean of 20 and 5
    assert table.loc[(city, 2020), "tax_growth"] == pytest.approx(100)


def test_zones_of_no_known_county_stand_in_a_group_of_their_own(filed):
    assert taxes(Grouping.COUNTY) == {
        filed.regions["A1"].code: 200, filed.regions["B3"].code: 60, "-": 140
    }  # fmt: skip
    assert sum(taxes(Grouping.COUNTY).values()) == sum(taxes(Grouping.PROVINCE).values()) == 400


def test_a_zone_of_two_classes_counts_in_both_and_once_in_the_province(filed):
    assert taxes(Grouping.CLASS) == {"cluster": 360, "etdz": 60, "customs": 40}
    assert taxes(Grouping.PROVINCE) == {"province": 400}


def test_classes_are_those_of_the_year(filed):
    Designation.objects.filter(zone=filed.zones["B1"], zone_class=ZoneClass.ETDZ).update(valid_to=date(2020, 6, 1))
    Designation.objects.create(
        code="A9", zone=filed.zones["A2"], zone_class=ZoneClass.HTZ, level=DesignationLevel.PROVINCIAL, name="A2高新区",
        valid_from=date(2020, 1, 1), name_certainty=Certainty.A, source_grade="official",
    )  # fmt: skip
    assert "etdz" in taxes(Grouping.CLASS, 2019)
    assert "etdz" not in taxes(Grouping.CLASS, 2020)
    assert taxes(Grouping.CLASS, 2020)["htz"] == 100
    assert "htz" not in taxes(Grouping.CLASS, 2019)


def test_an_agreed_split_counts_by_share_in_both_cities_from_its_year_on(filed):
    split(filed, "A1", {"A1": 60, "B3": 40}, 2020)
    a, b = filed.regions["A"].code, filed.regions["B"].code
    assert taxes(Grouping.CITY, 2019) == {a: 150, b: 50}
    assert taxes(Grouping.CITY) == {a: 220, b: 180}
    assert taxes(Grouping.COUNTY)[filed.regions["B3"].code] == 60 + 80
    assert sum(taxes(Grouping.COUNTY).values()) == sum(taxes(Grouping.CITY).values()) == 400
    table = rolled(Grouping.CITY)
    assert table.loc[(b, 2020), "tax_per_mu"] == pytest.approx(180 / (15 + 4))
    assert table.loc[(b, 2020), "tax_growth"] == pytest.approx(100)  # the same parts in both years


def test_a_later_split_takes_the_place_of_an_earlier_one(filed):
    split(filed, "A1", {"A1": 60, "B3": 40}, 2019)
    split(filed, "A1", {"A2": 10, "B3": 90}, 2020)
    assert taxes(Grouping.COUNTY, 2019)[filed.regions["A1"].code] == 60
    assert taxes(Grouping.COUNTY)[filed.regions["A2"].code] == 20
    assert filed.regions["A1"].code not in taxes(Grouping.COUNTY)


def test_axes_hold_what_the_office_placed_on_them_and_nothing_by_itself(filed):
    assert rolled(Grouping.AXIS).empty
    for region, axis in (("A", SpatialAxis.LONGHAI), ("A1", SpatialAxis.LONGHAI), ("A1", SpatialAxis.JINGGUANG)):
        RegionAxis.objects.create(region=filed.regions[region], axis=axis, document="会议纪要")
    assert taxes(Grouping.AXIS) == {"longhai": 300, "jingguang": 200}
    split(filed, "A1", {"A1": 60, "B3": 40}, 2020)
    assert taxes(Grouping.AXIS) == {"longhai": 220, "jingguang": 120}


def test_zones_are_their_own_groups(filed):
    assert taxes(Grouping.ZONE) == {"A1": 200, "A2": 100, "B1": 60, "C1": 40}
    with pytest.raises(ValueError, match="no grouping"):
        memberships("galaxy", matrix(codes=CODES).index)


def asked(world, level=Grouping.ZONE, **options):
    return Asked(
        zone_codes=options.pop("zones", list(world.zones)),
        indicators=list(Indicator.objects.filter(code__in=["tax_revenue", "tax_per_mu"])),
        years=[2020],
        level=level,
        **options,
    )


def test_the_table_names_its_lines_and_totals_every_figure_once(filed):
    table = figure_table(asked(filed, Grouping.CLASS), total="合计")
    assert [(line.code, line.zones, line.number("tax_revenue", 2020)) for line in table.lines] == [
        ("cluster", 3, 360), ("etdz", 1, 60), ("customs", 1, 40)
    ]  # fmt: skip
    assert table.total is not None
    assert (table.total.label, table.total.zones, table.total.number("tax_revenue", 2020)) == ("合计", 4, 400)
    assert table.total.number("tax_per_mu", 2020) == pytest.approx(400 / 45)
    assert figure_table(asked(filed, Grouping.COUNTY), unknown="不详").lines[-1].label == "不详"


def test_the_table_holds_no_more_than_the_zones_asked_for(filed):
    table = figure_table(asked(filed, zones=["A1"]))
    assert [line.code for line in table.lines] == ["A1"]
    assert table.total is not None
    assert table.total.number("tax_revenue", 2020) == 200
    values = origins(table.lines)
    assert {value.indicator.code for value in values.values()} <= {"tax_revenue", "built_area"}
    assert not figure_table(asked(filed, zones=[])).lines


def test_the_table_marks_what_is_synthetic_and_what_was_carried(filed):
    filed.add_zone("S1", "cluster")
    filed.add_return("S1", filed.round, "accepted", {"tax_revenue": 8, "built_area": 1}, synthetic=True)
    with transaction.atomic():
        ZoneSuccession.objects.create(
            predecessor=filed.zones["S1"], successor=filed.zones["A2"], kind="merger", on=date(2021, 1, 1),
            share_pct=100, document="测试",
        )  # fmt: skip
    plain = figure_table(asked(filed, Grouping.CITY))
    restated = figure_table(asked(filed, Grouping.CITY, restated_on=date(2022, 1, 1)))
    (line_a, line_b) = restated.lines
    assert (restated.synthetic, restated.restated, plain.restated) == (True, True, False)
    assert all(figure.synthetic and figure.restated for figure in line_a.figures.values())
    assert not any(figure.synthetic or figure.restated for figure in line_b.figures.values())
    assert plain.total is not None
    assert restated.total is not None
    assert plain.total.number("tax_revenue", 2020) == restated.total.number("tax_revenue", 2020) == 408


def test_the_queries_do_not_grow_with_zones(filed, django_assert_max_num_queries):
    with django_assert_max_num_queries(12) as few:
        figure_table(asked(filed, Grouping.COUNTY))
    for number in range(5):
        filed.add_zone(f"Y{number}", "cluster")
        filed.add_return(f"Y{number}", filed.round, "accepted", {"tax_revenue": number})
    with django_assert_max_num_queries(len(few)):
        figure_table(asked(filed, Grouping.COUNTY))
