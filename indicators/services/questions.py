"""Questions about a return and their answers (质询、答复、办结)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from indicators.enums import ReturnStatus
from indicators.exceptions import MoveRefused, ValueInvalid
from indicators.models import Answer, Indicator, Question, Return
from indicators.selectors import asked_indicators, is_involved
from indicators.selectors.reviews import may_settle
from indicators.services import letters
from indicators.services.shared import acting_for, require, require_step, return_lock

_TEXT_LENGTH = 2000


@transaction.atomic
def question_ask(*, by: User, return_id: int, indicator_code: str = "", text: str) -> Question:
    """Ask about one figure, or about the whole return without a code (质询); the park's people are told.

    The reviewer of the step asks. Asking the same again is harmless. Raises Return.DoesNotExist, PermissionDenied (also
    for whoever worked on the return), MoveRefused (it waits for no review), ValueInvalid (no text, no such item).
    """
    return_ = return_lock(by, return_id)
    step = require_step(by, return_)
    indicator, text = _item(return_, indicator_code), _words(text, indicator_code)
    same = return_.questions.open().filter(indicator=indicator, text=text, asked_by=by, answers=None)
    if question := same.first():
        return question
    body = acting_for(by, step.permission, return_.zone.administration.path)
    question = Question.objects.create(
        return_ref=return_, indicator=indicator, text=text, asked_by=by, organisation=body
    )
    letters.question_told(question)
    return question


@transaction.atomic
def question_answer(*, by: User, question_id: int, text: str) -> Answer:
    """Answer a question (答复) for the park that filed the return; who asked is told. The same answer twice is one.

    Possible while the return is with a reviewer or back with the park. Raises Question.DoesNotExist, PermissionDenied,
    MoveRefused (closed), ValueInvalid (no text).
    """
    question = _locked(by, question_id)
    require(by, [Permission.RETURN_FILL], question.return_ref)
    if question.closed_at:
        raise MoveRefused([_("这条质询已办结，不能再答复。")])
    text = _words(text, question.indicator.code if question.indicator else "")
    last = question.answers.last()
    if last and (last.by_id, last.text) == (by.pk, text):
        return last
    answer = Answer.objects.create(question=question, text=text, by=by)
    letters.answer_told(answer)
    return answer


@transaction.atomic
def question_close(*, by: User, question_id: int) -> Question:
    """Settle a question (办结): see `may_settle`. Settling it twice changes nothing.

    Those who answered are told. Raises Question.DoesNotExist, PermissionDenied, MoveRefused (the return is accepted).
    """
    question = _locked(by, question_id)
    if not may_settle(by, question):
        raise PermissionDenied(_("质询由提问人、提问机构的审核人或省联席会议办公室办结。"))
    if question.asked_by_id != by.pk and is_involved(by, question.return_ref):
        raise PermissionDenied(_("这份报表由您填写或报送，须由他人审核。"))
    if question.closed_at:
        return question
    if question.return_ref.status == ReturnStatus.ACCEPTED:
        raise MoveRefused([_("报表已确认，质询不再变动。")])
    question.closed_by, question.closed_at = by, timezone.now()
    question.save(update_fields=["closed_by", "closed_at"])
    letters.closing_told(question)
    return question


def _locked(by: User, question_id: int) -> Question:
    """The question and its return, both locked: an acceptance under way is waited for."""
    question = Question.objects.visible_to(by).get(pk=question_id)
    return_ = return_lock(by, question.return_ref_id)
    question = (
        Question.objects.select_for_update(of=("self",)).select_related("indicator", "asked_by").get(pk=question.pk)
    )
    question.return_ref = return_
    return question


def _item(return_: Return, code: str) -> Indicator | None:
    if not code:
        return None
    items = {item.code: item for item in asked_indicators([return_])[return_.pk]}
    if code not in items:
        raise ValueInvalid({code: [_("“%(code)s”不是本报表的填报项。请核对指标代码。") % {"code": code}]})
    return items[code]


def _words(text: str, code: str) -> str:
    text = text.strip()
    if not text:
        raise ValueInvalid({code: [_("请写明内容。")]})
    if len(text) > _TEXT_LENGTH:
        raise ValueInvalid({code: [_("内容最多 %(most)d 字，请精简。") % {"most": _TEXT_LENGTH}]})
    return text
