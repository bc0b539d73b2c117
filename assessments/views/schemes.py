"""Pages of schemes (考核办法页面)."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from accounts.enums import Permission
from accounts.models import User
from assessments import selectors
from assessments.enums import SchemeStatus
from assessments.models import Run, Scheme
from assessments.schemes import SchemePage
from common.access import PermissionRequired


class SchemeList(PermissionRequired, TemplateView):
    """All schemes, which applies to which class and year, and the library of published methods."""

    permission = Permission.SCHEME_VIEW
    template_name = "assessments/scheme_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: User = self.request.user  # type: ignore[assignment]
        visible = Scheme.objects.of_zones().visible_to(user).select_related("parent", "published_by", "submitted_by")
        schemes = list(visible.defer("text", "parent__text"))
        last = selectors.assessable_years()[0]
        begins = [scheme.year_from for scheme in schemes if scheme.status == SchemeStatus.PUBLISHED]
        # The year under way is told too: its scheme ought to stand before it is over.
        years = list(range(min([last, *begins]), last + 2))
        rows = selectors.applicability(years)
        return super().get_context_data(**kwargs) | {
            "schemes": schemes,
            "years": years,
            "applicability": rows,
            "gaps": sum(span.is_gap for row in rows for span in row.spans),
            "overlaps": sum(span.is_overlap for row in rows for span in row.spans),
            "library": selectors.library(),
        }


class SchemeDetail(PermissionRequired, TemplateView):
    """A scheme to read: tree and weights, rules and clauses, what is open and who decides, the text itself."""

    permission = Permission.SCHEME_VIEW
    template_name = "assessments/scheme_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scheme = get_object_or_404(Scheme.objects.visible_to(self.request.user), pk=kwargs["pk"])  # type: ignore[arg-type]
        method = selectors.method_of(scheme.text)
        runs = Run.objects.visible_to(self.request.user).filter(scheme=scheme)  # type: ignore[arg-type]
        return super().get_context_data(**kwargs) | {
            "scheme": scheme,
            "page": SchemePage(method, selectors.catalogue_of(method) if scheme.is_of_zones else {}),
            "runs": runs.defer("inputs").order_by("-year", "-pk")[:8],
        }
