"""The reviewer's queue, sheet and decisions."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from indicators import services
from indicators.enums import ReturnStatus
from indicators.models import Question, Return


@pytest.fixture
def filed(world, sound):
    """Zone A1's return, submitted by its manager through the service."""
    return_ = world.add_return("A1", values=sound)
    return services.return_submit(by=world.manager("A1"), return_id=return_.pk, base_revision=return_.revision)


def status(return_):
    return Return.objects.get(pk=return_.pk).status


def decide(client, name, return_, **data):
    revision = Return.objects.get(pk=return_.pk).revision
    return client.post(reverse(name, args=[return_.pk]), {"base_revision": revision, **data})


# ---- the queue


def test_the_queue_has_what_waits_for_this_reviewer_oldest_first(filed, world, client, sound):
    later = world.add_return("A2", values=sound)
    services.return_submit(by=world.manager("A2"), return_id=later.pk, base_revision=later.revision)
    elsewhere = world.add_return("B1", values=sound)
    Return.objects.filter(pk=elsewhere.pk).update(status=ReturnStatus.SUBMITTED)
    client.force_login(world.reviewer("A"))
    page = client.get(reverse("review_queue"))
    assert [row.item.zone.code for row in page.context["rows"]] == ["A1", "A2"]
    client.force_login(world.staff())
    assert client.get(reverse("review_queue")).context["total"] == 0
    services.return_accept(by=world.reviewer("A", "second"), return_id=later.pk, base_revision=later.revision + 1)
    page = client.get(reverse("review_queue"))
    assert [row.item.zone.code for row in page.context["rows"]] == ["A2"]


def test_the_queue_is_filtered(filed, world, client):
    client.force_login(world.reviewer("A"))
    assert len(client.get(reverse("review_queue"), {"q": "A1"}).context["rows"]) == 1
    assert len(client.get(reverse("review_queue"), {"status": "city_accepted"}).context["rows"]) == 0


def test_an_empty_queue_says_so(world, client):
    client.force_login(world.reviewer("A"))
    assert "没有待审核的报表" in client.get(reverse("review_queue")).content.decode()


