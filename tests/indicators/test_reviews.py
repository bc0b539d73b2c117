"""Reviewing: whose step, nobody their own, questions, reasons at cells, many returns at once, who is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Membership, Notice, User
from accounts.selectors import holders
from indicators import services
from indicators.chain import digest
from indicators.enums import Channel
from indicators.exceptions import MoveRefused, ValueInvalid
from indicators.models import DataChange, Question, Return, ReturnAct, Round, Value
from indicators.selectors import (
    acts_intact,
    changes_since_submission,
    filed_late,
    last_returned,
    questions_of,
    waiting_for,
)
from indicators.selectors.reviews import is_involved, large_changes, obstacles, tallies


@pytest.fixture
def filed(world, sound):
    """Zone A1's return, filled in and submitted by its manager."""
    return file(world, sound, "A1")


def file(world, sound, zone):
    manager = User.objects.filter(username=f"manager-{zone}").first() or world.manager(zone)
    return_ = world.add_return(zone, values=sound, by=manager)
    return services.return_submit(by=manager, return_id=return_.pk, base_revision=return_.revision)


def fresh(return_):
    return Return.objects.select_related("round", "zone__administration").get(pk=return_.pk)


def accept(by, return_):
    return services.return_accept(by=by, return_id=return_.pk, base_revision=fresh(return_).revision)


def send_back(by, return_, reason="请核对", **cells):
    revision = fresh(return_).revision
    return services.return_return(by=by, return_id=return_.pk, reason=reason, cells=cells, base_revision=revision)


def reviews(world, *steps):
    Round.objects.filter(pk=world.round.pk).update(review_steps=list(steps))
    world.round.refresh_from_db()


# ---- steps ----------------------------------------------------------------------------------------------------


def test_with_the_office_alone_it_accepts_what_was_filed(world, filed):
    reviews(world, "office")
    reviewer, staff = world.reviewer(), world.staff()
    assert list(waiting_for(reviewer)) == []
    assert [row.pk for row in waiting_for(staff)] == [filed.pk]
    with pytest.raises(PermissionDenied):
        accept(reviewer, filed)
    done = accept(staff, filed)
    assert (done.status, done.acts.last().kind) == ("accepted", "accepted")
    assert done.accepted_at
    assert DataChange.objects.count() == 1


def test_with_the_city_alone_its_acceptance_is_final(world, filed):
    reviews(world, "city")
    reviewer, staff = world.reviewer(), world.staff()
    assert list(waiting_for(staff)) == []
    with pytest.raises(PermissionDenied):
        accept(staff, filed)
    done = accept(reviewer, filed)
    assert (done.status, done.acts.last().kind) == ("accepted", "city_accepted")
    assert DataChange.objects.count() == 1


def test_what_the_city_passed_on_waits_for_the_office_also_when_the_reviews_change_meanwhile(world, filed):
    accept(world.reviewer(), filed)
    reviews(world, "city")
    assert [row.pk for row in waiting_for(world.staff())] == [filed.pk]


def test_the_queue_knows_since_when_how_often_and_whose(world, sound, filed):
    reviewer, manager = world.reviewer(), User.objects.get(username="manager-A1")
    send_back(reviewer, filed)
    services.return_submit(by=manager, return_id=filed.pk, base_revision=fresh(filed).revision)
    other = file(world, sound, "A2")
    first, second = waiting_for(reviewer)
    assert (first.pk, first.submissions, second.pk, second.submissions) == (filed.pk, 2, other.pk, 1)
    assert first.since == filed.acts.last().at
    assert not first.involved


# ---- nobody their own -----------------------------------------------------------------------------------------


def test_whoever_once_wrote_a_cell_reviews_it_not_also_when_it_was_written_over(world, filed, sound):
    both = world.reviewer(name="both")
    assert not is_involved(both, filed)
    value = filed.values.first()
    Value.objects.filter(pk=value.pk).update(updated_by=both)
    Value.objects.filter(pk=value.pk).update(updated_by=User.objects.get(username="manager-A1"))
    assert is_involved(both, filed)
    with pytest.raises(PermissionDenied, match="他人"):
        accept(both, filed)


def test_whoever_once_filed_it_reviews_no_later_filing(world, filed, sound):
    manager = User.objects.get(username="manager-A1")
    send_back(world.reviewer(), filed)
    second = world.manager(name="second")
    services.return_submit(by=second, return_id=filed.pk, base_revision=fresh(filed).revision)
    Value.objects.filter(return_ref=filed).update(updated_by=second)
    Membership.objects.create(user=manager, organisation=world.cities["A"], role=Role.CITY_REVIEWER)
    with pytest.raises(PermissionDenied, match="他人"):
        accept(User.objects.get(pk=manager.pk), filed)


