"""A zone's own result in a publication, and objections to it (本园区结果与异议)."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from assessments import services
from assessments.enums import ObjectionStatus
from assessments.exceptions import ProceedingRefused
from assessments.filters_proceedings import ObjectionFilter
from assessments.forms_proceedings import AnswerForm, ObjectionForm
from assessments.models import Objection, ObjectionFile, Publication, Result
from assessments.selectors import publicity
from assessments.services.objections import MOST_FILES
from assessments.views.proceedings import act_address
from common.access import permission_required, require
from common.attachments import ACCEPT, file_response
from indicators.views.common import UserRequest
from parks.models import Zone

PAGE_SIZE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.RUN_VIEW)
def publication_zone(request: UserRequest, pk: int, code: str) -> HttpResponseBase:
    """What was published about one zone, with its whole result, its objections, and the form to object."""
    publication, zone = _find(request, pk, code)
    if request.method != "POST":
        return _zone_page(request, publication, zone, ObjectionForm())
    require(request.user, Permission.OBJECTION_FILE, zone.administration.path)
    form = ObjectionForm(request.POST)
    if not form.is_valid():
        return _zone_page(request, publication, zone, form, [_("没有提交：请改正标出的内容。")], 422)
    try:
        objection = services.objection_file(
            by=request.user,
            publication_id=publication.pk,
            zone=zone,
            text=form.cleaned_data["text"],
            files=request.FILES.getlist("files"),
        )
    except ProceedingRefused as refused:
        return _zone_page(request, publication, zone, form, refused.reasons, 422)
    messages.success(request, _("异议已提交，答复后会通知您。"))
    return redirect(objection)


def _find(request: UserRequest, pk: int, code: str) -> tuple[Publication, Zone]:
    rows = Publication.objects.select_related("proceeding", "run__scheme").defer("content", "run__inputs")
    publication = get_object_or_404(rows, pk=pk)
    zones = Zone.objects.visible_to(request.user, Permission.RUN_VIEW).select_related("administration", "city")
    zone = get_object_or_404(zones, code=code)
    return publication, zone


def _zone_page(
    request: UserRequest,
    publication: Publication,
    zone: Zone,
    form: ObjectionForm,
    problems: Sequence[str] = (),
    status: int = 200,
) -> HttpResponse:
    results = Result.objects.filter(run=publication.run_id, zone=zone).defer("explanation")
    result = get_object_or_404(results)
    result.run = publication.run
    objections = publicity.objections_list(request.user).filter(
        publication__proceeding=publication.proceeding, zone=zone
    )
    rows = list(objections)
    mine = request.user.may(Permission.OBJECTION_FILE, zone.administration.path)
    waiting = any(row.status == ObjectionStatus.FILED and row.publication_id == publication.pk for row in rows)
    context = {
        "publication": publication,
        "proceeding": publication.proceeding,
        "zone": zone,
        "result": result,
        "decision": publicity.published_decision(publication, zone),
        "objections": rows,
        "form": form,
        "problems": problems,
        "may_object": mine and publication.is_open and not waiting,
        "closed": mine and not publication.is_open,
        "accept": ACCEPT,
        "most_files": MOST_FILES,
        "later": publicity.later(publication),
    }
    return render(request, "assessments/publication_zone.html", context, status=status)


# ---- objections -----------------------------------------------------------------------------------------------


@require_safe
@permission_required(Permission.RUN_VIEW)
def objection_list(request: UserRequest) -> HttpResponseBase:
    """Objections in the reader's own line, the open ones first: the queue of those who answer."""
    filtered = ObjectionFilter(request.GET, queryset=publicity.objections_list(request.user))
    page = Paginator(filtered.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = Objection.objects.visible_to(request.user).open().count()
    context = {"filter": filtered, "page_obj": page, "objections": list(page), "waiting": waiting}
    return render(request, "assessments/objection_list.html", context)


@require_safe
@permission_required(Permission.RUN_VIEW)
def objection_detail(request: UserRequest, pk: int) -> HttpResponseBase:
    """An objection with its files and answer; to answer or withdraw it, for who may."""
    return _page(request, _objection(request, pk), AnswerForm())


def _objection(request: UserRequest, pk: int) -> Objection:
    return get_object_or_404(publicity.objections_list(request.user).select_related("zone__administration"), pk=pk)


def _page(
    request: UserRequest, objection: Objection, form: AnswerForm, problems: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    is_open = objection.status == ObjectionStatus.FILED
    may_answer = is_open and request.user.may(Permission.OBJECTION_ANSWER)
    proceeding = objection.publication.proceeding
    involved = may_answer and request.user.pk in services.deciders(proceeding)
    context = {
        "objection": objection,
        "publication": objection.publication,
        "proceeding": proceeding,
        "files": list(objection.files.all()),
        "form": form,
        "problems": problems,
        "may_answer": may_answer and not involved,
        "involved": involved,
        "may_withdraw": is_open and request.user.may(Permission.OBJECTION_FILE, objection.zone.administration.path),
        "sees_proceeding": request.user.may(Permission.DECISION_RECORD),
    }
    return render(request, "assessments/objection_detail.html", context, status=status)


@act_address("objection_detail")
@permission_required(Permission.OBJECTION_ANSWER)
def objection_answer(request: UserRequest, pk: int) -> HttpResponseBase:
    """Uphold (`verdict=uphold`) or reject, with the words the zone reads."""
    objection, form = _objection(request, pk), AnswerForm(request.POST)
    verdict = request.POST.get("verdict", "")
    if not form.is_valid() or verdict not in ("uphold", "reject"):
        problems = [_("没有答复：请写明答复，并选择异议是否成立。")]
        return _page(request, objection, form, problems, 422)
    try:
        services.objection_answer(
            by=request.user, objection_id=pk, uphold=verdict == "uphold", answer=form.cleaned_data["answer"]
        )
    except ProceedingRefused as refused:
        return _page(request, _objection(request, pk), form, refused.reasons, 409)
    except PermissionDenied as denied:
        return _page(request, _objection(request, pk), form, [str(denied)], 403)
    messages.success(request, _("已答复，园区会收到通知。"))
    return redirect(objection)


@act_address("objection_detail")
@permission_required(Permission.OBJECTION_FILE)
def objection_withdraw(request: UserRequest, pk: int) -> HttpResponseBase:
    """Take back an objection not yet answered."""
    objection = _objection(request, pk)
    try:
        services.objection_withdraw(by=request.user, objection_id=pk)
    except ProceedingRefused as refused:
        return _page(request, _objection(request, pk), AnswerForm(), refused.reasons, 409)
    messages.success(request, _("异议已撤回。"))
    return redirect(objection)


@require_safe
@permission_required(Permission.RUN_VIEW)
def objection_attachment(request: UserRequest, pk: int) -> HttpResponseBase:
    """A file of an objection, to be saved; for those who may read the objection."""
    files = ObjectionFile.objects.filter(objection__in=Objection.objects.visible_to(request.user))
    found = files.filter(pk=pk).first()
    if found is None:
        raise Http404
    return file_response(found.file, found.name, found.content_type)
