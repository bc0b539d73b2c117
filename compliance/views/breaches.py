"""Pages of breaches and rules (合规): the list by filters, one rule, one breach with its exemptions."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.enums import Permission
from accounts.models import User
from common.access import permission_required, require
from compliance import exports, services
from compliance.exceptions import Refused
from compliance.filters import BreachFilter
from compliance.forms import ExemptionForm
from compliance.models import Breach, CheckRun, Exemption
from compliance.rules import RULES
from compliance.selectors import (
    check_lines,
    earlier_of,
    exemptions_of,
    lines_of,
    terms_of_rule,
    visible_breaches,
)
from parks.models import Zone
from policy.models import Document

PAGE_SIZE = 50


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _asked(request: HttpRequest) -> BreachFilter:
    """The filter as filled in; what stands now unless another state is asked for."""
    asked = request.GET.copy()
    if "state" not in asked:
        asked["state"] = "open"
    return BreachFilter(asked, queryset=visible_breaches(_user(request)))


@require_safe
@permission_required(Permission.ZONE_VIEW)
def breach_list(request: HttpRequest) -> HttpResponse:
    """What is not as the rules want it, in the reader's territory."""
    chosen = _asked(request)
    page = Paginator(chosen.qs, PAGE_SIZE).get_page(request.GET.get("page"))
    checks = check_lines(_user(request))
    return render(
        request,
        "compliance/breach_list.html",
        {
            "filter": chosen,
            "page_obj": page,
            "lines": lines_of(list(page)),
            "checks": checks,
            "totals": {
                "breaches": sum(line.breaches for line in checks),
                "exempt": sum(line.exempt for line in checks),
                "checked": sum(line.check.state == "checked" for line in checks),
                "undecided": sum(line.check.state == "undecided" for line in checks),
                "waiting": sum(line.check.state == "waiting" for line in checks),
                "rules": len(checks),
            },
            "run": CheckRun.objects.first(),
            "may_export": _user(request).may(Permission.EXPORT),
        },
    )


@require_safe
@permission_required(Permission.ZONE_VIEW)
def breach_export(request: HttpRequest) -> HttpResponse:
    """The list as filtered, as CSV or XLSX."""
    require(_user(request), Permission.EXPORT)
    table = exports.breaches_table(lines_of(list(_asked(request).qs)))
    return file_of(table, f"breaches-{timezone.localdate():%Y%m%d}", request.GET.get("format", "csv"), _("不符"))


def file_of(table: exports.Table, name: str, kind: str, title: str) -> HttpResponse:
    if kind == "xlsx":
        content = exports.as_xlsx(table, title)
        content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    else:
        kind, content, content_type = "csv", exports.as_csv(table), "text/csv; charset=utf-8"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return HttpResponse(content, content_type=content_type, headers=headers)


@require_safe
@permission_required(Permission.ZONE_VIEW)
def rule_check_list(request: HttpRequest) -> HttpResponse:
    """All rules of the policy, checked or not."""
    checks = check_lines(_user(request))
    return render(request, "compliance/rule_list.html", {"checks": checks, "run": CheckRun.objects.first()})


@require_safe
@permission_required(Permission.ZONE_VIEW)
def rule_check(request: HttpRequest, key: str) -> HttpResponse:
    """One rule: clause, settings, what breaks it now and what did."""
    if key not in RULES:
        raise Http404
    documents = Document.objects.filter(instruments__key=RULES[key].instrument).order_by("pk")
    lines = [line for line in check_lines(_user(request)) if line.rule.key == key]
    breaches = visible_breaches(_user(request)).filter(rule=key)
    page = Paginator(breaches.filter(ended_at=None), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "compliance/rule_detail.html",
        {
            "rule": RULES[key],
            "lines": lines,
            "terms": [term for document in documents for term in terms_of_rule(RULES[key], document)],
            "page_obj": page,
            "breaches": lines_of(list(page)),
            "ended": lines_of(list(breaches.filter(ended_at__isnull=False)[:20])),
        },
    )


@require_safe
@permission_required(Permission.ZONE_VIEW)
def zone_breaches(request: HttpRequest, code: str) -> HttpResponse:
    """What is not as the rules want it in a zone and its county: a part of the zone's page, or a page of its own."""
    zone = get_object_or_404(Zone.objects.visible_to(_user(request)), code=code)
    place = Q(zone=zone) | (Q(region=zone.county_id) if zone.county_id else Q(pk__in=[]))
    lines = lines_of(list(visible_breaches(_user(request)).filter(place, ended_at=None)))
    part = request.headers.get("HX-Request")
    template = "compliance/_zone_breaches.html" if part else "compliance/zone_breaches.html"
    return render(request, template, {"zone": zone, "lines": lines})


def _found(request: HttpRequest, pk: int) -> Breach:
    return get_object_or_404(visible_breaches(_user(request)), pk=pk)


def _detail(request: HttpRequest, breach: Breach, form: ExemptionForm | None = None, status: int = 200) -> HttpResponse:
    user = _user(request)
    exemptions = exemptions_of(breach)
    in_force = any(exemption.look == "exemption_in_force" for exemption in exemptions)
    may = user.may(Permission.POLICY_DECIDE) and breach.ended_at is None and not in_force
    context = {
        "breach": breach,
        "line": lines_of([breach])[0],
        "exemptions": exemptions,
        "earlier": earlier_of(breach),
        "form": (form or ExemptionForm()) if may else None,
        "may_withdraw": user.may(Permission.POLICY_DECIDE),
    }
    return render(request, "compliance/breach_detail.html", context, status=status)


@require_http_methods(["GET", "HEAD"])
@permission_required(Permission.ZONE_VIEW)
def breach_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return _detail(request, _found(request, pk))


@require_POST
@permission_required(Permission.POLICY_DECIDE)
def exemption_grant(request: HttpRequest, pk: int) -> HttpResponse:
    breach = _found(request, pk)
    form = ExemptionForm(request.POST)
    if form.is_valid():
        try:
            services.exemption_grant(by=_user(request), breach=breach, **form.cleaned_data)
        except Refused as refusal:
            for name, text in refusal.faults.items():
                form.add_error(name or None, text)
        else:
            messages.success(request, _("已登记例外。它不计入不符，到期自动失效。"))
            return redirect(breach)
    return _detail(request, breach, form, 422)


@require_POST
@permission_required(Permission.POLICY_DECIDE)
def exemption_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    exemption = get_object_or_404(Exemption, pk=pk)
    try:
        services.exemption_withdraw(by=_user(request), exemption=exemption, reason=request.POST.get("withdrawal", ""))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已撤销例外；记录保留。"))
    breach = visible_breaches(_user(request)).filter(
        document=exemption.document_id, rule=exemption.rule, subject_key=exemption.subject_key
    )
    return redirect(breach.first() or "breach_list")