def test_a_superuser_reviews_not_what_they_filled_in_or_answered_for(world, sound):
    root = User.objects.create_superuser("root")
    own = world.add_return("A1", values=sound, by=root)
    Return.objects.filter(pk=own.pk).update(status="submitted")
    answered = file(world, sound, "A2")
    question = services.question_ask(by=world.reviewer(), return_id=answered.pk, text="为什么？")
    services.question_answer(by=root, question_id=question.pk, text="因为")
    for return_ in (own, answered):
        for act in (accept, send_back):
            with pytest.raises(PermissionDenied, match="他人"):
                act(root, return_)
        with pytest.raises(PermissionDenied, match="他人"):
            services.question_ask(by=root, return_id=return_.pk, text="？")
    revisions = {return_.pk: fresh(return_).revision for return_ in (own, answered)}
    outcome = services.returns_accept(by=root, revisions=revisions, request_id=uuid4())
    assert outcome.accepted == []
    assert all("须由他人审核" in reasons[0] for _row, reasons in outcome.skipped)


# ---- questions ------------------------------------------------------------------------------------------------


def test_a_question_is_asked_answered_and_settled_at_its_cell(world, filed):
    reviewer, manager = world.reviewer(), User.objects.get(username="manager-A1")
    ask = {"by": reviewer, "return_id": filed.pk, "indicator_code": "tax_revenue"}
    question = services.question_ask(text=" 含罚款吗？ ", **ask)
    assert services.question_ask(text="含罚款吗？", **ask).pk == question.pk  # a second click
    assert (question.text, question.organisation, question.indicator.code) == (
        "含罚款吗？",
        world.cities["A"],
        "tax_revenue",
    )
    with pytest.raises(MoveRefused, match=r"税收.*含罚款吗"):
        accept(reviewer, filed)
    answer = services.question_answer(by=manager, question_id=question.pk, text="不含")
    assert services.question_answer(by=manager, question_id=question.pk, text="不含").pk == answer.pk
    services.question_close(by=reviewer, question_id=question.pk)
    assert services.question_close(by=reviewer, question_id=question.pk).closed_by == reviewer
    with pytest.raises(MoveRefused, match="已办结"):
        services.question_answer(by=manager, question_id=question.pk, text="再说")
    assert accept(reviewer, filed).status == "city_accepted"
    assert [q.text for q in questions_of(filed)["tax_revenue"]] == ["含罚款吗？"]


def test_open_questions_travel_with_a_return_and_are_answered_there(world, filed):
    reviewer, manager = world.reviewer(), User.objects.get(username="manager-A1")
    question = services.question_ask(by=reviewer, return_id=filed.pk, text="整体偏高？")
    send_back(reviewer, filed)
    assert services.question_answer(by=manager, question_id=question.pk, text="见说明").pk
    services.return_submit(by=manager, return_id=filed.pk, base_revision=fresh(filed).revision)
    with pytest.raises(MoveRefused, match="整份报表"):
        accept(reviewer, filed)
    colleague = world.reviewer(name="colleague")
    services.question_close(by=colleague, question_id=question.pk)  # whoever reviews the step
    assert accept(colleague, filed).status == "city_accepted"


def test_who_asks_answers_and_settles(world, filed):
    reviewer, staff, manager = world.reviewer(), world.staff(), User.objects.get(username="manager-A1")
    with pytest.raises(PermissionDenied):
        services.question_ask(by=staff, return_id=filed.pk, text="？")  # the city's step
    with pytest.raises(PermissionDenied):
        services.question_ask(by=manager, return_id=filed.pk, text="？")
    with pytest.raises(Return.DoesNotExist):
        services.question_ask(by=world.reviewer("B"), return_id=filed.pk, text="？")
    question = services.question_ask(by=reviewer, return_id=filed.pk, text="？")
    with pytest.raises(PermissionDenied):
        services.question_answer(by=reviewer, question_id=question.pk, text="！")
    with pytest.raises(Question.DoesNotExist):
        services.question_answer(by=world.manager("A2"), question_id=question.pk, text="！")
    with pytest.raises(PermissionDenied):
        services.question_close(by=manager, question_id=question.pk)
    services.question_close(by=reviewer, question_id=question.pk)
    with pytest.raises(ValueInvalid):
        services.question_ask(by=reviewer, return_id=filed.pk, text="  ")
    with pytest.raises(ValueInvalid, match="不是本报表"):
        services.question_ask(by=reviewer, return_id=filed.pk, indicator_code="customs_tax", text="？")
    accept(reviewer, filed)
    accept(staff, filed)
    with pytest.raises(MoveRefused, match="没有待办"):
        services.question_ask(by=staff, return_id=filed.pk, text="？")


