"""What must hold between the lineage's rows of a pack: successions, splits of statistics, axes (沿革数据的核对)."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from common.packs import Fault, duplicates

if TYPE_CHECKING:
    from parks.pack import Pack

SUCCESSIONS = "parks/successions.csv"
SHARES = "parks/statistical_shares.csv"
AXES = "parks/axes.csv"


def check_lineage(pack: Pack, faults: list[Fault]) -> None:
    """Append what is wrong: unknown areas or counties, broken shares, somebody who takes over after having ended."""
    areas, regions = set(pack.zone_of_plate().values()), {row.code for row in pack.regions}
    _check_successions(pack, areas, faults)
    for row in pack.shares:
        if row.zone not in areas or row.region not in regions:
            where = f"{row.zone} {row.from_year}"
            faults.append(Fault(SHARES, where, f"未知园区或县 unknown {row.zone} or {row.region}"))
    unknown = [row.region for row in pack.axes if row.region not in regions]
    faults.extend(Fault(AXES, code, f"未知行政区划 unknown region {code}") for code in unknown)
    _check_shares(pack, faults)
    for file, keys in (
        (SUCCESSIONS, [f"{row.predecessor} {row.successor}" for row in pack.successions]),
        (SHARES, [f"{row.zone} {row.region} {row.from_year}" for row in pack.shares]),
        (AXES, [f"{row.region} {row.axis}" for row in pack.axes]),
    ):
        faults.extend(Fault(file, key, "重复 occurs more than once") for key in sorted(duplicates(keys)))


def _check_successions(pack: Pack, areas: set[str], faults: list[Fault]) -> None:
    ended = {row.predecessor: row.on for row in pack.successions}
    for row in pack.successions:
        where = f"{row.predecessor} {row.on}"
        unknown = sorted({row.predecessor, row.successor} - areas)
        faults.extend(Fault(SUCCESSIONS, where, f"不是园区编号 {code} is no area") for code in unknown)
        if row.predecessor == row.successor:
            faults.append(Fault(SUCCESSIONS, where, "不能承继自己 an area does not succeed itself"))
        elif row.successor in ended and ended[row.successor] <= row.on:
            faults.append(Fault(SUCCESSIONS, where, f"承继园区已不存续 {row.successor} ended before"))
        if ended[row.predecessor] != row.on:
            faults.append(Fault(SUCCESSIONS, where, "一个园区只能终止一次 an area ends once"))


def _check_shares(pack: Pack, faults: list[Fault]) -> None:
    whole: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in pack.successions:
        whole[SUCCESSIONS, f"{row.predecessor} {row.on}"] += row.share_pct
    for share in pack.shares:
        whole[SHARES, f"{share.zone} {share.from_year}"] += share.share_pct
    broken = [(key, total) for key, total in whole.items() if total != 100]
    text = "份额合计为 {0}，应为 100 shares add up to {0}, not 100"
    faults.extend(Fault(file, where, text.format(total)) for (file, where), total in broken)
