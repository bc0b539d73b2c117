"""Rounds over the API."""

import json

import pytest
from django.urls import reverse

from accounts.models import Notice
from accounts.services import apikey_create
from indicators import services
from indicators.enums import RoundStatus
from indicators.models import Return, Round
from indicators.selectors.rounds import RoundPlan, round_version
from tests.indicators.rounds import add_form, days, plan

ROUNDS = "/api/v1/rounds/"


@pytest.fixture
def staff(world):
    add_form()
    return world.staff()


@pytest.fixture
def api(client, staff):
    """Ask as the office's key with the scope of rounds; hands back the answer."""
    return caller(client, staff, ["read", "round.write"])


def caller(client, user, scopes):
    key, secret = apikey_create(by=user, name="x", scopes=scopes, days=1)

    def ask(method, url, body=None, match=None):
        headers = {"Authorization": f"Api-Key {key.prefix}.{secret}"} | ({"If-Match": match} if match else {})
        return client.generic(method, url, json.dumps(body or {}), content_type="application/json", headers=headers)

    return ask


@pytest.fixture
def opened(world, staff):
    world.manager("A1")
    round_ = services.round_create(by=staff, plan=plan())
    services.round_open(by=staff, round=round_)
    Notice.objects.all().delete()
    return round_


def body(**changes):
    return {
        "period": "2025",
        "zone_classes": ["cluster"],
        "forms": ["annual"],
        "opens_on": str(days(0)),
        "due_on": str(days(20)),
        "closes_on": str(days(30)),
        **changes,
    }


def at(round_, act=""):
    return f"{ROUNDS}{round_.pk}/{act}"


def test_a_round_is_put_together_read_and_changed(api):
    made = api("POST", ROUNDS, body())
    assert made.status_code == 201
    round_ = Round.objects.get(year=2025)
    assert RoundPlan.of(round_) == plan()
    assert made.headers["ETag"] == f'"{round_version(round_)}"'
    read = api("GET", at(round_))
    assert (read.json()["forms"], read.json()["period"]) == (["annual"], "2025")
    changed = api("PATCH", at(round_), {"cities": ["410065"], "name": "改名"}, read.headers["ETag"])
    assert changed.status_code == 200
    assert RoundPlan.of(Round.objects.get(pk=round_.pk)) == plan(name="改名", cities=("410065",))
    assert changed.headers["ETag"] != read.headers["ETag"]
    assert api("GET", at(round_)).headers["ETag"] == changed.headers["ETag"]


def test_a_change_needs_the_version_it_is_based_on(api, opened):
    for method, act in (("PATCH", ""), ("POST", "open/"), ("POST", "close/")):
        assert api(method, at(opened, act), {"name": "改"}).status_code == 428
        assert api(method, at(opened, act), {"name": "改"}, '"older"').status_code == 412
    assert Round.objects.get(pk=opened.pk).status == RoundStatus.OPEN


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"period": "2025Q7"}, "/period"),
        ({"forms": ["moon"]}, "/forms"),
        ({"due_on": str(days(-5))}, "/due_on"),
        ({"reminder_days": [999]}, "/reminder_days"),
    ],
)
def test_faults_point_to_their_field(api, changes, pointer):
    for url in (ROUNDS, f"{ROUNDS}?dry_run=true"):
        answer = api("POST", url, body(**changes))
        assert answer.status_code == 422
        assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_dry_run_previews_and_stores_nothing(api, opened):
    seen = api("POST", f"{ROUNDS}?dry_run=true", body(name="又一个")).json()
    assert (seen["zones"], seen["cells"], seen["dry_run"]) == (["A1", "A2", "B1"], 6, True)
    assert {clash["zone"] for clash in seen["clashes"]} == {"A1", "A2", "B1"}
    assert api("POST", f"{ROUNDS}?dry_run=maybe", body()).status_code == 400
    assert Round.objects.filter(year=2025).count() == 1
    shut = api("POST", at(opened, "close/?dry_run=true")).json()
    assert (shut["total"], shut["with_parks"]) == (3, 3)
    more = api("POST", at(opened, "open/?dry_run=true")).json()
    assert (more["zones"], more["existing_returns"]) == ([], 3)
    assert Round.objects.get(pk=opened.pk).status == RoundStatus.OPEN