def test_a_question_is_settled_by_the_side_that_asked_or_by_the_office_alone(world, filed):
    reviewer, staff, manager = world.reviewer(), world.staff(), User.objects.get(username="manager-A1")
    accept(reviewer, filed)
    question = services.question_ask(by=staff, return_id=filed.pk, indicator_code="tax_revenue", text="含罚款吗？")
    services.return_return(by=staff, return_id=filed.pk, reason="请答复", base_revision=fresh(filed).revision)
    services.question_answer(by=manager, question_id=question.pk, text="不含")
    services.return_submit(by=manager, return_id=filed.pk, base_revision=fresh(filed).revision)
    with pytest.raises(PermissionDenied, match="提问机构"):  # the reviewer of the step, but not who asked
        services.question_close(by=reviewer, question_id=question.pk)
    assert obstacles(reviewer, [fresh(filed)]) == {filed.pk: []}
    assert accept(reviewer, filed).status == "city_accepted"  # the office's question travels on to the office
    with pytest.raises(MoveRefused, match="含罚款吗"):
        accept(staff, filed)
    assert "质询" in obstacles(staff, [fresh(filed)])[filed.pk][0]
    assert services.question_close(by=world.staff("colleague"), question_id=question.pk).closed_at
    assert accept(staff, filed).status == "accepted"


def test_the_office_may_settle_what_the_city_asked(world, filed):
    question = services.question_ask(by=world.reviewer(), return_id=filed.pk, text="？")
    assert services.question_close(by=world.staff(), question_id=question.pk).closed_at


def test_who_worked_on_a_return_settles_no_question_of_a_colleague(world, filed):
    question = services.question_ask(by=world.reviewer(), return_id=filed.pk, text="？")
    both = world.reviewer(name="both")
    Value.objects.filter(return_ref=filed, indicator__code="tax_revenue").update(updated_by=both)
    with pytest.raises(PermissionDenied, match="他人"):
        services.question_close(by=both, question_id=question.pk)


def test_one_acceptance_asks_the_rules_again_as_many_do(world, filed):
    """Since it was filed, the figures or what they are held against may have changed."""
    reviewer = world.reviewer()
    Value.objects.filter(return_ref=filed, indicator__code="industrial_value_added").update(number=130000)
    revision = fresh(filed).revision
    several = services.returns_accept(by=reviewer, revisions={filed.pk: revision}, request_id=uuid4())
    assert (several.accepted, len(several.skipped)) == ([], 1)
    with pytest.raises(MoveRefused, match=r"增加值.*请退回园区改正或说明"):
        services.return_accept(by=reviewer, return_id=filed.pk, base_revision=revision)
    assert fresh(filed).status == "submitted"


# ---- sending back ---------------------------------------------------------------------------------------------


def test_reasons_at_cells_are_kept_in_the_act_and_shown_until_it_is_filed_again(world, filed):
    reviewer, manager = world.reviewer(), User.objects.get(username="manager-A1")
    send_back(reviewer, filed, reason="", tax_revenue=" 含罚款 ", employees="少一个零")
    act = last_returned(fresh(filed))
    assert (act.reason, act.cells) == ("", {"tax_revenue": "含罚款", "employees": "少一个零"})
    assert acts_intact(filed)
    services.return_submit(by=manager, return_id=filed.pk, base_revision=fresh(filed).revision)
    assert last_returned(fresh(filed)) is None


@pytest.mark.parametrize(
    ("cells", "said"),
    [({}, "请写明退回理由"), ({"tax_revenue": " "}, "请写明理由"), ({"customs_tax": "x"}, "不是本报表"),
     ({"tax_revenue": "x" * 2001}, "2000")],
)  # fmt: skip
def test_sending_back_takes_a_reason_at_least_one_and_for_a_known_cell(world, filed, cells, said):
    with pytest.raises(MoveRefused, match=said):
        send_back(world.reviewer(), filed, reason=" ", **cells)
    assert fresh(filed).status == "submitted"


def test_the_chain_covers_reasons_at_cells_and_older_acts_without_them_still_hold(world, filed):
    assert acts_intact(filed)  # its acts have no cells: their digests are as before there were any
    send_back(world.reviewer(), filed, tax_revenue="含罚款")
    assert acts_intact(filed)
    act = filed.acts.last()
    forged = ReturnAct.objects.get(pk=act.pk)
    forged.cells = {"tax_revenue": "没有问题"}
    assert digest(forged, forged.previous_digest) != act.digest
    forged.pk, forged.previous_digest = None, act.digest
    forged.save()
    assert not acts_intact(filed)


