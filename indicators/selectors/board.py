"""A round's completeness board (完成情况): by city and by zone, how many returns stand where, and how much is filled in."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.enums import Permission
from accounts.models import User
from common.statuses import Look, look
from indicators.enums import EDITABLE_STATUSES, ReturnStatus, ReviewStep
from indicators.models import Return, Round, Value
from indicators.selectors.asked import asked_indicators
from parks.models import Region

NOT_STARTED = "not_started"
STATUSES = (NOT_STARTED, *ReturnStatus.values)


def not_started() -> Q:
    """A draft in which nothing was ever filled in (未开始)."""
    return Q(~Exists(Value.objects.filter(return_ref=OuterRef("pk"))), status=ReturnStatus.DRAFT)


def late() -> Q:
    """Past its due date and still with the park (逾期)."""
    return Q(status__in=EDITABLE_STATUSES, due_on__lt=timezone.localdate())


@dataclass(frozen=True)
class Counts:
    """How the returns of one round stand: by status (not_started beside them), all of them, the late ones."""

    by_status: Counter[str]
    late: int

    @property
    def total(self) -> int:
        return self.by_status.total()


def counts_by_round(returns: QuerySet[Return]) -> dict[int, Counts]:
    """The counts of each round that has one of these returns, by its id; three queries."""
    found: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for round_id, status, n in returns.order_by().values_list("round_id", "status").annotate(n=Count("pk")):
        found[round_id][status] = n
    for round_id, n in _by_round(returns.filter(not_started())):
        found[round_id][NOT_STARTED] = n
        found[round_id][ReturnStatus.DRAFT] -= n
    overdue = dict(_by_round(returns.filter(late())))
    return {round_id: Counts(counts, overdue.get(round_id, 0)) for round_id, counts in found.items()}


def _by_round(returns: QuerySet[Return]) -> list[tuple[int, int]]:
    return list(returns.order_by().values_list("round_id").annotate(n=Count("pk")))


@dataclass(frozen=True)
class Segment:
    """A part of a bar of statuses, from where to how far it goes in per cent."""

    status: str
    look: Look
    count: int
    start: float
    width: float


def segments(counts: Counter[str]) -> list[Segment]:
    """The parts of a bar in the order of the work; statuses that no return has are left out."""
    parts: list[Segment] = []
    start = 0.0
    for status in STATUSES:
        if counts[status]:
            width = 100 * counts[status] / counts.total()
            parts.append(Segment(status, look(status), counts[status], start, width))
            start += width
    return parts


@dataclass(frozen=True)
class BoardLine:
    """One zone of the board. `status` may be not_started; `filled` of `asked` cells have an answer."""

    return_: Return
    status: str
    filled: int
    asked: int
    late: bool

    @property
    def percent(self) -> float | None:
        return _percent(self.filled, self.asked)


@dataclass
class CompletenessRow:
    """One city of the board, or all of it (`city` None). `counts` has every status and not_started, zeros included.

    `late` counts returns past their due date and still with the park; `filled` of `asked` cells have an answer, and
    `draft_filled` of `draft_asked` those of drafts that were begun.
    """

    city: Region | None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATUSES, 0))
    late: int = 0
    total: int = 0
    filled: int = 0
    asked: int = 0
    draft_filled: int = 0
    draft_asked: int = 0

    @property
    def percent(self) -> float | None:
        """Share of the asked cells that have an answer, in percent; None when nothing is asked."""
        return _percent(self.filled, self.asked)

    @property
    def draft_percent(self) -> float | None:
        """The same of the drafts that were begun."""
        return _percent(self.draft_filled, self.draft_asked)

    @property
    def done_percent(self) -> float | None:
        """Share of the returns that are accepted, in percent."""
        return _percent(self.counts[ReturnStatus.ACCEPTED], self.total)


@dataclass(frozen=True)
class Completeness:
    """The board: a row for each city with a return, in order of their codes, the sum of all, and a line for each zone."""

    rows: list[CompletenessRow]
    total: CompletenessRow
    lines: list[BoardLine]


def columns(round: Round) -> list[str]:  # noqa: A002 - the word of the domain
    """The statuses that a return of the round can have, in the order of the work: by the reviews that it asks for."""
    both = {ReviewStep.CITY, ReviewStep.OFFICE} <= set(round.review_steps)
    return [status for status in STATUSES if status != ReturnStatus.CITY_ACCEPTED or both]


def completeness(
    round: Round,  # noqa: A002 - the word of the domain
    user: User,
    permission: str = Permission.RETURN_VIEW,
) -> Completeness:
    """How far the returns of a round that the user may see have come; the number of queries does not grow with them."""
    return board_of(Return.objects.visible_to(user, permission).filter(round=round))


def board_of(returns: QuerySet[Return]) -> Completeness:
    """The board of these returns, which are of one round."""
    rows = returns.select_related("zone__city", "round").annotate(
        cells=Count("values"), answers=Count("values", filter=~Q(values__number=None, values__absence=""))
    )
    found = list(rows.order_by("zone__code"))
    asked = asked_indicators(found)
    lines = [_line(return_, len(asked[return_.pk])) for return_ in found]
    by_city: dict[Region, list[BoardLine]] = defaultdict(list)
    for line in lines:
        by_city[line.return_.zone.city].append(line)
    cities = [_row(city, by_city[city]) for city in sorted(by_city, key=lambda city: city.code)]
    return Completeness(cities, _row(None, lines), lines)


def _line(return_: Return, asked: int) -> BoardLine:
    untouched = return_.status == ReturnStatus.DRAFT and not return_.cells  # type: ignore[attr-defined]
    late = return_.status in EDITABLE_STATUSES and return_.due_on < timezone.localdate()
    status = NOT_STARTED if untouched else return_.status
    # A zone that lost a class may hold answers to items that it is no longer asked for.
    filled = min(return_.answers, asked)  # type: ignore[attr-defined]
    return BoardLine(return_, status, filled, asked, late)


def _row(city: Region | None, lines: Iterable[BoardLine]) -> CompletenessRow:
    row = CompletenessRow(city)
    for line in lines:
        row.counts[line.status] += 1
        row.late += line.late
        row.total += 1
        row.filled += line.filled
        row.asked += line.asked
        if line.status == ReturnStatus.DRAFT:
            row.draft_filled += line.filled
            row.draft_asked += line.asked
    return row


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None
