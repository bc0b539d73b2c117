"""A figure's whole life on one page, or as a part in a dialog (指标值历史)."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from common.access import permission_required
from indicators import selectors
from indicators.models import Indicator, Return
from indicators.views.common import UserRequest
from parks.models import Zone


@require_safe
@permission_required(Permission.RETURN_VIEW)
def value_history(request: UserRequest, pk: int, code: str) -> HttpResponseBase:
    """The cell of a return."""
    returns = Return.objects.visible_to(request.user).select_related("round", "zone")
    return_ = get_object_or_404(returns, pk=pk)
    return _history(request, return_.zone, get_object_or_404(Indicator, code=code), return_.round.period, return_)


@require_safe
@permission_required(Permission.RETURN_VIEW)
def figure_history(request: UserRequest, code: str, indicator: str, period: str) -> HttpResponseBase:
    """Any figure of a zone, also published ones and departments'."""
    zone = get_object_or_404(Zone.objects.visible_to(request.user, Permission.RETURN_VIEW), code=code)
    returns = Return.objects.filter(zone=zone, round__period=period).select_related("round")
    return _history(request, zone, get_object_or_404(Indicator, code=indicator), period, returns.first())


def _history(
    request: UserRequest, zone: Zone, indicator: Indicator, period: str, return_: Return | None
) -> HttpResponseBase:
    context = {
        "history": selectors.value_history(zone=zone, indicator=indicator, period=period),
        "return": return_,
        "year": period[:4],
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, f"indicators/{'_' if part else ''}value_history.html", context)
