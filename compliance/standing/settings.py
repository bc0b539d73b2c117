"""Values other pages keep for the policy's open words: tolerances, parameters of methods, what follows a verdict."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.models import Scheme
from assessments.selectors import method_of, spoken
from assessments.selectors.consequences import consequence_settings
from common.numbers import format_number
from parks.axes import empty_axes
from parks.models import RegionAxis
from policy.models import Document
from policy.words import SettingLine
from targets.enums import Operator
from targets.models import Target


def of_targets(document: Document) -> list[SettingLine]:
    """Tolerances of the targets whose words leave one open (左右、基本)."""
    targets = Target.objects.filter(provision__document=document, operator=Operator.ABOUT).select_related("provision")
    return [
        SettingLine(
            word=_word(target.provision.quote),
            question=_("目标 %(code)s 允许偏差多少") % {"code": target.code},
            value=f"±{format_number(target.tolerance_pct)}%",
            decider=target.decider,
            state="term_assumed",
            provision=target.provision.code,
            url=target.get_absolute_url(),
        )
        for target in targets
    ]


def _word(quote: str) -> str:
    return next((word for word in ("左右", "基本实现", "约") if word in quote), "—")


def of_schemes(document: Document) -> list[SettingLine]:
    """Parameters of published methods that nobody has published or decided."""
    lines, codes = [], set(document.provisions.values_list("code", flat=True))
    for scheme in Scheme.objects.published():
        method = method_of(scheme.text)
        for setting in method.settings.values():
            clauses = [clause for clause in setting.basis.clauses if clause in codes]
            if not clauses or setting.basis.certainty == "published":
                continue
            lines.append(
                SettingLine(
                    word=spoken(setting),
                    question=f"{spoken(scheme)} {scheme.version}",
                    value=_("未定")
                    if setting.value is None
                    else f"{format_number(setting.value)} {setting.unit}".strip(),
                    decider=setting.basis.decided_by,
                    state="term_open" if setting.value is None else "term_assumed",
                    provision=clauses[0],
                    url=reverse("scheme_detail", args=[scheme.pk]),
                )
            )
    return lines


def of_axes(document: Document) -> list[SettingLine]:
    """Which places lie on the development axes: a list that its own page keeps."""
    provision = document.provisions.filter(instrument__key="spatial_axis").order_by("code").first()
    if provision is None:
        return []
    rows = RegionAxis.objects.of_province(document.region_code)
    newest = rows.exclude(recorded_by=None).select_related("recorded_by").order_by("-recorded_at").first()
    empty = empty_axes(document.region_code)
    missing = _("%(axes)s未定") % {"axes": _("、").join(str(axis.label) for axis in empty)}
    value = _("登记 %(n)s 处") % {"n": rows.values("region").distinct().count()}
    return [
        SettingLine(
            word=_("四轴"),
            question=_("四个发展轴带各包括哪些地方"),
            value=f"{value}；{missing}" if empty else value,
            decider=_("省政府"),
            state="term_open" if empty else "term_decided",
            provision=provision.code,
            url=reverse("axis_list"),
            set_by=str(newest.recorded_by) if newest else "",
            set_at=newest.recorded_at if newest else None,
        )
    ]


def of_consequences(document: Document) -> list[SettingLine]:
    """What follows a verdict: the ladder's steps, limits and memory."""
    codes = set(document.provisions.values_list("code", flat=True))
    return [
        SettingLine(
            word=str(row.setting.name),
            question=str(row.setting.note),
            value=_("不设") if row.value is None else f"{row.value} {row.setting.unit_label}",
            decider=row.setting.decider,
            state="term_decided" if row.decided is not None else "term_assumed",
            provision=row.setting.clauses[0],
            url=reverse("consequence_settings"),
            set_by=str(row.decided.set_by) if row.decided is not None else "",
            set_at=row.decided.set_at if row.decided is not None else None,
        )
        for row in consequence_settings().values()
        if row.setting.clauses[0] in codes
    ]
