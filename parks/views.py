"""The registry's pages: list with filters and export, summary by city, one zone (园区登记)."""

from __future__ import annotations

from typing import Any, cast

import structlog
from django import forms
from django.db.models import F, OrderBy, Prefetch, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, ListView, TemplateView

from accounts.enums import Permission
from accounts.models import User
from common.access import PermissionRequired, permission_required
from common.numbers import format_number
from common.statuses import CERTAINTY
from parks.enums import PLATE_LABELS, EventKind
from parks.exports import zones_csv, zones_xlsx
from parks.filters import ZoneFilter
from parks.models import StatisticalShare, Zone, ZoneEvent, ZoneSuccession
from parks.selectors import city_summary, known_industries

log = structlog.get_logger(__name__)

# Names are not offered: the database has no Chinese collation, and code points are no order that a reader knows.
SORT_FIELDS = {
    "code": "code",
    "city": "city__code",
    "star": "star",
    "planned": "planned_area_km2",
    "built": "built_area_km2",
}
COLUMNS = [
    ("plates", gettext_lazy("称号")),
    ("city", gettext_lazy("所在地")),
    ("star", gettext_lazy("星级")),
    ("industries", gettext_lazy("主导产业")),
    ("planned", gettext_lazy("规划面积")),
    ("built", gettext_lazy("建成区面积")),
    ("source", gettext_lazy("来源级别")),
]
EVENT_LOOKS = {
    EventKind.ESTABLISHED: ("flag", "accent"),
    EventKind.APPROVED: ("certificate", "ok"),
    EventKind.ADJUSTED: ("arrow-down-right", "warn"),
    EventKind.STAR: ("award", "accent"),
    EventKind.RANKING: ("list-details", "info"),
    EventKind.AWARD: ("award", "ok"),
    EventKind.CATALOGUE: ("file-text", "mute"),
}
# These count for a whole year (考核年度); the others happened on their date.
YEARLY_EVENTS = {EventKind.STAR, EventKind.RANKING, EventKind.AWARD}


def _user(request: HttpRequest) -> User:
    """The user; the views behind `permission` never see an anonymous one."""
    return cast("User", request.user)


def _sorted(zones: QuerySet[Zone], key: str) -> QuerySet[Zone]:
    """By a key of SORT_FIELDS, "-" before it for descending; what has no value stands last; the code settles ties."""
    field = SORT_FIELDS.get(key.removeprefix("-"), "code")
    order = OrderBy(F(field), descending=key.startswith("-"), nulls_last=True)
    return zones.order_by(order, "code")


def _asked_zones(request: HttpRequest, permission: str) -> tuple[ZoneFilter, QuerySet[Zone]]:
    """The filter as filled in and the zones it lets through, in the order asked; none when it is filled in wrongly."""
    base = Zone.objects.visible_to(_user(request), permission).select_related("city", "county")
    chosen = ZoneFilter(request.GET, queryset=base)
    zones = chosen.qs if chosen.is_valid() else base.none()
    return chosen, _sorted(zones, request.GET.get("sort", ""))


class ZoneList(PermissionRequired, ListView[Zone]):
    """All zones of one's territory, filtered and sorted (园区名录)."""

    permission = Permission.ZONE_VIEW
    template_name = "parks/zone_list.html"
    paginate_by = 50

    def get_queryset(self) -> QuerySet[Zone]:
        self.filter, zones = _asked_zones(self.request, self.permission)
        return zones.prefetch_related("designations")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {
            "filter": self.filter,
            "columns": [{"key": key, "label": label} for key, label in COLUMNS],
            "industries": known_industries(),
            "may_export": _user(self.request).may(Permission.EXPORT),
            "certainties": CERTAINTY.items(),
        }


