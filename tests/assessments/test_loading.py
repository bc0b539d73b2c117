"""Schemes of a pack: all faults at once, published once, never changed, and what they carry out."""

import shutil
from pathlib import Path

import pytest

from assessments import loading
from assessments.enums import SchemeStatus
from assessments.models import Scheme
from common.packs import Fault
from policy.models import Carrier
from tests.assessments.conftest import CODES, SCHEME

PACK = Path("packs/henan-2017")


@pytest.fixture
def root(tmp_path):
    """A pack with the small scheme, three indicators and the real clauses."""
    for folder in ("schemes", "indicators", "policy"):
        (tmp_path / folder).mkdir()
    shutil.copy(PACK / "policy/provisions.csv", tmp_path / "policy")
    (tmp_path / "indicators/catalogue.yaml").write_text(
        "indicators:\n" + "".join(f"  - code: {code}\n" for code in CODES), encoding="utf-8"
    )
    write(tmp_path, SCHEME)
    return tmp_path


def write(root, text, name="small.yaml"):
    (root / "schemes" / name).write_text(text, encoding="utf-8")


def faults(root):
    found: list[Fault] = []
    loading.check(root, found)
    return [str(fault) for fault in found]


@pytest.mark.django_db
def test_a_sound_pack_has_no_faults_and_loads_once(root):
    assert faults(root) == []
    assert loading.load(root) == {"schemes": 1, "library": 0}
    scheme = Scheme.objects.get()
    assert (scheme.code, scheme.version, scheme.zone_class, scheme.year_from) == ("small", "1.0", "cluster", 2020)
    assert scheme.status == SchemeStatus.PUBLISHED
    assert scheme.text == SCHEME
    assert scheme.digest == loading.digest_of(SCHEME)
    loading.load(root)
    assert Scheme.objects.get() == scheme


@pytest.mark.django_db
def test_a_published_text_never_changes_a_new_version_stands_beside_it(root):
    loading.load(root)
    write(root, SCHEME.replace("weight: 50", "weight: 40").replace("weight: 20", "weight: 30"))
    assert len(faults(root)) == 1
    assert "已发布" in faults(root)[0]
    write(root, SCHEME.replace('"1.0"', '"1.1"'), "newer.yaml")
    write(root, SCHEME)
    assert faults(root) == []
    loading.load(root)
    assert Scheme.objects.count() == 2


@pytest.mark.django_db
def test_every_fault_of_every_file_is_told(root):
    write(root, SCHEME.replace("weight: 50", "weight: 51").replace("clauses: [P196]", "clauses: []"), "a.yaml")
    write(root, SCHEME.replace("P197d", "P999").replace("indicator: rd_share", "indicator: unknown_thing"), "b.yaml")
    write(root, SCHEME.replace("theme: green, ", ""), "c.yaml")
    write(root, "- no mapping", "d.yaml")
    (root / "schemes/e.yaml").write_bytes(b"\xff\xfe")
    found = faults(root)
    for name, words in (
        ("a.yaml", "101"),
        ("a.yaml", "出处"),
        ("b.yaml", "P999"),
        ("b.yaml", "unknown_thing"),
        ("c.yaml", "绿色发展"),
        ("d.yaml", "名称: 值"),
        ("e.yaml", "UTF-8"),
        ("schemes ", "small 1.0"),
    ):
        assert any(name in fault and words in fault for fault in found), (name, words, found)


@pytest.mark.django_db
@pytest.mark.parametrize("theme", ["innovation", "green", "emerging"])
def test_a_scheme_without_a_mandatory_dimension_is_not_published(root, theme):
    write(root, SCHEME.replace(f"theme: {theme},", ""))
    assert any("P193" in fault for fault in faults(root))


@pytest.mark.django_db
def test_a_scheme_of_a_pack_is_official(root):
    write(root, SCHEME.replace("official: true", "official: false"))
    assert any("official" in fault for fault in faults(root))


def test_the_real_pack(pack):
    """All four classes have a scheme, each on the clauses it carries out."""
    assert set(Scheme.objects.published().values_list("zone_class", flat=True)) == {"cluster", "etdz", "htz", "customs"}
    carried = Carrier.objects.filter(owner="assessments")
    keys = set(carried.values_list("instrument__key", flat=True))
    assert {
        "assessment_scheme", "mandatory_dimensions", "dynamic_management", "priority_for_good_results",
        "exit_trigger_resource", "exit_trigger_environment", "exit_trigger_safety", "exit_trigger_performance",
        "exit_trigger_management",
    } <= keys  # fmt: skip
    assert all(carrier.get_absolute_url() for carrier in carried)


def test_loading_the_real_pack_again_changes_nothing(pack):
    rows = sorted(Carrier.objects.filter(owner="assessments").values_list("pk", "label_zh"))
    schemes = sorted(Scheme.objects.values_list("pk", "digest"))
    loading.load(PACK)
    assert sorted(Carrier.objects.filter(owner="assessments").values_list("pk", "label_zh")) == rows
    assert sorted(Scheme.objects.values_list("pk", "digest")) == schemes
