"""The page of figures, its files and its resource: what is asked, who sees what, marks and links."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from indicators.models import Indicator, Value
from parks.models import ZoneSuccession

API = "/api/v1/figures/"


@pytest.fixture
def filed(world):
    for year, factor in ((2019, 1), (2020, 2)):
        round_ = world.round if year == 2020 else world.add_round(year)
        for zone, tax in (("A1", 100), ("A2", 50), ("B1", 30)):
            values = {"tax_revenue": tax * factor, "built_area": 10}
            world.add_return(zone, round_, "accepted", values, synthetic=zone == "B1")
    world.add_return("C1", values={"tax_revenue": 7, "built_area": 1})
    return world


@pytest.fixture
def office(filed, client):
    client.force_login(filed.staff())
    return client


def page(client, status=200, **asked):
    answer = client.get(reverse("figure_list"), asked)
    assert answer.status_code == status
    return answer


def lines(answer):
    return [line.code for line, _href, _blocks in answer.context["lines"]]


TAX = {"indicator": "tax_revenue", "first_year": 2019, "last_year": 2020}


def test_the_page_shows_zones_with_units_years_marks_and_links(office, filed):
    answer = page(office, **TAX)
    text = answer.content.decode()
    assert lines(answer) == ["A1", "A2", "B1"]
    assert "万元" in text
    assert "演示数据" in text
    assert reverse("figure_history", args=["A1", "tax_revenue", "2020"]) in text
    assert "2019 至 2020 年走势" in text
    assert "3 个园区，每个数只计一次" in text
    assert answer.context["table"].total.number("tax_revenue", 2020) == 360


def test_without_conditions_the_usual_items_of_the_newest_years_are_shown(office):
    asked = page(office).context["asked"]
    assert [item.code for item in asked.indicators] == ["main_business_revenue", "tax_revenue", "tax_per_mu"]
    assert list(asked.years) == [2017, 2018, 2019]  # of 2020 a return is still a draft


def test_lines_are_sorted_by_the_last_year_and_blanks_stand_last(office, filed):
    filed.add_zone("A3", "cluster")
    filed.add_return("A3", filed.add_round(2018), "accepted", {"tax_revenue": 1})
    asked = TAX | {"first_year": 2018}
    assert lines(page(office, sort="tax_revenue", **asked)) == ["B1", "A2", "A1", "A3"]
    assert lines(page(office, sort="-tax_revenue", **asked)) == ["A1", "A2", "B1", "A3"]
    assert lines(page(office, sort="-code", **asked)) == ["B1", "A3", "A2", "A1"]


def test_drafts_are_shown_on_request(office):
    assert "C1" in lines(page(office, drafts="on", **TAX))


@pytest.mark.parametrize(
    ("conditions", "codes"),
    [
        ({"city": "410065"}, ["A1", "A2"]),
        ({"zone_class": "etdz"}, ["B1"]),
        ({"zone": "a2"}, ["A2"]),
        ({"level": "city"}, ["410065", "410066"]),
        ({"level": "province"}, ["province"]),
        ({"level": "class"}, ["cluster", "etdz"]),
        ({"level": "axis"}, []),
        ({"level": "county"}, ["-"]),
    ],
)
def test_zones_are_narrowed_and_grouped(office, conditions, codes):
    answer = page(office, **TAX, **conditions)
    assert (lines(answer) if codes else answer.context["table"].lines) == codes


def test_a_group_leads_to_its_zones(office):
    by_city = page(office, level="city", **TAX).context["lines"]
    href = next(href for _line, href, _blocks in by_city)
    assert "level=zone" in href
    assert "city=410065" in href
    assert "zone_class=cluster" in page(office, level="class", **TAX).content.decode()
    assert "level=city" in page(office, level="province", **TAX).content.decode()


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ({"first_year": 2020, "last_year": 2019}, "截至年度早于起始年度"),
        ({"first_year": 2000, "last_year": 2020}, "一次最多查询 12 年"),
        ({"as_of": "gestern"}, "日期"),
        ({"level": "galaxy"}, "galaxy"),
    ],
)
def test_wrong_conditions_are_explained(office, conditions, words):
    assert words in page(office, status=422, **conditions).content.decode()


def test_too_many_items_are_refused(office):
    codes = list(Indicator.objects.for_zones().values_list("code", flat=True)[:7])
    assert "最多查询 6 项" in page(office, status=422, indicator=codes).content.decode()


def test_a_park_sees_its_own_figures_alone(filed, client):
    client.force_login(filed.manager("A1"))
    answer = page(client, **TAX)
    assert lines(answer) == ["A1"]
    assert answer.context["table"].total.number("tax_revenue", 2020) == 200
    assert lines(page(client, level="city", **TAX)) == ["410065"]


def test_a_city_sees_its_territory(filed, client):
    client.force_login(filed.reviewer("B"))
    assert lines(page(client, **TAX)) == ["B1"]


def test_an_administrator_sees_no_figures(filed, client):
    client.force_login(filed.user("it", Role.ADMINISTRATOR, filed.office))
    answer = page(client, **TAX)
    assert "没有符合条件的数据" in answer.content.decode()


def test_restated_figures_carry_their_mark(office, filed):
    with transaction.atomic():
        ZoneSuccession.objects.create(
            predecessor=filed.zones["A2"], successor=filed.zones["A1"], kind="merger", on=date(2021, 1, 1),
            share_pct=Decimal(100), document="测试",
        )  # fmt: skip
    plain, restated = page(office, **TAX), page(office, restated="on", **TAX)
    assert lines(plain) == ["A1", "A2", "B1"]
    assert lines(restated) == ["A1", "B1"]
    assert "含原园区按份额并入的数" in restated.content.decode()
    assert "含原园区按份额并入的数" not in plain.content.decode()
    totals = [answer.context["table"].total.number("tax_revenue", 2020) for answer in (plain, restated)]
    assert totals == [360, 360]
    gone = page(office, restated="on", zone="A2", **TAX).content.decode()
    assert "请查承继园区" in gone


def test_without_places_on_an_axis_the_page_says_who_registers_them(office, filed):
    assert "由省联席会议办公室在“发展轴带”页登记" in page(office, level="axis", **TAX).content.decode()


def test_an_earlier_day_shows_the_figures_of_then(office, filed):
    yesterday = timezone.localdate() - timedelta(days=1)
    answer = page(office, as_of=yesterday.isoformat(), **TAX)
    assert "没有符合条件的数据" in answer.content.decode()
    today = timezone.localdate().isoformat()
    assert lines(page(office, as_of=today, **TAX)) == ["A1", "A2", "B1"]
    assert f"截至 {today}" in page(office, as_of=today, **TAX).content.decode()


# ---- files ----------------------------------------------------------------------------------------------------


def test_the_csv_holds_the_table_with_units_and_marks(office):
    answer = office.get(reverse("figure_export"), TAX | {"format": "csv", "sort": "-tax_revenue"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == [
        "编号", "园区", "园区数", "税收收入（万元）2019", "税收收入（万元）2020", "数据标记", "沿革标记"
    ]  # fmt: skip
    assert rows[1][:5] == ["A1", "A1园区", "1", "100.0", "200.0"]
    assert rows[3][-2:] == ["演示数据", ""]
    assert rows[4][1:5] == ["合计", "3", "180.0", "360.0"]


def test_the_workbook_says_what_it_is(office):
    answer = office.get(reverse("figure_export"), TAX | {"level": "city"})
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    table, notes = book.worksheets
    assert [cell.value for cell in table[2]][:5] == ["410065", "A市", 2, 150, 300]
    assert table["D3"].font.italic
    assert not table["D2"].font.italic
    told = {row[0].value: row[1].value for row in notes.iter_rows()}
    assert "演示数据" in told
    assert "省辖市" in str(told["内容"])
    assert told["园区数"] == "4"


def test_an_export_needs_the_right_and_a_sound_question(filed, client):
    client.force_login(filed.user("viewer", Role.COUNTY_VIEWER, filed.cities["A"]))
    assert client.get(reverse("figure_export")).status_code == 403
    client.force_login(filed.staff("other"))
    assert client.get(reverse("figure_export"), {"level": "galaxy"}).status_code == 422


# ---- the API --------------------------------------------------------------------------------------------------


def test_the_api_gives_figures_with_units_sources_and_marks(office, filed):
    answer = office.get(API, TAX | {"indicator": ["tax_revenue", "tax_per_mu"]}).json()
    assert [(item["code"], item["unit"]) for item in answer["indicators"]] == [
        ("tax_revenue", "万元"), ("tax_per_mu", "万元/亩")
    ]  # fmt: skip
    assert [line["code"] for line in answer["results"]] == ["A1", "A2", "B1"]
    figures = {(f["indicator"], f["year"]): f for f in answer["results"][0]["figures"]}
    value = Value.objects.get(zone__code="A1", indicator__code="tax_revenue", year=2020)
    stored, derived = figures["tax_revenue", 2020], figures["tax_per_mu", 2020]
    assert (stored["number"], stored["value"], stored["return_id"], stored["source"], stored["mark"]) == (
        200, value.pk, value.return_ref_id, "park", ""
    )  # fmt: skip
    assert (derived["number"], derived["value"], derived["source"]) == (20, None, "")
    assert {f["mark"] for f in answer["results"][2]["figures"]} == {"演示数据"}
    assert answer["synthetic"] is True
    assert answer["total"]["zones"] == 3
    assert answer["as_of"] is None


def test_the_api_pages_by_the_last_line(office):
    first = office.get(API, TAX | {"page_size": 2}).json()
    assert [line["code"] for line in first["results"]] == ["A1", "A2"]
    second = office.get(first["next"]).json()
    assert [line["code"] for line in second["results"]] == ["B1"]
    assert second["next"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"page_size": "0"},
        {"page_size": "many"},
        {"cursor": "A7"},
        {"colour": "red"},
        {"level": "galaxy"},
        {"first_year": "x"},
    ],
)
def test_the_api_refuses_what_it_does_not_understand(office, wrong):
    assert office.get(API, wrong).status_code == 400


def test_the_api_keeps_to_the_territory(filed, client):
    client.force_login(filed.manager("A2"))
    assert [line["code"] for line in client.get(API, TAX).json()["results"]] == ["A2"]
