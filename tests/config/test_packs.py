"""A pack is loaded whole or not at all, and twice is the same as once."""

from __future__ import annotations

import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.packs import pack_check
from parks.models import Zone
from policy.models import Carrier, Provision
from targets.enums import Measure
from targets.models import Target

PACK = Path(__file__).resolve().parents[2] / "packs" / "henan-2017"

pytestmark = pytest.mark.django_db


def test_the_pack_has_no_fault(pack: None) -> None:
    assert pack_check(PACK) == []


def test_loading_again_changes_nothing(pack: None) -> None:
    before = [(model, model.objects.count()) for model in (Zone, Provision, Target, Carrier)]
    target = Target.objects.get(code="T01")
    target.tolerance_pct = 5  # set by the office
    target.save()
    call_command("load_pack", PACK, stdout=StringIO())
    assert [(model, model.objects.count()) for model, _ in before] == before
    target.refresh_from_db()
    assert target.tolerance_pct == 5


def test_every_fault_of_every_part_is_listed_and_nothing_is_written(db: None, tmp_path: Path) -> None:
    broken = tmp_path / "pack"
    shutil.copytree(PACK, broken)
    provisions = broken / "policy" / "provisions.csv"
    provisions.write_text(provisions.read_text().replace("提升土地产出率", "提升土地的产出率", 1))
    targets = broken / "targets" / "targets.yaml"
    text = targets.read_text()
    targets.write_text(
        text.replace("code: T02", "code: T01", 1).replace("indicator: new_rd_bodies", "indicator: nothing")
    )
    errors = StringIO()
    with pytest.raises(CommandError, match="未写入任何数据"):
        call_command("load_pack", broken, stderr=errors, stdout=StringIO())
    listed = errors.getvalue()
    assert "P002" in listed
    assert "T01" in listed
    assert "nothing" in listed
    assert not Zone.objects.exists()
    assert not Provision.objects.exists()


def test_the_targets_are_those_of_the_policy(pack: None) -> None:
    numeric = Target.objects.exclude(measure=Measure.QUALITATIVE)
    assert numeric.filter(year=2020).count() == 12
    standing = numeric.exclude(year=2020)
    assert {target.code: (target.year, target.provision.code) for target in standing} == {
        "R01": (None, "P024"), "R02": (None, "P032"), "R03": (None, "P146"), "R04": (None, "P154"),
    }  # fmt: skip
    goals = Target.objects.filter(year=2025)
    assert goals.count() == 5
    assert {goal.value for goal in goals} == {None}  # the policy names no number for 2025


def test_what_carries_a_provision_out_can_be_opened(pack: None) -> None:
    for carrier in Carrier.objects.all():
        assert carrier.get_absolute_url().startswith("/")
    headline = Provision.objects.get(code="P002").instrument  # 土地产出率
    assert headline.carriers.filter(url_name="indicator_detail", url_arg="land_output_rate").exists()
