"""What the office does with targets, tasks and open words, over REST: versions, trials, sent twice, refused with its place."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from accounts.services import apikey_create, scopes_open_to
from compliance.models import Task
from parks.models import Region, Zone
from policy.models import Ruling, Term
from targets.models import Judgement, QuotaSheet, Target
from targets.tasks import progress_refresh
from tests.compliance.test_rules import person

pytestmark = pytest.mark.django_db

TARGET = {
    "measure": "sum_zones", "name_zh": "税收收入", "name_en": "Tax revenue", "year": 2030, "provision": "P014",
    "lead": "taxation", "operator": "ge", "value": 5_000_000, "unit": "万元", "zone_class": "cluster",
    "expression": "tax_revenue", "tolerance_by": "联席会议办公室", "path": "milestones",
    "milestones": "2027=3000000; 2028=4000000",
}  # fmt: skip


class Api:
    """A client with a key of the office."""

    def __init__(self, user: User, scopes: list[str]) -> None:
        self.client = Client()
        key, secret = apikey_create(by=user, name="t", scopes=scopes, days=1)
        self.headers = {"Authorization": f"Api-Key {key.prefix}.{secret}"}

    def send(self, method: str, path: str, body: Any = None, etag: str = "") -> Any:
        headers = self.headers | ({"If-Match": etag} if etag else {})
        act = getattr(self.client, method)
        if method == "get":
            return act(f"/api/v1/{path}", headers=headers)
        return act(f"/api/v1/{path}", body, content_type="application/json", headers=headers)


def pointers(answer: Any) -> Mapping[str, str]:
    assert answer.status_code == 422, answer.content.decode()
    return {error["pointer"]: error["detail"] for error in answer.json()["errors"]}


@pytest.fixture
def lead(demo: None) -> User:
    return User.objects.get(username="lead")


@pytest.fixture
def api(lead: User) -> Api:
    return Api(lead, ["read", "target.write", "policy.write"])


def test_a_target_is_tried_set_once_changed_and_withdrawn(api: Api) -> None:
    tried = api.send("post", "targets/?dry_run=true", TARGET)
    assert tried.status_code == 200, tried.content.decode()
    assert {row["year"] for row in tried.json()["progress"]} >= {2023, 2024}
    assert not Target.objects.filter(origin="office").exists()

    made = api.send("post", "targets/", TARGET)
    assert (made.status_code, made.json()["code"], made["ETag"]) == (201, "O2030-1", '"1"')
    again = api.send("post", "targets/", TARGET)
    assert (again.status_code, again.json()["code"]) == (200, "O2030-1")
    assert Target.objects.filter(origin="office").count() == 1

    change = {"value": 6_000_000, "change_note": "会议纪要〔2026〕3号"}
    assert api.send("patch", "targets/O2030-1/", change).status_code == 428
    assert api.send("patch", "targets/O2030-1/", change, '"7"').status_code == 412
    changed = api.send("patch", "targets/O2030-1/", change, '"1"')
    assert (changed.status_code, changed["ETag"]) == (200, '"2"'), changed.content.decode()
    target = Target.objects.get(code="O2030-1")
    assert (target.value, target.spec["expression"], target.milestones[0]) == (
        6_000_000,
        "tax_revenue",
        [2027, 3_000_000],
    )
    gone = api.send("post", "targets/O2030-1/withdraw/", {"reason": "并入另一项"}, '"2"')
    assert gone.json()["withdrawal"] == "并入另一项"
    assert api.send("post", "targets/O2030-1/restore/", etag='"3"').status_code == 200


def test_every_fault_of_a_target_has_its_place(api: Api) -> None:
    without = {name: value for name, value in TARGET.items() if name != "value"} | {"unit": "亩", "provision": "P999"}
    assert set(pointers(api.send("post", "targets/", without))) >= {"/provision", "/value"}
    assert "公式" in pointers(api.send("post", "targets/", TARGET | {"expression": "tax_revenue +"}))["/expression"]
    fixed = pointers(api.send("patch", "targets/T01/", {"value": 25, "change_note": "x"}, '"1"'))
    assert "原文是什么就是什么" in fixed["/value"]
    tried = api.send("patch", "targets/T01/?dry_run=true", {"tolerance_pct": 60, "change_note": "x"}, '"1"')
    assert {row["status"] for row in tried.json()["progress"] if row["year"] == 2024} == {"met"}
    assert Target.objects.get(code="T01").revision == 1
    settled = api.send("patch", "targets/T01/", {"tolerance_pct": 5, "change_note": "办公会议定"}, '"1"')
    assert settled.status_code == 200, settled.content.decode()
    assert (Target.objects.get(code="T01").tolerance_pct, Target.objects.get(code="T01").path) == (5, "linear")


def test_a_judgement_sent_twice_is_one(api: Api) -> None:
    given = {"year": 2025, "verdict": "met", "evidence": "省统计局公报第 3 页：比重提高。", "on": "2026-03-01"}
    held = Judgement.objects.filter(target__code="Q02").count()
    assert api.send("post", "targets/Q02/judge/", given).status_code == 201
    assert api.send("post", "targets/Q02/judge/", given).status_code == 200
    assert Judgement.objects.filter(target__code="Q02").count() == held + 1
    assert "/evidence" in pointers(api.send("post", "targets/Q02/judge/", given | {"evidence": "好"}))
    assert api.send("post", "targets/T01/judge/", given).status_code == 422
    assert api.send("get", "judgements/?target=Q02").json()["results"][-1]["verdict"] == "met"


def test_a_division_rests_on_its_number_and_sums(api: Api) -> None:
    progress_refresh()
    held = api.send("get", "targets/T10/division/")
    assert (held.json()["number"], held["ETag"], held.json()["whole"]) == (0, '"0"', "200.00")
    cities = [region.code for region in Region.objects.cities().filter(code__startswith="41")]
    parts = dict.fromkeys(cities, 10)
    assert "分解合计 180.00" in pointers(api.send("post", "targets/T10/division/", {"parts": parts}, '"0"'))["/reason"]
    assert "/parts/999999" in pointers(api.send("post", "targets/T10/division/", {"parts": {"999999": 1}}, '"0"'))
    body = {"parts": parts, "reason": "留二十个待定"}
    tried = api.send("post", "targets/T10/division/?dry_run=true", body, '"0"')
    assert (tried.status_code, tried.json()["total"]) == (200, "180.00")
    assert not QuotaSheet.objects.filter(target__code="T10").exists()
    made = api.send("post", "targets/T10/division/", body, '"0"')
    assert (made.json()["number"], made["ETag"]) == (1, '"1"')
    assert api.send("post", "targets/T10/division/", body, '"0"').status_code == 412
    zones = Zone.objects.filter(city__code="410100").values_list("code", flat=True)[:10]
    below = api.send("post", "targets/T10/division/", {"city": "410100", "parts": dict.fromkeys(zones, 1)}, '"0"')
    assert below.json()["city"] == "410100"


def test_a_year_is_previewed_and_reported_and_twice_writes_nothing(api: Api) -> None:
    progress_refresh()
    seen = api.send("post", "targets/report/?dry_run=true", {"year": 2017}).json()
    assert "T01" in seen["first"]
    assert api.send("post", "targets/report/", {"year": 2017}).json()["first"] == seen["first"]
    again = api.send("post", "targets/report/", {"year": 2017}).json()
    assert (again["first"], again["late"]) == ([], [])


def test_a_task_is_assigned_reported_and_extended(api: Api, lead: User) -> None:
    deadline = (timezone.localdate() + timedelta(days=40)).isoformat()
    given = {"provisions": ["P105", "P106"], "lead": "ecology", "cities": ["410900", None], "deadline": deadline}
    assert len(api.send("post", "tasks/?dry_run=true", given).json()["made"]) == 4
    before = Task.objects.count()
    made = api.send("post", "tasks/", given)
    assert (made.status_code, Task.objects.count()) == (201, before + 4)
    again = api.send("post", "tasks/", given)
    assert (again.status_code, again.json()["made"]) == (200, [])
    assert "P999" in pointers(api.send("post", "tasks/", given | {"provisions": ["P999"]}))["/provisions"]

    task = Task.objects.get(provision__code="P105", city__code="410900", lead="ecology")
    note = {"text": "已开展", "percent": 40, "status": "in_progress"}
    assert api.send("post", f"tasks/{task.pk}/report/", note).status_code == 428
    told = api.send("post", f"tasks/{task.pk}/report/", note, '"1"')
    assert (told["ETag"], told.json()["notes"][0]["text"]) == ('"2"', "已开展")
    assert api.send("post", f"tasks/{task.pk}/report/", note, '"1"').status_code == 412
    later = {"deadline": (timezone.localdate() + timedelta(days=90)).isoformat(), "text": "审批时间顺延"}
    assert api.send("post", f"tasks/{task.pk}/extend/", later, '"2"').json()["deadline"] == later["deadline"]

    # Another city has no say, and the key of one who reads only does not write.
    other = person("other", Role.CITY_REVIEWER, "city-410100")
    assert Client(headers={"accept": "application/json"}).post(f"/api/v1/tasks/{task.pk}/report/").status_code == 401
    outsider = Client()
    outsider.force_login(other)
    assert outsider.post(f"/api/v1/tasks/{task.pk}/report/", note).status_code == 404
    reading = Api(lead, ["read"]).send("post", f"tasks/{task.pk}/report/", note, '"3"')
    assert (reading.status_code, reading.json()["type"].rsplit(":", 1)[1]) == (403, "scope")


def test_an_open_word_is_read_and_decided(api: Api) -> None:
    term = Term.objects.filter(numeric=True, rulings=None, document__code="henan-2017-159").first()
    assert term is not None
    read = api.send("get", f"terms/{term.pk}/")
    assert (read["ETag"], read.json()["state"] in {"term_open", "term_assumed"}) == ('"0"', True)
    given = {"value": "3", "basis": "省联席会议办公室〔2026〕3号", "decided_on": "2026-03-01"}
    assert "/value" in pointers(api.send("post", f"terms/{term.pk}/decide/", given | {"value": None}, '"0"'))
    made = api.send("post", f"terms/{term.pk}/decide/", given, '"0"')
    assert (made.status_code, made.json()["state"], made.json()["value"]) == (200, "term_decided", "3")
    again = api.send("post", f"terms/{term.pk}/decide/", given, '"1"')
    assert (again.status_code, Ruling.objects.filter(term=term).count()) == (200, 1)
    assert api.send("post", f"terms/{term.pk}/decide/", given | {"value": "4"}, '"0"').status_code == 412
    assert term.pk not in [row["id"] for row in api.send("get", "terms/?open=true&page_size=500").json()["results"]]


def test_only_the_office_writes_targets(demo: None) -> None:
    for name in ("city", "statistics"):
        client = Client()
        client.force_login(User.objects.get(username=name))
        assert client.post("/api/v1/targets/", TARGET, content_type="application/json").status_code == 403
    assert "target.write" not in scopes_open_to(User.objects.get(username="city"))
