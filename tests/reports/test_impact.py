"""Whom a correction would move: told beforehand, computed in memory, names only to who may see them."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from assessments.models import Result, Run
from assessments.tasks import run_execute
from indicators import services
from indicators.models import Correction, CorrectionItem, Return, Value
from indicators.services import CellInput
from reports.impact import impact
from tests.assessments import conftest as small
from tests.assessments.course import publish_run

YEAR = small.YEAR
OFFICIAL = small.SCHEME


@pytest.fixture
def province(db, request):
    """Six cluster zones with accepted returns of three years, and a finished official run."""
    made = request.getfixturevalue("bare")
    for year in (YEAR - 2, YEAR - 1, YEAR):
        for number in range(1, 7):
            made.add_return(f"A{number}", year, small.figures(number))
    made.run = execute(made)
    return made


bare = small.bare


def execute(province, year=YEAR):
    run = Run.objects.create(
        scheme=province.scheme, year=year, requested_by=User.objects.create_user(f"runner-{Run.objects.count()}")
    )
    run_execute(run.pk)
    return Run.objects.get(pk=run.pk)


def ask(province, zone, **numbers):
    return_ = Return.objects.get(zone__code=zone, round__year=YEAR)
    correction = Correction.objects.create(return_ref=return_, reason="x", requested_by=province.manager(zone))
    for code, number in numbers.items():
        old = return_.values.get(indicator__code=code).number
        CorrectionItem.objects.create(
            correction=correction, indicator=province.indicators[code], old_number=old, new_number=Decimal(str(number))
        )
    return correction


def test_the_office_sees_everybody_who_would_move(province):
    """The best one had a digit too many: it falls behind, those it stood before rise, another is proposed."""
    correction = ask(province, "A1", rd_share=1, emerging_share=1)
    (found,) = impact(correction, province.staff()).runs
    moves = {move.zone.code: (move.rank_before, move.rank_after) for move in found.moves}
    assert moves["A1"] == (1, 6)
    assert moves["A2"] == (2, 1)
    assert found.others == 0
    assert found.moves[0].zone.code == "A1"
    assert ("keep", "promote") in {(move.proposal_before, move.proposal_after) for move in found.moves}


def test_it_is_what_a_new_run_then_gives(province):
    correction = ask(province, "A1", rd_share=1, emerging_share=1)
    (found,) = impact(correction, province.staff()).runs
    services.correction_decide(by=province.staff("judge"), correction_id=correction.pk, apply=True, reason="")
    again = execute(province, YEAR)
    told = {
        move.zone.code: (move.rank_after, move.proposal_after, pytest.approx(move.score_after)) for move in found.moves
    }
    for result in Result.objects.filter(run=again, zone__code__in=told).select_related("zone"):
        assert (result.rank, result.proposal, result.score) == told[result.zone.code]


def test_nothing_is_stored(province):
    correction = ask(province, "A1", rd_share=1)
    staff = province.staff()
    with CaptureQueriesContext(connection) as queries:
        impact(correction, staff)
    assert not [q["sql"] for q in queries if not q["sql"].startswith("SELECT")]
    assert Run.objects.get(pk=province.run.pk).results_digest == province.run.results_digest


def test_a_park_sees_itself_and_only_how_many_others(province):
    correction, staff = ask(province, "A1", rd_share=1, emerging_share=1), province.staff()
    assert impact(correction, correction.requested_by).runs == [], "nothing of a run that is not published"
    publish_run(province.run, staff, province.user("lead", Role.OFFICE_LEAD))
    (found,) = impact(correction, correction.requested_by).runs
    assert [move.zone.code for move in found.moves] == ["A1"]
    (whole,) = impact(correction, staff).runs
    assert found.others == len(whole.moves) - 1 > 0
    client = Client()
    client.force_login(correction.requested_by)
    page = client.get(reverse("correction_impact", args=[correction.pk])).content.decode()
    assert "A1园区" in page
    assert "A2园区" not in page
    assert f"另有 {found.others} 个其他园区" in page
    answer = client.get(reverse("correction-moves-impact", args=[correction.pk])).content.decode()
    assert '"A2"' not in answer


def test_the_city_sees_its_own_by_name(province):
    """Once the results are published, and nothing of them before."""
    reviewer = province.user("reviewer", Role.CITY_REVIEWER, province.cities["A"])
    correction = ask(province, "A1", rd_share=1, emerging_share=1)
    assert impact(correction, reviewer).runs == []
    publish_run(province.run, province.staff(), province.user("lead", Role.OFFICE_LEAD))
    (found,) = impact(correction, reviewer).runs
    assert len(found.moves) > 1
    assert found.others == 0


def test_a_change_that_moves_nobody_says_so(province):
    correction = ask(province, "A5", emerging_share=25.5)
    (found,) = impact(correction, province.staff()).runs
    assert found.moves == []
    assert found.own.rank_before == found.own.rank_after == 5
    assert found.own.score_before is not None
    assert found.own.score_after is not None
    assert found.own.score_after > found.own.score_before


def test_the_year_after_looks_back(province):
    """Energy growth of the next year is reckoned from this year's figure."""
    for number in range(1, 7):
        province.add_return(f"A{number}", YEAR + 1, small.figures(number))
    execute(province, YEAR + 1)
    correction = ask(province, "A2", energy_use=60)
    after = {found.run.year: found for found in impact(correction, province.staff()).runs}
    assert set(after) == {YEAR, YEAR + 1}
    assert after[YEAR + 1].moves or after[YEAR + 1].own


