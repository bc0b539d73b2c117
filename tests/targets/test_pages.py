"""The office's pages on targets, as they are filled in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from parks.models import Region
from targets.models import QuotaSheet, Target

pytestmark = pytest.mark.django_db

FILLED = {
    "name_zh": "税收收入", "name_en": "Tax revenue", "year": "2030", "provision": "", "lead": "taxation", "operator": "ge",
    "value": "5000000", "unit": "万元", "zone_class": "cluster", "expression": "tax_revenue", "tolerance_pct": "0",
    "tolerance_by": "联席会议办公室", "path": "milestones", "milestones": "2027=3000000; 2028=4000000", "method": "escap",
    "judged_by": "联席会议办公室",
}  # fmt: skip


@pytest.fixture
def client(pack: None) -> Client:
    user = User.objects.create_user("lead1")
    Membership.objects.create(user=user, organisation=Organisation.objects.get(parent=None), role=Role.OFFICE_LEAD)
    client = Client()
    client.force_login(user)
    return client


def filled(**changes: str) -> dict[str, str]:
    provision = Target.objects.get(code="T01").provision
    return FILLED | {"provision": str(provision.pk)} | changes


def test_a_target_is_tried_out_then_saved_and_changed(client: Client) -> None:
    new = f"{reverse('target_new')}?kind=sum_zones"
    assert "税收" in client.get(new).content.decode()
    tried = client.post(new, filled(trial="1"))
    assert tried.status_code == 200
    assert "试算结果" in tried.content.decode()
    assert not Target.objects.filter(origin="office").exists()
    wrong = client.post(new, filled(unit="亩", expression="tax_revenue +"))
    assert wrong.status_code == 422
    assert "公式不完整" in wrong.content.decode()
    assert client.post(new, filled()).status_code == 302
    target = Target.objects.get(code="O2030-1")
    assert target.milestones == [[2027, 3_000_000], [2028, 4_000_000]]

    edit = reverse("target_edit", args=[target.code])
    shown = client.get(edit).content.decode()
    assert "2027=3e+06" not in shown
    assert 'value="tax_revenue"' in shown
    saved = client.post(edit, filled(value="6000000", change_note="会议纪要", base_revision="1"))
    assert saved.status_code == 302
    stale = client.post(edit, filled(value="7000000", change_note="会议纪要", base_revision="1"))
    assert stale.status_code == 422
    assert "已被他人修改" in stale.content.decode()
    assert "会议纪要" in client.get(reverse("target_detail", args=[target.code])).content.decode()


def test_quotas_that_do_not_sum_need_a_reason(client: Client) -> None:
    url = reverse("target_quotas", args=["T01"])
    cities = list(Region.objects.cities())
    parts = {f"part-{city.code}": "1" for city in cities}
    refused = client.post(url, parts | {"base_number": "0"})
    assert refused.status_code == 422
    assert "分解合计 18.00" in refused.content.decode()
    typed = client.post(url, parts | {f"part-{cities[0].code}": "三", "base_number": "0"})
    assert typed.status_code == 422
    assert "不是数字" in typed.content.decode()
    assert client.post(url, parts | {"base_number": "0", "reason": "留两个待定"}).status_code == 302
    sheet = QuotaSheet.objects.get()
    assert (sheet.total, sheet.reason, sheet.parts.count()) == (18, "留两个待定", 18)


def test_a_judgement_is_written_on_the_page(client: Client) -> None:
    url = reverse("target_judge", args=["Q02"])
    given = {"year": "2025", "verdict": "partly", "evidence": "省统计局公报第 3 页：比重提高。", "on": "2026-03-01"}
    assert client.post(url, given | {"evidence": "好"}).status_code == 422
    assert client.post(url, given).status_code == 302
    page = client.get(reverse("target_detail", args=["Q02"])).content.decode()
    assert "省统计局公报第 3 页" in page
    assert "部分达到" in client.get(reverse("target_list") + "?year=2025").content.decode()
