"""A return out and in again: nothing changes by itself, and what is changed is exactly that."""

from decimal import Decimal

import openpyxl
import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.workbooks.errors import WorkbookRefused
from common.workbooks.reading import open_workbook
from indicators import services
from indicators.enums import Channel, UploadStatus
from indicators.exceptions import MoveRefused, RevisionConflict
from indicators.models import Upload, Value
from indicators.workbooks.stamp import Stamp, read_stamp
from tests.indicators.workbooks.conftest import (
    CODES,
    cell_of,
    changes_of,
    download,
    edited,
    figures,
    fresh,
    put,
    send,
)


@pytest.fixture
def manager(small):
    return small.manager()


def as_it_is(book):
    """Open and save: what LibreOffice or WPS do when somebody only looks."""


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("through", ["our own", "another program"])
def test_unchanged_it_changes_nothing(small, manager, language, through):
    with override(language):
        raw = download(small.return_)
        upload = send(manager, raw if through == "our own" else edited(raw, as_it_is), small.return_)
    assert upload.report["faults"] == []
    assert upload.report["questions"] == []
    assert upload.report["notes"] == []
    assert upload.report["changes"] == []
    assert upload.report["unchanged"] == len(CODES)
    with pytest.raises(MoveRefused):
        services.upload_confirm(by=manager, upload_id=upload.pk)


def test_numbers_set_are_exactly_what_is_saved(small, manager):
    raw = edited(download(small.return_), put({"tax_revenue": 12000.25, "value_added": 130000}))
    upload = send(manager, raw, small.return_, name="A1 一季度.xlsx")
    assert upload.status == UploadStatus.READY
    assert changes_of(upload) == {
        "tax_revenue": (Decimal("12000.25"), "", ""),
        "value_added": (Decimal(130000), "", ""),
    }
    before = fresh(small.return_).revision
    services.upload_confirm(by=manager, upload_id=upload.pk)
    stored = figures(small.return_)
    assert stored["tax_revenue"][0] == Decimal("12000.25")
    assert stored["value_added"][0] == 130000
    assert stored["main_business_revenue"][0] == 500000
    assert fresh(small.return_).revision == before + 1
    value = Value.objects.get(return_ref=small.return_, indicator__code="tax_revenue")
    assert (value.channel, value.change_note, value.updated_by) == (Channel.EXCEL, "A1 一季度.xlsx", manager)
    assert Upload.objects.get(pk=upload.pk).file.read() == raw


def test_a_second_confirmation_saves_nothing_again(small, manager):
    upload = send(manager, edited(download(small.return_), put({"tax_revenue": 1})), small.return_)
    services.upload_confirm(by=manager, upload_id=upload.pk)
    revision = fresh(small.return_).revision
    assert services.upload_confirm(by=manager, upload_id=upload.pk).status == UploadStatus.CONFIRMED
    assert fresh(small.return_).revision == revision
    with pytest.raises(MoveRefused):
        services.upload_discard(by=manager, upload_id=upload.pk)


def test_when_the_return_moved_on_the_new_difference_is_shown_and_nothing_saved(small, manager):
    upload = send(manager, edited(download(small.return_), put({"tax_revenue": 1})), small.return_)
    services.value_save(
        by=small.filler(), return_id=small.return_.pk, indicator_code="energy_use", number=Decimal(7), base_revision=0
    )
    with pytest.raises(RevisionConflict):
        services.upload_confirm(by=manager, upload_id=upload.pk)
    assert "tax_revenue" not in figures(small.return_)
    upload.refresh_from_db()
    kinds = {change["code"]: change["kind"] for change in upload.report["changes"]}
    assert kinds == {"tax_revenue": "new", "energy_use": "emptied"}
    services.upload_answer(by=manager, upload_id=upload.pk, answers={"empties": "leave"})
    services.upload_confirm(by=manager, upload_id=upload.pk)
    assert figures(small.return_)["tax_revenue"][0] == 1
    assert figures(small.return_)["energy_use"][0] == 7


