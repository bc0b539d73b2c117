"""Due dates: extensions, the last day, reminders by the calendar and by hand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from accounts.enums import NoticeKind
from accounts.models import Notice, User
from indicators import reminders, selectors, services
from indicators.enums import ActKind, Channel, RoundStatus
from indicators.exceptions import MoveRefused, ReturnLocked
from indicators.models import Return, Round
from indicators.tasks import reminders_send
from tests.indicators.rounds import TAXES, add_form, days, plan


@pytest.fixture
def staff(world):
    return world.staff()


@pytest.fixture
def opened(world, staff):
    """A round of two items, due in 14 days, to be filed until day 30, with people in A1 and A2, and city A's reviewer."""
    add_form()
    world.manager("A1")
    world.filler("A1")
    world.manager("A2")
    world.reviewer("A")
    User.objects.filter(username__startswith="manager").update(email="m@example.com")
    round_ = services.round_create(by=staff, plan=plan(due_on=days(14)))
    services.round_open(by=staff, round=round_)
    Notice.objects.all().delete()
    return round_


def one(zone="A1"):
    return Return.objects.select_related("round", "zone").get(round__year=2025, zone__code=zone)


def due(zone, number):
    Return.objects.filter(round__year=2025, zone__code=zone).update(due_on=days(number))


def told():
    return sorted(Notice.objects.values_list("recipient__username", "title"))


# ---- extensions -----------------------------------------------------------------------------------------------


def test_an_extension_is_an_act_with_its_reason_and_told(staff, opened):
    before = one()
    services.return_extend(by=staff, return_id=before.pk, due_on=days(20), reason="  洪灾后恢复  ")
    after = one()
    assert (after.due_on, after.revision) == (days(20), before.revision + 1)
    act = after.acts.get(kind=ActKind.EXTENDED)
    assert (act.actor, act.reason) == (staff, f"{days(14)} → {days(20)}：洪灾后恢复")
    assert selectors.acts_intact(after)
    notice = Notice.objects.get(recipient__username="manager-A1")
    assert notice.title == f"已延期至 {days(20)}：A1园区 2025 年度报表"
    assert notice.text == "理由：洪灾后恢复"
    assert notice.mail_wanted


@pytest.mark.parametrize(
    ("day", "reason", "words"),
    [(20, " ", "理由"), (14, "洪灾", "更晚"), (-1, "洪灾", "早于今天"), (20, "长" * 501, "500")],
)
def test_an_extension_without_reason_or_later_date_is_refused(staff, opened, day, reason, words):
    with pytest.raises(MoveRefused, match=words):
        services.return_extend(by=staff, return_id=one().pk, due_on=days(day), reason=reason)
    assert one().due_on == days(14)


@pytest.mark.parametrize("status", ["submitted", "city_accepted", "accepted"])
def test_what_is_no_longer_with_the_park_needs_no_extension(staff, opened, status):
    Return.objects.filter(pk=one().pk).update(status=status)
    with pytest.raises(MoveRefused, match="不需要延期"):
        services.return_extend(by=staff, return_id=one().pk, due_on=days(20), reason="洪灾")


def test_in_a_closed_round_nothing_is_extended(staff, opened):
    services.round_close(by=staff, round_id=opened.pk)
    with pytest.raises(MoveRefused, match="重新开放"):
        services.return_extend(by=staff, return_id=one().pk, due_on=days(20), reason="洪灾")


def test_only_the_office_extends_and_reminds(world, opened):
    reviewer = User.objects.get(username="reviewer-A")
    with pytest.raises(PermissionDenied):
        services.return_extend(by=reviewer, return_id=one().pk, due_on=days(20), reason="洪灾")
    with pytest.raises(PermissionDenied):
        services.returns_extend(by=reviewer, return_ids=[one().pk], due_on=days(20), reason="洪灾")
    with pytest.raises(PermissionDenied):
        services.returns_remind(by=reviewer, return_ids=[one().pk])
    with pytest.raises(Return.DoesNotExist):
        services.return_extend(by=world.reviewer("B"), return_id=one().pk, due_on=days(20), reason="洪灾")


