"""Pages of schemes, runs and results: who sees what, progress, filters, the answer to "why", exports."""

import io

import openpyxl
import pytest
from django.urls import reverse
from django.utils import translation

from accounts.enums import Role
from assessments import tasks
from assessments.enums import RunStage, RunStatus
from assessments.models import Run
from common.api import SYNTHETIC_MARK
from tests.assessments.conftest import CODES, SCHEME, YEAR, figures, get, text_of
from tests.assessments.course import publish_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(province):
    return province.staff()


@pytest.fixture
def done(province, staff):
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(run.pk)
    return Run.objects.get(pk=run.pk)


@pytest.fixture
def published(province, staff, done):
    """The run, published: before that it is the office's alone (test_access.py)."""
    publish_run(done, staff, province.user("lead", Role.OFFICE_LEAD))
    return done


# Runs


def test_the_list_shows_runs_and_how_complete_the_years_are(client, province, staff, done):
    province.add_return("A1", YEAR, (None, None, None))
    page = get(client, staff, "run_list")
    text = text_of(page)
    assert done.get_absolute_url() in page.content.decode()
    assert "1 / 6" in text
    assert "检查并发起" in text


def test_who_may_not_start_sees_no_form(client, province, published):
    page = get(client, province.manager("A2"), "run_list")
    assert "检查并发起" not in text_of(page)
    assert page.context["lines"][0].counts == [0, 1, 0, 0, 0, 0]


def test_unfinished_runs_are_the_offices_alone(client, province, staff):
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=staff, status=RunStatus.FAILED, error="坏")
    assert "坏" in text_of(get(client, staff, "run_detail", run.pk))
    manager = province.manager()
    assert get(client, manager, "run_detail", run.pk).status_code == 404
    assert get(client, manager, "run_progress", run.pk).status_code == 404
    assert not get(client, manager, "run_list").context["lines"]


def test_a_start_leads_to_the_run(client, province, staff):
    client.force_login(staff)
    asked = {"scheme": province.scheme.pk, "year": YEAR}
    page = text_of(client.get(reverse("run_start"), asked))
    assert "6 / 6 个园区的报表未确认" in page
    assert "1 / 1 个参数未定" in page
    refused = client.post(reverse("run_start"), asked)
    assert refused.status_code == 422
    assert "写明仍然发起的理由" in text_of(refused)
    assert not Run.objects.exists()
    answer = client.post(reverse("run_start"), asked | {"override_reason": "联席会议要求"})
    run = Run.objects.get()
    assert answer.headers["Location"] == run.get_absolute_url()
    other = province.staff("other")
    client.force_login(other)
    answer = client.post(reverse("run_start"), asked | {"override_reason": "另有要求"}, follow=True)
    assert Run.objects.count() == 1
    assert "联席会议要求" in text_of(answer)
    assert "已由他人发起" in text_of(answer)


@pytest.mark.parametrize("data", [{}, {"scheme": "x", "year": YEAR}, {"scheme": "1", "year": "1999"}])
def test_a_start_with_nonsense_says_what_to_do(client, staff, data):
    client.force_login(staff)
    answer = client.post(reverse("run_start"), data, follow=True)
    assert "请选择考核办法和年度" in text_of(answer)
    assert not Run.objects.exists()


def test_a_start_that_is_refused_says_why(client, province, staff):
    ended = province.add_scheme(SCHEME, version="0.9", year_to=2020)
    client.force_login(staff)
    answer = client.post(reverse("run_start"), {"scheme": ended.pk, "year": YEAR}, follow=True)
    assert f"不适用于 {YEAR} 年" in text_of(answer)


def test_an_active_run_shows_its_progress_and_can_be_cancelled(client, province, staff):
    run = Run.objects.create(
        scheme=province.scheme, year=YEAR, requested_by=staff, status=RunStatus.RUNNING, stage=RunStage.SCORING,
        progress=30, attempts=2,
    )  # fmt: skip
    page = get(client, staff, "run_detail", run.pk)
    assert f'data-progress-url="{reverse("run_progress", args=[run.pk])}"' in page.content.decode()
    state = get(client, staff, "run_progress", run.pk).json()
    assert (state["done"], state["total"], state["finished"]) == (30, 100, False)
    assert state["text"] == "计算得分 30%（第 2 次尝试）"
    answer = client.post(reverse("run_cancel", args=[run.pk]), follow=True)
    assert "没有保存任何结果" in text_of(answer)
    assert get(client, staff, "run_progress", run.pk).json()["finished"]
    answer = client.post(reverse("run_cancel", args=[run.pk]), follow=True)
    assert "已经结束" in text_of(answer)


