"""What every resource of the API shares: problems, paging, versions, scopes, the schema."""

import json
from typing import Any

import pytest
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from accounts.services import apikey_create
from common import api
from policy import loading
from policy.api import ProvisionViewSet
from tests.policy.conftest import PACK

ROOT = "/api/v1"


@pytest.fixture
def policy(db):
    loading.load(PACK)


@pytest.fixture
def user(db) -> User:
    office = Organisation.objects.create(code="office", name="联席办", kind=OrganisationKind.OFFICE)
    user = User.objects.create_user("office")
    Membership.objects.create(user=user, organisation=office, role=Role.OFFICE_LEAD)
    return user


@pytest.fixture
def key(client, user):
    """A client that sends a key with every request."""
    made, secret = apikey_create(by=user, name="取数", scopes=["read"], days=1)
    client.defaults["HTTP_AUTHORIZATION"] = f"Api-Key {made.prefix}.{secret}"
    return client


def problem(response, code: int) -> dict:
    assert response.status_code == code
    assert response.headers["Content-Type"].startswith("application/problem+json")
    body = json.loads(response.content)
    assert body["status"] == code
    assert {"type", "title", "detail", "instance"} <= set(body)
    return body


# ---- problems -------------------------------------------------------------------------------------------------


def test_without_a_key_401_and_how_to_bring_one(client, db):
    response = client.get(f"{ROOT}/provisions/")
    assert problem(response, 401)["instance"] == f"{ROOT}/provisions/"
    assert response.headers["WWW-Authenticate"] == 'Api-Key realm="api"'


def test_what_is_not_there_is_a_problem_too(key):
    assert problem(key.get(f"{ROOT}/provisions/P999/"), 404)["type"] == "urn:yuanqu:problem:not_found"
    assert problem(key.get(f"{ROOT}/nothing/at/all"), 404)
    assert problem(key.get(f"{ROOT}/provisions/%00/"), 404)


def test_a_method_that_does_not_exist(key):
    body = problem(key.delete(f"{ROOT}/provisions/"), 403)
    assert "范围" in body["detail"]


def test_the_words_follow_the_language(key):
    assert problem(key.get(f"{ROOT}/x/", HTTP_ACCEPT_LANGUAGE="en"), 404)["title"] == "Not found"
    assert problem(key.get(f"{ROOT}/x/", HTTP_ACCEPT_LANGUAGE="zh-hans"), 404)["title"] == "未找到"


def test_a_misspelt_filter_is_refused(key, policy):
    body = problem(key.get(f"{ROOT}/provisions/?knd=target"), 400)
    assert body["type"] == "urn:yuanqu:problem:invalid_parameter"
    assert body["errors"][0]["parameter"] == "knd"
    assert "kind" in body["errors"][0]["detail"]


def test_a_wrong_filter_value_is_told_where(key, policy):
    body = problem(key.get(f"{ROOT}/provisions/?kind=goal&year=x"), 400)
    assert {error["pointer"] for error in body["errors"]} == {"/kind", "/year"}


def test_nested_errors_become_pointers():
    detail: Any = {
        "cells": [{}, {"number": [ErrorDetail("太大", "max_value")]}],
        "non_field_errors": [ErrorDetail("矛盾", "x")],
    }
    assert list(api._flatten(ValidationError(detail).detail, "")) == [
        {"pointer": "/cells/1/number", "code": "max_value", "detail": "太大"},
        {"pointer": "", "code": "x", "detail": "矛盾"},
    ]


def test_a_wait_is_told_in_the_header():
    response = api.problem_exception_handler(Throttled(wait=7), {"request": None})
    assert response is not None
    assert response.headers["Retry-After"] == "7"


def test_an_error_of_ours_is_logged_and_told_without_its_text(key, policy, monkeypatch):
    """A resource is broken as a bug would break it; what is tested is what the client then sees."""
    monkeypatch.setattr(ProvisionViewSet, "serializer_class", None)
    key.raise_request_exception = False
    body = problem(key.get(f"{ROOT}/provisions/"), 500)
    assert "serializer_class" not in json.dumps(body)
    assert body["type"] == "urn:yuanqu:problem:server_error"
    assert len(body["request_id"]) == 36


# ---- paging ---------------------------------------------------------------------------------------------------


def test_pages_hold_every_row_once(key, policy):
    url, codes = f"{ROOT}/provisions/?page_size=60", []
    while url:
        page = key.get(url).json()
        codes += [row["code"] for row in page["results"]]
        url = page["next"]
    assert len(codes) == len(set(codes)) == 210
    assert codes == sorted(codes)


def test_the_way_back(key, policy):
    first = key.get(f"{ROOT}/provisions/?page_size=10").json()
    second = key.get(first["next"]).json()
    assert key.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize("size", ["0", "-1", "x", "", "1e3"])
