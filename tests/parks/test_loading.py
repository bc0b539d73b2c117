"""The registry of the pack: what it holds, that loading twice changes nothing, that every fault is named."""

import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Duty, OrganisationKind
from accounts.models import Organisation
from common.packs import Fault
from parks import loading, selectors
from parks.dates import first_day
from parks.enums import DesignationLevel, EventKind, ZoneClass
from parks.models import Designation, Region, Zone, ZoneEvent

PACK = Path(__file__).resolve().parents[2] / "packs" / "henan-2017"
END_OF_2017 = date(2017, 12, 31)
DEMOTED = {"Z042", "Z080", "Z089", "Z090", "Z102", "Z118", "Z219"}


@pytest.fixture
def registry(db: None) -> dict[str, int]:
    """The registry alone in an empty database; the counts that loading reported."""
    return loading.load(PACK)


def test_counts(registry: dict[str, int]) -> None:
    """222 entries of the register and the national plate of 2022; 24 of them hang on the area of another."""
    assert registry == {
        "Organisation": Organisation.objects.count(),
        "Region": 184,
        "Zone": 199,
        "Designation": 223,
        "ZoneAlias": 8,
        "ZoneEvent": 130,
        "ZoneSuccession": 0,  # no source tells of any, nor which counties share
        "StatisticalShare": 0,
        "RegionAxis": 2,  # Zhengzhou, which the policy names in two axes
    }
    assert Designation.objects.exclude(code="Z036N").count() == 222


def test_regions_of_2017(registry: dict[str, int]) -> None:
    valid = Region.objects.valid_on(END_OF_2017)
    assert valid.county_level().count() == 158
    assert Region.objects.cities().count() == 18
    assert all(city.name_en and city.office for city in Region.objects.cities())
    assert valid.exclude(province_managed_from=None).count() == 10


def test_codes_changed_and_name_their_successors(registry: dict[str, int]) -> None:
    mengjin = Region.objects.get(code="410322")
    assert (mengjin.valid_from_year, mengjin.valid_to_year) == (1983, 2021)
    assert [region.code for region in mengjin.successors.all()] == ["410308"]
    codes = set(Region.objects.valid_on(date(2020, 6, 1)).values_list("code", flat=True))
    assert {"410322", "410783", "411603"} <= codes
    assert not {"410308", "410728", "411626"} & codes
    # A piece of 淮阳县 had gone to 川汇区 in 2004; the county itself became 淮阳区.
    assert [region.code for region in Region.objects.get(code="411626").successors.all()] == ["411603"]


def test_a_county_under_a_new_code_keeps_its_office(registry: dict[str, int]) -> None:
    old, new = Region.objects.get(code="410728"), Region.objects.get(code="410783")
    assert old.office == new.office
    assert old.office is not None


def test_designations_in_force_at_the_end_of_2017(registry: dict[str, int]) -> None:
    plates = Designation.objects.in_force_on(END_OF_2017)
    counts = {pair: plates.filter(zone_class=pair[0], level=pair[1]).count() for pair in selectors.SUMMARY_PLATES}
    assert counts == {
        (ZoneClass.CLUSTER, DesignationLevel.PROVINCE_DESIGNATED): 179,  # as many as were ranked for that year
        (ZoneClass.ETDZ, DesignationLevel.NATIONAL): 9,
        (ZoneClass.ETDZ, DesignationLevel.PROVINCIAL): 8,
        (ZoneClass.HTZ, DesignationLevel.NATIONAL): 7,
        (ZoneClass.HTZ, DesignationLevel.PROVINCIAL): 3,
        (ZoneClass.CUSTOMS, DesignationLevel.NATIONAL): 4,
    }
    assert plates.filter(level=DesignationLevel.NATIONAL).count() == 20


def test_national_designations_grow(registry: dict[str, int]) -> None:
    def national_on(day: date) -> set[str]:
        plates = Designation.objects.in_force_on(day).filter(level=DesignationLevel.NATIONAL)
        return set(plates.values_list("code", flat=True))

    assert national_on(date(2021, 1, 1)) >= {"Z021", "Z022"}
    assert "Z036N" not in national_on(date(2021, 12, 31))
    assert "Z036N" in national_on(date(2022, 12, 31))


def test_an_area_with_several_plates_is_one_zone(registry: dict[str, int]) -> None:
    zone = Zone.objects.get(code="Z001")
    plates = {plate.code: plate for plate in zone.designations.all()}
    assert set(plates) == {"Z001", "Z038"}
    assert plates["Z038"].plate_certainty == "A"
    assert Designation.objects.get(code="Z053").plate_certainty == "C"  # a doubtful pair says so
    assert not Zone.objects.filter(code="Z038").exists()
    assert zone.star == 6  # won by the plate Z038
    assert zone.leading_industries == ["汽车及零部件", "装备制造", "食品加工", "电子信息", "现代物流"]
    assert selectors.zone_of_plate()["Z038"] == "Z001"


