"""Putting a round together and changing it, with a live preview (新建与调整填报任务)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from common.access import permission_required
from indicators import services
from indicators.enums import RoundStatus
from indicators.exceptions import MoveRefused, RevisionConflict, RoundInvalid
from indicators.models import Round
from indicators.round_forms import RoundForm
from indicators.selectors.rounds import round_preview
from indicators.services import plans
from indicators.views.common import UserRequest
from parks.provinces import chosen_province

_PAGE = "indicators/round_form.html"
_PREVIEW = "indicators/_round_preview.html"


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ROUND_MANAGE)
def round_create(request: UserRequest) -> HttpResponseBase:
    """A new round. With `preview` the answer says what opening it would do, and nothing is stored."""
    if request.method != "POST":
        return _page(request, RoundForm(initial=RoundForm.suggested(timezone.localdate()), region=_region(request)))
    form = RoundForm(request.POST, region=_region(request))
    if "preview" in request.POST or not form.is_valid():
        return _answer(request, form, None)
    try:
        round_ = services.round_create(by=request.user, plan=form.plan())
    except RoundInvalid as refused:
        form.refuse(refused)
        return _page(request, form, status=422)
    messages.success(request, _("“%(round)s”已建立。核对后点“开放填报”，园区才会收到。") % {"round": round_})
    return redirect(round_)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ROUND_MANAGE)
def round_change(request: UserRequest, pk: int) -> HttpResponseBase:
    """Change a round; what an open one asks already is shown and stays."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    if round_.status == RoundStatus.CLOSED:
        messages.error(request, _("填报任务已结束，不能调整。如需调整，请先重新开放。"))
        return redirect(round_)
    if request.method != "POST":
        return _page(request, RoundForm(round_=round_), round_)
    form = RoundForm(request.POST, round_=round_)
    if "preview" in request.POST or not form.is_valid():
        return _answer(request, form, round_)
    version = form.cleaned_data["base_version"]
    try:
        services.round_change(by=request.user, round_id=round_.pk, plan=form.plan(), base_version=version)
    except RoundInvalid as refused:
        form.refuse(refused)
        return _page(request, form, round_, status=422)
    except (RevisionConflict, MoveRefused) as refused:
        form.add_error(None, str(refused))
        return _page(request, form, round_, status=409)
    messages.success(request, _("“%(round)s”已保存。") % {"round": Round.objects.get(pk=round_.pk)})
    return redirect(round_)


@require_POST
@permission_required(Permission.ROUND_MANAGE)
def round_copy(request: UserRequest, pk: int) -> HttpResponseBase:
    """The same for the following period, to be looked through and opened."""
    get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    try:
        copied = services.round_copy(by=request.user, round_id=pk)
    except RoundInvalid as refused:
        messages.error(request, str(refused))
        return redirect("round_list")
    messages.success(request, _("已复制为“%(round)s”。请核对日期和范围。") % {"round": copied})
    return redirect("round_change", copied.pk)


@require_POST
@permission_required(Permission.ROUND_MANAGE)
def round_discard(request: UserRequest, pk: int) -> HttpResponseBase:
    """Throw away a round that was never opened."""
    round_ = get_object_or_404(Round.objects.visible_to(request.user), pk=pk)
    try:
        services.round_discard(by=request.user, round_id=pk)
    except MoveRefused as refused:
        messages.error(request, str(refused))
        return redirect(round_)
    messages.success(request, _("“%(round)s”已删除。") % {"round": round_})
    return redirect("round_list")


def _region(request: UserRequest) -> str:
    province = chosen_province(request.user)
    return province.code if province else ""


def _answer(request: UserRequest, form: RoundForm, round_: Round | None) -> HttpResponse:
    """The preview alone to htmx, else the page with it and what is wrong at the fields."""
    if request.htmx and "preview" in request.POST:  # type: ignore[attr-defined]
        return render(request, _PREVIEW, _foreseen(form, round_))
    status = 200 if "preview" in request.POST else 422
    return _page(request, form, round_, status=status, foreseen=_foreseen(form, round_))


def _foreseen(form: RoundForm, round_: Round | None) -> dict[str, Any]:
    """What opening would do, once the plan can be read; else what is wrong with it."""
    if not form.is_valid():
        return {"faults": _faults(form)}
    plan = form.plan()
    try:
        plans.require(plan, round_)
    except RoundInvalid as refused:
        form.refuse(refused)
        return {"faults": _faults(form)}
    seen = round_preview(plan, round_)
    return {
        "seen": seen,
        "plan": plan,
        "clash": services.clash_words(seen.clashes) if seen.clashes else "",
        "early": plan.due_on <= plan.last_day,
        "past": plan.due_on < timezone.localdate(),
    }


def _faults(form: RoundForm) -> list[str]:
    named = []
    for name, sentences in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        named += [f"{label}：{sentence}" if label else str(sentence) for sentence in sentences]
    return named


def _page(
    request: UserRequest,
    form: RoundForm,
    round_: Round | None = None,
    *,
    status: int = 200,
    foreseen: dict[str, Any] | None = None,
) -> HttpResponse:
    if foreseen is None and round_ is not None and not form.is_bound:
        plan_form = RoundForm({**_as_posted(form)}, round_=round_)
        foreseen = _foreseen(plan_form, round_)
    context = {"form": form, "round": round_, "is_open": bool(round_ and round_.status == RoundStatus.OPEN)}
    return render(request, _PAGE, context | (foreseen or {}), status=status)


def _as_posted(form: RoundForm) -> dict[str, Any]:
    """The values the unbound form shows, as a browser would send them."""
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
