"""Reported figures beside departments': what differs, who decides, what counts (核对)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import structlog
from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form, HiddenInput, Select
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from common.access import permission_required
from indicators import selectors, services
from indicators.differences_export import differences_xlsx
from indicators.enums import Prevailing, ReturnStatus, ValueSource, Verdict
from indicators.exceptions import MoveRefused, RevisionConflict, ValueInvalid
from indicators.filters_departments import DifferenceFilter
from indicators.forms_reconciliation import BulkDecisionForm, DecisionForm, ToleranceForm
from indicators.models import Indicator, Value
from indicators.views.common import UserRequest
from parks.models import Region, Zone

log = structlog.get_logger(__name__)
PAGE_SIZE = 50
PREVIEW = 20


# ---- the list ----------------------------------------------------------------------------------------------------


@require_safe
@permission_required(Permission.RETURN_VIEW)
def reconciliation_list(request: UserRequest) -> HttpResponseBase:
    """Differences beyond tolerance in a period, the worst first, with how far their reconciliation is."""
    periods = selectors.periods_known(request.user)
    chosen = _filter(request, periods)
    period = chosen.data["period"]
    page = Paginator(chosen.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    pairs = selectors.pairs_of(page)
    _offer_items(chosen)
    context = {
        "periods": periods,
        "period": period,
        "filter": chosen,
        "page_obj": page,
        "pairs": pairs,
        "marks": _marks(pairs),
        "all_href": f"?period={period}&state=all",
        "coverage": selectors.coverage(request.user, period) if period else None,
        "may_decide": request.user.may(Permission.RECONCILE),
        "may_export": request.user.may(Permission.EXPORT),
        "query": chosen.data.urlencode(),
    }
    return render(request, "indicators/reconciliation_list.html", context)


def _filter(request: UserRequest, periods: list[str]) -> DifferenceFilter:
    """The filter as asked; the newest period and what is undecided by default."""
    data = QueryDict(mutable=True)
    data.update({key: str(value) for key, value in request.GET.items() if key in DifferenceFilter.base_filters})
    asked = data.get("period", "")
    data["period"] = asked if asked in periods else next(iter(periods), "")
    data.setdefault("state", "undecided")
    differing = selectors.differences(request.user)
    chosen = DifferenceFilter(data, queryset=differing)
    chosen.form.fields["period"].widget = HiddenInput()  # chosen by tabs
    cities = Region.objects.filter(pk__in=Zone.objects.visible_to(request.user, Permission.RETURN_VIEW).values("city"))
    if cities.count() < 2:
        del chosen.form.fields["city"]
    return chosen


def _offer_items(chosen: DifferenceFilter) -> None:
    """Let the reader choose among the items that departments have delivered for the period."""
    delivered = Value.objects.filter(source=ValueSource.DEPARTMENT, period=chosen.data["period"])
    items = Indicator.objects.filter(pk__in=delivered.values("indicator"))
    field = chosen.form.fields["indicator"]
    field.label = _("指标")
    field.widget = Select(choices=[("", _("全部")), *((item.code, item.label) for item in items)])


@require_safe
@permission_required(Permission.EXPORT)
def reconciliation_export(request: UserRequest) -> HttpResponseBase:
    """Exactly the filtered differences, in their order, as a workbook; leaves a line in the log."""
    chosen = _filter(request, selectors.periods_known(request.user))
    asked = {key: str(value) for key, value in chosen.data.items() if value}
    pairs = selectors.pairs_of(chosen.qs)
    log.info("reconciliation_export", user=request.user.get_username(), rows=len(pairs), filters=asked)
    about = [
        (_("内容"), _("园区填报数与部门数据超出容差的差异")),
        (_("筛选条件"), "; ".join(f"{DifferenceFilter.base_filters[k].label}: {v}" for k, v in asked.items())),
        (_("条数"), str(len(pairs))),
        (_("导出时间"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("导出人"), str(request.user)),
    ]
    name = f"reconciliation-{chosen.data['period'] or 'none'}-{timezone.localdate():%Y%m%d}.xlsx"
    return FileResponse(differences_xlsx(pairs, about), as_attachment=True, filename=name)


# ---- deciding many -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RECONCILE)
def reconciliation_bulk(request: UserRequest) -> HttpResponseBase:
    """Decide alike on everything the filter finds: first a preview with the count, then the decision."""
    chosen = _filter(request, selectors.periods_known(request.user))
    if request.method != "POST":
        return _bulk_page(request, chosen)
    form = BulkDecisionForm(request.POST)
    if not form.is_valid():
        return _bulk_page(request, chosen, form, status=422)
    try:
        made = services.reconciliations_decide(by=request.user, differing=chosen.qs, **form.cleaned_data)
    except RevisionConflict as conflict:
        return _bulk_page(request, chosen, form, [str(conflict)], status=409)
    except MoveRefused as refused:
        return _bulk_page(request, chosen, form, refused.reasons, status=422)
    messages.success(request, _("已裁定 %(count)d 项差异。") % {"count": len(made)})
    return redirect(f"{reverse('reconciliation_list')}?period={chosen.data['period']}&state=decided")


def _bulk_page(
    request: UserRequest,
    chosen: DifferenceFilter,
    form: BulkDecisionForm | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    pairs = selectors.pairs_of(chosen.qs)
    # A form that comes back asks about what stands now.
    shown = services.fingerprint(pairs)
    if form is not None:
        form.data = {**_typed(form), "shown": shown}
    counts: dict[Indicator, int] = {}
    for pair in pairs:
        counts[pair.indicator] = counts.get(pair.indicator, 0) + 1
    context = {
        "filter": chosen,
        "period": chosen.data["period"],
        "query": chosen.data.urlencode(),
        "filters": [
            (f.label, _shown(chosen, name)) for name, f in chosen.base_filters.items() if chosen.data.get(name)
        ],
        "count": len(pairs),
        "counts": sorted(counts.items(), key=lambda entry: -entry[1]),
        "zones": len({pair.zone.pk for pair in pairs}),
        "accepted": sum(is_accepted(pair) for pair in pairs),
        "pairs": pairs[:PREVIEW],
        "marks": _marks(pairs),
        "form": form or BulkDecisionForm(initial={"shown": shown, "verdict": Verdict.DEPARTMENT}),
        "problems": problems or [],
    }
    return render(request, "indicators/reconciliation_bulk.html", context, status=status)


def _shown(chosen: DifferenceFilter, name: str) -> str:
    """The value of a filter in the words of its field."""
    value = chosen.data[name]
    choices = dict(getattr(chosen.base_filters[name], "extra", {}).get("choices", []))
    if name == "city":
        return str(Region.objects.filter(code=value).first() or value)
    return str(choices.get(value, value))


def _typed(form: Form) -> dict[str, object]:
    """What was sent, one value a field, to be shown again."""
    return {name: form.data.get(name, "") for name in form.fields}


def is_accepted(pair: selectors.Pair) -> bool:
    """Whether the return of the reported figure is accepted: then the park's figure stays as filed."""
    return_ = pair.reported.return_ref if pair.reported else None
    return return_ is not None and return_.status == ReturnStatus.ACCEPTED


