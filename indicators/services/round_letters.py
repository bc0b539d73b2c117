"""What parks are told of rounds: opened, new dates, further items, an extension (填报任务通知), in both languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from django.utils import timezone

from accounts.enums import NoticeKind
from accounts.selectors import holders_by_path
from accounts.services import Letter, notices_post
from indicators.models import Form, Return, Round
from indicators.selectors.rounds import FILLERS

_TITLE, _TITLE_EN = 160, 240


def opened_told(returns: Sequence[Return]) -> None:
    """Tell the parks' people that they are asked; of a round whose time is over nobody needs to hear."""
    today = timezone.localdate()

    def letter(return_: Return) -> Letter:
        return _letter(
            return_,
            key=f"round-{return_.round_id}-opened-{return_.pk}",
            title="请填报",
            title_en="Please report",
            text=f"截止日期 {return_.due_on}。{_until(return_.round)}",
            text_en=f"Due on {return_.due_on}.{_until_en(return_.round)}",
        )

    _tell([return_ for return_ in returns if return_.due_on >= today], letter)


def dates_told(returns: Sequence[Return]) -> None:
    """Tell the parks' people of the round's new dates."""

    def letter(return_: Return) -> Letter:
        round_ = return_.round
        return _letter(
            return_,
            key=f"round-{round_.pk}-dates-{return_.due_on}-{round_.closes_on}",
            title=f"截止日期改为 {return_.due_on}",
            title_en=f"Now due on {return_.due_on}",
            text=f"截止日期 {return_.due_on}。{_until(round_)}",
            text_en=f"Due on {return_.due_on}.{_until_en(round_)}",
        )

    _tell(returns, letter)


def items_told(returns: Sequence[Return], codes: Sequence[str]) -> None:
    """Tell the parks' people that the round asks for further forms."""
    forms = list(Form.objects.filter(code__in=codes))

    def letter(return_: Return) -> Letter:
        return _letter(
            return_,
            key=f"round-{return_.round_id}-items-{'-'.join(codes)}"[:120],
            title="增加了填报内容",
            title_en="More items are asked for",
            text="新增：" + "、".join(form.name_zh for form in forms),
            text_en="Added: " + ", ".join(form.name_en for form in forms),
        )

    _tell(returns, letter)


def extension_told(returns: Sequence[Return], reason: str) -> int:
    """Tell the parks' people of their extension and why they have it; how many people there are to tell."""

    def letter(return_: Return) -> Letter:
        return _letter(
            return_,
            key=f"return-{return_.pk}-extended-{return_.revision}",
            title=f"已延期至 {return_.due_on}",
            title_en=f"Extended to {return_.due_on}",
            text=f"理由：{reason}",
            text_en=f"Reason: {reason}",
        )

    return _tell(returns, letter)


def fillers_count(return_: Return) -> int:
    """How many people a letter about this return reaches."""
    path = return_.zone.administration.path
    return len(holders_by_path(FILLERS, {path})[path])


def _tell(returns: Sequence[Return], letter: Callable[[Return], Letter]) -> int:
    people = holders_by_path(FILLERS, {return_.zone.administration.path for return_ in returns})
    letters = [(user, letter(row)) for row in returns for user in people[row.zone.administration.path]]
    notices_post(letters=letters, mail=True)
    return len({user for user, _letter_ in letters})


def _letter(return_: Return, *, key: str, title: str, title_en: str, text: str, text_en: str) -> Letter:
    """A letter about a return: what happened, and to which zone and round."""
    return Letter(
        kind=NoticeKind.ROUND,
        key=key,
        title=f"{title}：{return_.zone.name} {return_.round.name}"[:_TITLE],
        title_en=f"{title_en}: {return_.zone.name}, {return_.round.label_en}"[:_TITLE_EN],
        text=text,
        text_en=text_en,
        url=return_.get_absolute_url(),
    )


def _until(round_: Round) -> str:
    return f"逾期可补报至 {round_.closes_on}，之后不能填写。" if round_.closes_on else ""


def _until_en(round_: Round) -> str:
    last: date | None = round_.closes_on
    return f" Late filing is possible until {last}." if last else ""
