"""What stands against a plan of a round (填报任务方案检查): sentences by field, for form and API alike."""

from __future__ import annotations

import calendar
from collections import defaultdict
from dataclasses import fields, replace
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from indicators import periods
from indicators.enums import Frequency, ReturnStatus, ReviewStep
from indicators.exceptions import RoundInvalid
from indicators.models import Form, Round
from indicators.selectors.rounds import RoundPlan, clashes, form_items, items_by_zone
from parks.enums import DesignationLevel, ZoneClass
from parks.models import Region, Zone
from parks.provinces import chosen_province, prefix_of

_FURTHEST_REMINDER = 120
_MOST_REMINDERS = 10
# What an open round may still change; everything else is what its parks were asked.
_OPEN_FIELDS = {"name", "due_on", "closes_on", "reminder_days", "forms"}
_MONTHS = {Frequency.YEAR: 12, Frequency.QUARTER: 3, Frequency.MONTH: 1}


def of_own_province(by: User, plan: RoundPlan) -> RoundPlan:
    """The plan for the province of the office that puts it together (开展填报的省); one that has its province keeps it."""
    province = None if plan.region else chosen_province(by)
    return plan if province is None else replace(plan, region=province.code)


def require(plan: RoundPlan, held: Round | None = None, *, formless: bool = False) -> None:
    """Raise RoundInvalid unless the plan can be stored, as a new round or as `held`.

    A round may keep items that came without forms (`formless`, or `held` has some and no form).
    """
    errors: dict[str, list[str]] = defaultdict(list)
    _check_period(plan, held, errors)
    _check_scope(plan, errors)
    settled = formless or (held is not None and not held.forms.exists() and held.indicators.exists())
    _check_forms(plan, errors, settled=settled)
    _check_dates(plan, held, errors)
    if not plan.review_steps or set(plan.review_steps) - set(ReviewStep.values):
        errors["review_steps"].append(_("请至少选择一个审核环节。"))
    if len(plan.reminder_days) > _MOST_REMINDERS or any(abs(day) > _FURTHEST_REMINDER for day in plan.reminder_days):
        message = _("提醒日最多 %(most)s 个，每个在截止日前后 %(days)s 天以内。")
        errors["reminder_days"].append(message % {"most": _MOST_REMINDERS, "days": _FURTHEST_REMINDER})
    if errors:
        raise RoundInvalid(errors)


def require_open_change(held: Round, before: RoundPlan, plan: RoundPlan) -> None:
    """Raise RoundInvalid when the plan changes what the parks of an open round were already asked."""
    errors: dict[str, list[str]] = defaultdict(list)
    for name in (field.name for field in fields(RoundPlan)):
        if name not in _OPEN_FIELDS and getattr(plan, name) != getattr(before, name):
            errors[name].append(_("填报已经开放，这一项不能再改：园区已按原来的要求填报。"))
    today = timezone.localdate()
    for name in ("due_on", "closes_on"):
        day = getattr(plan, name)
        if day != getattr(before, name) and day is not None and day < today:
            errors[name].append(_("填报已经开放，不能改到今天之前。"))
    added, removed = set(plan.forms) - set(before.forms), set(before.forms) - set(plan.forms)
    if removed:
        errors["forms"].append(_("填报已经开放，不能去掉表式：园区已在填报。"))
    if added:
        _check_added(held, plan, added, errors)
    if errors:
        raise RoundInvalid(errors)


def _check_added(held: Round, plan: RoundPlan, added: set[str], errors: dict[str, list[str]]) -> None:
    filed = held.returns.exclude(status=ReturnStatus.DRAFT).count()
    if filed:
        message = _("已有 %(n)s 份报表报送过，现在加表会改变它们应填的内容。请为新增的表另建一个填报任务。")
        errors["forms"].append(message % {"n": filed})
        return
    zones = list(Zone.objects.filter(returns__round=held))
    asked = items_by_zone(zones, list(form_items(added)), plan.zone_classes, plan.last_day)
    if found := clashes(plan.period, asked, apart_from=held.pk):
        message = _("“%(round)s”已向 %(zone)s 等园区要过同一时期的相同指标，不能重复要。")
        errors["forms"].append(message % {"round": found[0].round.label, "zone": found[0].zone.name})


