"""Two policies in one database, both with zones and figures: each shows what it shows alone."""

import re
import shutil
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from accounts.enums import Role
from accounts.models import User
from compliance.checking import check_all
from config import home
from config.packs import pack_check
from indicators.enums import Channel, ValueSource
from indicators.models import CheckRule, Indicator, ProvinceValue, Value
from indicators.services import province_value_save
from parks.models import Region, Zone
from policy.models import Document
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