def test_words_and_comments_come_back(small, manager):
    def change(book):
        sheet = book.active
        cell_of(sheet, "tax_revenue", "缺值说明").value = "暂缺"
        cell_of(sheet, "tax_revenue", "说明").value = "税务部门 3 月提供"
        cell_of(sheet, "employees", "说明").value = "含劳务派遣"

    upload = send(manager, edited(download(small.return_), change), small.return_)
    assert changes_of(upload) == {
        "tax_revenue": (None, "not_available", "税务部门 3 月提供"),
        "employees": (Decimal(9000), "", "含劳务派遣"),
    }
    assert [change["kind"] for change in upload.report["changes"]] == ["new", "comment"]


def test_blank_cells_are_cleared_only_when_said_so(small, manager):
    raw = edited(download(small.return_), put({"employees": None, "tax_revenue": 5}))
    upload = send(manager, raw, small.return_)
    assert not upload.report["can_save"]
    with pytest.raises(MoveRefused):
        services.upload_confirm(by=manager, upload_id=upload.pk)
    services.upload_answer(by=manager, upload_id=upload.pk, answers={"empties": "clear"})
    services.upload_confirm(by=manager, upload_id=upload.pk)
    assert figures(small.return_)["employees"] == (None, "", "")
    assert figures(small.return_)["tax_revenue"][0] == 5


def test_moved_rows_columns_and_sheets_still_read(small, manager):
    """What other programs and people do to a layout: columns widened and swapped, rows sorted, merged titles moved."""

    def change(book):
        sheet = book.active
        cell_of(sheet, "tax_revenue", "本期数").value = 77
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=6)]
        rows.sort(key=lambda row: str(row[5]), reverse=True)
        for number, row in enumerate(rows, start=6):
            for column, value in enumerate(row, start=1):
                sheet.cell(number, column).value = value
        sheet.move_range("C5:F40", rows=0, cols=9)
        sheet.column_dimensions["B"].width = 60
        sheet.merge_cells("A1:K1")
        sheet.unmerge_cells("A1:K1")
        sheet.merge_cells("B1:D2")
        book.create_sheet("草稿", 0)["A1"] = "随手记"

    upload = send(manager, edited(download(small.return_), change), small.return_)
    assert upload.report["faults"] == []
    assert changes_of(upload) == {"tax_revenue": (Decimal(77), "", "")}


def test_a_code_and_a_name_that_disagree_are_asked_about(small, manager):
    """Somebody sorted one column and left the others."""

    def change(book):
        sheet = book.active
        first, second = (cell_of(sheet, code, "指标代码") for code in ("tax_revenue", "employees"))
        first.value, second.value = second.value, first.value

    upload = send(manager, edited(download(small.return_), change), small.return_)
    assert {question["kind"] for question in upload.report["questions"]} == {"item"}
    assert not upload.report["can_save"]


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("stamp_invalid", lambda sheet: setattr(sheet["B1"], "value", sheet["B1"].value.replace("a", "b").swapcase())),
        ("stamp_invalid", lambda sheet: setattr(sheet["B1"], "value", "第3版")),
    ],
)
def test_an_edited_stamp_is_noticed(small, manager, code, change):
    raw = edited(download(small.return_), lambda book: change(book["_yuanqu"]))
    with pytest.raises(WorkbookRefused) as refused:
        send(manager, raw, small.return_)
    assert refused.value.code == code


def test_anothers_file_an_other_rounds_file_and_an_old_file_are_refused(small, manager):
    other_zone = small.add_return("A2")
    last_year = small.add_return(round_=small.add_round(year=2019, codes=CODES))
    old = download(small.return_)
    services.value_save(
        by=manager, return_id=small.return_.pk, indicator_code="energy_use", number=Decimal(7), base_revision=0
    )
    for raw, code in ((download(other_zone), "other_zone"), (download(last_year), "other_round"), (old, "old_version")):
        with pytest.raises(WorkbookRefused) as refused:
            send(manager, raw, fresh(small.return_))
        assert refused.value.code == code
        assert "A2" not in str(refused.value)
    assert not Upload.objects.exists()


