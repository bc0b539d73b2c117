"""What targets do when a register changes (台账变动的响应)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from indicators.models import DataChange
from indicators.news import tell
from registers.models import Entry
from registers.signals import entries_changed
from targets.measures import sources_of
from targets.models import Target


@receiver(entries_changed)
def tell_registers(sender: Any, *, entries: Sequence[Entry], **_more: Any) -> None:
    """Where a target reads the register its progress is computed anew; each zone's own pages follow, others' stay."""
    read = {register.pk for register, _figure in sources_of(Target.objects.countable()).values()}
    changed = [entry for entry in entries if entry.register_id in read]
    if not changed:
        return
    code, zones = changed[0].register.code, {entry.zone_id for entry in changed}
    year = timezone.localdate().year
    tell(
        [
            DataChange(year=year, zone_id=zone, reason=f"register {code}")
            for zone in sorted(zones, key=lambda pk: pk or 0)
        ]
    )
