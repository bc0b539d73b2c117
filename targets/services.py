"""Writes on targets (目标的办理): setting, judging, reporting, dividing. Each takes the whole act or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from common.attachments import FileRefused, examine
from indicators.models import DataChange
from indicators.news import tell
from indicators.selectors import newest_change
from parks.models import Region, Zone
from parks.provinces import codes_of, provinces_of
from policy.carriers import Carried, carriers_write
from policy.models import Provision
from targets.drafting import Faults, check_goal, check_judging, spec_of
from targets.enums import Measure, Operator, Origin, Verdict, Vintage
from targets.exceptions import TargetChanged, TargetRefused
from targets.models import Judgement, Progress, Quota, QuotaSheet, ReportedProgress, Target
from targets.selectors import cities_of, divided_total, divided_whole
from targets.tasks import progress_is_current

FIRST_YEAR, LAST_YEAR = 2017, 2100
_REPORT_LOCK = 159_02018  # any number of our own: one report at a time
_TEXTS = {"name_zh": 120, "name_en": 200, "tolerance_by": 120}
REASON = 400


@transaction.atomic
def target_changed(*, target: Target) -> None:
    """What was computed under the target's former measure or tolerance no longer counts: forget it and tell the news."""
    Progress.objects.filter(target=target).delete()
    tell([DataChange(year=target.year or timezone.localdate().year, reason=f"target {target.code} changed")])


# ---- setting 设定 ------------------------------------------------------------------------------------------------


def target_draft(*, given: Mapping[str, Any], measure: str) -> Target:
    """The target that the form describes, not saved. Raises TargetRefused with every fault."""
    faults = Faults()
    year, unit = given.get("year") or None, (given.get("unit") or "").strip()
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        faults.note("year", _("目标年须在 %(first)d 至 %(last)d 之间。") % {"first": FIRST_YEAR, "last": LAST_YEAR})
    for name, most in _TEXTS.items():
        if not (given.get(name) or "").strip() or len(given[name].strip()) > most:
            faults.note(name, _("请填写，最多 %(most)d 字。") % {"most": most})
    if not isinstance(given.get("provision"), Provision):
        faults.note("provision", _("请选择依据的条款。"))
    qualitative = measure == Measure.QUALITATIVE
    spec = spec_of(measure, given, unit, faults)
    check_goal(measure, given, faults)
    judging = check_judging(given, year, faults)
    if faults:
        raise TargetRefused(dict(faults))
    texts = {name: given[name].strip() for name in _TEXTS}
    return Target(
        **texts,
        **judging,
        provision=given["provision"],
        year=year,
        measure=measure,
        spec=spec,
        operator=Operator.NONE if qualitative else given["operator"],
        value=None if qualitative else given["value"],
        unit="" if qualitative else unit,
        tolerance_pct=0 if qualitative else given.get("tolerance_pct") or 0,
        tolerance_by_en=(given.get("tolerance_by_en") or "").strip(),
        lead=given["lead"],
        note_zh=(given.get("note_zh") or "").strip(),
        note_en=(given.get("note_en") or "").strip(),
        judged_by_en="",
        origin=Origin.OFFICE,
    )


_DEFINED = (
    "name_zh", "name_en", "tolerance_by", "tolerance_by_en", "provision", "year", "measure", "spec", "operator", "value",
    "unit", "tolerance_pct", "lead", "note_zh", "note_en",
)  # fmt: skip
_JUDGED = (
    "path", "milestones", "method", "judged_by", "judged_by_en", "baseline_year", "baseline_value", "baseline_source",
    "as_of",
)  # fmt: skip


