"""Incidents by list: every row judged at its cell, what is recorded already left out, the whole or nothing."""

import io
from datetime import date

import openpyxl
import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Duty
from assessments import services
from assessments.exceptions import IncidentRefused
from assessments.models import Incident
from assessments.services import incident_uploads, incidents
from common.workbooks.errors import WorkbookRefused
from indicators.models import DataChange
from parks.models import ZoneAlias
from tests.assessments.conftest import YEAR, get, text_of
from tests.assessments.test_incidents import FACTS, officer

pytestmark = pytest.mark.django_db
HEAD = ["园区编号", "园区", "类别", "程度", "发生日期", "事由", "文号", "发文机关"]


def line(zone="A1", name="", **other):
    told = {"kind": "生产安全事故", "severity": "较大", "on": f"{YEAR}-05-06", "title": "车间起火", "number": "〔2023〕1号",
            "issuer": "省应急管理厅"} | other  # fmt: skip
    return [zone, name, told["kind"], told["severity"], told["on"], told["title"], told["number"], told["issuer"]]


def workbook(*lines, head=HEAD):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"strings_to_formulas": True}) as book:
        sheet = book.add_worksheet("清单")
        sheet.write_row(0, 0, head)
        for row, cells in enumerate(lines, start=1):
            sheet.write_row(row, 0, cells)
    return stream.getvalue()


def send(by, data, name="清单.xlsx"):
    return services.incident_upload_create(by=by, file=SimpleUploadedFile(name, data))


def confirm(by, upload):
    return services.incident_upload_confirm(by=by, upload_id=upload.pk)


@pytest.fixture
def emergency(province):
    return officer(province, Duty.EMERGENCY)


def test_new_ones_are_recorded_and_known_ones_left_out(province, emergency):
    ZoneAlias.objects.create(zone=province.zones["A3"], name="甲三区", certainty="A")
    known = services.incident_record(by=emergency, zone=province.zones["A4"], **FACTS)
    same = {"on": FACTS["on"].isoformat(), "number": FACTS["document_number"], "severity": "一般"}
    sent = workbook(
        line("A1"),
        line("", "A2园区", on=f"{YEAR}年7月8日"),
        line("", "甲三区", number="〔2023〕2号"),
        line("A4", **same),
    )
    upload = send(emergency, sent)
    report = services.incident_upload_report(upload, emergency)
    assert [each.state for each in report.rows] == ["new", "new", "new", "known"]
    assert report.rows[3].known == known
    assert report.rows[3].differs[0] == ("程度", "重大", "一般"), "told, and not changed"
    assert Incident.objects.count() == 1, "to look records nothing"
    news = DataChange.objects.count()
    confirm(emergency, upload)
    made = Incident.objects.exclude(pk=known.pk).order_by("zone__code")
    assert list(made.values_list("zone__code", "on", "severity", "reported_by__code")) == [
        ("A1", date(YEAR, 5, 6), "serious", "dept-emergency"),
        ("A2", date(YEAR, 7, 8), "serious", "dept-emergency"),
        ("A3", date(YEAR, 5, 6), "serious", "dept-emergency"),
    ]
    assert DataChange.objects.count() == news + 3
    assert confirm(emergency, upload).report["recorded"] == 3, "confirmed twice, recorded once"
    with pytest.raises(IncidentRefused, match="都已登记过"):
        confirm(emergency, send(emergency, sent))
    assert Incident.objects.count() == 4


def test_every_fault_is_told_at_its_cell_and_nothing_is_recorded(province, emergency):
    upload = send(
        emergency,
        workbook(
            line("A9"),
            line("A1", "A2园区"),
            line(kind="环境污染事件"),
            line(kind="督察发现的问题"),
            line(on="2099-01-01"),
            line(number=""),
            line(title="=1+1"),
            line(number="同一号"),
            line(number="同一号"),
            line(severity="严重", number="另一号"),
            line("", "A2 园 区x", number="再一号"),
        ),
    )
    report = services.incident_upload_report(upload, emergency)
    told = {each.row.row: [*each.row.errors] for each in report.rows if each.row.faults}
    expected = {
        2: ("清单!A2", "没有园区"),
        3: ("清单!A3", "不是同一个园区"),
        4: ("清单!C4", "不由您所在的部门登记"),
        5: ("清单!D5", "没有“较大”这一程度。可选：省级、国家级"),
        6: ("清单!E6", "尚未到来"),
        7: ("清单!G7", "必填"),
        8: ("清单!F8", "公式"),
        10: ("清单!G10", "与第 9 行"),
        11: ("清单!D11", "没有“严重”这一程度。可选：一般、较大"),
        12: ("清单!B12", "是否为：A2 A2园区"),
    }
    assert set(told) == set(expected)
    for row, (place, words) in expected.items():
        assert [at for at, _said in told[row]] == [place], told[row]
        assert words in told[row][0][1]
    assert not report.can_record
    with pytest.raises(IncidentRefused, match="10 行"):
        confirm(emergency, upload)
    assert not Incident.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_is_read_as_a_spreadsheet_saves_it(emergency, encoding):
    text = "\n".join(",".join(cells) for cells in [HEAD, line(on=f"{YEAR}/5/6")])
    confirm(emergency, send(emergency, text.encode(encoding), "清单.csv"))
    assert Incident.objects.get().on == date(YEAR, 5, 6)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [(b"\x00\x01", "a.csv", "not_text"), (b'a,"b', "a.csv", "not_csv"), (b"MZ", "a.exe", "kind"), (b"", "a.xlsx", "empty")],
)  # fmt: skip
def test_what_is_no_table_is_not_kept(emergency, data, name, code):
    if code == "not_text":
        data = b"\xff\xff\x81"
    with pytest.raises(WorkbookRefused) as refused:
        send(emergency, data, name)
    assert refused.value.code == code


