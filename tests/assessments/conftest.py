"""A small province with made-up zones and figures, a scheme of three indicators, and people who use it."""

import base64
import json
import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.urls import reverse

from accounts.enums import Duty, OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from assessments.enums import SchemeStatus
from assessments.loading import digest_of
from assessments.models import Scheme
from assessments.simulation import forget
from indicators.enums import Dimension, Direction, IndicatorKind, ReturnStatus, ValueSource
from indicators.models import Indicator, Return, Round, Value
from parks.enums import Certainty, DesignationLevel, RegionLevel, ZoneClass
from parks.models import Designation, Region, Zone

YEAR = 2023
CODES = ("rd_share", "energy_use", "emerging_share")

SCHEME = """
code: small
version: "1.0"
name_zh: 小办法
name_en: A small scheme
zone_class: cluster
valid_from: 2020
official: true
clauses: [P193]
source: 测试
author: 测试
certainty: assumed
missing: worst
peer_group: {name_zh: 全省产业集聚区, name_en: all cluster zones}
settings:
  hazard_limit:
    value: null
    name_zh: 隐患界限
    name_en: Hazard limit
    basis: {certainty: unknown, decided_by: 联席会议办公室, clauses: [P197c]}
derive:
  energy_growth: growth(energy_use)
tree:
  children:
    - {indicator: rd_share, name_zh: 研发占比, name_en: R&D share, weight: 50, theme: innovation,
       score: {method: minmax}}
    - {indicator: energy_use, name_zh: 能耗, name_en: Energy, weight: 30, theme: green, direction: down,
       score: {method: minmax}}
    - {indicator: emerging_share, name_zh: 新兴占比, name_en: Emerging share, weight: 20, theme: emerging,
       score: {method: minmax}}
rules:
  - id: too-little
    kind: coverage
    outcome: undecided
    at_least: 0.6
    text_zh: "已报数据占权重 {measured}，低于 {threshold}"
    text_en: "reported {measured}, less than {threshold}"
    basis: {certainty: assumed, decided_by: 联席会议办公室, clauses: [P195]}
  - id: hazards
    kind: threshold
    outcome: watch
    conditions: [{indicator: energy_use, op: ">=", value: $hazard_limit}]
    basis: {certainty: unknown, decided_by: 联席会议办公室, clauses: [P197c]}
  - id: best
    kind: top
    outcome: promote
    count: 1
    basis: {certainty: published, clauses: [P196]}
  - id: growing-energy
    kind: threshold
    outcome: watch
    conditions: [{indicator: energy_growth, op: ">", value: 0.5}]
    basis: {certainty: published, clauses: [P197a]}
  - id: tail
    kind: tail
    outcome: demote
    k: 1
    m: 2
    n: 2
    basis: {certainty: assumed, decided_by: 联席会议办公室, clauses: [P197d]}
"""


