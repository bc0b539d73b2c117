"""Two policies in one database, both with zones and figures: each shows what it shows alone."""

import re
import shutil
from datetime import date
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Organisation, User
from assessments.bundle import verify
from assessments.enums import RunStatus
from assessments.models import Run, Scheme
from assessments.selectors import method_of, readiness
from assessments.selectors.bundles import run_bundle
from assessments.services import run_start
from assessments.standing import watched
from assessments.tasks import run_execute
from compliance.checking import check_all
from config import home
from config.packs import pack_check
from indicators.enums import Channel, Frequency, ReturnStatus, ValueSource
from indicators.exceptions import RoundInvalid
from indicators.models import CheckRule, Form, Indicator, ProvinceValue, Return, Value
from indicators.selectors.rounds import RoundPlan
from indicators.services import province_value_save, rounds
from parks.enums import ZoneClass
from parks.models import Region, Zone
from policy.models import Carrier, Document
from policy.standing import provision_states
from registers.models import Register
from registers.selectors import province_figure, totals
from registers.services import entry_create
from reports import rendering
from targets.models import Progress
from targets.tasks import recompute
from tests.compliance.test_rules import person
from tests.compliance.test_second_pack import SECOND, load

pytestmark = pytest.mark.django_db
HENAN, YUNZE = ("henan-2017-159", "410000"), ("yunze-demo", "990000")


def shown(user: User, document: str, region: str) -> dict[str, Any]:
    """Everything that is added up for a province: targets, home, dashboard, registers, the policy's states."""
    policy = Document.objects.get(code=document)
    codes = dict(policy.provisions.values_list("pk", "code"))
    rows = Progress.objects.filter(target__provision__document=policy).order_by("target__code", "year")
    source, place = rendering.Source.read(), Region.objects.get(code=region)
    html = rendering.province(source, place) + rendering.standing(place)
    page = home.page(user)
    return {
        "targets": list(rows.values_list("target__code", "year", "value", "numerator", "denominator", "status")),
        "home": (page["target_counts"], page["target_total"], page["target_year"]),
        "dashboard": re.sub(r"生成于 [\d: -]+", "", html),
        "registers": [(total.register.code, total.entries) for total in totals(user)],
        "series": [province_figure("new_rd_bodies", year, region[:2]) for year in (2024, 2025)],
        "states": {codes[pk]: (state.status, state.words) for pk, state in provision_states(policy, user).items()},
    }


def refreshed() -> None:
    check_all()
    recompute(1)


def yunze_lives(by: User) -> None:
    """Figures, a series and a register entry of the second province's own."""
    zone = Zone.objects.get(code="Z901")
    Value.objects.create(
        zone=zone, indicator=Indicator.objects.get(code="main_business_revenue"), period="2024", year=2024,
        number=Decimal(99_000_000), source=ValueSource.PUBLISHED, channel=Channel.PACK, source_note="演示",
    )  # fmt: skip
    province_value_save(by=by, indicator_code="new_rd_bodies", year=2024, number=Decimal(7), source_note="演示")
    data = {"name": "云上孵化器", "opened_date": "2020-01-01", "status": "operating"}
    entry_create(by=by, register=Register.objects.get(code="yunze_incubators"), place=zone.code, given=data)


def test_neither_province_adds_up_the_other(demo: None) -> None:
    lead = User.objects.get(username="lead")
    refreshed()
    alone = shown(lead, *HENAN)
    assert alone["home"][1] > 10
    load()
    yunze = person("yunze", Role.OFFICE_LEAD, "office-yunze")
    yunze_lives(yunze)
    refreshed()
    beside = shown(lead, *HENAN)
    for part, figures in alone.items():
        assert beside[part] == figures, part

    own = shown(yunze, *YUNZE)
    assert [(code, value) for code, year, value, *_rest in own["targets"] if year == 2024] == [("YZ1", 1)]
    assert own["home"][1] == 1
    assert own["registers"] == [("yunze_incubators", 1)]
    assert own["series"] == [None, None]
    assert "台账在册 1 条" in own["states"]["Y004"]
    assert ProvinceValue.objects.get(year=2024, indicator__code="new_rd_bodies", region_code="990000").number == 7

    # Nor does a page of the one open the other's.
    client = Client()
    client.force_login(yunze)
    assert client.get("/targets/T01/").status_code == 404
    board = client.get("/targets/").content.decode()
    assert "YZ1" in board
    assert "T01" not in board
    assert client.get("/api/v1/targets/").json()["results"][0]["code"] == "YZ1"
    assert client.get("/api/v1/progress/?target=T01").json()["results"] == []
    dashboard = client.get("/dashboard/")
    assert dashboard.context["province"].code == "990000"