@pytest.mark.django_db(transaction=True)  # the trail's times are those of transactions
def test_what_changed_since_the_filing_before(world, filed):
    reviewer, manager = world.reviewer(), User.objects.get(username="manager-A1")
    assert changes_since_submission(filed) is None
    send_back(reviewer, filed)
    cells = [
        services.CellInput("tax_revenue", Decimal(12500), comment="重新汇总"),
        services.CellInput("energy_use", Decimal(45000)),  # as it was
    ]
    services.values_save(
        by=manager, return_id=filed.pk, cells=cells, base_revision=fresh(filed).revision, channel=Channel.FORM
    )
    services.return_submit(by=manager, return_id=filed.pk, base_revision=fresh(filed).revision)
    changed = changes_since_submission(filed)
    assert changed is not None
    assert list(changed) == ["tax_revenue"]
    assert (changed["tax_revenue"].number, changed["tax_revenue"].comment) == (Decimal(12000), "")


# ---- counting -------------------------------------------------------------------------------------------------


def test_the_tally_counts_findings_changes_and_questions(world, sound):
    before = {**sound, "employees": 6500, "tax_revenue": 12100}
    world.add_return("A1", world.add_round(2019, "closed"), "accepted", before)
    return_ = file(world, sound | {"total_profit": 900}, "A1")
    services.question_ask(by=world.reviewer(), return_id=return_.pk, text="？")
    tally = tallies([return_])[return_.pk]
    assert (tally.hard, tally.unexplained, tally.questions, tally.state) == (0, 0, 1, "open")
    assert large_changes([return_]) == {return_.pk: 1}  # employees by 38 %; a profit after a loss is no percentage
    assert large_changes([return_], beyond=0.5)[return_.pk] == 2
    assert "质询" in obstacles(world.staff(), [return_])[return_.pk][0]


# ---- many at once ---------------------------------------------------------------------------------------------


@pytest.fixture
def several(world, sound):
    """Returns of A1, A2 and four more zones of city A, all filed."""
    for number in range(4):
        world.add_zone(f"N{number}", "cluster")
    return [file(world, sound, zone) for zone in ("A1", "A2", "N0", "N1", "N2", "N3")]


def revisions(returns):
    return {return_.pk: fresh(return_).revision for return_ in returns}


def test_many_are_accepted_at_once_with_one_id_and_the_rest_is_told_why(world, several):
    reviewer, request = world.reviewer(), uuid4()
    ready, asked, moved = several[:4], several[4], several[5]
    seen = revisions(several)
    services.question_ask(by=reviewer, return_id=asked.pk, text="？")
    send_back(world.reviewer(name="colleague"), moved)
    outcome = services.returns_accept(by=reviewer, revisions=seen, request_id=request)
    assert [row.pk for row in outcome.accepted] == [row.pk for row in ready]
    assert {row.pk: reasons[0] for row, reasons in outcome.skipped} == {
        asked.pk: "有 1 条质询未办结", moved.pk: "预览之后有变动"
    }  # fmt: skip
    for return_ in ready:
        stored, act = fresh(return_), return_.acts.last()
        assert (stored.status, stored.revision, act.return_revision) == ("city_accepted", 3, 3)
        assert (act.kind, act.actor, act.organisation) == ("city_accepted", reviewer, world.cities["A"])
        assert act.reason == f"批量办理 {request}"
        assert acts_intact(stored)
    assert DataChange.objects.count() == 0

    again = services.returns_accept(by=reviewer, revisions=seen, request_id=request)
    assert [row.pk for row in again.accepted] == [row.pk for row in ready]
    assert all(return_.acts.filter(kind="city_accepted").count() == 1 for return_ in ready)

    staff = world.staff()
    final = services.returns_accept(by=staff, revisions=revisions(ready), request_id=uuid4())
    assert len(final.accepted) == 4
    for return_ in ready:
        assert (fresh(return_).status, fresh(return_).accepted_at is not None) == ("accepted", True)
        assert acts_intact(fresh(return_))
    assert DataChange.objects.count() == 4


def test_many_in_a_mix_of_steps_each_take_their_own(world, several, sound):
    root = User.objects.create_superuser("root")
    accept(world.reviewer(), several[0])
    outcome = services.returns_accept(by=root, revisions=revisions(several[:2]), request_id=uuid4())
    assert [row.status for row in outcome.accepted] == ["accepted", "city_accepted"]


