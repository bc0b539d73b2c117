"""Opening provisional standings to zones (即时名次的开放)."""

from __future__ import annotations

from django.db import transaction

from accounts.enums import Permission
from accounts.models import User
from assessments.models import StandingOpening
from assessments.services.shared import require
from parks.enums import ZoneClass


@transaction.atomic
def standing_opening_set(*, by: User, zone_class: str, year: int, is_open: bool) -> StandingOpening:
    """Let zones of the class see their own provisional standing of the year, or no longer; who and when is kept.

    Raises PermissionDenied; ValueError for an unknown class.
    """
    require(by, Permission.RUN_START)
    opening, _made = StandingOpening.objects.update_or_create(
        zone_class=ZoneClass(zone_class), year=year, defaults={"is_open": is_open, "set_by": by}
    )
    return opening
