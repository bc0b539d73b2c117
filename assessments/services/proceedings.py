"""The course of a proceeding (考核程序): opened on a finished run, decided, confirmed by a second person, published, final.

Publication and the end of its window come by the clock (assessments/publishing.py).
"""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments import clock
from assessments.chain import act_record
from assessments.enums import (
    Disclosure,
    ObjectionStatus,
    ProceedingActKind,
    ProceedingStatus,
    RunStatus,
)
from assessments.exceptions import ProceedingRefused
from assessments.letters import tell_back, tell_submitted
from assessments.models import Decision, Objection, Proceeding, Run
from assessments.publishing import current_decisions
from assessments.services.consequences import consequences_apply, promotion_faults
from assessments.services.shared import move, proceeding_lock, reason_of, require, require_own, require_status, touch
from assessments.tasks import bulletin_write

LONGEST_WINDOW = 60


@transaction.atomic
def proceeding_open(*, by: User, run: Run) -> Proceeding:
    """Open the proceeding of a class and year on a finished official run (启动考核程序).

    Raises PermissionDenied; ProceedingRefused when the run is none or has not finished, or one is open for class and year.
    """
    require(by, Permission.DECISION_RECORD)
    run = Run.objects.select_for_update(no_key=True, of=("self",)).select_related("scheme").get(pk=run.pk)
    _require_finished(run)
    require_own(by, run.scheme.region_code)
    place = {"region_code": run.scheme.region_code, "zone_class": run.scheme.zone_class, "year": run.year}
    if other := Proceeding.objects.current().filter(**place).first():
        raise ProceedingRefused([_("%(what)s的考核程序已经启动，不能重复启动。") % {"what": other}])
    proceeding = Proceeding.objects.create(**place, run=run, synthetic=run.synthetic)
    act_record(proceeding, ProceedingActKind.OPENED, by=by, content=_run_facts(run))
    return proceeding


def _require_finished(run: Run) -> None:
    if run.status != RunStatus.DONE:
        raise ProceedingRefused([_("只有已完成的计算才能作为考核程序的依据。")])


def _run_facts(run: Run) -> dict[str, str | int]:
    return {"run": run.pk, "inputs": run.inputs_digest, "results": run.results_digest, "engine": run.engine_version}


@transaction.atomic
def proceeding_submit(
    *,
    by: User,
    proceeding_id: int,
    minutes: str,
    disclosure: str,
    top_n: int | None,
    window_days: int,
    publish_at: datetime,
    base_revision: int,
) -> Proceeding:
    """Hand all decisions to a second person (提交复核), with the minutes and how they are to be published.

    Raises PermissionDenied, ProceedingChanged; ProceedingRefused with every fault: zones without a decision, no minutes, a
    window or a moment that can't be.
    """
    require(by, Permission.DECISION_RECORD)
    proceeding = proceeding_lock(proceeding_id, base_revision)
    require_status(proceeding, ProceedingStatus.DECIDING)
    faults = _undecided(proceeding) + promotion_faults(proceeding)
    if not minutes.strip():
        faults.append(_("请填写会议纪要。"))
    if disclosure not in Disclosure.values or (disclosure == Disclosure.TOP and not top_n):
        faults.append(_("请选择公示范围；只列前若干名时须写明名次数。"))
    if not 1 <= window_days <= LONGEST_WINDOW:
        faults.append(_("公示期须为 1 至 %(most)d 个工作日。") % {"most": LONGEST_WINDOW})
    if publish_at <= clock.now():
        faults.append(_("公示时刻须在现在之后，以便复核。"))
    if faults:
        raise ProceedingRefused(faults)
    fields = {"minutes": minutes.strip(), "disclosure": disclosure, "window_days": window_days}
    number = top_n if disclosure == Disclosure.TOP else None
    submitted = {"submitted_by": by, "submitted_at": clock.now(), "confirmed_by": None, "confirmed_at": None}
    move(proceeding, ProceedingStatus.CONFIRMING, **fields, top_n=number, publish_at=publish_at, **submitted)
    content = {**fields, "top_n": number, "publish_at": publish_at.isoformat()}
    tell_submitted(proceeding, act_record(proceeding, ProceedingActKind.SUBMITTED, by=by, content=content))
    return proceeding


