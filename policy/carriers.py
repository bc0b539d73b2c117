"""Writing down what carries the policy's instruments out (落实载体), for the loaders of the apps that own it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from policy.models import Carrier, Instrument


@dataclass(frozen=True)
class Carried:
    """`instrument` (its key) is carried out by the page `url_name` (with `url_arg`, if any).

    `live_name` is the address (with the same argument) of a few words that say how it stands now.
    """

    instrument: str
    url_name: str
    url_arg: str
    label_zh: str
    label_en: str
    live_name: str = ""


def carriers_write(owner: str, wanted: Iterable[Carried], *, document: str = "") -> int:
    """Make `wanted` the rows of `owner`: add, change, and remove what is no longer wanted; returns how many there are.

    With `document` (its code) only the instruments of that document are meant, and the owner's rows of others are left as
    they are; without, those of every document that has the key. Instruments that no pack has are passed over; rows that
    are right already are not written.
    """
    scope = {"document__code": document} if document else {}
    instruments: dict[str, list[int]] = {}
    for name, pk in Instrument.objects.filter(**scope).values_list("key", "pk"):
        instruments.setdefault(name, []).append(pk)
    rows = Carrier.objects.filter(owner=owner)
    if document:
        rows = rows.filter(instrument__document__code=document)
    held = {(c.instrument_id, c.url_name, c.url_arg): c for c in rows}
    new: list[Carrier] = []
    changed: list[Carrier] = []
    kept: set[tuple[int, str, str]] = set()
    for row in wanted:
        for instrument in instruments.get(row.instrument, ()):
            key = (instrument, row.url_name, row.url_arg)
            kept.add(key)
            carrier = held.get(key) or Carrier(instrument_id=key[0], owner=owner, url_name=key[1], url_arg=key[2])
            told = (row.label_zh, row.label_en, row.live_name)
            if (carrier.label_zh, carrier.label_en, carrier.live_name) != told:
                carrier.label_zh, carrier.label_en, carrier.live_name = told
                (changed if carrier.pk else new).append(carrier)
    Carrier.objects.bulk_create(new)
    Carrier.objects.bulk_update(changed, ["label_zh", "label_en", "live_name"])
    if gone := [carrier.pk for key, carrier in held.items() if key not in kept]:
        Carrier.objects.filter(pk__in=gone).delete()
    return len(kept)
