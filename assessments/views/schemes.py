"""Pages of schemes (考核办法页面): which applies when, one to read, one to write, its differences and effect, its acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.generic import TemplateView

from accounts.enums import Permission
from accounts.models import User
from assessments import selectors, services, simulation
from assessments.engine import Fault
from assessments.enums import SchemeActKind, SchemeStatus
from assessments.exceptions import SchemeChanged, SchemeFaulty, SchemeRefused
from assessments.models import Run, Scheme, SchemeAct
from assessments.scheme_fields import SchemeForm
from assessments.schemes import SchemePage
from assessments.selectors.changes import Change, changes_between, text_difference
from assessments.services.schemes import publishing_faults, wrote
from common.access import PermissionRequired, permission_required
from common.yaml_text import YamlEditError, loaded, set_values
from indicators.models import Indicator
from indicators.views.common import UserRequest

WRITERS = (Permission.SCHEME_EDIT, Permission.SCHEME_PUBLISH)
LARGEST_FILE = 1024 * 1024
_ICONS = {
    SchemeActKind.CLONED: ("copy", "mute"),
    SchemeActKind.CHANGED: ("pencil", "mute"),
    SchemeActKind.SUBMITTED: ("send", "info"),
    SchemeActKind.WITHDRAWN: ("arrow-back-up", "mute"),
    SchemeActKind.HANDED_BACK: ("arrow-back-up", "warn"),
    SchemeActKind.PUBLISHED: ("circle-check", "ok"),
    SchemeActKind.DISCARDED: ("trash", "mute"),
}


def find_scheme(user: User, pk: int) -> Scheme:
    """The scheme with its parent and people; 404 where the user may not see it."""
    people = ("created_by", "edited_by", "submitted_by", "published_by")
    return get_object_or_404(Scheme.objects.visible_to(user).select_related("parent", *people), pk=pk)


class SchemeList(PermissionRequired, TemplateView):
    """All schemes, which applies to which class, level and year, and the library of published methods."""

    permission = Permission.SCHEME_VIEW
    template_name = "assessments/scheme_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: User = self.request.user  # type: ignore[assignment]
        visible = Scheme.objects.of_zones().visible_to(user).select_related("parent", "published_by", "submitted_by")
        schemes = list(visible.defer("text", "parent__text"))
        last = selectors.assessable_years()[0]
        begins = [scheme.year_from for scheme in schemes if scheme.status == SchemeStatus.PUBLISHED]
        # The year under way is told too: its scheme ought to stand before it is over.
        years = list(range(min([last, *begins]), last + 2))
        rows = selectors.applicability(years, user)
        return super().get_context_data(**kwargs) | {
            "schemes": schemes,
            "years": years,
            "applicability": rows,
            "gaps": sum(span.is_gap for row in rows for span in row.spans),
            "overlaps": sum(span.is_overlap for row in rows for span in row.spans),
            "library": selectors.library(),
            "may_simulate": any(user.may(permission) for permission in WRITERS),
        }


class SchemeDetail(PermissionRequired, TemplateView):
    """A scheme to read: tree and weights, rules and clauses, what is open and who decides, the text itself, its acts."""

    permission = Permission.SCHEME_VIEW
    template_name = "assessments/scheme_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user: User = self.request.user  # type: ignore[assignment]
        scheme = find_scheme(user, kwargs["pk"])
        method = selectors.method_of(scheme.text)
        runs = Run.objects.visible_to(user).filter(scheme=scheme)
        may_edit = user.may(Permission.SCHEME_EDIT)
        return super().get_context_data(**kwargs) | {
            "scheme": scheme,
            "page": SchemePage(method, selectors.catalogue_of(method) if scheme.is_of_zones else {}),
            "runs": runs.defer("inputs").order_by("-year", "-pk")[:8],
            "acts": _events(scheme),
            "replaced_by": selectors.replaced_by(scheme) if scheme.status == SchemeStatus.PUBLISHED else None,
            "children": Scheme.objects.visible_to(user).filter(parent=scheme).current().defer("text"),
            "may_clone": may_edit and scheme.status in {SchemeStatus.PUBLISHED, SchemeStatus.DRAFT},
            "may_edit": may_edit and scheme.is_draft,
        }


def _events(scheme: Scheme) -> list[dict[str, Any]]:
    """The acts as the timeline shows them, newest first."""
    acts = SchemeAct.objects.filter(scheme=scheme).select_related("actor").order_by("-pk")
    return [_event(act) for act in acts]


def _event(act: SchemeAct) -> dict[str, Any]:
    icon, tone = _ICONS[SchemeActKind(act.kind)]
    return {
        "at": act.at,
        "title": str(act.get_kind_display()),
        "by": act.actor.display_name or act.actor.username,
        "text": act.reason,
        "icon": icon,
        "tone": tone,
        "changes": [Change.from_data(data) for data in act.changes],
    }


@require_safe
@permission_required(Permission.SCHEME_VIEW)
def text(request: UserRequest, pk: int) -> HttpResponse:
    """The text of a scheme as a file."""
    scheme = find_scheme(request.user, pk)
    name = f"{scheme.code}-{scheme.version}.yaml"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(scheme.text, content_type="application/yaml; charset=utf-8", headers=headers)


@require_POST
@permission_required(Permission.SCHEME_EDIT)
def clone(request: UserRequest, pk: int) -> HttpResponseBase:
    """A draft of the next version, to be written at once."""
    scheme = find_scheme(request.user, pk)
    try:
        draft = services.scheme_clone(by=request.user, scheme=scheme)
    except SchemeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(scheme)
    except SchemeFaulty as faulty:
        messages.error(request, _("这一版本的全文已不能通过校验：%(fault)s") % {"fault": fault_words(faulty.faults[0])})
        return redirect(scheme)
    messages.success(request, _("已复制为草稿 %(scheme)s，请修改后提交。") % {"scheme": draft})
    return redirect("scheme_edit", draft.pk)


# ---- writing ----------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.SCHEME_EDIT)
def edit(request: UserRequest, pk: int) -> HttpResponseBase:
    """A draft to be written, as a form or as its text; a faulty one is shown again as it was typed, and nothing is saved."""
    scheme = find_scheme(request.user, pk)
    if not scheme.is_draft:
        messages.error(request, _("只有草稿可以修改；这一版本现为“%(now)s”。") % {"now": scheme.get_status_display()})
        return redirect(scheme)
    mode = "text" if (request.POST or request.GET).get("view") == "text" else "form"
    if request.method != "POST":
        return _editor(request, scheme, mode, scheme.text)
    typed, problems = _typed(request, scheme, mode)
    if not problems:
        try:
            services.scheme_change(
                by=request.user,
                scheme_id=scheme.pk,
                text=typed,
                base_revision=int(request.POST.get("revision") or 0),
                reason=request.POST.get("reason", ""),
            )
        except SchemeFaulty as faulty:
            return _editor(request, scheme, mode, typed, faults=faulty.faults)
        except (SchemeRefused, SchemeChanged) as refusal:
            problems = [str(refusal)]
        else:
            messages.success(request, _("已保存。"))
            return redirect(f"{request.path}?view={mode}")
    return _editor(request, scheme, mode, typed, problems=problems)


def _typed(request: UserRequest, scheme: Scheme, mode: str) -> tuple[str, list[str]]:
    """The text that was typed, uploaded, or made from the form; and why it could not be taken."""
    if mode == "form":
        form = SchemeForm(loaded(scheme.text), _catalogue())
        changes = form.changes(dict(request.POST.lists()))
        try:
            return set_values(scheme.text, changes), []
        except YamlEditError:
            return scheme.text, [_("有的值与别处共用同一段文字，不能单独修改。请改在“全文”中修改。")]
    upload = request.FILES.get("file")
    if upload is None:
        return request.POST.get("text", "").replace("\r\n", "\n"), []
    if (upload.size or 0) > LARGEST_FILE:
        return scheme.text, [_("文件超过 %(most)d MB，不像是办法。") % {"most": LARGEST_FILE // 1024 // 1024}]
    try:
        return upload.read().decode("utf-8-sig").replace("\r\n", "\n"), []
    except UnicodeDecodeError:
        return scheme.text, [_("文件不是 UTF-8 文本。请用文本编辑器另存为 UTF-8 后再上传。")]


def _editor(
    request: UserRequest,
    scheme: Scheme,
    mode: str,
    typed: str,
    faults: list[Fault] | None = None,
    problems: list[str] | None = None,
) -> HttpResponse:
    form = None
    if mode == "form":
        catalogue = _catalogue()
        rules = SchemePage(selectors.method_of(scheme.text), catalogue).rules
        words = {rule["id"]: rule["words"] for rule in rules}
        form = SchemeForm(loaded(scheme.text), catalogue, loaded(typed), words)
    faults = faults or []
    context = {
        "scheme": scheme,
        "mode": mode,
        "typed": typed,
        "form": form,
        "faults": [(fault, fault_words(fault)) for fault in faults],
        "faulty": {fault.where for fault in faults},
        "problems": problems or [],
        "tabs": [
            {"label": _("表单"), "href": "?view=form", "active": mode == "form"},
            {"label": _("全文（YAML）"), "href": "?view=text", "active": mode == "text"},
        ],
        "revision": request.POST.get("revision", scheme.revision),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "assessments/scheme_edit.html", context, status=422 if faults or problems else 200)


def fault_words(fault: Fault) -> str:
    """A fault of the engine in the reader's language."""
    return fault.message_en if (get_language() or "").startswith("en") else fault.message_zh


