"""Many returns in one workbook: a city's, filled in by whoever fills in for it, saved together or not at all."""

import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from accounts.enums import Permission, Role
from common.workbooks.errors import WorkbookRefused
from indicators import services
from indicators.enums import Channel, ReturnStatus, UploadStatus
from indicators.exceptions import MoveRefused, RevisionConflict
from indicators.models import Return, Value
from parks.enums import ZoneClass
from tests.indicators.workbooks.conftest import CODES, download, download_round, edited, figures, fresh, send


@pytest.fixture
def city(small):
    """A1 and A2 of city A, and somebody there who fills in for them; B1 lies in the other city."""
    small.a2 = small.add_return("A2", small.round)
    small.b1 = small.add_return("B1", small.round)
    small.proxy = small.user("proxy", Role.PROXY_FILLER, small.cities["A"])
    return small


def find(book, zone, header):
    """The cell of a zone under the header that begins so, on whatever sheet."""
    for sheet in book.worksheets:
        head = {str(cell.value): cell.column for cell in sheet[4] if cell.value}
        column = next((at for text, at in head.items() if text.startswith(header)), None)
        if column is not None and "园区编号" in head:
            for row in range(5, sheet.max_row + 1):
                if sheet.cell(row, head["园区编号"]).value == zone:
                    return sheet.cell(row, column)
    pytest.fail(f"no cell for {zone} {header}")


def fill(values, also=None):
    def change(book):
        for (zone, header), value in values.items():
            find(book, zone, header).value = value
        if also:
            also(book)

    return change


def send_city(world, raw, by=None):
    file = SimpleUploadedFile("全市.xlsx", raw)
    return services.upload_create(by=by or world.proxy, file=file, round_=world.round)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_unchanged_it_changes_nothing(city, language):
    with override(language):
        upload = send_city(city, edited(download_round(city.proxy, city.round), lambda _book: None))
    report = upload.report
    assert (report["changes"], report["faults"], report["questions"], report["notes"]) == ([], [], [], [])
    assert report["unchanged"] == 2 * len(CODES)


def test_several_returns_are_saved_together(city):
    def comment(book):
        sheet = book["说明"]
        sheet["A5"], sheet["C5"], sheet["E5"] = "A2", "employees", "含劳务派遣"

    values = {("A1", "税收收入"): 1.5, ("A2", "税收收入"): "暂缺", ("A2", "从业人员"): 12}
    upload = send_city(city, edited(download_round(city.proxy, city.round), fill(values, comment)))
    assert upload.report["faults"] == []
    services.upload_confirm(by=city.proxy, upload_id=upload.pk)
    assert figures(city.return_)["tax_revenue"] == (Decimal("1.5"), "", "")
    assert figures(city.a2) == {
        "tax_revenue": (None, "not_available", ""),
        "employees": (Decimal(12), "", "含劳务派遣"),
    }
    assert figures(city.return_)["main_business_revenue"][0] == 500000
    assert {value.channel for value in Value.objects.filter(return_ref=city.a2)} == {Channel.EXCEL}
    assert [fresh(r).revision for r in (city.return_, city.a2, city.b1)] == [2, 2, 1]


def test_one_wrong_cell_and_none_is_saved(city):
    values = {("A1", "税收收入"): 1.5, ("A2", "从业人员"): "约12"}
    upload = send_city(city, edited(download_round(city.proxy, city.round), fill(values)))
    assert upload.status == UploadStatus.REFUSED
    [fault] = upload.report["faults"]
    assert (fault["zone"], fault["code"], fault["place"].split("!")[1]) == ("A2", "employees", "G6")
    with pytest.raises(MoveRefused):
        services.upload_confirm(by=city.proxy, upload_id=upload.pk)
    assert "tax_revenue" not in figures(city.return_)


def test_a_return_that_cannot_be_changed_now_is_named(city):
    raw = download_round(city.proxy, city.round)
    Return.objects.filter(pk=city.a2.pk).update(status=ReturnStatus.SUBMITTED)
    upload = send_city(city, edited(raw, fill({("A2", "税收收入"): 3})))
    assert [(fault["zone"], "A2园区" in fault["text"]) for fault in upload.report["faults"]] == [("A2", True)]


def test_zones_that_moved_on_are_left_out_when_said_so(city):
    raw = edited(download_round(city.proxy, city.round), fill({("A1", "税收收入"): 1, ("A2", "税收收入"): 2}))
    services.value_save(
        by=city.manager("A2"), return_id=city.a2.pk, indicator_code="employees", number=Decimal(5), base_revision=0
    )
    upload = send_city(city, raw)
    assert [question["kind"] for question in upload.report["questions"]] == ["stale"]
    services.upload_answer(by=city.proxy, upload_id=upload.pk, answers={"stale": "ignore"})
    services.upload_confirm(by=city.proxy, upload_id=upload.pk)
    assert figures(city.return_)["tax_revenue"][0] == 1
    assert figures(city.a2) == {"employees": (Decimal(5), "", "")}


