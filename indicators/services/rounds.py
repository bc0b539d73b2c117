"""Opening a round (下发填报任务)."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User
from indicators.enums import ActKind, RoundStatus
from indicators.exceptions import MoveRefused
from indicators.models import DataChange, Return, ReturnAct, Round
from indicators.news import tell
from indicators.services.shared import act_build
from parks.models import Designation, Zone


@transaction.atomic
def round_open(*, by: User, round: Round) -> int:  # noqa: A002 - the word of the domain
    """Open a round: every zone that held a designation of its classes at the end of its year gets a return.

    Opening again adds returns for zones that have none yet and touches no other. Returns how many were made. Raises
    PermissionDenied, and MoveRefused for a closed round or one without items.
    """
    if not by.may(Permission.ROUND_MANAGE):
        raise PermissionDenied(_("您没有管理填报任务的权限。"))
    locked = Round.objects.select_for_update().get(pk=round.pk)
    if locked.status == RoundStatus.CLOSED:
        raise MoveRefused([_("填报任务已结束，不能再下发。")])
    if not locked.indicators.base().for_zones().exists():
        raise MoveRefused([_("填报任务还没有选指标。请先选定填报指标。")])
    plates = Designation.objects.in_force_on(date(locked.year, 12, 31)).filter(zone_class__in=locked.zone_classes)
    zones = Zone.objects.filter(pk__in=plates.values("zone")).exclude(returns__round=locked)
    new = [Return(round=locked, zone=zone, due_on=locked.due_on) for zone in zones.select_related("administration")]
    Return.objects.bulk_create(new)
    ReturnAct.objects.bulk_create(
        [act_build(return_, ActKind.OPENED, by, Permission.ROUND_MANAGE, "", previous="") for return_ in new]
    )
    locked.status = RoundStatus.OPEN
    locked.save(update_fields=["status"])
    round.status = locked.status
    if new:
        tell([DataChange(year=locked.year, reason="round opened")])
    return len(new)