def _catalogue() -> dict[str, Indicator]:
    return {indicator.code: indicator for indicator in Indicator.objects.all()}


# ---- differences, effect, acts ------------------------------------------------------------------------------------


@require_safe
@permission_required(Permission.SCHEME_VIEW)
def changes(request: UserRequest, pk: int) -> HttpResponse:
    """How a version differs from the one it was made from, what it would have moved, and the acts on it."""
    return _changes(request, find_scheme(request.user, pk))


def _changes(request: UserRequest, scheme: Scheme, problems: list[str] | None = None) -> HttpResponse:
    parent, user = scheme.parent, request.user
    lines = text_difference(parent.text, scheme.text) if parent else []
    own = scheme.submitted_by_id == user.pk
    pending = scheme.status == SchemeStatus.PENDING
    method = selectors.method_of(scheme.text)
    context = {
        "scheme": scheme,
        "parent": parent,
        "changes": _by_section(changes_between(parent.text, scheme.text)) if parent else [],
        "lines": lines,
        "obstacles": publishing_faults(scheme, method) if scheme.is_draft or pending else [],
        "sees_effect": parent is not None and any(user.may(permission) for permission in WRITERS),
        "may_edit": scheme.is_draft and user.may(Permission.SCHEME_EDIT),
        "may_hand_back": pending
        and (user.may(Permission.SCHEME_PUBLISH) or (own and user.may(Permission.SCHEME_EDIT))),
        "may_publish": pending and user.may(Permission.SCHEME_PUBLISH) and not wrote(user, scheme),
        "must_be_another": pending and user.may(Permission.SCHEME_PUBLISH) and wrote(user, scheme),
        "own": own,
        "problems": problems or [],
        "reason": request.POST.get("reason", ""),
        "acts": _events(scheme),
    }
    return render(request, "assessments/scheme_changes.html", context, status=422 if problems else 200)


