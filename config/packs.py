"""Loading a whole pack: every app checks its part first, then all load in one transaction (政策包加载)."""

from __future__ import annotations

from pathlib import Path

from django.db import transaction

import assessments.loading
import compliance.loading
import indicators.loading
import parks.loading
import policy.loading
import registers.loading
import targets.loading
from common.packs import Fault

# From the lowest floor up: each part may refer to those before it.
PARTS = (
    policy.loading,
    parks.loading,
    registers.loading,
    indicators.loading,
    targets.loading,
    assessments.loading,
    compliance.loading,
)


class PackError(Exception):
    """The pack cannot be loaded; `faults` lists everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


def pack_check(root: Path) -> list[Fault]:
    """Every fault of every part; empty when the pack can be loaded."""
    faults: list[Fault] = []
    for part in PARTS:
        part.check(root, faults)
    return faults


def pack_load(root: Path) -> dict[str, int]:
    """Load the pack whole or not at all; loading again changes nothing. Raises PackError with all faults."""
    faults = pack_check(root)
    if faults:
        raise PackError(faults)
    counts: dict[str, int] = {}
    with transaction.atomic():
        for part in PARTS:
            counts |= part.load(root)
    return counts
