"""A small registry with its people and a round; names and figures are made up and mean no real zone."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

import pytest

import parks.loading
from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User
from indicators import services
from indicators.enums import RoundStatus
from indicators.models import Indicator, Return, Round, Value
from parks.enums import Certainty, DesignationLevel, RegionLevel, ZoneClass
from parks.models import Designation, Region, Zone
from tests import catalogue

PACK = catalogue.PACK
YEAR = 2020


@pytest.fixture
def registry(db):
    """The real regions, organisations and zones."""
    parks.loading.load(PACK)


@pytest.fixture(scope="session")
def files():
    """The pack's catalogue and rules, read once."""
    return catalogue.files()


@dataclass
class World:
    """Two cities with zones A1, A2 (clusters), B1 (cluster and ETDZ), C1 (customs), and the people who look after them."""

    office: Organisation
    cities: dict[str, Organisation] = field(default_factory=dict)
    regions: dict[str, Region] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    round: Round = field(init=False)

    def user(self, name, role, organisation):
        user = User.objects.create_user(name, password="x", display_name=name)
        Membership.objects.create(user=user, organisation=organisation, role=role)
        return User.objects.get(pk=user.pk)

    def manager(self, zone="A1", name=None):
        return self.user(name or f"manager-{zone}", Role.PARK_MANAGER, self.zones[zone].administration)

    def filler(self, zone="A1"):
        return self.user(f"filler-{zone}", Role.PARK_FILLER, self.zones[zone].administration)

    def reviewer(self, city="A", name=None):
        return self.user(name or f"reviewer-{city}", Role.CITY_REVIEWER, self.cities[city])

    def staff(self, name="staff"):
        return self.user(name, Role.OFFICE_STAFF, self.office)

    def add_zone(self, code, *classes, city="A", valid_from=date(2010, 1, 1), valid_to=None):
        park = Organisation.objects.create(
            code=f"park-{code}", name=f"{code}管委会", kind=OrganisationKind.PARK, parent=self.cities[city]
        )
        zone = Zone.objects.create(
            code=code,
            name=f"{code}园区",
            city=self.regions[city],
            administration=park,
            name_certainty=Certainty.A,
            source_grade="official",
        )
        for number, zone_class in enumerate(classes):
            Designation.objects.create(
                code=f"{code}{number}",
                zone=zone,
                zone_class=zone_class,
                level=DesignationLevel.PROVINCIAL,
                name=f"{code}{zone_class}",
                valid_from=valid_from,
                valid_to=valid_to,
                name_certainty=Certainty.A,
                source_grade="official",
            )
        self.zones[code] = zone
        return zone

    def add_round(self, year=YEAR, status=RoundStatus.OPEN, codes=None, classes=ZoneClass.values):
        round_ = Round.objects.create(
            year=year,
            name=f"{year}年度",
            status=status,
            zone_classes=list(classes),
            opens_on=date(year + 1, 1, 1),
            due_on=date(year + 1, 3, 31),
        )
        items = Indicator.objects.base().for_zones()
        round_.indicators.set(items if codes is None else items.filter(code__in=codes))
        return round_

    def add_return(self, zone="A1", round_=None, status="draft", values=None, *, by=None, synthetic=False):
        """A return in any status, put there without the services."""
        round_ = round_ or self.round
        return_ = Return.objects.create(
            round=round_, zone=self.zones[zone], due_on=round_.due_on, submitted_by=by, synthetic=synthetic
        )
        items = Indicator.objects.in_bulk(list(values or {}), field_name="code")
        for code, number in (values or {}).items():
            Value.objects.create(
                return_ref=return_,
                zone=return_.zone,
                indicator=items[code],
                year=round_.year,
                period=round_.period,
                number=None if number is None else Decimal(str(number)),
                synthetic=synthetic,
                updated_by=by,
            )
        Return.objects.filter(pk=return_.pk).update(status=status)
        return Return.objects.select_related("round", "zone__administration").get(pk=return_.pk)


@pytest.fixture
def world(catalogue):
    office = Organisation.objects.create(code="office", name="办公室", kind=OrganisationKind.OFFICE)
    made = World(office)
    for letter in "AB":
        made.cities[letter] = Organisation.objects.create(
            code=f"city-{letter}", name=f"{letter}市办公室", kind=OrganisationKind.CITY, parent=office
        )
        made.regions[letter] = Region.objects.create(
            code=f"41{ord(letter):04d}",
            name=f"{letter}市",
            level=RegionLevel.CITY,
            kind="地级市",
            office=made.cities[letter],
            certainty=Certainty.A,
            source="test",
        )
    made.add_zone("A1", ZoneClass.CLUSTER)
    made.add_zone("A2", ZoneClass.CLUSTER)
    made.add_zone("B1", ZoneClass.CLUSTER, ZoneClass.ETDZ, city="B")
    made.add_zone("C1", ZoneClass.CUSTOMS, city="B")
    made.round = made.add_round()
    return made


# Figures that break no rule for a cluster zone: every required item, and nothing else.
SOUND = {
    "main_business_revenue": 500000,
    "value_added": 120000,
    "industrial_value_added": 100000,
    "fixed_investment": 60000,
    "tax_revenue": 12000,
    "employees": 9000,
    "enterprises": 120,
    "above_scale_enterprises": 40,
    "total_profit": -300,
    "leading_industry_revenue": 300000,
    "rd_expenditure": 2500,
    "ml_industrial_enterprises": 10,
    "ml_industrial_with_provincial_rd": 6,
    "energy_use": 45000,
    "environmental_breaches": 0,
    "planned_area": 15000,
    "built_area": 9000,
    "industrial_land": 5000,
    "safety_accidents": 0,
    "open_safety_hazards": 0,
}


@pytest.fixture
def sound():
    return dict(SOUND)


@pytest.fixture
def cells():
    """Cells for `values_save` from numbers by code."""

    def build(numbers):
        return [services.CellInput(code, None if n is None else Decimal(str(n))) for code, n in numbers.items()]

    return build