def test_many_are_extended_and_those_that_moved_on_are_named(staff, opened):
    Return.objects.filter(pk=one("A2").pk).update(status="submitted")
    ids = [one(zone).pk for zone in ("A1", "A2", "B1")]
    done = services.returns_extend(by=staff, return_ids=ids, due_on=days(20), reason="洪灾")
    assert [row.zone.code for row in done.returns] == ["A1", "B1"]
    assert [(row.zone.code, "不需要延期" in why) for row, why in done.refused] == [("A2", True)]
    assert (one("A1").due_on, one("A2").due_on) == (days(20), days(14))
    assert {name for name, _title in told()} == {"manager-A1", "filler-A1"}


# ---- the last day ---------------------------------------------------------------------------------------------


@pytest.fixture
def over(opened):
    """The round's last day was yesterday."""
    Round.objects.filter(pk=opened.pk).update(opens_on=days(-40), due_on=days(-20), closes_on=days(-1))
    Return.objects.filter(round=opened).update(due_on=days(-20))
    return opened


def test_after_the_last_day_nothing_is_filled_or_filed_and_it_says_whom_to_ask(over, cells):
    manager, return_ = User.objects.get(username="manager-A1"), one()
    asked = {"by": manager, "return_id": return_.pk}
    acts = [
        lambda: services.value_save(**asked, indicator_code="employees", number=Decimal(1), base_revision=0),
        lambda: services.values_save(
            **asked, cells=cells({"employees": 1}), base_revision=return_.revision, channel=Channel.API
        ),
        lambda: services.return_submit(**asked, base_revision=return_.revision),
    ]
    for act in acts:
        with pytest.raises(ReturnLocked) as locked:
            act()
        assert str(days(-1)) in str(locked.value)
        assert "联席会议办公室申请延期" in str(locked.value)


def test_on_the_last_day_it_is_still_open(over, staff):
    Round.objects.filter(pk=over.pk).update(closes_on=days(0))
    services.value_save(
        by=User.objects.get(username="manager-A1"),
        return_id=one().pk,
        indicator_code="employees",
        number=Decimal(1),
        base_revision=0,
    )
    assert one().values.count() == 1


def test_an_extension_opens_one_return_again(over, staff):
    services.return_extend(by=staff, return_id=one("A1").pk, due_on=days(3), reason="洪灾")
    assert one("A1").is_editable
    assert not one("A2").is_editable
    assert one("A1").last_day == days(3)


def test_without_a_last_day_late_filing_never_ends(over):
    Round.objects.filter(pk=over.pk).update(closes_on=None)
    assert one().is_editable
    assert not one().deadline_passed


# ---- reminders by the calendar --------------------------------------------------------------------------------


def test_a_reminder_goes_to_the_parks_people_and_a_summary_to_the_citys_reviewers(opened):
    sent = reminders_send()
    assert sent == 4
    titles = dict(told())
    assert titles["manager-A1"] == "还有 14 天截止：A1园区 2025 年度报表"
    assert set(titles) == {"manager-A1", "filler-A1", "manager-A2", "reviewer-A"}
    assert titles["reviewer-A"] == "已催报 2 个园区：2025 年度报表"
    notice = Notice.objects.get(recipient__username="manager-A1")
    assert f"截止日期 {days(14)}，已填 0/2 项，尚未报送。最迟可报送至 {days(30)}。" == notice.text
    assert notice.kind == NoticeKind.REMINDER
    assert notice.mail_wanted
    assert notice.title_en == "Due in 14 days: A1园区, Annual returns 2025"
    assert "A1园区、A2园区" in Notice.objects.get(recipient__username="reviewer-A").text


def test_the_same_day_again_sends_nothing(opened):
    reminders_send()
    assert reminders_send() == 0


