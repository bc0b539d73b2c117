"""Accepting many returns at once (批量通过)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from indicators.models import DataChange, Return, ReturnAct
from indicators.news import tell
from indicators.selectors import Step, next_step
from indicators.selectors.reviews import obstacles
from indicators.services import letters
from indicators.services.shared import act_build


@dataclass(frozen=True)
class BulkAcceptance:
    """What became of a bulk acceptance: those accepted, and those skipped with the reasons why."""

    request_id: UUID
    accepted: list[Return] = field(default_factory=list)
    skipped: list[tuple[Return, list[str]]] = field(default_factory=list)


def batch_reason(request_id: UUID) -> str:
    """What stands in every act of one bulk acceptance; like all reasons it is kept as written."""
    return f"批量办理 {request_id}"


@transaction.atomic
def returns_accept(*, by: User, revisions: Mapping[int, int], request_id: UUID) -> BulkAcceptance:
    """Take the review of many returns at once (批量通过), in one transaction and a constant number of queries.

    `revisions` are those that were previewed, by return id: one that changed since, is no longer at a step of this user,
    or has an obstacle is skipped. All acts carry the request id; the same request again changes nothing and gives the
    same answer. Returns out of the user's sight are left out altogether.
    """
    returns = list(
        Return.objects.visible_to(by)
        .select_for_update(of=("self",))
        .filter(pk__in=revisions)
        .select_related("round", "zone__administration", "zone__city")
        .order_by("pk")
    )
    done = _done_before(by, returns, request_id)
    outcome = BulkAcceptance(request_id, accepted=[return_ for return_ in returns if return_.pk in done])
    current, steps = [], {}
    for return_ in returns:
        step = next_step(return_)
        if return_.pk in done:
            continue
        if step is None or return_.revision != revisions[return_.pk]:
            outcome.skipped.append((return_, [_("预览之后有变动")]))
        elif not by.may(step.permission, return_.zone.administration.path):
            outcome.skipped.append((return_, [_("这一步不由您办理")]))
        else:
            current.append(return_)
            steps[return_.pk] = step
    reasons = obstacles(by, current)
    outcome.skipped.extend((return_, reasons[return_.pk]) for return_ in current if reasons[return_.pk])
    accepted = [return_ for return_ in current if not reasons[return_.pk]]
    _accept(by, accepted, steps, request_id)
    outcome.accepted.extend(accepted)
    return outcome


def _done_before(by: User, returns: Sequence[Return], request_id: UUID) -> set[int]:
    acts = ReturnAct.objects.filter(return_ref__in=returns, actor=by, reason=batch_reason(request_id))
    return set(acts.values_list("return_ref_id", flat=True))


def _accept(by: User, returns: Sequence[Return], steps: Mapping[int, Step], request_id: UUID) -> None:
    """Record the acts, then move the returns (in this order: acceptance locks them), then tell."""
    last = ReturnAct.objects.filter(return_ref__in=returns).order_by("return_ref_id", "-pk").distinct("return_ref_id")
    previous = dict(last.values_list("return_ref_id", "digest"))
    acts = []
    for return_ in returns:
        step = steps[return_.pk]
        return_.status, return_.revision = step.target, return_.revision + 1
        reason = batch_reason(request_id)
        acts.append(act_build(return_, step.kind, by, step.permission, reason, previous.get(return_.pk, "")))
    ReturnAct.objects.bulk_create(acts)
    final = [return_ for return_ in returns if steps[return_.pk].final]
    passed_on = [return_ for return_ in returns if not steps[return_.pk].final]
    now = timezone.now()
    for group, moment in ((passed_on, None), (final, now)):
        rows = Return.objects.filter(pk__in=[return_.pk for return_ in group])
        if group:
            rows.update(status=group[0].status, revision=F("revision") + 1, accepted_at=moment)
    letters.reviewers_tell(passed_on)
    letters.parks_tell(final, occasion=f"batch-{request_id}")
    tell([DataChange(year=r.round.year, zone=r.zone, reason="报表批量审核完成") for r in final])
