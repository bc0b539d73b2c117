"""Rules over applications, projects and allotments: each is broken by an entry and mended by another, none without facts."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.utils import translation

from accounts.models import User
from assessments.models import Measure
from compliance.checking import check_all
from compliance.facts import Facts
from compliance.models import Breach, RuleCheck
from compliance.rules import RULES, Tally
from compliance.selectors import lines_of
from parks.models import Zone
from policy.models import Document, Term
from policy.services import ruling_record
from registers.models import Entry, Register
from registers.services import entry_change, entry_create
from tests.compliance.test_rules import office, standing

__all__ = ["office"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]
BASES = {"capacity_basis": "甲", "industry_basis": "乙", "potential_basis": "丙"}
FITS = {
    "fits_development_plan": "是",
    "fits_function_plan": "是",
    "fits_master_plan": "是",
    "plan_document": "〔2021〕2号",
}
EXPAND: dict[str, Any] = {
    "kind": "expand",
    "area_before": 100,
    "area_after": 120,
    "built_rate": 80,
    "use_matches": "是",
}


def write(by: User, register: str, place: str, **given: Any) -> Entry:
    return entry_create(by=by, register=Register.objects.get(code=register), place=place, given=given)


def change(by: User, entry: Entry, **given: Any) -> None:
    entry.refresh_from_db()
    entry_change(by=by, entry_id=entry.pk, given=given, base_revision=entry.revision)
    check_all()


def apply(by: User, zone: str = "Z001", status: str = "submitted", **given: Any) -> Entry:
    held = Zone.objects.select_related("city").get(code=zone)
    facts = {"name": f"{zone}申请", "in_zone": zone, "submitted_on": "2021-03-01", "status": status}
    return write(by, "zone_applications", held.city.code, **{**facts, **given})


def decide(by: User, key: str, value: int) -> None:
    ruling_record(
        by=by, term=Term.objects.get(key=key), value=Decimal(value), text="", basis="〔2021〕9号",
        decided_on=date(2021, 1, 1),
    )  # fmt: skip


def test_nothing_registered_judges_nobody():
    check_all()
    waited = {rule.key for rule in RULES.values() if rule.check is not None and rule.register}
    held = RuleCheck.objects.filter(rule__in=waited).exclude(rule__in=["ten_city_focus", "catalogue_from_reserve"])
    assert {check.examined for check in held} == {0}


def test_an_application_needs_its_three_bases_and_fits_the_plans(office):
    file = apply(office, kind="set_up", in_zone="", capacity_basis="甲", fits_master_plan="否")
    check_all()
    basis = standing("layout_basis")[str(file.pk)]
    assert basis.facts["missing"] == ["industry_basis", "potential_basis"]
    assert "产业基础依据、发展潜力依据" in lines_of([basis])[0].what
    with translation.override("en"):
        assert "the basis in industry, the basis in potential" in lines_of([basis])[0].what
    assert standing("plan_conformity")[str(file.pk)].facts["missing"] == ["fits_master_plan"]
    change(office, file, **BASES, fits_master_plan="")
    assert not standing("layout_basis")
    assert not standing("plan_conformity")  # still on its way: what is not checked yet is not known
    assert RuleCheck.objects.get(rule="plan_conformity").unknown == 1
    change(office, file, **FITS, status="city_reviewed")
    change(office, file, status="department_reviewed")
    change(office, file, status="approved", decided_on="2021-06-01", document_no="豫政〔2021〕3号", plan_document="")
    assert standing("plan_conformity")[str(file.pk)].facts["missing"] == ["plan_document"]
    turned_down = apply(office, zone="Z002", status="rejected", kind="merge", decided_on="2021-05-01")
    check_all()
    assert str(turned_down.pk) not in standing("layout_basis")


def test_an_expansion_waits_for_its_limits_and_then_meets_all_of_them(office):
    file = apply(office, **BASES, **FITS, **EXPAND)
    check_all()
    assert RuleCheck.objects.get(rule="expansion_conditions").state == "undecided"
    decide(office, "built_out", 85)
    decide(office, "land_standard", 70)
    check_all()
    check = RuleCheck.objects.get(rule="expansion_conditions")
    assert (check.state, check.unknown, check.examined) == ("checked", 1, 0)  # no score of its land yet
    write(office, "land_evaluations", "Z001", year=2020, score=64, final_on="2021-01-05", status="final")
    check_all()
    assert standing("expansion_conditions")[str(file.pk)].facts["missing"] == ["built", "score"]
    write(office, "land_evaluations", "Z001", year=2021, score=71, final_on="2022-01-05", status="final")
    change(office, file, built_rate=85)
    assert not standing("expansion_conditions")
    decide(office, "modest_expansion", 10)
    check_all()
    assert standing("expansion_conditions")[str(file.pk)].facts["missing"] == ["size"]


def test_an_adjustment_has_a_reason_with_its_proof(office):
    file = apply(office, kind="adjust", reason="other", reason_document="〔2020〕1号")
    check_all()
    assert standing("adjustment_conditions")[str(file.pk)].facts["missing"] == ["other_ruling"]
    change(office, file, other_ruling="〔2021〕4号")
    assert not standing("adjustment_conditions")


def test_good_results_come_first_among_like_files(office):
    first, second = apply(office, **EXPAND, queue=1), apply(office, zone="Z002", **EXPAND, queue=2)
    apply(office, zone="Z003", kind="upgrade", queue=1)
    document = Document.objects.get(code="henan-2017-159")

    def found(states: dict[str, str]) -> list[str]:
        facts = Facts(document)
        facts.__dict__["application_states"] = {
            zone.pk: states[zone.code] for zone in facts.zones.values() if zone.code in states
        }
        check = RULES["priority_for_good_results"].check
        assert check is not None
        return [finding.key for finding in check(facts, Tally())]

    assert found({}) == []
    assert found({"Z002": "priority"}) == [str(first.pk)]
    assert found({"Z001": "priority", "Z002": "priority"}) == []
    change(office, second, queue=3, status="rejected", decided_on="2021-06-01")
    assert found({"Z002": "priority"}) == []


def test_an_open_measure_bars_applications_and_the_catalogue(office):
    file = apply(office, **EXPAND)
    listed = write(office, "catalogue_applications", "Z001", recommended_on="2021-03-05", status="recommended")
    check_all()
    assert not standing("sanction_blocks_application")
    facts = Facts(Document.objects.get(code="henan-2017-159"))
    zone = facts.by_code["Z001"].pk
    facts.__dict__["measures"] = [
        {"zone_id": zone, "step": "warning", "opened_on": date(2021, 1, 1), "closed_on": date(2021, 3, 5), "synthetic": False}
    ]  # fmt: skip
    checks = (RULES["sanction_blocks_application"].check, RULES["sanction_blocks_catalogue"].check)
    assert checks[0] is not None
    assert checks[1] is not None
    assert [each.key for each in checks[0](facts, Tally())] == [str(file.pk)]
    assert not list(checks[1](facts, Tally()))  # lifted on the day of the recommendation
    change(office, listed, recommended_on="2021-03-04")
    del facts.__dict__["registers"]
    assert [each.facts["opened"] for each in checks[1](facts, Tally())] == ["2021-01-01"]
    assert not Measure.objects.exists()


def test_plans_disagree_until_a_newer_check_says_otherwise(office):
    plans = dict.fromkeys(("industry", "land", "city", "ecology", "services"), "是")
    given = {**plans, "document_no": "〔2020〕1号"}
    write(office, "plan_checks", "Z001", checked_on="2020-05-01", **{**given, "city": "否", "land": "否"})
    check_all()
    assert standing("multi_plan_unity")["Z001"].facts["missing"] == ["land", "city"]
    write(office, "plan_checks", "Z001", checked_on="2021-05-01", **given)
    check_all()
    assert not standing("multi_plan_unity")


def test_a_project_starts_assessed_checked_and_in_an_open_phase(office):
    phase = write(office, "development_phases", "Z001", name="二期", status="planned")
    given = {"name": "项目", "stage": "started", "signed_date": "2021-01-01", "start_date": "2021-05-01"}
    project = write(office, "investment_projects", "Z001", **given)
    check_all()
    checks = {check.rule: check for check in RuleCheck.objects.all()}
    for rule in ("eia_required", "environmental_access", "rolling_development"):
        assert (checks[rule].unknown, checks[rule].examined, standing(rule)) == (1, 0, {})
    late = {"eia": "approved", "eia_approved_on": "2021-06-01"}
    change(office, project, **late, access_check="passed", phase=phase.pk)
    found = {rule: standing(rule)[str(project.pk)].facts["missing"] for rule in
             ("eia_required", "environmental_access", "rolling_development")}  # fmt: skip
    assert found == {"eia_required": ["late"], "environmental_access": ["list"], "rolling_development": ["closed"]}
    listed = write(office, "environmental_access", "Z001", version="1", published_on="2020-01-01", plan_eia="none",
                   status="in_force")  # fmt: skip
    change(office, phase, status="open", opened_on="2021-05-02")
    assert standing("eia_required")[str(project.pk)].facts["missing"] == ["late", "plan"]
    assert standing("rolling_development")[str(project.pk)].facts["missing"] == ["early"]
    change(office, listed, plan_eia="approved", plan_eia_document="〔2020〕2号", plan_eia_on="2020-02-01")
    change(office, phase, opened_on="2021-04-01")
    change(office, project, eia_approved_on="2021-04-30")
    assert not Breach.objects.standing().filter(
        rule__in=["eia_required", "environmental_access", "rolling_development"]
    )


def test_land_quotas_lean_to_better_scores_or_say_why_not(office):
    for zone, score in (("Z001", 90), ("Z002", 70), ("Z003", 60)):
        write(office, "land_evaluations", zone, year=2021, score=score, final_on="2022-01-05", status="final")
    for zone, granted in (("Z001", 50), ("Z002", 80), ("Z003", 50)):
        write(office, "land_quotas", zone, year=2022, asked=100, granted=granted)
    check_all()
    found = standing("land_quota_priority")
    assert set(found) == {"Z002:2022"}
    assert (found["Z002:2022"].facts["count"], found["Z002:2022"].facts["share"]) == (1, "80.0")
    change(office, Entry.objects.get(register__code="land_quotas", zone__code="Z002"), reason="国家重大项目")
    assert not standing("land_quota_priority")


def test_emission_quotas_go_by_the_cut_since_a_year_that_somebody_sets(office):
    for zone, rank in (("Z001", 1), ("Z002", 2)):
        write(
            office, "emission_quotas", zone, batch="1", pollutant="cod", rank=rank, amount=3, allotted_on="2024-01-01"
        )
    check_all()
    assert RuleCheck.objects.get(rule="emission_quota_priority").state == "undecided"
    decide(office, "quota_base_year", 2020)
    facts = Facts(Document.objects.get(code="henan-2017-159"))
    used = {2020: {"Z001": 100.0, "Z002": 100.0}, None: {"Z001": 90.0, "Z002": 70.0}}
    facts.figures = lambda code, year=None: used[year] if code else {}  # type: ignore[method-assign]
    check = RULES["emission_quota_priority"].check
    assert check is not None
    (finding,) = check(facts, Tally())
    assert (finding.label, finding.facts["cut"], finding.facts["other_cut"]) == (facts.by_code["Z001"].name, "10", "30")
