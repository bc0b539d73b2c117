"""What stands behind a return's form and does not move while it is filled in: earlier years, peers (往年数与同类中位数)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

from django.core.cache import cache
from django.db.models import Aggregate, Count, F, FloatField, Max
from django.db.models.functions import Cast

from indicators.models import Indicator, Return, Value
from indicators.selectors.asked import zone_classes
from indicators.selectors.figures import matrix, newest_change
from parks.models import Designation
from parks.provinces import prefix_of

FEWEST_PEERS = 5
YEARS_SHOWN = 8
_KEPT_SECONDS = 15 * 60


@dataclass(frozen=True)
class Backdrop:
    """Accepted or published figures beside a return, by indicator code.

    `series` holds the numbers of up to eight years before, by year, of the same part of each year (a quarter beside
    quarters); `medians` the median of the zones of its province and class in the latest such period before with accepted returns.
    """

    series: dict[str, dict[int, float]]
    medians: dict[str, float]

    def numbers(self, year: int) -> dict[str, float]:
        """The known numbers of a year."""
        return {code: years[year] for code, years in self.series.items() if year in years}


class _Median(Aggregate):
    """PostgreSQL's continuous median."""

    template = "percentile_cont(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def return_backdrop(return_: Return, items: Sequence[Indicator]) -> Backdrop:
    """The backdrop of a return that asks for `items`.

    Kept in the cache until news of accepted figures comes: one query when nothing has changed.
    """
    key = f"backdrop:{return_.pk}:{newest_change()}"
    kept: Backdrop | None = cache.get(key)
    if kept is None or not kept.series.keys() >= {item.code for item in items}:
        kept = Backdrop(_series(return_, items), _peer_medians(return_, items))
        cache.set(key, kept, _KEPT_SECONDS)
    return kept


def _series(return_: Return, items: Sequence[Indicator]) -> dict[str, dict[int, float]]:
    codes, year = [item.code for item in items], return_.round.year
    past = matrix(
        zone_codes=[return_.zone.code],
        codes=codes,
        years=range(year - YEARS_SHOWN, year),
        part=return_.round.part,
        derived=False,
    ).droplevel("zone")
    years = past.index.tolist()
    return {
        code: {at: number for at, number in zip(years, past[code].tolist(), strict=True) if not isnan(number)}
        for code in codes
    }


def _peer_medians(return_: Return, items: Sequence[Indicator]) -> dict[str, float]:
    """By code; none of fewer than FEWEST_PEERS peers: of two or three a median would tell one its neighbour's figure."""
    year, part = return_.round.year, return_.round.part
    own = zone_classes([return_.zone_id], return_.round.last_day)[return_.zone_id]
    peers = Designation.objects.in_force_on(return_.round.last_day).filter(
        zone_class__in=own & set(return_.round.zone_classes),
        zone__city__code__startswith=prefix_of(return_.zone.city.code),
    )
    filed = Return.objects.accepted().filter(zone__in=peers.values("zone"), round__period__regex=f"^[0-9]{{4}}{part}$")
    latest = filed.filter(round__year__lt=year).aggregate(latest=Max("round__year"))["latest"]
    numbers = Value.objects.filter(
        return_ref__in=filed.filter(round__year=latest), indicator__in=items, number__isnull=False
    )
    medians = numbers.order_by().values("indicator__code").annotate(median=_Median(Cast(F("number"), FloatField())))
    shown = medians.annotate(peers=Count("zone", distinct=True)).filter(peers__gte=FEWEST_PEERS)
    return dict(shown.values_list("indicator__code", "median"))
