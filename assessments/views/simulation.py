"""Pages of simulation (考核模拟): schemes over past years side by side, and weights tried out with sliders."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments import selectors, services, simulation
from assessments.engine.reweighting import adjustable, to_hundred, top_weights
from assessments.engine.scheme import Scheme as Method
from assessments.enums import ProposalKind, SchemeStatus
from assessments.exceptions import SchemeFaulty, SchemeRefused
from assessments.models import Scheme
from assessments.selectors.changes import spans
from assessments.simulation import Comparison, Ranking
from assessments.views.schemes import WRITERS, fault_words
from common.access import permission_required
from common.statuses import look
from common.yaml_text import Place, set_values
from indicators.views.common import UserRequest

YEARS_OFFERED = 5
SHOWN = 40


@dataclass(frozen=True)
class Column:
    """One scheme in a comparison: its rankings year by year."""

    scheme: Scheme
    rankings: list[Ranking]
    years: list[simulation.YearLine]
    zones: list[simulation.ZoneLine]


@require_safe
@permission_required(*WRITERS)
def simulate(request: UserRequest) -> HttpResponse:
    """One scheme or two over past years, as if in force all along: who would have moved, how often, how stable."""
    schemes = list(_offered(request))
    years = _years_of(request.GET)
    chosen = [scheme for name in ("scheme", "other") if (scheme := _chosen(schemes, request.GET.get(name, "")))]
    chosen = list(dict.fromkeys(chosen))
    problem = ""
    if len({scheme.zone_class for scheme in chosen}) > 1:
        problem = _("两个办法考核的类别不同，无从比较。请选择同一类别的办法。")
    columns = _columns(chosen, years) if chosen and years and not problem else []
    if columns and not columns[0].rankings:
        problem = _("所选年度没有足够的数据：至少要有 2 个园区的数据已确认。")
    offered = selectors.assessable_years()[:YEARS_OFFERED]
    compared = _comparisons(columns) if not problem else []
    context = {
        "schemes": schemes,
        "chosen": [scheme.pk for scheme in chosen],
        "other": chosen[1].pk if len(chosen) > 1 else None,
        "offered": sorted(offered),
        "years": years,
        "problem": problem,
        "columns": columns if columns and columns[0].rankings else [],
        "kinds": [{"label": kind.label, "look": look(kind)} for kind in ProposalKind],
        "comparisons": [comparison for comparison in compared if comparison.differing],
        "alike": spans([comparison.year for comparison in compared if not comparison.differing]),
        "synthetic": any(ranking.synthetic for column in columns for ranking in column.rankings),
        "whole": request.GET.get("all") == "1",
        "shown": SHOWN,
        "adjustable": bool(chosen) and adjustable(selectors.method_of(chosen[0].text)),
        "query": _without(request.GET, "all"),
    }
    return render(request, "assessments/simulation.html", context)


def _offered(request: UserRequest) -> Any:
    schemes = Scheme.objects.of_zones().current().visible_to(request.user)
    return schemes.order_by("zone_class", "code", "-pk")


def _chosen(schemes: list[Scheme], key: str) -> Scheme | None:
    return next((scheme for scheme in schemes if str(scheme.pk) == key), None)


def _years_of(query: QueryDict) -> list[int]:
    """The years asked for, all that are offered where none is."""
    offered = selectors.assessable_years()[:YEARS_OFFERED]
    asked = {int(year) for year in query.getlist("years") if year.isdecimal()} & set(offered)
    return sorted(asked) if asked else sorted(offered)


def _without(query: QueryDict, *names: str) -> str:
    kept = query.copy()
    for name in names:
        kept.pop(name, None)
    return kept.urlencode()


def _columns(schemes: list[Scheme], years: list[int]) -> list[Column]:
    found = simulation.as_if_in_force(schemes, years)
    zones = simulation.zones_of([ranking for rankings in found for ranking in rankings])
    return [
        Column(scheme, rankings, simulation.year_lines(rankings), simulation.zone_lines(rankings, zones))
        for scheme, rankings in zip(schemes, found, strict=True)
    ]


def _comparisons(columns: list[Column]) -> list[Comparison]:
    """The second scheme against the first, the newest year first."""
    if len(columns) < 2:
        return []
    rankings = [ranking for column in columns for ranking in column.rankings]
    zones = simulation.zones_of(rankings)
    pairs = zip(columns[0].rankings, columns[1].rankings, strict=True)
    return [simulation.compare(first, second, zones) for first, second in pairs][::-1]


# ---- sliders --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Slider:
    """A weight at the top of the tree: typed, and what it is of a hundred."""

    code: str
    name: str
    own: float
    share: float


@require_safe
@permission_required(*WRITERS)
def weights(request: UserRequest) -> HttpResponse:
    """Sliders for the weights at the top of a scheme, the ranks changing at once; the part alone for htmx."""
    part, asked = getattr(request, "htmx", False), request.GET.get("scheme", "")
    # The part needs no list to choose from: other schemes are then not even read.
    offered = _offered(request).filter(pk=asked) if part and asked.isdecimal() else _offered(request)
    schemes = [scheme for scheme in offered if adjustable(selectors.method_of(scheme.text))]
    scheme = _chosen(schemes, asked)
    if scheme is None and asked:
        raise Http404
    scheme = scheme or next((s for s in schemes if s.status == SchemeStatus.PUBLISHED), None)
    years = selectors.assessable_years()[:YEARS_OFFERED]
    year = _year(request.GET.get("year", ""), scheme, years)
    context: dict[str, Any] = {"schemes": schemes, "scheme": scheme, "years": years, "year": year}
    if scheme is not None:
        method = selectors.method_of(scheme.text)
        try:
            shares = _shares(method, request.GET)
        except ValueError:
            return HttpResponse(_("权重须为正数。"), status=422)
        context |= {"sliders": _sliders(method, shares), "result": _tried(scheme, year, shares), "shown": SHOWN}
        context["whole"] = request.GET.get("all") == "1"
    return render(request, "assessments/_weights_result.html" if part else "assessments/weights.html", context)


def _year(asked: str, scheme: Scheme | None, years: list[int]) -> int:
    if asked.isdecimal() and int(asked) in years:
        return int(asked)
    return (scheme and simulation.effect_year(scheme)) or years[0]


def _shares(method: Method, query: Mapping[str, Any]) -> dict[str, float]:
    """The weights of a request in per cent, summing to 100; the scheme's own where it brings none. Raises ValueError."""
    own = top_weights(method)
    typed = {code: query.get(f"w.{code}") for code in own}
    if all(value in (None, "") for value in typed.values()):
        return to_hundred(own)
    numbers = {code: float(value) if value else own[code] for code, value in typed.items()}
    if any(not math.isfinite(number) for number in numbers.values()):
        raise ValueError("not a number")
    return to_hundred(numbers)