def test_a_zone_takes_what_only_its_other_plate_knows(registry: dict[str, int]) -> None:
    xixia = Zone.objects.get(code="Z032")
    assert xixia.planned_area_km2 == Decimal("24.17")
    assert (xixia.star, xixia.star_note) == (2, "2015年度")


def test_the_seven_demoted_lost_their_designation(registry: dict[str, int]) -> None:
    ended = Designation.objects.filter(zone_class=ZoneClass.CLUSTER).exclude(valid_to=None)
    assert set(ended.values_list("code", flat=True)) == DEMOTED
    for plate in ended:
        assert (plate.valid_to, plate.ended_on, plate.end_reason) == (date(2015, 5, 1), "2015-05", "调整为市级专业园区")
    adjusted = ZoneEvent.objects.filter(kind=EventKind.ADJUSTED, happened_on="2015-05")
    assert adjusted.count() == 7
    # 驻马店 lost the cluster's plate and keeps the provincial zone's.
    assert Designation.objects.in_force_on(END_OF_2017).get(zone__code="Z027").code == "Z027"


def test_dates_keep_the_precision_of_their_source(registry: dict[str, int]) -> None:
    dates = dict(Designation.objects.values_list("code", "approved_on"))
    assert (dates["Z001"], dates["Z010"], dates["Z104"], dates["Z037"]) == ("2000-02-13", "1991-03", "2008", "")
    assert Designation.objects.get(code="Z010").valid_from == date(1991, 3, 1)


def test_an_event_is_told_once(registry: dict[str, int]) -> None:
    dazhou = ZoneEvent.objects.filter(zone__code="Z144", kind=EventKind.APPROVED)
    assert [event.title for event in dazhou] == [
        "晋级为省定产业集聚区"
    ]  # the award list tells it, the register does not again
    xuchang = ZoneEvent.objects.filter(zone__code="Z005", kind=EventKind.APPROVED)
    assert [event.happened_on for event in xuchang] == ["1997-11", "2010-12"]


def test_a_listing_in_the_catalogue_is_known_or_unknown(registry: dict[str, int]) -> None:
    values = Designation.objects.values_list("catalogue_2018", flat=True)
    assert list(values).count(True) == 7
    assert False not in values


def test_the_tree_of_organisations(registry: dict[str, int]) -> None:
    kinds = dict.fromkeys(OrganisationKind.values, 0)
    for kind in Organisation.objects.values_list("kind", flat=True):
        kinds[kind] += 1
    assert kinds == {"office": 1, "department": 9, "city": 18, "county": 157, "park": 199}
    assert set(Organisation.objects.exclude(duty="").values_list("duty", flat=True)) == set(Duty.values)
    path = Zone.objects.get(code="Z044").administration.path
    assert path == "/office/city-410100/county-410183/park-Z044/"
    assert Zone.objects.get(code="Z220").administration.path == "/office/city-419001/park-Z220/"
    assert Organisation.objects.get(code="dept-commerce").path == "/office/dept-commerce/"


def test_zones_by_city(registry: dict[str, int]) -> None:
    assert Zone.objects.count() == 199
    assert Zone.objects.order_by().values("city").distinct().count() == 18
    assert list(Zone.objects.filter(city__code="419001").values_list("code", flat=True)) == ["Z220", "Z221", "Z222"]
    assert Zone.objects.get(code="Z001").name == "郑州经济技术开发区"


