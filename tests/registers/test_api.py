"""The API of registers: reading by territory and filters, writing with If-Match, in bulk, on trial."""

import pytest
from rest_framework.test import APIClient

from registers.models import Entry
from registers.services import entry_create

ENTRIES = "/api/v1/registers/works/entries/"
GOOD = {"zone": "A1", "data": {"name": "甲", "status": "planned"}}


@pytest.fixture
def ask(world):
    def client(name):
        made = APIClient()
        made.force_login(world.people[name])
        return made

    return client


@pytest.fixture
def entry(world):
    given = {"name": "甲", "status": "planned", "amount": "12", "started": "2023-04-05"}
    return entry_create(by=world.people["parkA"], register=world.register, place="A1", given=given)


def test_definitions(ask):
    listed = ask("viewerA").get("/api/v1/registers/").json()["results"]
    assert [row["code"] for row in listed] == ["works"]
    one = ask("viewerA").get("/api/v1/registers/works/").json()
    assert one["definition"]["fields"][0]["code"] == "name"
    assert ask("viewerA").get("/api/v1/registers/none/").status_code == 404


def test_reading_and_filters(ask, entry):
    client = ask("viewerA")
    assert [row["id"] for row in client.get(ENTRIES).json()["results"]] == [entry.pk]
    for query, hits in {
        "status=planned": 1,
        "status=done": 0,
        "amount_min=12&amount_max=12": 1,
        "amount_min=13": 0,
        "started_after=2023-04-05": 1,
        "started_before=2023-04-04": 0,
        "name=甲": 1,
        "zone=A1": 1,
        "q=乙": 0,
        "standing=withdrawn": 0,
    }.items():
        assert len(client.get(f"{ENTRIES}?{query}").json()["results"]) == hits, query
    assert client.get(f"{ENTRIES}?no_such=1").status_code == 400
    assert client.get(f"{ENTRIES}?status=gone").status_code == 400
    assert ask("parkB").get(ENTRIES).json()["results"] == []
    assert ask("parkB").get(f"{ENTRIES}{entry.pk}/").status_code == 404


def test_creating(ask):
    assert ask("viewerA").post(ENTRIES, GOOD, format="json").status_code == 403
    tried = ask("parkA").post(f"{ENTRIES}?dry_run=true", GOOD, format="json")
    assert (tried.status_code, Entry.objects.count()) == (200, 0)
    made = ask("parkA").post(ENTRIES, GOOD, format="json")
    assert (made.status_code, made.headers["ETag"], made.json()["channel"]) == (201, '"1"', "api")
    wrong = ask("parkA").post(ENTRIES, {"zone": "B1", "data": {"name": "乙", "amount": "多"}}, format="json")
    assert wrong.status_code == 422
    assert {each["pointer"] for each in wrong.json()["errors"]} == {"/zone", "/data/amount", "/data/status"}


def test_changing_and_withdrawing_need_the_revision(ask, entry):
    client, address = ask("parkA"), f"{ENTRIES}{entry.pk}/"
    body = {"data": {"amount": 15}}
    assert client.patch(address, body, format="json").status_code == 428
    changed = client.patch(address, body, format="json", headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json()["data"]["amount"], changed.json()["revision"]) == (200, "15", 2)
    assert client.patch(address, body, format="json", headers={"If-Match": '"1"'}).status_code == 412
    assert client.get(address, headers={"If-None-Match": '"2"'}).status_code == 304
    gone = client.post(f"{address}withdraw/", {"reason": "登记错误"}, format="json", headers={"If-Match": '"2"'})
    assert (gone.status_code, gone.json()["withdrawn_reason"]) == (200, "登记错误")
    assert client.get(ENTRIES).json()["results"] == []


def test_bulk_is_whole_or_nothing(ask, entry):
    rows = [{"id": entry.pk, "revision": 1, "data": {"amount": 20}}, {"zone": "A1", "data": {"name": "乙"}}]
    wrong = ask("parkA").post(f"{ENTRIES}bulk/", {"rows": rows}, format="json")
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/rows/1/data/status"]
    entry.refresh_from_db()
    assert entry.data["amount"] == "12"
    rows[1]["data"]["status"] = "planned"
    done = ask("parkA").post(f"{ENTRIES}bulk/", {"rows": rows}, format="json").json()
    assert (done["created"], done["changed"], len(done["ids"])) == (1, 1, 2)


def test_figures_and_enterprises(ask, entry):
    rows = ask("cityA").get("/api/v1/registers/works/figures/?years=2022,2023").json()
    begun = {row["year"]: row["number"] for row in rows if row["measure"] == "works_begun"}
    assert begun == {2022: 0, 2023: 1}
    assert next(row["number"] for row in rows if row["measure"] == "paid_rate" and row["year"] == 2022) is None
    assert ask("cityA").get("/api/v1/registers/works/figures/?years=x").status_code == 400
    new = {"credit_code": "9144030071526726XG", "name": "甲企业", "zone": "A1"}
    made = ask("parkA").post("/api/v1/enterprises/", new, format="json")
    assert made.status_code == 201
    address = "/api/v1/enterprises/9144030071526726XG/"
    assert ask("parkA").patch(address, {"name": "乙企业"}, format="json").status_code == 428
    changed = ask("parkA").patch(address, {"name": "乙企业"}, format="json", headers={"If-Match": '"1"'})
    assert (changed.json()["name"], changed.json()["zone"]) == ("乙企业", "A1")
    wrong = ask("parkA").post("/api/v1/enterprises/", new | {"credit_code": "9144030071526726XX"}, format="json")
    assert wrong.json()["errors"][0]["pointer"] == "/credit_code"
    assert ask("parkB").get(address).status_code == 404
