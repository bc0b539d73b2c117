"""The home page tells each role what is due, what waits, what changed."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from assessments import services
from assessments.models import Measure, Objection, Publication, Scheme
from assessments.selectors.to_do import to_do
from config import home
from config.demo.users import DEMO_ZONE
from indicators.enums import ReturnStatus, ReviewStep
from indicators.models import Correction, Question, Return, Round
from parks.models import Zone

pytestmark = pytest.mark.django_db


def page_of(username: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=username))
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    return answer.content.decode()


def due_in(days: int) -> None:
    mine = Return.objects.filter(zone__code=DEMO_ZONE, round__status="open")
    mine.update(due_on=timezone.localdate() + timedelta(days=days))


def test_a_manager_sees_what_is_due_and_by_when(demo: None) -> None:
    due_in(21)
    page = page_of("park")
    assert "待我填报" in page
    assert "还有 21 天" in page
    assert "我们的考核结果" in page
    assert "最近的考核计算" not in page


def test_days_left_are_counted_in_english_too(demo: None) -> None:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.get(username="park"))
    due_in(21)
    assert "21 days left" in client.get(reverse("home")).content.decode()
    due_in(1)
    assert "1 day left" in client.get(reverse("home")).content.decode()


def test_a_question_of_a_reviewer_is_on_the_managers_home_and_above_the_form(demo: None) -> None:
    mine = Return.objects.filter(zone__code=DEMO_ZONE, round__period="2025").get()
    client = Client()
    client.force_login(User.objects.get(username="park"))
    assert "条质询" not in page_of("park")
    asked = Question.objects.create(return_ref=mine, text="与税务数不同？", asked_by=User.objects.get(username="city"))
    assert "答复 1 条质询" in page_of("park")
    form = client.get(reverse("return_form", args=[mine.pk])).content.decode()
    assert "审核人有 1 条质询等您答复" in form
    assert f'href="#question-{asked.pk}"' in form
    asked.answers.create(text="已核对", by=User.objects.get(username="park"))
    assert "条质询" not in page_of("park")


def test_the_administrator_has_no_returns_to_fill_in_but_the_boards(demo: None) -> None:
    page = page_of("admin")
    assert "待我填报" not in page
    assert "未报送最多" in page


def test_an_overdue_return_stays_visible(demo: None) -> None:
    mine = Return.objects.filter(zone__code=DEMO_ZONE, round__period="2025")
    mine.update(due_on=timezone.localdate() - timedelta(days=3))
    assert "逾期 3 天" in page_of("park")
    (board,) = [row for row in home.boards(User.objects.get(username="office")) if row.round == mine.get().round]
    assert (board.counts.late, board.counts.total) == (1, Return.objects.filter(round=board.round).count())


def test_the_overdue_comes_first_and_what_is_over_says_so(demo: None) -> None:
    user = User.objects.get(username="park")
    mine = Return.objects.filter(zone__code=DEMO_ZONE, round__status="open").order_by("-round__period")
    newest = mine[0]
    Return.objects.filter(pk=newest.pk).update(due_on=timezone.localdate() - timedelta(days=9))
    Round.objects.filter(pk=newest.round_id).update(
        opens_on=timezone.localdate() - timedelta(days=90),
        due_on=timezone.localdate() - timedelta(days=30),
        closes_on=timezone.localdate() - timedelta(days=1),
    )
    first = home.due_returns(user, timezone.localdate())[0]
    assert (first.item, first.days_late, first.is_over) == (newest, 9, True)
    assert "已过补报期，可申请延期" in page_of("park")


def test_the_office_has_the_board_in_small(demo: None) -> None:
    rows = home.boards(User.objects.get(username="office"))
    for board in rows:
        counted = Return.objects.filter(round=board.round)
        assert board.counts.total == counted.count()
        assert sum(part.count for part in board.segments) == board.counts.total
        assert [n for _city, n in board.behind] == sorted((n for _city, n in board.behind), reverse=True)
    assert f"{rows[0].round.get_absolute_url()}?view=zone&amp;status=" in page_of("office")
    assert home.boards(User.objects.get(username="park")) == []


def test_the_longest_waiting_stand_first(demo: None) -> None:
    rows = home.oldest_waiting(User.objects.get(username="office"))
    assert rows
    assert [row.since for row in rows] == sorted(row.since for row in rows)
    assert {row.status for row in rows} == {ReturnStatus.CITY_ACCEPTED}
    assert "等待最久的报表" in page_of("city")
    assert home.oldest_waiting(User.objects.get(username="park")) == []


def test_reviewers_see_their_own_queue(demo: None) -> None:
    city = home.waiting(User.objects.get(username="city"))
    office = home.waiting(User.objects.get(username="office"))
    assert [w.step for w in city] == [ReviewStep.CITY]
    assert [w.step for w in office] == [ReviewStep.OFFICE]
    assert office[0].count == Return.objects.filter(status=ReturnStatus.CITY_ACCEPTED).count()
    assert city[0].count < Return.objects.filter(status=ReturnStatus.SUBMITTED).count()
    assert "待市级审核" in page_of("city")
    assert "待省级确认" in page_of("office")


def test_the_office_sees_runs_and_the_round(demo: None) -> None:
    page = page_of("office")
    assert "最近的考核计算" in page
    assert "2025 年度报表" in page


def test_requests_for_correction_wait_on_the_home_page_of_who_decides(demo: None) -> None:
    assert "待裁定的更正" in page_of("office")
    assert home.corrections_waiting(User.objects.get(username="office")).count == 0
    manager = User.objects.get(username="park")
    done = Return.objects.filter(zone__code=DEMO_ZONE, status=ReturnStatus.ACCEPTED).latest("pk")
    made = Correction.objects.create(return_ref=done, reason="抄错一位", requested_by=manager)
    waiting = home.corrections_waiting(User.objects.get(username="office"))
    assert waiting is not None
    assert (waiting.count, waiting.oldest) == (1, made.requested_at)
    assert f"{reverse('correction_list')}?status=proposed" in page_of("office")
    assert home.corrections_waiting(User.objects.get(username="city")) is None
    assert "待裁定的更正" not in page_of("park")


@pytest.mark.parametrize("username", ["lead", "commerce", "county", "filler", "admin"])
def test_every_role_has_a_home(demo: None, username: str) -> None:
    assert "您好" in page_of(username)


def test_without_a_login_the_home_page_asks_for_one() -> None:
    answer = Client().get(reverse("home"))
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]


def looks_of(username: str) -> dict[str, int]:
    """What waits in the official process: how many rows of each look."""
    user = User.objects.get(username=username)
    return dict(Counter(row.look for row in to_do(user, timezone.localdate())))


def test_what_waits_in_the_official_process_is_there_for_who_may_do_it(demo: None) -> None:
    office, lead, reviewer = looks_of("office"), looks_of("lead"), looks_of("reviewer")
    assert office["proceeding_deciding"] == 1
    assert "proceeding_confirming" not in office, "who decided confirms nothing"
    assert (lead["proceeding_confirming"], reviewer["proceeding_confirming"]) == (1, 1)
    assert reviewer["objection_filed"] == 1
    assert "objection_filed" not in office
    scheme = Scheme.objects.of_zones().filter(status="published").first()
    assert scheme is not None
    draft = services.scheme_clone(by=User.objects.get(username="office"), scheme=scheme)
    Scheme.objects.filter(pk=draft.pk).update(
        status="pending", submitted_by=User.objects.get(username="office"), submitted_at=timezone.now()
    )
    assert looks_of("lead")["pending"] == 1
    assert "pending" not in looks_of("office")
    assert f'href="{reverse("scheme_changes", args=[draft.pk])}"' in page_of("lead")


def test_a_park_is_told_until_when_it_may_object_and_what_stands_against_it(demo: None) -> None:
    user = User.objects.get(username="park")
    assert looks_of("park") == {}, "its objection has been filed"
    Objection.objects.filter(status="filed").update(status="withdrawn")
    (row,) = to_do(user, timezone.localdate())
    publication = Publication.objects.filter(proceeding__status="public").get()
    assert row.href == reverse("publication_zone", args=[publication.pk, DEMO_ZONE])
    assert str(publication.closes_on) in row.note
    assert to_do(user, publication.closes_on + timedelta(days=1)) == []
    before = timezone.localdate() - timedelta(days=1)
    measure = Measure.objects.create(
        zone=Zone.objects.get(code=DEMO_ZONE),
        step="warning",
        opened_on=before,
        due_on=before,
        reason="测试",
        opened_by=User.objects.get(username="office"),
    )
    first = to_do(user, timezone.localdate())[0]
    assert (first.look, first.href, first.is_late) == ("measure_overdue", measure.get_absolute_url(), True)
