"""Targets with their progress (目标现状)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from common.numbers import format_number
from policy.enums import ProvisionStatus
from policy.models import Document
from policy.standing import Provided, Standing
from targets.enums import Measure, Operator, TargetStatus
from targets.models import Judgement, Progress, Target

STATUSES = {
    TargetStatus.MET: ProvisionStatus.CARRIED,
    TargetStatus.ON_TRACK: ProvisionStatus.CARRIED,
    TargetStatus.AT_RISK: ProvisionStatus.BEHIND,
    TargetStatus.OFF_TRACK: ProvisionStatus.BEHIND,
    TargetStatus.NOT_MET: ProvisionStatus.BEHIND,
}


def provide(document: Document) -> Provided:
    """Every target at its newest year with a value; a figure is the whole province's."""
    told = Provided()
    targets = list(Target.objects.filter(provision__document=document, withdrawn_at=None).select_related("provision"))
    judged: dict[int, Judgement] = {}
    for judgement in Judgement.objects.filter(target__provision__document=document).order_by("year", "id"):
        judged[judgement.target_id] = judgement
    series: dict[int, list[Progress]] = {}
    for row in Progress.objects.filter(target__in=targets).defer("detail").order_by("year"):
        series.setdefault(row.target_id, []).append(row)
    for target in targets:
        told.departments[target.provision.code].add(target.lead)
        told.by_provision[target.provision.code].append(
            _standing(target, series.get(target.pk, []), judged.get(target.pk))
        )
    return told


def _standing(target: Target, rows: list[Progress], judgement: Judgement | None) -> Standing:
    url = target.get_absolute_url()
    if target.measure == Measure.QUALITATIVE:
        if judgement is not None:
            facts = {"code": target.code, "year": judgement.year, "verdict": judgement.get_verdict_display()}
            return Standing(ProvisionStatus.CARRIED, _("%(code)s %(year)s 年评判：%(verdict)s") % facts, url)
        return Standing(
            ProvisionStatus.UNDECIDED, _("%(code)s 定性目标，待联席会议办公室评定") % {"code": target.code}, url
        )
    known = [row for row in rows if row.value is not None]
    if not known:
        return Standing(ProvisionStatus.NO_DATA, _("%(code)s 尚无数据") % {"code": target.code}, url)
    newest = known[-1]
    digits = 1 if target.unit == "%" else 0
    facts = {
        "code": target.code,
        "year": newest.year,
        "value": format_number(newest.value, digits),
        "unit": target.unit_label,
        "operator": Operator(target.operator).label,
        "goal": format_number(target.value, digits),
        "status": TargetStatus(newest.status).label,
    }
    words = _("%(code)s %(year)s 年 %(value)s%(unit)s，目标 %(operator)s%(goal)s%(unit)s：%(status)s") % facts
    line = tuple((row.year, float(row.value)) for row in known if row.value is not None)
    status = STATUSES.get(TargetStatus(newest.status), ProvisionStatus.NO_DATA)
    return Standing(status, words, url, line, synthetic=newest.synthetic)
