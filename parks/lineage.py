"""Where the figures of a merged or split zone belong (沿革追溯), policy 二（一）: successions followed from zone to zone.

A figure of a period that ended before a succession takes effect is carried to the successors by their shares; from the
year (or quarter, month) of the succession on the successors report themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from parks.models import ZoneSuccession


@dataclass(frozen=True)
class Link:
    """One succession: the part `share` (0 to 1) of the predecessor that is the successor's from the day `on`."""

    predecessor: str
    successor: str
    on: date
    share: float


class Lineage:
    """Successions between zones, by their codes; false when there is none."""

    def __init__(self, links: Iterable[Link]) -> None:
        self.links = sorted(links, key=lambda link: (link.on, link.successor))
        self._heirs: dict[str, dict[date, list[Link]]] = defaultdict(dict)
        for link in self.links:
            self._heirs[link.predecessor].setdefault(link.on, []).append(link)

    @classmethod
    def read(cls, until: date | None = None) -> Lineage:
        """The recorded successions; with `until`, those that take effect by that day."""
        rows = ZoneSuccession.objects.filter(**({} if until is None else {"on__lte": until}))
        fields = rows.values_list("predecessor__code", "successor__code", "on", "share_pct")
        return cls(Link(old, new, on, float(share) / 100) for old, new, on, share in fields.order_by("pk"))

    def __bool__(self) -> bool:
        return bool(self.links)

    @property
    def ended(self) -> set[str]:
        """Zones with a successor."""
        return set(self._heirs)

    @property
    def zones(self) -> set[str]:
        """All zones with a predecessor or a successor."""
        return self.ended | {link.successor for link in self.links}

    def family(self, codes: Iterable[str]) -> set[str]:
        """These zones with all that came before or after any of them."""
        family, edges = set(codes), [(link.predecessor, link.successor) for link in self.links]
        size = -1
        while size != len(family):
            size = len(family)
            family |= {code for edge in edges if not family.isdisjoint(edge) for code in edge}
        return family

    def last_end(self, code: str) -> date:
        """The day from which, at the latest, others report for a zone with a successor."""
        return max(self._heirs[code])

    def shares(self, code: str, last_day: date) -> dict[str, float]:
        """To whom the zone's figures of a period with that last day belong now: shares (sum 1) by the zones' codes.

        The first succession after the period counts, and for the heirs those after it; a figure of a period when the zone
        had ended goes by its last one.
        """
        steps = self._heirs.get(code)
        if not steps:
            return {code: 1.0}
        days = sorted(steps)
        found: dict[str, float] = defaultdict(float)
        self._carry(steps[days[min(bisect_right(days, last_day), len(days) - 1)]], 1.0, found)
        return dict(found)

    def _carry(self, links: Iterable[Link], share: float, found: dict[str, float]) -> None:
        for link in links:
            later = [day for day in self._heirs.get(link.successor, {}) if day > link.on]
            if later:  # days only grow, so that areas which were parted and joined again end the walk too
                self._carry(self._heirs[link.successor][min(later)], share * link.share, found)
            else:
                found[link.successor] += share * link.share

    def successors(self, code: str, last_day: date) -> set[str]:
        """All that took over from the zone, directly or through others, by that day."""
        found: set[str] = set()
        waiting = [code]
        while waiting:
            for day, links in self._heirs.get(waiting.pop(), {}).items():
                heirs = {link.successor for link in links if day <= last_day} - found - {code}
                found |= heirs
                waiting += heirs
        return found
