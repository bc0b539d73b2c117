"""A round's completeness board (完成情况): by city, how many returns stand where, and how much is filled in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from accounts.models import User
from indicators.enums import EDITABLE_STATUSES, ReturnStatus
from indicators.models import Indicator, Return, Round
from indicators.selectors.sheet import asked_indicators
from parks.models import Region

NOT_STARTED = "not_started"
STATUSES = (NOT_STARTED, *ReturnStatus.values)


@dataclass
class CompletenessRow:
    """One city of the board, or all of it (`city` None). `counts` has every status and not_started, zeros included.

    `late` counts returns past their due date and still with the park; `filled` of `asked` cells have an answer.
    """

    city: Region | None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    late: int = 0
    total: int = 0
    filled: int = 0
    asked: int = 0

    @property
    def percent(self) -> float | None:
        """Share of the asked cells that have an answer, in percent; None when nothing is asked."""
        return 100 * self.filled / self.asked if self.asked else None


@dataclass(frozen=True)
class Completeness:
    """The board: a row for each city with a return, in order of their codes, and the sum of all."""

    rows: list[CompletenessRow]
    total: CompletenessRow


def completeness(round: Round, user: User) -> Completeness:  # noqa: A002 - the word of the domain
    """How far the returns of a round that the user may see have come; the number of queries does not grow with them."""
    returns = list(
        Return.objects.visible_to(user)
        .filter(round=round)
        .select_related("zone__city", "round")
        .annotate(cells=Count("values"), answers=Count("values", filter=~Q(values__number=None, values__absence="")))
    )
    asked = asked_indicators(returns)
    by_city: dict[Region, list[Return]] = defaultdict(list)
    for return_ in returns:
        by_city[return_.zone.city].append(return_)
    rows = [_row(city, by_city[city], asked) for city in sorted(by_city, key=lambda city: city.code)]
    return Completeness(rows, _row(None, returns, asked))


def _row(city: Region | None, returns: Iterable[Return], asked: dict[int, list[Indicator]]) -> CompletenessRow:
    row, today, counts = CompletenessRow(city), timezone.localdate(), Counter[str]()
    for return_ in returns:
        untouched = return_.status == ReturnStatus.DRAFT and not return_.cells  # type: ignore[attr-defined]
        counts[NOT_STARTED if untouched else return_.status] += 1
        row.late += return_.status in EDITABLE_STATUSES and return_.due_on < today
        row.total += 1
        row.filled += return_.answers  # type: ignore[attr-defined]
        row.asked += len(asked[return_.pk])
    row.counts.update(counts)
    return row