@pytest.mark.parametrize(
    ("left", "title"),
    [
        (14, "还有 14 天截止"), (13, "还有 13 天截止"), (11, "还有 11 天截止"), (10, ""), (4, ""), (3, "还有 3 天截止"),
        (0, "今天截止"), (-1, "已逾期 1 天"), (-4, "已逾期 4 天"), (-5, ""), (-7, "已逾期 7 天"), (-11, ""), (15, ""),
    ],
)  # fmt: skip
def test_the_days_before_and_after_each_returns_own_due_date(opened, left, title):
    """-14, -3, 1 and 7; a missed day is made up for within three."""
    Return.objects.filter(round=opened).exclude(zone__code="A1").update(status="submitted")
    due("A1", left)
    reminders_send()
    assert [text.partition("：")[0] for name, text in told() if name == "manager-A1"] == ([title] if title else [])


def test_a_missed_day_is_made_up_for_once(opened):
    today = days(0)
    due("A1", 13)  # yesterday was the fourteenth day before
    Return.objects.filter(round=opened).exclude(zone__code="A1").update(status="submitted")
    assert reminders.send_due(today) == 3
    assert reminders.send_due(today + timedelta(days=1)) == 0


def test_with_an_extension_the_days_count_from_the_new_date(staff, opened):
    reminders_send()
    services.return_extend(by=staff, return_id=one("A1").pk, due_on=days(17), reason="洪灾")
    Notice.objects.all().delete()
    assert reminders_send() > 0
    assert "manager-A1" not in dict(told())


@pytest.mark.parametrize("status", ["submitted", "city_accepted", "accepted"])
def test_who_has_filed_is_not_reminded(opened, status):
    Return.objects.filter(round=opened).update(status=status)
    assert reminders_send() == 0


def test_closed_rounds_and_those_past_their_last_day_remind_nobody(staff, over):
    due("A1", -1)
    assert reminders_send() == 0
    Round.objects.filter(pk=over.pk).update(closes_on=days(5), status=RoundStatus.CLOSED)
    assert reminders_send() == 0


def test_more_returns_cost_no_more_queries(
    world, opened, staff, django_assert_num_queries, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        reminders_send()
    for number in range(6):
        world.add_zone(f"N{number}", "cluster")
        world.manager(f"N{number}")
    services.round_open(by=staff, round=opened)
    Notice.objects.all().delete()
    with django_assert_max_num_queries(16):
        assert reminders_send() == 10


# ---- reminders by hand ----------------------------------------------------------------------------------------


def test_reminding_by_hand_is_previewed_done_once_a_day_and_kept_in_the_history(staff, opened):
    ids = [one(zone).pk for zone in ("A1", "A2", "B1")]
    seen = reminders.preview(reminders.remindable(Return.objects.filter(pk__in=ids)))
    assert (len(seen.returns), seen.people, seen.mails, seen.already) == (3, 3, 2, 0)
    assert [row.zone.code for row in seen.unreachable] == ["B1"]
    done = services.returns_remind(by=staff, return_ids=ids)
    assert done.people == 3
    again = services.returns_remind(by=staff, return_ids=ids)
    assert (again.people, again.already) == (0, 3)
    assert Notice.objects.count() == 3
    (event,) = opened.history.filter(pgh_label="reminded")
    facts = event.pgh_context.metadata
    assert (facts["reminded_by"], facts["people"], facts["reminded"]) == (staff.pk, 3, ["A1", "A2"])


def test_by_hand_and_by_the_calendar_on_one_day_is_one_reminder(staff, opened):
    reminders_send()
    before = Notice.objects.count()
    assert services.returns_remind(by=staff, return_ids=[one("A1").pk]).people == 0
    assert Notice.objects.count() == before


def test_only_what_can_still_be_filed_is_reminded_of(staff, over):
    assert services.returns_remind(by=staff, return_ids=[one("A1").pk]).returns == []


def test_a_form_with_two_items_says_how_far_it_is(staff, opened):
    manager = User.objects.get(username="manager-A1")
    services.value_save(by=manager, return_id=one().pk, indicator_code=TAXES[0], number=Decimal(5), base_revision=0)
    services.returns_remind(by=staff, return_ids=[one().pk])
    assert "已填 1/2 项" in Notice.objects.get(recipient=manager).text