@transaction.atomic
def target_create(*, by: User, given: Mapping[str, Any], measure: str) -> Target:
    """A target of the office's own for any year, with its clause. Raises PermissionDenied, TargetRefused."""
    _require(by)
    target = target_draft(given=given, measure=measure)
    if target.provision.document.region_code not in codes_of(provinces_of(by)):
        raise TargetRefused({"provision": _("这是另一省的政策。请从列表中选择条款。")})
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REPORT_LOCK])
    target.code = _next_code(target.year)
    target.position = (Target.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    target.changed_by, target.change_note = by, (given.get("change_note") or "").strip()[:REASON]
    target.save()
    _carried()
    target_changed(target=target)
    return target


@transaction.atomic
def target_change(*, by: User, code: str, given: Mapping[str, Any], base_revision: int) -> Target:
    """Change a target of the office's own; the history keeps what it was.

    Raises Target.DoesNotExist, PermissionDenied, TargetChanged; TargetRefused for faults, and for one of the pack.
    """
    target = _held(by, code, base_revision)
    if target.origin == Origin.PACK:
        raise TargetRefused({"": _("政策包中的目标不能改写：原文是什么就是什么。可以调整判定设置，或写明理由停用。")})
    draft = target_draft(given=given, measure=target.measure)
    note = (given.get("change_note") or "").strip()
    if not note:
        raise TargetRefused({"change_note": _("请写明改了什么、为什么改。")})
    for name in (*_DEFINED, *_JUDGED):
        setattr(target, name, getattr(draft, name))
    _save(target, by, note)
    _carried()
    return target


@transaction.atomic
def target_settle(*, by: User, code: str, given: Mapping[str, Any], base_revision: int) -> Target:
    """Set how a target is judged: tolerance, path, method, baseline; on those of the pack as well, whose words stay.

    Raises Target.DoesNotExist, PermissionDenied, TargetChanged, TargetRefused.
    """
    target = _held(by, code, base_revision)
    faults = Faults()
    judging = check_judging(given, target.year, faults)
    tolerance, decider = given.get("tolerance_pct") or 0, (given.get("tolerance_by") or "").strip()
    note = (given.get("change_note") or "").strip()
    if not decider or len(decider) > _TEXTS["tolerance_by"]:
        faults.note("tolerance_by", _("请填写，最多 %(most)d 字。") % {"most": _TEXTS["tolerance_by"]})
    if not note:
        faults.note("change_note", _("请写明改了什么、为什么改。"))
    if faults:
        raise TargetRefused(dict(faults))
    if judging["judged_by"] != target.judged_by:
        target.judged_by_en = ""
    if decider != target.tolerance_by:
        target.tolerance_by_en = ""
    for name, value in judging.items():
        setattr(target, name, value)
    target.tolerance_pct, target.tolerance_by = tolerance, decider
    _save(target, by, note)
    return target


@transaction.atomic
def target_withdraw(*, by: User, code: str, reason: str, base_revision: int) -> Target:
    """Take a target out of use (停用), the pack's too; it stays readable with its figures. Raises as `target_change`."""
    target = _held(by, code, base_revision)
    if not reason.strip() or len(reason.strip()) > REASON:
        raise TargetRefused({"reason": _("请写明停用的理由（最多 %(most)d 字）。") % {"most": REASON}})
    target.withdrawn_by, target.withdrawn_at, target.withdrawal = by, timezone.now(), reason.strip()
    _save(target, by, reason.strip(), recompute=False)
    _carried()
    return target


@transaction.atomic
def target_restore(*, by: User, code: str, base_revision: int) -> Target:
    """Take a target into use again (恢复). Raises as `target_change`."""
    _require(by)
    held = Target.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    target = held.get(code=code)
    if target.revision != base_revision:
        raise TargetChanged(target.revision)
    if target.withdrawn_at is None:
        raise TargetRefused({"": _("这项目标没有停用。")})
    target.withdrawn_by, target.withdrawn_at, target.withdrawal = None, None, ""
    _save(target, by, "", recompute=False)
    _carried()
    return target


def _require(by: User) -> None:
    if not by.may(Permission.TARGET_SET):
        raise PermissionDenied(_("目标由省产业集聚区联席会议办公室设定、评判、报告和分解。"))


def _held(by: User, code: str, base_revision: int) -> Target:
    _require(by)
    held = Target.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    target = held.select_related("provision__document").get(code=code)
    if target.revision != base_revision:
        raise TargetChanged(target.revision)
    if target.withdrawn_at is not None:
        raise TargetRefused({"": _("这项目标已停用。请先恢复，再修改。")})
    return target


def _save(target: Target, by: User, note: str, *, recompute: bool = True) -> None:
    target.revision += 1
    target.changed_by, target.change_note = by, note[:REASON]
    target.save()
    if recompute:
        target_changed(target=target)


def _next_code(year: int | None) -> str:
    """O2030-1, O2030-2, …, OS-1 without a year: O for the office, so that no pack's code is taken."""
    stem = f"O{year or 'S'}-"
    numbers = [int(code.removeprefix(stem)) for code in _codes(stem) if code.removeprefix(stem).isdecimal()]
    return f"{stem}{max(numbers, default=0) + 1}"


def _codes(stem: str) -> list[str]:
    return list(Target.objects.filter(code__startswith=stem).values_list("code", flat=True))


def _carried() -> None:
    """The policy page shows the office's targets beside their clauses."""
    rows = Target.objects.in_use().filter(origin=Origin.OFFICE).select_related("provision__instrument")
    carriers_write(
        "office_targets",
        (
            Carried(
                target.provision.instrument.key,
                "target_detail",
                target.code,
                f"目标 {target.code} {target.name_zh}",
                f"Target {target.code} {target.name_en}",
            )
            for target in rows
        ),
    )


# ---- judging 评判 ------------------------------------------------------------------------------------------------


@transaction.atomic
def judgement_record(
    *,
    by: User,
    code: str,
    year: int,
    verdict: str,
    evidence: str,
    on: date,
    file: File | None = None,
    synthetic: bool = False,
) -> Judgement:
    """The office's judgement on a qualitative goal, with what it rests on. A later one stands beside it; none is changed.

    Raises Target.DoesNotExist, PermissionDenied, TargetRefused with every fault.
    """
    _require(by)
    target = Target.objects.visible_to(by).get(code=code)
    faults = Faults()
    if not target.is_qualitative:
        faults.note("", _("只有定性目标由文字评判；定量目标由数据计算。"))
    if verdict not in Verdict.values:
        faults.note("verdict", _("请选择评判。"))
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        faults.note("year", _("年度须在 %(first)d 至今年之间。") % {"first": FIRST_YEAR})
    if len(evidence.strip()) < 10:
        faults.note("evidence", _("请写明依据（至少 10 字）：哪些事实、出自哪里。"))
    if on > timezone.localdate():
        faults.note("on", _("评判日期不能晚于今天。"))
    stored: dict[str, Any] = {}
    if file is not None:
        try:
            found = examine(file, str(file.name), file.size)
        except FileRefused as refusal:
            faults.note("file", str(refusal))
        else:
            stored = {
                "file": file,
                "file_name": found.name,
                "file_digest": found.digest,
                "content_type": found.kind.content_type,
            }
    if faults:
        raise TargetRefused(dict(faults))
    return Judgement.objects.create(
        target=target, year=year, verdict=verdict, evidence=evidence.strip(), on=on, judged_by=by, synthetic=synthetic,
        **stored,
    )  # fmt: skip


# ---- reporting 报告 ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Report:
    """What a report of a year wrote: rows of targets reported first, of late data, and how many stood as reported."""

    first: list[ReportedProgress]
    late: list[ReportedProgress]
    unchanged: int


@transaction.atomic
def year_report(*, by: User, year: int, note: str = "") -> Report:
    """Freeze the year's progress as reported (报告年度进展). What was reported before stands; changed figures join it as late data.

    Raises PermissionDenied; TargetRefused while figures are being computed, without any figure of the year, or when
    reported figures have changed and no note says why.
    """
    _require(by)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_REPORT_LOCK])
    newest = newest_change()
    if not progress_is_current(newest):
        raise TargetRefused({"": _("数据刚有变动，进展正在重新计算。请稍等片刻再报告。")})
    rows = list(
        Progress.objects.filter(
            year=year, target__in=Target.objects.visible_to(by).in_use().countable()
        ).select_related("target")
    )
    if not any(row.value is not None for row in rows):
        raise TargetRefused({"year": _("%(year)d 年还没有任何进展数据。") % {"year": year}})
    held = _last_reported(year)
    changed = [row for row in rows if row.target_id in held and _differs(held[row.target_id], row)]
    if changed and not note.strip():
        codes = "、".join(row.target.code for row in changed)
        raise TargetRefused(
            {"note": _("这些目标的数与已报告的不同：%(codes)s。请说明是哪些迟到数据。") % {"codes": codes}}
        )
    first = [_report(by, row, None, "") for row in rows if row.target_id not in held and row.value is not None]
    late = [_report(by, row, held[row.target_id], note.strip()) for row in changed]
    return Report(first, late, len(rows) - len(first) - len(late))