def test_a_wrong_page_size_is_refused(key, policy, size):
    assert problem(key.get(f"{ROOT}/provisions/?page_size={size}"), 400)["errors"][0]["parameter"] == "page_size"


def test_the_page_size_has_a_ceiling(key, policy):
    assert len(key.get(f"{ROOT}/provisions/?page_size=9999").json()["results"]) == 210
    assert api.CursorPagination.max_page_size == 500


@pytest.mark.parametrize("cursor", ["x", "cD14", "cD0lMDA=", "bz05OTk5OTk5", "%F0%9F%92%A9"])
def test_a_cursor_made_by_hand_is_refused_or_harmless(key, policy, cursor):
    for resource in ("provisions", "instruments"):
        response = key.get(f"{ROOT}/{resource}/?cursor={cursor}")
        assert response.status_code in {200, 400}, response.content


# ---- versions -------------------------------------------------------------------------------------------------


def test_a_single_read_has_an_etag_that_spares_the_next(key, policy):
    response = key.get(f"{ROOT}/provisions/P146/")
    etag = response.headers["ETag"]
    again = key.get(f"{ROOT}/provisions/P146/", HTTP_IF_NONE_MATCH=etag)
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == etag
    assert key.get(f"{ROOT}/provisions/P146/", HTTP_IF_NONE_MATCH='"other"').status_code == 200


def write(**headers: str) -> Request:
    return Request(APIRequestFactory().put("/", **{f"HTTP_{name}": value for name, value in headers.items()}))


def test_a_write_needs_if_match():
    with pytest.raises(api.PreconditionRequired) as error:
        api.if_match_revision(write())
    assert error.value.status_code == status.HTTP_428_PRECONDITION_REQUIRED


@pytest.mark.parametrize("header", ['W/"3"', "3", '"x"', "*", '"3", "4"'])
def test_only_the_etag_of_a_revision_matches(header):
    with pytest.raises(api.PreconditionFailed):
        api.if_match_revision(write(IF_MATCH=header))


def test_the_etag_of_a_revision_gives_it_back():
    assert api.if_match_revision(write(IF_MATCH=api.etag_for_revision(7))) == 7


# ---- rows -----------------------------------------------------------------------------------------------------


def test_synthetic_rows_carry_the_mark():
    class Row(api.SyntheticSerializer):
        number = serializers.IntegerField()

    rows = Row([{"number": 1, "synthetic": True}, {"number": 2, "synthetic": False}], many=True).data
    assert [row["mark"] for row in rows] == ["演示数据", ""]


def test_a_provision(key, policy):
    row = key.get(f"{ROOT}/provisions/P014/").json()
    assert row["quote"] == "主营业务收入超千亿元产业集聚区达到20个左右"
    assert (row["chapter"], row["section"], row["instrument"]) == ("一", "一(三)", "zones_over_100bn")
    assert (row["carried"], row["carriers"]) == (False, [])


def test_an_instrument(key, policy):
    row = key.get(f"{ROOT}/instruments/zone_merger/").json()
    assert row["provisions"] == ["P031"]
    assert row["declaration"]["entries"][0]["name"] == "方案起草"
    assert problem(key.get(f"{ROOT}/instruments/nothing/"), 404)


@pytest.mark.parametrize(
    ("query", "count"),
    [("provisions/?kind=target&year=2020", 12), ("provisions/?instrument=reform_measures", 2),
     ("provisions/?chapter=一&carried=no", 22), ("instruments/?kind=target", 13), ("instruments/?carried=yes", 0)],
)  # fmt: skip
def test_filters(key, policy, query, count):
    assert len(key.get(f"{ROOT}/{query}").json()["results"]) == count


# ---- schema ---------------------------------------------------------------------------------------------------


def test_the_schema_is_valid_and_names_the_key(key):
    from drf_spectacular.validation import validate_schema

    response = key.get(f"{ROOT}/schema/?format=json", HTTP_ACCEPT="application/json")
    schema = json.loads(response.content)
    validate_schema(schema)
    assert {"/api/v1/provisions/", "/api/v1/zones/", "/api/v1/runs/{id}/"} <= set(schema["paths"])
    assert schema["components"]["securitySchemes"]["ApiKey"]["name"] == "Authorization"
    assert "application/problem+json" in schema["paths"]["/api/v1/provisions/"]["get"]["responses"]["401"]["content"]


def test_the_docs_page_brings_everything_itself(client, user):
    client.force_login(user)
    html = client.get(f"{ROOT}/docs/").content.decode()
    assert "drf_spectacular_sidecar/swagger-ui-dist" in html
    assert "//cdn" not in html
    assert "<script>" not in html, "the content security policy blocks inline scripts"