def test_a_file_without_a_stamp_is_asked_about(small, manager):
    def change(book):
        del book["_yuanqu"]
        cell_of(book.active, "tax_revenue", "本期数").value = 3

    upload = send(manager, edited(download(small.return_), change), small.return_)
    assert [question["kind"] for question in upload.report["questions"]] == ["stamp"]
    services.upload_answer(by=manager, upload_id=upload.pk, answers={"stamp": "yes"})
    services.upload_confirm(by=manager, upload_id=upload.pk)
    assert figures(small.return_)["tax_revenue"][0] == 3


def test_a_formula_is_shown_and_taken_only_when_said_so(small, manager):
    """The other program recalculates, or leaves no result at all: both are told apart."""
    raw = edited(download(small.return_), put({"tax_revenue": "=1+2"}))
    upload = send(manager, raw, small.return_)
    assert upload.status == UploadStatus.REFUSED
    [fault] = upload.report["faults"]
    assert fault["code"] == "tax_revenue"
    assert fault["place"].startswith("报表!F")
    assert "1+2" in fault["text"]


def test_findings_over_the_figures_to_be_are_shown(small, manager):
    raw = edited(download(small.return_), put({"main_business_revenue": -5, "energy_use": 10}))
    upload = send(manager, raw, small.return_)
    assert upload.status == UploadStatus.REFUSED
    assert [(fault["code"], "不能小于" in fault["text"]) for fault in upload.report["faults"]] == [
        ("main_business_revenue", True)
    ]
    upload = send(manager, edited(download(small.return_), put({"energy_use": 10})), small.return_)
    assert any("tax_revenue" in finding["codes"] for finding in upload.report["findings"])
    assert not any("energy_use" in finding["codes"] for finding in upload.report["findings"])


def test_the_workbook_is_locked_but_for_what_is_to_be_filled_in(small):
    import io

    book = openpyxl.load_workbook(io.BytesIO(download(small.return_)))
    sheet = book.active
    assert sheet.protection.sheet
    open_cells = {cell.column_letter for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert open_cells == {"F", "H", "I"}
    assert book["_yuanqu"].sheet_state == "veryHidden"
    assert sheet.freeze_panes == "C6"
    assert sheet.print_title_rows == "$5:$5"
    assert len(sheet.data_validations.dataValidation) >= 3 * len(CODES)
    stamp = read_stamp(open_workbook(io.BytesIO(download(small.return_))))
    assert stamp == Stamp(small.round.pk, {small.return_.pk: small.return_.revision})


def test_demonstration_data_is_marked(small):
    import io

    small.return_.synthetic = True
    texts = [cell.value for row in openpyxl.load_workbook(io.BytesIO(download(small.return_))).active for cell in row]
    assert "演示数据" in texts


numbers = st.decimals(min_value=0, max_value=10**11, places=2, allow_nan=False, allow_infinity=False)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.dictionaries(st.sampled_from([c for c in CODES if c != "employees"]), numbers, min_size=1))
def test_any_numbers_set_are_exactly_the_difference(small, manager_once, values):
    raw = edited(download(small.return_), put({code: float(number) for code, number in values.items()}))
    upload = send(manager_once, raw, small.return_)
    held = {code: figure[0] for code, figure in figures(small.return_).items()}
    wanted = {code: number for code, number in values.items() if held.get(code) != number}
    assert {code: figure[0] for code, figure in changes_of(upload).items()} == wanted
    assert upload.report["faults"] == []


@pytest.fixture
def manager_once(small):
    return small.manager(name="once")