def _undecided(proceeding: Proceeding) -> list[str]:
    decided = Decision.objects.filter(proceeding=proceeding, result__run=proceeding.run_id).values("zone")
    missing = proceeding.run.results.exclude(zone__in=decided).values_list("zone__name", flat=True)
    names = list(missing.order_by("zone__code")[:4])
    if not names:
        return []
    message = _("还有 %(n)d 个园区没有拟定决定：%(names)s%(more)s。")
    more = _(" 等") if missing.count() > len(names) else ""
    return [message % {"n": missing.count(), "names": "、".join(names), "more": more}]


@transaction.atomic
def proceeding_hand_back(*, by: User, proceeding_id: int, reason: str, base_revision: int) -> Proceeding:
    """Hand the decisions back to those who made them (退回拟定), with a reason."""
    require(by, Permission.DECISION_CONFIRM)
    proceeding = proceeding_lock(proceeding_id, base_revision)
    require_status(proceeding, ProceedingStatus.CONFIRMING)
    move(proceeding, ProceedingStatus.DECIDING)
    tell_back(proceeding, act_record(proceeding, ProceedingActKind.HANDED_BACK, by=by, reason=reason_of(reason)))
    return proceeding


@transaction.atomic
def proceeding_confirm(*, by: User, proceeding_id: int, base_revision: int) -> Proceeding:
    """Confirm all decisions (复核通过), by somebody who neither made nor submitted any; then they are frozen.

    Raises PermissionDenied, ProceedingChanged, ProceedingRefused.
    """
    require(by, Permission.DECISION_CONFIRM)
    proceeding = proceeding_lock(proceeding_id, base_revision)
    require_status(proceeding, ProceedingStatus.CONFIRMING)
    open_ones = proceeding.decisions.filter(confirmed_at=None)
    if by.pk == proceeding.submitted_by_id or open_ones.filter(decided_by=by).exists():
        raise PermissionDenied(_("决定由您拟定或提交，须由他人复核。"))
    now = clock.now()
    open_ones.update(confirmed_by=by, confirmed_at=now)
    move(proceeding, ProceedingStatus.EMBARGOED, confirmed_by=by, confirmed_at=now)
    outcomes = {decision.zone.code: decision.outcome for decision in current_decisions(proceeding)}
    act_record(proceeding, ProceedingActKind.CONFIRMED, by=by, content={"outcomes": outcomes})
    return proceeding


@transaction.atomic
def proceeding_reopen(*, by: User, proceeding_id: int, reason: str, base_revision: int) -> Proceeding:
    """Take a confirmed proceeding back before it is published (撤回重拟), with a reason."""
    require(by, Permission.DECISION_CONFIRM)
    proceeding = proceeding_lock(proceeding_id, base_revision)
    require_status(proceeding, ProceedingStatus.EMBARGOED)
    move(proceeding, ProceedingStatus.DECIDING, publish_at=None)
    tell_back(proceeding, act_record(proceeding, ProceedingActKind.REOPENED, by=by, reason=reason_of(reason)))
    return proceeding


@transaction.atomic
def proceeding_abandon(*, by: User, proceeding_id: int, reason: str, base_revision: int) -> Proceeding:
    """Give a proceeding up before anything is submitted (中止), with a reason; another may then be opened."""
    require(by, Permission.DECISION_RECORD)
    proceeding = proceeding_lock(proceeding_id, base_revision)
    require_status(proceeding, ProceedingStatus.DECIDING)
    if proceeding.publications.exists():
        raise ProceedingRefused([_("结果已经公示，不能中止；请完成重新拟定。")])
    act_record(proceeding, ProceedingActKind.ABANDONED, by=by, reason=reason_of(reason))
    move(proceeding, ProceedingStatus.ABANDONED)
    return proceeding


