"""P101: every class that has enterprises in a city's final evaluation has a measure in force."""

import pytest

from accounts.enums import Role
from assessments.evaluations.execute import execute
from assessments.models import Evaluation, Scheme
from assessments.services import evaluation_start
from compliance.checking import check_all
from compliance.models import RuleCheck
from parks.models import Region, Zone
from policy.models import Document
from policy.selectors import provisions_of
from tests.compliance.test_rules import person, standing
from tests.evaluation_world import YEAR, enterprise, figures, final, measure

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]


def test_a_class_without_a_measure_is_a_breach_until_it_has_one():
    office, lead = person("staff", Role.OFFICE_STAFF, "office"), person("lead", Role.OFFICE_LEAD, "office")
    city = Region.objects.get(code="411300")
    zone = Zone.objects.filter(city=city).order_by("code")[0]
    for number in range(8):
        figures(enterprise(number, zone), office, tax_assessed=str(200 - number))
    scheme = Scheme.objects.get(code="enterprise-start")
    evaluation = evaluation_start(by=office, scheme=scheme, year=YEAR, place=city, above_scale=True)
    execute(evaluation.pk)
    check_all()
    assert standing("differential_policy") == {}  # not final: nothing follows yet
    final(Evaluation.objects.get(pk=evaluation.pk), lead)
    measure(city, office, "a", "land", "优先供地")
    measure(city, office, "b", "finance", "正常授信")
    measure(city, office, "c", "water", "超计划加价", status="drafted", document_no=None, effective_date=None)
    check_all()
    breach = standing("differential_policy")["411300"]
    assert breach.facts["missing"] == "C"
    province = Region.objects.get(code="410000")
    measure(province, office, "c", "water", "超计划用水加价")
    check_all()
    assert standing("differential_policy") == {}
    assert RuleCheck.objects.get(rule="differential_policy").examined == 1
    found = provisions_of(Document.objects.get(code="henan-2017-159"), lead)
    states = {provision.code: provision.state.status for provision in found}  # type: ignore[attr-defined]
    assert (states["P100"], states["P101"]) == ("carried", "carried")
