"""Uploads as requests: pages, API, and what is refused before a byte is stored."""

import http.client
import json
import socket

import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from accounts.enums import ApiScope, Role
from accounts.services import apikey_create
from common.requests import most_bytes
from indicators.enums import ReturnStatus, UploadStatus
from indicators.models import Return, Upload
from tests.indicators.workbooks.conftest import download, download_round, edited, figures, fresh, put

API = "/api/v1/returns/{}/workbook/"


def file_of(raw, name="报表.xlsx"):
    return SimpleUploadedFile(name, raw)


@pytest.fixture
def client(small):
    client = Client()
    client.force_login(small.manager())
    yield client
    translation.activate(django_settings.LANGUAGE_CODE)  # a request leaves its language behind


@pytest.fixture
def caller(small):
    """A client with a key of A1's manager."""
    scopes = [ApiScope.READ, ApiScope.RETURN_WRITE]
    key, secret = apikey_create(by=small.manager(name="caller"), name="test", scopes=scopes, days=1)
    return Client(headers={"Authorization": f"Api-Key {key.prefix}.{secret}"})


@pytest.fixture
def api(small, caller):
    """Send a workbook to the API."""

    def ask(raw, query="", revision=1, **fields):
        url = API.format(small.return_.pk) + query
        return caller.post(url, {"file": file_of(raw), **fields}, headers={"If-Match": f'"{revision}"'})

    return ask


def test_download_upload_confirm_in_the_portal(small, client):
    response = client.get(f"/returns/{small.return_.pk}/workbook/")
    raw = edited(response.getvalue(), put({"tax_revenue": 12.5}))
    assert "attachment" in response.headers["Content-Disposition"]
    answer = client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(raw)})
    upload = Upload.objects.get()
    assert (answer.status_code, answer.url) == (302, f"/uploads/{upload.pk}/")
    page = client.get(answer.url)
    assert "税收收入" in page.text
    assert "12.50" in page.text
    assert "报表!F" in page.text
    assert client.post(f"/uploads/{upload.pk}/confirm/").status_code == 302
    assert figures(small.return_)["tax_revenue"][0] == 12.5
    assert client.post(f"/uploads/{upload.pk}/confirm/").status_code == 302
    assert fresh(small.return_).revision == 2
    assert client.get(f"/uploads/{upload.pk}/file/").getvalue() == raw
    assert "已保存" in client.get("/uploads/").text


def test_what_is_not_taken_is_told_on_the_page_and_not_kept(small, client, tmp_path):
    answer = client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(b"a,b\n1,2\n", "a.xlsx")})
    assert answer.status_code == 422
    assert "这是文本文件" in answer.text
    assert not Upload.objects.exists()
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


def test_questions_are_answered_on_the_page(small, client):
    def words(book):
        put({"tax_revenue": "—", "energy_use": "/", "employees": "12万"})(book)

    client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(edited(download(small.return_), words))})
    upload = Upload.objects.get()
    page = client.get(f"/uploads/{upload.pk}/").text
    assert 'name="answer:all:blank_word"' in page
    assert "确认保存" not in page
    keys = {
        question["code"] if "code" in question else question["key"]: question for question in upload.report["questions"]
    }
    number = next(key for key in keys if key.startswith("text_unit:"))
    client.post(
        f"/uploads/{upload.pk}/answers/", {"answer:all:blank_word": "not_applicable", f"answer:{number}": "multiplied"}
    )
    page = client.get(f"/uploads/{upload.pk}/").text
    assert "确认保存 3 格" in page
    client.post(f"/uploads/{upload.pk}/confirm/")
    stored = figures(small.return_)
    assert stored["tax_revenue"][:2] == (None, "not_applicable")
    assert stored["employees"][0] == 120000


