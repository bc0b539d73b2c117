"""Departments' deliveries, differences and decisions over the API (部门数据与核对接口)."""

import json

import pytest

from accounts.enums import Duty
from accounts.services import apikey_create
from indicators.models import DepartmentLoad, Reconciliation, Value
from parks.models import ZoneAlias
from tests.indicators.test_departments import department_officer, know

pytestmark = pytest.mark.django_db
URL = "/api/v1/department-values/"
GOOD = {"zone": "A1", "indicator": "tax_revenue", "number": 12000}


@pytest.fixture
def officer(world):
    return department_officer(world, Duty.TAXATION)


@pytest.fixture
def api(client, officer):
    client.force_login(officer)
    return client


def deliver(client, *values, query="", headers=None, **facts):
    body = {"period": "2020", "source_note": "2020年税收年报", "values": list(values), **facts}
    return client.post(f"{URL}{query}", body, content_type="application/json", headers=headers or {})


def errors(response, status=422):
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"].startswith("application/problem+json")
    return [(e.get("pointer", e.get("line")), e["code"]) for e in json.loads(response.content)["errors"]]


class TestDelivering:
    def test_json(self, api):
        response = deliver(api, GOOD, {**GOOD, "zone": "A2", "number": "9.5", "unit": "万元"}, name="税收")
        assert response.status_code == 201
        body = response.json()
        assert (body["rows"], body["changed"], body["unchanged"]) == (2, 2, 0)
        assert body["load"]["department"] == "taxation"
        assert body["changes"][0] == {
            "zone": "A1", "indicator": "tax_revenue", "number": "12000.0000", "absence": "", "before": None}  # fmt: skip
        load = DepartmentLoad.objects.get()
        assert (load.name, load.channel, len(load.digest)) == ("税收", "api", 64)

    def test_ndjson(self, api):
        lines = "\n".join(json.dumps(line) for line in (GOOD, {**GOOD, "zone": "A2"}))
        query = "?period=2020&source_note=年报"
        response = api.post(URL + query, lines, content_type="application/x-ndjson")
        assert response.status_code == 201
        broken = api.post(URL + query, lines + "\n{oops\n" + '{"zone": "A9"}', content_type="application/x-ndjson")
        assert errors(broken) == [("3", "not_json"), ("4", "zone_unknown"), ("4", "indicator_unknown")]

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_csv_with_a_figure_a_line(self, api, encoding):
        text = '园区编号,指标代码,数值,单位\nA1,tax_revenue,"12,000",万元\n\nA2,tax_revenue,暂缺,\n'
        query = "?period=2020&source_note=年报"
        response = api.post(URL + query, text.encode(encoding), content_type="text/csv; charset=utf-8")
        assert response.status_code == 201
        assert Value.objects.get(source="department").number == 12000

    def test_csv_like_the_template(self, api):
        text = "序号,园区名称,省辖市,税收收入（万元）\n1,A1园区,A市,5\n2,A2园区,A市,\n,合计,,5\n"
        response = api.post(f"{URL}?period=2020&source_note=年报", text.encode(), content_type="text/csv")
        assert response.status_code == 201
        assert [(v.zone.code, v.number) for v in Value.objects.filter(source="department")] == [("A1", 5)]

    def test_dry_run_saves_nothing(self, api, world):
        know(world.zones["A1"], "tax_revenue", 11000)
        response = deliver(api, GOOD, query="?dry_run=true")
        assert response.status_code == 200
        assert response.json()["load"] is None
        assert response.json()["changes"][0]["before"] == "11000.0000"
        assert Value.objects.get(source="department").number == 11000
        assert errors(deliver(api, GOOD, query="?dry_run=maybe"), 400) == [(None, "invalid")]

    def test_the_same_request_makes_one_load(self, api):
        first = deliver(api, GOOD, headers={"Idempotency-Key": "2020-annual"})
        again = deliver(api, GOOD, headers={"Idempotency-Key": "2020-annual"})
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json()["load"]["id"] == again.json()["load"]["id"]
        other = deliver(api, {**GOOD, "number": 1}, headers={"Idempotency-Key": "2020-annual"})
        assert other.status_code == 409
        assert DepartmentLoad.objects.count() == 1
        assert deliver(api, GOOD, headers={"Idempotency-Key": "k" * 121}).status_code == 400

    def test_errors_stand_where_the_figures_do(self, api, world):
        ZoneAlias.objects.create(zone=world.zones["A2"], name="老园区", certainty="A")
        response = deliver(
            api, GOOD, {**GOOD, "zone": "老园区"}, {**GOOD, "indicator": "employees"}, {**GOOD, "value": 3}, "text",
            {**GOOD, "number": True}, {**GOOD, "number": "计划 500"}, {**GOOD, "zone": "A2", "number": -1},
        )  # fmt: skip
        assert sorted(errors(response)) == [
            ("/values/1", "zone_ambiguous"), ("/values/2", "not_answering"), ("/values/3", "unknown_field"),
            ("/values/4", "not_an_object"), ("/values/5", "duplicate"), ("/values/5", "number"),
            ("/values/6", "duplicate"), ("/values/6", "plan"), ("/values/7", "invalid"),
        ]  # fmt: skip
        asked = next(e for e in response.json()["errors"] if e["code"] == "zone_ambiguous")
        assert asked["choices"] == "A2"
        assert not DepartmentLoad.objects.exists()

    def test_bodies_that_are_none(self, api):
        assert errors(api.post(URL, [GOOD], content_type="application/json"), 400) == [("/values", "required")]
        assert errors(deliver(api, GOOD, year=2020), 400) == [("/year", "unknown")]
        assert errors(deliver(api, GOOD, source_note="")) == [("", "source_note")]
        assert api.post(URL, "x", content_type="application/xml").status_code == 415

    def test_too_large(self, api, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        assert deliver(api, *[GOOD] * 20).status_code == 413


class TestKeys:
    @pytest.mark.parametrize(("scopes", "status"), [(["read"], 403), (["read", "department.write"], 201)])
    def test_the_scope(self, client, officer, scopes, status):
        key, secret = apikey_create(by=officer, name="导入", scopes=scopes, days=1)
        response = deliver(client, GOOD, headers={"Authorization": f"Api-Key {key.prefix}.{secret}"})
        assert response.status_code == status


class TestReading:
    def test_own_deliveries_everywhere_others_where_one_looks_after_zones(self, client, world, officer):
        for zone in ("A1", "B1"):
            know(world.zones[zone], "tax_revenue", 1)
            know(world.zones[zone], "employees", 2)

        def seen(user, query=""):
            client.force_login(user)
            rows = client.get(URL + query).json()["results"]
            return {(row["zone"], row["indicator"]) for row in rows}

        assert seen(world.manager("A1")) == {("A1", "tax_revenue"), ("A1", "employees")}
        assert seen(world.reviewer("B"), "?indicator=employees") == {("B1", "employees")}
        customs = department_officer(world, Duty.CUSTOMS)
        know(world.zones["A1"], "imports_exports", 3)
        assert seen(customs) == {("A1", "imports_exports")}


class TestDifferencesAndDecisions:
    @pytest.fixture(autouse=True)
    def figures(self, world):
        for zone in ("A1", "B1"):
            world.add_return(zone, status="submitted", values={"tax_revenue": 110})
            know(world.zones[zone], "tax_revenue", 100)

    def decide(self, client, **changes):
        body = {"zone": "A1", "indicator": "tax_revenue", "period": "2020", "verdict": "department", "reason": "以征管数为准",
                "reported": "110", "known": "100", **changes}  # fmt: skip
        return client.post("/api/v1/reconciliations/", body, content_type="application/json")

    def test_list_decide_list(self, client, world):
        client.force_login(world.staff())
        rows = client.get("/api/v1/differences/?period=2020&state=undecided").json()["results"]
        assert [(r["zone"], r["gap"], r["share_pct"], r["state"]) for r in rows] == [
            ("A1", "10.0000", "10.0000", "open"), ("B1", "10.0000", "10.0000", "open")]  # fmt: skip
        made = self.decide(client)
        assert made.status_code == 201
        assert (made.json()["department"], made.json()["verdict"]) == ("taxation", "department")
        rows = client.get("/api/v1/differences/?state=decided").json()["results"]
        assert [row["zone"] for row in rows] == ["A1"]
        assert [row["zone"] for row in client.get("/api/v1/reconciliations/?zone=A1").json()["results"]] == ["A1"]

    def test_stale_without_reason_and_without_right(self, client, world):
        client.force_login(world.staff())
        assert self.decide(client, known="99").status_code == 412
        assert self.decide(client, reason=" ").status_code == 400
        assert self.decide(client, verdict="both").status_code == 400
        client.force_login(world.reviewer())
        assert self.decide(client).status_code == 403
        assert not Reconciliation.objects.exists()

    def test_within_reach(self, client, world):
        client.force_login(world.staff())
        self.decide(client)
        client.force_login(world.manager("B1"))
        assert client.get("/api/v1/reconciliations/").json()["results"] == []
        assert [r["zone"] for r in client.get("/api/v1/differences/").json()["results"]] == ["B1"]
