"""Pages on which the office records what became of a zone and how its statistics are split (登记沿革与分成)."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.enums import Permission
from accounts.models import User
from common.access import permission_required, require
from parks import services
from parks.exceptions import LineageInvalid
from parks.forms import RegionRows, ShareRows, SplitForm, SuccessionForm, SuccessorRows
from parks.models import StatisticalShare, Zone, ZoneSuccession


def _zone(request: HttpRequest, code: str) -> Zone:
    """The zone, 404 outside the user's territory, 403 without the right over it."""
    user = cast("User", request.user)
    zone = get_object_or_404(Zone.objects.visible_to(user).select_related("administration"), code=code)
    require(user, Permission.LINEAGE_RECORD, zone.administration.path)
    return zone


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.LINEAGE_RECORD)
def zone_succession(request: HttpRequest, code: str) -> HttpResponseBase:
    """The form for a merger, split or trust of this zone."""
    zone = _zone(request, code)
    form, rows = SuccessionForm(request.POST or None), SuccessorRows(request.POST or None)
    if form.is_valid() and rows.is_valid():
        try:
            services.zone_succession_record(by=_by(request), predecessor=zone, shares=rows.shares, **form.cleaned_data)
        except LineageInvalid as invalid:
            form.add_error(None, invalid.messages)
        else:
            messages.success(request, _("已登记“%(zone)s”的沿革。") % {"zone": zone})
            return redirect(zone)
    recorded = ZoneSuccession.objects.filter(predecessor=zone).select_related("predecessor", "successor")
    return _page(request, zone, form, rows, {"recorded": recorded, "what": "succession", "title": _("登记沿革")})


@require_POST
@permission_required(Permission.LINEAGE_RECORD)
def succession_withdraw(request: HttpRequest, code: str) -> HttpResponseBase:
    """Take back what was recorded by mistake for the day given."""
    zone = _zone(request, code)
    try:
        day = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        raise Http404 from None
    if services.zone_succession_withdraw(by=_by(request), predecessor=zone, on=day):
        messages.success(request, _("已撤销登记，历史中仍有记载。"))
    return redirect("zone_succession", zone.code)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.LINEAGE_RECORD)
def zone_shares(request: HttpRequest, code: str) -> HttpResponseBase:
    """The form for the agreed split of this zone's statistics; all rows empty takes the year's split back."""
    zone = _zone(request, code)
    form, rows = SplitForm(request.POST or None), RegionRows(request.POST or None)
    if form.is_valid() and rows.is_valid():
        try:
            services.statistical_shares_record(by=_by(request), zone=zone, shares=rows.shares, **form.cleaned_data)
        except LineageInvalid as invalid:
            form.add_error(None, invalid.messages)
        else:
            messages.success(request, _("已登记“%(zone)s”的统计数据分成。") % {"zone": zone})
            return redirect(zone)
    recorded = StatisticalShare.objects.filter(zone=zone).select_related("region")
    return _page(request, zone, form, rows, {"recorded": recorded, "what": "shares", "title": _("登记统计数据分成")})


def _by(request: HttpRequest) -> User:
    return cast("User", request.user)


def _page(
    request: HttpRequest, zone: Zone, form: forms.BaseForm, rows: ShareRows, context: dict[str, Any]
) -> HttpResponse:
    status = 422 if request.method == "POST" else 200
    context |= {"zone": zone, "form": form, "rows": rows}
    return render(request, "parks/lineage_form.html", context, status=status)
