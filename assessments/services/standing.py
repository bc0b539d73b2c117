"""Opening provisional standings to zones (即时名次的开放)."""

from __future__ import annotations

from django.db import transaction

from accounts.enums import Permission
from accounts.models import User
from assessments.models import Scheme, StandingOpening
from assessments.services.shared import require, require_own


@transaction.atomic
def standing_opening_set(*, by: User, scheme: Scheme, year: int, is_open: bool) -> StandingOpening:
    """Let zones of the scheme's class and province see their own provisional standing of the year, or no longer.

    Who and when is kept. Raises PermissionDenied, also for the scheme of another province.
    """
    require(by, Permission.RUN_START)
    require_own(by, scheme.region_code)
    opening, _made = StandingOpening.objects.update_or_create(
        region_code=scheme.region_code,
        zone_class=scheme.zone_class,
        year=year,
        defaults={"is_open": is_open, "set_by": by},
    )
    return opening
