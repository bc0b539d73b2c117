"""Province-wide series, entered by the office beside what the registers count (全省数据)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.enums import Permission
from common.access import permission_required
from indicators import services
from indicators.enums import IndicatorScope
from indicators.exceptions import ValueInvalid
from indicators.forms import ProvinceValueForm
from indicators.models import Indicator, ProvinceValue
from indicators.views.common import UserRequest
from parks.provinces import chosen_province, prefix_of
from registers.selectors import RegisterFigure, province_figure

FIRST_YEAR = 2016  # the base year of the policy's targets


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.PROVINCE_SERIES_ENTER)
def province_series(request: UserRequest) -> HttpResponseBase:
    """The table of series and years; `?code=…&year=…` opens one cell with its source and history."""
    chosen = _chosen(request)
    if request.method == "POST":
        if chosen is None:
            raise Http404
        return _save(request, *chosen)
    return _page(request, chosen)


def _chosen(request: UserRequest) -> tuple[Indicator, int] | None:
    code, year = request.GET.get("code", ""), request.GET.get("year", "")
    if not code and not year:
        return None
    if not year.isdecimal() or int(year) not in _years():
        raise Http404
    return get_object_or_404(Indicator.objects.base(), code=code, scope=IndicatorScope.PROVINCE), int(year)


def _years() -> range:
    return range(FIRST_YEAR, timezone.localdate().year + 1)


def _save(request: UserRequest, indicator: Indicator, year: int) -> HttpResponseBase:
    form = ProvinceValueForm(indicator, request.POST)
    if not form.is_valid():
        return _page(request, (indicator, year), form, status=422)
    try:
        services.province_value_save(by=request.user, indicator_code=indicator.code, year=year, **form.cleaned_data)
    except ValueInvalid as invalid:
        form.add_error("number", invalid.messages)
        return _page(request, (indicator, year), form, status=422)
    messages.success(request, _("已保存：%(name)s，%(year)d 年。") % {"name": indicator.label, "year": year})
    return redirect(f"{reverse('province_series')}?code={indicator.code}&year={year}")


def _page(
    request: UserRequest, chosen: tuple[Indicator, int] | None, form: ProvinceValueForm | None = None, status: int = 200
) -> HttpResponse:
    region = chosen_province(request.user)
    whose = region.code if region else ""
    held = ProvinceValue.objects.of_province(whose).select_related("updated_by")
    values = {(value.indicator_id, value.year): value for value in held}
    indicators = Indicator.objects.base().filter(scope=IndicatorScope.PROVINCE)
    years = _years()
    context: dict[str, Any] = {
        "years": years,
        "rows": [(row, [(year, values.get((row.pk, year))) for year in years]) for row in indicators],
        "filled": len(values),
        "synthetic": any(value.synthetic for value in values.values()),
    }
    if chosen:
        indicator, year = chosen
        value = values.get((indicator.pk, year))
        known = province_figure(indicator.code, year, prefix_of(whose))
        initial = _initial(indicator, value, known)
        context |= {
            "indicator": indicator,
            "year": year,
            "value": value,
            "registered": known,
            "differs": bool(
                value and known and abs(float(value.number) - known.number) > 0.6 * 10**-indicator.decimals
            ),
            "form": form or ProvinceValueForm(indicator, initial=initial),
            "history": _history(value),
        }
    return render(request, "indicators/province_series.html", context, status=status)


def _initial(indicator: Indicator, value: ProvinceValue | None, known: RegisterFigure | None) -> dict[str, Any]:
    """What the editor opens with: the figure entered, else what a register counts, with where it is from."""
    if value is not None:
        return {"number": value.number.normalize(), "source_note": value.source_note}
    if known is None:
        return {"number": "", "source_note": ""}
    note = _("“%(register)s”中的 %(n)d 条") % {"register": known.register.label, "n": known.entries}
    return {
        "number": round(known.number, indicator.decimals) if indicator.decimals else round(known.number),
        "source_note": note,
    }


def _history(value: ProvinceValue | None) -> list[Any]:
    """Every version the database kept of a figure, newest first, with who entered it."""
    if value is None:
        return []
    events = ProvinceValue.pgh_event_model.objects.filter(pgh_obj=value)  # type: ignore[attr-defined]
    return list(events.select_related("updated_by").order_by("-pgh_id"))