# ---- side by side --------------------------------------------------------------------------------------------------


@require_safe
@permission_required(Permission.RETURN_VIEW)
def reconciliation_item(request: UserRequest, code: str) -> HttpResponseBase:
    """One item in all zones of a period, both sides; the office sets its tolerance here."""
    item = get_object_or_404(Indicator.objects.base().for_zones(), code=code)
    return _item_page(request, item)


def _item_page(
    request: UserRequest, item: Indicator, form: ToleranceForm | None = None, status: int = 200
) -> HttpResponse:
    periods, period = _period(request)
    pairs = selectors.side_by_side(request.user, period=period, indicator=item) if period else []
    context = {
        "item": item,
        "periods": periods,
        "period": period,
        "pairs": sorted(pairs, key=_order),
        "tally": _tally(pairs),
        "may_set": request.user.may(Permission.RECONCILE),
        "form": form or ToleranceForm(initial={"tolerance_pct": item.tolerance_pct, "prevailing": item.prevailing}),
        "prevailing": Prevailing(item.prevailing).label,
        "marks": _marks(pairs),
    }
    return render(request, "indicators/reconciliation_item.html", context, status=status)


@require_POST
@permission_required(Permission.RECONCILE)
def tolerance_save(request: UserRequest, code: str) -> HttpResponseBase:
    """Set how far the figures of an item may differ, and whose counts meanwhile."""
    item = get_object_or_404(Indicator.objects.base().for_zones(), code=code)
    form = ToleranceForm(request.POST)
    if not form.is_valid():
        return _item_page(request, item, form, status=422)
    try:
        services.tolerance_save(by=request.user, indicator=item, **form.cleaned_data)
    except ValueInvalid as invalid:
        form.add_error("tolerance_pct", invalid.messages)
        return _item_page(request, item, form, status=422)
    messages.success(request, _("已保存“%(item)s”的容差和以谁为准。") % {"item": item.label})
    period = request.POST.get("period", "")
    return redirect(f"{reverse('reconciliation_item', args=[code])}?period={period}")


@require_safe
@permission_required(Permission.RETURN_VIEW)
def reconciliation_zone(request: UserRequest, zone: str) -> HttpResponseBase:
    """One zone's items in a period, both sides."""
    place = _zone(request, zone)
    periods, period = _period(request)
    pairs = selectors.side_by_side(request.user, period=period, zone=place) if period else []
    context = {
        "zone": place,
        "periods": periods,
        "period": period,
        "pairs": sorted(pairs, key=_order),
        "tally": _tally(pairs),
        "marks": _marks(pairs),
    }
    return render(request, "indicators/reconciliation_zone.html", context)