def _check_period(plan: RoundPlan, held: Round | None, errors: dict[str, list[str]]) -> None:
    try:
        periods.parse(plan.period)
    except ValueError:
        raise RoundInvalid({"period": [_("时期须写作 2025、2025Q1 或 2025-03。")]}) from None
    if not plan.name.strip() or len(plan.name) > 80:
        errors["name"].append(_("请填写名称，最多 80 字。"))
    others = Round.objects.filter(region_code=plan.region, period=plan.period, name=plan.name)
    if (others.exclude(pk=held.pk) if held else others).exists():
        errors["name"].append(_("同一时期已有同名的填报任务。请换一个名称。"))


def _check_scope(plan: RoundPlan, errors: dict[str, list[str]]) -> None:
    if not plan.zone_classes or set(plan.zone_classes) - set(ZoneClass.values):
        errors["zone_classes"].append(_("请至少选择一个园区类别。"))
    if unknown := set(plan.levels) - set(DesignationLevel.values):
        errors["levels"].append(_("没有这个级别：%(codes)s。") % {"codes": ", ".join(sorted(unknown))})
    if plan.cities:
        own = Region.objects.cities().filter(code__startswith=prefix_of(plan.region))
        known = set(own.filter(code__in=plan.cities).values_list("code", flat=True))
        if unknown := set(plan.cities) - known:
            errors["cities"].append(_("没有这个省辖市：%(codes)s。") % {"codes": ", ".join(sorted(unknown))})


def _check_forms(plan: RoundPlan, errors: dict[str, list[str]], *, settled: bool) -> None:
    known = {form.code: form for form in Form.objects.filter(code__in=plan.forms)}
    if unknown := set(plan.forms) - set(known):
        errors["forms"].append(_("没有这个表式：%(codes)s。") % {"codes": ", ".join(sorted(unknown))})
    if not plan.forms and not settled:
        errors["forms"].append(_("请至少选择一个表式。"))
    for form in known.values():
        if form.frequency != plan.frequency:
            facts = {"form": form.label, "its": form.get_frequency_display(), "round": plan.frequency.label}
            errors["forms"].append(_("“%(form)s”是%(its)s报表式，不能放进%(round)s报任务。") % facts)


def _check_dates(plan: RoundPlan, held: Round | None, errors: dict[str, list[str]]) -> None:
    if plan.due_on < plan.opens_on:
        errors["due_on"].append(_("截止日期不能早于开放日期 %(day)s。") % {"day": plan.opens_on})
    if plan.closes_on is not None and plan.closes_on < plan.due_on:
        errors["closes_on"].append(_("补报截止不能早于截止日期 %(day)s。") % {"day": plan.due_on})


def following(plan: RoundPlan) -> RoundPlan:
    """The plan for the period after: its name with the new period in it, its dates as many months later."""
    period = periods.following(plan.period)
    months = _MONTHS[plan.frequency]
    old, new = periods.title_zh(plan.period), periods.title_zh(period)
    name = plan.name.replace(old, new)
    if name == plan.name:
        name = plan.name.replace(str(plan.year), str(periods.parse(period)[0]), 1)
    return replace(
        plan,
        period=period,
        name=name,
        opens_on=_later(plan.opens_on, months),
        due_on=_later(plan.due_on, months),
        closes_on=_later(plan.closes_on, months) if plan.closes_on else None,
    )


def _later(day: date, months: int) -> date:
    """The same day of a later month, its last day when it has none such; the last day of a month stays the last day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    was_last = (day + timedelta(days=1)).day == 1
    return date(year, month, last if was_last else min(day.day, last))
