"""Pages of the evaluation of enterprises (企业综合评价页面)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.models import User
from assessments import evaluation_export as exports
from assessments import services
from assessments.enums import EvaluationStatus
from assessments.evaluations.collect import entries_of, register_of
from assessments.evaluations.words import explained, grade_name, reason_words
from assessments.exceptions import EvaluationRefused, RunImpossible
from assessments.filters_evaluations import UNCLASSED, EvaluationFilter, EvaluationResultFilter
from assessments.forms_evaluations import EvaluationForm, FinalForm, SettingsForm
from assessments.models import Evaluation, EvaluationResult
from assessments.selectors.evaluations import (
    Distribution,
    classes_of,
    distribution,
    effects_in,
    method_used,
    replaced_by_later,
    results_of,
)
from assessments.selectors.methods import spoken
from assessments.words import SETTING_UNITS, basis_words, word
from common.access import permission_required, require
from parks.models import Zone
from registers.models import Enterprise

A_PAGE = 50
SORTS = {"score", "rank", "zone", "enterprise", "grade"}
TONES = {0: "ok", 1: "accent", 2: "warn", 3: "bad"}
"""How the classes look, from the best."""


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _found(request: HttpRequest, pk: int) -> Evaluation:
    rows = Evaluation.objects.visible_to(_user(request)).defer("inputs")
    return get_object_or_404(
        rows.select_related("scheme", "region", "zone__city", "organisation", "requested_by", "final_by"), pk=pk
    )


@require_safe
@permission_required(Permission.REGISTER_VIEW)
def evaluation_list(request: HttpRequest) -> HttpResponse:
    """Evaluations in the reader's sight, and for who handles them the form to start one."""
    user = _user(request)
    rows = Evaluation.objects.visible_to(user).select_related("scheme", "region", "zone", "requested_by")
    filter_ = EvaluationFilter(request.GET, queryset=rows.defer("inputs", "text").order_by("-year", "-pk"))
    page = Paginator(filter_.qs, A_PAGE).get_page(request.GET.get("page"))
    may_start = user.may(Permission.ENTERPRISE_EVALUATE)
    context = {
        "filter": filter_,
        "page_obj": page,
        "lines": [(evaluation, _bars(evaluation)) for evaluation in page],
        "form": EvaluationForm(user) if may_start else None,
    }
    return render(request, "assessments/evaluation_list.html", context)


