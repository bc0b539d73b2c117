"""The calendar of workdays (工作日历): holidays and days made up for, by year; a year's list from a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from assessments import services
from assessments.exceptions import CalendarRefused
from assessments.models import CalendarDay
from assessments.selectors import publicity
from assessments.services import DayInput
from assessments.views.proceedings import OFFICE, act_address
from common.access import permission_required
from common.text_files import decoded
from indicators.views.common import UserRequest

LARGEST = 200_000


class DayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("日期"), widget=forms.DateInput(attrs={"type": "date"}))
    works = forms.TypedChoiceField(
        label=gettext_lazy("当天"),
        choices=[("0", gettext_lazy("放假")), ("1", gettext_lazy("上班"))],
        coerce=lambda text: text == "1",
    )
    name = forms.CharField(
        label=gettext_lazy("名称"), max_length=40, help_text=gettext_lazy("例如：国庆节、国庆节调休")
    )
    document = forms.CharField(
        label=gettext_lazy("依据"), max_length=120, help_text=gettext_lazy("国务院办公厅当年节假日安排通知的文号")
    )


@require_safe
@permission_required(*OFFICE)
def calendar(request: UserRequest) -> HttpResponseBase:
    """A year's days that are not what their weekday says, and the windows they count for."""
    return _page(request, DayForm())


def _page(
    request: UserRequest,
    form: DayForm,
    problems: Sequence[str] = (),
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    held = sorted({day.year for day in CalendarDay.objects.values_list("day", flat=True)})
    this = timezone.localdate().year
    years = sorted({*held, this, this + 1}, reverse=True)
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else this
    context = {
        "year": year,
        "tabs": [{"label": str(at), "href": f"?year={at}", "active": at == year} for at in years],
        "days": list(CalendarDay.objects.filter(day__year=year)),
        "windows": publicity.windows(request.user),
        "form": form,
        "problems": problems,
        "may_change": request.user.may(Permission.DECISION_RECORD),
        "text": "",
    } | more
    return render(request, "assessments/calendar.html", context, status=status)


@act_address("calendar", keyed=False)
@permission_required(Permission.DECISION_RECORD)
def calendar_save(request: UserRequest) -> HttpResponseBase:
    """Write one day."""
    form = DayForm(request.POST)
    if not form.is_valid():
        return _page(request, form, [_("没有保存：请改正标出的内容。")], 422)
    row = DayInput(**form.cleaned_data)
    try:
        services.calendar_days_save(by=request.user, rows=[row])
    except CalendarRefused as refused:
        return _page(request, form, refused.reasons, 422)
    messages.success(request, _("已保存 %(day)s。") % {"day": row.day})
    return redirect(f"{reverse('calendar')}?year={row.day.year}")


@act_address("calendar", keyed=False)
@permission_required(Permission.DECISION_RECORD)
def calendar_remove(request: UserRequest) -> HttpResponseBase:
    """Take one day out."""
    form = forms.DateField()
    try:
        day = form.clean(request.POST.get("day", ""))
    except forms.ValidationError:
        return _page(request, DayForm(), [_("没有这一天。请刷新后再试。")], 422)
    services.calendar_day_remove(by=request.user, day=day)
    messages.success(request, _("已移出 %(day)s，当天按星期几计算。") % {"day": day})
    return redirect(f"{reverse('calendar')}?year={day.year}")


@act_address("calendar", keyed=False)
@permission_required(Permission.DECISION_RECORD)
def calendar_import(request: UserRequest) -> HttpResponseBase:
    """A year's list: first what would change, in days and in windows; with `confirmed` it is saved."""
    text = request.POST.get("text", "")
    file = request.FILES.get("file")
    if file is not None:
        if (file.size or 0) > LARGEST:
            return _page(request, DayForm(), [_("文件过大，不像一年的节假日安排。")], 422)
        try:
            text = decoded(file.read())
        except UnicodeDecodeError:
            return _page(request, DayForm(), [_("文件不是文本。请把表格另存为 CSV 后再导入。")], 422)
    if not text.strip():
        return _page(request, DayForm(), [_("没有内容。请选择文件或粘贴表格。")], 422)
    try:
        rows = services.calendar_read(text)
        confirmed = bool(request.POST.get("confirmed"))
        change = services.calendar_days_save(by=request.user, rows=rows, dry_run=not confirmed)
    except CalendarRefused as refused:
        return _page(request, DayForm(), refused.reasons, 422, text=text)
    if confirmed:
        messages.success(
            request,
            _("已导入：新增 %(new)d 天，改动 %(changed)d 天。")
            % {"new": len(change.new), "changed": len(change.changed)},
        )
        return redirect(f"{reverse('calendar')}?year={rows[0].day.year}")
    return _page(request, DayForm(), change=change, text=text, windows=publicity.windows(request.user, change.days))
