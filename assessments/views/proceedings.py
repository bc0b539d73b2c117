"""Pages of proceedings (考核程序页面): the list, one proceeding with its agenda, deciding, adopting, another run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from assessments import chain, clock, selectors, services
from assessments.enums import (
    DecisionOutcome,
    ObjectionStatus,
    ProceedingActKind,
    ProceedingStatus,
    ProposalKind,
)
from assessments.exceptions import ProceedingChanged, ProceedingRefused
from assessments.filters_proceedings import AgendaFilter, ProceedingFilter
from assessments.following import following
from assessments.forms_proceedings import ActForm, ReplaceForm
from assessments.models import Objection, Proceeding, ProceedingAct, Run
from assessments.selectors.proceedings import AgendaLine, Step
from assessments.services import DecisionInput
from assessments.views.acts import ACTS, Act, offered
from assessments.views.following import FORESEEN, foreseen
from common.access import permission_required, require
from common.statuses import look
from indicators.views.common import UserRequest

PAGE_SIZE = 50
OFFICE = (Permission.DECISION_RECORD, Permission.DECISION_CONFIRM)


View = Callable[..., HttpResponseBase]


def act_address(page_name: str, *, keyed: bool = True) -> Callable[[View], View]:
    """A view for POST whose address, asked for otherwise (a reload, a change of language), leads to its page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: UserRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method != "POST":
                return redirect(page_name, *([kwargs["pk"]] if keyed else []))
            return view(request, *args, **kwargs)

        return require_http_methods(["GET", "HEAD", "POST"])(guarded)

    return decorate


def find(request: UserRequest, pk: int) -> Proceeding:
    """The proceeding with its run and scheme; 404 for one the reader may not see."""
    rows = Proceeding.objects.visible_to(request.user).select_related("run__scheme").defer("run__inputs")
    return get_object_or_404(rows, pk=pk)


# ---- the list -------------------------------------------------------------------------------------------------


@require_safe
@permission_required(*OFFICE)
def proceeding_list(request: UserRequest) -> HttpResponseBase:
    """Proceedings by year and class, and the finished runs that have none yet."""
    filtered = ProceedingFilter(request.GET, queryset=selectors.proceedings_list(request.user))
    page = Paginator(filtered.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": filtered,
        "page_obj": page,
        "waiting_runs": selectors.runs_to_open(request.user) if request.user.may(Permission.DECISION_RECORD) else [],
    }
    return render(request, "assessments/proceeding_list.html", context)


@require_POST
@permission_required(Permission.DECISION_RECORD)
def proceeding_open(request: UserRequest) -> HttpResponseBase:
    """Open the proceeding of a run, or lead to the one that class and year have."""
    number = request.POST.get("run", "")
    run = get_object_or_404(
        Run.objects.visible_to(request.user).select_related("scheme"), pk=number if number.isdecimal() else 0
    )
    try:
        proceeding = services.proceeding_open(by=request.user, run=run)
    except ProceedingRefused as refused:
        messages.error(request, str(refused))
        there = (
            Proceeding.objects.current()
            .filter(region_code=run.scheme.region_code, zone_class=run.scheme.zone_class, year=run.year)
            .first()
        )
        return redirect(there or run)
    messages.success(request, _("考核程序已启动。请逐个园区拟定决定，或按建议成批拟定。"))
    return redirect(proceeding)


# ---- one proceeding -------------------------------------------------------------------------------------------


@dataclass
class Row:
    """A line of the agenda as the page shows it; `outcome` and `reason` are what was typed, else what is decided."""

    line: AgendaLine
    outcome: str
    reason: str
    chosen: bool = False

    @property
    def code(self) -> str:
        return str(self.line.result.zone.code)


@dataclass
class Typed:
    """What somebody typed into the agenda: it is shown again whenever nothing could be saved."""

    outcomes: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    chosen: set[str] = field(default_factory=set)

    @classmethod
    def read(cls, data: Mapping[str, Any], chosen: Iterable[str]) -> Typed:
        def part(prefix: str) -> dict[str, str]:
            return {name.removeprefix(prefix): str(text) for name, text in data.items() if name.startswith(prefix)}

        return cls(part("outcome-"), part("reason-"), set(chosen))

    def changed(self, lines: Iterable[AgendaLine]) -> list[DecisionInput]:
        """The decisions that were typed and are not what is recorded."""
        rows = []
        for line in lines:
            code = line.result.zone.code
            outcome, reason = self.outcomes.get(code, ""), self.reasons.get(code, "").strip()
            before = (line.decision.outcome, line.decision.reason) if line.decision else ("", "")
            if outcome and (outcome, reason) != before:
                rows.append(DecisionInput(code, outcome, reason))
        return rows


