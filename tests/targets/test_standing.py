"""Requirements without a year, and targets that read registers and the checks of rules."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from compliance.checking import check_all
from compliance.models import Breach, RuleCheck
from compliance.services import exemption_grant, exemption_withdraw
from indicators.models import ProvinceValue
from registers.models import Entry, Register
from registers.services import entry_change, entry_withdraw
from targets.enums import TargetStatus
from targets.models import Progress, Target
from targets.tasks import progress_refresh

pytestmark = pytest.mark.django_db

TUNNELS = """
    SELECT sum((e.data->>'tunnel_length')::numeric), sum((e.data->>'road_length')::numeric), count(*)
    FROM registers_entry e JOIN registers_register r ON r.id = e.register_id JOIN parks_zone z ON z.id = e.zone_id
    WHERE r.code = 'new_roads' AND e.withdrawn_at IS NULL AND e.data->>'opened_date' LIKE %s
    AND EXISTS (SELECT FROM parks_designation d WHERE d.zone_id = z.id AND d.zone_class = 'cluster'
                AND (d.valid_from IS NULL OR d.valid_from <= %s) AND (d.valid_to IS NULL OR d.valid_to > %s))
"""


@pytest.fixture
def office(demo: None) -> User:
    return User.objects.get(username="lead")


def now(code: str) -> Progress:
    progress_refresh()
    return Progress.objects.filter(target__code=code).latest("year")


def test_a_share_of_a_register_by_plain_sql_and_its_entries(office: User) -> None:
    """R03, P146: tunnels to new roads of the cluster zones, both summed first; a changed entry moves it, without any return."""
    progress_refresh()
    with connection.cursor() as cursor:
        cursor.execute(TUNNELS, ["2024%", "2024-12-31", "2024-12-31"])
        tunnels, roads, entries = cursor.fetchone()
    row = Progress.objects.get(target__code="R03", year=2024)
    assert roads > 100
    assert (row.numerator, row.denominator) == (tunnels, roads)
    assert float(row.value or 0) == pytest.approx(float(100 * tunnels / roads), abs=1e-4)
    assert row.detail["register"] == {
        "code": "new_roads", "figure": "tunnel_ratio", "entries": entries, "undated": 0,
        "number": pytest.approx(float(100 * tunnels / roads)),
    }  # fmt: skip
    assert row.status == (TargetStatus.MET if (row.value or 0) >= 30 else TargetStatus.NOT_MET)  # it holds at any time
    nearest = row.detail["nearest"]
    assert nearest
    assert all(share < 30 and gap == pytest.approx(30 - share) for _zone, share, gap in nearest)
    assert [gap for *_rest, gap in nearest] == sorted(gap for *_rest, gap in nearest)

    entry = Entry.objects.filter(
        register__code="new_roads", dated__year=2024, zone__code__in=row.detail["units"]
    ).first()
    assert entry is not None
    entry_change(by=office, entry_id=entry.pk, given={"tunnel_length": "0"}, base_revision=entry.revision)
    progress_refresh()
    moved = Progress.objects.get(target__code="R03", year=2024)
    assert moved.numerator == tunnels - Decimal(str(entry.data["tunnel_length"]))
    page = Client()
    page.force_login(office)
    shown = page.get(reverse("target_detail", args=["R03"]) + "?year=2024").content.decode()
    assert reverse("entry_list", args=["new_roads"]) in shown
    assert "长期有效" in shown


def test_a_series_nobody_entered_is_counted_from_the_register(office: User) -> None:
    """T08: the figure entered counts, with the register's beside it; without one the register's counts."""
    progress_refresh()
    entered = Progress.objects.get(target__code="T08", year=2025)
    assert entered.value == ProvinceValue.objects.get(indicator__code="new_rd_bodies", year=2025).number
    counted = entered.detail["register"]
    assert (counted["code"], counted["number"]) == ("innovation_platforms", 131)
    ProvinceValue.objects.filter(indicator__code="new_rd_bodies", year=2025).delete()
    entry = Entry.objects.filter(register__code="innovation_platforms", data__is_new_rd_body=True).first()
    assert entry is not None
    entry_withdraw(by=office, entry_id=entry.pk, reason="演示撤销", base_revision=entry.revision)
    progress_refresh()
    assert Progress.objects.get(target__code="T08", year=2025).value == 130


def test_a_rule_is_read_as_its_newest_check_says(office: User) -> None:
    """R01: counties with just one zone; an exemption with its document counts as kept, until it is taken back."""
    check_all()
    check = RuleCheck.objects.get(rule="one_zone_per_county", document__code="henan-2017-159")
    breaches = Breach.objects.standing().filter(rule="one_zone_per_county", document=check.document)
    broken = breaches.count()
    row = now("R01")
    assert (row.year, row.denominator) == (timezone.localdate().year, check.examined)
    assert row.numerator == check.examined - broken > 0
    # Counties of which nobody knows whether a zone lies there are not examined: with many of them a miss is not called one.
    few = check.examined < 0.8 * (check.examined + check.unknown)
    assert row.status == (TargetStatus.PARTIAL if few else TargetStatus.NOT_MET)

    until = timezone.localdate() + timedelta(days=30)
    exemption = exemption_grant(by=office, breach=breaches[0], reason="历史形成", basis="会议纪要1号", until=until)
    assert now("R01").numerator == check.examined - broken + 1
    exemption_withdraw(by=office, exemption=exemption, reason="登记有误")
    assert now("R01").numerator == check.examined - broken
    # Nobody was merged yet: a rule without any subject says nothing.
    assert now("R02").status == TargetStatus.NO_DATA
    assert now("R04").value == 100

    page = Client()
    page.force_login(office)
    board = page.get(reverse("target_list") + "?year=2024").content.decode()
    assert "长期有效的要求" in board
    shown = page.get(reverse("target_detail", args=["R01"])).content.decode()
    assert reverse("rule_check", args=["one_zone_per_county"]) in shown


def test_what_a_rule_came_to_in_earlier_years_is_kept(office: User) -> None:
    check_all()
    row = now("R01")
    Progress.objects.filter(pk=row.pk).update(year=row.year - 1)  # a year has gone by
    check_all()
    progress_refresh()
    years = Progress.objects.filter(target__code="R01").order_by("year").values_list("year", flat=True)
    assert list(years) == [row.year - 1, row.year]


def test_the_demonstration_shows_every_act_on_targets(office: User) -> None:
    """Quotas of cities and zones, late data beside what was reported, judgements with their evidence, each marked."""
    page = Client()
    page.force_login(office)
    divided = page.get(reverse("target_detail", args=["T03"]) + "?year=2024&city=410100").content.decode()
    assert "分解指标：第 1 版" in divided
    late = Target.objects.get(code="T08").reported.filter(year=2023)
    first, second = late.order_by("vintage")
    assert (second.vintage, (second.value or 0) - (first.value or 0)) == (2, 6)
    assert first.synthetic
    assert second.note.startswith("演示")
    goals = Target.objects.filter(code__startswith="Q")
    assert all(goal.judgements.get(year=2025).synthetic for goal in goals)
    assert Register.objects.get(code="city_industry_demos").entries.exists()