def _by_section(found: list[Change]) -> list[tuple[str, list[Change]]]:
    sections: dict[str, list[Change]] = {}
    for change in found:
        sections.setdefault(change.section, []).append(change)
    return list(sections.items())


@require_safe
@permission_required(*WRITERS)
def effect(request: UserRequest, pk: int) -> HttpResponse:
    """The effect on last year's ranks and proposals, a part of the page of differences."""
    scheme = find_scheme(request.user, pk)
    found = simulation.effect(scheme.parent, scheme) if scheme.parent is not None else None
    whole = request.GET.get("all") == "1"
    return render(request, "assessments/_effect.html", {"scheme": scheme, "effect": found, "whole": whole})


Act = Callable[..., Scheme]


def _act(request: UserRequest, pk: int, act: Act, done: str) -> HttpResponseBase:
    """An act with its reason; one that is refused is told where it was asked."""
    scheme = find_scheme(request.user, pk)
    revision, reason = request.POST.get("revision", ""), request.POST.get("reason", "")
    try:
        scheme = act(
            by=request.user, scheme_id=pk, reason=reason, base_revision=int(revision) if revision.isdecimal() else 0
        )
    except (SchemeRefused, SchemeChanged) as refusal:
        return _changes(request, scheme, getattr(refusal, "reasons", [str(refusal)]))
    except SchemeFaulty as faulty:
        return _changes(request, scheme, [fault_words(fault) for fault in faulty.faults])
    except PermissionDenied as denied:
        if not str(denied) or not any(request.user.may(permission) for permission in WRITERS):
            raise
        return _changes(request, scheme, [str(denied)])
    messages.success(request, done % {"scheme": scheme})
    return redirect("scheme_changes", scheme.pk) if scheme.status != SchemeStatus.PUBLISHED else redirect(scheme)


@require_POST
@permission_required(Permission.SCHEME_EDIT)
def submit(request: UserRequest, pk: int) -> HttpResponseBase:
    """Hand a draft to a second person."""
    return _act(request, pk, services.scheme_submit, _("已提交 %(scheme)s，待另一位有发布权限的人发布。"))


@require_POST
@permission_required(*WRITERS)
def hand_back(request: UserRequest, pk: int) -> HttpResponseBase:
    """Hand a submitted version back, or take one's own back."""
    return _act(request, pk, services.scheme_hand_back, _("已退回 %(scheme)s，可以继续修改。"))


@require_POST
@permission_required(Permission.SCHEME_PUBLISH)
def publish(request: UserRequest, pk: int) -> HttpResponseBase:
    """Publish a version that others wrote and submitted."""
    return _act(request, pk, services.scheme_publish, _("已发布 %(scheme)s，全文从此不再改动。"))


@require_POST
@permission_required(Permission.SCHEME_EDIT)
def discard(request: UserRequest, pk: int) -> HttpResponseBase:
    """Give a draft up."""
    return _act(request, pk, services.scheme_discard, _("已废弃 %(scheme)s。"))
