"""The pages of corrections, without scripts, and the same over the API."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from accounts.services import apikey_create
from indicators import services
from indicators.models import Correction, Evidence, Return
from indicators.services import CellInput

CODE = "tax_revenue"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n"


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def accepted(world, sound):
    return world.add_return(status="accepted", values=sound)


@pytest.fixture
def manager(world):
    return world.manager()


@pytest.fixture
def correction(accepted, manager):
    return services.correction_request(
        by=manager,
        return_id=accepted.pk,
        items=[CellInput(CODE, Decimal(12500), "", "补记")],
        reason="抄错一位",
        base_revision=1,
    )


def new(return_):
    return reverse("correction_new", args=[return_.pk])


def test_the_accepted_return_leads_to_a_request_about_one_cell(accepted, manager, client):
    client.force_login(manager)
    page = client.get(reverse("return_form", args=[accepted.pk])).content.decode()
    assert f"{new(accepted)}?cell={CODE}" in page
    asked = client.get(new(accepted), {"cell": CODE})
    assert [row.indicator.code for row in asked.context["chosen"]] == [CODE]


def test_a_request_by_the_plain_form_with_files(accepted, manager, client):
    client.force_login(manager)
    sent = {
        f"number-{CODE}": "12,500 万元",
        f"comment-{CODE}": "补记",
        "comment-employees": "没有改数的说明不算",
        "reason": "抄错一位",
        "base_revision": "1",
        "files": [SimpleUploadedFile("税票.pdf", PDF), SimpleUploadedFile("x.exe", b"MZ")],
    }
    answer = client.post(new(accepted), sent, follow=True)
    correction = Correction.objects.get()
    assert answer.redirect_chain[-1][0] == correction.get_absolute_url()
    assert list(correction.items.values_list("indicator__code", "new_number")) == [(CODE, 12500)]
    assert [file.name for file in correction.evidence.all()] == ["税票.pdf"]
    page = answer.content.decode()
    assert "更正申请已提交" in page
    assert "x.exe" in page  # what was not taken is said
    assert "12,000.00" in page
    assert "12,500.00" in page


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({f"number-{CODE}": "12万", "reason": "x"}, "不是数字"),
        ({f"number-{CODE}": "12500", "reason": " "}, "请写明理由"),
        ({f"number-{CODE}": "12000", "reason": "x"}, "没有一项与现有数字不同"),
        ({"number-above_scale_enterprises": "500", "reason": "x"}, "企业"),
        ({f"number-{CODE}": "12500", "reason": "x", "base_revision": "7"}, "已有变动"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(accepted, manager, client, sent, words):
    client.force_login(manager)
    answer = client.post(new(accepted), {"base_revision": "1"} | sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert next(value for name, value in sent.items() if name.startswith("number")) in page
    assert not Correction.objects.exists()


def test_only_an_accepted_return_without_an_open_request_can_be_asked_about(world, accepted, correction, client):
    client.force_login(world.staff())
    assert client.get(new(accepted)).url == correction.get_absolute_url()
    draft = world.add_return("A2")
    assert client.get(new(draft)).url == draft.get_absolute_url()


def test_the_office_decides_and_the_cell_is_marked(world, accepted, correction, manager, client):
    client.force_login(world.staff())
    page = client.get(correction.get_absolute_url()).content.decode()
    assert "采纳更正" in page
    assert reverse("correction_impact", args=[correction.pk]) in page
    client.post(reverse("correction_decide", args=[correction.pk]), {"decision": "apply", "reason": "已核对"})
    after = client.get(correction.get_absolute_url()).content.decode()
    assert "已完成的考核使用当时冻结的数据" in after
    assert "采纳更正" not in after
    client.force_login(manager)
    assert "已更正" in client.get(reverse("return_form", args=[accepted.pk])).content.decode()


def test_a_refusal_without_reason_says_so(world, correction, client):
    client.force_login(world.staff())
    answer = client.post(reverse("correction_decide", args=[correction.pk]), {"decision": "refuse", "reason": ""})
    assert answer.status_code == 422
    assert "请写明理由" in answer.content.decode()


def test_who_asked_sees_why_they_cannot_decide(world, accepted, client):
    staff = world.staff()
    asked: dict[str, Any] = {"items": [CellInput(CODE, Decimal(1))], "reason": "x", "base_revision": 1}
    correction = services.correction_request(by=staff, return_id=accepted.pk, **asked)
    client.force_login(staff)
    page = client.get(correction.get_absolute_url()).content.decode()
    assert "须由他人裁定" in page
    assert "撤回申请" in page
    assert client.post(reverse("correction_decide", args=[correction.pk]), {"decision": "apply"}).status_code == 403
    assert client.post(reverse("correction_withdraw", args=[correction.pk])).status_code == 302
    assert Correction.objects.get().status == "withdrawn"


def test_further_files_while_it_is_open(world, correction, manager, client):
    address = reverse("correction_evidence", args=[correction.pk])
    client.force_login(manager)
    for _twice in range(2):
        client.post(address, {"files": SimpleUploadedFile("税票.pdf", PDF)})
    assert Evidence.objects.count() == 1
    client.force_login(world.staff())
    assert client.post(address, {"files": SimpleUploadedFile("b.pdf", PDF + b" ")}).status_code == 403
    services.correction_withdraw(by=manager, correction_id=correction.pk)
    client.force_login(manager)
    assert client.post(address, {"files": SimpleUploadedFile("b.pdf", PDF + b" ")}).status_code == 422


def test_the_list_is_filtered_and_stays_inside_the_territory(world, correction, client):
    client.force_login(world.staff())
    found = client.get(reverse("correction_list"), {"status": "proposed", "city": world.regions["A"].code, "q": "A1"})
    assert [row.pk for row in found.context["page_obj"]] == [correction.pk]
    for query in (
        {"status": "applied"},
        {"city": world.regions["B"].code},
        {"q": "A2"},
        {"round": world.add_round(2019).pk},
    ):
        assert not client.get(reverse("correction_list"), query).context["page_obj"].object_list
    client.force_login(world.manager("A2"))
    assert not client.get(reverse("correction_list")).context["page_obj"].object_list
    assert client.get(correction.get_absolute_url()).status_code == 404


# ---- over the API -----------------------------------------------------------------------------------------------


@pytest.fixture
def call(client):
    def send(user, name, body=None, pk=None, revision=None, scopes=("read", "return.write")):
        key, secret = apikey_create(by=User.objects.get(pk=user.pk), name="x", scopes=list(scopes), days=1)
        headers = {"Authorization": f"Api-Key {key.prefix}.{secret}"}
        if revision is not None:
            headers["If-Match"] = f'"{revision}"'
        url = reverse(name, args=[pk] if pk else [])
        if body is None:
            return client.get(url, headers=headers)
        return client.post(url, json.dumps(body), content_type="application/json", headers=headers)

    return send


def asked(return_, number="12500", **more):
    return {"return_id": return_.pk, "reason": "抄错一位", "items": [{"indicator": CODE, "number": number}]} | more


def test_asking_reading_deciding_over_the_api(world, accepted, manager, call):
    made = call(manager, "correction-list", asked(accepted), revision=1)
    assert made.status_code == 201
    body = made.json()
    assert body["items"][0]["old_number"] == "12000.0000"
    assert call(manager, "correction-list").json()["results"][0]["id"] == body["id"]
    staff = world.staff()
    decision = {"apply": True, "reason": "已核对"}
    assert call(staff, "correction-decide", decision, pk=body["id"], scopes=["read"]).status_code == 403
    decided = call(staff, "correction-decide", decision, pk=body["id"], scopes=["read", "return.review"])
    assert (decided.status_code, decided.json()["status"]) == (200, "applied")
    assert Return.objects.get(pk=accepted.pk).revision == 2


@pytest.mark.parametrize(
    ("more", "revision", "status", "code"),
    [
        ({}, None, 428, "precondition_required"),
        ({}, 7, 412, "precondition_failed"),
        ({"reason": ""}, 1, 400, "validation"),
        ({"items": [{"indicator": "employees", "number": "1.5"}]}, 1, 422, "cells_invalid"),
        ({"items": [{"indicator": CODE, "number": "12000"}]}, 1, 409, "move_refused"),
        ({"items": [{"indicator": "above_scale_enterprises", "number": "500"}]}, 1, 422, "correction_breaks_rules"),
        ({"return_id": 999999}, 1, 404, "not_found"),
    ],
)
def test_refusals_are_problems(accepted, manager, call, more, revision, status, code):
    answer = call(manager, "correction-list", asked(accepted, **more), revision=revision)
    assert (answer.status_code, answer.json()["type"]) == (status, f"urn:yuanqu:problem:{code}")


def test_withdrawing_over_the_api(world, correction, manager, call):
    assert call(world.staff(), "correction-withdraw", {}, pk=correction.pk, scopes=["read"]).status_code == 403
    assert call(manager, "correction-withdraw", {}, pk=correction.pk).json()["status"] == "withdrawn"
    assert call(world.manager("A2"), "correction-detail", pk=correction.pk).status_code == 404
