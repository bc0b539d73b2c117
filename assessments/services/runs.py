"""Writes on runs (考核计算的办理): start, cancel. The work itself is a task."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import RUN_MOVES, RunStatus, SchemeStatus
from assessments.exceptions import RunNotReady, RunRefused
from assessments.models import Run, Scheme
from assessments.selectors.readiness import Check, readiness
from assessments.services.shared import REASON_LENGTH, require_own
from assessments.tasks import run_execute


def run_start(*, by: User, scheme: Scheme, year: int, override_reason: str = "") -> Run:
    """Queue an official run of `scheme` over `year` (发起考核); the run already under way if there is one.

    What the preconditions were is frozen on it, with the reason where one of them failed.

    Raises:
        PermissionDenied: `by` may not start runs, or not in the scheme's province.
        RunNotReady: a precondition fails and no reason is given.
        RunRefused: the scheme is not published, does not apply to the year, the year is not over yet, or the reason too long.
    """
    _require(by)
    with transaction.atomic():
        # Starts of one scheme wait for each other, so that two at once become one.
        scheme = Scheme.objects.select_for_update(no_key=True).get(pk=scheme.pk)
        require_own(by, scheme.region_code)
        run_check(scheme=scheme, year=year)
        active = scheme.runs.active().filter(year=year).first()
        if active is not None:
            return active
        checks = readiness(scheme, year, by)
        reason = _override(checks, override_reason)
        seen = [check.as_data() for check in checks]
        run = Run.objects.create(scheme=scheme, year=year, requested_by=by, checklist=seen, override_reason=reason)
        # Robust: when the broker is away the run stays queued, and runs_recover sends it again.
        transaction.on_commit(lambda: run_execute.delay(run.pk), robust=True)
    return run


def run_cancel(*, by: User, run: Run) -> Run:
    """Cancel a queued or running run (取消计算); its worker stops at the next stage and saves nothing.

    Raises:
        PermissionDenied: `by` may not start runs.
        RunRefused: the run has already ended.
    """
    _require(by)
    with transaction.atomic():
        run = Run.objects.select_for_update(no_key=True, of=("self",)).select_related("scheme").get(pk=run.pk)
        require_own(by, run.scheme.region_code)
        if RunStatus.CANCELLED not in RUN_MOVES[run.status]:
            raise RunRefused(_("这次计算已经结束（%(status)s），不能取消。") % {"status": run.get_status_display()})
        run.status = RunStatus.CANCELLED
        run.finished_at = timezone.now()
        run.save(update_fields=["status", "finished_at"])
    return run


def _require(by: User) -> None:
    if not by.may(Permission.RUN_START):
        raise PermissionDenied(_("您没有发起考核的权限，请与联席会议办公室联系。"))


def _override(checks: list[Check], reason: str) -> str:
    """The reason to be kept: "" where everything is ready. Raises RunNotReady without one that is needed."""
    failing = [check for check in checks if not check.ok]
    if not failing:
        return ""
    if not reason.strip():
        words = "；".join(check.words for check in failing)
        raise RunNotReady(_("还没有齐备：%(what)s。请先办理，或写明仍然发起的理由。") % {"what": words}, checks)
    if len(reason.strip()) > REASON_LENGTH:
        raise RunRefused(_("理由最多 %(most)d 字，请精简。") % {"most": REASON_LENGTH})
    return reason.strip()


def run_check(*, scheme: Scheme, year: int) -> None:
    """Raise RunRefused unless the scheme is published and applies to the year, and the year is over."""
    if scheme.status != SchemeStatus.PUBLISHED:
        raise RunRefused(_("《%(scheme)s》尚未发布，发布后才能据以考核。") % {"scheme": scheme})
    if not scheme.applies_to(year):
        until = scheme.year_to or _("今")
        raise RunRefused(
            _("《%(scheme)s》适用于 %(from)s–%(to)s 年，不适用于 %(year)s 年。请选择适用年度内的年份或其他办法。")
            % {"scheme": scheme, "from": scheme.year_from, "to": until, "year": year}
        )
    if year >= timezone.localdate().year:
        raise RunRefused(_("%(year)s 年尚未结束，不能考核。请选择已结束的年度。") % {"year": year})