def test_a_change_between_difference_and_confirmation_stops_all(city):
    upload = send_city(city, edited(download_round(city.proxy, city.round), fill({("A1", "税收收入"): 1})))
    services.value_save(
        by=city.manager("A2"), return_id=city.a2.pk, indicator_code="employees", number=Decimal(5), base_revision=0
    )
    with pytest.raises(RevisionConflict):
        services.upload_confirm(by=city.proxy, upload_id=upload.pk)
    assert "tax_revenue" not in figures(city.return_)


def test_zones_out_of_reach_are_not_filled_in(city):
    """A row added for a zone of another city is asked about, and can only be left out."""

    def add(book):
        sheet = find(book, "A1", "税收收入").parent
        sheet.cell(sheet.max_row + 1, 1).value = "B1"
        sheet.cell(sheet.max_row, find(book, "A1", "税收收入").column).value = 9

    upload = send_city(city, edited(download_round(city.proxy, city.round), add))
    [question] = upload.report["questions"]
    assert question["kind"] == "zone"
    assert [choice["key"] for choice in question["choices"] if choice["key"] == "B1"] == []


def test_a_single_returns_file_and_a_city_file_are_not_mixed_up(city):
    with pytest.raises(WorkbookRefused) as refused:
        send(city.manager(), download_round(city.proxy, city.round), city.return_)
    assert refused.value.code == "bulk_file"
    upload = send_city(city, download(city.return_))
    assert upload.status == UploadStatus.REFUSED
    assert upload.report["faults"]


def test_who_fills_in_for_others_neither_submits_nor_reviews(city):
    path = city.zones["A1"].administration.path
    assert city.proxy.may(Permission.RETURN_FILL, path)
    for permission in (Permission.RETURN_SUBMIT, Permission.RETURN_REVIEW_CITY, Permission.RETURN_REVIEW_OFFICE):
        assert not city.proxy.may(permission)
    with pytest.raises(PermissionDenied):
        send_city(city, download_round(city.proxy, city.round), by=city.reviewer())


def test_the_office_fills_in_for_the_province(city):
    proxy = city.user("office-proxy", Role.PROXY_FILLER, city.office)
    upload = send_city(city, edited(download_round(proxy, city.round), fill({("B1", "税收收入"): 4})), by=proxy)
    services.upload_confirm(by=proxy, upload_id=upload.pk)
    assert figures(city.b1)["tax_revenue"][0] == 4


def test_cells_not_asked_of_a_zone_are_closed(city):
    book = openpyxl.load_workbook(io.BytesIO(download_round(city.proxy, city.round)))
    assert not find(book, "A1", "税收收入").protection.locked
    assert find(book, "A1", "园区").protection.locked
    assert all(sheet.protection.sheet for sheet in book.worksheets)


def test_queries_do_not_grow_with_zones_and_cells(city, django_assert_max_num_queries):
    def count(zones):
        values = {(zone, header): 7 for zone in zones for header in ("税收收入", "从业人员", "增加值")}
        raw = edited(download_round(city.proxy, city.round), fill(values))
        with CaptureQueriesContext(connection) as queries:
            upload = send_city(city, raw)
            services.upload_confirm(by=city.proxy, upload_id=upload.pk)
        assert upload.report["faults"] == []
        return len(queries)

    city.add_zone("A3", ZoneClass.CLUSTER)
    city.add_return("A3", city.round)
    few = count(["A3"])
    for number in range(4, 16):
        city.add_zone(f"A{number}", ZoneClass.CLUSTER)
        city.add_return(f"A{number}", city.round)
    assert count([f"A{number}" for number in range(4, 16)]) == few


def test_history_has_one_version_for_each_change(city):
    before = {value.pk: value.history.count() for value in Value.objects.all()}  # type: ignore[attr-defined]
    values = {("A1", "主营业务收入"): 500001, ("A1", "税收收入"): 3, ("A2", "税收收入"): 4}
    upload = send_city(city, edited(download_round(city.proxy, city.round), fill(values)))
    services.upload_confirm(by=city.proxy, upload_id=upload.pk)
    added = {value.pk: value.history.count() - before.get(value.pk, 0) for value in Value.objects.all()}  # type: ignore[attr-defined]
    assert sorted(number for number in added.values() if number) == [1, 1, 1]
    changed = Value.objects.get(return_ref=city.return_, indicator__code="main_business_revenue")
    assert changed.history.latest("pgh_id").pgh_label == "update"  # type: ignore[attr-defined]
    assert (changed.revision, changed.channel, changed.change_note) == (2, Channel.EXCEL, "全市.xlsx")
