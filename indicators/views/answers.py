"""Answering a reviewer's question on the form (答复质询)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.enums import Permission
from common.access import permission_required
from indicators import services
from indicators.exceptions import MoveRefused, ValueInvalid
from indicators.models import Question
from indicators.views.common import UserRequest


@require_POST
@permission_required(Permission.RETURN_FILL)
def question_answer(request: UserRequest, pk: int) -> HttpResponseBase:
    """Answer in the thread at its cell; to the script the thread as it then stands, to a plain form the page again."""
    refused: list[str] = []
    try:
        services.question_answer(by=request.user, question_id=pk, text=request.POST.get(f"text-{pk}", ""))
    except Question.DoesNotExist:
        raise Http404 from None
    except (ValueInvalid, MoveRefused) as error:
        refused = error.messages if isinstance(error, ValueInvalid) else error.reasons
    question = get_object_or_404(
        Question.objects.visible_to(request.user)
        .select_related("return_ref", "indicator", "asked_by", "organisation")
        .prefetch_related("answers__by"),
        pk=pk,
    )
    if request.accepts("text/html"):
        for sentence in refused:
            messages.error(request, sentence)
        if not refused:
            messages.success(request, _("答复已送出。"))
        return redirect(f"{question.return_ref.get_absolute_url()}#question-{pk}")
    if refused:
        return JsonResponse({"messages": refused}, status=422)
    shown = {"questions": [question], "can_answer": True}
    return JsonResponse({"html": render_to_string("indicators/_thread.html", shown)})
