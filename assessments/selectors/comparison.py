"""Two runs side by side for a reader (考核结果比较查询)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from assessments.comparison import PARTS, Comparison, Side, compare
from assessments.models import Result, Run
from assessments.selectors.methods import method_of, spoken
from parks.models import Zone

# What each part is called, in the order of PARTS.
PART_WORDS = {
    "own": pgettext_lazy("part of a change", "自身"),
    "peers": pgettext_lazy("part of a change", "同类"),
    "method": pgettext_lazy("part of a change", "办法"),
    "revised_own": pgettext_lazy("part of a change", "自身数据修订"),
    "revised_peers": pgettext_lazy("part of a change", "同类数据修订"),
}
# Below this a part is rounding of doubles, not a change.
NOISE = 1e-9


class NotComparable(Exception):
    """Two runs that can't be set side by side; the message says why."""


@dataclass(frozen=True)
class ComparedRow:
    """One zone in both runs; `parts` of the score and `places` of the rank (positive = risen), None where there are none."""

    zone: Zone
    before: Result | None
    after: Result | None
    parts: dict[str, float] | None
    places: dict[str, float] | None
    broken: bool
    revised: int

    @property
    def score_change(self) -> float | None:
        if self.before is None or self.after is None or self.before.score is None or self.after.score is None:
            return None
        return self.after.score - self.before.score

    @property
    def moved(self) -> int | None:
        """Places won, negative when lost."""
        if self.before is None or self.after is None or self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank

    @property
    def proposal_changed(self) -> bool:
        return self.before is not None and self.after is not None and self.before.proposal != self.after.proposal


@dataclass(frozen=True)
class ComparedRuns:
    """Both runs with the rows a reader may see, in the order of the later ranking, and what to know of the whole."""

    before: Run
    after: Run
    rows: list[ComparedRow]
    notices: list[str]

    @property
    def same_year(self) -> bool:
        return self.before.year == self.after.year


def comparable_runs(user: User) -> QuerySet[Run]:
    """Finished runs the user may see, the newest first, without the weight of their inputs."""
    runs = Run.objects.visible_to(user).done().select_related("scheme").defer("inputs", "scheme__text")
    return runs.order_by("-year", "scheme__zone_class", "-pk")


def run_before(run: Run, user: User) -> Run | None:
    """The run to compare with: an earlier one of the same class and year, else the newest of the year before."""
    runs = comparable_runs(user).filter(
        scheme__zone_class=run.scheme.zone_class, scheme__region_code=run.scheme.region_code
    )
    same = runs.filter(year=run.year, pk__lt=run.pk).order_by("-pk").first()
    return same or runs.filter(year=run.year - 1).order_by("-pk").first()


def compared(before: Run, after: Run, user: User) -> ComparedRuns:
    """The two runs side by side within the user's territory.

    Raises NotComparable for another class, an earlier run of a later year, or a run with itself.
    """
    if before.pk == after.pk:
        raise NotComparable(_("请选择两次不同的计算。"))
    if before.scheme.region_code != after.scheme.region_code:
        raise NotComparable(_("两次计算属于不同的省，不能比较。"))
    if before.scheme.zone_class != after.scheme.zone_class:
        raise NotComparable(_("两次计算的类别不同，不能比较。请选择同一类别的计算。"))
    if before.year > after.year:
        raise NotComparable(_("“前一次”的年度晚于“后一次”，请对调后再比较。"))
    found = _worked_out(_key(before), _key(after))
    sides = [{result.zone.code: result for result in _results(run, user)} for run in (before, after)]
    zones = {code: result.zone for side in sides for code, result in side.items()}
    rows = [_row(zones[code], sides[0].get(code), sides[1].get(code), found) for code in zones]
    last = 10**6
    rows.sort(key=lambda r: (r.after.rank or last if r.after else last, r.before.rank or last if r.before else last))
    return ComparedRuns(before, after, rows, _notices(before, after, found, rows))


def _results(run: Run, user: User) -> Iterable[Result]:
    rows = Result.objects.visible_to(user).filter(run=run).select_related("zone__city")
    return rows.annotate(grade=F("explanation__grade")).defer("explanation", "fired_rules")


def _row(zone: Zone, before: Result | None, after: Result | None, found: Comparison) -> ComparedRow:
    return ComparedRow(
        zone=zone,
        before=before,
        after=after,
        parts=_parts(found.score, zone.code),
        places=_parts(found.rank, zone.code),
        broken=zone.code in found.broken,
        revised=found.revised.get(zone.code, 0),
    )


def _parts(table: pd.DataFrame, code: str) -> dict[str, float] | None:
    if code not in table.index or bool(table.loc[code].isna().any()):
        return None
    numbers = {name: float(number) for name, number in zip(PARTS, table.loc[code, list(PARTS)].to_numpy(), strict=True)}
    return {name: 0.0 if abs(number) < NOISE else number for name, number in numbers.items()}


def _notices(before: Run, after: Run, found: Comparison, rows: list[ComparedRow]) -> list[str]:
    notices = []
    if found.absent:
        words = {"codes": _("、").join(found.absent), "year": before.year}
        notices.append(_("后一次办法所需的指标在 %(year)s 年没有数据（%(codes)s），“办法”一项含其缺报的影响。") % words)
    if found.remade:
        notices.append(_("按现在的引擎重算与当时公布的得分略有出入，差额计入“办法”。"))
    if seen := [row for row in rows if row.broken]:
        names = _("、").join(row.zone.name for row in seen[:5])
        notices.append(_("%(n)d 个园区口径有变化，不作分解：%(zones)s。") % {"n": len(seen), "zones": names})
    held = {row.zone.code for row in rows if row.before is None or row.after is None}
    if held:
        notices.append(_("%(n)d 个园区只在其中一次中有结果，不作分解。") % {"n": len(held)})
    return notices


_Key = tuple[int, str, str]


def _key(run: Run) -> _Key:
    return run.pk, run.results_digest, run.scheme.digest


@lru_cache(maxsize=16)
def _worked_out(before: _Key, after: _Key) -> Comparison:
    """Finished runs never change, so neither does their comparison; the digests are part of the key."""
    return compare(_side(before[0]), _side(after[0]))


def _side(pk: int) -> Side:
    run = Run.objects.select_related("scheme").get(pk=pk)
    fields = run.results.order_by("zone__code").values_list("zone__code", "score", "rank")
    issued = pd.DataFrame(fields, columns=["zone", "score", "rank"]).set_index("zone").astype(np.float64)
    return Side(method_of(run.scheme.text), run.inputs, issued)


def grade_of(result: Result | None) -> str:
    """The grade in the reader's language; empty where there is none."""
    grade = getattr(result, "grade", None)
    return spoken(grade) if grade else ""
