"""The demonstration data keep what they promise: every status, real zones, marks, and figures that hang together."""

from __future__ import annotations

import pytest
from django.db.models import Count, F

from assessments.enums import ProposalKind
from assessments.models import MeasureOrder, Result, Run
from config.demo import figures
from config.demo.build import YEARS
from config.demo.users import DEMO_USERS, DEMO_ZONE
from indicators.enums import ReturnStatus, Severity, ValueSource
from indicators.models import Indicator, Return, Round, Value
from indicators.selectors import check_returns, matrix

pytestmark = pytest.mark.django_db


def test_the_newest_year_shows_every_status_and_missing_ones(demo: None) -> None:
    newest = Return.objects.filter(round__period=str(YEARS[-1])).annotate(filled=Count("values"))
    assert {r.status for r in newest} == set(ReturnStatus.values)
    assert newest.filter(filled=0).exists()
    assert Return.objects.filter(round__year=2024).count() > 190


def test_sizes_resemble_what_is_known_of_2017(demo: None) -> None:
    clusters = matrix(codes=["main_business_revenue"], years=[2017])["main_business_revenue"].dropna()
    assert len(clusters) > 180
    assert clusters.max() > 10_000_000  # 1,000 亿元
    assert 1_000_000 < clusters.median() < 3_000_000


def test_accepted_returns_break_no_hard_rule(demo: None) -> None:
    for period in ("2018", "2024", "2025Q3"):
        accepted = list(Return.objects.accepted().filter(round__period=period).select_related("zone", "round"))
        assert len(accepted) > 150
        faults = [f for found in check_returns(accepted).values() for f in found if f.severity == Severity.HARD]
        assert faults == []


def test_every_synthetic_figure_is_marked_and_published_ones_are_not(demo: None) -> None:
    real = Value.objects.filter(synthetic=False)
    assert real.exists()
    published = Value.objects.filter(source=ValueSource.PUBLISHED)
    for value in real.filter(return_ref__isnull=False):
        twin = published.get(zone=value.zone, indicator=value.indicator, period=value.period)
        assert (value.number, value.source_note) == (twin.number, twin.source_note)
    assert not Value.objects.filter(return_ref__synthetic=False).exists()


def test_runs_find_zones_to_promote_to_demote_and_undecidable(demo: None) -> None:
    assert Run.objects.filter(status="done").count() == Run.objects.count() > 0
    proposals = set(Result.objects.filter(run__year=2024).values_list("proposal", flat=True))
    assert {ProposalKind.PROMOTE, ProposalKind.DEMOTE, ProposalKind.UNDECIDED} <= proposals
    assert not Result.objects.filter(synthetic=False).exists()


def test_the_finance_and_science_forms_are_asked_from_2024_on_of_development_and_high_tech_zones(demo: None) -> None:
    figures = Value.objects.filter(indicator__code="total_assets")
    assert set(figures.values_list("year", flat=True)) == {2024, 2025}
    zones = Return.objects.filter(values__indicator__code="total_assets").values("zone__designations__zone_class")
    assert {row["zone__designations__zone_class"] for row in zones} & {"etdz", "htz"}
    assert 20 < figures.filter(year=2024).count() < 100


def test_the_quarterly_form_of_clusters_is_collected(demo: None) -> None:
    third, fourth = Round.objects.filter(frequency="quarter").order_by("period")
    assert (third.period, third.status) == ("2025Q3", "closed")
    assert (fourth.period, fourth.status) == ("2025Q4", "open")
    assert third.indicators.count() == 8
    assert {r.status for r in fourth.returns.all()} == set(ReturnStatus.values)
    built = matrix(codes=["built_area"], years=[2025], part="Q3")["built_area"]
    assert len(built) > 150


def test_reviewers_find_explained_jumps_and_outliers_in_the_newest_year(demo: None) -> None:
    waiting = Return.objects.filter(round__period=str(YEARS[-1]), status__in=["submitted", "city_accepted"])
    found = [f for one in check_returns(list(waiting.select_related("zone", "round"))).values() for f in one]
    assert {(f.rule, f.explained) for f in found} >= {("R17", True), ("P01", False)}


def test_every_item_of_the_form_has_a_figure(demo: None) -> None:
    asked = set(Indicator.objects.base().for_zones().values_list("code", flat=True))
    filled = set(Value.objects.filter(year=2024).values_list(F("indicator__code"), flat=True).distinct())
    assert asked <= filled


def test_each_role_has_a_login(demo: None, django_user_model: type) -> None:
    for demo_user in DEMO_USERS:
        user = django_user_model.objects.get(username=demo_user.username)  # type: ignore[attr-defined]
        assert user.is_superuser == (demo_user.role is None)
    assert Return.objects.get(zone__code=DEMO_ZONE, round__period=str(YEARS[-1])).status == ReturnStatus.DRAFT


def test_figures_come_out_the_same_every_time() -> None:
    zones = [
        figures.ZoneFacts(f"Z{n:03}", frozenset({"cluster"}), frozenset({"province_designated"}), None, None)
        for n in range(40)
    ]
    first, second = (figures.build(zones, [2019, 2020], {"Z003": (2020, 4_660_000.0)}) for _ in range(2))
    assert first.equals(second)
    assert first.loc[("Z003", 2020), "main_business_revenue"] == pytest.approx(4_660_000)


def test_an_authority_ordered_one_measure_outside_a_decision_and_another_waits(demo: None) -> None:
    waiting, standing = MeasureOrder.objects.order_by("-status")
    assert (waiting.status, standing.status) == ("proposed", "confirmed")
    assert waiting.synthetic
    assert standing.measure.synthetic, "what it became carries the mark as well"
    assert standing.measure.previous is None, "nothing of the decisions was put aside for it"
    assert standing.files.get().name.endswith(".docx")