@require_safe
@permission_required(*OFFICE)
def proceeding_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """Where a proceeding stands, its agenda, what may be done next, what was done."""
    return page(request, find(request, pk))


def page(
    request: UserRequest,
    proceeding: Proceeding,
    *,
    typed: Typed | None = None,
    form: ActForm | None = None,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    method = selectors.method_of(proceeding.run.scheme.text)
    query = request.POST.get("query") if request.method == "POST" else None
    asked = request.GET if query is None else QueryDict(query)
    everything = selectors.agenda(proceeding, method, selectors.agenda_results(proceeding))
    filtered = AgendaFilter(asked, queryset=selectors.agenda_results(proceeding))
    shown = set(filtered.qs.values_list("pk", flat=True)) if any(asked.values()) else None
    lines = [line for line in everything if shown is None or line.result.pk in shown]
    acts = list(proceeding.acts.select_related("actor", "organisation").order_by("pk"))
    may_record = request.user.may(Permission.DECISION_RECORD)
    deciding = proceeding.status == ProceedingStatus.DECIDING and may_record
    found = following(proceeding, clock.today()) if proceeding.status in FORESEEN else None
    context = {
        "following": foreseen(found) if found else None,
        "proceeding": proceeding,
        "run": proceeding.run,
        "problems": problems,
        "steps": [_step(step) for step in selectors.steps(proceeding, acts)],
        "filter": filtered,
        "query": asked.urlencode(),
        "rows": [_row(line, typed) for line in lines],
        "tally": selectors.tally(everything),
        "cards": _cards(everything),
        "has_grades": len({line.grade for line in everything}) > 1,
        "deciding": deciding,
        "outcomes": [(outcome.value, outcome.label) for outcome in DecisionOutcome],
        "offers": offered(request.user, proceeding, form, found.digest if found else ""),
        "may_replace": may_record and _replaceable(proceeding),
        "may_preview": proceeding.status
        in (
            ProceedingStatus.DECIDING,
            ProceedingStatus.CONFIRMING,
            ProceedingStatus.EMBARGOED,
        ),
        "acts": list(reversed([_told(act) for act in acts])),
        "intact": chain.is_intact(proceeding),
        "publications": list(proceeding.publications.defer("content").order_by("-sequence")),
        "objections": list(_objections(proceeding)),
        "last_year": proceeding.year - 1,
    }
    return render(request, "assessments/proceeding_detail.html", context, status=status)


def _row(line: AgendaLine, typed: Typed | None) -> Row:
    code = line.result.zone.code
    outcome, reason = (line.decision.outcome, line.decision.reason) if line.decision else ("", "")
    if typed is None:
        return Row(line, outcome, reason)
    return Row(line, typed.outcomes.get(code, outcome), typed.reasons.get(code, reason), chosen=code in typed.chosen)


def _cards(lines: Iterable[AgendaLine]) -> list[dict[str, Any]]:
    """By proposal: how many zones, and how many of them are decided otherwise."""
    lines = list(lines)
    return [
        {
            "kind": kind,
            "look": look(kind),
            "count": sum(line.result.proposal == kind for line in lines),
            "differing": sum(line.result.proposal == kind and line.differs for line in lines),
        }
        for kind in ProposalKind
    ]


def _replaceable(proceeding: Proceeding) -> bool:
    if proceeding.status == ProceedingStatus.DECIDING:
        return True
    upheld = Objection.objects.filter(
        publication__proceeding=proceeding, publication__run=proceeding.run_id, status=ObjectionStatus.UPHELD
    )
    return proceeding.status == ProceedingStatus.REVIEWING and upheld.exists()


def _objections(proceeding: Proceeding) -> Any:
    rows = Objection.objects.filter(publication__proceeding=proceeding)
    return rows.select_related("zone", "filed_by", "organisation", "answered_by", "publication").defer(
        "publication__content"
    )


def _step(step: Step) -> dict[str, Any]:
    words = {
        ProceedingActKind.OPENED: _("启动"),
        ProceedingActKind.SUBMITTED: _("拟定决定"),
        ProceedingActKind.CONFIRMED: _("他人复核"),
        ProceedingActKind.PUBLISHED: _("公示"),
        ProceedingActKind.WINDOW_CLOSED: _("公示期满"),
        ProceedingActKind.FINALISED: pgettext("act", "定稿"),
    }
    return {"label": words[ProceedingActKind(step.code)], "state": step.state, "act": step.act, "planned": step.planned}


def _told(act: ProceedingAct) -> dict[str, Any]:
    return {"act": act, "words": act_words(act), "short": act.digest[:12]}


def act_words(act: ProceedingAct) -> str:
    """What an act was about beyond its kind, in a few words."""
    content, text = act.content, ""
    match act.kind:
        case ProceedingActKind.OPENED:
            text = _("依据计算 #%(run)s") % {"run": content.get("run")}
        case ProceedingActKind.DECIDED:
            text = _("涉及 %(n)s 个园区") % {"n": len(content.get("decisions", []))}
        case ProceedingActKind.CONFIRMED:
            text = _("涉及 %(n)s 个园区") % {"n": len(content.get("outcomes", {}))}
        case ProceedingActKind.SUBMITTED:
            text = _("公示 %(days)s 个工作日，定于 %(at)s") % {
                "days": content.get("window_days"),
                "at": timezone.localtime(datetime.fromisoformat(content["publish_at"])).strftime("%Y-%m-%d %H:%M"),
            }
        case ProceedingActKind.PUBLISHED:
            text = _("公示至 %(day)s") % {"day": content.get("closes_on")}
        case ProceedingActKind.RUN_REPLACED:
            text = _("计算 #%(before)s 换为 #%(run)s，沿用 %(n)s 个决定") % {
                "before": content.get("before"),
                "run": content.get("run"),
                "n": content.get("carried"),
            }
        case ProceedingActKind.OBJECTED | ProceedingActKind.OBJECTION_WITHDRAWN | ProceedingActKind.ANSWERED:
            status = str(content.get("status", ""))
            verdict = f" {ObjectionStatus(status).label}" if status in ObjectionStatus.values else ""
            text = f"{content.get('zone', '')}{verdict}"
        case ProceedingActKind.FINALISED:
            text = str(content.get("bulletin", ""))
    return text


# ---- deciding -------------------------------------------------------------------------------------------------


@act_address("proceeding_detail")
@permission_required(Permission.DECISION_RECORD)
def decisions_save(request: UserRequest, pk: int) -> HttpResponseBase:
    """Record what was typed into the agenda, all or none."""
    proceeding = find(request, pk)
    typed = Typed.read(request.POST, request.POST.getlist("zone"))
    rows = typed.changed(_lines(proceeding))
    if not rows:
        problems = [_("没有要保存的决定：请先为园区选择决定，或改动已有的决定。")]
        return page(request, proceeding, typed=typed, problems=problems, status=422)
    return _record(request, proceeding, typed, rows, _("已拟定 %(n)d 个园区的决定。") % {"n": len(rows)})


def _lines(proceeding: Proceeding) -> list[AgendaLine]:
    method = selectors.method_of(proceeding.run.scheme.text)
    return selectors.agenda(proceeding, method, selectors.agenda_results(proceeding))


def _record(
    request: UserRequest, proceeding: Proceeding, typed: Typed, rows: Sequence[DecisionInput], done: str
) -> HttpResponseBase:
    def act() -> object:
        return services.decisions_record(
            by=request.user, proceeding_id=proceeding.pk, rows=rows, base_revision=_revision(request)
        )

    def again(problems: Sequence[str], status: int) -> HttpResponseBase:
        return page(request, find(request, proceeding.pk), typed=typed, problems=problems, status=status)

    query = request.POST.get("query", "")
    return attempt(request, act, again, done, f"{proceeding.get_absolute_url()}{'?' if query else ''}{query}#agenda")


def _revision(request: UserRequest) -> int:
    text = request.POST.get("base_revision", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0  # 0 is no revision: answered as a stale page


def attempt(
    request: UserRequest,
    act: Callable[[], object],
    again: Callable[[Sequence[str], int], HttpResponseBase],
    done: str,
    leads_to: str,
) -> HttpResponseBase:
    """Do an act; what is refused comes back as the page with the reasons and all that was typed: 409, 403 or 422."""
    try:
        act()
    except ProceedingChanged as changed:
        return again([str(changed), _("没有办理，您填的内容还在下面。请核对最新情况后再提交。")], 409)
    except ProceedingRefused as refused:
        return again(refused.reasons, 422)
    except PermissionDenied as denied:
        return again([str(denied)], 403)
    messages.success(request, done)
    return redirect(leads_to)


@act_address("proceeding_detail")
@permission_required(Permission.DECISION_RECORD)
def decisions_adopt(request: UserRequest, pk: int) -> HttpResponseBase:
    """Decide as proposed for the chosen zones, or all that the filter shows: a preview first, then the act.

    Zones that are decided already are left as they are; what was typed and not saved is saved with it.
    """
    proceeding = find(request, pk)
    lines = _lines(proceeding)
    chosen = set(request.POST.getlist("zone"))
    if request.POST.get("scope") == "filter":
        filtered = AgendaFilter(QueryDict(request.POST.get("query", "")), queryset=selectors.agenda_results(proceeding))
        chosen = set(filtered.qs.values_list("zone__code", flat=True))
    typed = Typed.read(request.POST, chosen)
    extra = typed.changed(lines)
    if not chosen:
        problems = [_("没有选中园区。请先勾选，或用“按建议拟定所列全部”。")]
        return page(request, proceeding, typed=typed, problems=problems, status=422)
    apart = {row.zone for row in extra}
    here = [line for line in lines if line.result.zone.code in chosen and line.result.zone.code not in apart]
    fresh = [line for line in here if line.decision is None]
    proposed = [line for line in fresh if line.result.proposal != ProposalKind.UNDECIDED]
    rows = [*extra, *(DecisionInput(line.result.zone.code, line.result.proposal) for line in proposed)]
    if request.POST.get("confirmed") and rows:
        return _record(request, proceeding, typed, rows, _("已拟定 %(n)d 个园区的决定。") % {"n": len(rows)})
    context = {
        "proceeding": proceeding,
        "base_revision": _revision(request),
        "stale": _revision(request) != proceeding.revision,
        "query": request.POST.get("query", ""),
        "zones": sorted(chosen),
        "typed": extra,
        "proposed": proposed,
        "by_kind": [
            {"kind": kind, "count": sum(line.result.proposal == kind for line in proposed)}
            for kind in ProposalKind
            if kind != ProposalKind.UNDECIDED
        ],
        "undecided": [line for line in fresh if line.result.proposal == ProposalKind.UNDECIDED],
        "left": len(here) - len(fresh),
    }
    return render(request, "assessments/decisions_adopt.html", context)


# ---- acts -----------------------------------------------------------------------------------------------------


@act_address("proceeding_detail")
@permission_required(*OFFICE)
def proceeding_act(request: UserRequest, pk: int, name: str) -> HttpResponseBase:
    """One of the acts of assessments.views.acts: submit, confirm, hand back, reopen, abandon, finalise."""
    act: Act = ACTS[name]
    proceeding = find(request, pk)
    require(request.user, act.permission)
    form = act.form(request.POST, proceeding=proceeding)

    def again(problems: Sequence[str], status: int) -> HttpResponseBase:
        # The form of the page is that of the revision now, with what was typed.
        return page(request, find(request, pk), form=form, problems=problems, status=status)

    if not form.is_valid():
        return again([_("没有办理：请改正标出的内容。")], 422)

    def service() -> object:
        return act.service(by=request.user, proceeding_id=pk, **form.arguments())

    return attempt(request, service, again, str(act.done), proceeding.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.DECISION_RECORD)
def proceeding_replace(request: UserRequest, pk: int) -> HttpResponseBase:
    """Another run in place of the present one: what it changes zone by zone, then the act with its reason."""
    proceeding = find(request, pk)
    runs = list(selectors.runs_to_replace(proceeding))
    number = (request.POST if request.method == "POST" else request.GET).get("run", "")
    run = next((run for run in runs if str(run.pk) == number), runs[0] if runs and not number else None)
    if number and run is None:
        raise Http404
    form = ReplaceForm(request.POST if request.method == "POST" else None, proceeding=proceeding)

    def again(problems: Sequence[str], status: int = 200) -> HttpResponse:
        now = find(request, pk)
        context = {
            "proceeding": now,
            "runs": runs,
            "run": run,
            "form": form,
            "problems": problems,
            "may_replace": _replaceable(now),
            "difference": selectors.run_difference(now.run, run) if run else None,
        }
        return render(request, "assessments/proceeding_replace.html", context, status=status)

    if request.method != "POST":
        return again([])
    if not form.is_valid():
        return again([_("没有办理：请改正标出的内容。")], 422)

    def service() -> object:
        return services.run_replace(by=request.user, proceeding_id=pk, **form.arguments())

    done = _("已更换计算结果。建议有变动的园区须重新拟定。")
    return attempt(request, service, again, done, f"{proceeding.get_absolute_url()}?state=undecided#agenda")
