"""What the office does about measures, changes of designations and open settings (处置措施的办理), P195, P198–P200."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.enums import NoticeKind, Permission
from accounts.models import User
from accounts.selectors import holders_by_path
from accounts.services import Letter, notices_post
from assessments.enums import (
    CHANGE_MOVES,
    MEASURE_MOVES,
    ChangeDirection,
    ChangeStatus,
    MeasureStatus,
    MeasureStep,
)
from assessments.exceptions import ProceedingRefused
from assessments.ladder import SETTINGS, number_of, path_named
from assessments.models import ConsequenceSetting, DesignationChange, Measure
from assessments.selectors.consequences import consequence_settings, due_on, paths_of
from assessments.services.shared import reason_of, require
from parks.exceptions import LineageInvalid
from parks.services import NewPlate, designation_replace


@transaction.atomic
def measure_lift(*, by: User, measure_id: int, reason: str, document: str) -> Measure:
    """Lift a measure (解除、销号), with the reason and the document that says so.

    Raises PermissionDenied; ProceedingRefused when it has ended already, or reason or document is missing.
    """
    return _settle(by, measure_id, MeasureStatus.LIFTED, reason, document)


@transaction.atomic
def measure_execute(*, by: User, measure_id: int, reason: str, document: str) -> Measure:
    """Record that an area cut or a revocation is done (已执行). Raises as `measure_lift`, and for the lower steps."""
    measure = _locked(by, measure_id)
    if measure.step not in (MeasureStep.AREA_CUT, MeasureStep.REVOCATION):
        raise ProceedingRefused([_("只有核减面积和撤销可以登记为已执行；其他措施请解除或升级。")])
    return _settle(by, measure_id, MeasureStatus.EXECUTED, reason, document)


@transaction.atomic
def measure_escalate(
    *, by: User, measure_id: int, step: str, reason: str, document: str, due: date | None = None
) -> Measure:
    """Put a higher step of the ladder in the place of an open measure (升级); without `due` the setting's days count.

    Raises PermissionDenied; ProceedingRefused for a step not above, a past deadline, no reason or no document.
    """
    before, today = _locked(by, measure_id), timezone.localdate()
    faults = []
    if step not in MeasureStep.values or number_of(step) <= number_of(before.step):
        faults.append(_("请选择比“%(now)s”更高的一级。") % {"now": before.get_step_display()})
    if due is not None and due < today:
        faults.append(_("期限须在今天或以后。"))
    if faults:
        raise ProceedingRefused(faults)
    _settle(by, measure_id, MeasureStatus.ESCALATED, reason, document)
    measure = Measure.objects.create(
        zone=before.zone,
        step=step,
        opened_on=today,
        due_on=due or due_on(step, today, consequence_settings()),
        previous=before,
        triggers=before.triggers,
        clauses=before.clauses,
        reason=reason_of(reason),
        document=document.strip(),
        opened_by=by,
        synthetic=before.synthetic,
    )
    tell_measure(measure)
    return measure


def _locked(by: User, measure_id: int) -> Measure:
    require(by, Permission.MEASURE_ACT)
    rows = Measure.objects.select_for_update(of=("self",)).select_related("zone__administration", "order")
    measure = rows.get(pk=measure_id)
    if not MEASURE_MOVES[measure.status]:
        message = _("这项措施已于 %(day)s 终止（%(now)s），不能再办理。请刷新页面。")
        raise ProceedingRefused([message % {"day": measure.closed_on, "now": measure.get_status_display()}])
    return measure


def _settle(by: User, measure_id: int, status: MeasureStatus, reason: str, document: str) -> Measure:
    measure = _locked(by, measure_id)
    if not document.strip():
        raise ProceedingRefused([_("请填写文号。没有文件的措施变动无法核查。")])
    end_measure(measure, status, by=by, on=timezone.localdate(), reason=reason_of(reason), document=document.strip())
    if status != MeasureStatus.ESCALATED:
        tell_measure(measure)
    return measure


def end_measure(
    measure: Measure, status: MeasureStatus, *, by: User, on: date, reason: str, document: str = ""
) -> None:
    """Write that a measure, locked by the caller, has ended."""
    measure.status, measure.closed_on, measure.closed_by = status, on, by
    measure.close_reason, measure.close_document = reason, document
    measure.save(update_fields=["status", "closed_on", "closed_by", "close_reason", "close_document"])


def tell_measure(measure: Measure) -> None:
    """The zone's people: a measure began or ended."""
    path = measure.zone.administration.path
    words = {}
    for language in ("zh-hans", "en"):
        with override(language):
            facts = {
                "zone": measure.zone.name,
                "step": measure.get_step_display(),
                "status": measure.get_status_display(),
                "due": measure.due_on or _("以批准文件为准"),
            }
            text = _("期限 %(due)s。") % facts if measure.status == MeasureStatus.OPEN else measure.close_reason
            if measure.order and measure.status == MeasureStatus.OPEN:
                order = {"issuer": measure.order.issuer, "number": measure.order.document_number}
                text += _("由%(issuer)s以 %(number)s 采取，不出自年度考核决定。") % order
            words[language] = _("处置措施：%(zone)s %(step)s（%(status)s）") % facts, text
    letter = Letter(
        kind=NoticeKind.ASSESSMENT,
        key=f"measure-{measure.pk}-{measure.status}",
        title=words["zh-hans"][0],
        title_en=words["en"][0],
        text=words["zh-hans"][1],
        text_en=words["en"][1],
        url=measure.get_absolute_url(),
    )
    people = holders_by_path([Permission.OBJECTION_FILE], {path})[path]
    notices_post(letters=[(user, letter) for user in people], mail=True)