@permission_required(Permission.EXPORT)
def zone_export(request: HttpRequest) -> HttpResponseBase:
    """Exactly the filtered list, in its order, of the zones over which the user may export; leaves a line in the log."""
    chosen, zones = _asked_zones(request, Permission.EXPORT)
    zones = zones.prefetch_related("designations__zone", "aliases")
    asked = {key: value for key, value in request.GET.items() if value and key in chosen.filters}
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    count = zones.count()
    log.info("zone_export", user=request.user.get_username(), kind=kind, zones=count, filters=asked)
    name = f"zones-{timezone.localdate():%Y%m%d}.{kind}"
    if kind == "csv":
        return StreamingHttpResponse(
            zones_csv(zones.iterator(chunk_size=500)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    about = [
        (_("内容"), _("园区登记表：每行一个园区，称号另表")),
        (_("筛选条件"), "; ".join(f"{chosen.filters[key].label}: {value}" for key, value in asked.items()) or _("无")),
        (_("园区数"), str(count)),
        (_("导出时间"), f"{timezone.localtime():%Y-%m-%d %H:%M}"),
        (_("导出人"), str(request.user)),
    ]
    return FileResponse(zones_xlsx(zones.iterator(chunk_size=500), about), as_attachment=True, filename=name)


class DayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("截至"), widget=forms.DateInput(attrs={"type": "date"}))


class CitySummary(PermissionRequired, TemplateView):
    """Plates in force on a day, by city, class and level (分市汇总)."""

    permission = Permission.ZONE_VIEW
    template_name = "parks/city_summary.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        today = timezone.localdate()
        form = DayForm(self.request.GET if "day" in self.request.GET else {"day": today})
        day = form.cleaned_data["day"] if form.is_valid() else today
        lines, total = city_summary(_user(self.request), day)
        return super().get_context_data(**kwargs) | {
            "form": form,
            "day": day,
            "is_today": day == today,
            "labels": list(PLATE_LABELS.values()),
            "lines": lines,
            "total": total,
        }


class ZoneDetail(PermissionRequired, DetailView[Zone]):
    """One zone: what it is, its plates, its timeline (园区页)."""

    permission = Permission.ZONE_VIEW
    template_name = "parks/zone_detail.html"
    context_object_name = "zone"

    def get_object(self, queryset: QuerySet[Zone] | None = None) -> Zone:
        zones = Zone.objects.visible_to(_user(self.request)).select_related("city", "county", "administration")
        zones = zones.prefetch_related(
            "designations",
            "aliases",
            "events",
            "county__successors",
            Prefetch("successions", ZoneSuccession.objects.select_related("predecessor", "successor")),
            Prefetch("inheritances", ZoneSuccession.objects.select_related("predecessor", "successor")),
            Prefetch("statistical_shares", StatisticalShare.objects.select_related("region")),
        )
        return get_object_or_404(zones, code=self.kwargs["code"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        zone, user = self.object, _user(self.request)
        plates = sorted(zone.designations.all(), key=lambda plate: (not plate.in_force, plate.code != zone.code))
        path = zone.administration.path
        return super().get_context_data(**kwargs) | {
            "plates": plates,
            "in_force": [plate for plate in plates if plate.in_force],
            "own_note": "" if any(plate.note == zone.note for plate in plates) else zone.note,
            "events": [_event_line(event) for event in reversed(list(zone.events.all()))],
            "certainties": CERTAINTY.items(),
            "may_record_lineage": user.may(Permission.LINEAGE_RECORD, path),
            "may_see_returns": user.may(Permission.RETURN_VIEW, path) or bool(user.duties_with(Permission.RETURN_VIEW)),
            "may_see_runs": user.may(Permission.RUN_VIEW, path) or bool(user.duties_with(Permission.RUN_VIEW)),
        }


def _event_line(event: ZoneEvent) -> dict[str, Any]:
    icon, tone = EVENT_LOOKS[EventKind(event.kind)]
    yearly = event.kind in YEARLY_EVENTS
    title = event.title
    if event.rank is not None:
        title = _("%(title)s：第 %(rank)s 位") % {"title": title, "rank": format_number(event.rank)}
    return {
        "event": event,
        "at": _("%(year)s 年度") % {"year": event.year} if yearly else event.happened_on,
        "title": title,
        "icon": icon,
        "tone": tone,
    }
