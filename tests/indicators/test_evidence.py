"""Evidence: what is taken and what is refused, told by content; locked with its return; handed out only to who may see it."""

import io
import zipfile
from hashlib import sha256

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from common import attachments
from indicators import services
from indicators.exceptions import ReturnLocked, ValueInvalid
from indicators.models import Evidence, Return

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


def zipped(*names):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


DOCX, XLSX, OFD = zipped("word/document.xml"), zipped("xl/workbook.xml"), zipped("OFD.xml")


def examine(content, name):
    return attachments.examine(io.BytesIO(content), name, len(content))


@pytest.mark.parametrize(
    ("content", "name", "extension"),
    [(PDF, "税单.pdf", "pdf"), (PNG, "a.PNG", "png"), (JPEG, "a.jpeg", "jpg"), (JPEG, "a.jpg", "jpg"),
     (DOCX, "a.docx", "docx"), (XLSX, "a.xlsx", "xlsx"), (OFD, "批复.ofd", "ofd")],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_taken(content, name, extension):
    found = examine(content, name)
    assert (found.kind.extension, found.size, found.digest) == (extension, len(content), sha256(content).hexdigest())


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "a.pdf", "空文件"),
        (PDF, "a.png", "扩展名与内容不符"),
        (PDF, "a", "扩展名与内容不符"),
        (b"MZ" + bytes(64), "a.pdf", "不是可以上传的类型"),
        (b"<html><script>alert(1)</script>", "a.pdf", "不是可以上传的类型"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "a.png", "不是可以上传的类型"),
        (zipped("a.pdf", "b.pdf"), "a.zip", "压缩包请解开"),
        (zipped("xl/workbook.xml", "xl/vbaProject.bin"), "a.xlsx", "含有宏"),
        (XLSX[:40], "a.xlsx", "已损坏"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(64), "a.doc", "旧版 Office"),
    ],
    ids=["empty", "other ending", "no ending", "program", "page", "drawing", "archive", "macros", "cut off", "old"],
)
def test_what_is_refused_says_why_and_how_to_mend_it(content, name, words):
    with pytest.raises(attachments.FileRefused, match=words):
        examine(content, name)


def test_a_file_too_large_is_refused_unread():
    with pytest.raises(attachments.FileRefused, match="超过 20 MB"):
        attachments.examine(io.BytesIO(PDF), "a.pdf", attachments.LARGEST + 1)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        (r"C:\税务\完税证明.pdf", "完税证明.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("a\x00b\n<c>.pdf", "ab_c_.pdf"),
        (" . ", "file"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
    ],
)
def test_names_are_made_fit_to_be_shown(typed, shown):
    assert attachments.clean_name(typed) == shown


# ---- in a return


