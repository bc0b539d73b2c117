"""A register with every type of field, two zones in two cities with their people, an enterprise."""

from dataclasses import dataclass, field
from datetime import date

import pytest
import yaml
from django.utils import translation

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from parks.enums import Certainty
from parks.models import Region, Zone
from policy.models import Document, Instrument, Provision
from registers.definition import Definition, as_json
from registers.models import Enterprise, Register, RegisterVersion

HUAWEI = "914403001922038216"  # as published by its owner; check character 6
DEFINITION = """
code: works
name: [工程台账, Register of works]
instrument: works
clauses: [P900]
place: zone
kept_by: park
department: industry
certainty: B
purpose: [为测试而设, Made for the tests.]
title: [name]
date: started
fields:
  - {code: name, name: [名称, Name], type: text, required: true, length: 20}
  - {code: amount, name: [金额, Amount], type: money, minimum: 0}
  - {code: paid, name: [已付, Paid], type: money, minimum: 0}
  - {code: area, name: [面积, Area], type: number, unit: 亩, decimals: 1}
  - {code: workers, name: [人数, Workers], type: integer, unit: 人, minimum: 0, maximum: 500}
  - {code: started, name: [开工日期, Started], type: date, past: true}
  - {code: ended, name: [完工日期, Ended], type: date, required_when: status__done}
  - {code: plan_year, name: [计划年度, Year planned], type: year}
  - {code: status, name: [状态, State], type: choice, required: true,
     choices: {planned: [计划, Planned], under_way: [在建, Under way], done: [完成, Done]}}
  - {code: key_work, name: [是否重点, Key work], type: yes_no}
  - {code: partner, name: [合作园区, Partner zone], type: zone}
  - {code: place, name: [所在地, Place], type: region}
  - {code: firm, name: [企业, Enterprise], type: enterprise}
  - {code: document_no, name: [文号, Document], type: document}
  - {code: after, name: [前置工程, After], type: entry, links_to: works}
  - {code: topics, name: [主题, Topics], type: choices,
     choices: {green: [绿色, Green], smart: [智能, Smart], export: [出口, For export]}}
unique: [[zone, name]]
rules:
  - {code: paid_within, formula: paid <= amount, message: [已付不得大于金额。, Paid cannot exceed the amount.]}
derived:
  - {code: paid_share, name: [支付率, Share paid], unit: "%", formula: "100 * share(paid, amount)"}
course:
  field: status
  moves: {planned: [under_way, done], under_way: [done], done: []}
measures:
  - {code: works_begun, name: [开工数, Begun], kind: count, unit: 项, in_year: started}
  - {code: works_standing, name: [在建数, Standing], kind: count, unit: 项, until: started, before: ended, indicator: works}
  - {code: key_amount, name: [重点金额, Key amount], kind: sum, unit: 万元, where: key_work, value: amount, in_year: started}
  - {code: paid_rate, name: [支付比例, Paid], kind: share, unit: "%", value: amount, part_value: paid, in_year: started}
  - {code: done_rate, name: [完工率, Done], kind: share, unit: "%", part: status__done, until: started}
  - {code: smart_rate, name: [智能占比, Share smart], kind: share, unit: "%", part: topics__smart, in_year: started}
  - {code: green_works, name: [绿色工程, Green works], kind: count, unit: 项, where: topics__green, in_year: started}
  - {code: any_key, name: [有重点, Any], kind: any, unit: 是否, where: key_work and amount >= 100, until: started}
"""


@dataclass
class World:
    """Zones A1 and B1 in cities A and B; `people` by name, see `PEOPLE`."""

    register: Register
    zones: dict[str, Zone] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)


PEOPLE = {
    "office": (Role.OFFICE_STAFF, "office"),
    "cityA": (Role.CITY_REVIEWER, "city-A"),
    "viewerA": (Role.COUNTY_VIEWER, "city-A"),
    "parkA": (Role.PARK_FILLER, "park-A1"),
    "managerA": (Role.PARK_MANAGER, "park-A1"),
    "parkB": (Role.PARK_FILLER, "park-B1"),
    "industry": (Role.DEPARTMENT_OFFICER, "dept-industry"),
    "taxation": (Role.DEPARTMENT_OFFICER, "dept-taxation"),
}


def load_definition(text: str, version: int = 1) -> Definition:
    spec = Definition.model_validate(yaml.safe_load(text))
    register, _made = Register.objects.update_or_create(
        code=spec.code,
        defaults={
            "name_zh": spec.name[0],
            "name_en": spec.name[1],
            "place": spec.place,
            "section": "一",
            "position": 1,
            "version": version,
            "definition": as_json(spec),
        },
    )
    RegisterVersion.objects.get_or_create(register=register, version=version, defaults={"definition": as_json(spec)})
    return spec


@pytest.fixture(autouse=True)
def _chinese():
    """A page in English before leaves its language behind."""
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def world(db):
    document = Document.objects.create(
        code="test",
        number="测〔2017〕1号",
        title="测试",
        title_en="Test",
        issuer="测试",
        issued_on=date(2017, 1, 1),
        text="一、做",
    )
    instrument = Instrument.objects.create(
        document=document,
        key="works",
        kind="register",
        name_zh="工程",
        name_en="Works",
        subject="zone",
        fields="name:text",
    )
    Provision.objects.create(
        document=document, code="P900", section="一", kind="register", quote="做", start=2, end=3, gloss_en="Do",
        subject="zone", instrument=instrument,
    )  # fmt: skip
    load_definition(DEFINITION)
    made = World(Register.objects.get(code="works"))
    office = Organisation.objects.create(code="office", name="办公室", kind=OrganisationKind.OFFICE)
    for duty in ("industry", "taxation"):
        Organisation.objects.create(
            code=f"dept-{duty}", name=duty, kind=OrganisationKind.DEPARTMENT, duty=duty, parent=office
        )
    for number, letter in enumerate("AB"):
        city = Organisation.objects.create(
            code=f"city-{letter}", name=letter, kind=OrganisationKind.CITY, parent=office
        )
        region = Region.objects.create(
            code=f"41{number}100", name=f"{letter}市", level="city", kind="地级市", office=city, certainty=Certainty.A,
            source="test",
        )  # fmt: skip
        park = Organisation.objects.create(code=f"park-{letter}1", name=letter, kind=OrganisationKind.PARK, parent=city)
        made.zones[letter] = Zone.objects.create(
            code=f"{letter}1", name=f"{letter}园区", city=region, administration=park, name_certainty=Certainty.A,
            source_grade="official",
        )  # fmt: skip
    for name, (role, code) in PEOPLE.items():
        made.people[name] = User.objects.create_user(name, password="x")
        Membership.objects.create(user=made.people[name], organisation=Organisation.objects.get(code=code), role=role)
    Enterprise.objects.create(credit_code=HUAWEI, name="测试企业", zone=made.zones["A"])
    return made
