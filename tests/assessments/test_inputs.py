"""What a run knows of earlier years: areas that were merged, final decisions before proposals and newest runs."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.enums import Role
from assessments import tasks
from assessments.models import Decision, Proceeding, Run
from indicators.models import Indicator, Value
from parks.models import Designation
from parks.services import zone_succession_record
from tests.assessments.conftest import SCHEME, YEAR

pytestmark = pytest.mark.django_db

BANNED = (
    SCHEME.replace('version: "1.0"', 'version: "2.0"')
    + """
  - id: ban
    kind: cooldown
    bars: [promote]
    decision: national_exit
    years: 2
    basis: {certainty: published, clauses: [P049]}
"""
)


def run_of(province, year, scheme=None):
    by = province.staff(f"staff-{Run.objects.count()}")
    run = Run.objects.create(scheme=scheme or province.scheme, year=year, requested_by=by)
    tasks.run_execute(run.pk)
    run.refresh_from_db()
    assert run.status == "done", run.error
    return run


def test_growth_of_a_merged_zone_is_that_of_its_whole_area(province):
    Indicator.objects.filter(code="energy_use").update(unit="吨标准煤")
    zone_succession_record(
        by=province.staff(),
        predecessor=province.zones["A6"],
        shares={province.zones["A5"]: Decimal(100)},
        on=date(YEAR, 6, 1),
        kind="merge",
        document="〔2023〕1号",
    )
    Designation.objects.filter(code="A6").update(valid_to=date(YEAR, 6, 1))
    # Energy 200 and 220 before; the joined area reports 420: not more than doubled, but level.
    Value.objects.filter(zone__code="A5", year=YEAR, indicator__code="energy_use").update(number=420)
    Value.objects.filter(zone__code="A6", year=YEAR).delete()
    run = run_of(province, YEAR)
    assert run.inputs["broken"] == {str(YEAR): ["A5"]}
    assert run.inputs["restated"] == {str(YEAR - 1): {"A5": [None, 420.0, None]}}
    joined = run.results.get(zone__code="A5")
    assert "growing-energy" not in [rule["id"] for rule in joined.fired_rules]
    assert joined.explanation["comparable"] == {"since": YEAR, "restated": True}
    energy = next(row for row in joined.explanation["indicators"] if row["indicator"] == "energy_use")
    assert (energy["raw"], energy["raw_before"]) == (420, 420)
    # Others look back as before.
    assert [entry["year"] for entry in run.results.get(zone__code="A4").explanation["past"]] == [YEAR - 1]


def test_what_was_finally_decided_counts_before_what_was_proposed_or_computed_later(province):
    scheme = province.add_scheme(BANNED, version="2.0")
    Designation.objects.filter(code="A6").update(level="national")
    rested, newer = run_of(province, YEAR - 1, scheme), run_of(province, YEAR - 1, scheme)
    assert run_of(province, YEAR, scheme).results.get(zone__code="A1").proposal == "promote"
    staff, lead, now = province.staff("decides"), province.user("lead", Role.OFFICE_LEAD), timezone.now()
    proceeding = Proceeding.objects.create(zone_class="cluster", year=YEAR - 1, run=rested)
    for result in rested.results.select_related("zone"):
        decided = "exit" if result.zone.code == "A6" else "keep"
        Decision.objects.create(
            proceeding=proceeding, zone=result.zone, result=result, outcome=decided, decided_by=staff, decided_at=now,
            confirmed_by=lead, confirmed_at=now,
        )  # fmt: skip
    # Not final yet: an objection may still turn it.
    run = run_of(province, YEAR, scheme)
    assert (run.inputs["decisions"], run.inputs["history_sources"][str(YEAR - 1)]["run"]) == ([], newer.pk)
    for status in ("confirming", "embargoed", "public", "reviewing"):
        Proceeding.objects.filter(pk=proceeding.pk).update(status=status)
    Proceeding.objects.filter(pk=proceeding.pk).update(
        status="final", finalised_at=now, finalised_by=lead, bulletin_number="1号"
    )
    run = run_of(province, YEAR, scheme)
    assert run.inputs["history_sources"][str(YEAR - 1)] == {
        "run": rested.pk, "digest": rested.results_digest, "final": True,
    }  # fmt: skip
    assert ["A6", YEAR - 1, "national_exit"] in run.inputs["decisions"]
    best = run.results.get(zone__code="A1")
    assert best.proposal == "keep"  # a zone of the province left the national level: nobody is recommended
    assert "ban" in [rule["id"] for rule in best.fired_rules]
    assert best.explanation["past"][-1]["decision"] == "keep"
    assert run.results.get(zone__code="A6").explanation["past"][-1]["decision"] == "exit"