def test_a_failed_run_speaks_the_readers_language(client, province, staff):
    run = Run.objects.create(
        scheme=province.scheme, year=YEAR, requested_by=staff, status=RunStatus.FAILED, error="中文", error_en="English"
    )
    assert "中文" in text_of(get(client, staff, "run_detail", run.pk))
    client.cookies["django_language"] = "en"
    assert "English" in text_of(get(client, staff, "run_detail", run.pk))


def test_the_ranking_counts_filters_and_tells_the_change(client, province, staff, done):
    context = get(client, staff, "run_detail", done.pk).context
    assert {str(card["kind"]): card["count"] for card in context["cards"]} == {
        "promote": 1, "keep": 4, "watch": 0, "demote": 1, "exit": 0, "undecided": 0,
    }  # fmt: skip
    assert [row["result"].zone.code for row in context["rows"]] == [f"A{n}" for n in range(1, 7)]
    assert {row["moved"] for row in context["rows"]} == {0}
    assert context["sees_all"]
    filtered = get(client, staff, "run_detail", done.pk, proposal="demote").context
    assert [row["result"].zone.code for row in filtered["rows"]] == ["A6"]
    assert filtered["total"] == 6
    by_name = get(client, staff, "run_detail", done.pk, q="A4").context
    assert [row["result"].zone.code for row in by_name["rows"]] == ["A4"]
    assert not get(client, staff, "run_detail", done.pk, city=province.regions["B"].code).context["rows"]


def test_a_zones_climb_is_positive(client, province, staff):
    for code, number in zip(CODES, figures(0), strict=True):
        province.indicators[code].values.filter(zone__code="A6", year=YEAR).update(number=number)
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(run.pk)
    rows = get(client, staff, "run_detail", run.pk).context["rows"]
    assert {row["result"].zone.code: row["moved"] for row in rows}["A6"] == 5
    assert {row["result"].zone.code: row["moved"] for row in rows}["A1"] == -1


def test_a_manager_sees_the_own_zone_only(client, province, published):
    manager = province.manager("A3")
    page = get(client, manager, "run_detail", published.pk)
    assert [row["result"].zone.code for row in page.context["rows"]] == ["A3"]
    assert not page.context["sees_all"]
    assert page.context["chart"] is None
    assert "A1园区" not in text_of(page)
    assert get(client, manager, "result_detail", published.pk, "A3").status_code == 200
    assert get(client, manager, "result_detail", published.pk, "A1").status_code == 404
    neighbours = get(client, manager, "result_detail", published.pk, "A3").context
    assert (neighbours["above"], neighbours["below"]) == (None, None)


# Results


def test_a_result_answers_why(client, province, staff, done):
    text = text_of(get(client, staff, "result_detail", done.pk, "A6"))
    assert "建议降级：近 2 年有 2 年居同类后 1 位" in text
    assert "P197d" in text
    assert "近 2 年中至少 2 年居同类后 1 位" in text
    assert "由联席会议办公室确定" in text
    assert "隐患界限" in text
    assert "上年第 6 位" in text
    assert "研发占比" in text


def test_a_results_points_add_up_on_the_page(client, staff, done):
    page = get(client, staff, "result_detail", done.pk, "A2").context["page"]
    assert sum(row.points for row in page.indicators) == pytest.approx(page.result.score)
    assert sum(row.points + row.lost for row in page.indicators) == pytest.approx(100)
    assert sum(row.weight for row in page.indicators) == pytest.approx(100)
    # One year in the tail would not yet demote A2: that line is out of reach and not shown.
    assert [(cut.label, round(cut.needed), cut.state) for cut in page.cuts] == [
        ("建议晋升线", 100, "未达到，还差 20.00 分")
    ]


