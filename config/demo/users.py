"""A log-in for each role, for looking around (演示账号). The names say the role; they are no people."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from parks.models import Zone

DEMO_ZONE = "Z166"
"""新野县产业集聚区 in 南阳市: the zone whose manager, county and city the demonstration log-ins belong to."""
LOCAL_PASSWORD = "yuanqu-demo-159"  # noqa: S105 - printed by `make run`, refused on a server


@dataclass(frozen=True)
class DemoUser:
    username: str
    display_name: str
    role: Role | None
    """None for the superuser."""
    organisation: str
    """A code, or "city", "county", "park" for those of the demonstration zone."""


DEMO_USERS = (
    DemoUser("office", "联席办工作人员（演示）", Role.OFFICE_STAFF, "office"),
    DemoUser("lead", "联席办负责人（演示）", Role.OFFICE_LEAD, "office"),
    DemoUser("reviewer", "联席办异议答复人（演示）", Role.OFFICE_STAFF, "office"),
    DemoUser("commerce", "商务厅业务员（演示）", Role.DEPARTMENT_OFFICER, "dept-commerce"),
    DemoUser("statistics", "统计局业务员（演示）", Role.DEPARTMENT_OFFICER, "dept-statistics"),
    DemoUser("taxation", "税务局业务员（演示）", Role.DEPARTMENT_OFFICER, "dept-taxation"),
    DemoUser("customs", "海关业务员（演示）", Role.DEPARTMENT_OFFICER, "dept-customs"),
    DemoUser("ecology", "环保厅业务员（演示）", Role.DEPARTMENT_OFFICER, "dept-ecology"),
    DemoUser("emergency", "安全监管局业务员（演示）", Role.DEPARTMENT_OFFICER, "dept-emergency"),
    DemoUser("city", "市级审核员（演示）", Role.CITY_REVIEWER, "city"),
    DemoUser("proxy", "市级代填员（演示）", Role.PROXY_FILLER, "city"),
    DemoUser("county", "县级查看员（演示）", Role.COUNTY_VIEWER, "county"),
    DemoUser("park", "园区负责人（演示）", Role.PARK_MANAGER, "park"),
    DemoUser("filler", "园区填报员（演示）", Role.PARK_FILLER, "park"),
    DemoUser("admin", "系统管理员（演示）", None, ""),
)


def organisation_of(user: DemoUser) -> Organisation:
    zone = Zone.objects.select_related("administration__parent", "city__office").get(code=DEMO_ZONE)
    by_place: dict[str, Organisation | None] = {
        "park": zone.administration,
        "county": zone.administration.parent,
        "city": zone.city.office,
    }
    return by_place.get(user.organisation) or Organisation.objects.get(code=user.organisation)


def users_create(*, password: str) -> None:
    """Create the demonstration users with their memberships; those that exist are left as they are."""
    for demo in DEMO_USERS:
        if User.objects.filter(username=demo.username).exists():
            continue
        fields = {"username": demo.username, "password": password, "display_name": demo.display_name}
        if demo.role is None:
            User.objects.create_superuser(**fields)
            continue
        user = User.objects.create_user(**fields)
        Membership.objects.create(user=user, organisation=organisation_of(demo), role=demo.role)
