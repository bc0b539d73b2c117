"""A measure that an authority orders by a document outside any decision: two people, one ladder, never a verdict."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Notice
from assessments import services
from assessments.enums import ORDER_MOVES, OrderStatus
from assessments.exceptions import MeasureOrderRefused, ProceedingChanged, ProceedingRefused
from assessments.models import Measure, MeasureOrder, MeasureOrderFile
from assessments.selectors.consequences import application_standing
from tests.assessments.conftest import get, text_of
from tests.assessments.test_consequences import again, finalise, steps
from tests.assessments.test_proceedings import Case, case

__all__ = ["case"]
pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n"


def file(name="决定.pdf"):
    return SimpleUploadedFile(name, PDF)


def facts(**other) -> dict[str, Any]:
    return {
        "step": "warning",
        "issuer": "河南省人民政府",
        "document_number": "豫政文〔2024〕7号",
        "document_date": TODAY() - timedelta(days=3),
        "taken_on": TODAY() - timedelta(days=2),
        "reason": "督察发现的问题",
        "grounds": ["P197b"],
    } | other


def record(case: Case, zone="A5", by=None, **other):
    given = facts(**other)
    given.setdefault("files", [file()])
    return services.measure_order_record(by=by or case.staff, zone=case.province.zones[zone], **given)


def confirm(case: Case, order, by=None):
    return services.measure_order_confirm(by=by or case.lead, order_id=order.pk, base_revision=order.revision)


def test_a_second_person_confirms_then_it_stands_and_the_zone_is_told(case):
    manager = case.province.manager("A5")
    order = record(case)
    assert not Measure.objects.exists()
    assert Notice.objects.filter(key=f"measure-order-{order.pk}", recipient=case.lead).exists()
    assert not Notice.objects.filter(recipient=manager).exists(), "nothing is told before it stands"
    with pytest.raises(PermissionDenied, match="须由他人复核"):
        confirm(case, order, by=case.staff)
    confirm(case, order)
    measure = Measure.objects.get()
    assert (measure.step, measure.status, measure.opened_on) == ("warning", "open", TODAY() - timedelta(days=2))
    assert measure.due_on == measure.opened_on + timedelta(days=180)
    assert (measure.order, measure.decision, measure.triggers) == (order, None, []), "no verdict, no rule"
    assert measure.clauses == ["P198", "P197b"]
    assert application_standing(case.province.zones["A5"], TODAY()).state == "blocked"
    notice = Notice.objects.get(recipient=manager)
    assert "不出自年度考核决定" in notice.text
    assert notice.url == measure.get_absolute_url()


def test_the_ladder_remembers_it_as_any_other(case):
    confirm(case, record(case))
    finalise(case, A5="watch")
    assert steps(case, "A5") == [("warning", "escalated"), ("notice", "open")], "the decision goes one step on"
    higher = record(case, step="correction", document_number="豫政文〔2024〕9号", taken_on=TODAY())
    confirm(case, higher)
    assert steps(case, "A5")[1:] == [("notice", "escalated"), ("correction", "open")]
    measure = Measure.objects.get(status="open")
    assert measure.previous.close_document == "豫政文〔2024〕9号"
    services.measure_lift(by=case.staff, measure_id=measure.pk, reason="整改到位", document="1号")
    again(case, TODAY() + timedelta(days=30), A5="watch")
    assert steps(case, "A5")[-1] == ("correction", "open"), "lifted, it still counts"


def test_every_fault_is_named_at_its_field_and_nothing_is_saved(case):
    wrong = {"step": "fine", "issuer": " ", "document_date": TODAY() + timedelta(days=1), "reason": "", "files": []}
    with pytest.raises(MeasureOrderRefused) as refused:
        record(case, due=TODAY() - timedelta(days=1), grounds=["P001"], **wrong)
    assert set(refused.value.faults) == {
        "step", "issuer", "document_date", "taken_on", "reason", "files", "due", "grounds",
    }  # fmt: skip
    with pytest.raises(MeasureOrderRefused, match="类型"):
        record(case, files=[SimpleUploadedFile("a.exe", b"MZ")])
    with pytest.raises(PermissionDenied):
        record(case, by=case.province.manager("A5"))
    assert not MeasureOrder.objects.exists()
    assert not MeasureOrderFile.objects.exists()


def test_what_stands_already_is_in_the_way_when_recorded_and_when_confirmed(case):
    order = record(case)
    assert record(case).pk == order.pk, "the same sent twice is one"
    with pytest.raises(MeasureOrderRefused, match="待复核"):
        record(case, step="notice", document_number="另一文号")
    open_one = Measure.objects.create(
        zone=case.province.zones["A5"], step="correction", opened_on=TODAY(), reason="以往", opened_by=case.lead
    )
    with pytest.raises(ProceedingRefused, match="不低于"):
        confirm(case, order)
    services.measure_lift(by=case.staff, measure_id=open_one.pk, reason="整改到位", document="1号")
    confirm(case, order)
    with pytest.raises(MeasureOrderRefused) as refused:
        record(case, reason="再来一次")
    assert set(refused.value.faults) == {"document_number", "step"}


def test_refused_or_withdrawn_it_comes_to_nothing_and_may_be_recorded_anew(case):
    order = record(case)
    given = {"order_id": order.pk, "base_revision": order.revision, "reason": "文号有误"}
    with pytest.raises(PermissionDenied, match="由登记人撤回"):
        services.measure_order_withdraw(by=case.lead, **given)
    with pytest.raises(ProceedingChanged):
        services.measure_order_refuse(by=case.lead, **given | {"base_revision": 9})
    services.measure_order_refuse(by=case.lead, **given)
    assert Notice.objects.get(recipient=case.staff).text == "文号有误"
    with pytest.raises(ProceedingRefused, match="已经办结"):
        confirm(case, order)
    again_ = record(case)
    services.measure_order_withdraw(by=case.staff, **given | {"order_id": again_.pk})
    assert set(MeasureOrder.objects.values_list("status", flat=True)) == {"refused", "withdrawn"}
    assert not Measure.objects.exists()


@pytest.mark.parametrize(("old", "new"), list(product(OrderStatus.values, repeat=2)))
def test_every_pair_of_statuses_of_an_order(case, old, new):
    def settled(status):
        if status == OrderStatus.PROPOSED:
            return {}
        answer = "" if status == OrderStatus.CONFIRMED else "理由"
        return {"settled_by": case.lead, "settled_at": timezone.now(), "answer": answer}

    given = {name: value for name, value in facts().items() if name != "grounds"}
    zone = case.province.zones["A1"]
    held = MeasureOrder.objects.create(zone=zone, proposed_by=case.staff, status=old, **given, **settled(old))
    if new in ORDER_MOVES[old] or old == new == OrderStatus.PROPOSED:
        MeasureOrder.objects.filter(pk=held.pk).update(status=new, **settled(new))
        assert MeasureOrder.objects.get().status == new
    else:
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            MeasureOrder.objects.filter(pk=held.pk).update(status=new, **settled(new))


def test_the_database_holds_the_facts_and_the_second_person(case):
    order = record(case)
    rows = MeasureOrder.objects.filter(pk=order.pk)
    for change in ({"step": "revocation"}, {"document_number": "改"}, {"proposed_by": case.lead}):
        with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        rows.update(status="confirmed", settled_by=case.staff, settled_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        order.delete()


def test_the_pages_say_that_no_decision_brought_it(case, client):
    manager = case.province.manager("A5")
    client.force_login(case.staff)
    form = facts(zone=case.province.zones["A5"].pk)
    wrong = form | {"document_date": "2999-01-01", "documents": file()}
    assert client.post("/measures/orders/new/", wrong).status_code == 422
    assert "没有文件的措施无法核查" in text_of(client.post("/measures/orders/new/", form))
    answer = client.post("/measures/orders/new/", form | {"documents": file()}, follow=True)
    assert "等待另一人复核" in text_of(answer)
    order = MeasureOrder.objects.get()
    assert "须由他人复核" in text_of(answer)
    client.force_login(manager)
    held = f"/measures/orders/files/{order.files.get().pk}/"
    assert client.get(held).status_code == 404, "the zone knows nothing before it stands"
    client.force_login(case.lead)
    at = order.get_absolute_url()
    assert "通知园区 1 人" in text_of(client.get(at))
    stale = client.post(f"{at}confirm/", {"confirm-base_revision": 9})
    assert (stale.status_code, Measure.objects.count()) == (409, 0)
    client.post(f"{at}confirm/", {"confirm-base_revision": order.revision})
    measure = Measure.objects.get()
    page = text_of(get(client, manager, "measure_detail", measure.pk))
    assert "考核决定之外" in page
    assert "没有计算或规则触发" in page
    assert "触发的规则" not in page
    assert client.get(held).status_code == 200
    assert "考核决定之外" in text_of(get(client, manager, "zone_standing", "A5"))
    listed = get(client, case.staff, "measure_list", origin="order")
    assert [row.pk for row in listed.context["page_obj"]] == [measure.pk]
    for other in ("decision", "raised"):
        assert not get(client, case.staff, "measure_list", origin=other).context["page_obj"].object_list


def test_over_the_api_once_however_often_sent(case):
    client, second = APIClient(), APIClient()
    client.force_authenticate(case.staff)
    second.force_authenticate(case.lead)
    root = "/api/v1/measure-orders/"

    def send(query="", **other):
        return client.post(f"{root}{query}", facts(zone="A5", files=[file()], **other), format="multipart")

    trial = send("?dry_run=true")
    assert (trial.status_code, trial.json()["id"], trial.json()["due_on"]) == (
        200, None, str(TODAY() - timedelta(days=2) + timedelta(days=180)),
    )  # fmt: skip
    assert not MeasureOrder.objects.exists()
    made, same = send(), send()
    assert (made.status_code, same.status_code) == (201, 200)
    assert made.json()["id"] == same.json()["id"]
    refused = send(document_number="另一文号", step="fine")
    assert refused.status_code == 400
    second_one = send(document_number="另一文号")
    assert (second_one.status_code, second_one.json()["errors"][0]["pointer"]) == (422, "")
    at = f"{root}{made.json()['id']}/"
    assert second.post(f"{at}confirm/", format="json").status_code == 428
    match = {"If-Match": second.get(at).headers["ETag"]}
    seen = second.post(f"{at}confirm/?dry_run=true", format="json", headers=match)
    assert (seen.json()["status"], Measure.objects.count()) == ("confirmed", 0)
    assert client.post(f"{at}confirm/", format="json", headers=match).status_code == 403
    done = second.post(f"{at}confirm/", format="json", headers=match)
    assert done.json()["measure"] == Measure.objects.get().pk
    listed = second.get("/api/v1/measures/").json()["results"]
    assert [(row["order"], row["decision"], row["triggers"]) for row in listed] == [(made.json()["id"], None, [])]