@pytest.fixture
def filing(world, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return world.add_return(values={"tax_revenue": 5}), world.manager()


def add(filing, content=PDF, name="完税证明.pdf", code="tax_revenue", by=None):
    upload = ContentFile(content, name)
    return services.evidence_add(
        by=by or filing[1], return_id=filing[0].pk, indicator_code=code, upload=upload, name=name
    )


def test_a_file_is_kept_with_who_and_its_digest_and_a_second_click_makes_no_second(filing, tmp_path):
    made = add(filing)
    assert (made.name, made.digest, made.content_type) == ("完税证明.pdf", sha256(PDF).hexdigest(), "application/pdf")
    assert (tmp_path / made.file.name).read_bytes() == PDF
    assert "完税" not in made.file.name
    assert Return.objects.get().revision == 2
    assert add(filing) == made
    assert add(filing, name="副本.pdf") == made
    assert add(filing, code="employees") != made  # the same paper may prove two figures
    assert add(filing, code="").indicator is None


def test_taking_back_keeps_row_and_file(filing, tmp_path):
    made = add(filing)
    for _twice in range(2):
        services.evidence_remove(by=filing[1], evidence_id=made.pk)
    made.refresh_from_db()
    assert made.removed_by == filing[1]
    assert (tmp_path / made.file.name).exists()
    assert not Evidence.objects.kept().exists()
    assert Return.objects.get().revision == 3


def test_who_may_and_what_is_not_taken(filing, world):
    with pytest.raises(Return.DoesNotExist):
        add(filing, by=world.manager("B1"))
    with pytest.raises(PermissionDenied):
        add(filing, by=world.reviewer())
    with pytest.raises(ValueInvalid, match="不是本报表的填报项"):
        add(filing, code="gdp")
    with pytest.raises(ValueInvalid, match="不是可以上传的类型"):
        add(filing, b"#!/bin/sh\n", "a.pdf")
    for number in range(services.evidence.MOST_FILES):
        add(filing, PDF + bytes([number]))
    with pytest.raises(ValueInvalid, match="已有 20 个文件"):
        add(filing, PDF + b"more")


@pytest.mark.parametrize("status", ["submitted", "city_accepted", "accepted"])
def test_a_filed_return_takes_and_gives_back_no_files(filing, status):
    made = add(filing)
    Return.objects.filter(pk=filing[0].pk).update(status=status)
    with pytest.raises(ReturnLocked):
        add(filing, PNG, "a.png")
    with pytest.raises(ReturnLocked):
        services.evidence_remove(by=filing[1], evidence_id=made.pk)


def test_the_database_locks_evidence_of_an_accepted_return_on_every_path(filing):
    made = add(filing)
    Return.objects.filter(pk=filing[0].pk).update(status="accepted")
    rows = Evidence.objects.filter(pk=made.pk)
    new = Evidence(
        return_ref=filing[0], file="x", name="x", size=1, digest="0" * 64, content_type="x", uploaded_by=filing[1]
    )
    writes = (
        lambda: rows.update(name="x"),
        lambda: rows.update(removed_by=filing[1]),
        rows.delete,
        new.save,
        lambda: Evidence.objects.bulk_create([new]),
        lambda: Evidence.objects.all()._raw_delete("default"),
    )
    for write in writes:
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    assert Evidence.objects.get() == made


# ---- over HTTP


def post(client, filing, content, name, code="tax_revenue", **headers):
    url = reverse("evidence_add", args=[filing[0].pk, *filter(None, [code])])
    return client.post(url, {"file": ContentFile(content, name)}, headers=headers)


def test_the_script_gets_the_files_of_the_cell_and_a_plain_form_the_page(filing, client):
    client.force_login(filing[1])
    answer = post(client, filing, PDF, "完税证明.pdf", accept="application/json")
    assert "完税证明.pdf" in answer.json()["html"]
    refused = post(client, filing, b"MZ", "a.exe", accept="application/json")
    assert (refused.status_code, "不是可以上传的类型" in refused.json()["messages"][0]) == (422, True)
    plain = client.post(
        reverse("evidence_add", args=[filing[0].pk, "employees"]),
        {"evidence-employees": [ContentFile(PDF, "a.pdf"), ContentFile(PNG, "b.png")]},
        headers={"accept": "text/html"},
    )
    assert plain.url.endswith("#cell-employees")
    assert Evidence.objects.filter(indicator__code="employees").count() == 2
    page = client.get(filing[0].get_absolute_url()).content.decode()
    assert "完税证明.pdf" in page


def test_a_file_is_handed_out_as_a_download_to_who_may_see_the_return(filing, client, world):
    made = add(filing)
    url = reverse("evidence_file", args=[made.pk])
    client.force_login(world.reviewer("A"))
    answer = client.get(url)
    assert answer.getvalue() == PDF
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "no-store" in answer["Cache-Control"]
    client.force_login(world.manager("B1"))
    assert client.get(url).status_code == 404
    client.logout()
    assert client.get(url).status_code == 302


def test_taking_back_over_http(filing, client, world):
    made = add(filing)
    url = reverse("evidence_remove", args=[made.pk])
    client.force_login(world.reviewer("A"))
    assert client.post(url).status_code == 403
    client.force_login(world.manager("B1"))
    assert client.post(url).status_code == 404
    client.force_login(filing[1])
    assert client.post(url, headers={"accept": "application/json"}).json()["html"].strip() == ""
    Return.objects.filter(pk=filing[0].pk).update(status="submitted")
    assert client.post(url, headers={"accept": "application/json"}).status_code == 423


# ---- over the API


def test_evidence_over_the_api_is_handed_in_listed_fetched_and_taken_back(filing, client):
    return_, manager = filing
    client.force_login(manager)
    made = client.post(
        "/api/v1/evidence/",
        {"return_id": return_.pk, "indicator": "tax_revenue", "file": ContentFile(PDF, "完税证明.pdf")},
    )
    assert made.status_code == 201
    facts = made.json()
    assert (facts["indicator"], facts["sha256"], facts["size"]) == ("tax_revenue", sha256(PDF).hexdigest(), len(PDF))
    url = f"/api/v1/evidence/{facts['id']}/"
    assert client.get(f"{url}file/").getvalue() == PDF
    assert client.delete(url).status_code == 204
    assert client.delete(url).status_code == 204
    listed = client.get("/api/v1/evidence/", {"return_id": return_.pk, "removed": "true"}).json()["results"]
    assert [row["id"] for row in listed] == [facts["id"]]
    assert client.get("/api/v1/evidence/", {"removed": "false"}).json()["results"] == []


def test_the_api_says_what_is_wrong_with_a_file_and_who_may_not(filing, client, world):
    return_, manager = filing
    body = {"return_id": return_.pk, "indicator": "tax_revenue"}
    client.force_login(manager)
    refused = client.post("/api/v1/evidence/", {**body, "file": ContentFile(b"MZ", "a.exe")})
    assert (refused.status_code, refused.json()["type"]) == (422, "urn:yuanqu:problem:file_refused")
    assert "不是可以上传的类型" in refused.json()["errors"][0]["detail"]
    assert client.post("/api/v1/evidence/", {**body, "file": ContentFile(b"", "a.pdf")}).status_code == 422
    assert client.post("/api/v1/evidence/", body).status_code == 400
    made = add(filing)
    Return.objects.filter(pk=return_.pk).update(status="submitted")
    assert client.post("/api/v1/evidence/", {**body, "file": ContentFile(PDF, "a.pdf")}).status_code == 409
    assert client.delete(f"/api/v1/evidence/{made.pk}/").status_code == 409
    client.force_login(world.reviewer("A"))
    assert client.delete(f"/api/v1/evidence/{made.pk}/").status_code == 403
    client.force_login(world.manager("B1"))
    assert client.get(f"/api/v1/evidence/{made.pk}/file/").status_code == 404
    assert client.delete(f"/api/v1/evidence/{made.pk}/").status_code == 404
    assert client.post("/api/v1/evidence/", {**body, "file": ContentFile(PDF, "a.pdf")}).status_code == 404
