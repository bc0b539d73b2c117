"""Deciding whose figure counts (核对裁定), and how far figures may differ (核对容差)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.enums import NoticeKind, Permission
from accounts.models import User
from accounts.selectors import holders_by_path
from accounts.services import Letter, notices_send
from common.numbers import format_number
from indicators.enums import Prevailing, ValueSource, Verdict
from indicators.exceptions import MoveRefused, RevisionConflict, ValueInvalid
from indicators.models import DataChange, Indicator, Reconciliation, Value
from indicators.news import tell
from indicators.selectors.reconciliation import Pair, comparisons, pairs_of
from parks.models import Zone

Seen = tuple[Decimal, Decimal]
_LARGEST_TOLERANCE = Decimal("999.99")


def fingerprint(pairs: Iterable[Pair]) -> str:
    """Names exactly these pairs of figures: what was previewed is what is decided."""
    lines = sorted(
        f"{pair.zone.code} {pair.indicator.code} {pair.period} {pair.reported.number} {pair.known.number}"
        for pair in pairs
        if pair.reported and pair.known
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


@transaction.atomic
def reconciliation_decide(
    *, by: User, zone: Zone, indicator: Indicator, period: str, verdict: str, reason: str, seen: Seen
) -> Reconciliation:
    """Decide whose figure counts (核对裁定); a later decision on the same cell supersedes it.

    `seen` are the reported and the department's figure the decision was made on. Raises PermissionDenied, MoveRefused (a
    side has no figure, the two are equal, no reason), RevisionConflict when a figure has changed since, with what stands now.
    """
    _require(by)
    reason = _reason(reason, verdict)
    pair = _locked_pair(by, zone, indicator, period)
    if pair.reported is None or pair.known is None:
        raise MoveRefused([_("这一项没有可以核对的两个数：园区报送、部门导入之后才能裁定。")])
    stands = pair.reported.number, pair.known.number
    if stands != seen:
        message = _("您核对之后数据有变动，没有裁定。现在园区数为 %(reported)s，部门数为 %(known)s，请重新核对。")
        shown = {"reported": format_number(stands[0]), "known": format_number(stands[1])}
        raise RevisionConflict(message % shown, pair.reported)
    if not pair.gap:
        raise MoveRefused([_("两个数相同，不需要裁定。")])
    return _decide(by, [pair], verdict, reason)[0]


@transaction.atomic
def reconciliations_decide(
    *, by: User, differing: QuerySet[Value], verdict: str, reason: str, shown: str
) -> Sequence[Reconciliation]:
    """Decide alike on everything a filter finds (批量裁定); `differing` is a queryset of `selectors.differences`.

    `shown` is the fingerprint of the pairs that were previewed. Raises PermissionDenied, MoveRefused (nothing found, no
    reason), RevisionConflict when the filter now finds other pairs or figures.
    """
    _require(by)
    reason = _reason(reason, verdict)
    _lock(list(differing))
    pairs = pairs_of(differing)
    if not pairs:
        raise MoveRefused([_("按此条件没有差异需要裁定。")])
    if fingerprint(pairs) != shown:
        raise RevisionConflict(_("您预览之后差异有变动，没有裁定。请核对下面的最新结果再确认。"), None)
    return _decide(by, pairs, verdict, reason)


def _require(by: User) -> None:
    if not by.may(Permission.RECONCILE):
        raise PermissionDenied(_("您没有核对裁定的权限：由联席会议办公室裁定。"))


def _reason(reason: str, verdict: str) -> str:
    if verdict not in Verdict.values:
        raise MoveRefused([_("请选择采用园区数还是部门数。")])
    if not reason.strip():
        raise MoveRefused([_("请写明裁定理由：园区和部门都会看到。")])
    return reason.strip()


def _locked_pair(by: User, zone: Zone, indicator: Indicator, period: str) -> Pair:
    """The two figures of the cell, locked until the transaction ends."""
    cell = comparisons(by).filter(zone=zone, indicator=indicator, period=period)
    _lock(list(cell))
    return next(iter(pairs_of(cell)), Pair(zone, indicator, period, None, None, None))


def _lock(rows: Sequence[Value]) -> None:
    """Both figures of every row, in the order of their ids so that two deciders never wait for each other in a ring."""
    ids = {row.pk for row in rows} | {row.reported_id for row in rows}  # type: ignore[attr-defined]
    list(Value.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))


def _decide(by: User, pairs: Sequence[Pair], verdict: str, reason: str) -> list[Reconciliation]:
    made = Reconciliation.objects.bulk_create(
        Reconciliation(
            zone=pair.zone,
            indicator=pair.indicator,
            year=int(pair.period[:4]),
            period=pair.period,
            department=pair.known.department,
            reported=reported,
            known=known,
            verdict=verdict,
            reason=reason,
            decided_by=by,
        )
        for pair in pairs
        if pair.known and (reported := pair.reported_number) is not None and (known := pair.known_number) is not None
    )
    if verdict == Verdict.DEPARTMENT:
        _notify(made, pairs)
    tell([DataChange(year=year, reason="核对裁定") for year in sorted({row.year for row in made})])
    return made


# ---- telling -----------------------------------------------------------------------------------------------------


def _notify(made: Sequence[Reconciliation], pairs: Sequence[Pair]) -> None:
    """Tell parks and cities of decisions against the reported figures: one notice for each zone, one for each city."""
    by_zone: dict[int, list[Reconciliation]] = defaultdict(list)
    for row in made:
        by_zone[row.zone_id].append(row)
    zones = {pair.zone.pk: pair.zone for pair in pairs}
    by_city: dict[str, list[Zone]] = defaultdict(list)
    for zone in zones.values():
        by_city[zone.city.code].append(zone)
    # A permission of parks is held by their own people only; of cities, by the city's.
    paths = {zone.administration.path for zone in zones.values()}
    fillers = holders_by_path([Permission.RETURN_FILL], paths)
    reviewers = holders_by_path([Permission.RETURN_REVIEW_CITY], paths)
    for pk, zone in zones.items():
        notices_send(to=fillers[zone.administration.path], letter=_zone_letter(zone, by_zone[pk]))
    for group in by_city.values():
        people = {user.pk: user for zone in group for user in reviewers[zone.administration.path]}
        rows = [row for zone in group for row in by_zone[zone.pk]]
        notices_send(to=people.values(), letter=_city_letter(group, rows))


def _zone_letter(zone: Zone, rows: Sequence[Reconciliation]) -> Letter:
    first = rows[0]
    names = "、".join(f"{row.indicator.name_zh}（{_number(row.reported)} → {_number(row.known)}）" for row in rows[:5])
    names_en = ", ".join(
        f"{row.indicator.name_en} ({_number(row.reported)} → {_number(row.known)})" for row in rows[:5]
    )
    more, more_en = (f"等 {len(rows)} 项", f" and others, {len(rows)} in all") if len(rows) > 5 else ("", "")
    return Letter(
        kind=NoticeKind.RECONCILIATION,
        key=f"reconciliation:{first.pk}:{zone.code}",
        title=f"核对裁定：{zone.name} {first.period} 有 {len(rows)} 项采用部门数",
        title_en=f"Reconciliation: {len(rows)} figures of {zone.name}, {first.period}, are taken from departments",
        text=f"{names}{more}。理由：{first.reason}",
        text_en=f"{names_en}{more_en}. Reason: {first.reason}",
        url=f"{reverse('reconciliation_zone', args=[zone.code])}?period={first.period}",
    )


def _city_letter(zones: Sequence[Zone], rows: Sequence[Reconciliation]) -> Letter:
    first, city = rows[0], zones[0].city
    names = "、".join(zone.name for zone in zones[:5]) + ("等" if len(zones) > 5 else "")
    return Letter(
        kind=NoticeKind.RECONCILIATION,
        key=f"reconciliation:{first.pk}:{city.code}",
        title=f"核对裁定：{city.name} {len(zones)} 个园区 {len(rows)} 项采用部门数",
        title_en=f"Reconciliation: {len(rows)} figures of {len(zones)} zones in {city.label} are taken from departments",
        text=f"{names}。理由：{first.reason}",
        text_en=f"{names}. Reason: {first.reason}",
        url=f"{reverse('reconciliation_list')}?period={first.period}&city={city.code}&state=decided",
    )


def _number(number: Decimal) -> str:
    return format_number(number)


# ---- tolerance ---------------------------------------------------------------------------------------------------


@transaction.atomic
def tolerance_save(*, by: User, indicator: Indicator, tolerance_pct: Decimal, prevailing: str) -> Indicator:
    """Say how far the figures of an item may differ, and whose counts until somebody decides (核对容差、以谁为准).

    Raises PermissionDenied, ValueInvalid.
    """
    _require(by)
    if prevailing not in Prevailing.values:
        raise ValueInvalid({indicator.code: [_("请选择以谁为准。")]})
    if not 0 <= tolerance_pct <= _LARGEST_TOLERANCE:
        raise ValueInvalid({indicator.code: [_("容差须在 0 至 999.99 之间（百分比）。")]})
    item = Indicator.objects.select_for_update().get(pk=indicator.pk)
    if (item.tolerance_pct, item.prevailing) == (tolerance_pct, prevailing):
        return item
    item.tolerance_pct, item.prevailing = tolerance_pct, prevailing
    item.save(update_fields=["tolerance_pct", "prevailing"])
    known = Value.objects.filter(Q(source=ValueSource.DEPARTMENT), indicator=item)
    years = sorted(set(known.values_list("year", flat=True)))
    tell([DataChange(year=year, reason=f"核对容差 {item.code}") for year in years])
    return item
