"""Development axes: what the policy names, what the office registers, what follows on the policy's page."""

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.test import Client

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from parks.axes import axis_lines, empty_axes
from parks.enums import SpatialAxis
from parks.exceptions import AxisInvalid
from parks.models import Region, RegionAxis
from parks.services import axis_places_set
from policy.enums import ProvisionStatus
from policy.models import Document
from policy.standing import provision_states
from policy.words import settings_elsewhere

pytestmark = pytest.mark.django_db
GROUND = "省联席会议办公室〔2018〕3号"
# Made up for the test: no source says so.
PLACES = {"longhai": ["410200", "410300"], "jingguang": ["410122", "410500"], "jinan_chongqing": ["410100", "410900"]}


def person(role, code):
    user = User.objects.create_user(f"{role}-{code}", display_name="王登记")
    Membership.objects.create(user=user, role=role, organisation=Organisation.objects.get(code=code))
    return user


def province():
    return Region.objects.get(code="410000")


def placed(by, axis, places, document=GROUND):
    line = next(line for line in axis_lines(province().code) if line.axis == axis)
    return axis_places_set(by=by, province=province(), axis=axis, places=places, document=document, base=line.version)


def states(user):
    document = Document.objects.get(code="henan-2017-159")
    codes = dict(document.provisions.values_list("pk", "code"))
    return {codes[pk]: state for pk, state in provision_states(document, user).items()}


def test_the_pack_brings_what_the_text_names_and_no_more(pack):
    rows = RegionAxis.objects.values_list("axis", "region__code", "recorded_by")
    assert sorted(rows) == [("jinan_chongqing", "410100", None), ("taiyuan_hefei", "410100", None)]
    quotes = set(RegionAxis.objects.values_list("quote", flat=True))
    assert len(quotes) == 1
    assert quotes.pop() in Document.objects.get(code="henan-2017-159").text
    assert empty_axes("41") == [SpatialAxis.LONGHAI, SpatialAxis.JINGGUANG]


def test_what_the_office_takes_off_stays_off_and_the_history_says_why(pack):
    office = person(Role.OFFICE_LEAD, "office")
    added, removed = placed(office, "taiyuan_hefei", ["411000"])
    assert ([region.code for region in added], [region.code for region in removed]) == (["411000"], ["410100"])
    call_command("load_pack", "packs/henan-2017", verbosity=0)
    assert [row.region.code for row in RegionAxis.objects.filter(axis="taiyuan_hefei")] == ["411000"]
    told = apps.get_model("parks", "RegionAxisHistory").objects.filter(axis="taiyuan_hefei", pgh_label="delete").get()
    assert (told.region.code, told.document, told.recorded_by) == ("410100", GROUND, office)


def test_what_is_refused(pack):
    office, park = person(Role.OFFICE_LEAD, "office"), person(Role.PARK_MANAGER, "park-Z001")
    with pytest.raises(PermissionDenied):
        placed(park, "longhai", ["410200"])
    with pytest.raises(AxisInvalid) as told:
        axis_places_set(by=office, province=province(), axis="longhai", places=["320100"], document=" ", base="410100")
    assert [message[:8] for message in told.value.messages] == [
        "这一轴带的范围在",
        "不是本省现有的市",
        "请填写确定这一范",
    ]
    with pytest.raises(AxisInvalid, match="没有改动"):
        placed(office, "longhai", [])
    assert not RegionAxis.objects.filter(axis="longhai").exists()


def test_the_policy_page_waits_and_then_shows_the_shares(demo):
    office = User.objects.get(username="lead")
    before = states(office)
    assert before["P038"].status == before["P040"].status == ProvisionStatus.UNDECIDED
    assert "沿陇海发展主轴、沿京广发展主轴包括哪些地方未定" in before["P038"].words
    assert len(before["P040"].standings) == 1
    document = Document.objects.get(code="henan-2017-159")
    line = next(line for line in settings_elsewhere(document) if line.word == "四轴")
    assert (line.state, line.provision, line.set_by) == ("term_open", "P038", "")

    for axis, places in PLACES.items():
        placed(office, axis, places)
    after = states(office)
    assert (after["P038"].status, after["P040"].status) == (ProvisionStatus.CARRIED, ProvisionStatus.CARRIED)
    assert "沿陇海发展主轴 2、沿京广发展主轴 2" in after["P038"].words
    shares = [standing for standing in after["P040"].standings if "占比" in standing.words]
    assert [standing.words.split("：")[0] for standing in shares] == [str(axis.label) for axis in SpatialAxis]
    assert all(standing.series and standing.synthetic for standing in shares)
    line = next(line for line in settings_elsewhere(document) if line.word == "四轴")
    assert (line.state, line.set_by) == ("term_decided", str(office))
    # The figure of the policy's page is that of the page of figures.
    from indicators.selectors import matrix, rollup
    from indicators.selectors.figures import memberships

    frame = matrix(codes=["emerging_share", "emerging_industry_value_added", "industrial_value_added"])
    whole = rollup(frame, memberships("axis", frame.index))["emerging_share"]
    year, value = shares[0].series[-1]
    assert whole["longhai", year] == pytest.approx(value)


def test_the_page_registers_and_the_api_reads(pack):
    office, park = person(Role.OFFICE_LEAD, "office"), person(Role.PARK_MANAGER, "park-Z001")
    client = Client()
    client.force_login(park)
    page = client.get("/zones/axes/").content.decode()
    assert "/zones/axes/longhai/" not in page
    assert "济南—郑州—重庆、太原—郑州—合肥发展轴等四个主要轴带" in page
    assert client.get("/zones/axes/longhai/").status_code == 403
    client.force_login(office)
    assert client.get("/zones/axes/none/").status_code == 404
    base = client.get("/zones/axes/longhai/").context["form"].initial["base"]
    sent = {"places": ["410200", "410122"], "document": GROUND, "base": base}
    assert client.post("/zones/axes/longhai/", sent).status_code == 302
    again = client.post("/zones/axes/longhai/", sent)
    assert again.status_code == 422
    assert "已被他人修改" in again.content.decode()
    page = client.get("/zones/axes/").content.decode()
    assert "王登记" in page
    assert "中牟县 列入沿陇海发展主轴" in page
    found = client.get("/api/v1/axis-places/?axis=longhai").json()["results"]
    assert [(row["region"]["code"], row["document"], row["recorded_by"]) for row in found] == [
        ("410122", GROUND, "王登记"),
        ("410200", GROUND, "王登记"),
    ]
