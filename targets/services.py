"""Writes on targets (目标的办理)."""

from __future__ import annotations

from django.db import transaction

from indicators.models import DataChange
from indicators.news import tell
from targets.models import Progress, Target


@transaction.atomic
def target_changed(*, target: Target) -> None:
    """What was computed under the target's former measure or tolerance no longer counts: forget it and tell the news."""
    Progress.objects.filter(target=target).delete()
    tell([DataChange(year=target.year, reason=f"target {target.code} changed")])
