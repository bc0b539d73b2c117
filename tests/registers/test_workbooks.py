"""A register as a workbook: out and in again, every error at its cell, whole or not at all, whatever comes in."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils import get_column_letter

from common.workbooks.errors import WorkbookRefused
from common.workbooks.reading import open_workbook
from registers.exceptions import UploadRefused
from registers.models import Entry
from registers.services import entry_change, entry_create
from registers.uploads import upload_confirm, upload_create, upload_report
from registers.workbooks import HEADER_ROW, headers, read_workbook, register_workbook
from tests.registers.conftest import DEFINITION, HUAWEI, load_definition

FULL = {
    "name": "甲", "status": "done", "amount": "100.5", "paid": "20", "area": "-3.5", "workers": 7, "started": "2022-03-01",
    "ended": "2023-02-01", "plan_year": 2021, "key_work": True, "partner": "B1", "place": "411100", "firm": HUAWEI,
    "document_no": "=测1号", "topics": ["green", "export"],
}  # fmt: skip


@pytest.fixture
def entry(world):
    return entry_create(by=world.people["office"], register=world.register, place="A1", given=FULL)


def written(world, entries=()):
    return register_workbook(world.register, list(entries)).read()


def edited(data, change):
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book.worksheets[0])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def column(world, code):
    return [each for each, _words in headers(world.register.spec)].index(code) + 1


def sent(world, data, by="office"):
    return upload_create(by=world.people[by], register=world.register, file=SimpleUploadedFile("台账.xlsx", data))


def report(world, data):
    return upload_report(sent(world, data), world.people["office"])


FIRST = HEADER_ROW + 2


def test_what_goes_out_comes_back_unchanged(world, entry):
    found = report(world, written(world, [entry]))
    assert found.faults == []
    assert [(row.kind, row.changes, row.errors) for row in found.rows] == [("same", [], [])]
    assert not found.can_save


def test_a_change_and_a_new_row_are_saved_together(world, entry):
    def change(sheet):
        sheet.cell(FIRST, column(world, "amount")).value = 200
        sheet.cell(FIRST, column(world, "workers")).value = None
        for code, value in {"zone": "B1", "name": "乙", "status": "在建", "key_work": "否"}.items():
            sheet.cell(FIRST + 1, column(world, code)).value = value

    upload = sent(world, edited(written(world, [entry]), change))
    found = upload_report(upload, world.people["office"])
    assert [row.kind for row in found.rows] == ["changed", "new"]
    assert [(each.label, each.before, each.after) for each in found.rows[0].changes] == [
        ("金额", "100.5", "200"),
        ("人数", "7", ""),
    ]
    assert upload_confirm(by=world.people["office"], upload_id=upload.pk).saved == 2
    entry.refresh_from_db()
    assert (entry.data["amount"], "workers" in entry.data, entry.revision) == ("200", False, 2)
    assert Entry.objects.get(title="乙").data == {"name": "乙", "status": "under_way", "key_work": False}
    with pytest.raises(UploadRefused):
        upload_confirm(by=world.people["office"], upload_id=upload.pk)


def test_every_error_stands_at_its_cell_and_nothing_is_saved(world, entry):
    def change(sheet):
        sheet.cell(FIRST, column(world, "amount")).value = "=1+1"
        sheet.cell(FIRST, column(world, "workers")).value = 9999
        row = FIRST + 1
        for code, value in {"zone": "X9", "name": "乙", "status": "停工", "started": "某天"}.items():
            sheet.cell(row, column(world, code)).value = value

    upload = sent(world, edited(written(world, [entry]), change))
    found = upload_report(upload, world.people["office"])
    told = {(place.rpartition("!")[2], text[:6]) for row in found.rows for place, _label, text in row.errors}
    letters = {
        code: get_column_letter(column(world, code)) for code in ("amount", "workers", "zone", "status", "started")
    }
    assert told == {
        (f"{letters['amount']}{FIRST}", "这里是公式，"),
        (f"{letters['workers']}{FIRST}", "不得大于 5"),
        (f"{letters['zone']}{FIRST + 1}", "没有园区“X"),
        (f"{letters['status']}{FIRST + 1}", "没有选项“停"),
        (f"{letters['started']}{FIRST + 1}", "“某天”不是"),
    }
    with pytest.raises(UploadRefused):
        upload_confirm(by=world.people["office"], upload_id=upload.pk)
    assert Entry.objects.count() == 1


def test_what_was_changed_since_the_download_is_not_overwritten(world, entry):
    data = edited(written(world, [entry]), lambda sheet: sheet.cell(FIRST, column(world, "amount"), 300))
    entry_change(by=world.people["parkA"], entry_id=entry.pk, given={"amount": "1000"}, base_revision=1)
    found = report(world, data)
    assert "第 2 版" in found.rows[0].errors[0][2]


def test_headers_that_mean_nothing_are_told(world):
    data = edited(written(world), lambda sheet: sheet.cell(HEADER_ROW + 1, column(world, "area"), "面积与其他"))
    found = report(world, data)
    assert "不认识“面积与其他”" in found.faults[0][1]
    assert not found.can_save


def test_the_stamp_guards_register_and_version(world):
    data = written(world)
    load_definition(
        DEFINITION.replace("code: works\n", "code: others\n").replace("links_to: works", "links_to: others")
    )
    load_definition(DEFINITION.replace("名称", "工程名称"), version=2)
    world.register.refresh_from_db()
    with pytest.raises(WorkbookRefused, match="第 1 版，现为第 2 版"):
        sent(world, data)
    forged = edited(data, lambda sheet: sheet.parent["_yuanqu"].cell(1, 2, "eyJ9"))
    with pytest.raises(WorkbookRefused, match="版本戳"):
        sent(world, forged)


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"not a workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600]
)
def test_what_is_no_workbook_is_refused(world, data):
    with pytest.raises(WorkbookRefused):
        sent(world, data)


CELLS = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=30),
    st.dates(min_value=date(1900, 3, 1)),
)  # fmt: skip


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cells=st.lists(st.tuples(st.integers(HEADER_ROW + 2, HEADER_ROW + 6), st.integers(1, 19), CELLS), max_size=25))
def test_whatever_is_typed_is_either_stored_or_told(world, cells):
    def change(sheet):
        for row, at, value in cells:
            sheet.cell(row, at).value = value

    found = report(world, edited(written(world), change))
    assert not found.faults
    for row in found.rows:
        assert row.kind in {"new", "wrong"}
        assert (row.kind == "wrong") == bool(row.errors)


def test_a_table_of_ones_own_is_read_in_either_language(world):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["我们的台账"])
    sheet.append(["Zone code", "Name", "State", "Amount (10,000 yuan)"])
    sheet.append(["A1", "甲", "Planned", Decimal("12.5")])
    stream = io.BytesIO()
    book.save(stream)
    intake = read_workbook(world.register, open_workbook(io.BytesIO(stream.getvalue())))
    assert intake.faults == []
    assert intake.rows[0].write.given == {"name": "甲", "status": "Planned", "amount": "12.5"}
