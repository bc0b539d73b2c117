"""REST: schemes, runs and results; marks, immutability, territory."""

import pytest
from rest_framework.test import APIClient

from accounts.enums import Role
from assessments import tasks
from assessments.enums import RunStatus
from assessments.models import Run
from common.api import SYNTHETIC_MARK
from tests.assessments.conftest import YEAR, figures
from tests.assessments.course import publish_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(province):
    staff = province.staff()
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(run.pk)
    done = Run.objects.get(pk=run.pk)
    publish_run(done, staff, province.user("lead", Role.OFFICE_LEAD))
    return done


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_a_run_tells_its_digests_and_never_changes(done):
    client = client_of(done.requested_by)
    answer = client.get(f"/api/v1/runs/{done.pk}/")
    body = answer.json()
    assert (body["scheme"], body["scheme_version"], body["year"], body["status"]) == ("small", "1.0", YEAR, "done")
    assert (body["inputs_digest"], body["results_digest"]) == (done.inputs_digest, done.results_digest)
    assert "inputs" not in body
    assert answer.headers["ETag"] == f'"{done.results_digest}"'
    again = client.get(f"/api/v1/runs/{done.pk}/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_running_run_changes_its_etag(province):
    run = Run.objects.create(scheme=province.scheme, year=YEAR, requested_by=province.staff(), status=RunStatus.RUNNING)
    client = client_of(run.requested_by)
    before = client.get(f"/api/v1/runs/{run.pk}/").headers["ETag"]
    Run.objects.filter(pk=run.pk).update(progress=50)
    assert client.get(f"/api/v1/runs/{run.pk}/").headers["ETag"] != before


def test_results_are_listed_without_and_read_with_their_explanation(done):
    client = client_of(done.requested_by)
    rows = client.get("/api/v1/results/", {"run": done.pk}).json()["results"]
    assert len(rows) == 6
    first = next(row for row in rows if row["rank"] == 1)
    assert (first["zone"], first["score"], first["proposal"], first["mark"]) == ("A1", 100, "promote", "")
    assert "explanation" not in first
    answer = client.get(f"/api/v1/results/{first['id']}/")
    assert answer.json()["explanation"]["score"] == 100
    again = client.get(f"/api/v1/results/{first['id']}/", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("query", "zones"),
    [
        ({"proposal": "demote"}, {"A6"}),
        ({"zone": "A3"}, {"A3"}),
        ({"year": YEAR, "zone_class": "cluster"}, {f"A{n}" for n in range(1, 7)}),
        ({"zone_class": "customs"}, set()),
        ({"synthetic": "true"}, set()),
    ],
)
def test_results_are_filtered(done, query, zones):
    rows = client_of(done.requested_by).get("/api/v1/results/", query).json()["results"]
    assert {row["zone"] for row in rows} == zones


def test_a_manager_pulls_the_own_results_only(province, done):
    client = client_of(province.manager("A2"))
    rows = client.get("/api/v1/results/").json()["results"]
    assert {row["zone"] for row in rows} == {"A2"}
    foreign = done.results.get(zone__code="A1")
    assert client.get(f"/api/v1/results/{foreign.pk}/").status_code == 404
    assert [row["id"] for row in client.get("/api/v1/runs/").json()["results"]] == [done.pk]
    assert client.get("/api/v1/schemes/").status_code == 403


def test_synthetic_results_carry_the_mark(bare):
    for number in range(1, 7):
        bare.add_values(f"A{number}", YEAR, figures(number), synthetic=True)
    run = Run.objects.create(scheme=bare.scheme, year=YEAR, requested_by=bare.staff())
    tasks.run_execute(run.pk)
    client = client_of(run.requested_by)
    assert {row["mark"] for row in client.get("/api/v1/results/").json()["results"]} == {SYNTHETIC_MARK}
    assert client.get(f"/api/v1/runs/{run.pk}/").json()["mark"] == SYNTHETIC_MARK


def test_a_scheme_comes_with_its_text(province):
    client = client_of(province.staff())
    answer = client.get(f"/api/v1/schemes/{province.scheme.pk}/")
    assert answer.json()["text"] == province.scheme.text
    assert province.scheme.digest in answer.headers["ETag"]
    assert [row["code"] for row in client.get("/api/v1/schemes/", {"year": 2019}).json()["results"]] == []


@pytest.mark.parametrize("resource", ["schemes", "runs", "results"])
def test_nothing_is_written_through_the_api(done, resource):
    client = client_of(done.requested_by)
    assert client.post(f"/api/v1/{resource}/", {}).status_code == 405
    assert client.delete(f"/api/v1/{resource}/{done.pk}/").status_code == 405