def _bars(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The classes of the whole evaluation as parts of a bar; for who sees all of it and who does not alike, as published."""
    counts, classes = evaluation.summary.get("counts", {}), evaluation.summary.get("classes", [])
    whole, start, bars = sum(counts.values()), 0.0, []
    for at, each in enumerate(classes):
        number = counts.get(each["code"], 0)
        share = 100 * number / whole if whole else 0.0
        bar = {"code": each["code"], "name": grade_name(evaluation.summary, each["code"]), "number": number}
        bars.append(bar | {"start": f"{start:.3f}", "share": f"{share:.3f}", "tone": TONES[min(at, 3)]})
        start += share
    return bars


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.ENTERPRISE_EVALUATE)
def evaluation_start(request: HttpRequest) -> HttpResponseBase:
    """What is to be evaluated and with which settings (GET), and starting it (POST)."""
    user = _user(request)
    given = request.POST if request.method == "POST" else request.GET
    form = EvaluationForm(user, given)
    if not form.is_valid():
        messages.error(request, _("请选择评价办法、年度、范围和企业规模后再发起。"))
        return redirect("evaluation_list")
    settings = SettingsForm(form.chosen_scheme, request.POST if request.method == "POST" else None)
    if request.method == "POST" and settings.is_valid():
        try:
            evaluation = services.evaluation_start(
                by=user,
                scheme=form.chosen_scheme,
                year=form.cleaned_data["year"],
                place=form.chosen_place,
                above_scale=form.above_scale,
                settings=settings.values,
                settings_basis=settings.cleaned_data["settings_basis"],
            )
        except EvaluationRefused as refusal:
            for name, text in refusal.faults.items():
                settings.add_error(name if name in settings.fields else None, text)
        else:
            messages.success(request, _("已发起，计算完成后本页显示结果。"))
            return redirect(evaluation)
    return _preview(request, form, settings)


def _preview(request: HttpRequest, form: EvaluationForm, settings: SettingsForm) -> HttpResponse:
    year, place = form.cleaned_data["year"], form.chosen_place
    try:
        found = entries_of(register_of(), place, year, above_scale=form.above_scale).count()
    except RunImpossible as error:
        messages.error(request, error.text("zh-hans"))
        return redirect("evaluation_list")
    context = {
        "form": form,
        "settings": settings,
        "scheme": form.chosen_scheme,
        "method": settings.method,
        "year": year,
        "place": place,
        "scale": dict(form.fields["scale"].choices)[form.cleaned_data["scale"]],  # type: ignore[attr-defined]
        "found": found,
        "cases": [(spoken(case), basis_words(case.basis), case.basis.clauses) for case in settings.method.exemptions()],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "assessments/evaluation_start.html", context, status=status)


@require_safe
@permission_required(Permission.REGISTER_VIEW, Permission.ENTERPRISE_EVALUATE)
def evaluation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, _found(request, pk), FinalForm())


def _detail(request: HttpRequest, evaluation: Evaluation, final: FinalForm, status: int = 200) -> HttpResponse:
    user = _user(request)
    handles = user.may(Permission.ENTERPRISE_EVALUATE, evaluation.organisation.path)
    context: dict[str, Any] = {
        "evaluation": evaluation,
        "final": final,
        "handles": handles,
        "may_finalise": handles and evaluation.final_at is None and evaluation.requested_by_id != user.pk,
        "may_export": user.may(Permission.EXPORT),
        "may_read_scheme": user.may(Permission.SCHEME_VIEW),
    }
    if evaluation.status == EvaluationStatus.DONE:
        context |= _results(request, evaluation) | _about(evaluation, user)
    return render(request, "assessments/evaluation_detail.html", context, status=status)


def _results(request: HttpRequest, evaluation: Evaluation) -> dict[str, Any]:
    """The distribution, and the table as filtered and sorted."""
    user, method = _user(request), method_used(evaluation)
    spread = distribution(evaluation, user)
    rows, filter_ = _chosen(request, evaluation, spread)
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    classes = [
        {"count": each, "name": grade_name(evaluation.summary, each.code), "tone": TONES[min(at, 3)]}
        for at, each in enumerate(spread.classes)
    ]
    tones = {each.code: TONES[min(at, 3)] for at, each in enumerate(spread.classes)}
    return {
        "classes": classes,
        "spread": spread,
        "chart": _chart(evaluation, spread) if len(spread.zones) > 1 else None,
        "filter": filter_,
        "page_obj": page,
        "rows": [
            {
                "result": result,
                "grade": grade_name(evaluation.summary, result.grade) if result.grade else "",
                "tone": tones.get(result.grade, "mute"),
                "reason": reason_words(result.reason, method),
                "values": result.figures["values"],
            }
            for result in page
        ],
        "leaves": [(spoken(leaf), word(SETTING_UNITS, leaf["unit"])) for leaf in evaluation.summary["leaves"]],
        "unclassed": UNCLASSED,
        "chosen_grade": request.GET.get("grade", ""),
    }


def _offer(filter_: EvaluationResultFilter, evaluation: Evaluation, spread: Distribution) -> None:
    """Classes and zones to choose from instead of codes to type."""
    every = [("", pgettext("filter", "全部"))]
    classes = [(each.code, grade_name(evaluation.summary, each.code)) for each in spread.classes]
    fields = filter_.form.fields
    fields["grade"].widget = forms.Select(choices=[*every, *classes, (UNCLASSED, _("未定类"))])
    fields["zone"].label = _("园区")
    fields["zone"].widget = forms.Select(choices=[*every, *(zone for zone, _counts in spread.zones)])


def _chosen(
    request: HttpRequest, evaluation: Evaluation, spread: Distribution | None = None
) -> tuple[Any, EvaluationResultFilter]:
    """The results as filtered and sorted; with `spread` the filter offers its classes and zones."""
    filter_ = EvaluationResultFilter(request.GET, queryset=results_of(evaluation, _user(request)))
    if spread is not None:
        _offer(filter_, evaluation, spread)
    sort = request.GET.get("sort", "-score")
    key = sort.removeprefix("-")
    field = {"zone": "zone__code", "enterprise": "enterprise__name"}.get(key, key) if key in SORTS else "score"
    order = F(field).desc(nulls_last=True) if sort.startswith("-") else F(field).asc(nulls_last=True)
    return filter_.qs.order_by(order, "pk"), filter_


def _chart(evaluation: Evaluation, spread: Distribution) -> dict[str, Any]:
    """Classes by zone, one bar a zone."""
    codes = [each.code for each in spread.classes]
    url = reverse("evaluation_detail", args=[evaluation.pk])
    return {
        "kind": "stacked",
        "x": "zone",
        "y": codes,
        "horizontal": True,
        "columns": [
            {"key": "zone", "label": _("园区")},
            *(
                {
                    "key": code,
                    "label": grade_name(evaluation.summary, code),
                    "unit": pgettext("unit", "家"),
                    "digits": 0,
                }
                for code in codes
            ),
        ],
        "rows": [
            {"zone": name, "href": f"{url}?zone={code}#enterprises", **{each: counts.get(each, 0) for each in codes}}
            for (code, name), counts in spread.zones
        ],
        "source": f"#{evaluation.pk}",
        "synthetic": evaluation.synthetic,
    }


def _about(evaluation: Evaluation, user: User) -> dict[str, Any]:
    """Settings as used, what was frozen, what follows from the classes."""
    method = method_used(evaluation)
    own = {name: setting.value for name, setting in method.settings.items()}
    return {
        "used": [
            {
                "name": spoken(setting),
                "value": own[name],
                "unit": word(SETTING_UNITS, setting.unit),
                "changed": name in evaluation.settings,
                "basis": evaluation.settings_basis if name in evaluation.settings else basis_words(setting.basis),
            }
            for name, setting in method.settings.items()
        ],
        "notices": [spoken(notice, "text") for notice in evaluation.summary.get("notices", [])],
        "facts": exports.frozen_facts(evaluation),
        "effects": effects_in(evaluation.place, user),
        "replaced_by": replaced_by_later(evaluation),
    }


@require_POST
@permission_required(Permission.ENTERPRISE_EVALUATE)
def evaluation_finalise(request: HttpRequest, pk: int) -> HttpResponse:
    """Make it final, with the paper that announced it."""
    evaluation = _found(request, pk)
    form = FinalForm(request.POST)
    if not form.is_valid():
        return _detail(request, evaluation, form, 422)
    data = form.cleaned_data
    try:
        evaluation = services.evaluation_finalise(
            by=_user(request),
            evaluation_id=pk,
            document=data["final_document"],
            on=data["final_on"],
            note=data["final_note"],
        )
    except EvaluationRefused as refusal:
        for name, text in refusal.faults.items():
            form.add_error(name if name in form.fields else None, text)
        return _detail(request, evaluation, form, 422)
    messages.success(request, _("已定稿。园区和企业的页面从现在起显示这些类别。"))
    return redirect(evaluation)


@require_safe
@permission_required(Permission.REGISTER_VIEW, Permission.ENTERPRISE_EVALUATE)
def evaluation_result(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One enterprise's class with all that explains it."""
    evaluation, user = _found(request, pk), _user(request)
    result = get_object_or_404(results_of(evaluation, user), enterprise__credit_code=code)
    result.evaluation = evaluation
    method = method_used(evaluation)
    classes = [each["code"] for each in evaluation.summary["classes"]]
    at = classes.index(result.grade) if result.grade in classes else -1
    effects = effects_in(result.zone, user)
    context = {
        "evaluation": evaluation,
        "result": result,
        "grade": grade_name(evaluation.summary, result.grade) if result.grade else "",
        "tone": TONES[min(at, 3)] if at >= 0 else "mute",
        "reason": reason_words(result.reason, method),
        "explained": explained(result, method, register_of().spec),
        "effects": effects.of(result.grade) if effects and result.grade else [],
        "effects_register": effects.register if effects else None,
        "register": register_of(),
        "years": [each for each in classes_of(result.enterprise, user) if each.pk != result.pk],
    }
    return render(request, "assessments/evaluation_result.html", context)


@require_safe
@permission_required(Permission.REGISTER_VIEW, Permission.ENTERPRISE_EVALUATE)
def evaluation_export(request: HttpRequest, pk: int) -> HttpResponse:
    """The enterprises as filtered: `format=xlsx` (the default) or `csv`."""
    evaluation, user = _found(request, pk), _user(request)
    require(user, Permission.EXPORT)
    if evaluation.status != EvaluationStatus.DONE:
        raise Http404
    rows, _filter = _chosen(request, evaluation)
    rows = rows.filter(zone__in=Zone.objects.visible_to(user, Permission.EXPORT))
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    write = exports.as_csv if kind == "csv" else exports.as_xlsx
    types = {
        "csv": "text/csv; charset=utf-8",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    name = f"enterprises-{evaluation.year}-{evaluation.pk}.{kind}"
    body = write(evaluation, method_used(evaluation), rows.iterator(chunk_size=2000))
    return HttpResponse(
        body, content_type=types[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


@require_safe
@permission_required(Permission.REGISTER_VIEW)
def enterprise_evaluations(request: HttpRequest, code: str) -> HttpResponse:
    """An enterprise's classes through the years: a page, or a part of the enterprise's own by htmx."""
    user = _user(request)
    visible = Enterprise.objects.visible_to(user).select_related("zone")
    enterprise = get_object_or_404(visible, credit_code=code)
    results = [_year(result) for result in classes_of(enterprise, user)]
    part = request.headers.get("HX-Request") == "true"
    template = "_enterprise_evaluations.html" if part else "enterprise_evaluations.html"
    return render(request, f"assessments/{template}", {"enterprise": enterprise, "results": results})


def _year(result: EvaluationResult) -> dict[str, Any]:
    summary = result.evaluation.summary
    classes = [each["code"] for each in summary["classes"]]
    at = classes.index(result.grade) if result.grade in classes else -1
    return {
        "result": result,
        "grade": grade_name(summary, result.grade) if result.grade else "",
        "tone": TONES[min(at, 3)] if at >= 0 else "mute",
        "scored": summary["zones"].get(result.zone.code, {}).get("scored", 0),
    }