def test_loading_again_writes_nothing(registry: dict[str, int]) -> None:
    history = apps.get_model("parks", "ZoneHistory").objects
    before = history.count()
    with CaptureQueriesContext(connection) as queries:
        assert loading.load(PACK) == registry
    assert not [query for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert history.count() == before


def test_loading_mends_what_differs_and_history_tells(registry: dict[str, int]) -> None:
    Zone.objects.filter(code="Z002").update(built_area_km2=1)
    loading.load(PACK)
    zone = Zone.objects.get(code="Z002")
    assert zone.built_area_km2 == 13
    history = apps.get_model("parks", "ZoneHistory").objects.filter(pgh_obj=zone)
    assert list(history.order_by("pgh_id").values_list("built_area_km2", flat=True)) == [13, 1, 13]


def test_what_the_office_added_stays(registry: dict[str, int]) -> None:
    zone = Zone.objects.get(code="Z002")
    added = ZoneEvent.objects.create(
        zone=zone,
        year=2026,
        happened_on="2026",
        kind=EventKind.AWARD,
        title="试验",
        certainty="A",
        source_grade="press",
    )
    loading.load(PACK)
    assert ZoneEvent.objects.filter(pk=added.pk).exists()


@pytest.mark.parametrize(
    ("text", "day"),
    [("", None), ("2015", date(2015, 1, 1)), ("2015-05", date(2015, 5, 1)), ("2015-05-04", date(2015, 5, 4))],
)
def test_first_day(text: str, day: date | None) -> None:
    assert first_day(text) == day


@pytest.mark.parametrize("text", ["15", "2015-5", "2015-13", "2015-02-30", "2015年", " 2015"])
def test_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a year|month|day"):
        first_day(text)


# ---- faults ---------------------------------------------------------------------------------------------------


@pytest.fixture
def broken(tmp_path: Path) -> Callable[..., list[Fault]]:
    """`broken("zones.csv", (old, new), …)`: the faults of the pack after these replacements."""

    def check(name: str, *changes: tuple[str, str]) -> list[Fault]:
        root = tmp_path / "pack"
        shutil.copytree(PACK / "parks", root / "parks")
        path = root / "parks" / name
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        faults: list[Fault] = []
        loading.check(root, faults)
        return faults

    return check


def test_the_pack_has_no_faults(db: None) -> None:
    faults: list[Fault] = []
    loading.check(PACK, faults)
    assert faults == []


@pytest.mark.parametrize(
    ("name", "change", "told"),
    [
        ("regions.csv", ("410102,中原区,,county,市辖区,410100", "410102,中原区,,county,市辖区,410000"), "level above"),
        ("regions.csv", ("410103,二七区", "410102,二七区"), "more than once"),
        ("regions.csv", ("1983,2021", "1983,1980"), "valid_to_year"),
        ("regions.csv", ("2014-01-01,A", "2014-01-01,"), "go together"),
        ("region_changes.csv", ("410211,410202", "410211,419999"), "unknown region 419999"),
        ("zones.csv", ("Z002,漯河", "Z001,漯河"), "more than once"),
        (
            "zones.csv",
            ("Z002,漯河经济技术开发区,etdz,,national,411100", "Z002,漯河经济技术开发区,etdz,,national,411122"),
            "unknown city",
        ),
        ("zones.csv", ("410700,410721", "410700,410122"), "is not in 410700"),
        ("zones.csv", ("1991-03", "1991-3"), "approved_on"),
        ("zones.csv", ("2015-05,调整为市级专业园区", "2015-05,"), "go together"),
        ("zones.csv", ("htz,,national", "airport,,national"), "zone_class"),
        ("plates.csv", ("Z038,郑州", "Z938,郑州"), "unknown plate Z938"),
        ("plates.csv", ("Z038,郑州经济技术", "Z038,经济技术"), "名称不符"),
        (
            "plates.csv",
            (
                "Z146,漯河经济技术产业集聚区,Z002,漯河经济技术开发区",
                "Z146,漯河经济技术产业集聚区,Z001,郑州经济技术开发区",
            ),
            "different cities",
        ),
        ("aliases.csv", ("Z062,", "Z962,"), "unknown plate Z962"),
        (
            "awards.csv",
            ("2010,2010,award,河南省十强产业集聚区,,Z039", "2010,2010,award,河南省十强产业集聚区,,Z101"),
            "more than once",
        ),
        ("awards.csv", ("二星级,2,", "二星级,,"), "star"),
        ("rankings.csv", (",31,", ",0,"), "rank"),
        ("organisations.yaml", ("duty: commerce", "duty: trade"), "trade"),
    ],
)
def test_a_fault_is_named(
    db: None, broken: Callable[..., list[Fault]], name: str, change: tuple[str, str], told: str
) -> None:
    faults = broken(name, change)
    assert any(fault.file == f"parks/{name}" and told in str(fault) for fault in faults), faults


def test_every_fault_is_listed_and_nothing_is_loaded(tmp_path: Path, db: None) -> None:
    shutil.copytree(PACK / "parks", tmp_path / "parks")
    (tmp_path / "parks" / "aliases.csv").unlink()
    path = tmp_path / "parks" / "rankings.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",A,", ",Q,", 2), encoding="utf-8")
    faults: list[Fault] = []
    loading.check(tmp_path, faults)
    assert len(faults) == 3
    with pytest.raises(ValueError, match="aliases"):
        loading.load(tmp_path)
    assert not Region.objects.exists()
