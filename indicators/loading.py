"""Catalogue, rules and published figures of a pack (指标目录、审核关系和公开数据的装载).

Loading is idempotent: what is there and unchanged is not written again, so its history stays quiet.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from django.db import models, transaction
from django.utils import timezone

from common.packs import Fault, document_code, has_part, region_code, sync
from indicators.enums import Channel, IndicatorKind, ValueSource
from indicators.models import CheckRule, DataChange, Form, Indicator, Value
from indicators.news import tell
from indicators.pack import (
    CATALOGUE,
    RULES,
    Figure,
    Files,
    FormEntry,
    IndicatorEntry,
    RuleEntry,
    read_files,
    read_rules,
)
from parks.models import Zone
from policy.carriers import Carried, carriers_write
from policy.enums import InstrumentKind
from policy.models import Provision

M = TypeVar("M", bound=models.Model)
PROVISION = re.compile(r"P\d{3}[a-z]?")
CARRIED = (
    Carried("spatial_axis", "axis_list", "", "发展轴带及其范围", "Development axes and their places"),
    Carried("merged_stat_split", "figure_list", "", "数据：按统计分成汇总", "Figures rolled up with agreed splits"),
)
MANY = 8
"""An instrument measured by more indicators than this is shown as the catalogue."""


def check(root: Path, faults: list[Fault]) -> None:
    """Append every fault of the pack's `indicators/` files; a pack without them uses the catalogue that is there.

    A pack may bring `rules.yaml` alone: further rules for its own province on the items of that catalogue.
    """
    if not has_part(root, "indicators"):
        return
    if (root / CATALOGUE).is_file():
        files = read_files(root, faults)
        rules = files.rules if files else []
    else:
        rules = read_rules(root, faults)
    taken = CheckRule.objects.filter(code__in=[rule.code for rule in rules])
    faults += [
        Fault(RULES, code, "编号已用于另一政策的审核关系 code belongs to a rule of another policy")
        for code, owner in taken.values_list("code", "document_code")
        if owner not in {"", document_code(root)}
    ]


@transaction.atomic
def load(root: Path) -> dict[str, int]:
    """Write the catalogue, rules, forms and published figures; counts by model name. Raises ValueError for an unchecked pack."""
    if not has_part(root, "indicators"):
        return {}
    faults: list[Fault] = []
    if not (root / CATALOGUE).is_file():
        rules = read_rules(root, faults)
        if faults:
            raise ValueError("\n".join(map(str, faults)))
        return {"CheckRule": _load_rules(root, rules, region_code(root))}
    files = read_files(root, faults)
    if files is None or faults:
        raise ValueError("\n".join(map(str, faults)))
    entries = enumerate(files.catalogue.indicators, start=1)
    wanted = (_indicator(position, entry, files) for position, entry in entries)
    synced = sync(Indicator.objects, ("code",), wanted, keep=("tolerance_pct", "prevailing"))
    indicators = {indicator.code: indicator for indicator in synced}
    _load_forms(files.forms, indicators)
    carried = [*CARRIED, *_carried(files.catalogue.indicators)]
    carriers_write("indicators", carried, document=document_code(root))
    return {
        "Indicator": len(indicators),
        "CheckRule": _load_rules(root, files.rules, ""),
        "Form": len(files.forms),
        "Value": _load_figures(files.figures, indicators),
    }


def _load_rules(root: Path, entries: list[RuleEntry], region: str) -> int:
    """Write the pack's rules, for the zones of `region` alone where one is given; those it no longer has go, no other's."""
    owner = document_code(root)
    rules = [
        CheckRule(position=position, region_code=region, document_code=owner, **entry.model_dump())
        for position, entry in enumerate(entries, start=1)
    ]
    sync(CheckRule.objects, ("code",), rules)
    own = CheckRule.objects.filter(document_code__in=["", owner])
    own.exclude(code__in=[entry.code for entry in entries]).delete()
    return len(rules)


def _carried(entries: Iterable[IndicatorEntry]) -> Iterator[Carried]:
    """Indicators that measure what a provision they cite asks to be measured; the rate rather than its parts."""
    asked = dict(
        Provision.objects.filter(instrument__kind=InstrumentKind.INDICATOR).values_list("code", "instrument__key")
    )
    cited: dict[str, list[IndicatorEntry]] = defaultdict(list)
    for entry in entries:
        for key in {asked[code] for code in PROVISION.findall(entry.source) if code in asked}:
            cited[key].append(entry)
    for key, group in cited.items():
        if len(group) > MANY:
            yield Carried(
                key, "indicator_list", "", f"指标目录（{len(group)} 项）", f"Catalogue of indicators ({len(group)})"
            )
            continue
        rates = [entry for entry in group if entry.kind == IndicatorKind.DERIVED]
        for entry in rates or group:
            yield Carried(key, "indicator_detail", entry.code, f"指标 {entry.name_zh}", f"Indicator {entry.name_en}")


def _indicator(position: int, entry: IndicatorEntry, files: Files) -> Indicator:
    unit = files.catalogue.units[entry.unit]
    derived = entry.kind == IndicatorKind.DERIVED
    return Indicator(
        **entry.model_dump(exclude={"classes", "unit_en", "decimals", "minimum", "maximum"}),
        unit_en=entry.unit_en or unit.en,
        decimals=unit.decimals if entry.decimals is None else entry.decimals,
        minimum=None if derived else entry.minimum,
        maximum=None if derived else entry.maximum,
        zone_classes=files.classes(entry),
        position=position,
    )


def _load_forms(entries: list[FormEntry], indicators: dict[str, Indicator]) -> None:
    """Write the forms and what each asks; a round keeps the items it was put together of."""
    forms = [
        Form(position=position, **entry.model_dump(exclude={"items"}))
        for position, entry in enumerate(entries, start=1)
    ]
    for form, entry in zip(sync(Form.objects, ("code",), forms), entries, strict=True):
        form.indicators.set([indicators[code] for code in entry.items])


def _load_figures(figures: list[Figure], indicators: dict[str, Indicator]) -> int:
    """Write published figures as values of no return; tells the floors above when one is new or differs."""
    zones = dict(Zone.objects.values_list("code", "pk"))
    published = Value.objects.filter(source=ValueSource.PUBLISHED, return_ref=None)
    present = {(value.zone_id, value.indicator_id, value.period): value for value in published}
    new: list[Value] = []
    changed: list[Value] = []
    for figure in figures:
        key = (zones[figure.zone], indicators[figure.indicator].pk, figure.period)
        facts = {"number": figure.number, "certainty": figure.certainty, "source_note": figure.source_note}
        value = present.get(key)
        if value is None:
            place = {"zone_id": key[0], "indicator_id": key[1], "period": figure.period, "year": figure.year}
            new.append(Value(source=ValueSource.PUBLISHED, channel=Channel.PACK, **place, **facts))
        elif any(getattr(value, name) != fact for name, fact in facts.items()):
            for name, fact in facts.items():
                setattr(value, name, fact)
            value.channel, value.revision, value.updated_at = Channel.PACK, value.revision + 1, timezone.now()
            changed.append(value)
    Value.objects.bulk_create(new)
    Value.objects.bulk_update(changed, ["number", "certainty", "source_note", "channel", "revision", "updated_at"])
    tell([DataChange(year=year, reason="公开数据装载") for year in sorted({value.year for value in new + changed})])
    return len(figures)
