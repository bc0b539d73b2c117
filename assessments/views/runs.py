"""Pages of runs (考核计算页面)."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import TemplateView

from accounts.enums import Permission
from accounts.models import User
from assessments import exports, selectors, services
from assessments.bundle import zipped
from assessments.charts import score_chart
from assessments.enums import ProposalKind, RunStatus
from assessments.exceptions import RunNotReady, RunRefused
from assessments.filters import ResultFilter, RunFilter
from assessments.forms import StartForm
from assessments.inputs import FORMAT
from assessments.models import Proceeding, Result, Run, Scheme
from assessments.selectors.bundles import run_bundle
from common.access import PermissionRequired, permission_required, require
from common.statuses import look
from parks.models import Zone

RUNS_A_PAGE = 30


def _visible_run(user: User, pk: int) -> Run:
    """The run with its scheme, without the weight of its inputs; 404 outside the user's sight."""
    runs = Run.objects.visible_to(user).select_related("scheme", "requested_by").defer("inputs")
    return get_object_or_404(runs, pk=pk)


class RunList(PermissionRequired, TemplateView):
    """Runs by year and class; for the office the form to start one, with how complete the years are."""

    permission = Permission.RUN_VIEW
    template_name = "assessments/run_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        runs = Run.objects.visible_to(user).select_related("scheme", "requested_by")  # type: ignore[arg-type]
        runs = runs.defer("inputs", "scheme__text").order_by("-year", "scheme__zone_class", "-pk")
        filter_ = RunFilter(self.request.GET, queryset=runs)
        page = Paginator(filter_.qs, RUNS_A_PAGE).get_page(self.request.GET.get("page"))
        context = super().get_context_data(**kwargs) | {
            "filter": filter_,
            "page_obj": page,
            "lines": selectors.run_lines(page.object_list, user),  # type: ignore[arg-type]
            "kinds": [{"label": kind.label, "look": look(kind)} for kind in ProposalKind],
        }
        if user.may(Permission.RUN_START):  # type: ignore[union-attr]
            years = selectors.assessable_years()
            context |= {
                "form": StartForm(user=cast("User", user), initial={"year": years[0]}),
                "years": years,
                "completeness": selectors.completeness_by_class(years, cast("User", user)),
            }
        return context


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RUN_START)
def start(request: HttpRequest) -> HttpResponse:
    """The preconditions of a run (GET), and starting it, or being led to the one under way (POST)."""
    user: User = request.user  # type: ignore[assignment]
    form = StartForm(request.POST if request.method == "POST" else request.GET, user=user)
    if not form.is_valid():
        messages.error(request, _("请选择考核办法和年度后再发起。"))
        return redirect("run_list")
    scheme, year = form.cleaned_data["scheme"], form.cleaned_data["year"]
    reason = request.POST.get("override_reason", "")
    try:
        services.run_check(scheme=scheme, year=year)
        if request.method != "POST":
            return _checklist(request, scheme, year, selectors.readiness(scheme, year, user))
        run = services.run_start(by=user, scheme=scheme, year=year, override_reason=reason)
    except RunNotReady as refusal:
        return _checklist(request, scheme, year, refusal.checks, str(refusal), status=422)
    except RunRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("run_list")
    if run.requested_by_id != user.pk:
        messages.info(request, _("这一年度的计算已由他人发起，正在进行。"))
    return redirect(run)


def _checklist(
    request: HttpRequest, scheme: Scheme, year: int, checks: list[Any], fault: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "scheme": scheme,
        "year": year,
        "checks": checks,
        "failing": sum(not check.ok for check in checks),
        "fault": fault,
        "reason": request.POST.get("override_reason", ""),
    }
    return render(request, "assessments/run_start.html", context, status=status)


