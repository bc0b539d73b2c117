"""The export: exactly the filtered list, with sources and marks, no formula runs, a line in the log."""

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from structlog.testing import capture_logs

from accounts.enums import Role
from accounts.models import User
from parks.exports import defused
from parks.models import Zone

Make = Callable[..., User]


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def csv_rows(client: Client, **asked: str) -> list[dict[str, str]]:
    answer = client.get(reverse("zone_export"), {**asked, "format": "csv"})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    raw = body(answer)
    assert raw.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))


def sheets(client: Client, **asked: str) -> dict[str, list[tuple[Any, ...]]]:
    answer = client.get(reverse("zone_export"), asked)
    assert answer.status_code == 200
    assert ".xlsx" in answer["Content-Disposition"]
    book = load_workbook(io.BytesIO(body(answer)))
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
    return {sheet.title: list(sheet.values) for sheet in book}


def test_csv_is_the_filtered_list_in_its_order(office: User, client: Client) -> None:
    client.force_login(office)
    rows = csv_rows(client, city="419001", sort="-code")
    assert [row["园区编号"] for row in rows] == ["Z222", "Z221", "Z220"]
    yuchuan = rows[1]
    assert yuchuan["园区名称"] == "济源市玉川产业集聚区"
    assert yuchuan["规划面积（km²）"] == "11.60"
    assert yuchuan["主导产业"] == "有色金属、新能源及能源、化工及深加工"
    assert (yuchuan["名称可信度"], yuchuan["事实可信度"]) == ("A", "A")
    assert yuchuan["来源级别"] == "转载、百科或企业网页"


def test_csv_of_everything(office: User, client: Client) -> None:
    client.force_login(office)
    rows = csv_rows(client)
    assert len(rows) == 199
    first = rows[0]
    assert first["有效称号"] == "郑州经济技术开发区 (国家级经开区); 郑州经济技术产业集聚区 (省定集聚区)"
    assert rows[26]["已失效称号"] == "驻马店经济技术产业集聚区 (2015-05)"
    assert first["规划面积（km²）"] == ""  # unknown is empty, never 0


def test_xlsx_has_zones_plates_and_notes(office: User, client: Client) -> None:
    client.force_login(office)
    book = sheets(client, zone_class="cluster", status="expired")
    assert list(book) == ["园区", "称号", "说明"]
    assert len(book["园区"]) == 1 + 7
    assert len(book["称号"]) == 1 + 8  # 驻马店 has two plates
    notes = dict(row[:2] for row in book["说明"])
    assert notes["筛选条件"] == "类别: cluster; 称号状态: expired"
    assert notes["园区数"] == "7"
    assert "可信度" in notes


def test_xlsx_keeps_numbers_as_numbers(office: User, client: Client) -> None:
    client.force_login(office)
    head, row = sheets(client, q="Z002")["园区"]
    assert dict(zip(head, row, strict=True))["规划面积（km²）"] == 41


def test_no_text_runs_as_a_formula(office: User, client: Client) -> None:
    Zone.objects.filter(code="Z002").update(
        name='=HYPERLINK("http://x","y")', note="@SUM(1)", leading_industries=["+1"]
    )
    client.force_login(office)
    row = csv_rows(client, q="Z002")[0]
    assert row["园区名称"] == '\'=HYPERLINK("http://x","y")'
    assert (row["备注"], row["主导产业"]) == ("'@SUM(1)", "'+1")
    head, cells = sheets(client, q="Z002")["园区"]
    assert dict(zip(head, cells, strict=True))["园区名称"] == '\'=HYPERLINK("http://x","y")'


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "＝1", "＋1"])
def test_defused(text: str) -> None:
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["a=1", "园区", "", None, 3, -3])
def test_harmless_stays(cell: str | int | None) -> None:
    assert defused(cell) == cell


def test_export_leaves_a_line_in_the_log(office: User, client: Client) -> None:
    client.force_login(office)
    with capture_logs() as lines:
        csv_rows(client, city="419001")
    line = next(line for line in lines if line["event"] == "zone_export")
    assert line["user"] == office.username
    assert (line["zones"], line["kind"], line["filters"]) == (3, "csv", {"city": "419001"})


def test_export_needs_its_permission(make_user: Make, client: Client) -> None:
    client.force_login(make_user(Role.COUNTY_VIEWER, "county-410183"))
    assert client.get(reverse("zone_export")).status_code == 403


def test_export_stays_where_one_may_export(make_user: Make, client: Client) -> None:
    """Who may look at a county and export a park exports the park alone."""
    user = make_user(Role.PARK_MANAGER, "park-Z044")
    viewer = make_user(Role.COUNTY_VIEWER, "county-410103")
    viewer.memberships.update(user=user)
    client.force_login(user)
    assert client.get(reverse("zone_list")).context["paginator"].count == 2
    assert [row["园区编号"] for row in csv_rows(client)] == ["Z044"]


def test_a_wrong_filter_exports_no_row(office: User, client: Client) -> None:
    client.force_login(office)
    assert csv_rows(client, star="9") == []
