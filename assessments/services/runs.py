"""Writes on runs (考核计算的办理): start, cancel. The work itself is a task."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import RUN_MOVES, RunStatus, SchemeStatus
from assessments.exceptions import RunRefused
from assessments.models import Run, Scheme
from assessments.tasks import run_execute


def run_start(*, by: User, scheme: Scheme, year: int) -> Run:
    """Queue a run of `scheme` over `year` (发起考核); the run already under way if there is one.

    Raises:
        PermissionDenied: `by` may not start runs.
        RunRefused: the scheme is not published, does not apply to the year, or the year is not over yet.
    """
    _require(by)
    with transaction.atomic():
        # Starts of one scheme wait for each other, so that two at once become one.
        scheme = Scheme.objects.select_for_update(no_key=True).get(pk=scheme.pk)
        _check_applicable(scheme, year)
        active = scheme.runs.active().filter(year=year).first()
        if active is not None:
            return active
        run = Run.objects.create(scheme=scheme, year=year, requested_by=by)
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
        run = Run.objects.select_for_update(no_key=True).get(pk=run.pk)
        if RunStatus.CANCELLED not in RUN_MOVES[run.status]:
            raise RunRefused(_("这次计算已经结束（%(status)s），不能取消。") % {"status": run.get_status_display()})
        run.status = RunStatus.CANCELLED
        run.finished_at = timezone.now()
        run.save(update_fields=["status", "finished_at"])
    return run


def _require(by: User) -> None:
    if not by.may(Permission.RUN_START):
        raise PermissionDenied(_("您没有发起考核的权限，请与联席会议办公室联系。"))


def _check_applicable(scheme: Scheme, year: int) -> None:
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
