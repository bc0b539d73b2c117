"""The bulletin of a final proceeding: what it says, the files opened again, the same bytes for ever."""

import hashlib
import io

import docx
import pypdf
import pytest
from django.db import IntegrityError, transaction

from assessments import services, tasks
from assessments.bulletins import bulletin_document, bulletin_issue
from assessments.enums import Disclosure
from assessments.models import BulletinFile, Proceeding
from common.documents import Column, Document, Facts, Heading, Paragraph, PdfUnavailable, Table, as_docx, as_pdf
from tests.assessments.conftest import get
from tests.assessments.test_consequences import finalise
from tests.assessments.test_proceedings import case

__all__ = ["case"]
pytestmark = pytest.mark.django_db
NUMBER = "豫集聚办〔2024〕5号"


def text_of_docx(body: bytes) -> str:
    file = docx.Document(io.BytesIO(body))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    head = [paragraph.text for paragraph in file.sections[0].header.paragraphs]
    return "\n".join([*head, *(paragraph.text for paragraph in file.paragraphs), *cells])


def text_of_pdf(body: bytes) -> str:
    """Without line breaks, which come where the line is full."""
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(body)).pages).replace("\n", "")


def fonts_of(body: bytes) -> list[tuple[str, bool]]:
    found = {}
    for page in pypdf.PdfReader(io.BytesIO(body)).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            found[str(inner["/BaseFont"])] = any("/FontFile" in key for key in inner["/FontDescriptor"].get_object())
    return list(found.items())


def test_the_bulletin_says_what_was_decided_and_how_to_check_it(case):
    final = finalise(case, A1="promote", A5="watch", A6="demote")
    tasks.bulletin_write(final.pk)
    files = {file.format: bytes(file.content) for file in BulletinFile.objects.all()}
    assert set(files) == {"docx", "pdf"}
    head = final.acts.latest("pk").digest
    for text in (text_of_docx(files["docx"]), text_of_pdf(files["pdf"])):
        for said in (
            "关于2023年度产业集聚区考核结果的通报", NUMBER, "公示期内没有收到异议", "一、考核结果", "晋升1个", "A1园区",
            "二、晋升的园区", "三、降级、退出的园区", "四、重点关注的园区", "限期整改", "P199", head, final.run.results_digest,
            "省产业集聚区发展联席会议办公室",
        ):  # fmt: skip
            assert said in text, said
    assert all(embedded for _name, embedded in fonts_of(files["pdf"]))
    assert any("CJK" in name for name, _embedded in fonts_of(files["pdf"]))


def test_a_bulletin_is_written_once_and_never_changed(case):
    final = finalise(case)
    first = {file.format: file.digest for file in bulletin_issue(final.pk)}
    assert {file.format: file.digest for file in bulletin_issue(final.pk)} == first
    assert {
        file.format: hashlib.sha256(bytes(file.content)).hexdigest() for file in BulletinFile.objects.all()
    } == first
    with pytest.raises(IntegrityError), transaction.atomic():
        BulletinFile.objects.update(digest="0" * 64)
    other = Proceeding.objects.create(zone_class="etdz", year=2000, run=final.run)
    with pytest.raises(IntegrityError, match="what its digest says"), transaction.atomic():
        BulletinFile.objects.create(
            proceeding=other, format="docx", content=b"x", size=1, digest=hashlib.sha256(b"x").hexdigest()
        )


def test_there_is_no_bulletin_before_the_end(case, client):
    case.until_public()
    assert bulletin_issue(case.proceeding.pk) == []
    assert get(client, case.staff, "bulletin_file", case.proceeding.pk, "docx").status_code == 404


@pytest.mark.parametrize(
    ("disclosure", "top_n", "named", "silent"),
    [
        (Disclosure.OWN, None, "各园区的结果由各园区登录系统查阅", "A6园区"),
        (Disclosure.TOP, 2, "A2园区", "A6园区"),
        (Disclosure.GRADES, None, "A6园区", "位次"),
    ],
)
def test_the_bulletin_names_no_more_than_was_public(case, disclosure, top_n, named, silent):
    case.decide(A1="promote", A6="demote", A2="keep", A3="keep", A4="keep", A5="keep")
    case.submit(disclosure=disclosure, top_n=top_n)
    case.confirm()
    case.publish()
    case.close()
    final = case.act(services.proceeding_finalise, case.lead, bulletin_number=NUMBER)
    text = text_of_docx(as_docx(bulletin_document(final)))
    assert named in text
    assert silent not in text


def test_the_files_come_from_the_page_and_the_interface(case, client):
    final = finalise(case)
    page = get(client, case.province.manager("A2"), "bulletin_list")
    assert "首次下载时生成" in page.content.decode()
    answer = client.get(f"/bulletins/{final.pk}.docx")
    assert hashlib.sha256(answer.content).hexdigest() == BulletinFile.objects.get(format="docx").digest
    assert BulletinFile.objects.get(format="docx").digest in client.get("/bulletins/").content.decode()
    listed = client.get("/api/v1/bulletins/").json()["results"]
    assert {row["digest"] for row in listed} == set(BulletinFile.objects.values_list("digest", flat=True))
    row = next(row for row in listed if row["format"] == "docx")
    assert client.get(f"/api/v1/bulletins/{row['id']}/file/").content == answer.content


def test_without_the_libraries_the_link_says_what_to_install(case, client, monkeypatch):
    final = finalise(case)
    for module in ("common.documents.pdf", "assessments.bulletins", "assessments.views.bulletins"):
        monkeypatch.setattr(f"{module}.pdf_is_available", lambda: False)
    client.force_login(case.staff)
    answer = client.get(f"/bulletins/{final.pk}.pdf", follow=True)
    assert "libpango-1.0-0" in answer.content.decode()
    assert list(BulletinFile.objects.values_list("format", flat=True)) == ["docx"]
    with pytest.raises(PdfUnavailable):
        as_pdf(bulletin_document(final))


def test_a_document_of_every_part_opens_again():
    document = Document(
        title="园区档案",
        number="〔2024〕1号",
        mark="演示数据",
        foot="指纹 abc",
        blocks=[
            Heading("一、数据"),
            Heading("（一）来源", level=2),
            Paragraph("正文<b>&"),
            Facts([("编号", "Z001")]),
            Table([Column("指标", 30), Column("数值", 10, number=True)], [["税收", "1,234.50"]]),
            Table([Column("空", 10)], [], empty="没有记录。"),
        ],
        signature=["办公室", "2024年1月1日"],
    )
    for text in (text_of_docx(as_docx(document)), text_of_pdf(as_pdf(document))):
        for said in ("演示数据", "园区档案", "正文<b>&", "Z001", "1,234.50", "没有记录。", "2024年1月1日"):
            assert said in text, said
