"""Pages of the live standing (即时名次)."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import Permission
from accounts.models import User
from assessments import selectors, services
from assessments.enums import ProposalKind
from assessments.explanations import ResultPage
from assessments.models import Result, Scheme
from assessments.selectors.standing import improvements, own_standing, standings
from common.access import permission_required
from common.statuses import look


@require_safe
@permission_required(Permission.RUN_VIEW)
def standing_list(request: HttpRequest) -> HttpResponse:
    """For each class how complete its newest year is, who would move and how sure; for zones their own, where opened."""
    user: User = request.user  # type: ignore[assignment]
    context = {
        "standings": standings(user),
        "is_office": user.may(Permission.RUN_START),
        "looks": {kind: look(kind) for kind in ProposalKind},
    }
    return render(request, "assessments/standing_list.html", context)


@require_safe
@permission_required(Permission.RUN_VIEW)
def standing_detail(request: HttpRequest, scheme: int, year: int, code: str) -> HttpResponse:
    """One zone's own standing: score, rank, nearest line, and on demand what would improve it."""
    result = _found(request, scheme, year, code)
    method = selectors.method_of(result.run.scheme.text)
    told = selectors.years_told(result.run, request.user)
    page = ResultPage(result, method, selectors.catalogue_of(method), told)
    context = {"result": result, "run": result.run, "zone": result.zone, "page": page, "look": look(result.proposal)}
    return render(request, "assessments/standing_detail.html", context)


@require_safe
@permission_required(Permission.RUN_VIEW)
def standing_improvements(request: HttpRequest, scheme: int, year: int, code: str) -> HttpResponse:
    """The smallest changes of single figures that would bring a better proposal, as a part of the page."""
    result = _found(request, scheme, year, code)
    method = selectors.method_of(result.run.scheme.text)
    catalogue = selectors.catalogue_of(method)
    rows = []
    for turn in improvements(result):
        known = catalogue.get(turn["indicator"])
        rows.append(
            turn
            | {
                "name": known.label if known else turn["indicator"],
                "unit": known.unit_label if known else "",
                "digits": known.decimals if known else 2,
                "percent": None if turn["relative"] is None else 100 * turn["relative"],
                "kind": ProposalKind(turn["proposal"]),
            }
        )
    return render(
        request,
        "assessments/_improvements.html",
        {"rows": rows, "undecided": result.proposal == ProposalKind.UNDECIDED},
    )


@require_POST
@permission_required(Permission.RUN_START)
def standing_opening(request: HttpRequest) -> HttpResponse:
    """Let zones of a scheme's class see their own standing of a year, or no longer."""
    number, year = request.POST.get("scheme", ""), request.POST.get("year", "")
    user: User = request.user  # type: ignore[assignment]
    scheme = Scheme.objects.visible_to(user).filter(pk=number).first() if number.isdecimal() else None
    if scheme is None or not year.isdecimal() or len(year) != len("2025"):
        messages.error(request, _("没有这一办法或年度，没有改动。请刷新页面后再试。"))
        return redirect("standing_list")
    is_open = request.POST.get("is_open") == "1"
    services.standing_opening_set(by=user, scheme=scheme, year=int(year), is_open=is_open)
    done = _("已开放：园区可以看到本园区的即时名次。") if is_open else _("已关闭：园区看不到即时名次。")
    messages.success(request, done)
    return redirect("standing_list")


def _found(request: HttpRequest, scheme: int, year: int, code: str) -> Result:
    result = own_standing(request.user, scheme, year, code)  # type: ignore[arg-type]
    if result is None:
        raise Http404
    return result
