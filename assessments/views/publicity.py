"""Public pages (公示): open to everyone from the moment of publication, showing exactly what was fixed then."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from assessments import publishing, selectors
from assessments.enums import Disclosure, ProceedingStatus
from assessments.filters_proceedings import PublicationFilter
from assessments.models import Publication
from assessments.selectors import publicity
from assessments.views.proceedings import OFFICE, find
from common.access import permission_required
from indicators.views.common import UserRequest

PAGE_SIZE = 50
PUBLIC_CACHE = "private, no-cache"  # the frame of the page differs by reader; its content is asked for again each time


@require_safe
def publication_list(request: HttpRequest) -> HttpResponseBase:
    """All publications, the newest first; without log-in."""
    filtered = PublicationFilter(request.GET, queryset=publicity.publications().defer("content"))
    page = Paginator(filtered.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    response = render(request, "assessments/publication_list.html", {"filter": filtered, "page_obj": page})
    response["Cache-Control"] = PUBLIC_CACHE
    return response


@require_safe
def publication_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One publication as it was fixed; without log-in."""
    rows = Publication.objects.select_related("proceeding", "run__scheme").defer("run__inputs")
    publication = get_object_or_404(rows, pk=pk)
    newest = publicity.later(publication)
    own = publicity.own_zones(publication, request.user)  # type: ignore[arg-type]
    page = publicity.public_page(publication.content, publicity.publication_method(publication))
    context = {
        "publication": publication,
        "proceeding": publication.proceeding,
        "page": page,
        "later": newest,
        "own_zones": own,
        "own_only": publication.disclosure == Disclosure.OWN,
        "is_final": publication.proceeding.status == ProceedingStatus.FINAL and newest is None,
    }
    response = render(request, "assessments/publication_detail.html", context)
    response["Cache-Control"] = PUBLIC_CACHE
    return response


@require_safe
@permission_required(*OFFICE)
def proceeding_preview(request: UserRequest, pk: int) -> HttpResponseBase:
    """What would be published if it were published now, for the office alone."""
    proceeding = find(request, pk)
    decisions = [
        decision for decision in publishing.current_decisions(proceeding) if decision.result.run_id == proceeding.run_id
    ]
    content = publishing.public_content(proceeding, decisions)
    context: dict[str, Any] = {
        "proceeding": proceeding,
        "page": publicity.public_page(content, selectors.method_of(proceeding.run.scheme.text)),
        "own_only": proceeding.disclosure == Disclosure.OWN,
        "preview": True,
        "may_record": request.user.may(Permission.DECISION_RECORD),
    }
    return render(request, "assessments/publication_detail.html", context)
