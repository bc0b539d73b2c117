"""Pages of measures outside a decision (考核决定之外的措施): the list, recording one, the second person's part."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Case, QuerySet, When
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.selectors import holders_by_path
from assessments import services
from assessments.enums import OrderStatus
from assessments.exceptions import MeasureOrderRefused, ProceedingChanged, ProceedingRefused
from assessments.filters_consequences import MeasureOrderFilter
from assessments.forms_consequences import MeasureOrderForm, OrderAnswerForm, OrderConfirmForm
from assessments.models import Measure, MeasureOrder, MeasureOrderFile
from assessments.views.consequences import consequence_tabs
from common.access import permission_required
from common.attachments import file_response
from indicators.views.common import UserRequest
from parks.models import Zone

PAGE_SIZE = 50
ACTS: Mapping[str, tuple[Callable[..., MeasureOrder], type[forms.Form]]] = {
    "confirm": (services.measure_order_confirm, OrderConfirmForm),
    "refuse": (services.measure_order_refuse, OrderAnswerForm),
    "withdraw": (services.measure_order_withdraw, OrderAnswerForm),
}


@require_safe
@permission_required(Permission.MEASURE_ACT)
def measure_order_list(request: UserRequest) -> HttpResponseBase:
    """All that were recorded, those awaiting a second person first."""
    waiting_first = Case(When(status=OrderStatus.PROPOSED, then=0), default=1)
    filtered = MeasureOrderFilter(request.GET, queryset=_orders(request).order_by(waiting_first, "-pk"))
    page = Paginator(filtered.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"filter": filtered, "page_obj": page, "tabs": consequence_tabs(request, "orders")}
    return render(request, "assessments/measure_order_list.html", context)


def _orders(request: UserRequest) -> QuerySet[MeasureOrder]:
    rows = MeasureOrder.objects.visible_to(request.user)
    return rows.select_related("zone__city", "zone__administration", "proposed_by", "settled_by", "measure")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MEASURE_ACT)
def measure_order_new(request: UserRequest) -> HttpResponseBase:
    """The form to record one; what is wrong stands beside its field, and nothing is saved."""
    if request.method != "POST":
        zone = Zone.objects.filter(code=request.GET.get("zone", "")).first()
        form = MeasureOrderForm(request.user, initial={"zone": zone})
        return render(request, "assessments/measure_order_new.html", {"form": form})
    form = MeasureOrderForm(request.user, request.POST, request.FILES)
    if form.is_valid():
        given = {name: value for name, value in form.cleaned_data.items() if name != "documents"}
        try:
            order = services.measure_order_record(by=request.user, files=request.FILES.getlist("documents"), **given)
        except MeasureOrderRefused as refusal:
            for name, text in refusal.faults.items():
                form.add_error({"files": "documents", "": None}.get(name, name), text)
        else:
            messages.success(request, _("已登记，等待另一人复核。复核通过后才采取，并通知园区。"))
            return redirect(order)
    return render(request, "assessments/measure_order_new.html", {"form": form}, status=422)


@require_safe
@permission_required(Permission.MEASURE_ACT)
def measure_order(request: UserRequest, pk: int) -> HttpResponseBase:
    """One of them: its document and what it brings; for a second person confirming or refusing, for its recorder taking it back."""
    return _page(request, get_object_or_404(_orders(request), pk=pk))


def _page(
    request: UserRequest,
    order: MeasureOrder,
    *,
    given: dict[str, forms.Form] | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown: dict[str, forms.Form] = {}
    waiting = order.status == OrderStatus.PROPOSED
    if waiting:
        initial = {"base_revision": order.revision}
        own = order.proposed_by_id == request.user.pk
        if own:
            shown["withdraw"] = OrderAnswerForm(prefix="withdraw", initial=initial)
        elif request.user.may(Permission.DECISION_CONFIRM):
            shown["confirm"] = OrderConfirmForm(prefix="confirm", initial=initial)
            shown["refuse"] = OrderAnswerForm(prefix="refuse", initial=initial)
        shown |= {name: form for name, form in (given or {}).items() if name in shown}
    context = {
        "order": order,
        "files": list(order.files.all()),
        "before": Measure.objects.open().filter(zone=order.zone_id).first() if waiting else None,
        "told": _told(order) if waiting else 0,
        "measure": getattr(order, "measure", None),
        "own": order.proposed_by_id == request.user.pk,
        "forms": shown,
        "problems": problems or [],
    }
    return render(request, "assessments/measure_order.html", context, status=status)


def _told(order: MeasureOrder) -> int:
    """How many people of the zone get a notice once it is confirmed."""
    path = order.zone.administration.path
    return len(holders_by_path([Permission.OBJECTION_FILE], [path])[path])


@require_POST
@permission_required(Permission.MEASURE_ACT, Permission.DECISION_CONFIRM)
def measure_order_act(request: UserRequest, pk: int, act: str) -> HttpResponseBase:
    """Confirm, refuse or withdraw; what is refused comes back as the page with the reasons."""
    order = get_object_or_404(_orders(request), pk=pk)
    service, form_class = ACTS[act]
    form = form_class(request.POST, prefix=act)
    if not form.is_valid():
        return _page(request, order, given={act: form}, status=422)
    problems, status = [], 422
    try:
        order = service(by=request.user, order_id=pk, **form.cleaned_data)
    except ProceedingChanged as changed:
        problems, status = [str(changed)], 409
    except ProceedingRefused as refused:
        problems = refused.reasons
    except PermissionDenied as denied:
        problems, status = [str(denied)], 403
    if problems:
        return _page(request, get_object_or_404(_orders(request), pk=pk), problems=problems, status=status)
    if act == "confirm" and not _told(order):
        messages.warning(request, _("已采取。这个园区没有可收通知的人员，请另行送达。"))
    else:
        told = {"confirm": _("已采取，已通知园区。"), "refuse": _("未通过，已告知登记人。"), "withdraw": _("已撤回。")}
        messages.success(request, told[act])
    return redirect(order.measure if act == "confirm" else order)


@require_safe
@permission_required(Permission.RUN_VIEW)
def measure_order_file(request: UserRequest, pk: int) -> HttpResponseBase:
    """The document itself, to be saved; the zone's people may have it once the measure stands."""
    orders = MeasureOrder.objects.visible_to(request.user)
    file = get_object_or_404(MeasureOrderFile, pk=pk, order__in=orders)
    return file_response(file.file, file.name, file.content_type)
