"""What the services of rules and tasks refuse."""

from __future__ import annotations

from collections.abc import Mapping


class Refused(Exception):
    """Nothing was saved; `faults` says why, by field ("" for the whole)."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(" ".join(self.faults.values()))


class Stale(Refused):
    """Somebody else acted since the page was opened."""
