"""Opening and closing a round, reminding its parks, giving them more time; each with a preview (开放、结束、催报、延期)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from common.access import permission_required
from indicators import reminders, services
from indicators.enums import EDITABLE_STATUSES, RoundStatus
from indicators.exceptions import MoveRefused
from indicators.filters import BoardFilter
from indicators.models import Return, Round
from indicators.round_forms import ExtensionForm
from indicators.selectors.rounds import closing_preview
from indicators.views.common import UserRequest, due_words

_REFUSED = 3  # returns whose refusal is told one by one


@require_POST
@permission_required(Permission.ROUND_MANAGE)
def round_open(request: UserRequest, pk: int) -> HttpResponseBase:
    """Open a round, or open it again: every zone asked that has no return yet gets one."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    try:
        made = services.round_open(by=request.user, round=round_)
    except MoveRefused as refused:
        for reason in refused.reasons:
            messages.error(request, reason)
        return redirect(round_)
    words = _("“%(round)s”已开放，新下发 %(n)s 份报表。")
    messages.success(request, words % {"round": round_, "n": made})
    return redirect(round_)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ROUND_MANAGE)
def round_close(request: UserRequest, pk: int) -> HttpResponseBase:
    """Say how many returns are not accepted yet, then close."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    if request.method != "POST":
        context = {"round": round_, "closing": closing_preview(round_)}
        return render(request, "indicators/round_close.html", context)
    try:
        services.round_close(by=request.user, round_id=round_.pk)
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect(round_)
    messages.success(request, _("“%(round)s”已结束，园区不能再填写和报送；已报送的仍可审核。") % {"round": round_})
    return redirect(round_)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ROUND_MANAGE)
def round_remind(request: UserRequest, pk: int) -> HttpResponseBase:
    """Say whom a reminder of the chosen returns would reach, then send it."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    if request.method != "POST":
        returns = reminders.remindable(_chosen(request, round_))
        context = {"round": round_, "reach": reminders.preview(returns), "lines": _lines(returns)}
        return render(request, "indicators/round_remind.html", context)
    done = services.returns_remind(by=request.user, return_ids=_posted(request, round_))
    if done.people:
        words = _("已催报 %(n)s 份报表，通知 %(people)s 人（其中 %(mails)s 人有邮箱）。")
        messages.success(request, words % {"n": len(done.told), "people": done.people, "mails": done.mails})
    else:
        messages.info(request, _("没有发出新的催报：这些园区今天已经催过，或没有可通知的人。"))
    return redirect(round_)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ROUND_MANAGE)
def round_extend(request: UserRequest, pk: int) -> HttpResponseBase:
    """Give the chosen returns more time, with a reason."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    if request.method != "POST":
        return _extend_page(request, round_, _extendable(_chosen(request, round_)), ExtensionForm())
    ids = _posted(request, round_)
    form = ExtensionForm(request.POST)
    if form.is_valid():
        try:
            done = services.returns_extend(by=request.user, return_ids=ids, **form.cleaned_data)
        except MoveRefused as refused:
            form.add_error(None, refused.reasons)
        else:
            return _extended(request, round_, done)
    returns = _extendable(Return.objects.visible_to(request.user, Permission.ROUND_MANAGE).filter(pk__in=ids))
    return _extend_page(request, round_, returns, form, status=422)


def _extended(request: UserRequest, round_: Round, done: services.Extended) -> HttpResponseBase:
    if done.returns:
        words = ngettext(
            "%(n)s 份报表已延期，已通知 %(people)s 人。",
            "%(n)s 份报表已延期，已通知 %(people)s 人。",
            len(done.returns),
        )
        messages.success(request, words % {"n": len(done.returns), "people": done.people})
    for _return, why in done.refused[:_REFUSED]:
        messages.warning(request, why)
    if more := len(done.refused[_REFUSED:]):
        messages.warning(request, ngettext("另有 %(n)s 份没有延期。", "另有 %(n)s 份没有延期。", more) % {"n": more})
    return redirect(f"{round_.get_absolute_url()}?view=zone")


def _extend_page(
    request: UserRequest, round_: Round, returns: list[Return], form: ExtensionForm, status: int = 200
) -> HttpResponseBase:
    context = {"round": round_, "lines": _lines(returns), "form": form}
    return render(request, "indicators/round_extend.html", context, status=status)


def _extendable(returns: QuerySet[Return]) -> list[Return]:
    rows = returns.filter(round__status=RoundStatus.OPEN, status__in=EDITABLE_STATUSES)
    return list(rows.select_related("round", "zone__administration", "zone__city").order_by("zone__code"))


def _chosen(request: UserRequest, round_: Round) -> QuerySet[Return]:
    """The returns that are ticked, else those that the board's filter shows; none when it is filled in wrongly."""
    returns = Return.objects.visible_to(request.user, Permission.ROUND_MANAGE).filter(round=round_)
    if ids := _ids(request.GET.getlist("id")):
        return returns.filter(pk__in=ids)
    chosen = BoardFilter(request.GET, queryset=returns)
    return chosen.qs if chosen.is_valid() else returns.none()


def _posted(request: UserRequest, round_: Round) -> list[int]:
    """The returns that were shown before the click, as far as they are this round's."""
    ids = _ids(request.POST.getlist("id"))
    return list(round_.returns.filter(pk__in=ids).values_list("pk", flat=True))


def _ids(texts: list[str]) -> list[int]:
    return [int(text) for text in texts if text.isascii() and text.isdigit() and len(text) < 16]


def _lines(returns: list[Return]) -> list[dict[str, Any]]:
    return [{"return": return_, "due": due_words(return_)} for return_ in returns]
