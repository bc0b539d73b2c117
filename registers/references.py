"""What fields of entries may refer to (引用): zones, regions, enterprises and other entries, looked up once for many rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from parks.models import Region, Zone
from registers import creditcode
from registers.definition import Definition
from registers.enums import FieldType
from registers.models import Enterprise, Entry


@dataclass(frozen=True)
class References:
    """By what is typed: zones and regions by code or name, enterprises by credit code, entries by register and number."""

    zones: Mapping[str, Zone] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    enterprises: Mapping[str, Enterprise] = field(default_factory=dict)
    entries: Mapping[tuple[str, int], Entry] = field(default_factory=dict)

    @classmethod
    def gather(cls, spec: Definition, rows: Iterable[Mapping[str, Any]], user: User) -> References:
        """What these rows name and the user may see; a constant number of queries for any number of rows."""
        rows = list(rows)
        codes = {creditcode.normalised(text) for text in _texts(spec, rows, FieldType.ENTERPRISE)}
        numbers: dict[str, set[int]] = defaultdict(set)
        for each in spec.of_type(FieldType.ENTRY):
            numbers[each.links_to] |= {number for row in rows if (number := entry_number(row.get(each.code)))}
        entries = Entry.objects.none()
        for register, wanted in numbers.items():
            entries |= Entry.objects.filter(register__code=register, pk__in=wanted)
        seen = Entry.objects.visible_to(user).standing().filter(pk__in=entries.values("pk")).select_related("register")
        return cls(
            zones=_by(Zone.objects.visible_to(user)) if spec.of_type(FieldType.ZONE) else {},
            regions=_by(Region.objects.filter(valid_to_year=None)) if spec.of_type(FieldType.REGION) else {},
            enterprises={
                row.credit_code: row for row in Enterprise.objects.visible_to(user).filter(credit_code__in=codes)
            }
            if codes
            else {},
            entries={(entry.register.code, entry.pk): entry for entry in seen} if any(numbers.values()) else {},
        )


def _by(rows: Iterable[Any]) -> dict[str, Any]:
    """By code, and by name where only one has it."""
    found = list(rows)
    names: dict[str, list[Any]] = defaultdict(list)
    for row in found:
        names[row.name].append(row)
    return {name: held[0] for name, held in names.items() if len(held) == 1} | {row.code: row for row in found}


def _texts(spec: Definition, rows: Iterable[Mapping[str, Any]], kind: FieldType) -> Iterable[str]:
    for each in spec.of_type(kind):
        for row in rows:
            if value := row.get(each.code):
                yield str(value)


def entry_number(value: Any) -> int | None:
    """The number of an entry as typed: 12, "12", "#12" or "#12 its title"."""
    text = str(value or "").strip().removeprefix("#").partition(" ")[0]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None
