"""Who is reminded of which return, and in what words (催报): the daily round and the one by hand share them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pghistory
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import NoticeKind, Permission
from accounts.models import Notice, User
from accounts.selectors import holders_by_path
from accounts.services import Letter, notices_post
from indicators.enums import EDITABLE_STATUSES, RoundStatus
from indicators.models import Return
from indicators.selectors.asked import asked_indicators
from indicators.selectors.rounds import FILLERS

CATCH_UP = timedelta(days=3)
"""For how long a reminder that was missed (a server off over a holiday) is still sent."""
_NAMED = 20  # zones that a reviewer's summary names
_TITLE, _TITLE_EN = 160, 240


@dataclass(frozen=True)
class Reminding:
    """Whom a reminder reaches (催报范围). `people` are those not reminded of it today yet, `mails` those with an address."""

    returns: list[Return]
    people: int
    mails: int
    unreachable: list[Return]
    """Returns for which no account may fill in or file."""
    already: int
    """People reminded today before."""

    @property
    def unreachable_names(self) -> str:
        """Their zones, for people to call."""
        return _("、").join(row.zone.name for row in self.unreachable)

    @property
    def told(self) -> list[Return]:
        """The returns of which somebody can be told."""
        nobody = {row.pk for row in self.unreachable}
        return [row for row in self.returns if row.pk not in nobody]


def remindable(returns: QuerySet[Return]) -> list[Return]:
    """Those that are with the park and can still be filed."""
    rows = returns.filter(round__status=RoundStatus.OPEN, status__in=EDITABLE_STATUSES)
    rows = rows.select_related("round", "zone__administration", "zone__city").order_by("due_on", "zone__code")
    return [row for row in rows if row.is_editable]


def preview(returns: Sequence[Return]) -> Reminding:
    """Whom a reminder by hand would reach now; two queries however many returns."""
    today = timezone.localdate()
    people = _people(returns)
    keys = {_key(row, today) for row in returns}
    told = set(Notice.objects.filter(key__in=keys).values_list("recipient_id", "key"))
    pairs = {(user, _key(row, today)) for row in returns for user in people[row.zone.administration.path]}
    fresh = {user for user, key in pairs if (user.pk, key) not in told}
    return Reminding(
        returns=list(returns),
        people=len(fresh),
        mails=sum(bool(user.email) for user in fresh),
        unreachable=[row for row in returns if not people[row.zone.administration.path]],
        already=len({user for user, _key_ in pairs} - fresh),
    )


def remind(by: User, returns: Sequence[Return]) -> Reminding:
    """Remind now; what stands in the history of each round is who did it, when, and for which returns."""
    rows = remindable(Return.objects.filter(pk__in=[row.pk for row in returns]))
    reached = preview(rows)
    if not reached.people:
        return reached
    today = timezone.localdate()
    send(rows, lambda return_: _key(return_, today))
    by_round: dict[int, list[Return]] = defaultdict(list)
    for row in reached.told:
        by_round[row.round_id].append(row)
    for group in by_round.values():
        zones = [row.zone.code for row in group]
        with pghistory.context(user=by.pk, reminded_by=by.pk, reminded=zones, people=reached.people):
            pghistory.create_event(group[0].round, label="reminded")
    return reached


def send_due(today: date) -> int:
    """The day's reminders, before and after each return's own due date; returns how many notices were new.

    A return is reminded of once for each of its round's days. Its city's reviewers get one summary a day and round.
    """
    days: dict[int, date] = {}
    for row in remindable(Return.objects.all()):
        if (day := _scheduled(row, today)) is not None:
            days[row.pk] = day
    returns = remindable(Return.objects.filter(pk__in=days))
    sent = send(returns, lambda return_: _key(return_, days[return_.pk]))
    return sent + _summaries(returns, days)


def send(returns: Sequence[Return], key: Callable[[Return], str]) -> int:
    """Write the notices of these returns; who has the one with this key already gets none."""
    people, progress = _people(returns), _progress(returns)
    letters = [
        (user, _letter(row, key(row), progress[row.pk]))
        for row in returns
        for user in people[row.zone.administration.path]
    ]
    return notices_post(letters=letters, mail=True)


def _scheduled(return_: Return, today: date) -> date | None:
    """The latest of the return's reminder days that has come and is not too long ago."""
    days = [return_.due_on + timedelta(days=day) for day in return_.round.reminder_days]
    return max((day for day in days if day <= today <= day + CATCH_UP), default=None)


def _people(returns: Iterable[Return]) -> dict[str, list[User]]:
    return holders_by_path(FILLERS, {row.zone.administration.path for row in returns})


def _progress(returns: Sequence[Return]) -> dict[int, str]:
    """How much is filled in, "12/96", by return."""
    answered = Count("values", filter=~Q(values__number=None, values__absence=""))
    rows = Return.objects.filter(pk__in=[row.pk for row in returns]).order_by().annotate(n=answered)
    filled = dict(rows.values_list("pk", "n"))
    asked = asked_indicators(returns)
    return {row.pk: f"{filled[row.pk]}/{len(asked[row.pk])}" for row in returns}


def _key(return_: Return, day: date) -> str:
    return f"reminder-{return_.pk}-{day}"


def _letter(return_: Return, key: str, progress: str) -> Letter:
    title, title_en = _urgency((return_.due_on - timezone.localdate()).days)
    last = return_.last_day
    return Letter(
        kind=NoticeKind.REMINDER,
        key=key,
        title=f"{title}：{return_.zone.name} {return_.round.name}"[:_TITLE],
        title_en=f"{title_en}: {return_.zone.name}, {return_.round.label_en}"[:_TITLE_EN],
        text=f"截止日期 {return_.due_on}，已填 {progress} 项，尚未报送。" + (f"最迟可报送至 {last}。" if last else ""),
        text_en=f"Due on {return_.due_on}; {progress} items filled in, not filed yet."
        + (f" It can be filed until {last}." if last else ""),
        url=return_.get_absolute_url(),
    )


def _urgency(days: int) -> tuple[str, str]:
    if days < 0:
        return f"已逾期 {-days} 天", f"{-days} days overdue"
    if days == 0:
        return "今天截止", "Due today"
    return f"还有 {days} 天截止", f"Due in {days} days"


def _summaries(returns: Sequence[Return], days: dict[int, date]) -> int:
    """One notice to each city's reviewers for a round and day: which of their zones were reminded."""
    reviewers = holders_by_path([Permission.RETURN_REVIEW_CITY], {row.zone.administration.path for row in returns})
    groups: dict[tuple[User, int, date], list[Return]] = defaultdict(list)
    for row in returns:
        for user in reviewers[row.zone.administration.path]:
            groups[user, row.round_id, days[row.pk]].append(row)
    letters = [(user, _summary(group, day)) for (user, _round, day), group in groups.items()]
    return notices_post(letters=letters, mail=True)


def _summary(group: Sequence[Return], day: date) -> Letter:
    round_, n = group[0].round, len(group)
    late = sum(row.due_on < day for row in group)
    names = "、".join(row.zone.name for row in group[:_NAMED]) + (" 等" if n > _NAMED else "")
    return Letter(
        kind=NoticeKind.REMINDER,
        key=f"reminders-{round_.pk}-{day}",
        title=f"已催报 {n} 个园区：{round_.name}"[:_TITLE],
        title_en=f"{n} zones were reminded: {round_.label_en}"[:_TITLE_EN],
        text=f"其中逾期 {late} 个。{names}",
        text_en=f"{late} of them are overdue. {names}",
        url=reverse("round_detail", args=[round_.pk]),
    )
