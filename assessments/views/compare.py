"""The page that sets two runs side by side (考核结果比较), and its files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from assessments import compare_export
from assessments.comparison import PARTS
from assessments.models import Run
from assessments.selectors.comparison import (
    PART_WORDS,
    ComparedRow,
    ComparedRuns,
    NotComparable,
    comparable_runs,
    compared,
    grade_of,
    run_before,
)
from common.access import permission_required, require
from indicators.views.common import UserRequest
from parks.models import Zone


class _RunChoice(forms.ModelChoiceField):
    def label_from_instance(self, run: Run) -> str:
        return f"{run.year} · {run.scheme.label} {run.scheme.version} · #{run.pk}"


class CompareForm(forms.Form):
    """Which two runs, which zones, and whose parts are shown."""

    before = _RunChoice(label=gettext_lazy("前一次"), queryset=Run.objects.none(), empty_label=gettext_lazy("请选择"))
    after = _RunChoice(label=gettext_lazy("后一次"), queryset=Run.objects.none(), empty_label=gettext_lazy("请选择"))
    show = forms.ChoiceField(
        label=gettext_lazy("园区"),
        required=False,
        choices=[
            ("", gettext_lazy("全部")),
            ("moved", gettext_lazy("位次有变")),
            ("proposal", gettext_lazy("建议有变")),
        ],
    )
    of = forms.ChoiceField(
        label=gettext_lazy("分解"),
        required=False,
        choices=[("", gettext_lazy("得分变化")), ("rank", gettext_lazy("位次变化"))],
    )

    def __init__(self, runs: QuerySet[Run], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["before"].queryset = self.fields["after"].queryset = runs  # type: ignore[attr-defined]


@require_safe
@permission_required(Permission.RUN_VIEW)
def run_compare(request: UserRequest) -> HttpResponseBase:
    """Two runs side by side; with `after` alone the run before it is taken."""
    asked = request.GET.copy()
    runs = comparable_runs(request.user)
    if asked.get("after", "").isdigit() and not asked.get("before"):
        after = runs.filter(pk=int(str(asked["after"]))).first()
        earlier = run_before(after, request.user) if after else None
        if earlier is not None:
            asked["before"] = str(earlier.pk)
    form = CompareForm(runs, asked if asked.get("after") else None)
    context: dict[str, Any] = {"form": form, "may_export": request.user.may(Permission.EXPORT)}
    if form.is_bound and form.is_valid():
        try:
            found = compared(form.cleaned_data["before"], form.cleaned_data["after"], request.user)
        except NotComparable as refusal:
            context["refusal"] = str(refusal)
            return render(request, "assessments/run_compare.html", context, status=422)
        context |= _page(found, **form.cleaned_data)
    return render(request, "assessments/run_compare.html", context)


def _page(found: ComparedRuns, *, show: str, of: str, **_runs: Run) -> dict[str, Any]:
    by_rank = of == "rank"
    # Between two runs of one year nothing but the members can differ once the data are the same.
    shown = [name for name in PARTS if not found.same_year or name not in ("own", "peers") or _any(found, name)]
    rows = [row for row in found.rows if show == "" or (row.moved if show == "moved" else row.proposal_changed)]
    moves = [row.moved for row in found.rows if row.moved is not None]
    return {
        "found": found,
        "by_rank": by_rank,
        "parts": [(name, PART_WORDS[name]) for name in shown],
        "rows": [_line(row, shown, by_rank=by_rank) for row in rows],
        "has_grades": any(grade_of(row.before) or grade_of(row.after) for row in found.rows),
        "counts": {
            "both": len(moves),
            "up": sum(move > 0 for move in moves),
            "down": sum(move < 0 for move in moves),
            "same": sum(move == 0 for move in moves),
            "proposals": sum(row.proposal_changed for row in found.rows),
            "mean": sum(map(abs, moves)) / len(moves) if moves else None,
        },
    }


def _any(found: ComparedRuns, name: str) -> bool:
    return any(row.parts and (row.parts[name] or (row.places or {}).get(name)) for row in found.rows)


def _line(row: ComparedRow, shown: list[str], *, by_rank: bool) -> dict[str, Any]:
    parts = row.places if by_rank else row.parts
    return {
        "row": row,
        "grades": (grade_of(row.before), grade_of(row.after)),
        "parts": [None if parts is None else parts[name] for name in shown],
    }


@require_safe
@permission_required(Permission.RUN_VIEW)
def run_compare_export(request: UserRequest) -> HttpResponseBase:
    """The whole comparison with both splits, of the zones the reader may export: `format=xlsx` (the default) or `csv`."""
    require(request.user, Permission.EXPORT)
    form = CompareForm(comparable_runs(request.user), request.GET)
    if not form.is_valid():
        raise Http404
    try:
        found = compared(form.cleaned_data["before"], form.cleaned_data["after"], request.user)
    except NotComparable as refusal:
        raise Http404(_("两次计算不能比较。")) from refusal
    allowed = set(Zone.objects.visible_to(request.user, Permission.EXPORT).values_list("code", flat=True))
    rows = [row for row in found.rows if row.zone.code in allowed]
    kind = "csv" if request.GET.get("format") == "csv" else "xlsx"
    name = f"compare-{found.before.pk}-{found.after.pk}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    body = compare_export.as_csv(found, rows) if kind == "csv" else compare_export.as_xlsx(found, rows)
    return HttpResponse(body, content_type=compare_export.TYPES[kind], headers=headers)
