import json

import pytest
from rest_framework.test import APIClient

from accounts.services import apikey_create
from indicators.models import Return, Value

ROOT = "/api/v1"


def client_of(user):
    client = APIClient()
    client.force_login(user)
    return client


def with_key(user, *scopes):
    key, secret = apikey_create(by=user, name="取数", scopes=list(scopes), days=30)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key.prefix}.{secret}")
    return client


def put(client, return_, cells, revision=1):
    headers = {} if revision is None else {"If-Match": f'"{revision}"'}
    return client.put(f"{ROOT}/returns/{return_.pk}/values/", cells, format="json", headers=headers)


def submit(client, return_, revision=1):
    return client.post(f"{ROOT}/returns/{return_.pk}/submit/", headers={"If-Match": f'"{revision}"'})


def listed(sound):
    return [{"indicator": code, "number": number} for code, number in sound.items()]


def results(response):
    assert response.status_code == 200, response.content
    return response.json()["results"]


# ---- reads ----------------------------------------------------------------------------------------------------


def test_reads_need_a_login(world):
    for name in ("indicators", "rounds", "returns", "values"):
        assert APIClient().get(f"{ROOT}/{name}/").status_code == 401


def test_the_catalogue(world):
    client = client_of(world.manager())
    assert results(client.get(f"{ROOT}/indicators/?page_size=1"))[0]["code"] == "main_business_revenue"
    green = results(client.get(f"{ROOT}/indicators/?dimension=green&kind=derived"))
    assert "energy_intensity" in [row["code"] for row in green]
    one = client.get(f"{ROOT}/indicators/tax_per_mu/")
    assert one.json()["formula"] == "tax_revenue / built_area"
    assert one.headers["ETag"]
    assert client.get(f"{ROOT}/indicators/no_such/").status_code == 404


def test_rounds_name_their_items(world):
    world.add_round(2018, codes=["tax_revenue"])
    (row,) = results(client_of(world.manager()).get(f"{ROOT}/rounds/?year=2018"))
    assert (row["indicators"], row["status"], row["zone_classes"][0]) == (["tax_revenue"], "open", "cluster")


def test_returns_and_values_of_ones_territory_with_filters_and_mark(world):
    mine = world.add_return("A1", values={"tax_revenue": 5, "employees": None}, synthetic=True, status="accepted")
    world.add_return("B1", values={"tax_revenue": 6})
    client = client_of(world.reviewer("A"))
    (row,) = results(client.get(f"{ROOT}/returns/"))
    assert (row["id"], row["zone"], row["year"], row["mark"]) == (mine.pk, "A1", 2020, "演示数据")
    figures = results(client.get(f"{ROOT}/values/?zone=A1&indicator=tax_revenue&year=2020&status=accepted"))
    assert [(v["number"], v["unit"], v["mark"], v["status"]) for v in figures] == [
        ("5.0000", "万元", "演示数据", "accepted")
    ]
    assert results(client.get(f"{ROOT}/values/?indicator=employees"))[0]["number"] is None
    assert results(client.get(f"{ROOT}/values/?synthetic=false")) == []
    staff = client_of(world.staff())
    assert [v["zone"] for v in results(staff.get(f"{ROOT}/values/?accepted=false"))] == ["B1"]
    assert {v["zone"] for v in results(staff.get(f"{ROOT}/values/?accepted=true"))} == {"A1"}
    assert staff.get(f"{ROOT}/values/?yaer=2020").status_code == 400


def test_what_lies_outside_ones_territory_is_not_found(world):
    other = world.add_return("B1", values={"tax_revenue": 6})
    client = client_of(world.manager("A1"))
    assert client.get(f"{ROOT}/returns/{other.pk}/").status_code == 404
    assert client.get(f"{ROOT}/returns/{other.pk}/values/").status_code == 404
    assert client.get(f"{ROOT}/values/{other.values.get().pk}/").status_code == 404
    assert put(client, other, [{"indicator": "tax_revenue", "number": 1}]).status_code == 404
    assert submit(client, other).status_code == 404
    assert client.get(f"{ROOT}/returns/abc/").status_code == 404
    assert (
        client.put(f"{ROOT}/returns/abc/values/", [{"indicator": "x"}], headers={"If-Match": '"1"'}).status_code == 404
    )


def test_lists_take_the_same_queries_for_more_rows(world, django_assert_num_queries):
    client = client_of(world.staff())
    world.add_return("A1", values={"tax_revenue": 5})
    for name, count in (("returns", 4), ("values", 4)):
        client.get(f"{ROOT}/{name}/")
        with django_assert_num_queries(count):
            client.get(f"{ROOT}/{name}/")
    world.add_return("A2", values={"tax_revenue": 5, "employees": 6})
    world.add_return("B1", values={"tax_revenue": 5, "employees": 6})
    for name, count in (("returns", 4), ("values", 4)):
        with django_assert_num_queries(count):
            client.get(f"{ROOT}/{name}/")


# ---- writes ---------------------------------------------------------------------------------------------------


