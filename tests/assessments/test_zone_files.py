"""The file of a zone and year: all that a verdict rests on, the same as page, PDF and DOCX, nothing before its time."""

import pytest
from django.utils import timezone

from assessments.models import Objection, Run
from assessments.tasks import run_execute
from indicators.enums import ReturnStatus
from indicators.models import Answer, Question, Return, Value
from tests.assessments.conftest import YEAR, get
from tests.assessments.test_bulletins import text_of_docx, text_of_pdf
from tests.assessments.test_consequences import finalise
from tests.assessments.test_proceedings import case

__all__ = ["case"]
pytestmark = pytest.mark.django_db


def file_of(client, user, result, kind=""):
    name = f"result_file_{kind}" if kind else "result_file"
    return get(client, user, name, result.run_id, result.zone.code)


def test_the_file_holds_all_that_a_verdict_rests_on(case, client):
    final = finalise(case, A6="demote")
    result = final.run.results.get(zone__code="A6")
    publication = final.publications.get()
    Objection.objects.create(
        publication=publication, zone=result.zone, text="能耗数据有误", filed_by=case.province.manager("A6"), status="rejected",
        answer="经核对无误", answered_by=case.other, answered_at=timezone.now(),
    )  # fmt: skip
    owner = Objection.objects.get().filed_by
    head = final.acts.latest("pk").digest
    said = (
        "A6园区 2023 年度考核档案", "研发占比", "小办法", "降级", "会议决定", "能耗数据有误", "经核对无误", "限期整改",
        "豫集聚办〔2024〕5号", final.run.inputs_digest, final.run.results_digest, final.run.scheme.digest, head,
    )  # fmt: skip
    page = file_of(client, owner, result).content.decode()
    for text in (
        page,
        text_of_docx(file_of(client, owner, result, "docx").content),
        text_of_pdf(file_of(client, owner, result, "pdf").content),
    ):
        for words in said:
            assert words in text, words


def test_a_figure_corrected_since_the_freeze_is_told_apart(case, client):
    result = case.now.run.results.get(zone__code="A2")
    assert "冻结后已更正" not in file_of(client, case.staff, result).content.decode()
    Value.objects.filter(zone=result.zone, year=YEAR, indicator__code="rd_share").update(number=99)
    page = file_of(client, case.staff, result).content.decode()
    assert "冻结后已更正" in page
    assert "99" not in page.split("确认的数据")[1].split("冻结后已更正")[0][-80:], "the frozen figure is shown"


def test_no_decision_is_told_before_it_is_public(case, client):
    manager = case.province.manager("A6")
    case.decide(A6="exit")
    case.submit()
    case.confirm()
    result = case.now.run.results.get(zone__code="A6")
    assert file_of(client, manager, result).status_code == 404, "the result itself is under embargo"
    assert "退出" in file_of(client, case.staff, result).content.decode()
    case.publish()
    assert "退出" in file_of(client, manager, result).content.decode()


def test_questions_of_reviewers_and_their_answers_are_in_it(case, client):
    province = case.province
    for zone in ("A1", "A2"):
        Value.objects.filter(zone__code=zone, year=YEAR).delete()
        province.add_return(zone, YEAR, (5, 100, 30), ReturnStatus.ACCEPTED)
    return_ = Return.objects.get(zone__code="A1")
    question = Question.objects.create(
        return_ref=return_, indicator=province.indicators["rd_share"], text="为何下降？", asked_by=case.staff
    )
    Answer.objects.create(question=question, text="企业搬迁", by=province.manager("A1"))
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=case.staff)
    run_execute(run.pk)
    page = file_of(client, case.staff, run.results.get(zone__code="A1")).content.decode()
    assert "为何下降？" in page
    assert "企业搬迁" in page
