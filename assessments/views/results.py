"""Pages of results (考核结果页面)."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from accounts.enums import Permission
from accounts.models import User
from assessments import exports, selectors
from assessments.charts import contributions_chart, differences_chart
from assessments.explanations import ResultPage
from assessments.models import Result
from common.access import PermissionRequired
from common.statuses import look
from parks.models import Zone


class ResultDetail(PermissionRequired, TemplateView):
    """Why: one zone's outcome from raw figures to proposal."""

    permission = Permission.RUN_VIEW
    template_name = "assessments/result_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: User = self.request.user  # type: ignore[assignment]
        results = Result.objects.visible_to(user).select_related("run__scheme", "zone__city")
        result = get_object_or_404(results, run=kwargs["pk"], zone__code=kwargs["code"])
        method = selectors.method_of(result.run.scheme.text)
        page = ResultPage(result, method, selectors.catalogue_of(method), selectors.years_told(result.run, user))
        above, below = selectors.neighbours(result, user)
        return super().get_context_data(**kwargs) | {
            "result": result,
            "run": result.run,
            "zone": result.zone,
            "page": page,
            "contributions": contributions_chart(page),
            "differences": differences_chart(page),
            "look": look(result.proposal),
            "year_before": result.run.year - 1,
            "returns": _returns(user, result),
            "incidents": selectors.incidents_counted(result),
            "above": above,
            "below": below,
            "facts": exports.frozen_facts(result.run),
            "may_see_scheme": user.may(Permission.SCHEME_VIEW),
        }


def _returns(user: User, result: Result) -> dict[str, int | None]:
    """Ids of the returns behind the figures of this year and the last, for those who may open them."""
    if not Zone.objects.visible_to(user, Permission.RETURN_VIEW).filter(pk=result.zone_id).exists():
        return {}
    behind = selectors.returns_behind(result.run, result.zone)
    return {"this": behind.get(result.run.year), "before": behind.get(result.run.year - 1)}
