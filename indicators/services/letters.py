"""What people are told about reviews and questions (审核与质询通知), in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils import timezone

from accounts.enums import NoticeKind, Permission
from accounts.models import User
from accounts.selectors import holders
from accounts.services import Letter, notices_send
from indicators.models import Answer, Indicator, Question, Return
from indicators.selectors import next_step

_TITLE, _TITLE_EN = 160, 240


def reviewers_tell(returns: Sequence[Return]) -> None:
    """Tell those who take the next review of these returns that something waits: one notice a person and day."""
    paths: dict[str, set[str]] = {}
    for return_ in returns:
        if step := next_step(return_):
            paths.setdefault(step.permission, set()).add(return_.zone.administration.path)
    people = [user for permission, below in paths.items() for user in holders(permission, *below)]
    letter = Letter(
        kind=NoticeKind.REVIEW,
        key=f"review-{timezone.localdate():%Y-%m-%d}",
        title="今天有新报送的报表待您审核",
        title_en="Returns filed today are waiting for your review",
        text="名单见“待我审核”，等得最久的排在最前。同一天的报送只提醒一次。",
        text_en="They are in your review queue, the longest waiting first. One notice a day.",
        url=reverse("review_queue"),
    )
    # In order of their ids, so that two transactions that tell the same people never wait for each other.
    notices_send(to=sorted(people, key=lambda user: user.pk), letter=letter, mail=True)


def return_told(return_: Return, reason: str, cells: Mapping[str, str]) -> None:
    """Tell the park's people that their return came back, with every reason."""
    items = Indicator.objects.in_bulk(list(cells), field_name="code")
    lines = [reason, *(f"{items[code].name_zh}：{text}" for code, text in cells.items())]
    lines_en = [reason, *(f"{items[code].name_en}: {text}" for code, text in cells.items())]
    letter = Letter(
        kind=NoticeKind.REVIEW,
        key=f"return-{return_.pk}-returned-{return_.revision}",
        title=f"报表被退回：{return_.zone.name} {return_.round.name}"[:_TITLE],
        title_en=f"Return sent back: {return_.zone.name} {return_.round.period}"[:_TITLE_EN],
        text="\n".join(filter(None, lines)),
        text_en="\n".join(filter(None, lines_en)),
        url=return_.get_absolute_url(),
    )
    notices_send(to=_park(return_), letter=letter, mail=True)


def parks_tell(returns: Sequence[Return], occasion: str) -> None:
    """Tell the parks that their returns are accepted, one notice a round; `occasion` makes it unlike any other."""
    by_round: dict[int, list[Return]] = {}
    for return_ in returns:
        by_round.setdefault(return_.round_id, []).append(return_)
    for group in by_round.values():
        first = group[0]
        letter = Letter(
            kind=NoticeKind.REVIEW,
            key=f"{occasion}-accepted-{first.round_id}",
            title=f"报表已审核通过：{first.round.name}"[:_TITLE],
            title_en=f"Return accepted: {first.round.period}"[:_TITLE_EN],
            text="数字已锁定。如需修改，请提出更正申请。",
            text_en="Its figures are locked; a change takes a correction request.",
            url=first.get_absolute_url() if len(group) == 1 else reverse("round_detail", args=[first.round_id]),
        )
        paths = {return_.zone.administration.path for return_ in group}
        notices_send(to=holders(Permission.RETURN_FILL, *paths), letter=letter)


def question_told(question: Question) -> None:
    """Tell the park's people of a question."""
    return_ = question.return_ref
    about, about_en = _about(question)
    letter = Letter(
        kind=NoticeKind.QUESTION,
        key=f"question-{question.pk}",
        title=f"审核人有质询：{return_.zone.name} {about}"[:_TITLE],
        title_en=f"A reviewer asks: {return_.zone.name} {about_en}"[:_TITLE_EN],
        text=question.text,
        text_en=question.text,
        url=_place(question, return_.get_absolute_url()),
    )
    notices_send(to=_park(return_), letter=letter, mail=True)


def answer_told(answer: Answer) -> None:
    """Tell who asked that there is an answer."""
    question = answer.question
    about, about_en = _about(question)
    zone = question.return_ref.zone.name
    letter = Letter(
        kind=NoticeKind.QUESTION,
        key=f"answer-{answer.pk}",
        title=f"质询已答复：{zone} {about}"[:_TITLE],
        title_en=f"Your question is answered: {zone} {about_en}"[:_TITLE_EN],
        text=answer.text,
        text_en=answer.text,
        url=_place(question, reverse("return_review", args=[question.return_ref_id])),
    )
    notices_send(to=[question.asked_by], letter=letter, mail=True)


def closing_told(question: Question) -> None:
    """Tell those who answered that the question is settled."""
    about, about_en = _about(question)
    letter = Letter(
        kind=NoticeKind.QUESTION,
        key=f"question-{question.pk}-closed",
        title=f"质询已办结：{question.return_ref.zone.name} {about}"[:_TITLE],
        title_en=f"Question closed: {question.return_ref.zone.name} {about_en}"[:_TITLE_EN],
        text=question.text,
        text_en=question.text,
        url=_place(question, question.return_ref.get_absolute_url()),
    )
    answered = User.objects.filter(pk__in=question.answers.values("by")).order_by("pk")
    notices_send(to=answered, letter=letter)


def _about(question: Question) -> tuple[str, str]:
    item = question.indicator
    return (item.name_zh, item.name_en) if item else ("整份报表", "the whole return")


def _place(question: Question, url: str) -> str:
    return f"{url}#cell-{question.indicator.code}" if question.indicator else f"{url}#questions"


def _park(return_: Return) -> list[User]:
    return list(holders(Permission.RETURN_FILL, return_.zone.administration.path))
