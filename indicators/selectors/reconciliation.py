"""What parks reported beside what departments know (核对): pairs of figures, their difference, what was decided on it.

A figure counts as reported once its return was handed in; a draft is nobody's business yet. Demonstration figures are
compared with demonstration figures only, real ones with real ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Subquery, When
from django.db.models import Value as Constant
from django.db.models.functions import Abs, NullIf, Power
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import User, within_paths
from indicators.enums import Prevailing, ReturnStatus, ValueSource, Verdict
from indicators.models import Indicator, Reconciliation, Return, Value
from indicators.selectors.departments import zones_in_force
from indicators.tolerance import differs
from parks.models import Zone

OPEN, DECIDED, VOID = "open", "decided", "void"
_HANDED_IN = [status for status in ReturnStatus if status != ReturnStatus.DRAFT]


def department_figures(returns: Iterable[Return]) -> dict[int, dict[str, tuple[str, Decimal]]]:
    """What departments know about the items of these returns: {return id: {item code: (department, number)}}.

    Every return has an entry. Of several departments' figures for an item, that of the one that answers for it stands.
    Demonstration figures are compared with demonstration returns only. One query, however many returns.
    """
    by_key: dict[tuple[int, str], list[Return]] = defaultdict(list)
    for return_ in returns:
        by_key[return_.zone_id, return_.round.period].append(return_)
    known: dict[int, dict[str, tuple[str, Decimal]]] = {row.pk: {} for group in by_key.values() for row in group}
    figures = Value.objects.filter(
        source=ValueSource.DEPARTMENT,
        number__isnull=False,
        zone__in={zone for zone, _period in by_key},
        period__in={period for _zone, period in by_key},
    ).select_related("indicator")
    for value in figures.order_by("pk"):
        code, answering = value.indicator.code, value.department == value.indicator.department
        for return_ in by_key.get((value.zone_id, value.period), []):
            if value.number is None or value.synthetic != return_.synthetic:
                continue
            if answering or code not in known[return_.pk]:
                known[return_.pk][code] = (value.department, value.number)
    return known


def within_reach(user: User) -> Q:
    """Cells whose two figures the user may see side by side, as a filter on what has `zone` and `indicator`.

    Who looks after a territory: every item of its zones. A department: the items it answers for, in the zones its duty
    reaches, for only their returns are open to it.
    """
    territory = within_paths("zone__administration__path", user.paths_with(Permission.RETURN_VIEW))
    duties = user.duties_with(Permission.RETURN_VIEW)
    zones = Zone.objects.visible_to(user, Permission.RETURN_VIEW).values("pk")
    return territory | Q(indicator__department__in=duties, zone__in=zones) if duties else territory


# ---- differences: what there is to decide -----------------------------------------------------------------------


def comparisons(user: User) -> QuerySet[Any]:
    """Departments' figures with a reported one beside them, within the user's reach.

    Annotations: `reported` (the park's number), `reported_id`, `status` (of its return), `gap` (park − department) and `share`
    (the gap in per cent of the department's figure, empty where that is 0).
    """
    park = FilteredRelation(
        "zone__values",
        condition=Q(
            zone__values__source=ValueSource.PARK,
            zone__values__indicator=F("indicator"),
            zone__values__period=F("period"),
            zone__values__synthetic=F("synthetic"),
            zone__values__number__isnull=False,
        ),
    )
    answering = Value.objects.filter(
        source=ValueSource.DEPARTMENT,
        zone=OuterRef("zone"),
        indicator=OuterRef("indicator"),
        period=OuterRef("period"),
        department=OuterRef("indicator__department"),
        number__isnull=False,
    )
    # Said positively: excluding drafts would ask whether any return of the zone is one.
    handed_in = Q(park__return_ref=None) | Q(park__return_ref__status__in=_HANDED_IN)
    return (
        Value.objects.alias(park=park)
        .filter(
            within_reach(user),
            handed_in,
            source=ValueSource.DEPARTMENT,
            number__isnull=False,
            park__number__isnull=False,
        )
        .filter(Q(department=F("indicator__department")) | ~Exists(answering))
        .annotate(reported=F("park__number"), reported_id=F("park__pk"), status=F("park__return_ref__status"))
        .annotate(gap=F("park__number") - F("number"))
        .annotate(share=Abs(F("gap")) * 100 / NullIf(Abs(F("number")), Constant(Decimal(0))))
    )


def differences(user: User) -> QuerySet[Any]:
    """Those comparisons that lie beyond the item's tolerance, the worst first.

    Further annotations: `state` ("open", "decided", or "void" where a decision was made and a figure changed since) and
    `rounding` (the figures differ by one unit of the item's last decimal at most).
    """
    cell = Reconciliation.objects.filter(
        zone=OuterRef("zone"), indicator=OuterRef("indicator"), period=OuterRef("period")
    )
    newest = Subquery(cell.order_by("-pk").values("pk")[:1])
    holding = Reconciliation.objects.filter(
        pk=OuterRef("newest"), reported=OuterRef("reported"), known=OuterRef("number")
    )
    unit = Power(Constant(10.0), -F("indicator__decimals"))
    rows: QuerySet[Any] = (
        comparisons(user)
        .filter(differs_in_sql())
        .annotate(newest=newest)
        .annotate(
            state=Case(
                When(newest=None, then=Constant(OPEN)),
                When(Exists(holding), then=Constant(DECIDED)),
                default=Constant(VOID),
            ),
            rounding=Case(When(Q(gap__gte=-unit, gap__lte=unit), then=True), default=False),
        )
        .order_by(F("share").desc(nulls_first=True), Abs("gap").desc(), "pk")
    )
    return rows


def differs_in_sql() -> Q:
    """`indicators.tolerance.differs` for the database, over the annotations of `comparisons`."""
    allowed = Abs(F("number")) * F("indicator__tolerance_pct") / 100
    return Q(gap__gt=allowed) | Q(gap__lt=-allowed)


@dataclass(frozen=True)
class Coverage:
    """How far the reconciliation of a period is: figures compared, beyond tolerance, and of these still to decide."""

    compared: int
    beyond: int
    undecided: int


def coverage(user: User, period: str) -> Coverage:
    found = differences(user).filter(period=period).order_by()
    counts = found.aggregate(beyond=Count("pk"), undecided=Count("pk", filter=~Q(state=DECIDED)))
    return Coverage(comparisons(user).filter(period=period).count(), counts["beyond"], counts["undecided"])


def periods_known(user: User) -> list[str]:
    """Periods for which departments have delivered figures within the user's reach, the newest first."""
    known = Value.objects.filter(within_reach(user), source=ValueSource.DEPARTMENT)
    return sorted(known.order_by().values_list("period", flat=True).distinct(), key=_newness, reverse=True)


def _newness(period: str) -> tuple[str, str]:
    return period[:4], period[4:] or "~"  # a whole year after its parts


# ---- pairs: two figures side by side ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """One zone's item in a period (对照): the park's figure, the department's, and the newest decision on them.

    `reported` and `known` are values with a number, None where that side has none; `decision` may be void.
    """

    zone: Zone
    indicator: Indicator
    period: str
    reported: Value | None
    known: Value | None
    decision: Reconciliation | None

    @property
    def comparable(self) -> bool:
        return self.reported is not None and self.known is not None and self.reported.synthetic == self.known.synthetic

    @property
    def reported_number(self) -> Decimal | None:
        return self.reported.number if self.reported else None

    @property
    def known_number(self) -> Decimal | None:
        return self.known.number if self.known else None

    @property
    def gap(self) -> Decimal | None:
        """Park − department."""
        reported, known = self.reported_number, self.known_number
        return reported - known if reported is not None and known is not None and self.comparable else None

    @property
    def share(self) -> Decimal | None:
        """The gap in per cent of the department's figure; None where that is 0."""
        if self.gap is None or not self.known_number:
            return None
        return 100 * self.gap / abs(self.known_number)

    @property
    def beyond(self) -> bool:
        if self.gap is None:
            return False
        return bool(differs(self.reported_number, self.known_number, self.indicator.tolerance_pct))

    @property
    def holds(self) -> bool:
        """Whether the decision still stands: both figures are as they were when it was made."""
        made = self.decision
        return made is not None and (made.reported, made.known) == (self.reported_number, self.known_number)

    @property
    def state(self) -> str:
        """Words of common/statuses.py, after `difference_` or `missing_`."""
        if self.reported is None:
            return "missing_park" if self.known else "missing_both"
        if self.known is None:
            return "missing_department"
        if self.decision is not None and self.gap:
            return "difference_decided" if self.holds else "difference_void"
        if not self.gap:
            return "difference_none"
        return "difference_open" if self.beyond else "difference_within"

    @property
    def counted(self) -> Value | None:
        """The figure that counts in targets and assessments, as `selectors.matrix` has it; None while neither does."""
        return self._counting()[0]

    @property
    def why(self) -> str:
        """Why that one counts, in a sentence."""
        return self._counting()[1]

    def _counting(self) -> tuple[Value | None, str]:
        reported, known = self.reported, self.known
        accepted = reported is not None and (
            reported.return_ref is None or reported.return_ref.status == ReturnStatus.ACCEPTED
        )
        if reported is not None and known is not None and accepted:
            return self._counting_of(reported, known)
        if reported is not None and not accepted:
            return (known, _("报表尚未确认，暂计部门数")) if known else (None, _("报表确认后计入"))
        if reported is not None:
            return reported, _("部门没有数，计园区数")
        return (known, _("园区没有数，计部门数")) if known else (None, "")

    def _counting_of(self, reported: Value, known: Value) -> tuple[Value, str]:
        """Of two figures that may both count."""
        if reported.synthetic != known.synthetic:
            return (known if reported.synthetic else reported), _("真实数优先于演示数据")
        if self.decision is not None and self.holds:
            chosen = known if self.decision.verdict == Verdict.DEPARTMENT else reported
            return chosen, _("核对裁定：%(verdict)s") % {"verdict": self.decision.get_verdict_display()}
        if self.beyond and self.indicator.prevailing == Prevailing.DEPARTMENT:
            return known, _("超出容差，此项以部门数据为准")
        why = _("超出容差，裁定之前以园区填报为准") if self.beyond else _("在容差以内，计园区数")
        return reported, why


def pairs_of(differing: Iterable[Value]) -> list[Pair]:
    """The pairs behind rows of `comparisons` or `differences`, in their order; three queries."""
    rows = list(differing)
    fields = ("zone__city", "zone__administration", "indicator", "return_ref__round", "updated_by", "load")
    ids = {row.pk for row in rows} | {row.reported_id for row in rows}  # type: ignore[attr-defined]
    values = Value.objects.select_related(*fields).in_bulk(ids)
    decisions = _newest_decisions(Q(zone__in={row.zone_id for row in rows}, period__in={row.period for row in rows}))
    return [
        Pair(
            known.zone,
            known.indicator,
            known.period,
            values[row.reported_id],  # type: ignore[attr-defined]
            known,
            decisions.get((known.zone_id, known.indicator_id, known.period)),
        )
        for row in rows
        for known in (values[row.pk],)
    ]


def side_by_side(
    user: User, *, period: str, zone: Zone | None = None, indicator: Indicator | None = None
) -> list[Pair]:
    """All pairs of a zone, or of an item, in a period, also those where a side has none; by catalogue, or by zone.

    Of an item: every zone that is asked for it. Of a zone: every item with a figure on either side, the department's being
    expected where it has delivered the item for any zone. Four queries and those of the reach.
    """
    cells = within_reach(user) & Q(period=period, number__isnull=False)
    cells &= Q(zone=zone) if zone else Q(indicator=indicator)
    related = ("zone__city", "zone__administration", "indicator", "return_ref__round", "updated_by", "load")
    values = Value.objects.filter(cells).select_related(*related).order_by("pk")
    parks: dict[tuple[int, int], Value] = {}
    known: dict[tuple[int, int], Value] = {}
    for value in values.exclude(return_ref__status=ReturnStatus.DRAFT):
        key = value.zone_id, value.indicator_id
        if value.source == ValueSource.PARK:
            parks[key] = value
        elif value.source == ValueSource.DEPARTMENT and (
            key not in known or value.department == value.indicator.department
        ):
            known[key] = value
    decisions = _newest_decisions(Q(period=period) & (Q(zone=zone) if zone else Q(indicator=indicator)))
    places = _items_beside(user, zone, period) if zone else _zones_beside(user, indicator, period)
    return [
        Pair(z, i, period, parks.get((z.pk, i.pk)), known.get((z.pk, i.pk)), decisions.get((z.pk, i.pk, period)))
        for z, i in places
    ]


def _zones_beside(user: User, indicator: Indicator | None, period: str) -> list[tuple[Zone, Indicator]]:
    """The zones asked for the item at the end of the period, within the user's reach."""
    if indicator is None:
        return []
    asked = {pk for pk, classes in zones_in_force(period).items() if classes & set(indicator.zone_classes)}
    zones = Zone.objects.visible_to(user, Permission.RETURN_VIEW).filter(pk__in=asked)
    return [(zone, indicator) for zone in zones.select_related("city", "administration")]


def _items_beside(user: User, zone: Zone, period: str) -> list[tuple[Zone, Indicator]]:
    """The items a department has delivered for the period, within the user's reach, that the zone is asked for."""
    delivered = Value.objects.filter(period=period, source=ValueSource.DEPARTMENT, number__isnull=False)
    items = Indicator.objects.base().for_zones().filter(pk__in=delivered.values("indicator"))
    if not user.may(Permission.RETURN_VIEW, zone.administration.path):
        items = items.filter(department__in=user.duties_with(Permission.RETURN_VIEW))
    classes = zones_in_force(period).get(zone.pk, set())
    return [(zone, item) for item in items if classes & set(item.zone_classes)]


def _newest_decisions(where: Q) -> dict[tuple[int, int, str], Reconciliation]:
    made = Reconciliation.objects.filter(where).select_related("decided_by")
    newest = made.order_by("zone_id", "indicator_id", "period", "-pk").distinct("zone_id", "indicator_id", "period")
    return {(row.zone_id, row.indicator_id, row.period): row for row in newest}


def decisions_on(pair: Pair) -> Sequence[Reconciliation]:
    """Every decision on the cell, the newest first."""
    return list(
        Reconciliation.objects.filter(zone=pair.zone, indicator=pair.indicator, period=pair.period).select_related(
            "decided_by"
        )
    )
