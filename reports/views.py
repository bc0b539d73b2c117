"""The dashboard and the zone profile: stored snapshots, shown with the time they were rendered (展示)."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView

from accounts.enums import Permission
from accounts.models import User
from common.access import PermissionRequired, permission_required
from indicators.enums import CorrectionStatus
from indicators.models import Correction
from parks.models import Zone
from parks.provinces import chosen_province, prefix_of, provinces_of
from reports.impact import impact
from reports.models import Snapshot


def _snapshot(key: str) -> Snapshot | None:
    """The part in the reader's language; None until a worker has rendered it."""
    language = get_language() or settings.LANGUAGE_CODE
    return Snapshot.objects.filter(key=key, language=language).first()


class Dashboard(PermissionRequired, TemplateView):
    """The province at a glance (全省总览). Proposals and movers only for those who may see every zone's result."""

    permission = Permission.TARGET_VIEW
    template_name = "reports/dashboard.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = cast("User", self.request.user)
        region = chosen_province(user, self.request.GET.get("province", ""))
        if region is None:
            return super().get_context_data(**kwargs)
        own = Zone.objects.filter(city__code__startswith=prefix_of(region.code))
        sees_all = own.visible_to(user, Permission.RUN_VIEW).count() == own.count()
        return super().get_context_data(**kwargs) | {
            "provinces": provinces_of(user),
            "province": region,
            "snapshot": _snapshot(f"province:{region.code}"),
            "standing": _snapshot(f"standing:{region.code}") if sees_all else None,
        }


class ZoneProfile(PermissionRequired, TemplateView):
    """One zone's figures, trend and standing (园区画像), for those who may see its results."""

    permission = Permission.RUN_VIEW
    template_name = "reports/zone_profile.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        zone = get_object_or_404(
            Zone.objects.visible_to(cast("User", self.request.user), Permission.RUN_VIEW).select_related("city"),
            code=kwargs["code"],
        )
        return super().get_context_data(**kwargs) | {"zone": zone, "snapshot": _snapshot(f"zone:{zone.code}")}


@require_safe
@permission_required(Permission.RETURN_VIEW)
def correction_impact(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Whom an open request would move (更正影响), as a part for its page, or a page of its own."""
    user = cast("User", request.user)
    corrections = Correction.objects.visible_to(user).select_related("return_ref__round", "return_ref__zone")
    correction = get_object_or_404(corrections, pk=pk)
    if correction.status != CorrectionStatus.PROPOSED:
        messages.info(request, _("更正申请已办结，不再试算。"))
        return redirect(correction)
    part = request.headers.get("HX-Request") == "true"
    template = "reports/_impact.html" if part else "reports/impact.html"
    return render(request, template, {"impact": impact(correction, user)})
