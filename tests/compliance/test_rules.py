"""Rules over the real registry: what breaks them, since when, until when, who sees it, what is exempt."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from compliance.checking import check_all
from compliance.exceptions import Refused
from compliance.models import Breach, Exemption, RuleCheck
from compliance.rules import RULES
from compliance.selectors import check_lines, lines_of, visible_breaches
from compliance.services import exemption_grant, exemption_withdraw
from compliance.tasks import rules_check
from parks.enums import SuccessionKind
from parks.models import Designation, Region, StatisticalShare, Zone, ZoneSuccession
from policy.models import Document, Instrument, Term
from policy.services import ruling_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]


def person(name: str, role: str, code: str) -> User:
    user = User.objects.create_user(name)
    Membership.objects.create(user=user, role=role, organisation=Organisation.objects.get(code=code))
    return user


@pytest.fixture
def office() -> User:
    return person("office", Role.OFFICE_LEAD, Organisation.objects.get(parent=None).code)


def standing(rule: str) -> dict[str, Breach]:
    return {breach.subject_key: breach for breach in Breach.objects.standing().filter(rule=rule)}


def is_exempt(breach: Breach, day: date) -> bool:
    rows: Any = Breach.objects.with_exempt(day)
    return bool(rows.get(pk=breach.pk).exempt)


def merge(successor: Zone, parks: list[Zone], on: date = date(2020, 1, 1)) -> None:
    for park in parks:
        ZoneSuccession.objects.create(
            predecessor=park,
            successor=successor,
            kind=SuccessionKind.MERGER,
            on=on,
            share_pct=100,
            document="〔2020〕1号",
        )


def test_every_rule_of_the_policy_is_there_and_says_how_it_stands():
    check_all()
    asked = set(Instrument.objects.filter(kind="rule").values_list("key", flat=True))
    assert {rule.instrument for rule in RULES.values()} >= asked
    assert set(RuleCheck.objects.values_list("rule", flat=True)) == set(RULES)
    checked = RuleCheck.objects.get(rule="plan_conformity")
    assert (checked.state, checked.force, checked.examined) == ("checked", "hard", 0)
    assert RuleCheck.objects.get(rule="one_zone_per_county").force == "soft"
    assert RuleCheck.objects.get(rule="exit_trigger_safety").state == "undecided"
    for rule in RULES.values():
        assert rule.needs or rule.check is not None, rule.key


def test_one_zone_per_county_counts_areas_once_whatever_their_plates():
    check_all()
    found = standing("one_zone_per_county")
    jiyuan = Region.objects.get(name="济源市", valid_to_year=None)
    areas = {
        plate.zone_id
        for plate in Designation.objects.in_force_on(timezone.localdate()).filter(zone__city=jiyuan)
        if plate.zone_class != "customs"
    }
    assert found[jiyuan.code].facts["count"] == len(areas) == 3
    line = lines_of([found[jiyuan.code]])[0]
    assert "济源" in line.what
    assert line.provisions == ["P024"]
    with translation.override("en"):
        assert "has 3 zones" in lines_of([found[jiyuan.code]])[0].what


def test_a_second_check_changes_nothing_and_a_breach_that_comes_again_is_another_row():
    first = check_all()
    before = list(Breach.objects.order_by("pk").values_list("pk", "first_seen", "facts"))
    again = check_all()
    assert (again.found, again.new, again.ended) == (first.found, 0, 0)
    assert list(Breach.objects.order_by("pk").values_list("pk", "first_seen", "facts")) == before
    breach = next(each for each in standing("one_zone_per_county").values() if each.facts["count"] == 2)
    zone = Zone.objects.filter(county=breach.region).earliest("code")
    plates = Designation.objects.filter(zone=zone, valid_to=None)
    kept = [plate.pk for plate in plates]
    plates.update(valid_to=timezone.localdate())
    check_all()
    breach.refresh_from_db()
    assert breach.ended_at is not None
    Designation.objects.filter(pk__in=kept).update(valid_to=None)
    check_all()
    renewed = standing("one_zone_per_county")[breach.subject_key]
    assert renewed.pk != breach.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Breach.objects.filter(pk=breach.pk).update(label="改写")


def test_the_task_checks_when_something_was_written_and_rests_otherwise():
    assert rules_check() >= 0
    assert rules_check() == -1
    zone = Zone.objects.first()
    zone.note = "改动"
    zone.save()
    assert rules_check() >= 0
    assert rules_check() == -1
    assert rules_check(whatever=True) >= 0


def test_more_than_three_blocks_by_the_lineage(office):
    zones = list(Zone.objects.exclude(county=None).order_by("code")[:5])
    merge(zones[0], zones[1:3])
    check_all()
    assert zones[0].code not in standing("max_three_blocks")
    merge(zones[0], zones[3:4], on=date(2021, 5, 1))
    check_all()
    breach = standing("max_three_blocks")[zones[0].code]
    assert (breach.facts["blocks"], breach.since) == (4, date(2021, 5, 1))
    ruling_record(
        by=office, term=Term.objects.get(key="max_blocks"), value=Decimal(4), text="", basis="〔2021〕2号",
        decided_on=date(2021, 6, 1),
    )  # fmt: skip
    check_all()
    assert zones[0].code not in standing("max_three_blocks")


def test_splits_make_a_whole_even_past_the_trigger():
    zone, region = Zone.objects.earliest("code"), Region.objects.filter(level="county").earliest("code")
    StatisticalShare.objects.create(zone=zone, region=region, from_year=2020, share_pct=100, document="协议")
    check_all()
    assert not standing("merged_stat_split")
    with pgtrigger.ignore("parks.StatisticalShare:statistical_shares_whole"):
        StatisticalShare.objects.filter(zone=zone).update(share_pct=80)
        connection.check_constraints()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    check_all()
    assert standing("merged_stat_split")[f"{zone.code}:2020"].facts["total"] == "80"


def test_an_approved_area_changes_with_its_document_or_is_a_breach():
    plates = list(Designation.objects.exclude(approved_area_ha=None).order_by("pk")[:2])
    for plate, document in zip(plates, ("", "国函〔2020〕9号"), strict=True):
        plate.approved_area_ha = Decimal(9999)
        plate.approval_document = document or plate.approval_document
        plate.save()
    check_all()
    found = standing("no_arbitrary_change")
    assert plates[0].zone.code in found
    assert plates[1].zone.code not in found
    assert "批准文号没有变" in lines_of([found[plates[0].zone.code]])[0].what


def test_a_built_area_beyond_every_known_limit_is_a_breach_within_the_tolerance_not():
    zone = Zone.objects.exclude(built_area_km2=None).exclude(planned_area_km2=None).earliest("code")
    zone.designations.update(approved_area_ha=None)
    zone.planned_area_km2, zone.built_area_km2 = Decimal(10), Decimal("10.4")
    zone.save(update_fields=["built_area_km2", "planned_area_km2"])
    check_all()
    held = standing("no_arbitrary_change").get(zone.code)
    assert held is None or all(kind != "built" for kind, _ in held.facts["areas"])
    Zone.objects.filter(pk=zone.pk).update(built_area_km2=Decimal("10.6"))
    check_all()
    areas = standing("no_arbitrary_change")[zone.code].facts["areas"]
    assert ["built", {"built": "10.60", "limit": "10.00"}] in areas


def test_who_leads_a_merger():
    national = Designation.objects.in_force_on(timezone.localdate()).filter(level="national").first().zone
    listed = Designation.objects.filter(catalogue_2018=True).exclude(zone=national).values("zone")
    plain = Zone.objects.exclude(pk__in=listed).exclude(designations__level="national").order_by("code")
    merge(national, [plain[2]])
    merge(plain[0], [plain[1]])
    check_all()
    found = standing("lead_zone_eligibility")
    assert plain[0].code in found
    assert national.code not in found


def test_an_exemption_is_counted_apart_ends_by_itself_and_is_never_rewritten(office):
    check_all()
    breach = next(iter(standing("one_zone_per_county").values()))
    today = timezone.localdate()
    city = person("city", Role.CITY_REVIEWER, "city-410100")
    with pytest.raises(PermissionDenied):
        exemption_grant(by=city, breach=breach, reason="理由", basis="文件", until=today)
    with pytest.raises(Refused) as refused:
        exemption_grant(by=office, breach=breach, reason=" ", basis="", until=today - timedelta(days=1))
    assert set(refused.value.faults) == {"reason", "basis", "until"}
    exemption = exemption_grant(by=office, breach=breach, reason="历史形成", basis="〔2019〕7号", until=today)
    line = next(line for line in check_lines(office) if line.rule.key == "one_zone_per_county")
    assert line.exempt == 1
    assert is_exempt(breach, today)
    assert not is_exempt(breach, today + timedelta(days=1))
    with pytest.raises(Refused):
        exemption_grant(by=office, breach=breach, reason="再来", basis="〔2019〕8号", until=today)
    for change in ({"until": today + timedelta(days=900)}, {"reason": "改写"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Exemption.objects.filter(pk=exemption.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Exemption.objects.filter(pk=exemption.pk).delete()
    exemption_withdraw(by=office, exemption=exemption, reason="登记有误")
    assert not is_exempt(breach, today)


def test_a_limit_nobody_set_judges_nothing_until_the_office_sets_it(office):
    check_all()
    assert RuleCheck.objects.get(rule="exit_trigger_resource").state == "undecided"
    ruling_record(
        by=office, term=Term.objects.get(key="low_land_output"), value=Decimal(10), text="", basis="〔2018〕3号",
        decided_on=date(2018, 3, 1),
    )  # fmt: skip
    check_all()
    check = RuleCheck.objects.get(rule="exit_trigger_resource")
    assert check.state == "checked"
    assert check.unknown > 0  # no returns in the pack: nobody is judged without figures
    assert not standing("exit_trigger_resource")


def test_people_see_breaches_of_their_territory(office):
    check_all()
    city = person("city", Role.CITY_REVIEWER, "city-410900")
    everything = set(visible_breaches(office).values_list("pk", flat=True))
    own = list(visible_breaches(city))
    assert own
    assert {breach.region.code[:4] for breach in own if breach.region} <= {"4109"}
    assert len(everything) == Breach.objects.count() > len(own)
    assert not visible_breaches(User.objects.create_user("nobody")).exists()


def test_the_number_of_queries_does_not_grow_with_the_rows():
    check_all()
    with CaptureQueriesContext(connection) as before:
        check_all()
    zones = list(Zone.objects.exclude(county=None).order_by("code")[:40])
    for first in range(0, 40, 5):
        merge(zones[first], zones[first + 1 : first + 5])
    with CaptureQueriesContext(connection) as grown:
        check_all()
    assert Breach.objects.standing().filter(rule="max_three_blocks").count() == 8
    # New, changed and ended rows cost a statement each, with a savepoint, however many they are.
    assert len(grown) <= len(before) + 5


def test_a_document_covers_its_own_province():
    other = Document.objects.create(
        code="other", number="〔2020〕1号", title="他省", title_en="Other", issuer="他省", issued_on=date(2020, 1, 1),
        region_code="990000", text="x",
    )  # fmt: skip
    Instrument.objects.create(document=other, key="one_zone_per_county", kind="rule", name_zh="一县一区", name_en="One",
                              subject="region", fields="force=hard|condition=x|on_fail=warn")  # fmt: skip
    Term.objects.create(
        document=other, key="county_count", word="x", question_zh="x", question_en="x", start=1, position=1
    )
    check_all()
    check = RuleCheck.objects.get(document=other, rule="one_zone_per_county")
    assert (check.force, check.state, check.examined) == ("hard", "checked", 0)
    assert not Breach.objects.filter(document=other).exists()
