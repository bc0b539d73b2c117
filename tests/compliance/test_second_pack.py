"""A made-up province beside the first: loaded without a line of code, and neither counts the other's."""

import shutil
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.enums import Role
from accounts.models import Organisation, User
from compliance.checking import check_all
from compliance.models import Breach, RuleCheck
from config.packs import pack_check
from parks.models import Zone
from policy.enums import ProvisionStatus
from policy.models import Carrier, Document
from policy.standing import provision_states
from registers.models import Register
from targets.models import Target
from tests.compliance.test_rules import office, person
from tests.config.test_packs import PACK

__all__ = ["office"]
SECOND = PACK.parent / "yunze-demo"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]


def load() -> None:
    call_command("load_pack", SECOND, stdout=StringIO())


def test_it_loads_beside_the_first_and_each_checks_its_own(office):
    check_all()
    henan = Document.objects.get(code="henan-2017-159")
    before = RuleCheck.objects.get(document=henan, rule="one_zone_per_county").examined
    carriers = set(Carrier.objects.values_list("instrument_id", "owner", "url_name", "url_arg"))
    broken = Breach.objects.filter(document=henan).count()
    registers = Register.objects.active().count()
    load()
    load()
    assert carriers < set(Carrier.objects.values_list("instrument_id", "owner", "url_name", "url_arg"))
    check_all()
    assert RuleCheck.objects.get(document=henan, rule="one_zone_per_county").examined == before
    assert Breach.objects.filter(document=henan).count() == broken
    yunze = Document.objects.get(code="yunze-demo")
    found = {breach.label: breach.facts["count"] for breach in Breach.objects.filter(document=yunze)}
    assert found == {"云上县（演示）": 2, "云下县（演示）": 0}
    codes = {each.pk: each.code for each in yunze.provisions.all()}
    states = {codes[pk]: state for pk, state in provision_states(yunze, office).items()}
    assert states["Y003"].status == ProvisionStatus.BREACH
    assert states["Y002"].status == ProvisionStatus.CARRIED
    assert "国家级 1" in states["Y002"].words
    assert states["Y005"].status == ProvisionStatus.NO_DATA  # methods are each province's own, and it brings none
    assert states["Y004"].status == ProvisionStatus.NO_DATA
    assert Register.objects.get(code="yunze_incubators").instrument.document == yunze
    assert Register.objects.active().count() == registers + 1
    assert Target.objects.get(code="YZ1").provision.code == "Y001"


def test_nobody_of_one_province_sees_the_other(office):
    load()
    assert not Zone.objects.visible_to(office).filter(code="Z901").exists()
    other = person("yunze", Role.OFFICE_LEAD, "office-yunze")
    assert set(Zone.objects.visible_to(other).values_list("code", flat=True)) == {"Z901", "Z902"}
    commerce = person("commerce", Role.DEPARTMENT_OFFICER, "office-yunze-commerce")
    assert set(Zone.objects.visible_to(commerce).values_list("code", flat=True)) == {"Z901", "Z902"}
    own = person("own", Role.DEPARTMENT_OFFICER, "dept-ecology")
    assert not Zone.objects.visible_to(own).filter(code="Z901").exists()
    assert Organisation.objects.get(code="dept-commerce").parent.code == "office"


def test_codes_that_clash_are_named_and_nothing_is_written(tmp_path):
    broken = tmp_path / "pack"
    shutil.copytree(SECOND, broken)
    for file, old, new in (
        ("parks/zones.csv", "Z901", "Z001"),
        ("parks/organisations.yaml", "code: office-yunze", "code: office"),
        ("parks/regions.csv", "office-yunze", "office"),
        ("targets/targets.yaml", "YZ1", "T01"),
        ("policy/provisions.csv", "Y004", "P004"),
        ("policy/instruments.csv", "Y004", "P004"),
        ("registers/yunze_incubators.yaml", "Y004", "P004"),
    ):
        path = broken / file
        path.write_text(path.read_text().replace(old, new))
    assert {"Z001", "office", "T01", "P004"} <= {fault.where for fault in pack_check(broken)}
    with pytest.raises(CommandError, match="未写入任何数据"):
        call_command("load_pack", broken, stderr=StringIO(), stdout=StringIO())
    assert Zone.objects.get(code="Z001").name == "郑州经济技术开发区"
    assert not Document.objects.filter(code="yunze-demo").exists()


def test_the_reader_shows_the_newest_and_offers_the_other(client):
    load()
    client.force_login(User.objects.create_user("reader"))
    page = client.get("/policy/")
    assert page.context["reader"].document.code == "henan-2017-159"
    other = client.get("/policy/Y003/")
    assert other.context["reader"].document.code == "yunze-demo"
    assert len(other.context["reader"].provisions) == 5