@transaction.atomic
def run_replace(*, by: User, proceeding_id: int, run: Run, reason: str, base_revision: int) -> Proceeding:
    """Rest a proceeding on a new run (更换计算结果): after an upheld objection, or while nothing is submitted yet.

    Zones whose proposal is the same keep their decision as a new version on the new run; the others are to be decided anew.
    Raises PermissionDenied, ProceedingChanged, ProceedingRefused.
    """
    require(by, Permission.DECISION_RECORD)
    proceeding = proceeding_lock(proceeding_id, base_revision)
    require_status(proceeding, ProceedingStatus.DECIDING, ProceedingStatus.REVIEWING)
    reason = reason_of(reason)
    run = Run.objects.select_related("scheme").get(pk=run.pk)
    _require_finished(run)
    place = (run.scheme.region_code, run.scheme.zone_class, run.year)
    if place != (proceeding.region_code, proceeding.zone_class, proceeding.year) or run.pk == proceeding.run_id:
        raise ProceedingRefused([_("请选择同一类别、同一年度的另一次计算。")])
    if proceeding.status == ProceedingStatus.REVIEWING:
        _require_upheld(proceeding)
        move(proceeding, ProceedingStatus.DECIDING)
    carried = _carry_over(proceeding, by, run)
    content = {**_run_facts(run), "before": proceeding.run_id, "carried": carried}
    touch(proceeding, run=run, synthetic=run.synthetic)
    act_record(proceeding, ProceedingActKind.RUN_REPLACED, by=by, reason=reason, content=content)
    return proceeding


def _require_upheld(proceeding: Proceeding) -> None:
    objections = Objection.objects.filter(publication__proceeding=proceeding)
    if objections.open().exists():
        raise ProceedingRefused([_("还有异议没有答复，全部答复后才能更换计算结果。")])
    if not objections.filter(publication__run=proceeding.run_id, status=ObjectionStatus.UPHELD).exists():
        raise ProceedingRefused([_("没有成立的异议，公示后的结果不能更换。")])


def _carry_over(proceeding: Proceeding, by: User, run: Run) -> int:
    results = {result.zone_id: result for result in run.results.defer("explanation", "fired_rules")}
    proceeding.decisions.filter(confirmed_at=None).delete()
    kept = [
        Decision(
            proceeding=proceeding,
            zone=decision.zone,
            result=results[decision.zone_id],
            version=decision.version + 1,
            outcome=decision.outcome,
            reason=decision.reason,
            decided_by=by,
            decided_at=clock.now(),
        )
        for decision in current_decisions(proceeding)
        if decision.zone_id in results and results[decision.zone_id].proposal == decision.result.proposal
    ]
    return len(Decision.objects.bulk_create(kept))


@transaction.atomic
def proceeding_finalise(
    *, by: User, proceeding_id: int, bulletin_number: str, base_revision: int, seen: str | None = None
) -> Proceeding:
    """Make the result final (定稿) once the window is over and every objection is answered; the bulletin takes its number.

    In the same transaction come its consequences: statuses, measures, designations to be changed. `seen`: the digest of
    those that the caller was shown (`assessments.following`); when they would be others now, nothing is done.

    Raises PermissionDenied, ProceedingChanged; ProceedingRefused while an objection is open, or an upheld one has led to no
    new run.
    """
    require(by, Permission.DECISION_CONFIRM)
    proceeding = proceeding_lock(proceeding_id, base_revision)
    require_status(proceeding, ProceedingStatus.REVIEWING)
    objections = Objection.objects.filter(publication__proceeding=proceeding)
    faults = []
    if waiting := objections.open().count():
        faults.append(_("还有 %(n)d 件异议没有答复。") % {"n": waiting})
    if objections.filter(publication__run=proceeding.run_id, status=ObjectionStatus.UPHELD).exists():
        faults.append(_("有异议成立，须以新的计算重新拟定并公示后才能定稿。"))
    if not bulletin_number.strip():
        faults.append(_("请填写通报文号。"))
    if faults:
        raise ProceedingRefused(faults)
    proceeding.bulletin_number = bulletin_number.strip()
    wrought = consequences_apply(by=by, proceeding=proceeding, on=clock.today(), seen=seen)
    content = {"bulletin": proceeding.bulletin_number, "consequences": wrought}
    act_record(proceeding, ProceedingActKind.FINALISED, by=by, content=content)
    fields = {"finalised_by": by, "finalised_at": clock.now(), "bulletin_number": proceeding.bulletin_number}
    move(proceeding, ProceedingStatus.FINAL, **fields)
    # Robust: when the broker is away, the first who asks for the bulletin has it written.
    transaction.on_commit(lambda: bulletin_write.delay(proceeding_id), robust=True)
    return proceeding