def test_discarding_and_anothers_upload(small, client):
    client.post(
        f"/returns/{small.return_.pk}/upload/",
        {"file": file_of(edited(download(small.return_), put({"tax_revenue": 1})))},
    )
    upload = Upload.objects.get()
    other = Client()
    other.force_login(small.filler())
    for path in ("", "file/"):
        assert other.get(f"/uploads/{upload.pk}/{path}").status_code == 404
    assert other.post(f"/uploads/{upload.pk}/confirm/").status_code == 404
    assert client.post(f"/uploads/{upload.pk}/discard/").status_code == 302
    assert client.post(f"/uploads/{upload.pk}/confirm/").status_code == 422
    assert "tax_revenue" not in figures(small.return_)
    assert Upload.objects.get().status == UploadStatus.DISCARDED


def test_a_city_file_in_the_portal(small):
    small.add_return("A2", small.round)
    proxy = small.user("proxy", Role.PROXY_FILLER, small.cities["A"])
    client = Client()
    client.force_login(proxy)
    raw = client.get(f"/rounds/{small.round.pk}/workbook/").getvalue()
    assert raw[:2] == b"PK"
    answer = client.post(f"/rounds/{small.round.pk}/upload/", {"file": file_of(raw, "全市.xlsx")})
    assert "没有需要保存的改动" in client.get(answer.headers["Location"]).text
    assert client.get(f"/rounds/{small.round.pk}/upload/").status_code == 200
    assert download_round(proxy, small.round)[:2] == b"PK"


# ---- API ----------------------------------------------------------------------------------------------------------


def test_a_dry_run_answers_the_difference_and_saves_nothing(small, api):
    raw = edited(download(small.return_), put({"tax_revenue": 12.5}))
    answer = api(raw, "?dry_run=true")
    assert answer.status_code == 200
    body = answer.json()
    assert body["can_save"]
    assert [(change["code"], change["after"]["number"]) for change in body["changes"]] == [("tax_revenue", "12.5")]
    assert not Upload.objects.exists()
    assert "tax_revenue" not in figures(small.return_)


def test_over_the_api_it_is_saved_whole_with_its_trace(small, api):
    raw = edited(download(small.return_), put({"tax_revenue": 12.5}))
    answer = api(raw)
    assert answer.status_code == 200, answer.text
    assert answer.json()["revision"] == 2
    assert answer.headers["ETag"] == '"2"'
    assert Upload.objects.get().status == UploadStatus.CONFIRMED
    assert api(raw).status_code == 412
    assert api(raw, revision=2).json()["type"] == "urn:yuanqu:problem:workbook_old_version"


def test_the_api_hands_the_workbook_out(small, caller):
    answer = caller.get(API.format(small.return_.pk))
    assert answer.headers["ETag"] == '"1"'
    assert answer.getvalue()[:2] == b"PK"


@pytest.mark.parametrize("dry", ["true", "false"])
def test_problems_name_their_cells(small, api, dry):
    raw = edited(download(small.return_), put({"tax_revenue": "约5", "employees": "—"}))
    answer = api(raw, f"?dry_run={dry}")
    if dry == "true":
        body = answer.json()
        assert body["faults"][0]["code"] == "tax_revenue"
        assert body["questions"][0]["kind"] == "blank_word"
        return
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {error["code"] for error in answer.json()["errors"]} == {"fault", "blank_word"}
    assert not Upload.objects.exists()


def test_answers_come_with_the_file(small, api):
    raw = edited(download(small.return_), put({"employees": "—"}))
    assert api(raw).status_code == 422
    answer = api(raw, answers=json.dumps({"all:blank_word": "zero"}))
    assert answer.status_code == 200
    assert figures(small.return_)["employees"][0] == 0


@pytest.mark.parametrize(
    ("raw", "fields", "status", "code"),
    [
        (b"", {}, 400, "validation"),
        (b"a,b", {}, 422, "workbook_csv"),
        (b"a,b", {"answers": "[1"}, 400, "validation"),
        (b"a,b", {"answers": "[]"}, 400, "validation"),
    ],
)
def test_refusals_are_problems(small, api, raw, fields, status, code):
    answer = api(raw, **fields)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:yuanqu:problem:{code}")


