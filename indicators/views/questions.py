"""Asking about figures and settling what was answered (质询、办结). A part request (htmx) gets the thread back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.access import permission_required
from indicators import selectors, services
from indicators.exceptions import CollectionError, MoveRefused, ValueInvalid
from indicators.models import Indicator, Question, Return
from indicators.selectors.reviews import REVIEWS, may_settle
from indicators.views.common import UserRequest, find_return, may_review


def thread_rights(request: UserRequest, return_: Return) -> dict[str, Any]:
    """What the reader may do on the reviewer's page of a return (from `find_return`): ask, and settle which questions."""
    mine = {question.pk for question in return_.questions.open() if may_settle(request.user, question)}
    return {"can_ask": may_review(request, return_), "settles": mine}


@require_POST
@permission_required(*REVIEWS)
def question_ask(request: UserRequest, pk: int) -> HttpResponseBase:
    """Ask about a figure (`code`), or about the whole return."""
    return_ = find_return(request, pk)
    code = request.POST.get("code", "")
    text = request.POST.get(f"question-{code}", "")
    return _act(
        request,
        return_,
        code,
        lambda: services.question_ask(by=request.user, return_id=pk, indicator_code=code, text=text),
        typed=text,
    )


@require_POST
@permission_required(*REVIEWS)
def question_close(request: UserRequest, pk: int) -> HttpResponseBase:
    """Settle a question."""
    question = _find(request, pk)
    return _act(
        request,
        find_return(request, question.return_ref_id),
        _code(question.indicator),
        lambda: services.question_close(by=request.user, question_id=pk),
    )


def _find(request: UserRequest, pk: int) -> Question:
    question = Question.objects.visible_to(request.user).select_related("indicator").filter(pk=pk).first()
    if question is None:
        raise Http404
    return question


def _code(indicator: Indicator | None) -> str:
    return indicator.code if indicator else ""


def _act(request: UserRequest, return_: Return, code: str, act: Callable[[], Any], typed: str = "") -> HttpResponseBase:
    problems: list[str] = []
    try:
        act()
    except (ValueInvalid, MoveRefused) as refused:
        problems = refused.messages if isinstance(refused, ValueInvalid) else refused.reasons
    except CollectionError as refused:
        problems = [str(refused)]
    if request.headers.get("HX-Request") == "true":
        context = {
            "return": return_,
            "code": code,
            "questions": selectors.questions_of(return_).get(code, []),
            "problems": problems,
            "typed": typed if problems else "",
            **thread_rights(request, return_),
        }
        return render(request, "indicators/_review_thread.html", context, status=422 if problems else 200)
    for problem in problems:
        messages.error(request, problem)
    if not problems:
        messages.success(request, _("已记下。"))
    return redirect(_place(return_, code))


def _place(return_: Return, code: str) -> str:
    page = reverse("return_review", args=[return_.pk])
    return f"{page}?view=all#cell-{code}" if code else f"{page}#questions"
