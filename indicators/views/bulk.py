"""Accepting the whole filtered queue: a preview, one act, its result (批量通过)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.access import permission_required
from indicators import services
from indicators.filters import QueueFilter
from indicators.models import Return
from indicators.selectors import next_step, waiting_for
from indicators.selectors.reviews import REVIEWS, obstacles
from indicators.services import BulkAcceptance
from indicators.services.acceptance import batch_reason
from indicators.views.common import UserRequest, cities_of

_SALT = "indicators.bulk-acceptance"
_HOURS = 12


@dataclass(frozen=True)
class BulkLine:
    """A return of a bulk acceptance, with the reasons why it is left out or was skipped."""

    item: Return
    reasons: list[str] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(*REVIEWS)
def review_bulk(request: UserRequest) -> HttpResponseBase:
    """Preview what of the filtered queue would be accepted; a POST accepts exactly what was previewed."""
    if request.method != "POST":
        return _preview(request, request.GET)
    query = QueryDict(request.POST.get("queue", ""))
    try:
        chosen = signing.loads(request.POST.get("chosen", ""), salt=_SALT, max_age=_HOURS * 3600)
    except signing.BadSignature:
        return _preview(request, query, [_("名单已失效，没有办理。请核对下面的最新名单。")], status=409)
    if chosen["by"] != request.user.pk:
        return _preview(request, query, [_("名单是另一个账号预览的，没有办理。请核对下面的名单。")], status=409)
    outcome = services.returns_accept(
        by=request.user,
        revisions={int(pk): revision for pk, revision in chosen["revisions"].items()},
        request_id=UUID(chosen["request"]),
    )
    request.session["bulk_skipped"] = _remembered(outcome)
    return redirect("review_batch", request_id=outcome.request_id)


def _preview(request: UserRequest, query: QueryDict, problems: Sequence[str] = (), status: int = 200) -> HttpResponse:
    waiting = waiting_for(request.user)
    filtered = QueueFilter(query, queryset=waiting, cities=cities_of(waiting), request=request)
    returns = list(filtered.qs)
    reasons = obstacles(request.user, returns)
    ready = [row for row in returns if not reasons[row.pk]]
    chosen = {
        "by": request.user.pk,
        "request": str(uuid4()),
        "revisions": {row.pk: row.revision for row in ready},
    }
    kept = query.copy()
    for name in ("page", "sort"):
        kept.pop(name, None)
    context: dict[str, Any] = {
        "filter": filtered,
        "query": kept.urlencode(),
        "ready": [BulkLine(row) for row in ready],
        "left_out": [BulkLine(row, reasons[row.pk]) for row in returns if reasons[row.pk]],
        "steps": _steps(ready),
        "chosen": signing.dumps(chosen, salt=_SALT, compress=True),
        "problems": problems,
    }
    return render(request, "indicators/review_bulk.html", context, status=status)


def _steps(returns: Sequence[Return]) -> list[dict[str, Any]]:
    """What acceptance makes of them, counted: locked by the last review, or passed on to the next."""
    finals = Counter(step.final for row in returns if (step := next_step(row)))
    words = {False: _("转省级确认"), True: _("确认并锁定")}
    return [{"label": words[final], "count": count} for final, count in sorted(finals.items())]


def _remembered(outcome: BulkAcceptance) -> dict[str, Any]:
    skipped = {str(row.pk): reasons for row, reasons in outcome.skipped}
    return {"request": str(outcome.request_id), "skipped": skipped}


@require_safe
@permission_required(*REVIEWS)
def review_batch(request: UserRequest, request_id: UUID) -> HttpResponseBase:
    """What became of a bulk acceptance: from the acts that carry its id, and what was skipped in this session."""
    visible = Return.objects.visible_to(request.user).select_related("round", "zone__city").order_by("zone__code")
    accepted = visible.filter(acts__reason=batch_reason(request_id)).distinct()
    remembered = request.session.get("bulk_skipped", {})
    reasons = remembered.get("skipped", {}) if remembered.get("request") == str(request_id) else {}
    skipped = [BulkLine(row, reasons[str(row.pk)]) for row in visible.filter(pk__in=reasons)]
    lines = [BulkLine(row) for row in accepted]
    if not lines and not skipped:
        raise Http404
    context = {"request_id": request_id, "accepted": lines, "skipped": skipped}
    return render(request, "indicators/review_batch.html", context)
