"""Reviewing over the API: the queue, decisions with If-Match, bulk acceptance with a preview, questions."""

import pytest
from rest_framework.test import APIClient

from accounts.services import apikey_create
from indicators import services
from indicators.models import Question, Return

ROOT = "/api/v1"


def client_of(user):
    client = APIClient()
    client.force_login(user)
    return client


def with_key(user, *scopes):
    key, secret = apikey_create(by=user, name="审核", scopes=list(scopes), days=30)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Api-Key {key.prefix}.{secret}")
    return client


def post(client, path, body=None, match=None):
    headers = {} if match is None else {"If-Match": match}
    return client.post(f"{ROOT}/{path}/", body or {}, format="json", headers=headers)


@pytest.fixture
def filed(world, sound):
    manager = world.manager()
    return_ = world.add_return(values=sound, by=manager)
    return services.return_submit(by=manager, return_id=return_.pk, base_revision=1)


def status(return_):
    return Return.objects.get(pk=return_.pk).status


def test_the_queue_over_the_api(world, filed, sound):
    reviewer = world.reviewer()
    services.question_ask(by=reviewer, return_id=filed.pk, text="？")
    client = client_of(reviewer)
    (row,) = client.get(f"{ROOT}/reviews/").json()["results"]
    assert (row["id"], row["zone"], row["step"], row["waiting_days"]) == (filed.pk, "A1", "city", 0)
    assert (row["late"], row["submissions"], row["own"], row["open_questions"], row["hard"]) == (True, 1, False, 1, 0)
    assert client.get(f"{ROOT}/reviews/?findings=none").json()["results"] == []
    assert len(client.get(f"{ROOT}/reviews/?findings=open&round={world.round.pk}").json()["results"]) == 1
    assert client.get(f"{ROOT}/reviews/?nosuch=1").status_code == 400
    assert client_of(world.filler()).get(f"{ROOT}/reviews/").status_code == 403


def test_accepting_needs_the_revision_and_gives_the_new_one(world, filed):
    client = client_of(world.reviewer())
    path = f"returns/{filed.pk}/accept"
    assert post(client, path).status_code == 428
    assert post(client, path, match='"1"').status_code == 412
    answer = post(client, path, match='"2"')
    assert (answer.status_code, answer.json()["status"], answer.headers["ETag"]) == (200, "city_accepted", '"3"')
    assert post(client, path, match='"3"').status_code == 403  # the office's step


def test_sending_back_takes_reasons_for_the_whole_or_at_cells(world, filed):
    client = client_of(world.reviewer())
    path = f"returns/{filed.pk}/return"
    refused = post(client, path, match='"2"')
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:yuanqu:problem:move_refused")
    assert post(client, path, {"cells": {"nosuch": "x"}}, match='"2"').status_code == 409
    answer = post(client, path, {"cells": {"tax_revenue": "含罚款"}}, match='"2"')
    assert answer.status_code == 200
    assert answer.json()["acts"][-1]["cells"] == {"tax_revenue": "含罚款"}
    assert status(filed) == "returned"


def test_the_scope_of_a_key_and_ones_own_work(world, filed):
    manager = filed.submitted_by
    staff = world.staff()
    assert post(with_key(staff, "read"), f"returns/{filed.pk}/accept", match='"2"').status_code == 403
    services.return_accept(by=world.reviewer(), return_id=filed.pk, base_revision=2)
    assert post(client_of(manager), f"returns/{filed.pk}/accept", match='"3"').status_code == 403
    assert post(with_key(staff, "return.review"), f"returns/{filed.pk}/accept", match='"3"').status_code == 200


def test_many_are_previewed_and_accepted_as_previewed(world, filed, sound):
    second = world.add_return("A2", values=sound, by=world.manager("A2"))
    second = services.return_submit(by=second.submitted_by, return_id=second.pk, base_revision=1)
    reviewer = world.reviewer()
    services.question_ask(by=reviewer, return_id=second.pk, text="？")
    client = client_of(reviewer)
    preview = post(client, "reviews/accept", {"dry_run": True})
    assert [line["zone"] for line in preview.json()["accepted"]] == ["A1"]
    (left,) = preview.json()["left_out"]
    assert (left["zone"], left["reasons"]) == ("A2", ["有 1 条质询未办结"])
    assert status(filed) == "submitted"
    assert post(client, "reviews/accept").status_code == 428
    assert post(client, "reviews/accept", match='"other"').status_code == 412

    services.question_close(by=reviewer, question_id=Question.objects.get().pk)
    assert post(client, "reviews/accept", match=preview.headers["ETag"]).status_code == 412  # the list is another now
    assert post(client, "reviews/accept", {"returns": [filed.pk]}, match=preview.headers["ETag"]).status_code == 200
    assert (status(filed), status(second)) == ("city_accepted", "submitted")
    again = post(client, "reviews/accept", {"dry_run": True, "returns": [filed.pk, second.pk]})
    done = post(client, "reviews/accept", match=again.headers["ETag"]).json()
    assert ([line["zone"] for line in done["accepted"]], done["left_out"]) == (["A2"], [])
    assert second.acts.last().reason == f"批量办理 {done['request_id']}"


def test_questions_over_the_api(world, filed):
    reviewer, manager = client_of(world.reviewer()), with_key(filed.submitted_by, "read", "return.write")
    path = f"returns/{filed.pk}/questions"
    assert post(reviewer, path, {"text": ""}).status_code == 400
    assert post(reviewer, path, {"indicator": "nosuch", "text": "？"}).status_code == 422
    asked = post(reviewer, path, {"indicator": "tax_revenue", "text": "含罚款吗？"})
    assert (asked.status_code, asked.json()["indicator"]) == (201, "tax_revenue")
    pk = asked.json()["id"]
    refused = post(reviewer, f"returns/{filed.pk}/accept", match='"2"')
    assert refused.status_code == 409
    assert "含罚款" in refused.json()["errors"][0]["detail"]
    assert post(manager, f"questions/{pk}/close").status_code == 403  # neither the scope nor the right
    assert post(manager, f"questions/{pk}/answer", {"text": "不含"}).json()["answers"][0]["text"] == "不含"
    assert post(reviewer, f"questions/{pk}/answer", {"text": "x"}).status_code == 403
    assert post(reviewer, f"questions/{pk}/close").json()["closed_at"]
    assert [q["id"] for q in manager.get(f"{ROOT}/{path}/").json()] == [pk]
    assert manager.get(f"{ROOT}/questions/?closed_at__isnull=true").json()["results"] == []
    assert post(client_of(world.manager("A2")), f"questions/{pk}/answer", {"text": "x"}).status_code == 404
    assert post(reviewer, "questions/abc/close").status_code == 404
