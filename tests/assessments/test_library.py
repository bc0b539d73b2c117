"""The library of published methods (方法库): checked with the pack, read in the portal, never run."""

import shutil
from pathlib import Path

import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from assessments import loading
from assessments.enums import SchemeStatus
from assessments.forms import StartForm
from assessments.models import Scheme
from common.packs import Fault
from tests.assessments.conftest import SCHEME, YEAR, get, text_of

PACK = Path("packs/henan-2017")
METHOD = SCHEME.replace("official: true", "official: false").replace("code: small", "code: read-only")


@pytest.fixture
def root(tmp_path):
    """A pack with one method in its library and one among the historical ones."""
    for folder in ("schemes/library", "schemes/historical", "policy"):
        (tmp_path / folder).mkdir(parents=True)
    shutil.copy(PACK / "policy/provisions.csv", tmp_path / "policy")
    write(tmp_path, METHOD.replace("zone_class: cluster", "zone_class: enterprise"))
    write(tmp_path, METHOD.replace("read-only", "old"), "historical/old.yaml")
    return tmp_path


def write(root, text, name="library/method.yaml"):
    (root / "schemes" / name).write_text(text, encoding="utf-8")


def faults(root):
    found: list[Fault] = []
    loading.check(root, found)
    return " ".join(map(str, found))


@pytest.mark.django_db
def test_a_method_of_the_library_is_kept_but_not_published(root):
    """Its indicators need not be in the catalogue: nobody is asked for them."""
    assert faults(root) == ""
    assert loading.load(root) == {"schemes": 0, "library": 2}
    method = Scheme.objects.get(code="read-only")
    assert (method.status, method.subject) == (SchemeStatus.LIBRARY, "企业")
    assert not Scheme.objects.published().exists()
    reader = User(username="root", is_superuser=True, is_active=True)
    assert StartForm({"scheme": method.pk, "year": YEAR}, user=reader).errors["scheme"]


@pytest.mark.django_db
def test_its_text_follows_the_pack(root):
    loading.load(root)
    write(root, METHOD.replace("weight: 50", "weight: 40").replace("weight: 20", "weight: 30"))
    assert faults(root) == ""
    loading.load(root)
    assert "weight: 40" in Scheme.objects.get(code="read-only").text


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("official: false", "official: true", "official"),
        ("zone_class: cluster", "zone_class: planet", "planet"),
        ("weight: 50", "weight: 51", "101"),
        ("P197d", "P999", "P999"),
    ],
)
def test_its_files_are_checked_like_the_others(root, old, new, said):
    assert old in METHOD
    write(root, METHOD.replace(old, new))
    assert said in faults(root)
    assert "library/method.yaml" in faults(root)


@pytest.mark.django_db
def test_it_takes_no_code_of_a_published_scheme(root, province):
    write(root, METHOD.replace("read-only", province.scheme.code))
    assert "已有这一代码" in faults(root)


@pytest.fixture
def staff(pack):
    user = User.objects.create_user("staff", password="x")
    office = Organisation.objects.get(code="office")
    Membership.objects.create(user=user, organisation=office, role=Role.OFFICE_STAFF)
    return user


def test_every_method_of_the_pack_can_be_read(client, staff):
    listed = get(client, staff, "scheme_list")
    methods = Scheme.objects.library()
    assert {"cluster-2017", "cluster-2023", "land-tdt1029", "wanjiang"} <= set(methods.values_list("code", flat=True))
    assert "方法库" in text_of(listed)
    for method in methods:
        assert method.get_absolute_url() in listed.content.decode()
        page = get(client, staff, "scheme_detail", method.pk)
        assert page.status_code == 200
        assert page.context["page"].tree
    assert not {scheme.code for scheme in listed.context["schemes"]} & set(methods.values_list("code", flat=True))


def test_both_sets_of_weights_stand_side_by_side(client, staff):
    page = get(client, staff, "scheme_detail", Scheme.objects.get(code="wanjiang").pk)
    assert list(page.context["page"].weight_sets.values()) == ["目标任务", "发展成效"]
    rows = {row.name: row.shares for row in page.context["page"].tree}
    assert rows["财政收入"] == pytest.approx((12, 7))
    assert rows["新兴产业比重"] == (None, pytest.approx(5))


def test_codes_of_other_subjects_are_not_those_of_the_zones_catalogue(client, staff):
    """A city's GDP is not the zone's indicator of that code, nor in its unit."""
    rows = {
        code: get(client, staff, "scheme_detail", Scheme.objects.get(code=code).pk).context["page"].tree
        for code in ("wanjiang", "land-tdt1029")
    }
    assert not any(row.in_catalogue for row in rows["wanjiang"])
    assert any(row.in_catalogue for row in rows["land-tdt1029"])


def test_what_a_gate_asks_is_told(client, staff):
    text = text_of(get(client, staff, "scheme_detail", Scheme.objects.get(code="enterprise-anyang-2018").pk))
    assert "总分居前 50% 的，按亩均税收、研发投入强度由高到低取参评数的 15%" in text


def test_the_library_is_not_among_the_schemes_of_the_interface(client, staff):
    client.force_login(staff)
    body = client.get(reverse("scheme-list")).json()
    assert {scheme["status"] for scheme in body["results"]} == {"published"}