def test_a_blank_is_named_with_what_it_costs(client, bare):
    for number in range(1, 7):
        numbers = figures(number)
        bare.add_values(f"A{number}", YEAR, numbers if number != 2 else (None, *numbers[1:]))
    staff = bare.staff()
    run = Run.objects.create(scheme=bare.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(run.pk)
    response = get(client, staff, "result_detail", run.pk, "A2")
    assert "缺报 1 项" in text_of(response)
    assert [row.name for row in response.context["page"].missing] == ["研发占比"]
    assert "缺报按最低分" in text_of(response)


def test_a_result_leads_to_the_return_behind_it_for_those_who_may_open_it(client, bare):
    returns = {n: bare.add_return(f"A{n}", YEAR, figures(n)) for n in range(1, 4)}
    staff = bare.staff()
    run = Run.objects.create(scheme=bare.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(run.pk)
    page = get(client, staff, "result_detail", run.pk, "A2")
    assert reverse("return_form", args=[returns[2].pk]) in page.content.decode()


def test_synthetic_results_are_marked_on_every_page_and_in_exports(client, bare):
    for number in range(1, 7):
        bare.add_values(f"A{number}", YEAR, figures(number), synthetic=True)
    staff = bare.staff()
    run = Run.objects.create(scheme=bare.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(run.pk)
    for name, args in (("run_list", []), ("run_detail", [run.pk]), ("result_detail", [run.pk, "A1"])):
        assert SYNTHETIC_MARK in text_of(get(client, staff, name, *args))
    assert SYNTHETIC_MARK in get(client, staff, "run_export", run.pk, format="csv").content.decode()


# Exports


def test_the_workbook_has_the_ranking_and_what_was_frozen(client, staff, done):
    answer = get(client, staff, "run_export", done.pk)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    ranking, facts = book.worksheets
    rows = list(ranking.iter_rows(min_row=3, values_only=True))
    assert rows[0][:5] == ("位次", "园区编号", "园区", "省辖市", "得分")
    assert len(rows) == 7
    assert rows[1][:5] == (1, "A1", "A1园区", "A市", 100)
    assert rows[6][7] == "建议降级"
    frozen = {str(name): value for name, value in facts.iter_rows(max_col=2, values_only=True)}
    assert frozen["结果指纹"] == done.results_digest
    assert frozen["输入指纹"] == done.inputs_digest


def test_the_csv_holds_what_was_filtered(client, province, staff, done):
    lines = (
        get(client, staff, "run_export", done.pk, format="csv", proposal="promote")
        .content.decode("utf-8-sig")
        .splitlines()
    )
    assert len(lines) == 2
    assert lines[1].startswith("1,A1,A1园区,A市,100")


def test_an_export_needs_its_permission_and_a_finished_run(client, province, staff, published):
    viewer = province.user("viewer", Role.COUNTY_VIEWER, province.cities["A"])
    assert get(client, viewer, "run_export", published.pk).status_code == 403
    queued = Run.objects.create(scheme=province.scheme, year=YEAR - 1, requested_by=staff)
    assert get(client, staff, "run_export", queued.pk).status_code == 404


# Schemes


def test_the_schemes_and_where_they_apply(client, province, staff):
    province.add_scheme(SCHEME, code="older", version="1", year_from=2017, year_to=2019)
    context = get(client, staff, "scheme_list").context
    row = next(row for row in context["applicability"] if row.zone_class == "cluster")
    assert [(span.years, [s.code for s in span.schemes]) for span in row.spans][:2] == [
        (3, ["older"]),
        (len(context["years"]) - 3, ["small"]),
    ]


def test_a_scheme_can_be_read(client, province, staff):
    response = get(client, staff, "scheme_detail", province.scheme.pk)
    text = text_of(response)
    page = response.context["page"]
    assert [(row.name, row.shares, row.themes) for row in page.tree] == [
        ("研发占比", (50,), ["创新驱动"]), ("能耗", (30,), ["绿色发展"]), ("新兴占比", (20,), ["新兴产业培育"]),
    ]  # fmt: skip
    for words in (
        "近 2 年中至少 2 年居同类后 1 位",
        "居同类前 1 位",
        "已报指标的权重不足 60%",
        "energy_use ≥ 未定",
        "energy_growth &gt; 0.5",
        "尚未确定，由联席会议办公室确定",
        "极差标准化",
        "越低越好",
        "code: small",
    ):
        assert words in text.replace(">", "&gt;"), words


def test_the_pages_speak_english(client, province, staff, done):
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        for name, args in (
            ("run_list", []), ("run_detail", [done.pk]), ("result_detail", [done.pk, "A6"]), ("scheme_list", []),
            ("scheme_detail", [province.scheme.pk]),
        ):  # fmt: skip
            response = get(client, staff, name, *args)
            assert response.status_code == 200
            assert "A small scheme" in text_of(response)