def test_the_header_is_required(small, caller):
    url = API.format(small.return_.pk)
    assert caller.post(url, {"file": file_of(b"x")}).status_code == 428


# ---- too large ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [100 * 1024**2, 2 * 1024**3])
@pytest.mark.parametrize("path", ["/returns/1/upload/", "/api/v1/returns/1/workbook/"])
def test_a_hundred_megabytes_are_refused_before_they_are_sent(live_server, tmp_path, size, path):
    """A real request that announces its length: the answer comes while not one byte of the body has been sent."""
    connection = http.client.HTTPConnection(live_server.thread.host, live_server.thread.port, timeout=10)
    connection.putrequest("POST", path)
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    assert answer.status == 413
    assert "超过上限 20 MB" in body
    if path.startswith("/api/"):
        assert json.loads(body)["type"] == "urn:yuanqu:problem:too_large"
    assert not any(file.is_file() for file in tmp_path.rglob("*"))
    connection.close()


def test_a_body_without_a_length_is_read_as_empty(live_server):
    """Chunked, a hundred megabytes would come without being announced: nothing of it is taken."""
    with socket.create_connection((live_server.thread.host, live_server.thread.port), timeout=10) as stream:
        head = f"POST /accounts/login/ HTTP/1.1\r\nHost: {live_server.thread.host}\r\nTransfer-Encoding: chunked\r\n"
        stream.sendall(f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode())
        assert stream.recv(64).startswith(b"HTTP/1.1 4")


def test_a_file_a_little_too_large_has_its_sentence(small, client, settings):
    settings.UPLOAD_MAX_BYTES = 1000
    answer = client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(b"PK" + b"x" * 2000)})
    assert answer.status_code == 422
    assert "超过上限" in answer.text
    assert most_bytes() > 1000


def test_the_limit_is_a_setting():
    assert django_settings.UPLOAD_MAX_BYTES == 20 * 1024 * 1024


def test_what_is_said_of_a_file_follows_the_readers_language(small, client):
    raw = edited(download(small.return_), put({"tax_revenue": "很多", "energy_use": -1}))
    page = client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(raw)}, follow=True)
    assert "这里是文字“很多”" in page.content.decode()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    address = Upload.objects.get().get_absolute_url()
    english = client.get(address).content.decode()
    assert "Here is the text “很多”, not a number" in english
    assert "cannot be below 0" in english
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    assert "这里是文字“很多”" in client.get(address).content.decode()


def test_a_settled_file_is_not_read_again(small, client):
    raw = edited(download(small.return_), put({"tax_revenue": 12.5}))
    client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(raw)})
    upload = Upload.objects.get()
    client.post(f"{upload.get_absolute_url()}confirm/")
    upload.refresh_from_db()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Tax revenue" in client.get(upload.get_absolute_url()).content.decode()
    assert Upload.objects.get().report == upload.report


def test_what_can_not_be_read_does_not_look_as_if_it_were_cleared(small, client):
    raw = edited(download(small.return_), put({"employees": "很多", "tax_revenue": 12.5}))
    page = client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(raw)}, follow=True)
    assert [change["code"] for change in page.context["upload"].report["changes"]] == ["tax_revenue"]
    assert page.context["kinds"]["emptied"] == 0


def test_rules_are_told_only_once_all_is_answered(small, client):
    raw = edited(download(small.return_), put({"tax_revenue": "1.2亿元", "value_added": 600000}))
    page = client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(raw)}, follow=True)
    assert page.context["upload"].report["findings"]
    assert page.context["open_questions"] == 1
    assert page.context["findings"] == []


def test_an_accepted_return_points_to_the_correction_request(small, client):
    raw = edited(download(small.return_), put({"tax_revenue": 12.5}))
    Return.objects.filter(pk=small.return_.pk).update(status=ReturnStatus.ACCEPTED)
    page = client.post(f"/returns/{small.return_.pk}/upload/", {"file": file_of(raw)}, follow=True)
    assert "请在报表页面提出更正申请" in page.content.decode()