def _last_reported(year: int) -> dict[int, ReportedProgress]:
    return {row.target_id: row for row in ReportedProgress.objects.filter(year=year).order_by("vintage")}


def _differs(held: ReportedProgress, row: Progress) -> bool:
    return (held.value, held.numerator, held.denominator) != (row.value, row.numerator, row.denominator)


def _report(by: User, row: Progress, before: ReportedProgress | None, note: str) -> ReportedProgress:
    at, vintage = timezone.now(), before.vintage + 1 if before else 1
    reason, goal = (Vintage.LATE_DATA if before else Vintage.FIRST), row.target.value
    assert goal is not None  # a countable target has a value: the database holds it
    content = {
        "target": row.target.code,
        "year": row.year,
        "vintage": vintage,
        "reason": reason,
        "note": note,
        **{name: _text(getattr(row, name)) for name in ("value", "numerator", "denominator")},
        "status": row.status,
        "goal": _text(goal),
        "target_revision": row.target.revision,
        "data_change_id": row.data_change_id,
        "reported_at": at.isoformat(),
        "before": before.digest if before else "",
    }
    return ReportedProgress.objects.create(
        target=row.target,
        year=row.year,
        vintage=vintage,
        reason=reason,
        note=note,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        status=row.status,
        goal=goal,
        target_revision=row.target.revision,
        synthetic=row.synthetic,
        data_change_id=row.data_change_id,
        digest=hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest(),
        reported_by=by,
        reported_at=at,
    )