# ---- designations ---------------------------------------------------------------------------------------------


@transaction.atomic
def designation_change_record(
    *,
    by: User,
    change_id: int,
    path: str,
    name: str,
    document: str,
    approved_on: date,
    effective_on: date,
    ends_old: bool | None = None,
    note: str = "",
) -> DesignationChange:
    """Record the approval of a designation's change (登记批准): the old plate ends, the new one begins, both dated.

    `ends_old` says whether the old plate ends; None leaves it to the path. One without a new plate always ends the old one.

    Raises PermissionDenied; ProceedingRefused with every fault: settled already, a path not open to the plate, no document,
    dates that can't be, or what the registry refuses.
    """
    change = _due(by, change_id)
    ways = {way.key: way for way in paths_of(change)}
    faults = []
    if path not in ways:
        faults.append(_("请选择这一称号可走的路径。"))
    if not document.strip():
        faults.append(_("请填写批准文号。"))
    if approved_on > timezone.localdate():
        faults.append(_("批准日期不能在今天之后。"))
    if effective_on < change.opened_on:
        faults.append(_("生效日期不能早于决定定稿的日期 %(day)s。") % {"day": change.opened_on})
    if faults:
        raise ProceedingRefused(faults)
    way = path_named(path)
    ends = way.ends_old if ends_old is None else ends_old
    new = None
    if way.to_class is not None and way.to_level is not None:
        new = NewPlate(way.to_class, way.to_level, name.strip(), document.strip(), approved_on)
    with override("zh-hans"):
        reason = f"{change.get_direction_display()}：{document.strip()}"
    try:
        begun = designation_replace(
            by=by, designation=change.designation, on=effective_on, reason=reason, new=new, ends=ends or new is None
        )
    except LineageInvalid as refusal:
        raise ProceedingRefused(refusal.messages) from refusal
    change.path, change.document, change.note = path, document.strip(), note.strip()
    change.approved_on, change.effective_on, change.new_designation = approved_on, effective_on, begun
    _settle_change(change, by, ChangeStatus.RECORDED)
    if change.direction == ChangeDirection.OUT:
        for measure in Measure.objects.open().filter(zone=change.zone_id, step=MeasureStep.REVOCATION):
            end_measure(
                measure, MeasureStatus.EXECUTED, by=by, on=timezone.localdate(), reason=reason, document=change.document
            )
    return change


@transaction.atomic
def designation_change_drop(*, by: User, change_id: int, note: str, document: str = "") -> DesignationChange:
    """Record that a designation's change was not approved (未获批准), with the reason; the plate stays as it is.

    Raises PermissionDenied, ProceedingRefused.
    """
    change = _due(by, change_id)
    change.note, change.document = reason_of(note), document.strip()
    _settle_change(change, by, ChangeStatus.DROPPED)
    return change


def _due(by: User, change_id: int) -> DesignationChange:
    require(by, Permission.MEASURE_ACT)
    rows = DesignationChange.objects.select_for_update(of=("self",)).select_related("designation__zone__administration")
    change = rows.get(pk=change_id)
    if not CHANGE_MOVES[change.status]:
        raise ProceedingRefused([_("这项称号变动%(now)s，不能再办理。") % {"now": change.get_status_display()}])
    return change


def _settle_change(change: DesignationChange, by: User, status: ChangeStatus) -> None:
    change.status, change.settled_by, change.settled_at = status, by, timezone.now()
    change.save()


# ---- settings -------------------------------------------------------------------------------------------------


@transaction.atomic
def consequence_setting_decide(*, by: User, key: str, value: int | None, document: str) -> ConsequenceSetting:
    """Record what was decided about something the policy leaves open (确定设定), with the document it rests on.

    It holds for decisions made final afterwards. Raises PermissionDenied; ProceedingRefused for an unknown setting, a value
    out of range, or no document.
    """
    require(by, Permission.DECISION_CONFIRM)
    setting = SETTINGS.get(key)
    if setting is None:
        raise ProceedingRefused([_("没有这项设定。")])
    faults = []
    if value is not None and not setting.least <= value <= setting.most:
        limits = {"name": setting.name, "least": setting.least, "most": setting.most}
        faults.append(_("%(name)s：须为 %(least)d 至 %(most)d 的整数。") % limits)
    if not document.strip():
        faults.append(_("%(name)s：请写明依据的文件或会议。") % {"name": setting.name})
    if value is None and setting.default is not None and key != "tier_cut" and not key.startswith("days_"):
        faults.append(_("%(name)s：请填写取值。") % {"name": setting.name})
    if faults:
        raise ProceedingRefused(faults)
    row, _new = ConsequenceSetting.objects.update_or_create(
        key=key, defaults={"value": value, "document": document.strip(), "set_by": by}
    )
    return row
