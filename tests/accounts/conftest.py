"""People and organisations that the tests of accounts need."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.enums import OrganisationKind, Role
from accounts.models import Membership, Organisation, User

PASSWORD = "Kaifaqu-2017-demo"


@pytest.fixture
def tree(db: None) -> dict[str, Organisation]:
    """Office → two cities → one county and one park each."""
    found: dict[str, Organisation] = {}

    def add(code: str, kind: str, parent: str | None) -> None:
        found[code] = Organisation.objects.create(
            code=code, name=f"机构{code}", kind=kind, parent=found[parent] if parent else None
        )

    add("office", OrganisationKind.OFFICE, None)
    for city in ("410100", "410200"):
        add(f"city-{city}", OrganisationKind.CITY, "office")
        add(f"county-{city}", OrganisationKind.COUNTY, f"city-{city}")
        add(f"park-{city}", OrganisationKind.PARK, f"county-{city}")
    return found


@pytest.fixture
def make_user(tree: dict[str, Organisation]) -> Callable[..., User]:
    """Return a function that makes a user with one role in one organisation, and a password that logs in."""

    def _make(role: str = Role.PARK_MANAGER, organisation: str = "park-410100", **fields: Any) -> User:
        user = User.objects.create_user(username=f"user{User.objects.count()}", password=PASSWORD, **fields)
        Membership.objects.create(user=user, organisation=tree[organisation], role=role)
        return user

    return _make