def _zone(request: UserRequest, code: str) -> Zone:
    zones = Zone.objects.visible_to(request.user, Permission.RETURN_VIEW).select_related("administration", "city")
    return get_object_or_404(zones, code=code)


def _period(request: UserRequest) -> tuple[list[str], str]:
    """The periods there are and the one asked for, the newest when none is."""
    periods = selectors.periods_known(request.user)
    asked = request.GET.get("period") or request.POST.get("period", "")
    return periods, asked if asked in periods else (periods[0] if periods else "")


def _order(pair: selectors.Pair) -> tuple[int, Decimal]:
    """What is to decide first, the worst first; what misses a side last."""
    states = ["difference_void", "difference_open", "difference_decided", "difference_within", "difference_none"]
    rank = states.index(pair.state) if pair.state in states else len(states)
    return rank, -abs(pair.share) if pair.share is not None else Decimal(-(10**9))


def _tally(pairs: list[selectors.Pair]) -> dict[str, int]:
    tally: dict[str, int] = {}
    for pair in pairs:
        tally[pair.state] = tally.get(pair.state, 0) + 1
    tally["undecided"] = tally.get("difference_open", 0) + tally.get("difference_void", 0)
    tally["compared"] = sum(pair.comparable for pair in pairs)
    tally["beyond"] = sum(pair.beyond for pair in pairs)
    return tally


def _marks(pairs: Sequence[selectors.Pair]) -> dict[str, bool]:
    """Whether any and whether all of the figures shown are demonstration data: all are marked once, some one by one."""
    marks = [side.synthetic for pair in pairs for side in (pair.reported, pair.known) if side]
    return {"any": any(marks), "all": bool(marks) and all(marks)}


# ---- one pair ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RETURN_VIEW)
def reconciliation_detail(request: UserRequest, zone: str, code: str, period: str) -> HttpResponseBase:
    """The two figures of a cell, where they come from, what was decided; the office decides here."""
    pair = _pair(request, zone, code, period)
    if request.method != "POST":
        return _detail_page(request, pair)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, pair, form, status=422)
    facts = form.cleaned_data
    try:
        services.reconciliation_decide(
            by=request.user,
            zone=pair.zone,
            indicator=pair.indicator,
            period=period,
            verdict=facts["verdict"],
            reason=facts["reason"],
            seen=(facts["reported"], facts["known"]),
        )
    except RevisionConflict as conflict:
        return _detail_page(request, _pair(request, zone, code, period), form, [str(conflict)], status=409)
    except MoveRefused as refused:
        return _detail_page(request, pair, form, refused.reasons, status=422)
    messages.success(request, _("已裁定：%(verdict)s。") % {"verdict": Verdict(facts["verdict"]).label})
    return redirect("reconciliation_detail", zone, code, period)


def _pair(request: UserRequest, zone: str, code: str, period: str) -> selectors.Pair:
    place = _zone(request, zone)
    for pair in selectors.side_by_side(request.user, period=period, zone=place):
        if pair.indicator.code == code:
            return pair
    raise Http404


def _detail_page(
    request: UserRequest,
    pair: selectors.Pair,
    form: DecisionForm | None = None,
    problems: list[str] | None = None,
    status: int = 200,
) -> HttpResponse:
    reported, known = pair.reported, pair.known
    if form is not None and reported and known:
        # A form that comes back is about the figures as they stand now.
        form.data = {**_typed(form), "reported": reported.number, "known": known.number}
    initial = {"reported": reported and reported.number, "known": known and known.number}
    context = {
        "pair": pair,
        "decisions": selectors.decisions_on(pair),
        "may_decide": request.user.may(Permission.RECONCILE) and bool(pair.gap),
        "form": form or DecisionForm(initial=initial),
        "problems": problems or [],
        "accepted": is_accepted(pair),
        "may_correct": _may_correct(request, pair),
        "sides": _sides(pair),
    }
    return render(request, "indicators/reconciliation_detail.html", context, status=status)


def _sides(pair: selectors.Pair) -> list[dict[str, Any]]:
    """Both figures with their source, for the two cards of the page."""
    counted = pair.counted
    return [
        {"title": _("园区填报"), "value": pair.reported, "counts": _same(counted, pair.reported)},
        {
            "title": _("部门数据：%(who)s") % {"who": pair.indicator.get_department_display()},
            "value": pair.known,
            "counts": _same(counted, pair.known),
        },
    ]


def _same(one: Value | None, other: Value | None) -> bool:
    return one is not None and one == other


def _may_correct(request: UserRequest, pair: selectors.Pair) -> bool:
    """Whether this reader may ask for a correction of the park's accepted figure."""
    return is_accepted(pair) and request.user.may(Permission.RETURN_SUBMIT, pair.zone.administration.path)
