"""Pages of the development axes: which places lie on them, and saying so (发展轴带)."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.enums import Permission
from accounts.models import User
from common.access import permission_required
from parks import services
from parks.axes import AxisChange, axis_changes, axis_lines, eligible_places
from parks.exceptions import AxisInvalid
from parks.models import Region
from parks.provinces import chosen_province


@require_safe
@permission_required(Permission.ZONE_VIEW)
def axis_list(request: HttpRequest) -> HttpResponse:
    """The four axes with their places, zones and grounds, and what changed."""
    code = _code(_province(request))
    lines = axis_lines(code)
    context = {
        "lines": lines,
        "empty": [line.axis.label for line in lines if not line.places],
        "may_decide": _user(request).may(Permission.POLICY_DECIDE),
        "events": [_event(change) for change in axis_changes(code)],
    }
    return render(request, "parks/axis_list.html", context)


class AxisForm(forms.Form):
    """All places of an axis from now on, and the ground of what changes."""

    places = forms.MultipleChoiceField(label=gettext_lazy("位于这一轴带上的地方"), required=False)
    document = forms.CharField(
        label=gettext_lazy("依据"),
        max_length=services.DOCUMENT_LENGTH,
        help_text=gettext_lazy("确定这一范围的文件或会议，例如“省联席会议办公室〔2018〕3号”"),
    )
    base = forms.CharField(widget=forms.HiddenInput, required=False)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.POLICY_DECIDE)
def axis_edit(request: HttpRequest, axis: str) -> HttpResponseBase:
    """Which places lie on one axis: cities, each with its counties."""
    province = _province(request)
    line = next((line for line in axis_lines(_code(province)) if line.axis == axis), None)
    if line is None:
        raise Http404
    held = {place.region.code: place for place in line.places}
    offered = eligible_places(_code(province))
    form = AxisForm(request.POST or None, initial={"base": line.version})
    codes = {region.code for city, counties in offered for region in (city, *counties)} | set(held)
    form.fields["places"].choices = [(code, code) for code in sorted(codes)]  # type: ignore[attr-defined]
    if form.is_valid():
        given = form.cleaned_data
        try:
            added, removed = services.axis_places_set(
                by=_user(request), province=province, axis=axis, **{name: given[name] for name in AxisForm.base_fields}
            )
        except AxisInvalid as invalid:
            form.add_error(None, invalid.messages)
        else:
            facts = {"axis": line.axis.label, "added": len(added), "removed": len(removed)}
            messages.success(request, _("已登记“%(axis)s”：增加 %(added)d 处，移出 %(removed)d 处。") % facts)
            return redirect("axis_list")
    chosen = set(request.POST.getlist("places")) if request.method == "POST" else set(held)
    context = {"line": line, "form": form, "rows": _rows(offered, held, chosen)}
    status = 422 if request.method == "POST" else 200
    return render(request, "parks/axis_form.html", context, status=status)


def _rows(offered: list[tuple[Region, list[Region]]], held: dict[str, Any], chosen: set[str]) -> list[dict[str, Any]]:
    """Cities with a tick each, open where a county of theirs has one by itself."""

    def tick(region: Region) -> dict[str, Any]:
        return {"region": region, "checked": region.code in chosen, "place": held.get(region.code)}

    rows = []
    for city, counties in offered:
        below = [tick(county) for county in counties]
        rows.append(tick(city) | {"counties": below, "open": any(row["checked"] for row in below)})
    return rows


def _event(change: AxisChange) -> dict[str, Any]:
    words = pgettext("axis", "%(place)s 列入%(axis)s") if change.added else pgettext("axis", "%(place)s 移出%(axis)s")
    text = _("依据：%(document)s") % {"document": change.document}
    if change.quote:
        text += " " + _("原文：“%(quote)s”") % {"quote": change.quote}
    return {
        "at": timezone.localtime(change.at).strftime("%Y-%m-%d %H:%M"),
        "title": words % {"place": change.region.label, "axis": change.axis.label},
        "text": text,
        "by": str(change.by) if change.by else _("随政策包载入"),
        "icon": "plus" if change.added else "minus",
        "tone": "ok" if change.added else "mute",
    }


def _province(request: HttpRequest) -> Region | None:
    return chosen_province(_user(request), request.GET.get("province", ""))


def _code(province: Region | None) -> str:
    return province.code if province else ""


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)
