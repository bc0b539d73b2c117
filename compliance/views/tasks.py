"""Pages of tasks (任务): list, assigning, one task, and what of the policy is a department's or a city's."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Duty, Permission
from accounts.models import User
from common.access import permission_required, require
from compliance import exports, services
from compliance.exceptions import Refused
from compliance.filters import TaskFilter
from compliance.forms import AssignForm, ExtendForm, ReportForm
from compliance.models import Task
from compliance.selectors import (
    breaches_of_city,
    lines_of,
    provisions_of_city,
    provisions_of_department,
    task_counts,
    tasks_shown,
)
from compliance.views.breaches import file_of
from parks.models import Region
from policy.enums import ProvisionStatus
from policy.models import Document
from policy.selectors import chapters_of
from targets.models import Target

PAGE_SIZE = 50


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


@require_safe
@permission_required(Permission.ZONE_VIEW)
def task_list(request: HttpRequest) -> HttpResponse:
    """The ledger of tasks: filters, counts by status."""
    tasks = tasks_shown(_user(request))
    chosen = TaskFilter(request.GET, queryset=tasks)
    page = Paginator(chosen.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "compliance/task_list.html",
        {
            "filter": chosen,
            "page_obj": page,
            "counts": task_counts(tasks),
            "may_assign": _user(request).may(Permission.TASK_ASSIGN),
            "may_export": _user(request).may(Permission.EXPORT),
            "duties": Duty.choices,
        },
    )


@require_safe
@permission_required(Permission.ZONE_VIEW)
def task_export(request: HttpRequest) -> HttpResponse:
    require(_user(request), Permission.EXPORT)
    table = exports.tasks_table(TaskFilter(request.GET, queryset=tasks_shown(_user(request))).qs)
    return file_of(table, f"tasks-{timezone.localdate():%Y%m%d}", request.GET.get("format", "csv"), _("任务"))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.TASK_ASSIGN)
def task_assign(request: HttpRequest) -> HttpResponse:
    """Assign provisions, by chapter or one by one."""
    documents = list(Document.objects.order_by("-issued_on", "code"))
    asked = request.GET.get("document") or request.POST.get("document")
    document = next((each for each in documents if each.code == asked), documents[0] if documents else None)
    if document is None:
        raise Http404
    chapters = chapters_of(document)
    if request.method != "POST":
        initial = {"provisions": request.GET.getlist("provision")}
        form = AssignForm(document, chapters, initial=initial)
        return render(
            request, "compliance/task_assign.html", {"form": form, "document": document, "documents": documents}
        )
    form = AssignForm(document, chapters, request.POST)
    if form.is_valid():
        try:
            made = services.tasks_assign(
                by=_user(request),
                provisions=form.chosen_provisions(),
                lead=form.cleaned_data["lead"],
                cities=form.chosen_cities(),
                deadline=form.cleaned_data["deadline"],
                work=form.cleaned_data["work"],
            )
        except Refused as refusal:
            for name, text in refusal.faults.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(
                request, _("已分解 %(n)d 项任务，并通知了有关人员。已有的任务没有改动。") % {"n": len(made)}
            )
            return redirect("task_list")
    context = {"form": form, "document": document, "documents": documents}
    return render(request, "compliance/task_assign.html", context, status=422)


def _found(request: HttpRequest, pk: int) -> Task:
    return get_object_or_404(tasks_shown(_user(request)).select_related("city__office"), pk=pk)


def _page(
    request: HttpRequest,
    task: Task,
    status: int = 200,
    report: ReportForm | None = None,
    extend: ExtendForm | None = None,
) -> HttpResponse:
    user = _user(request)
    state = {"percent": task.percent, "status": task.status, "base_revision": task.revision}
    may_assign = user.may(Permission.TASK_ASSIGN)
    may = services.may_report(user, task) and (task.done_on is None or may_assign)
    context = {
        "task": task,
        "notes": list(task.notes.select_related("by", "organisation")),
        "report": (report or ReportForm(task, initial=state)) if may else None,
        "extend": (extend or ExtendForm(initial=state)) if may_assign and task.done_on is None else None,
    }
    return render(request, "compliance/task_detail.html", context, status=status)


@require_safe
@permission_required(Permission.ZONE_VIEW)
def task_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, _found(request, pk))


@require_POST
@permission_required(Permission.TASK_REPORT)
def task_report(request: HttpRequest, pk: int) -> HttpResponse:
    task = _found(request, pk)
    form = ReportForm(task, request.POST)
    if form.is_valid():
        try:
            services.task_report(by=_user(request), task_id=task.pk, **form.cleaned_data)
        except Refused as refusal:
            _blame(form, refusal)
        else:
            messages.success(request, _("已记录进展。"))
            return redirect(task)
    return _page(request, _found(request, pk), 422, report=form)


@require_POST
@permission_required(Permission.TASK_ASSIGN)
def task_extend(request: HttpRequest, pk: int) -> HttpResponse:
    task = _found(request, pk)
    form = ExtendForm(request.POST)
    if form.is_valid():
        try:
            services.task_extend(by=_user(request), task_id=task.pk, **form.cleaned_data)
        except Refused as refusal:
            _blame(form, refusal)
        else:
            messages.success(request, _("已改期限。"))
            return redirect(task)
    return _page(request, _found(request, pk), 422, extend=form)


def _blame(form: Any, refusal: Refused) -> None:
    for name, text in refusal.faults.items():
        form.add_error(name if name in form.fields else None, text)


# ---- what of the policy is mine ---------------------------------------------------------------------------------


def _document(request: HttpRequest) -> Document:
    asked = request.GET.get("document")
    rows = Document.objects.order_by("-issued_on", "code")
    found = (rows.filter(code=asked).first() if asked else None) or rows.first()
    if found is None:
        raise Http404
    return found


@require_safe
@permission_required(Permission.ZONE_VIEW)
def department_policy(request: HttpRequest, duty: str) -> HttpResponse:
    """What of the policy is a department's, and how it stands."""
    if duty not in Duty.values:
        raise Http404
    user, document = _user(request), _document(request)
    tasks = tasks_shown(user).filter(lead=duty, provision__document=document)
    own = provisions_of_department(user, document, duty)
    targets = list(Target.objects.filter(lead=duty, provision__document=document)) if user.may("target.view") else []
    return render(
        request,
        "compliance/own_policy.html",
        {
            "title": Duty(duty).label,
            "kind": "department",
            "document": document,
            "own": own,
            "statuses": _statuses(own),
            "tasks": list(tasks[:PAGE_SIZE]),
            "counts": task_counts(tasks),
            "more": f"lead={duty}",
            "targets": targets,
            "places": [(value, label) for value, label in Duty.choices],
            "here": duty,
        },
    )


