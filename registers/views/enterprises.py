"""Enterprises: the list, one with the registers it stands in, registering and changing (企业页面)."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from common.access import permission_required
from registers.enums import FieldType
from registers.exceptions import EnterpriseInvalid, EntryConflict
from registers.filters import EnterpriseFilter
from registers.forms import EnterpriseForm
from registers.models import Enterprise, Entry, Register
from registers.services import enterprise_save
from registers.views.common import PER_PAGE, user_of

SORTS = {"credit_code", "name", "zone", "since"}


@require_safe
@permission_required(Permission.REGISTER_VIEW)
def enterprise_list(request: HttpRequest) -> HttpResponse:
    user = user_of(request)
    known = Enterprise.objects.visible_to(user).select_related("zone__city")
    chosen = EnterpriseFilter(request.GET, known)
    sort = request.GET.get("sort", "")
    key = sort.removeprefix("-")
    field = {"zone": "zone__code"}.get(key, key) if key in SORTS else "credit_code"
    ordered = chosen.qs.order_by(f"-{field}" if sort.startswith("-") else field, "credit_code")
    page = Paginator(ordered, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page_obj": page, "may_keep": user.may(Permission.REGISTER_KEEP)}
    return render(request, "registers/enterprise_list.html", context)


@require_safe
@permission_required(Permission.REGISTER_VIEW)
def enterprise_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What is known of an enterprise, and every entry that names it."""
    user = user_of(request)
    known = Enterprise.objects.visible_to(user).select_related("zone__administration", "zone__city", "changed_by")
    enterprise = get_object_or_404(known, credit_code=code)
    names = {
        each.code for register in Register.objects.active() for each in register.spec.of_type(FieldType.ENTERPRISE)
    }
    naming = Q(pk__in=[])
    for name in sorted(names):
        naming |= Q(data__contains={name: enterprise.credit_code})
    entries = Entry.objects.visible_to(user).filter(naming).select_related("register", "zone", "region")
    context = {
        "enterprise": enterprise,
        "entries": entries.order_by("register__position", "-dated", "-pk")[:200],
        "history": enterprise.history.select_related("changed_by", "zone").order_by("-pgh_id"),  # type: ignore[attr-defined]
        "may_keep": user.may(Permission.REGISTER_KEEP, enterprise.zone.administration.path),
    }
    return render(request, "registers/enterprise_detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.REGISTER_KEEP)
def enterprise_new(request: HttpRequest) -> HttpResponseBase:
    return _edit(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.REGISTER_KEEP)
def enterprise_edit(request: HttpRequest, code: str) -> HttpResponseBase:
    visible = Enterprise.objects.visible_to(user_of(request)).select_related("zone")
    enterprise = get_object_or_404(visible, credit_code=code)
    return _edit(request, enterprise)


def _edit(request: HttpRequest, known: Enterprise | None) -> HttpResponseBase:
    user = user_of(request)
    form = EnterpriseForm(user, request.POST or None, known=known)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data | ({"credit_code": known.credit_code} if known else {"base_revision": 0})
        try:
            enterprise = enterprise_save(by=user, **data)
        except EnterpriseInvalid as invalid:
            form.refuse(invalid.errors)
        except EntryConflict as conflict:
            form.add_error(None, str(conflict))
            status = 409
        else:
            messages.success(request, _("已保存“%(title)s”。") % {"title": enterprise})
            return redirect(enterprise)
    context = {"form": form, "enterprise": known, "title": _("修改企业") if known else _("登记企业")}
    return render(request, "registers/enterprise_form.html", context, status=status)