def test_opening_closing_and_opening_again(api, staff):
    round_ = services.round_create(by=staff, plan=plan())
    tag = api("GET", at(round_)).headers["ETag"]
    answer = api("POST", at(round_, "open/"), match=tag)
    assert (answer.status_code, answer.json()["status"]) == (200, "open")
    assert round_.returns.count() == 3
    answer = api("POST", at(round_, "close/"), match=answer.headers["ETag"])
    assert answer.json()["status"] == "closed"
    assert api("POST", at(round_, "close/"), match=answer.headers["ETag"]).status_code == 409
    assert api("POST", at(round_, "open/"), match=answer.headers["ETag"]).json()["status"] == "open"


def test_the_late_are_reminded_once(api, opened):
    Return.objects.filter(zone__code="A1", round=opened).update(due_on=days(-2))
    seen = api("POST", at(opened, "remind/?status=late&dry_run=true")).json()
    assert (len(seen["returns"]), seen["people"], seen["unreachable"]) == (1, 1, [])
    assert not Notice.objects.exists()
    assert api("POST", at(opened, "remind/?status=late")).json()["people"] == 1
    again = api("POST", at(opened, "remind/?status=late")).json()
    assert (again["people"], again["already"]) == (0, 1)
    assert api("POST", at(opened, "remind/?status=moon")).status_code == 400


def test_one_return_is_extended(api, opened):
    return_ = Return.objects.get(round=opened, zone__code="A1")
    url = f"/api/v1/returns/{return_.pk}/extend/"
    wish = {"due_on": str(days(25)), "reason": "洪灾"}
    assert api("POST", url, wish).status_code == 428
    assert api("POST", url, wish, '"99"').status_code == 412
    seen = api("POST", f"{url}?dry_run=true", wish, f'"{return_.revision}"')
    assert seen.json() == {
        "dry_run": True,
        "zone": "A1",
        "due_on_before": str(return_.due_on),
        "due_on": str(days(25)),
        "people": 1,
    }
    past = {**wish, "due_on": str(days(-25))}
    assert api("POST", f"{url}?dry_run=true", past, f'"{return_.revision}"').status_code == 409
    assert Return.objects.get(pk=return_.pk).revision == return_.revision
    done = api("POST", url, wish, f'"{return_.revision}"')
    assert (done.status_code, done.json()["due_on"]) == (200, str(days(25)))
    assert done.json()["acts"][-1]["kind"] == "extended"
    assert done.headers["ETag"] == f'"{return_.revision + 1}"'
    refused = api("POST", url, {**wish, "due_on": str(days(25))}, done.headers["ETag"])
    assert refused.status_code == 409


def test_the_board_by_city_and_zone(api, client, opened, world):
    Return.objects.filter(zone__code="A2", round=opened).update(status="submitted", due_on=days(-1))
    seen = api("GET", at(opened, "board/")).json()
    assert seen["columns"][0] == "not_started"
    assert [row["city"] for row in seen["cities"]] == ["410065", "410066"]
    assert seen["cities"][0]["counts"]["submitted"] == 1
    assert [(line["zone"], line["status"], line["asked"]) for line in seen["zones"]][:2] == [
        ("A1", "not_started", 2),
        ("A2", "submitted", 2),
    ]
    manager = caller(client, world.manager("A2"), ["read"])
    assert [line["zone"] for line in manager("GET", at(opened, "board/")).json()["zones"]] == ["A2"]


def test_without_the_scope_or_the_right_nothing_is_written(client, staff, opened, world):
    reading = caller(client, staff, ["read"])
    filing = caller(client, world.manager("A2"), ["read", "return.write"])
    return_ = Return.objects.get(round=opened, zone__code="A2")
    for ask in (reading, filing):
        assert ask("POST", ROUNDS, body(name="x")).status_code == 403
        assert ask("PATCH", at(opened), {"name": "x"}, '"x"').status_code == 403
        for act in ("open/", "close/", "remind/"):
            assert ask("POST", at(opened, act), match='"x"').status_code == 403
        url = reverse("return-deadline-extend", args=[return_.pk])
        assert ask("POST", url, {"due_on": str(days(25)), "reason": "x"}, '"1"').status_code == 403