@require_safe
@permission_required(Permission.ZONE_VIEW)
def city_policy(request: HttpRequest, code: str) -> HttpResponse:
    """What of the policy is a city's: its tasks, and what is not as the rules want it there."""
    user, document = _user(request), _document(request)
    city = get_object_or_404(Region.objects.cities(), code=code)
    tasks = tasks_shown(user).filter(city=city, provision__document=document)
    breaches = breaches_of_city(user, city)
    if not _sees(user, city):
        raise Http404
    own = provisions_of_city(user, document, city)
    return render(
        request,
        "compliance/own_policy.html",
        {
            "title": city.label,
            "kind": "city",
            "document": document,
            "own": own,
            "statuses": _statuses(own),
            "tasks": list(tasks[:PAGE_SIZE]),
            "counts": task_counts(tasks),
            "more": f"city={city.code}",
            "breaches": lines_of(list(breaches[:PAGE_SIZE])),
            "city": city,
        },
    )


def _sees(user: User, city: Region) -> bool:
    """Whoever has anything to see in the city: the province's people, departments, and those of the city itself."""
    paths = user.paths_with(Permission.ZONE_VIEW)
    office = city.office.path if city.office is not None else ""
    return bool(user.duties_with(Permission.ZONE_VIEW)) or any(
        office.startswith(path) or (office and path.startswith(office)) for path in paths
    )


def _statuses(own: list[Any]) -> list[tuple[str, int]]:
    counted = [(status, sum(each.state.status == status for each in own)) for status in ProvisionStatus]
    return [(status, number) for status, number in counted if number]