def test_the_template_offers_what_the_reader_may_choose_and_comes_back(province, emergency, client):
    template = get(client, emergency, "incident_template").getvalue()
    book = openpyxl.load_workbook(io.BytesIO(template))
    sheet, lists = book.worksheets[0], book["_lists"]
    offered = [[cell.value for cell in column if cell.value] for column in lists.columns]
    assert offered[0][0] == "A1 A1园区"
    assert offered[2] == ["生产安全事故", "督察发现的问题", "反面典型、问责"], "not those of other departments"
    assert lists.sheet_state == "veryHidden"
    row = 5
    for column, value in enumerate(line("A2 A2园区"), start=1):
        sheet.cell(row, column).value = value
    stream = io.BytesIO()
    book.save(stream)
    confirm(emergency, send(emergency, stream.getvalue()))
    assert Incident.objects.get().zone == province.zones["A2"]
    empty = services.incident_upload_report(send(emergency, template), emergency)
    assert "没有可登记的行" in empty.faults[0][1]


def test_a_column_nobody_knows_is_told_before_any_row(emergency):
    upload = send(emergency, workbook([*line(), "x"], head=[*HEAD, "责任人"]))
    report = services.incident_upload_report(upload, emergency)
    assert (report.rows, report.faults[0][0]) == ([], "清单!I1")
    assert "责任人" in report.faults[0][1]


def test_all_or_nothing_even_when_somebody_was_quicker(province, emergency, monkeypatch):
    upload = send(emergency, workbook(line("A1"), line("A2")))
    services.incident_record(
        by=emergency, zone=province.zones["A2"], kind="safety_accident", severity="general", on=date(YEAR, 5, 6),
        title="抢先", document_number="〔2023〕1号", issuer="省应急管理厅",
    )  # fmt: skip
    blind = incidents.incidents_examine

    def as_before(*, by, rows):
        return [incidents.Judged(each.row) for each in blind(by=by, rows=rows)]

    monkeypatch.setattr(incidents, "incidents_examine", as_before)
    with pytest.raises(IncidentRefused, match="刚刚由他人登记"):
        confirm(emergency, upload)
    assert Incident.objects.count() == 1


def test_who_records_nothing_hands_in_nothing_and_others_do_not_see_it(province, emergency, client):
    with pytest.raises(PermissionDenied):
        send(province.manager(), workbook(line()))
    upload = send(emergency, workbook(line()))
    assert get(client, officer(province, Duty.ECOLOGY), "incident_upload_detail", upload.pk).status_code == 404
    assert get(client, officer(province, Duty.COMMERCE), "incident_template").status_code == 403


def test_the_number_of_queries_does_not_depend_on_the_rows(province, emergency):
    def queries(number: int) -> int:
        upload = send(emergency, workbook(*(line(number=f"{at}号") for at in range(number))))
        with CaptureQueriesContext(connection) as found:
            confirm(emergency, upload)
        return len(found)

    assert queries(2) == queries(40)
    assert incident_uploads.UploadStatus.CONFIRMED == "confirmed"


def test_the_pages_show_row_by_row_then_record(province, emergency, client):
    client.force_login(emergency)
    wrong = client.post("/incidents/upload/", {"file": SimpleUploadedFile("a.csv", b'a,"b')})
    assert (wrong.status_code, "引号没有配对" in text_of(wrong)) == (422, True)
    sent = {"file": SimpleUploadedFile("清单.xlsx", workbook(line(), line(severity="严重")))}
    page = client.post("/incidents/upload/", sent, follow=True)
    assert "清单!D3" in text_of(page)
    assert "登记 1 件" not in text_of(page), "no button while a row is wrong"
    page = client.post("/incidents/upload/", {"file": SimpleUploadedFile("清单.xlsx", workbook(line()))}, follow=True)
    at = page.request["PATH_INFO"]
    assert "登记 1 件" in text_of(page)
    done = client.post(f"{at}confirm/", follow=True)
    assert "已登记 1 件" in text_of(done)
    assert "车间起火" in text_of(done)
    assert "登记了 1 件" in text_of(client.get(at))
    again = client.post("/incidents/upload/", {"file": SimpleUploadedFile("清单.xlsx", workbook(line()))}, follow=True)
    assert "没有可登记的" in text_of(again), "said, where there is no button"