@dataclass
class Province:
    """Six cluster zones, A1 the best and A6 the worst in every year; B1 is a customs zone of another city."""

    office: Organisation
    cities: dict[str, Organisation] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    scheme: Scheme = field(init=False, repr=False)

    def user(self, name, role, organisation=None):
        user = User.objects.create_user(name, password="x", display_name=name)
        Membership.objects.create(user=user, organisation=organisation or self.office, role=role)
        return User.objects.get(pk=user.pk)

    def staff(self, name="staff"):
        return self.user(name, Role.OFFICE_STAFF)

    def manager(self, zone="A1"):
        return self.user(f"manager-{zone}", Role.PARK_MANAGER, self.zones[zone].administration)

    def add_city(self, letter):
        self.cities[letter] = Organisation.objects.create(
            code=f"city-{letter}", name=f"{letter}市办公室", kind=OrganisationKind.CITY, parent=self.office
        )
        self.regions[letter] = Region.objects.create(
            code=f"41{ord(letter):04d}",
            name=f"{letter}市",
            level=RegionLevel.CITY,
            kind="地级市",
            office=self.cities[letter],
            certainty=Certainty.A,
            source="test",
        )

    def add_zone(self, code, zone_class=ZoneClass.CLUSTER, valid_from=None, valid_to=None):
        letter = code[0]
        park = Organisation.objects.create(
            code=f"park-{code}", name=f"{code}管委会", kind=OrganisationKind.PARK, parent=self.cities[letter]
        )
        self.zones[code] = Zone.objects.create(
            code=code,
            name=f"{code}园区",
            city=self.regions[letter],
            administration=park,
            name_certainty=Certainty.A,
            source_grade="test",
        )
        Designation.objects.create(
            code=code,
            zone=self.zones[code],
            zone_class=zone_class,
            level=DesignationLevel.PROVINCE_DESIGNATED,
            name=f"{code}园区",
            valid_from=valid_from,
            valid_to=valid_to,
            name_certainty=Certainty.A,
            source_grade="test",
        )
        return self.zones[code]

    def add_values(self, zone, year, numbers, *, synthetic=False, return_ref=None):
        Value.objects.bulk_create(
            Value(
                return_ref=return_ref,
                zone=self.zones[zone],
                indicator=self.indicators[code],
                year=year,
                period=str(year),
                number=Decimal(str(number)),
                source=ValueSource.PUBLISHED if return_ref is None else ValueSource.PARK,
                synthetic=synthetic,
            )
            for code, number in zip(CODES, numbers, strict=True)
            if number is not None
        )

    def add_return(self, zone, year, numbers, status=ReturnStatus.ACCEPTED, *, synthetic=False):
        round_, _ = Round.objects.get_or_create(
            year=year,
            defaults={
                "name": f"{year}",
                "zone_classes": ["cluster"],
                "opens_on": date(year + 1, 1, 1),
                "due_on": date(year + 1, 3, 1),
            },
        )
        return_ = Return.objects.create(round=round_, zone=self.zones[zone], due_on=round_.due_on, synthetic=synthetic)
        self.add_values(zone, year, numbers, synthetic=synthetic, return_ref=return_)
        Return.objects.filter(pk=return_.pk).update(status=status)
        return return_

    def add_scheme(self, text=SCHEME, status=SchemeStatus.PUBLISHED, **fields):
        given = {
            "code": "small",
            "version": "1.0",
            "zone_class": "cluster",
            "year_from": 2020,
            "year_to": None,
        } | fields
        return Scheme.objects.create(
            name_zh="小办法", name_en="A small scheme", text=text, digest=digest_of(text), status=status, **given
        )


def figures(number):
    """Figures of the n-th zone, worse with every n."""
    return 10 - number, 100 + 20 * number, 50 - 5 * number


def text_of(response):
    body = re.sub(r"<(script|style).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def get(client, user, name, *args, **query):
    client.force_login(user)
    return client.get(reverse(name, args=args), query)


@pytest.fixture
def queued(db):
    """Reads the ids of the runs in the broker's queue, the oldest first."""

    def read():
        with redis.Redis.from_url(settings.REDIS_URL) as client:
            messages = [json.loads(message) for message in client.lrange("yuanqu:celery", 0, -1)]
        bodies = [json.loads(base64.b64decode(message["body"])) for message in reversed(messages)]
        return [arguments[0] for arguments, _, _ in bodies]

    return read


@pytest.fixture
def bare(db):
    """The province without figures."""
    office = Organisation.objects.create(code="office", name="办公室", kind=OrganisationKind.OFFICE)
    province = Province(office)
    for letter in "AB":
        province.add_city(letter)
    for position, code in enumerate(CODES, start=1):
        province.indicators[code] = Indicator.objects.create(
            code=code,
            name_zh=code,
            name_en=code,
            dimension=Dimension.INNOVATION,
            kind=IndicatorKind.BASE,
            unit="%",
            unit_en="%",
            direction=Direction.HIGHER,
            department=Duty.STATISTICS,
            source="test",
            certainty=Certainty.C,
            zone_classes=["cluster"],
            position=position,
        )
    for number in range(1, 7):
        province.add_zone(f"A{number}")
    province.add_zone("B1", ZoneClass.CUSTOMS)
    province.scheme = province.add_scheme()
    return province


@pytest.fixture
def province(bare):
    """With accepted figures of three years."""
    for year in (YEAR - 2, YEAR - 1, YEAR):
        for number in range(1, 7):
            bare.add_values(f"A{number}", year, figures(number))
    return bare


@pytest.fixture
def other_session(transactional_db):
    """A database session beside Django's own, as another process would have."""
    session = connection.copy()
    session.connect()
    yield session
    session.close()


@pytest.fixture(autouse=True)
def nothing_kept():
    """Each test has a database of its own: what simulation keeps of the last one's is gone."""
    forget()
