"""A department's desk: due, template, upload, difference, confirmation (部门数据页面)."""

import io
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.enums import Duty
from indicators.enums import UploadStatus
from indicators.models import DepartmentLoad, Upload, Value
from parks.models import ZoneAlias
from tests.indicators.test_departments import department_officer, know

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def officer(world):
    return department_officer(world, Duty.TAXATION)


@pytest.fixture
def desk(client, officer):
    client.force_login(officer)
    return client


def workbook(*lines, merge=None):
    """An .xlsx with these lines; a cell ("=", formula, result) is a formula."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("部门数据")
        for row, line in enumerate(lines):
            for column, cell in enumerate(line):
                if isinstance(cell, tuple):
                    sheet.write_formula(row, column, cell[1], None, cell[2])
                elif cell is not None:
                    sheet.write(row, column, cell)
        if merge:
            sheet.merge_range(*merge)
    return SimpleUploadedFile("税收.xlsx", stream.getvalue())


HEAD = ("园区编号", "园区名称", "省辖市", "税收收入（万元）")


def upload(client, file, period="2020", **changes):
    facts = {"department": "taxation", "period": period, "source_note": "2020年税收年报", "file": file, **changes}
    return client.post("/departments/upload/", facts)


def check(client, file, **facts):
    """The page of an uploaded file."""
    response = upload(client, file, **facts)
    assert response.status_code == 302, response.content.decode()
    return client.get(response.url)


def faults(response):
    return [(fault.place, fault.code) for fault in response.context["faults"]]


class TestDue:
    def test_what_is_due_and_what_came(self, desk, world):
        page = desk.get("/departments/").content.decode()
        assert "2020年度" in page
        assert "税收收入" in page
        know(world.zones["A1"], "tax_revenue", 5)
        (due,) = desk.get("/departments/").context["due"]
        assert (due.missing, due.known, due.asked) == ([], 1, 4)

    def test_not_for_others(self, client, world):
        client.force_login(world.staff())
        assert client.get("/departments/").status_code == 403


class TestTemplate:
    def test_zones_in_force_items_and_what_is_known(self, desk, world):
        know(world.zones["A1"], "tax_revenue", 5)
        world.add_zone("N1", "cluster", valid_from=date(2021, 1, 1))
        response = desk.get("/departments/template/?department=taxation&period=2020")
        book = openpyxl.load_workbook(io.BytesIO(response.getvalue()))
        table = book.worksheets[0]
        lines = [[cell.value for cell in row] for row in table.iter_rows()]
        assert lines[0] == list(HEAD)
        assert [line[:2] + line[3:] for line in lines[1:]] == [
            ["A1", "A1园区", 5], ["A2", "A2园区", None], ["B1", "B1园区", None], ["C1", "C1园区", None]]  # fmt: skip
        assert table.protection.sheet
        assert not table["D2"].protection.locked

    def test_it_comes_back_as_it_went(self, desk, world):
        know(world.zones["A1"], "tax_revenue", 5)
        file = desk.get("/departments/template/?period=2020").getvalue()
        page = check(desk, SimpleUploadedFile("back.xlsx", file))
        assert not page.context["faults"]
        assert (page.context["delivery"].unchanged, page.context["delivery"].changes) == (1, [])

    def test_a_period_that_is_none(self, desk):
        assert desk.get("/departments/template/?period=2020年").status_code == 302


class TestUpload:
    def test_difference_then_confirmation(self, desk, world):
        know(world.zones["A1"], "tax_revenue", 10)
        page = check(
            desk, workbook(HEAD, ("A1", "A1园区", "A市", 12), ("A2", "A2园区", "A市", 7), ("合计", None, None, 19))
        )
        assert (page.context["new"], page.context["altered"], page.context["fault_count"]) == (1, 1, 0)
        assert "20.0%" in page.content.decode()
        assert Value.objects.get(source="department").number == 10
        shown = page.context["delivery"].fingerprint
        done = desk.post(page.request["PATH_INFO"], {"act": "confirm", "shown": shown})
        load = DepartmentLoad.objects.get()
        assert done.url == f"/departments/loads/{load.pk}/"
        assert (load.channel, load.name, load.rows) == ("excel", "税收.xlsx", 2)
        assert {v.zone.code: (v.number, v.revision) for v in load.values.all()} == {"A1": (12, 2), "A2": (7, 1)}
        assert Upload.objects.get().status == UploadStatus.CONFIRMED
        assert "批次" in desk.get(done.url).content.decode()
        again = desk.post(page.request["PATH_INFO"], {"act": "confirm", "shown": shown})
        assert again.status_code == 422

    def test_a_change_in_between_is_shown_anew(self, desk, world):
        page = check(desk, workbook(HEAD, ("A1", "A1园区", "A市", 12)))
        know(world.zones["A1"], "tax_revenue", 10)
        response = desk.post(
            page.request["PATH_INFO"], {"act": "confirm", "shown": page.context["delivery"].fingerprint}
        )
        assert response.status_code == 409
        assert Value.objects.get(source="department").number == 10

    def test_whole_or_not_at_all(self, desk):
        page = check(desk, workbook(HEAD, ("A1", "A1园区", "A市", 12), ("A2", "A2园区", "A市", -1)))
        assert faults(page) == [("部门数据!D3", "invalid")]
        response = desk.post(
            page.request["PATH_INFO"], {"act": "confirm", "shown": page.context["delivery"].fingerprint}
        )
        assert response.status_code == 422
        assert not DepartmentLoad.objects.exists()

    def test_names_are_asked_about_and_answers_followed(self, desk, world):
        ZoneAlias.objects.create(zone=world.zones["A2"], name="老园区", certainty="A")
        page = check(desk, workbook(("园区名称", "税收收入"), ("老园区", 7), ("老园区", 8)))
        assert faults(page) == [("部门数据!B2", "zone_ambiguous")]  # once, however often it occurs
        page = check(desk, workbook(("园区名称", "税收收入"), ("老园区", 7)))
        assert [(given, [z.code for z in zones]) for given, zones in page.context["zone_questions"]] == [
            ("老园区", ["A2"])
        ]
        answered = desk.post(
            page.request["PATH_INFO"], {"act": "answer", "zone_given": ["老园区"], "zone_meant": ["A2"]}, follow=True
        )
        assert [c["change"].zone.code for c in answered.context["changes"]] == ["A2"]

    def test_headers_are_asked_about_and_answers_followed(self, desk):
        page = check(desk, workbook(("园区编号", "税收收人", "经办人"), ("A1", 7, "甲")))
        assert faults(page) == [("部门数据!B1", "header_unknown"), ("部门数据!C1", "header_unknown"), ("", "empty")]
        answered = desk.post(
            page.request["PATH_INFO"],
            {"act": "answer", "column_given": ["税收收人", "经办人"], "column_meant": ["tax_revenue", "-"]},
            follow=True,
        )
        assert [c["change"].number for c in answered.context["changes"]] == [7]

    def test_setting_aside(self, desk):
        page = check(desk, workbook(HEAD, ("A1", "A1园区", "A市", 12)))
        assert desk.post(page.request["PATH_INFO"], {"act": "discard"}).url == "/departments/"
        assert not Value.objects.exists()
        assert "已放弃" in desk.get(page.request["PATH_INFO"]).content.decode()

    @pytest.mark.parametrize(
        ("lines", "found"),
        [
            ((HEAD, ("A1", None, None, ("=", "=1+1", 2))), ("部门数据!D2", "number")),
            ((HEAD, ("A1", None, None, "计划 500")), ("部门数据!D2", "plan")),
            ((HEAD, ("A1", None, None, "约500")), ("部门数据!D2", "number")),
            ((HEAD, ("A1", "A2园区", None, 5)), ("部门数据!D2", "zone_mismatch")),
            ((("园区编号", "税收收入（亿元）"), ("A1", 5)), ("部门数据!B1", "unit")),
            ((("园区编号", "税收收入（计划）"), ("A1", 5)), ("部门数据!B1", "plan")),
            ((("园区编号", "税收收入（上年）"), ("A1", 5)), ("部门数据!B1", "period")),
            ((("园区编号", "税收收入", "tax_revenue"), ("A1", 5, 5)), ("部门数据!C1", "duplicate")),
            ((("园区编号", "从业人员期末人数"), ("A1", 5)), ("部门数据!B2", "not_answering")),
            ((("甲", "乙"), (1, 2)), ("", "no_header")),
        ],
    )
    def test_what_is_refused(self, desk, lines, found):
        assert found in faults(check(desk, workbook(*lines)))

    def test_merged_cells(self, desk):
        file = workbook(HEAD, ("A1", None, None, None), ("A2", None, None, None), merge=(1, 3, 2, 3, 5))
        assert faults(check(desk, file)) == [("部门数据!D2", "number")]

    @pytest.mark.parametrize(
        ("name", "content"), [("a.xls", b"x"), ("a.xlsx", b"no zip"), ("a.xlsm", b"x"), ("a.xlsx", b"")]
    )
    def test_files_that_are_none(self, desk, name, content):
        assert upload(desk, SimpleUploadedFile(name, content)).status_code == 422
        assert not Upload.objects.exists()

    def test_too_large(self, desk):
        big = SimpleUploadedFile("a.csv", "园区编号,税收收入\n".encode() + b"A1,5\n" * 2_200_000)
        assert upload(desk, big).status_code == 422

    def test_broken_csv(self, desk):
        assert faults(check(desk, SimpleUploadedFile("a.csv", '园区编号,"税收'.encode())))[0] == ("", "not_csv")

    @pytest.mark.parametrize("facts", [{"period": "2099"}, {"source_note": ""}, {"department": "statistics"}])
    def test_facts(self, desk, facts):
        assert upload(desk, workbook(HEAD, ("A1", None, None, 5)), **facts).status_code == 422

    def test_somebody_elses_file_is_not_found(self, desk, client, world):
        page = check(desk, workbook(HEAD, ("A1", None, None, 5)))
        client.force_login(department_officer(world, Duty.CUSTOMS))
        assert client.get(page.request["PATH_INFO"]).status_code == 404


class TestHome:
    def test_what_is_still_to_deliver(self, desk, world):
        page = desk.get("/")
        assert [[item.code for item in row.missing] for row in page.context["department_work"]] == [["tax_revenue"]]
        assert "待导入的部门数据" in page.content.decode()
        know(world.zones["A1"], "tax_revenue", 5)
        assert desk.get("/").context["department_work"] == []

    def test_others_have_none(self, client, world):
        client.force_login(world.staff())
        assert "待导入的部门数据" not in client.get("/").content.decode()
