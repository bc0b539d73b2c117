"""Whom a correction would move (更正影响测算): targets, ranks and proposals, computed in memory; nothing is stored.

Finished runs are frozen. What is told is what the same run would have given with the corrected figures in place of those it
froze, all else as it was; whether it is ever computed anew is a decision of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd
from django.db.models import Max

from accounts.enums import Permission
from accounts.models import User
from assessments.engine import ENGINE_VERSION, FaultsError, assess, load_scheme
from assessments.engine import Scheme as Method
from assessments.enums import SchemeStatus
from assessments.inputs import Inputs, past_results, thaw
from assessments.models import Result, Run
from indicators.models import Correction
from indicators.selectors import corrected_figures
from parks.models import Zone
from targets.enums import Measure
from targets.measures import collect
from targets.models import Progress, Target
from targets.tasks import progress_rows, years_of

Changes = Mapping[tuple[str, int], Mapping[str, float]]


@dataclass(frozen=True)
class TargetMove:
    """A target whose value or status in a year would differ."""

    target: Target
    year: int
    before: Progress
    after: Progress


@dataclass(frozen=True)
class Place:
    """A zone in a ranking."""

    score: float | None
    rank: int | None
    proposal: str


@dataclass(frozen=True)
class ZoneMove:
    """A zone whose place, score or proposal in a run would differ; None where it has none."""

    zone: Zone
    score_before: float | None
    score_after: float | None
    rank_before: int | None
    rank_after: int | None
    proposal_before: str
    proposal_after: str

    @property
    def moves(self) -> bool:
        """Its rank or proposal would change; a score alone decides nothing."""
        return self.rank_before != self.rank_after or self.proposal_changes

    @property
    def proposal_changes(self) -> bool:
        return self.proposal_before != self.proposal_after

    @property
    def places(self) -> int | None:
        """Places gained; negative when lost."""
        if self.rank_before is None or self.rank_after is None:
            return None
        return self.rank_before - self.rank_after


@dataclass(frozen=True)
class RunImpact:
    """One finished run: the zones the reader may see by name, and how many others would move.

    `own` is the corrected zone where it is among the zones of the run. `impossible`: the run could not be computed.
    """

    run: Run
    own: ZoneMove | None
    moves: list[ZoneMove]
    others: int
    others_proposals: int
    impossible: bool = False


@dataclass(frozen=True)
class Impact:
    """All that a correction would move."""

    correction: Correction
    targets: list[TargetMove]
    runs: list[RunImpact]
    """Those that use one of the figures; others stay as they are."""
    figures: int
    """How many yearly figures would differ, the derived ones included."""


def impact(correction: Correction, user: User) -> Impact:
    """What `correction` would move, as far as `user` may see it: names and figures of their own territory, else numbers."""
    changes = corrected_figures(correction)
    visible = set(Zone.objects.visible_to(user, Permission.RUN_VIEW).values_list("pk", flat=True))
    return Impact(
        correction,
        _targets(changes),
        [_run(*found, own=correction.return_ref.zone, visible=visible) for found in _runs(changes, user)],
        figures=sum(map(len, changes.values())),
    )


# ---- targets --------------------------------------------------------------------------------------------------

UNMOVED = (Measure.QUALITATIVE, Measure.PROVINCE_SERIES, Measure.REGISTER, Measure.RULE)
"""Kinds of targets that read no figures of returns."""


def _targets(changes: Changes) -> list[TargetMove]:
    if not changes:
        return []
    countable = Target.objects.exclude(measure__in=UNMOVED)
    targets = list(countable.select_related("provision__document"))
    data = collect(targets)
    corrected = replace(data, figures=_patched(data.figures, changes))
    years = years_of(data)
    moved = []
    for target in targets:
        before, after = (progress_rows(side, target, years, 0) for side in (data, corrected))
        moved += [
            TargetMove(target, old.year, old, new)
            for old, new in zip(before, after, strict=True)
            if (old.value, old.numerator, old.denominator, old.status)
            != (new.value, new.numerator, new.denominator, new.status)
        ]
    return moved


def _patched(figures: pd.DataFrame, changes: Changes) -> pd.DataFrame:
    patched = figures.copy()
    for place, numbers in changes.items():
        used = {code: number for code, number in numbers.items() if code in patched.columns}
        if used:
            patched.loc[place, list(used)] = list(used.values())
    return patched.sort_index()


# ---- runs -----------------------------------------------------------------------------------------------------


def _runs(changes: Changes, user: User) -> Iterator[tuple[Run, Method, Inputs, Inputs]]:
    """The newest run that the user may see of each official scheme version that uses a figure that would differ, of those years
    and the next.

    With its method, its inputs as they are frozen, and as they would be.
    """
    years = {at for _zone, year in changes for at in (year, year + 1)}
    done = Run.objects.visible_to(user).done().filter(year__in=years, scheme__status=SchemeStatus.PUBLISHED)
    newest = done.order_by().values("scheme", "year").annotate(newest=Max("pk")).values("newest")
    runs = Run.objects.filter(pk__in=newest).select_related("scheme").order_by("year", "scheme__zone_class", "pk")
    for run in runs:
        inputs = thaw(run.inputs)
        corrected = inputs.with_figures(changes)
        if not corrected.values.equals(inputs.values) and (method := load_scheme(run.scheme.text)).official:
            yield run, method, inputs, corrected


def _run(run: Run, method: Method, inputs: Inputs, corrected: Inputs, own: Zone, visible: set[int]) -> RunImpact:
    try:
        after = _ranking(method, corrected)
        before = _frozen(run) if run.engine_version == ENGINE_VERSION else _ranking(method, inputs)
    except FaultsError:
        return RunImpact(run, None, [], 0, 0, impossible=True)
    zones = Zone.objects.in_bulk(list(after), field_name="code")
    moves = [_move(zones[code], before[code], row) for code, row in after.items() if code in before]
    moved = [move for move in moves if move.moves]
    seen = [move for move in moved if move.zone.pk in visible]
    hidden = [move for move in moved if move.zone.pk not in visible]
    seen.sort(key=lambda move: (move.zone.pk != own.pk, not move.proposal_changes, move.rank_after or 9999))
    return RunImpact(
        run,
        own=next((move for move in moves if move.zone.pk == own.pk and own.pk in visible), None),
        moves=seen,
        others=len(hidden),
        others_proposals=sum(move.proposal_changes for move in hidden),
    )


def _ranking(method: Method, inputs: Inputs) -> dict[str, Place]:
    past = past_results(method, inputs)
    tables = inputs.tables(inputs.year, method, past)
    table = assess(method, inputs.table(inputs.year), **tables).summary()
    rows = zip(table.index, table["score"], table["rank"], table["proposal"], strict=True)
    return {
        str(zone): Place(None if pd.isna(score) else float(score), None if pd.isna(rank) else int(rank), str(proposal))
        for zone, score, rank, proposal in rows
    }


def _frozen(run: Run) -> dict[str, Place]:
    rows = Result.objects.filter(run=run).values_list("zone__code", "score", "rank", "proposal")
    return {zone: Place(score, rank, proposal) for zone, score, rank, proposal in rows}


def _move(zone: Zone, before: Place, after: Place) -> ZoneMove:
    return ZoneMove(zone, before.score, after.score, before.rank, after.rank, str(before.proposal), str(after.proposal))