def test_a_longer_queue_costs_no_more_queries(filed, world, client, sound):
    client.force_login(world.reviewer("A"))
    client.get(reverse("review_queue"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("review_queue"))
    for number in range(5):
        world.add_zone(f"N{number}", "cluster")
        world.add_return(f"N{number}", status="submitted", values=sound)
    with CaptureQueriesContext(connection) as many:
        assert client.get(reverse("review_queue")).context["total"] == 6
    assert len(many) == len(few)


# ---- the sheet


def test_the_sheet_puts_large_changes_first(world, client, sound):
    before = {**sound, "tax_revenue": 4000, "employees": 8900, "total_profit": 100}
    world.add_return("A1", world.add_round(2019, "closed"), "accepted", before)
    return_ = world.add_return("A1", status="submitted", values=sound)
    client.force_login(world.reviewer("A"))
    page = client.get(reverse("return_review", args=[return_.pk]))
    ((_anchor, _title, lines),) = page.context["sheet"].groups
    assert [line.cell.indicator.code for line in lines] == ["tax_revenue", "total_profit"]  # the finding first
    assert page.context["may_decide"]
    assert "没有填写" in page.content.decode()


def test_who_filled_it_in_is_told_why_they_cannot_review(filed, world, client):
    reviewer = world.reviewer("A")
    filed.values.filter(indicator__code="tax_revenue").update(updated_by=reviewer)
    client.force_login(reviewer)
    page = client.get(reverse("return_review", args=[filed.pk]))
    assert not page.context["may_decide"]
    assert "须由他人审核" in page.content.decode()
    assert decide(client, "return_accept", filed).status_code == 403
    assert "须由他人审核" in client.get(reverse("review_queue")).content.decode()


def test_the_office_may_look_at_the_citys_step_but_not_take_it(filed, world, client):
    client.force_login(world.staff())
    page = client.get(reverse("return_review", args=[filed.pk]))
    assert "由市级办公室办理" in page.content.decode()
    assert decide(client, "return_accept", filed).status_code == 403
    assert status(filed) == ReturnStatus.SUBMITTED


# ---- decisions


def test_city_and_office_accept_in_turn(filed, world, client):
    client.force_login(world.reviewer("A"))
    answer = client.post(reverse("return_accept", args=[filed.pk]), {"base_revision": filed.revision}, follow=True)
    assert "已通过" in answer.content.decode()
    assert status(filed) == ReturnStatus.CITY_ACCEPTED
    client.force_login(world.staff())
    assert decide(client, "return_accept", filed).status_code == 302
    assert status(filed) == ReturnStatus.ACCEPTED
    sheet = client.get(reverse("return_review", args=[filed.pk]))
    assert "没有待办的审核" in sheet.content.decode()


def test_sending_back_needs_a_reason(filed, world, client):
    client.force_login(world.reviewer("A"))
    answer = decide(client, "return_return", filed, reason="  ")
    assert answer.status_code == 422
    assert "请写明退回理由" in answer.content.decode()
    assert status(filed) == ReturnStatus.SUBMITTED
    assert decide(client, "return_return", filed, reason="税收含了罚款").status_code == 302
    assert status(filed) == ReturnStatus.RETURNED
    assert filed.acts.last().reason == "税收含了罚款"


def test_a_stale_sheet_decides_nothing(filed, world, client):
    client.force_login(world.reviewer("A"))
    for name, data in (("return_accept", {}), ("return_return", {"reason": "x"})):
        answer = client.post(reverse(name, args=[filed.pk]), {"base_revision": 99, **data})
        assert answer.status_code == 409
        assert "没有办理" in answer.content.decode()
        assert client.post(reverse(name, args=[filed.pk]), data).status_code == 422
    assert status(filed) == ReturnStatus.SUBMITTED


def test_a_draft_is_not_reviewed(world, client, sound):
    return_ = world.add_return("A1", values=sound)
    client.force_login(world.reviewer("A"))
    answer = decide(client, "return_accept", return_)
    assert answer.status_code == 422
    assert "不能改为" in answer.content.decode()


def test_other_cities_find_nothing_and_parks_may_not(filed, world, client):
    client.force_login(world.reviewer("B"))
    assert client.get(reverse("return_review", args=[filed.pk])).status_code == 404
    assert decide(client, "return_accept", filed).status_code == 404
    client.force_login(world.filler("A1"))
    assert client.get(reverse("review_queue")).status_code == 403
    assert client.get(reverse("return_review", args=[filed.pk])).status_code == 403
    assert decide(client, "return_return", filed, reason="x").status_code == 403


# ---- the next one, views, questions


def test_after_a_decision_the_next_of_the_same_filter_is_a_key_away(filed, world, client, sound):
    second = world.add_return("A2", values=sound)
    services.return_submit(by=world.manager("A2"), return_id=second.pk, base_revision=second.revision)
    client.force_login(world.reviewer("A"))
    page = client.get(reverse("return_review", args=[filed.pk]), {"queue": "q=A"})
    assert (page.context["next"], page.context["left"]) == (second.pk, 1)
    answer = decide(client, "return_accept", filed, queue="q=A")
    assert answer.url == f"{reverse('return_review', args=[filed.pk])}?queue=q%3DA&next={second.pk}"
    after = client.get(answer.url).content.decode()
    assert "审下一份" in after
    assert f"{reverse('return_review', args=[second.pk])}?queue=q%3DA" in after
    assert client.get(reverse("return_review", args=[second.pk])).context["next"] is None


def test_the_views_of_the_sheet(filed, world, client, sound):
    world.add_return("A1", world.add_round(2019, "closed"), "accepted", {**sound, "employees": 6500})
    client.force_login(world.reviewer("A"))
    address = reverse("return_review", args=[filed.pk])

    def codes(**asked):
        groups = client.get(address, asked).context["sheet"].groups
        return [line.cell.indicator.code for _anchor, _title, lines in groups for line in lines]

    assert codes() == ["employees"]
    assert codes(view="changed", beyond="50") == []
    assert codes(view="changed", beyond="nonsense") == ["employees"]
    assert codes(view="since") == ["employees"]  # filed once only: there is no such view
    assert set(sound) <= set(codes(view="all"))


def test_a_question_is_asked_and_settled_on_the_sheet(filed, world, client):
    client.force_login(world.reviewer("A"))
    asked = client.post(
        reverse("question_ask", args=[filed.pk]),
        {"code": "tax_revenue", "question-tax_revenue": "含罚款吗？"},
        headers={"HX-Request": "true"},
    )
    assert asked.status_code == 200
    assert "含罚款吗？" in asked.content.decode()
    empty = {"code": "tax_revenue", "question-tax_revenue": " "}
    assert (
        client.post(reverse("question_ask", args=[filed.pk]), empty, headers={"HX-Request": "true"}).status_code == 422
    )
    refused = decide(client, "return_accept", filed)
    assert refused.status_code == 422
    assert "质询还没有办结" in refused.content.decode()
    question = filed.questions.get()
    closed = client.post(reverse("question_close", args=[question.pk]))
    assert closed.url == f"{reverse('return_review', args=[filed.pk])}?view=all#cell-tax_revenue"
    assert decide(client, "return_accept", filed).status_code == 302


def test_the_page_offers_to_settle_only_what_its_reader_may(filed, world, client):
    reviewer, staff = world.reviewer("A"), world.staff()
    theirs = Question.objects.create(return_ref=filed, text="省里问", asked_by=staff, organisation=world.office)
    ours = Question.objects.create(return_ref=filed, text="市里问", asked_by=reviewer, organisation=world.cities["A"])
    client.force_login(world.reviewer("A", "colleague"))
    page = client.get(reverse("return_review", args=[filed.pk])).content.decode()
    assert reverse("question_close", args=[ours.pk]) in page
    assert reverse("question_close", args=[theirs.pk]) not in page


def test_reasons_at_cells_go_out_with_the_return_and_come_back_when_refused(filed, world, client):
    client.force_login(world.reviewer("A"))
    refused = decide(client, "return_return", filed, **{"reason": "", "cell-nosuch": "x", "cell-employees": "少一个零"})
    assert refused.status_code == 422
    assert "少一个零" in refused.content.decode()
    assert (
        decide(client, "return_return", filed, **{"cell-employees": "少一个零", "cell-tax_revenue": " "}).status_code
        == 302
    )
    assert filed.acts.last().cells == {"employees": "少一个零"}


# ---- many at once


def test_many_are_accepted_exactly_as_previewed(filed, world, client, sound):
    second = world.add_return("A2", values=sound)
    services.return_submit(by=world.manager("A2"), return_id=second.pk, base_revision=second.revision)
    client.force_login(world.reviewer("A"))
    page = client.get(reverse("review_bulk"))
    assert [line.item.zone.code for line in page.context["ready"]] == ["A1", "A2"]
    services.return_return(by=world.reviewer("A", "second"), return_id=second.pk, reason="x", base_revision=2)
    answer = client.post(reverse("review_bulk"), {"chosen": page.context["chosen"]})
    result = client.get(answer.url)
    assert [line.item.zone.code for line in result.context["accepted"]] == ["A1"]
    assert [line.reasons for line in result.context["skipped"]] == [["预览之后有变动"]]
    assert (status(filed), status(second)) == (ReturnStatus.CITY_ACCEPTED, ReturnStatus.RETURNED)
    again = client.post(reverse("review_bulk"), {"chosen": page.context["chosen"]})
    assert again.url == answer.url
    assert filed.acts.filter(kind="city_accepted").count() == 1


def test_a_list_of_somebody_else_or_made_up_is_refused(filed, world, client):
    client.force_login(world.reviewer("A"))
    chosen = client.get(reverse("review_bulk"), {"q": "A1"}).context["chosen"]
    client.force_login(world.reviewer("A", "second"))
    for sent in (chosen, "made:up", ""):
        assert client.post(reverse("review_bulk"), {"chosen": sent}).status_code == 409
    assert status(filed) == ReturnStatus.SUBMITTED


def test_the_queue_is_sorted_and_filtered_by_findings(filed, world, client, sound):
    second = world.add_return("A2", values=sound)
    services.return_submit(by=world.manager("A2"), return_id=second.pk, base_revision=second.revision)
    reviewer = world.reviewer("A")
    services.question_ask(by=reviewer, return_id=second.pk, text="？")
    client.force_login(reviewer)

    def zones(**asked):
        return [row.item.zone.code for row in client.get(reverse("review_queue"), asked).context["rows"]]

    assert zones() == zones(sort="zone") == zones(sort="-wait") == ["A1", "A2"]
    assert zones(sort="-zone") == zones(sort="-questions") == ["A2", "A1"]
    assert zones(findings="open") == ["A2"]
    assert zones(findings="none", round=world.round.pk) == ["A1"]
