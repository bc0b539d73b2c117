"""The live standing: computed anew once news has come to rest, kept apart from official runs, shown to zones where opened."""

import threading
import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from assessments import standing, tasks
from assessments.enums import RunKind
from assessments.models import Proceeding, Result, Run, StandingOpening
from assessments.selectors.standing import own_standing, standings
from assessments.services import incident_record, standing_opening_set
from indicators.models import DataChange
from indicators.news import tell
from tests.assessments.conftest import YEAR, get, text_of

SECONDS = 90


def provisional():
    return Run.every.filter(kind=RunKind.PROVISIONAL)


def accept(province, *codes):
    for code in codes:
        with transaction.atomic():
            tell([DataChange(zone=province.zones[code], year=YEAR, reason="accepted")])


@pytest.fixture
def filed(province):
    """Everybody's yearly return is accepted; the news of it is old."""
    for number in range(1, 7):
        province.add_return(f"A{number}", YEAR, (None, None, None))
    accept(province, "A1")
    DataChange.objects.update(at=timezone.now() - timedelta(hours=1))
    return province


def settle():
    """One tick of the beat, and the work it queued."""
    queued = tasks.standings_refresh()
    for pk in queued:
        tasks.run_execute(pk)
    return queued


# When


@pytest.mark.django_db(transaction=True)
def test_a_burst_of_acceptances_makes_one_or_two_runs_by_the_worker(filed, worker, monkeypatch):
    monkeypatch.setattr(standing, "QUIET", timedelta(seconds=1))
    made = set()
    for number in range(200):
        accept(filed, f"A{1 + number % 6}")
        if number % 20 == 0:
            made.update(tasks.standings_refresh())
    deadline = time.monotonic() + SECONDS
    newest = DataChange.objects.latest("pk").pk
    while not provisional().filter(status="done", data_change_id=newest).exists():
        assert time.monotonic() < deadline, list(provisional().values("status", "error", "data_change_id"))
        made.update(tasks.standings_refresh())
        time.sleep(0.1)
    assert 1 <= len(made) <= 2
    kept = provisional().get()
    assert Result.every.filter(run=kept).count() == 6
    assert tasks.standings_refresh() == []


@pytest.mark.django_db(transaction=True)
def test_two_ticks_at_once_queue_one_run(filed):
    ready, found = threading.Barrier(3), []

    def tick():
        try:
            ready.wait(10)
            found.extend(standing.queue_due())
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == provisional().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("first", "last", "due"), [(0, 0, False), (30, 5, False), (30, 11, True), (61, 1, True)], ids=str
)
def test_news_waits_for_rest_but_not_for_ever(filed, first, last, due):
    assert len(settle()) == 1
    accept(filed, "A2", "A3")
    for change, ago in zip(DataChange.objects.order_by("-pk")[:2], (last, first), strict=True):
        DataChange.objects.filter(pk=change.pk).update(at=timezone.now() - timedelta(seconds=ago))
    assert bool(settle()) is due


@pytest.mark.django_db
def test_only_what_the_method_reads_makes_a_run_and_only_the_newest_is_kept(filed, monkeypatch):
    settle()
    monkeypatch.setattr(standing, "QUIET", timedelta(0))
    former = provisional().get()
    tell([DataChange(zone=filed.zones["B1"], year=YEAR, reason="another class")])
    tell([DataChange(zone=filed.zones["A1"], year=YEAR - 9, reason="too long ago")])
    assert settle() == []
    incident: dict[str, Any] = {"kind": "safety_accident", "severity": "major", "on": date(YEAR, 1, 1), "title": "事故"}
    incident_record(by=filed.staff(), zone=filed.zones["A1"], document_number="1", issuer="局", **incident)
    assert settle()
    now = provisional().get()
    assert (now.pk > former.pk, now.status) == (True, "done")
    assert not Result.every.filter(run=former.pk).exists()
    assert Result.every.filter(run=now).count() == 6


# Apart from official runs


@pytest.mark.django_db
def test_a_provisional_run_is_no_official_one(client, filed):
    settle()
    run = provisional().get()
    assert not Run.objects.exists()
    assert not Result.objects.exists()
    staff = filed.staff()
    assert get(client, staff, "run_detail", run.pk).status_code == 404
    assert not get(client, staff, "run_list").context["lines"]
    assert client.get("/api/v1/runs/").json()["results"] == []
    assert client.get("/api/v1/results/").json()["results"] == []
    with pytest.raises(DatabaseError, match="rests on an official run"), transaction.atomic():
        Proceeding.objects.create(zone_class="cluster", year=YEAR, run=run)
    with pytest.raises(DatabaseError, match="finished run is frozen"), transaction.atomic():
        Run.every.filter(pk=run.pk).update(synthetic=True)
    # An official run of the same year beside it, and its history, know nothing of it.
    official = Run.objects.create(scheme=filed.scheme, year=YEAR, requested_by=staff)
    tasks.run_execute(official.pk)
    official.refresh_from_db()
    assert official.results_digest == run.results_digest
    assert provisional().get() == run


# Who sees it


@pytest.mark.django_db
def test_zones_see_their_own_where_the_office_opened_it_and_nothing_else(client, filed):
    settle()
    staff, manager, other = filed.staff(), filed.manager("A6"), filed.manager("B1")
    scheme = filed.scheme.pk
    whole = standings(staff)[0]
    assert (whole.accepted, whole.members, len(whole.lines)) == (6, 6, 6)
    assert "没有开放" in text_of(get(client, manager, "standing_list"))
    assert own_standing(manager, scheme, YEAR, "A6") is None
    with pytest.raises(PermissionDenied):
        standing_opening_set(by=manager, scheme=filed.scheme, year=YEAR, is_open=True)
    client.force_login(staff)
    client.post("/standing/opening/", {"scheme": scheme, "year": YEAR, "is_open": "1"})
    assert StandingOpening.objects.get().set_by == staff
    page = get(client, manager, "standing_list")
    assert [line.result.zone.code for line in page.context["standings"][0].lines] == ["A6"]
    detail = text_of(get(client, manager, "standing_detail", scheme, YEAR, "A6"))
    assert "6 / 6" in detail
    for code in ("A1", "B1"):
        assert get(client, manager, "standing_detail", scheme, YEAR, code).status_code == 404
    assert get(client, other, "standing_detail", scheme, YEAR, "A6").status_code == 404
    # What would improve it: own figures alone, and the neighbours' nowhere.
    part = get(client, manager, "standing_improvements", scheme, YEAR, "A6")
    rows = part.context["rows"]
    assert rows
    assert {row["kind"] for row in rows} <= {"watch", "keep", "promote"}
    assert rows == sorted(rows, key=lambda row: abs(row["relative"]))
    standing_opening_set(by=staff, scheme=filed.scheme, year=YEAR, is_open=False)
    assert get(client, manager, "standing_detail", scheme, YEAR, "A6").status_code == 404
