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


def carriers_write(owner: str, wanted: Iterable[Carried]) -> int:
    """Make `wanted` the rows of `owner`: add, change, and remove what is no longer wanted; returns how many there are.

    Instruments that the pack does not have are passed over; rows that are right already are not written.
    """
    instruments = dict(Instrument.objects.values_list("key", "pk"))
    held = {(c.instrument_id, c.url_name, c.url_arg): c for c in Carrier.objects.filter(owner=owner)}
    new: list[Carrier] = []
    changed: list[Carrier] = []
    kept: set[tuple[int, str, str]] = set()
    for row in wanted:
        if row.instrument not in instruments:
            continue
        key = (instruments[row.instrument], row.url_name, row.url_arg)
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