def test_many_cost_no_more_queries_than_few(world, several):
    reviewer = world.reviewer()
    _ = reviewer.current_memberships
    with CaptureQueriesContext(connection) as few:
        services.returns_accept(by=reviewer, revisions=revisions(several[:1]), request_id=uuid4())
    few_without = len(few) - 1  # reading the revisions
    with CaptureQueriesContext(connection) as many:
        assert (
            len(services.returns_accept(by=reviewer, revisions=revisions(several[1:]), request_id=uuid4()).accepted)
            == 5
        )
    assert len(many) - 5 <= few_without


@pytest.mark.django_db(transaction=True)
def test_two_reviewers_at_once_accept_each_return_once(world, several):
    people, seen = [world.reviewer(name="one"), world.reviewer(name="two")], revisions(several)

    def act(by):
        try:
            return services.returns_accept(by=by, revisions=seen, request_id=uuid4())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(act, people))
    assert sorted(len(outcome.accepted) for outcome in outcomes) == [0, 6]
    assert sorted(len(outcome.skipped) for outcome in outcomes) == [0, 6]
    assert all(return_.acts.filter(kind="city_accepted").count() == 1 for return_ in several)


def test_of_others_and_of_drafts_nothing_is_accepted(world, several, sound):
    draft = world.add_return("B1", values=sound)
    elsewhere = services.returns_accept(
        by=world.reviewer("B"), revisions=revisions([*several, draft]), request_id=uuid4()
    )
    assert elsewhere.accepted == []
    assert [reasons for _row, reasons in elsewhere.skipped] == [
        ["预览之后有变动"]
    ]  # the draft; the rest is not theirs to see
    park = services.returns_accept(by=world.filler(), revisions=revisions(several), request_id=uuid4())
    assert (park.accepted, len(park.skipped)) == ([], 1)
    assert not Return.objects.exclude(status__in=["submitted", "draft"]).exists()


# ---- who is told ----------------------------------------------------------------------------------------------


def told(user):
    return list(Notice.objects.filter(recipient=user).order_by("pk").values_list("kind", "title"))


def test_reviewers_are_told_once_a_day(world, sound):
    reviewer, staff = world.reviewer(), world.staff()
    first, second = file(world, sound, "A1"), file(world, sound, "A2")
    assert [kind for kind, _title in told(reviewer)] == ["review"]
    assert told(staff) == []
    accept(reviewer, first)
    accept(reviewer, second)
    assert len(told(staff)) == 1
    assert Notice.objects.get(recipient=staff).key == f"review-{timezone.localdate():%Y-%m-%d}"


def test_the_park_is_told_of_returns_questions_and_acceptance(world, filed):
    reviewer, staff, manager, filler = (
        world.reviewer(),
        world.staff(),
        User.objects.get(username="manager-A1"),
        world.filler(),
    )
    User.objects.filter(pk=manager.pk).update(email="m@example.org")
    question = services.question_ask(by=reviewer, return_id=filed.pk, indicator_code="tax_revenue", text="含罚款吗？")
    services.question_answer(by=manager, question_id=question.pk, text="不含")
    assert told(reviewer)[-1][0] == "question"
    services.question_close(by=reviewer, question_id=question.pk)
    send_back(reviewer, filed, reason="请核对", tax_revenue="含罚款")
    notice = Notice.objects.filter(recipient=manager, key__contains="returned").get()
    assert "请核对" in notice.text
    assert "含罚款" in notice.text
    assert notice.mail_wanted
    services.return_submit(by=manager, return_id=filed.pk, base_revision=fresh(filed).revision)
    accept(reviewer, filed)
    accept(staff, filed)
    assert [kind for kind, _title in told(filler)] == ["question", "review", "review"]
    assert "审核通过" in told(manager)[-1][1]


def test_a_bulk_acceptance_tells_each_park_once(world, several):
    reviews(world, "city")
    services.returns_accept(by=world.reviewer(), revisions=revisions(several), request_id=uuid4())
    for zone in ("A1", "N3"):
        assert [title for _kind, title in told(User.objects.get(username=f"manager-{zone}"))] == [
            "报表已审核通过：2020年度"
        ]


def test_holders_over_several_places(world):
    first, second = world.manager("A1"), world.manager("A2")
    world.manager("B1")
    paths = [world.zones[zone].administration.path for zone in ("A1", "A2")]
    assert list(holders("return.fill", *paths)) == [first, second]
    assert list(holders("return.fill")) == []


def test_late_filing_is_marked(world, filed):
    assert filed_late(filed)  # due in March 2021
    filed.due_on = timezone.localdate() + timedelta(days=1)
    assert not filed_late(filed)
