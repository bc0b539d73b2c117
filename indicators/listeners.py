"""What collection does when the registry changes (登记变动的响应)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.dispatch import receiver

from indicators.models import DataChange
from indicators.news import tell
from parks.models import Zone
from parks.signals import lineage_changed


@receiver(lineage_changed)
def tell_lineage(sender: Any, *, zones: Sequence[Zone], year: int, **_more: Any) -> None:
    """Totals, progress and profiles follow the lineage: tell the floors above."""
    tell([DataChange(zone=zone, year=year, reason="lineage") for zone in zones])
