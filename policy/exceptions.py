"""What the services of the policy refuse."""

from __future__ import annotations

from collections.abc import Mapping


class RulingRefused(Exception):
    """A decision on a word can't be recorded; `faults` says why, by field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        super().__init__(" ".join(self.faults.values()))