@require_POST
@permission_required(Permission.RUN_START)
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a run that has not ended."""
    run = _visible_run(request.user, pk)  # type: ignore[arg-type]
    try:
        services.run_cancel(by=request.user, run=run)  # type: ignore[arg-type]
        messages.success(request, _("已取消这次计算，没有保存任何结果。"))
    except RunRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(run)


@require_safe
@never_cache
@permission_required(Permission.RUN_VIEW)
def progress(request: HttpRequest, pk: int) -> JsonResponse:
    """Where a run is, for static/js/progress.js."""
    run = _visible_run(request.user, pk)  # type: ignore[arg-type]
    return JsonResponse(
        {
            "done": run.progress,
            "total": 100,
            "text": progress_text(run),
            "status": run.status,
            "stage": run.stage,
            "finished": not run.is_active,
        }
    )


def progress_text(run: Run) -> str:
    """`计算得分 30%`, `排队中`, with a word when the run was taken up again."""
    if run.status != RunStatus.RUNNING:
        return str(run.get_status_display())
    text = f"{run.get_stage_display()} {run.progress}%"
    return text + _("（第 %(times)s 次尝试）") % {"times": run.attempts} if run.attempts > 1 else text


class RunDetail(PermissionRequired, TemplateView):
    """A run: its progress while active, its ranking when done."""

    permission = Permission.RUN_VIEW

    def get_template_names(self) -> list[str]:
        return ["assessments/run_detail.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: User = self.request.user  # type: ignore[assignment]
        run = _visible_run(user, kwargs["pk"])
        context = super().get_context_data(**kwargs) | {
            "run": run,
            "progress_text": progress_text(run),
            "may_cancel": run.is_active and user.may(Permission.RUN_START),
            "may_export": user.may(Permission.EXPORT),
            "may_verify": run.status == RunStatus.DONE and user.may(Permission.RUN_START),
            "may_see_scheme": user.may(Permission.SCHEME_VIEW),
            "checks": selectors.checks_of(run.checklist) if user.may(Permission.RUN_START) else [],
        }
        if run.status == RunStatus.DONE:
            context |= self._ranking(run, user)
            context |= _proceeding_of(run, user)
        return context

    def _ranking(self, run: Run, user: User) -> dict[str, Any]:
        results = selectors.run_results(run, user)
        filter_ = ResultFilter(self.request.GET, queryset=results)
        everything = list(results)
        chosen = set(filter_.qs.values_list("pk", flat=True)) if self.request.GET else None
        rows = [_row(result, run) for result in everything if chosen is None or result.pk in chosen]
        counts = dict.fromkeys(ProposalKind, 0)
        for result in everything:
            counts[ProposalKind(result.proposal)] += 1
        whole = len(everything) == sum(run.summary.get("proposals", {}).values())
        return {
            "filter": filter_,
            "rows": rows,
            "total": len(everything),
            "sees_all": whole,
            "cards": [{"kind": kind, "look": look(kind), "count": counts[kind]} for kind in ProposalKind],
            "chart": score_chart(run, everything),
            "facts": exports.frozen_facts(run),
            "certainty": run.summary.get("certainty"),
            "notices": [selectors.spoken(notice, "text") for notice in run.summary.get("notices", [])],
            # Where no rung has a limit yet, all stand on the lowest: nothing to tell.
            "has_grades": len({(result.grade or {}).get("code") for result in everything}) > 1,  # type: ignore[attr-defined]
        }


def _proceeding_of(run: Run, user: User) -> dict[str, Any]:
    """For who decides: the proceeding of the run's class and year, or that one may be opened on this run."""
    if not user.may(Permission.DECISION_RECORD):
        return {}
    current = Proceeding.objects.visible_to(user).current()
    scheme = run.scheme
    proceeding = current.filter(region_code=scheme.region_code, zone_class=scheme.zone_class, year=run.year).first()
    return {"proceeding": proceeding, "may_open": proceeding is None}


def _row(result: Result, run: Run) -> dict[str, Any]:
    """A row of the ranking; `moved` counts places won since last year, negative when lost."""
    result.run = run
    before = selectors.rank_before(result)
    grade = result.grade  # type: ignore[attr-defined]
    return {
        "result": result,
        "moved": None if before is None or result.rank is None else before - result.rank,
        "grade": selectors.spoken(grade) if grade else "",
        "rules": [
            {"text": selectors.spoken(rule, "text").rstrip("。."), "clauses": rule["clauses"]}
            for rule in result.fired_rules
            if rule["outcome"] or rule["bars"]
        ],
    }


@require_safe
@permission_required(Permission.RUN_VIEW)
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """The ranking as the reader filtered it: `format=xlsx` (the default) or `csv`."""
    user: User = request.user  # type: ignore[assignment]
    run = _visible_run(user, pk)
    require(user, Permission.EXPORT)
    exportable = Zone.objects.visible_to(user, Permission.EXPORT)
    if run.status != RunStatus.DONE:
        raise Http404
    rows = list(ResultFilter(request.GET, queryset=selectors.run_results(run, user).filter(zone__in=exportable)).qs)
    for result in rows:
        result.run = run
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    body = exports.as_csv(run, rows) if kind == "csv" else exports.as_xlsx(run, rows)
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    name = f"{run.scheme.code}-{run.year}-{run.pk}.{kind}"
    return HttpResponse(
        body, content_type=types[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_safe
@permission_required(Permission.RUN_START)
def bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything to compute the run again elsewhere, as a ZIP (核验包)."""
    run = _visible_run(request.user, pk)  # type: ignore[arg-type]
    if run.status != RunStatus.DONE or run.inputs["format"] != FORMAT:
        raise Http404
    name = f"{run.scheme.code}-{run.year}-{run.pk}.zip"
    return HttpResponse(
        zipped(run_bundle(run)),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