@pytest.fixture
def with_rules(tmp_path: Path) -> Path:
    """The second pack with a rule of its own on the catalogue that is loaded."""
    root = tmp_path / "pack"
    shutil.copytree(SECOND, root)
    (root / "indicators").mkdir()
    rule = {
        "code": "Y01", "severity": "soft", "expression": "tax_revenue <= main_business_revenue",
        "message_zh": "税收收入一般不大于主营业务收入。", "message_en": "Tax revenue is normally not above main business revenue.",
        "basis": "演示",
    }  # fmt: skip
    (root / "indicators/rules.yaml").write_text(yaml.safe_dump({"rules": [rule]}, allow_unicode=True))
    return root


def test_a_pack_that_brings_rules_takes_nobody_elses(pack: None, with_rules: Path) -> None:
    before = set(CheckRule.objects.values_list("code", flat=True))
    call_command("load_pack", with_rules, stdout=StringIO())
    assert set(CheckRule.objects.values_list("code", flat=True)) == before | {"Y01"}
    own = CheckRule.objects.get(code="Y01")
    assert (own.region_code, own.document_code) == ("990000", "yunze-demo")
    call_command("load_pack", SECOND.parent / "henan-2017", stdout=StringIO())
    assert set(CheckRule.objects.values_list("code", flat=True)) == before | {"Y01"}
    (with_rules / "indicators/rules.yaml").write_text("rules: []\n")
    call_command("load_pack", with_rules, stdout=StringIO())
    assert set(CheckRule.objects.values_list("code", flat=True)) == before


def test_a_rule_code_of_another_pack_is_a_fault(pack: None, with_rules: Path) -> None:
    file = with_rules / "indicators/rules.yaml"
    file.write_text(file.read_text().replace("Y01", CheckRule.objects.earliest("pk").code))
    assert any("另一政策的审核关系" in fault.what for fault in pack_check(with_rules))


# Rounds and assessments


def computed(by: User, scheme: Scheme) -> tuple[Any, ...]:
    """A run of 2024: fingerprints of its inputs and results, whom it ranked, who may be compared with a zone."""
    run = Run.objects.create(scheme=scheme, year=2024, requested_by=by)
    run_execute(run.pk)
    run.refresh_from_db()
    assert run.status == RunStatus.DONE, run.error
    assert verify(run_bundle(run)) == []
    ranked = list(run.results.order_by("zone__code").values_list("zone__code", "rank", "group_size", "proposal"))
    readies = [check.as_data() for check in readiness(scheme, 2024, by)]
    return run.inputs_digest, run.results_digest, ranked, readies


def profile(code: str) -> str:
    zone = Zone.objects.select_related("city", "county").get(code=code)
    html = rendering.ZoneRenderer(rendering.Source.read(), [zone]).render(zone)
    return re.sub(r"生成于 [\d: -]+", "", html)


def ranked_zone(year: int) -> str:
    held = Zone.objects.of_class("etdz", date(year, 12, 31)).filter(values__year=year, city__code__startswith="41")
    return str(held.order_by("code").values_list("code", flat=True)[0])


@pytest.fixture
def with_scheme(tmp_path: Path) -> Path:
    """The second pack with a method of its own: that of the first for the same class, under another code."""
    root = tmp_path / "pack"
    shutil.copytree(SECOND, root)
    (root / "schemes").mkdir()
    text = (SECOND.parent / "henan-2017/schemes/etdz-2021.yaml").read_text()
    text = re.sub(r"(?m)^code: .*$", "code: yunze-etdz", text, count=1)
    text = re.sub(r"\bP\d{3}[a-z]?\b", "Y005", text)
    (root / "schemes/etdz.yaml").write_text(text)
    return root


