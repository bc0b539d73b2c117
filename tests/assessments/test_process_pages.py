"""The official process in pages: deciding, a second person, publication, objections, another run, the calendar."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.enums import NoticeKind, Role
from accounts.models import Notice
from assessments import tasks
from assessments.access import Stage
from assessments.enums import Disclosure
from assessments.models import CalendarDay, Decision, Objection, Proceeding, Publication, Run
from tests.assessments.conftest import YEAR, figures, get, text_of
from tests.assessments.course import Course, open_on, publish_run

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"


@pytest.fixture
def staff(province):
    return province.staff()


@pytest.fixture
def lead(province):
    return province.user("lead", Role.OFFICE_LEAD)


def run_of(province, by) -> Run:
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=by)
    tasks.run_execute(run.pk)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def run(province, staff):
    return run_of(province, staff)


@pytest.fixture
def course(run, staff, lead) -> Course:
    return open_on(run, staff, lead)


def post(client: Client, user, name, *args, follow=True, **data):
    client.force_login(user)
    return client.post(reverse(name, args=args), data, follow=follow)


def test_a_proceeding_is_opened_from_the_list_once(client, staff, run):
    assert "启动程序" in text_of(get(client, staff, "proceeding_list"))
    first = post(client, staff, "proceeding_open", run=run.pk)
    proceeding = Proceeding.objects.get()
    assert first.redirect_chain[-1][0] == proceeding.get_absolute_url()
    again = post(client, staff, "proceeding_open", run=run.pk)
    assert "已经启动" in text_of(again)
    assert again.redirect_chain[-1][0] == proceeding.get_absolute_url()
    assert proceeding.get_absolute_url() in get(client, staff, "run_detail", run.pk).content.decode()


def test_the_agenda_shows_proposal_rules_cut_and_last_year(client, province, staff, course):
    page = get(client, staff, "proceeding_detail", course.pk)
    rows = page.context["rows"]
    assert [row.code for row in rows] == ["A1", "A2", "A3", "A4", "A5", "A6"]
    gaps = {row.code: row.line.cut.gap for row in rows if row.line.cut}
    for row in rows:
        cut = min((c for c in row.line.result.cuts if c["gap"] is not None), key=lambda c: abs(c["gap"]))
        assert gaps[row.code] == pytest.approx(row.line.result.score - cut["score_needed"])
    assert course.proceeding.run.results_digest in page.content.decode()
    only = get(client, staff, "proceeding_detail", course.pk, proposal=rows[0].line.result.proposal)
    assert {row.line.result.proposal for row in only.context["rows"]} == {rows[0].line.result.proposal}


def test_a_differing_decision_without_reason_is_refused_and_what_was_typed_stays(client, staff, course):
    proposal = course.proceeding.run.results.get(zone__code="A3").proposal
    other = "exit" if proposal != "exit" else "keep"
    typed = {"base_revision": 1, "outcome-A3": other, "outcome-A4": "keep", "reason-A4": "会议决定保持"}
    page = post(client, staff, "decisions_save", course.pk, **typed)
    assert page.status_code == 422
    assert "A3园区：建议为" in text_of(page)
    assert not Decision.objects.exists(), "all or none"
    shown = {row.code: row for row in page.context["rows"]}
    assert (shown["A3"].outcome, shown["A4"].reason) == (other, "会议决定保持")
    done = post(client, staff, "decisions_save", course.pk, **typed, **{"reason-A3": "会议决定"})
    assert done.status_code == 200
    assert set(Decision.objects.values_list("zone__code", "outcome")) == {("A3", other), ("A4", "keep")}


def test_a_stale_page_is_told_and_loses_nothing(client, staff, course):
    course.decide()
    page = post(
        client, staff, "decisions_save", course.pk, **{"base_revision": 1, "outcome-A1": "exit", "reason-A1": "缘由"}
    )
    assert page.status_code == 409
    assert "已有变动" in text_of(page)
    assert next(row for row in page.context["rows"] if row.code == "A1").reason == "缘由"
    assert f'name="base_revision" value="{course.proceeding.revision}"' in page.content.decode()
    bare = post(client, staff, "decisions_save", course.pk, **{"outcome-A1": "exit", "reason-A1": "缘由"})
    assert bare.status_code == 409


def test_adopting_shows_first_what_it_would_do_then_does_it(client, staff, course):
    results = {r.zone.code: r.proposal for r in course.proceeding.run.results.select_related("zone")}
    proposed = {code for code, proposal in results.items() if proposal != "undecided"}
    typed = {"base_revision": 1, "query": "", "scope": "filter", "outcome-A6": "watch", "reason-A6": "再看一年"}
    preview = post(client, staff, "decisions_adopt", course.pk, **typed)
    assert {line.result.zone.code for line in preview.context["proposed"]} == proposed - {"A6"}
    assert {line.result.zone.code for line in preview.context["undecided"]} == set(results) - proposed - {"A6"}
    assert not Decision.objects.exists(), "a preview saves nothing"
    hidden = {"zone": preview.context["zones"], "confirmed": "1", "base_revision": 1}
    post(client, staff, "decisions_adopt", course.pk, **hidden, **{"outcome-A6": "watch", "reason-A6": "再看一年"})
    decided = dict(Decision.objects.values_list("zone__code", "outcome"))
    assert decided == {code: results[code] for code in proposed - {"A6"}} | {"A6": "watch"}
    left = post(client, staff, "decisions_adopt", course.pk, base_revision=2, zone=list(results))
    assert left.context["left"] == len(decided)
    assert not left.context["proposed"]
    none = post(client, staff, "decisions_adopt", course.pk, base_revision=2, scope="chosen")
    assert none.status_code == 422


def submission(**given):
    moment = timezone.localtime(timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    return {"minutes": "会议纪要", "disclosure": "grades", "window_days": 5, "publish_at": moment} | given


def test_submitting_confirming_and_handing_back_from_the_page(client, staff, lead, course):
    course.decide()
    refused = post(client, staff, "proceeding_submit", course.pk, base_revision=2, **submission(disclosure="top"))
    assert refused.status_code == 422
    assert "写明名次数" in text_of(refused)
    assert "会议纪要</textarea>" in refused.content.decode()
    post(client, staff, "proceeding_submit", course.pk, base_revision=2, **submission())
    assert course.proceeding.status == "confirming"
    assert Notice.objects.get(recipient=lead, kind=NoticeKind.ASSESSMENT).url == course.proceeding.get_absolute_url()
    assert "须由他人复核" in text_of(get(client, staff, "proceeding_detail", course.pk))
    own = post(client, staff, "proceeding_confirm", course.pk, base_revision=3)
    assert own.status_code == 403
    assert "须由他人复核" in text_of(own)
    post(client, lead, "proceeding_hand_back", course.pk, base_revision=3, reason="理由不清")
    assert course.proceeding.status == "deciding"
    told = Notice.objects.get(recipient=staff, kind=NoticeKind.ASSESSMENT)
    assert told.text == "理由不清"
    twice = post(client, lead, "proceeding_hand_back", course.pk, base_revision=3, reason="理由不清")
    assert twice.status_code == 409
    assert "理由不清" in twice.content.decode()
    assert client.get(reverse("proceeding_hand_back", args=[course.pk])).status_code == 302


@pytest.mark.parametrize(("disclosure", "top_n"), [("everything", None), ("grades", None), ("top", 2), ("own", None)])
def test_the_public_page_shows_exactly_what_was_published(client, course, disclosure, top_n):
    publication = course.to(Stage.PUBLIC, disclosure=disclosure, top_n=top_n).publication
    anonymous = Client()
    page = anonymous.get(publication.get_absolute_url())
    rows = page.context["page"].rows
    assert [row.zone for row in rows] == [row["zone"] for row in publication.content["rows"]]
    shown = {name for row in publication.content["rows"] for name in row}
    assert page.context["page"].has_outcome == ("outcome" in shown)
    assert page.context["page"].has_rank == ("rank" in shown)
    assert publication.digest in text_of(page)
    assert page.headers["Cache-Control"] == "private, no-cache"
    body = anonymous.get(reverse("publication-detail", args=[publication.pk]))
    assert body.json()["content"] == publication.content
    assert "immutable" in body.headers["Cache-Control"]
    known = anonymous.get(
        reverse("publication-detail", args=[publication.pk]), headers={"if-none-match": body.headers["ETag"]}
    )
    assert known.status_code == 304
    assert not anonymous.cookies.get("sessionid")


def test_the_public_interface_is_throttled(course, monkeypatch):
    from assessments.api.publications import PublicThrottle

    publication = course.to(Stage.PUBLIC).publication
    monkeypatch.setattr(PublicThrottle, "rate", "2/min", raising=False)
    url = reverse("publication-detail", args=[publication.pk])
    codes = [Client().get(url).status_code for _time in range(3)]
    assert codes == [200, 200, 429]


def test_a_zone_objects_with_evidence_and_reads_the_answer(client, province, lead, course):
    manager, other = province.manager("A2"), province.staff("other")
    publication = course.to(Stage.PUBLIC).publication
    notice = Notice.objects.get(recipient=manager, kind=NoticeKind.ASSESSMENT)
    page = get(client, manager, "publication_zone", publication.pk, "A2")
    assert notice.url == reverse("publication_zone", args=[publication.pk, "A2"])
    assert "提出异议" in text_of(page)
    wrong = io.BytesIO(b"MZ")
    wrong.name = "a.exe"
    refused = post(client, manager, "publication_zone", publication.pk, "A2", text="税收有误", files=[wrong])
    assert refused.status_code == 422
    assert "税收有误" in refused.content.decode()
    assert not Objection.objects.exists()
    proof = io.BytesIO(PDF)
    proof.name = "证明.pdf"
    post(client, manager, "publication_zone", publication.pk, "A2", text="税收有误", files=[proof])
    objection = Objection.objects.get()
    file = reverse("objection_attachment", args=[objection.files.get().pk])
    assert b"".join(client.get(file).streaming_content) == PDF
    client.force_login(province.manager("A1"))
    assert client.get(file).status_code == 404
    assert client.get(objection.get_absolute_url()).status_code == 404
    assert Notice.objects.filter(recipient=other, url=objection.get_absolute_url()).exists()
    assert "须由他人答复" in text_of(get(client, lead, "objection_detail", objection.pk))
    silent = post(client, other, "objection_answer", objection.pk, verdict="uphold", answer=" ")
    assert silent.status_code == 422
    post(client, other, "objection_answer", objection.pk, verdict="uphold", answer="经核实属实")
    late = post(client, other, "objection_answer", objection.pk, verdict="reject", answer="改主意")
    assert late.status_code == 409
    assert "经核实属实" in text_of(get(client, manager, "objection_detail", objection.pk))
    assert Notice.objects.filter(recipient=manager, url=objection.get_absolute_url(), text="经核实属实").exists()
    course.close()
    closed = text_of(get(client, manager, "publication_zone", publication.pk, "A2"))
    assert "不再受理异议" in closed


def test_another_run_shows_what_changes_and_keeps_the_rest(client, province, staff, course):
    publication = course.to(Stage.PUBLIC).publication
    manager, other = province.manager("A6"), province.staff("other")
    post(client, manager, "publication_zone", publication.pk, "A6", text="数据有误")
    course.close()
    post(client, other, "objection_answer", Objection.objects.get().pk, verdict="uphold", answer="属实")
    province.zones["A6"].values.filter(year=YEAR).delete()
    province.add_values("A6", YEAR, figures(0))
    again = run_of(province, staff)
    page = get(client, staff, "proceeding_replace", course.pk, run=again.pk)
    difference = page.context["difference"]
    assert difference.changed[0].zone.code
    assert difference.kept + difference.to_decide == difference.zones == 6
    moved = {shift.zone.code: shift.moved for shift in difference.changed}
    assert moved["A6"] == 5
    revision = course.proceeding.revision
    post(client, staff, "proceeding_replace", course.pk, run=again.pk, base_revision=revision, reason="异议成立")
    assert course.proceeding.run_id == again.pk
    undecided = get(client, staff, "proceeding_detail", course.pk, state="undecided").context["rows"]
    assert len(undecided) == difference.to_decide
    first, second = publication, course.to(Stage.PUBLIC).publication
    assert "已重新公示" in text_of(Client().get(first.get_absolute_url()))
    assert second.sequence == 2
    final = course.to(Stage.FINAL).proceeding
    page = get(client, staff, "proceeding_detail", final.pk)
    assert page.context["intact"]
    assert {step["state"] for step in page.context["steps"]} == {"done"}


def test_an_embargoed_result_and_its_preview_are_the_offices(client, province, staff, course):
    course.to(Stage.EMBARGOED, disclosure=Disclosure.EVERYTHING)
    assert "A1园区" in text_of(get(client, staff, "proceeding_preview", course.pk))
    assert get(client, province.manager(), "proceeding_preview", course.pk).status_code == 403
    assert not Client().get(reverse("publication_list")).context["page_obj"].object_list
    assert not Publication.objects.exists()


# ---- the calendar ---------------------------------------------------------------------------------------------

LIST = "日期,上班,名称,依据\n2026-10-01,放假,国庆节,国办发明电〔2025〕7号\n2026-10-10,上班,国庆节调休,国办发明电〔2025〕7号\n"


def test_a_years_list_is_previewed_then_saved(client, staff):
    client.force_login(staff)
    assert '<textarea class="form-control"' in (page := client.get("/calendar/").content.decode())
    assert 'placeholder="日期,上班,名称,依据"></textarea>' in page, "nothing is pasted before somebody pastes"
    preview = post(client, staff, "calendar_import", text=LIST)
    assert len(preview.context["change"].new) == 2
    assert not CalendarDay.objects.exists()
    post(client, staff, "calendar_import", text=LIST, confirmed="1")
    assert dict(CalendarDay.objects.values_list("day", "works")) == {date(2026, 10, 1): False, date(2026, 10, 10): True}
    again = post(client, staff, "calendar_import", text=LIST.replace("10-10,上班", "10-10,放假"))
    assert (len(again.context["change"].changed), again.context["change"].same) == (1, 1)
    post(client, staff, "calendar_remove", day="2026-10-01")
    assert CalendarDay.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("日期,名称\n2026-10-01,国庆\n", "缺少列：上班、依据"),
        (LIST.replace("2026-10-01", "十月一日"), "第 2 行：“十月一日”不是日期"),
        (LIST.replace("10-10,上班", "10-10,也许"), "第 3 行：“也许”看不出是否上班"),
        (LIST.replace("2026-10-10", "2026-10-01"), "2026-10-01 出现了两次"),
        ("日期,上班,名称,依据\n2026-02-30,放假,节,号\n", "不是日期"),
        ("日期,上班,名称,依据\n", "没有日期"),
    ],
)
def test_a_faulty_list_names_every_fault_and_saves_nothing(client, staff, text, words):
    page = post(client, staff, "calendar_import", text=text, confirmed="1")
    assert page.status_code == 422
    assert words in text_of(page)
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_file_is_read_as_excel_saves_it(client, staff, encoding):
    file = SimpleUploadedFile("2026.csv", LIST.encode(encoding))
    assert len(post(client, staff, "calendar_import", file=file).context["change"].new) == 2
    broken = SimpleUploadedFile("2026.csv", b"\xff\xff\xff")
    assert "文件不是文本" in text_of(post(client, staff, "calendar_import", file=broken))


def test_the_calendar_tells_what_it_does_to_windows(client, staff, lead, run):
    publication = publish_run(run, staff, lead)
    fixed = publication.closes_on
    holiday = f"日期,上班,名称,依据\n{fixed:%Y-%m-%d},放假,临时放假,测试\n"
    preview = post(client, staff, "calendar_import", text=holiday)
    row = preview.context["windows"][0]
    assert (row.closes_on, row.differs) == (fixed, True)
    post(client, staff, "calendar_import", text=holiday, confirmed="1")
    assert Publication.objects.get().closes_on == fixed, "what was published stays"
