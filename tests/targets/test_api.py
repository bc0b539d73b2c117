"""Targets and their progress over REST, from page to page."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from targets.models import Progress
from targets.tasks import progress_refresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(demo: None) -> Client:
    progress_refresh()
    client = Client()
    client.force_login(User.objects.get(username="office"))
    return client


def test_progress_is_paged_to_its_end(client: Client) -> None:
    url, seen = "/api/v1/progress/?page_size=50", 0
    while url:
        answer = client.get(url)
        assert answer.status_code == 200
        body = answer.json()
        seen += len(body["results"])
        url = body["next"]
    assert seen == Progress.objects.count() > 100


def test_a_figure_says_its_parts_and_whether_it_is_synthetic(client: Client) -> None:
    rows = client.get("/api/v1/progress/?target=T09&year=2024").json()["results"]
    assert len(rows) == 1
    value, parts = float(rows[0]["value"]), (float(rows[0]["numerator"]), float(rows[0]["denominator"]))
    assert value == pytest.approx(100 * parts[0] / parts[1], abs=1e-3)
    assert rows[0]["mark"] == "演示数据"
    registry = client.get("/api/v1/progress/?target=T02&year=2024").json()["results"][0]
    assert registry["mark"] == ""  # counted from the register of designations, not from synthetic figures


def test_a_qualitative_goal_has_no_number(client: Client) -> None:
    goal = client.get("/api/v1/targets/Q01/").json()
    assert goal["value"] is None
    assert goal["year"] == 2025
    assert not Progress.objects.filter(target__code="Q01").exists()
