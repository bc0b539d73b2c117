"""The home page tells each role what is due, what waits, what changed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from config import home
from config.demo.users import DEMO_ZONE
from indicators.enums import ReturnStatus, ReviewStep
from indicators.models import Return

pytestmark = pytest.mark.django_db


def page_of(username: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=username))
    answer = client.get(reverse("home"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_manager_sees_what_is_due_and_by_when(demo: None) -> None:
    page = page_of("park")
    assert "待我填报" in page
    assert "还有 21 天" in page
    assert "我们的考核结果" in page
    assert "最近的考核计算" not in page


def test_an_overdue_return_stays_visible(demo: None) -> None:
    mine = Return.objects.filter(zone__code=DEMO_ZONE, round__year=2025)
    mine.update(due_on=timezone.localdate() - timedelta(days=3))
    assert "逾期 3 天" in page_of("park")
    assert [(r.late, r.total) for r in home.open_rounds(User.objects.get(username="office"))] == [(1, Return.objects.filter(round__year=2025).count())]


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


@pytest.mark.parametrize("username", ["lead", "commerce", "county", "filler", "admin"])
def test_every_role_has_a_home(demo: None, username: str) -> None:
    assert "您好" in page_of(username)


def test_without_a_login_the_home_page_asks_for_one() -> None:
    answer = Client().get(reverse("home"))
    assert answer.status_code == 302
    assert reverse("account_login") in answer["Location"]
