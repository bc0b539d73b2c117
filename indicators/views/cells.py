"""The cells of a form as its script saves and follows them (单元格保存与多人同填)."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required
from indicators import selectors, services
from indicators.enums import Channel, ReturnStatus
from indicators.exceptions import ReturnLocked, RevisionConflict, ValueInvalid
from indicators.forms import CellForm
from indicators.models import Indicator, Return, Value
from indicators.presence import presence_note
from indicators.views.common import UserRequest, cell_json, may, period_label, put_beside, sheet_view


@require_POST
@permission_required(Permission.RETURN_FILL)
def value_save(request: UserRequest, pk: int, code: str) -> HttpResponseBase:
    """Save one cell. JSON: 200 saved, 409 changed by another, 422 invalid, 423 locked.

    What the rules say to it is asked for by `return_news`, once for a block of cells: a save is quick.
    """
    own = Return.objects.visible_to(request.user).filter(pk=pk)
    indicator = get_object_or_404(Indicator, code=code, rounds__returns__in=own)
    form = CellForm(indicator, request.POST)
    if not form.is_valid():
        return JsonResponse({"state": "invalid", "messages": form.messages}, status=422)
    try:
        value = services.value_save(
            by=request.user, return_id=pk, indicator_code=code, channel=Channel.FORM, **form.cleaned_data
        )
    except Return.DoesNotExist:
        raise Http404 from None
    except RevisionConflict as conflict:
        current = conflict.current if isinstance(conflict.current, Value) else None
        return JsonResponse({"state": "conflict", "current": cell_json(current)}, status=409)
    except ValueInvalid as invalid:
        return JsonResponse({"state": "invalid", "messages": invalid.messages}, status=422)
    except ReturnLocked as locked:
        return JsonResponse({"state": "locked", "messages": [str(locked)]}, status=423)
    return JsonResponse({"state": "saved", **cell_json(value), "at": timezone.localtime().strftime("%H:%M")})


@require_safe
@permission_required(Permission.RETURN_VIEW)
def return_news(request: UserRequest, pk: int) -> HttpResponseBase:
    """What has changed in a form since `since` (a token), and who else is in it; one query when nothing has.

    JSON `{token, present}`; with changed figures also `cells` by code, `findings` and their HTML; with changed files or
    questions the HTML of those `beside` each cell. To a reader of a form that cannot be filled in it only says `changed`.
    """
    returns = selectors.with_news(Return.objects.visible_to(request.user))
    return_ = get_object_or_404(returns.select_related("round", "zone__administration"), pk=pk)
    editable = return_.is_editable and may(request, Permission.RETURN_FILL, return_)
    token, since = selectors.news_token(return_), request.GET.get("since", "")
    answer: dict[str, Any] = {"token": token, "editable": editable, "changed": token != since}
    if editable:
        present = presence_note(pk, request.user, request.GET.get("at", "")[:60])
        answer["present"] = [{"name": one.name, "code": one.code} for one in present]
        if token != since:
            answer |= _changes(return_, *_kinds(token, since))
    return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def _kinds(token: str, since: str) -> tuple[bool, bool]:
    """Whether figures, and whether files or questions, changed between two tokens; both when `since` is none of ours."""
    now, then = token.split("."), since.split(".")
    if len(then) != len(now):
        return True, True
    return now[0] != then[0], now[1:] != then[1:]


def _changes(return_: Return, figures: bool, beside: bool) -> dict[str, Any]:
    sheet = sheet_view(selectors.return_sheet(return_))
    answer: dict[str, Any] = {}
    if figures:
        year, part = return_.round.year, return_.round.part
        findings = {"editable": True, **sheet.findings_context()}
        derived = {"derived": sheet.derived, "periods": [period_label(back, part) for back in (year, year - 1)]}
        answer = {
            "return_revision": return_.revision,
            "cells": {cell.indicator.code: cell_json(cell.value) for cell in sheet.cells if cell.value},
            "findings": sheet.findings_json(),
            "findings_html": render_to_string("indicators/_findings.html", findings),
            "derived_html": render_to_string("indicators/_derived.html", derived) if sheet.derived else "",
        }
    if beside:
        put_beside(sheet, return_)
        shown = {"return": return_, "editable": True, "can_answer": return_.status != ReturnStatus.ACCEPTED}
        answer["beside"] = {
            cell.indicator.code: render_to_string("indicators/_beside.html", {"cell": cell, **shown})
            for cell in sheet.cells
            if cell.evidence or cell.questions
        }
    return answer