def _text(number: Decimal | None) -> str | None:
    return None if number is None else str(number)


# ---- dividing 分解 -----------------------------------------------------------------------------------------------


@transaction.atomic
def quotas_set(
    *,
    by: User,
    code: str,
    city: Region | None,
    parts: Mapping[str, Decimal],
    base_number: int,
    reason: str = "",
    synthetic: bool = False,
    dry_run: bool = False,
) -> QuotaSheet:
    """Divide a target among cities, or (`city`) a city's quota among its zones; `parts` by code of city or zone.

    Every division is kept; the newest counts. With `dry_run` it is checked and not saved.

    Raises Target.DoesNotExist, PermissionDenied; TargetChanged when somebody
    divided meanwhile; TargetRefused with every fault, among them a sum that differs from the whole without a reason.
    """
    _require(by)
    held = Target.objects.visible_to(by).select_for_update(no_key=True, of=("self",))
    target = held.select_related("provision__document").get(code=code)
    if target.is_qualitative:
        raise TargetRefused({"": _("定性目标没有数字，不能分解。")})
    if not target.is_divisible:
        raise TargetRefused({"": _("规则对每个对象都一样，不分解。")})
    number = target.quota_sheets.filter(city=city).aggregate(last=Max("number"))["last"] or 0
    if number != base_number:
        raise TargetChanged(number)
    whole = divided_whole(target, city)
    if whole is None:
        raise TargetRefused({"": _("请先把省级目标分解到这个市，再分解到园区。")})
    places = _places(target, city)
    _check_parts(parts, places)
    total = divided_total(target, city, parts)
    if total != whole and not reason.strip():
        text = _("分解合计 %(total)s，应为 %(whole)s，相差 %(gap)s。请调整，或写明为什么不等。")
        raise TargetRefused({"reason": text % {"total": total, "whole": whole, "gap": total - whole}})
    sheet = QuotaSheet(
        target=target, city=city, number=number + 1, whole=whole, total=total, reason=reason.strip()[:REASON],
        set_by=by, synthetic=synthetic,
    )  # fmt: skip
    if dry_run:
        return sheet
    sheet.save()
    Quota.objects.bulk_create(
        Quota(
            sheet=sheet,
            region=place if isinstance(place, Region) else None,
            zone=place if isinstance(place, Zone) else None,
            value=parts[name],
        )
        for name, place in places.items()
        if name in parts
    )
    return sheet


def _places(target: Target, city: Region | None) -> dict[str, Region | Zone]:
    if city is None:
        return {region.code: region for region in cities_of(target)}
    return {zone.code: zone for zone in Zone.objects.filter(city=city)}


def _check_parts(parts: Mapping[str, Decimal], places: Mapping[str, Region | Zone]) -> None:
    faults = Faults()
    if not parts:
        faults.note("", _("请至少填一个分解数。"))
    for place, value in parts.items():
        if place not in places:
            faults.note(place, _("没有这个分解对象：%(code)s。") % {"code": place})
        elif value < 0:
            faults.note(place, _("分解数不能小于 0。"))
    if faults:
        raise TargetRefused(dict(faults))
