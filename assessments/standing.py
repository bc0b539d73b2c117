"""When provisional runs are due (即时测算): which methods and years, and whether what changed has come to rest.

Accepted data changes in bursts: a bulk acceptance tells a line of news for each zone. A run is due once no news has come for
`QUIET`, or the oldest of it is `PATIENCE` old. All of it stands in the database, so that nothing is forgotten when Redis or
a worker goes away. Below services and tasks alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Min, Q
from django.utils import timezone

from assessments.enums import RunKind
from assessments.inputs import years_needed
from assessments.models import Run, Scheme
from assessments.selectors import method_of
from assessments.selectors.methods import version_key
from indicators.enums import Frequency
from indicators.models import DataChange, Return
from parks.enums import ZoneClass
from parks.models import Zone

QUIET = timedelta(seconds=10)
PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True)
class Watched:
    """A method and the year that is computed anew whenever its data changes."""

    scheme: Scheme
    year: int


@dataclass(frozen=True)
class News:
    """What changed: the newest line's id, the first and the last moment."""

    newest: int
    first: datetime
    last: datetime


def watched() -> list[Watched]:
    """For each class its newest year with an accepted yearly return, and the newest version of each method that applies then;
    each province by itself.
    """
    found = []
    schemes = list(Scheme.objects.published())
    for province in sorted({scheme.region_code for scheme in schemes}):
        for zone_class in ZoneClass.values:
            of_class = [row for row in schemes if (row.region_code, row.zone_class) == (province, zone_class)]
            year = standing_year(zone_class, province) if of_class else None
            newest: dict[str, Scheme] = {}
            for scheme in sorted(of_class, key=lambda scheme: version_key(scheme.version)):
                if year and scheme.applies_to(year):
                    newest[scheme.code] = scheme
            found += [Watched(scheme, year) for scheme in newest.values() if year]
    return found


def standing_year(zone_class: str, province: str = "") -> int | None:
    """The newest year that is over and of which a zone of the class in the province has an accepted yearly return."""
    yearly = Return.objects.accepted().filter(
        round__frequency=Frequency.YEAR, round__year__lt=timezone.localdate().year
    )
    years = yearly.order_by("-round__year").values_list("round__year", flat=True).distinct()
    for year in years[:3]:
        zones = Zone.objects.of_province(province).of_class(zone_class, date(year, 12, 31))
        if yearly.filter(round__year=year, zone__in=zones).exists():
            return int(year)
    return None


def news_of(watched: Watched) -> News | None:
    """What changed since the newest provisional run of it was queued; None when nothing did."""
    runs = Run.every.filter(kind=RunKind.PROVISIONAL, scheme=watched.scheme, year=watched.year)
    held = runs.aggregate(held=Max("data_change_id"))["held"] or 0
    _ranked, years = years_needed(method_of(watched.scheme.text), watched.year)
    zones = watched.scheme.zones(watched.year)
    changes = DataChange.objects.filter(Q(zone=None) | Q(zone__in=zones), pk__gt=held, year__in=years)
    found = changes.aggregate(newest=Max("pk"), first=Min("at"), last=Max("at"))
    return News(**found) if found["newest"] else None


def queue_due() -> list[int]:
    """Queue a provisional run of everything watched whose news has come to rest; returns the ids of the runs."""
    return [run for item in watched() if (run := _queue(item)) is not None]


def _queue(item: Watched) -> int | None:
    with transaction.atomic():
        # Starts of one scheme wait for each other, as official ones do.
        Scheme.objects.select_for_update(no_key=True).get(pk=item.scheme.pk)
        if Run.every.active().filter(kind=RunKind.PROVISIONAL, scheme=item.scheme, year=item.year).exists():
            return None
        news = news_of(item)
        if news is None or not _at_rest(news):
            return None
        run = Run.every.create(kind=RunKind.PROVISIONAL, scheme=item.scheme, year=item.year, data_change_id=news.newest)
    return int(run.pk)


def _at_rest(news: News) -> bool:
    now = timezone.now()
    return now - news.last >= QUIET or now - news.first >= PATIENCE
