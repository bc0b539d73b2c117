"""The index of a settled composite as a table: a page, or a part of the word's page by htmx (综合指数)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from common.access import permission_required
from compliance.models import CompositeFigure
from indicators.models import Indicator
from policy.models import Term


@require_safe
@permission_required(Permission.ZONE_VIEW)
def term_figures(request: HttpRequest, document: str, key: str) -> HttpResponse:
    """Year by year the index and its parts, each with its figure; what the newest decision on the word says."""
    terms = Term.objects.filter(composite=True).select_related("document")
    term = get_object_or_404(terms, document__code=document, key=key)
    ruling = term.rulings.order_by("-id").first()
    rows = list(CompositeFigure.objects.filter(ruling=ruling).order_by("-year")) if ruling else []
    weights = dict(ruling.parts) if ruling else {}
    items = {item.code: item for item in Indicator.objects.filter(code__in=weights)}
    context = {
        "term": term,
        "ruling": ruling,
        "columns": [{"item": items[code], "weight": weight} for code, weight in weights.items() if code in items],
        "rows": [
            {"row": row, "cells": [(*row.parts[code], items[code]) for code in weights if code in items]}
            for row in rows
        ],
    }
    part = bool(getattr(request, "htmx", False))
    return render(request, "compliance/_composite.html" if part else "compliance/composite.html", context)
