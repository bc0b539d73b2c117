"""Deciding (作出决定): one by one or for a whole agenda; the proposal stays what it was, the decision stands beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments import clock
from assessments.chain import act_record
from assessments.enums import DecisionOutcome, ProceedingActKind, ProceedingStatus, ProposalKind
from assessments.exceptions import ProceedingRefused
from assessments.models import Decision, Proceeding, Result
from assessments.services.shared import REASON_LENGTH, proceeding_lock, require, require_status, touch


@dataclass(frozen=True)
class DecisionInput:
    """What somebody decides about a zone, by its code."""

    zone: str
    outcome: str
    reason: str = ""


@transaction.atomic
def decisions_record(
    *, by: User, proceeding_id: int, rows: Sequence[DecisionInput], base_revision: int
) -> list[Decision]:
    """Record decisions (拟定决定), all or none; one of a zone already decided and not confirmed takes its place.

    Raises PermissionDenied, Proceeding.DoesNotExist, ProceedingChanged; ProceedingRefused with every fault: a zone that the
    run did not assess, an unknown outcome, no reason where it differs from the proposal.
    """
    require(by, Permission.DECISION_RECORD)
    proceeding = proceeding_lock(proceeding_id, base_revision)
    require_status(proceeding, ProceedingStatus.DECIDING)
    results = {
        result.zone.code: result
        for result in proceeding.run.results.select_related("zone").defer("explanation", "fired_rules")
    }
    if faults := [fault for row in rows for fault in _faults(row, results.get(row.zone))]:
        raise ProceedingRefused(faults)
    decisions = _store(proceeding, by, rows, results)
    touch(proceeding)
    act_record(proceeding, ProceedingActKind.DECIDED, by=by, content={"decisions": [_told(row) for row in rows]})
    return decisions


def proposals_adopt(*, by: User, proceeding_id: int, zones: Collection[str], base_revision: int) -> list[Decision]:
    """Decide as proposed for these zones (按建议拟定); those whose proposal is undecided must be decided one by one.

    Raises as `decisions_record`.
    """
    results = Result.objects.filter(run__proceedings=proceeding_id, zone__code__in=zones).select_related("zone")
    rows = [
        DecisionInput(result.zone.code, result.proposal)
        for result in results.exclude(proposal=ProposalKind.UNDECIDED).defer("explanation", "fired_rules")
    ]
    return decisions_record(by=by, proceeding_id=proceeding_id, rows=rows, base_revision=base_revision)


def _faults(row: DecisionInput, result: Result | None) -> list[str]:
    if result is None:
        return [_("%(zone)s：这次计算没有考核这个园区。") % {"zone": row.zone}]
    who, faults = result.zone.name, []
    if row.outcome not in DecisionOutcome.values:
        faults.append(_("%(zone)s：没有这种决定。请重新选择。") % {"zone": who})
    if row.outcome != result.proposal and not row.reason.strip():
        message = _("%(zone)s：建议为“%(proposal)s”，决定与建议不同，请写明理由。")
        faults.append(message % {"zone": who, "proposal": result.get_proposal_display()})
    if len(row.reason) > REASON_LENGTH:
        faults.append(_("%(zone)s：理由最多 %(most)d 字，请精简。") % {"zone": who, "most": REASON_LENGTH})
    return faults


def _store(
    proceeding: Proceeding, by: User, rows: Sequence[DecisionInput], results: dict[str, Result]
) -> list[Decision]:
    """Rewrite the zones' unconfirmed decisions, or begin their next versions."""
    codes = [row.zone for row in rows]
    zones = proceeding.decisions.filter(zone__code__in=codes)
    zones.filter(confirmed_at=None).delete()  # kept by the table's history and by the chain of acts
    versions = dict(zones.order_by().values_list("zone__code").annotate(last=Max("version")))
    now = clock.now()
    decisions = [
        Decision(
            proceeding=proceeding,
            zone=results[row.zone].zone,
            result=results[row.zone],
            version=versions.get(row.zone, 0) + 1,
            outcome=row.outcome,
            reason=row.reason.strip(),
            decided_by=by,
            decided_at=now,
        )
        for row in {row.zone: row for row in rows}.values()
    ]
    return Decision.objects.bulk_create(decisions)


def _told(row: DecisionInput) -> dict[str, str]:
    told = asdict(row)
    return {name: str(value) for name, value in told.items() if value}