def test_where_a_department_counts_anyway_nothing_moves(province):
    item = province.indicators["rd_share"]
    item.prevailing, item.tolerance_pct = "department", 5
    item.save()
    Value.objects.create(
        zone=province.zones["A1"], indicator=item, year=YEAR, period=str(YEAR), number=9,
        source="department", department="statistics",
    )  # fmt: skip
    found = impact(ask(province, "A1", rd_share=1), province.staff())
    assert found.figures == 0
    assert found.runs == []
    assert impact(ask(province, "A2", rd_share=1), province.staff("other")).figures == 1


def test_a_decided_request_is_not_computed_any_more(province):
    correction = ask(province, "A1", rd_share=1)
    Correction.objects.filter(pk=correction.pk).update(status="withdrawn")
    client = Client()
    client.force_login(province.staff())
    assert client.get(reverse("correction_impact", args=[correction.pk])).status_code == 302
    assert client.get(reverse("correction-moves-impact", args=[correction.pk])).status_code == 409


def test_the_number_of_queries_does_not_depend_on_how_much_moves(province):
    staff = province.staff()
    _ = staff.current_memberships
    little, much = ask(province, "A6", emerging_share=20.5), ask(province, "A1", rd_share=1, emerging_share=1)
    counts = []
    for correction in (little, much):
        with CaptureQueriesContext(connection) as queries:
            impact(
                Correction.objects.select_related("return_ref__round", "return_ref__zone").get(pk=correction.pk), staff
            )
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.fixture
def demo_correction(demo):
    zone = Result.objects.filter(run__year=2024, rank=3, run__scheme__zone_class="cluster").first().zone
    return_ = Return.objects.get(zone=zone, round__period="2024")
    value = return_.values.get(indicator__code="main_business_revenue")
    assert value.number is not None
    office = User.objects.get(username="office")
    return services.correction_request(
        by=office,
        return_id=return_.pk,
        items=[CellInput("main_business_revenue", value.number * 3, "", "合并报表")],
        reason="漏报一家企业",
        base_revision=return_.revision,
    )


def test_on_the_demonstration(demo_correction):
    """Real size: all cluster zones, the province's own scheme; targets and the finished runs of the year."""
    lead = User.objects.get(username="lead")
    found = impact(demo_correction, lead)
    assert found.runs[0].moves or found.runs[0].own
    assert found.targets