def test_a_run_and_a_profile_know_one_province(demo: None, with_scheme: Path) -> None:
    lead = User.objects.get(username="lead")
    scheme = Scheme.objects.published().get(code__contains="etdz")
    assert scheme.region_code == "410000"
    zone = ranked_zone(2024)
    alone, page = computed(lead, scheme), profile(zone)
    waiting = [(item.scheme.code, item.year) for item in watched()]
    call_command("load_pack", with_scheme, stdout=StringIO())
    yunze = person("yunze", Role.OFFICE_LEAD, "office-yunze")
    round_ = rounds.round_create(by=yunze, plan=yearly_plan("2024"))
    rounds.round_open(by=yunze, round=round_)
    codes = scheme_inputs(scheme)
    for number, code in enumerate(("Z901", "Z902"), 1):
        return_ = round_.returns.get(zone__code=code)
        Value.objects.bulk_create(
            Value(
                zone=return_.zone, indicator=indicator, period="2024", year=2024, number=Decimal(10**6 * number),
                source=ValueSource.PARK, channel=Channel.FORM, return_ref=return_,
            )
            for indicator in Indicator.objects.filter(code__in=codes)
        )  # fmt: skip
        Return.objects.filter(pk=return_.pk).update(status=ReturnStatus.ACCEPTED)
    assert computed(lead, scheme) == alone
    assert profile(zone) == page

    own = Scheme.objects.published().get(code="yunze-etdz")
    assert own.region_code == "990000"
    ranked = computed(yunze, own)[2]
    assert [row[0] for row in ranked] == ["Z901", "Z902"]
    assert {row[2] for row in ranked} == {2}
    assert {(item.scheme.code, item.year) for item in watched()} == {*waiting, ("yunze-etdz", 2024)}
    assert not Carrier.objects.filter(instrument__document__code="yunze-demo", url_arg=str(scheme.pk)).exists()

    # Neither office sees or starts the other's.
    assert not Run.objects.visible_to(yunze).filter(scheme=scheme).exists()
    assert not Run.objects.visible_to(lead).filter(scheme=own).exists()
    with pytest.raises(PermissionDenied):
        run_start(by=yunze, scheme=scheme, year=2024, override_reason="试")
    client = Client()
    client.force_login(yunze)
    assert client.get(f"/schemes/{scheme.pk}/").status_code == 404
    assert client.get(f"/schemes/{own.pk}/").status_code == 200
    listed = client.get(reverse("run_list"))
    assert {line.run.scheme.code for line in listed.context["lines"]} == {"yunze-etdz"}
    assert {pk for pk, _label in listed.context["form"].fields["scheme"].choices if pk} == {own.pk}


def yearly_plan(period: str, **more: Any) -> RoundPlan:
    forms = tuple(Form.objects.filter(frequency=Frequency.YEAR).values_list("code", flat=True))
    opens, due = date(2026, 1, 1), date(2026, 12, 20)
    classes = tuple(ZoneClass.values)
    return RoundPlan(period, "年报", classes, opens_on=opens, due_on=due, forms=forms, **more)


def scheme_inputs(scheme: Scheme) -> list[str]:
    method = method_of(scheme.text)
    return sorted(set(method.inputs()) - set(method.derive))


def test_a_round_asks_the_zones_of_its_office_alone(pack: None) -> None:
    load()
    office = person("office", Role.OFFICE_LEAD, Organisation.objects.get(code="office").code)
    yunze = person("yunze", Role.OFFICE_LEAD, "office-yunze")
    theirs = rounds.round_create(by=yunze, plan=yearly_plan("2025"))
    ours = rounds.round_create(by=office, plan=yearly_plan("2025"))  # the same name and period: another province's
    assert (theirs.region_code, ours.region_code) == ("990000", "410000")
    assert rounds.round_open(by=yunze, round=theirs) == 2
    rounds.round_open(by=office, round=ours)
    assert set(theirs.returns.values_list("zone__code", flat=True)) == {"Z901", "Z902"}
    assert not ours.returns.filter(zone__code__in=["Z901", "Z902"]).exists()
    with pytest.raises(PermissionDenied):
        rounds.round_close(by=yunze, round_id=ours.pk)
    with pytest.raises(RoundInvalid, match="410100"):
        rounds.round_create(by=yunze, plan=yearly_plan("2024", cities=("410100",)))
    client = Client()
    client.force_login(yunze)
    assert client.get(f"/rounds/{ours.pk}/").status_code == 404
    assert client.get(f"/api/v1/rounds/{ours.pk}/").status_code == 404
    assert [row["round"] for row in client.get("/rounds/").context["rows"]] == [theirs]
    chooses = client.get(reverse("correction_list")).context["filter"].form.fields["round"].queryset
    assert list(chooses) == [theirs]
    form = client.get("/rounds/new/").context["form"]
    assert [code for code, _label in form.fields["cities"].choices] == ["990100"]