def test_a_client_with_a_key_fills_in_and_files(world, sound):
    manager, return_ = world.manager(), world.add_return()
    client = with_key(manager, "read", "return.write")
    etag = client.get(f"{ROOT}/returns/{return_.pk}/").headers["ETag"]
    assert etag == '"1"'
    saved = put(client, return_, listed(sound))
    assert (saved.status_code, saved.headers["ETag"]) == (200, '"2"'), saved.content
    filled = client.get(f"{ROOT}/returns/{return_.pk}/values/")
    assert {v["indicator"]: float(v["number"]) for v in filled.json()} == sound
    assert filled.headers["ETag"] == '"2"'
    assert client.get(f"{ROOT}/returns/{return_.pk}/findings/").json() == []
    filed = submit(client, return_, 2)
    assert (filed.status_code, filed.json()["status"], filed.headers["ETag"]) == (200, "submitted", '"3"')
    assert [act["kind"] for act in filed.json()["acts"]] == ["submitted"]
    again = submit(client, return_, 2)  # the same request once more
    assert (again.status_code, again.headers["ETag"]) == (200, '"3"')
    locked = put(client, return_, [{"indicator": "tax_revenue", "number": 1}], 3)
    assert (locked.status_code, locked.json()["type"]) == (409, "urn:yuanqu:problem:return_locked")


def test_if_match_is_required_and_must_be_current(world):
    client, return_ = client_of(world.manager()), world.add_return()
    cell = [{"indicator": "tax_revenue", "number": 1}]
    assert put(client, return_, cell, None).status_code == 428
    assert put(client, return_, cell, 9).status_code == 412
    assert put(client, return_, cell, "x").status_code == 412
    assert client.post(f"{ROOT}/returns/{return_.pk}/submit/").status_code == 428
    assert submit(client, return_, 9).status_code == 412
    assert Return.objects.get().revision == 1


def test_cells_are_saved_whole_or_not_at_all_with_pointers(world):
    client, return_ = client_of(world.manager()), world.add_return()
    cells = [
        {"indicator": "tax_revenue", "number": "5"},
        {"indicator": "employees", "number": "1.5"},
        {"indicator": "gdp", "number": 1},
        {"indicator": "tax_revenue", "number": "6"},
    ]
    answer = put(client, return_, cells)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/1", "/2", "/3"]
    assert not Value.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        "x",
        [{"number": 1}],
        [{"indicator": "tax_revenue", "number": "12万"}],
        [{"indicator": "tax_revenue", "number": "NaN"}],
        [{"indicator": "tax_revenue", "number": 1, "absence": "none"}],
        [{"indicator": "tax_revenue", "comment": "x" * 501}],
        [{"indicator": "tax_revenue", "number": "1e30"}],
        [{"indicator": f"x{n}"} for n in range(301)],
    ],
    ids=lambda body: json.dumps(body)[:40],
)
def test_a_malformed_body_is_a_bad_request(world, body):
    answer = put(client_of(world.manager()), world.add_return(), body)
    assert answer.status_code == 400, answer.content
    assert not Value.objects.exists()


def test_an_incomplete_return_says_what_is_left(world):
    client, return_ = client_of(world.manager()), world.add_return(values={"exports": 6, "imports_exports": 5})
    answer = submit(client, return_)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:yuanqu:problem:return_incomplete")
    errors = answer.json()["errors"]
    assert {"indicator": "exports", "code": "R11"}.items() <= next(e for e in errors if e["code"] == "R11").items()
    assert "Q01" in {e["code"] for e in errors}
    found = client.get(f"{ROOT}/returns/{return_.pk}/findings/").json()
    rule = next(f for f in found if f["rule"] == "R11")
    assert (rule["severity"], rule["indicators"], rule["to_mend"]) == ("hard", ["exports", "imports_exports"], True)


def test_a_move_that_is_not_open_is_a_conflict(world):
    answer = submit(client_of(world.manager()), world.add_return(status="city_accepted"))
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:yuanqu:problem:move_refused")


def test_rights_and_scopes(world, sound):
    return_, filler = world.add_return(values=sound), world.filler()
    cell = [{"indicator": "tax_revenue", "number": 12001}]
    assert put(client_of(world.reviewer()), return_, cell).status_code == 403
    assert submit(client_of(filler), return_).status_code == 403
    manager = world.manager()
    assert put(with_key(manager, "read"), return_, cell).status_code == 403
    assert submit(with_key(manager, "read"), return_).status_code == 403
    for method in ("patch", "delete"):
        answer = getattr(client_of(manager), method)(f"{ROOT}/returns/{return_.pk}/")
        assert answer.status_code in {403, 405}
    assert put(client_of(filler), return_, cell).status_code == 200


def test_the_schema_describes_the_writes(world):
    schema = client_of(world.manager()).get(f"{ROOT}/schema/?format=json").json()
    write = schema["paths"]["/api/v1/returns/{id}/values/"]["put"]
    assert any(p["name"] == "If-Match" and p["required"] for p in write["parameters"])
    assert write["requestBody"]["content"]["application/json"]["schema"]["type"] == "array"