def _sliders(method: Method, shares: Mapping[str, float]) -> list[Slider]:
    own = to_hundred(top_weights(method))
    names = {child.code: selectors.spoken(child) for child in method.tree.children}
    return [Slider(code, names[code], own[code], share) for code, share in shares.items()]


def _tried(scheme: Scheme, year: int, shares: Mapping[str, float]) -> Comparison | None:
    """The ranking with these weights against the scheme's own; None without figures."""
    trial, basis = simulation.trial_of(scheme, year)
    before, after = (simulation.ranking_of(trial, basis, given) for given in (None, shares))
    if before is None or after is None:
        return None
    return simulation.compare(before, after, simulation.zones_of((before, after)))


@require_POST
@permission_required("scheme.edit")
def weights_save(request: UserRequest) -> HttpResponseBase:
    """A draft version with the weights of the sliders."""
    scheme = get_object_or_404(_offered(request), pk=request.POST.get("scheme") or 0)
    method = selectors.method_of(scheme.text)
    if not adjustable(method):
        raise Http404
    try:
        shares = _shares(method, request.POST)
    except ValueError:
        return HttpResponse(_("权重须为正数。"), status=422)
    changes: dict[Place, Any] = {
        ("tree", "children", number, "weight"): shares[child.code] for number, child in enumerate(method.tree.children)
    }
    if method.tree.weighting != "percent":
        changes[("tree", "weighting")] = "percent"
    said = _("、").join(f"{slider.name} {slider.share:g} %" for slider in _sliders(method, shares))
    try:
        draft = services.scheme_draft(
            by=request.user,
            parent=scheme,
            text=set_values(scheme.text, changes),
            reason=_("模拟权重：%(weights)s") % {"weights": said},
        )
    except SchemeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("simulation_weights")
    except SchemeFaulty as faulty:
        messages.error(request, fault_words(faulty.faults[0]))
        return redirect("simulation_weights")
    messages.success(request, _("已存为草稿 %(scheme)s。请看差异与影响，再决定是否提交。") % {"scheme": draft})
    return redirect("scheme_changes", draft.pk)
