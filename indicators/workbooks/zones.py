"""Which zone a row of a table means: by code, plate, name or another spelling (园区识别)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from indicators.workbooks.headers import MOST_SEARCHES, key_of
from parks.models import Designation, Zone, ZoneAlias

MOST_CANDIDATES = 5
_ALIKE = 0.6


@dataclass(frozen=True)
class ZoneMatch:
    """The zone a text means; None when it is unknown or means several, then `candidates` are asked about."""

    text: str
    zone: Zone | None = None
    candidates: list[Zone] = field(default_factory=list)


class ZoneMatcher:
    """Finds zones by what sources call them. Three queries, however many names are then looked up.

    Misspellings that sources are known to make (临颖县 for 临颍县) are recorded as `ZoneAlias`; any other is asked about.
    """

    def __init__(self, zones: Iterable[Zone]) -> None:
        self._zones = {zone.pk: zone for zone in zones}
        self._searches_left = MOST_SEARCHES
        self._names: dict[str, set[int]] = defaultdict(set)
        for zone in self._zones.values():
            self._add(zone.code, zone.pk)
            self._add(zone.name, zone.pk)
        plates = Designation.objects.filter(zone__in=self._zones).values_list("zone_id", "code", "name")
        for pk, code, name in plates:
            self._add(code, pk)
            self._add(name, pk)
        for pk, name in ZoneAlias.objects.filter(zone__in=self._zones).values_list("zone_id", "name"):
            self._add(name, pk)

    def _add(self, name: str, pk: int) -> None:
        self._names[key_of(name)].add(pk)

    def match(self, text: str) -> ZoneMatch:
        key = key_of(text)
        hits = self._names.get(key, set()) if key else set()
        found = sorted((self._zones[pk] for pk in hits), key=lambda zone: zone.code)
        if len(found) == 1:
            return ZoneMatch(text, found[0], found)
        return ZoneMatch(text, None, found or self._alike(key))

    def _alike(self, key: str) -> list[Zone]:
        self._searches_left -= 1
        if not key or self._searches_left < 0:
            return []
        scores: dict[int, float] = {}
        for name, owners in self._names.items():
            score = SequenceMatcher(None, key, name, autojunk=False).ratio()
            for pk in owners:
                scores[pk] = max(score, scores.get(pk, 0))
        best = sorted((pk for pk, score in scores.items() if score >= _ALIKE), key=lambda pk: -scores[pk])
        return [self._zones[pk] for pk in best[:MOST_CANDIDATES]]
