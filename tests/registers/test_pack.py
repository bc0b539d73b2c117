"""Definitions in a pack: every fault at once with file and line, loading again, versions, the shipped pack."""

import shutil
from pathlib import Path

import pytest
import yaml

from common.packs import Fault
from config.packs import pack_check
from policy.models import Carrier, Instrument
from registers import loading
from registers.definition import Definition, faults
from registers.models import Register
from registers.pack import read_registers
from tests.registers.conftest import DEFINITION

PACK = Path(__file__).resolve().parents[2] / "packs/henan-2017"


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(PACK, tmp_path / "pack")
    return tmp_path / "pack"


def found(root):
    listed: list[Fault] = []
    read_registers(root, listed)
    return [str(fault) for fault in listed]


def test_every_register_of_the_policy_is_defined():
    listed: list[Fault] = []
    definitions = read_registers(PACK, listed)
    assert listed == []
    import csv

    with (PACK / "policy/instruments.csv").open(encoding="utf-8") as stream:
        asked = {row["key"]: row for row in csv.DictReader(stream) if row["kind"] == "register"}
    by_instrument = {definition.instrument: definition for definition in definitions}
    assert asked.keys() <= by_instrument.keys()
    assert len(asked) == 46
    for key, row in asked.items():
        assert by_instrument[key].clauses == row["provisions"].split("|")


def test_all_faults_are_told_at_once_with_file_and_line(copy):
    path = copy / "registers/new_roads.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("unit: 公里, decimals: 3", "unit: 里, decimals: 3", 1).replace(
        "clauses: [P146]", "clauses: [P999]"
    )
    text = text.replace("tunnel_length <= road_length", "tunnel_length <= road")
    path.write_text(text.replace("kind: sum", "kind: total", 1), encoding="utf-8")
    told = found(copy)
    assert any("registers/new_roads.yaml [measures → new_road_km → kind（第 " in fault for fault in told)
    path.write_text(text, encoding="utf-8")
    told = found(copy)
    line = next(number for number, each in enumerate(text.splitlines(), 1) if "unit: 里" in each)
    assert any(f"fields → road_length → unit（第 {line} 行 line {line}）" in fault for fault in told)
    assert any("no such provision: P999" in fault for fault in told)
    assert any("rules → tunnel_within → formula" in fault for fault in told)


def test_a_file_that_is_no_yaml_names_its_line(copy):
    (copy / "registers/new_roads.yaml").write_text("code: new_roads\nname: [甲\nfields: {", encoding="utf-8")
    assert any("registers/new_roads.yaml [第 " in fault for fault in found(copy))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("type: money, minimum: 0}", "type: money, minimum: 9, maximum: 1}", "maximum below minimum"),
        ("type: integer, unit: 人", "type: integer, unit: 只", "not in the table of units"),
        ("type: document}", "type: document, choices: {a: [甲, A]}}", "choices belong to a choice"),
        ("type: document}", "type: document, past: true}", "for dates only"),
        ("links_to: works}", "links_to: ''}", "names its register"),
        ("code: document_no", "code: region", "system's own"),
        ("code: document_no", "code: amount", "more than once"),
        ("title: [name]", "title: [nothing]", "no such field"),
        ("date: started", "date: amount", "no field of dates"),
        ("unique: [[zone, name]]", "unique: [[zone, nothing]]", "no such field"),
        ("formula: paid <= amount", "formula: paid <= area", "unlike units"),
        ("formula: paid <= amount", "formula: paid + amount", "must be a condition"),
        ("formula: paid <= amount", "formula: paid <= lag(amount)", "no period before"),
        ("formula: paid <= amount", "formula: paid <= nothing", "there is no indicator"),
        ('unit: "%", formula: "100 * share', 'unit: "%", formula: "share', "the formula gives"),
        ("field: status\n", "field: amount\n", "is no choice"),
        ("under_way: [done]", "under_way: [gone]", "no such choice"),
        ("where: key_work, value", "where: key_work, part: key_work, value", "not for this kind"),
        ("where: key_work, value: amount", "where: key_work", "is missing: value"),
        ("where: key_work, value: amount", "where: exp(amount) > 1, value: amount", "may use only"),
        ("part: status__done, until", "until", "a share needs its part"),
        ("until: started, before", "in_year: started, before", "goes with until"),
        ("until: started, before: ended, indicator", "indicator", "needs in_year or until"),
        ("required_when: status__done", "required_when: amount", "must be a condition"),
    ],
)
def test_faults_within_a_definition(old, new, told):
    assert old in DEFINITION
    definition = Definition.model_validate(yaml.safe_load(DEFINITION.replace(old, new, 1)))
    assert any(told in what for _steps, what in faults(definition)), list(faults(definition))


def test_a_definition_in_order_has_no_faults():
    assert list(faults(Definition.model_validate(yaml.safe_load(DEFINITION)))) == []


def test_an_indicator_fed_by_a_register_must_be_in_the_catalogue(copy, db):
    path = copy / "registers/new_roads.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("indicator: new_road_length", "indicator: no_such"), "utf-8"
    )
    told = [str(fault) for fault in pack_check(copy)]
    assert any("registers/new_roads.yaml" in fault and "no_such" in fault for fault in told)


@pytest.mark.usefixtures("pack")
def test_loading_again_changes_nothing_and_a_new_wording_is_a_new_version(copy):
    before = {register.code: register.version for register in Register.objects.all()}
    assert set(before.values()) == {1}
    assert loading.load(copy) == {"Register": 68}
    assert {register.code: register.version for register in Register.objects.all()} == before
    path = copy / "registers/new_roads.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("道路名称", "路名"), encoding="utf-8")
    (copy / "registers/funds.yaml").unlink()
    loading.load(copy)
    roads = Register.objects.get(code="new_roads")
    assert (roads.version, [version.version for version in roads.versions.all()]) == (2, [1, 2])
    assert list(Register.objects.filter(active=False).values_list("code", flat=True)) == ["funds"]
    order = list(roads.spec.fields[0].name), list(Register.objects.get(code="land_parcels").spec.field("state").choices)
    assert order == (["路名", "Road"], ["normal", "idle", "inefficient"])


@pytest.mark.usefixtures("pack")
def test_every_register_instrument_is_carried_by_its_register():
    carried = set(Carrier.objects.filter(owner="registers").values_list("instrument__key", flat=True))
    asked = set(Instrument.objects.filter(kind="register").values_list("key", flat=True))
    assert asked <= carried
    assert {"project_fulfilment_rate", "funds_in_place_rate", "project_start_rate"} <= carried
