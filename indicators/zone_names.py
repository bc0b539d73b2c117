"""Which zone is meant (园区识别): by code or name; aliases, plates and misspellings are asked about, never guessed."""

from __future__ import annotations

import difflib
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field

from parks.models import Designation, Zone, ZoneAlias

_CANDIDATES, _LIKENESS = 4, 0.6


def plain(name: str) -> str:
    """A name without differences of width, case and spaces."""
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())


@dataclass(frozen=True)
class Match:
    """The zone that is meant, or those that may be (the likeliest first); neither when nothing comes near."""

    zone: Zone | None = None
    candidates: list[Zone] = field(default_factory=list)


class ZoneNames:
    """All codes, names, aliases and plates of the registry, read once: three queries."""

    def __init__(self) -> None:
        zones = {zone.pk: zone for zone in Zone.objects.all()}
        self._by_code = {plain(zone.code): zone for zone in zones.values()}
        self._by_name: dict[str, list[Zone]] = defaultdict(list)
        self._by_other: dict[str, dict[int, Zone]] = defaultdict(dict)
        for zone in zones.values():
            self._by_name[plain(zone.name)].append(zone)
        for model in (ZoneAlias, Designation):
            for zone_id, name in model.objects.order_by("pk").values_list("zone_id", "name"):
                self._by_other[plain(name)][zone_id] = zones[zone_id]

    def match(self, text: str) -> Match:
        """The zone of a code or of a name that only it has; else who may be meant."""
        key = plain(text)
        if key in self._by_code:
            return Match(self._by_code[key])
        named = self._by_name.get(key, [])
        if len(named) == 1:
            return Match(named[0])
        return Match(candidates=named or list(self._by_other.get(key, {}).values()) or self._alike(key))

    def _alike(self, key: str) -> list[Zone]:
        known = {**self._by_other, **{name: {zone.pk: zone for zone in zones} for name, zones in self._by_name.items()}}
        near = difflib.get_close_matches(key, known, n=_CANDIDATES, cutoff=_LIKENESS)
        return list({pk: zone for name in near for pk, zone in known[name].items()}.values())[:_CANDIDATES]

    def bears(self, zone: Zone, name: str) -> bool:
        """Whether the zone is known by that name: its own, an alias, or one of its plates."""
        key = plain(name)
        return zone in self._by_name.get(key, []) or zone.pk in self._by_other.get(key, {})
