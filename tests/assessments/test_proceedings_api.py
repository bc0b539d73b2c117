"""REST: a proceeding decided, submitted, confirmed and made final by another system; previews change nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.enums import Role
from accounts.models import User
from assessments import tasks
from assessments.enums import ProceedingStatus
from assessments.models import Decision, Measure, Proceeding, ProceedingAct, Run, ZoneStatus
from assessments.publishing import close_window, publish
from tests.assessments.conftest import YEAR

pytestmark = pytest.mark.django_db

ROOT = "/api/v1/proceedings/"


class Api:
    """Acts of one person on one proceeding, each on the ETag read just before."""

    def __init__(self, user: User, pk: int) -> None:
        self.client = APIClient()
        self.client.force_authenticate(user)
        self.at = f"{ROOT}{pk}/"

    def etag(self) -> str:
        return str(self.client.get(self.at).headers["ETag"])

    def act(self, name: str, body: Any = None, *, query: str = "", **headers: str) -> Any:
        headers = headers or {"If-Match": self.etag()}
        return self.client.post(f"{self.at}{name}/{query}", body, format="json", headers=headers)


@pytest.fixture
def people(province):
    return province.staff(), province.user("lead", Role.OFFICE_LEAD)


@pytest.fixture
def proceeding(province, people) -> Proceeding:
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=people[0])
    tasks.run_execute(run.pk)
    client = APIClient()
    client.force_authenticate(people[0])
    made = client.post(ROOT, {"run": run.pk}, format="json")
    assert made.status_code == 201
    return Proceeding.objects.get(pk=made.json()["id"])


def decisions() -> list[dict[str, str]]:
    return [{"zone": f"A{n}", "outcome": "keep", "reason": "会议决定"} for n in range(1, 7)]


def test_the_whole_way_over_the_api(proceeding, people):
    staff, lead = (Api(user, proceeding.pk) for user in people)
    answer = staff.act("decisions", decisions())
    assert (answer.status_code, answer.json()["decided"]) == (200, 6)
    assert answer.headers["ETag"] == staff.etag()
    moment = timezone.now() + timedelta(minutes=1)
    wish = {"minutes": "会议纪要", "disclosure": "grades", "publish_at": moment.isoformat()}
    assert staff.act("submit", wish).json()["status"] == ProceedingStatus.CONFIRMING
    assert staff.act("confirm").status_code == 403, "who decided confirms nothing"
    assert lead.act("confirm").json()["status"] == ProceedingStatus.EMBARGOED
    publication = publish(proceeding.pk, by=None, now=moment)
    assert publication is not None
    assert close_window(proceeding.pk, today=publication.closes_on + timedelta(days=1))
    seen = lead.act("finalise", {"bulletin_number": "5号"}, query="?dry_run=true")
    assert (seen.status_code, seen.json()["status"]) == (200, ProceedingStatus.FINAL)
    assert not ZoneStatus.objects.exists()
    assert lead.act("finalise", {"bulletin_number": "5号"}).json()["status"] == ProceedingStatus.FINAL
    assert ZoneStatus.objects.exists()


def test_a_preview_says_what_would_be_and_saves_nothing(proceeding, people):
    api = Api(people[0], proceeding.pk)
    before, acts = api.etag(), ProceedingAct.objects.count()
    seen = api.act("decisions", decisions(), query="?dry_run=true")
    assert (seen.status_code, seen.json()["decided"]) == (200, 6)
    assert seen.headers["ETag"] == api.etag() == before
    assert (Decision.objects.count(), ProceedingAct.objects.count(), Measure.objects.count()) == (0, acts, 0)
    refused = api.act("decisions", [{"zone": "A1", "outcome": "demote"}], query="?dry_run=true")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "proceeding_refused")


@pytest.mark.parametrize(
    ("query", "headers", "status"),
    [
        ("", {"If-Match": '"99"'}, 412),
        ("", {"Accept": "application/json"}, 428),
        ("?dryrun=true", {}, 400),
        ("?dry_run=maybe", {}, 400),
    ],
)
def test_a_write_on_another_state_or_with_a_misspelt_parameter_saves_nothing(
    proceeding, people, query, headers, status
):
    answer = Api(people[0], proceeding.pk).act("decisions", decisions(), query=query, **headers)
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"][0]["parameter"] == query[1:].split("=")[0]
    assert not Decision.objects.exists()


def test_an_act_that_knows_no_preview_refuses_to_be_asked_for_one(proceeding, people):
    client = APIClient()
    client.force_authenticate(people[0])
    answer = client.post(f"{ROOT}?dry_run=true", {"run": proceeding.run_id}, format="json")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "unknown"
