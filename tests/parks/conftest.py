"""The registry of the pack in an empty database, and users of every role in it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.enums import Role
from accounts.models import Membership, Organisation, User
from parks import loading

PACK = Path(__file__).resolve().parents[2] / "packs" / "henan-2017"


@pytest.fixture
def registry(db: None) -> dict[str, int]:
    """Load the registry; the counts that loading reported."""
    return loading.load(PACK)


@pytest.fixture
def make_user(registry: dict[str, int]) -> Callable[..., User]:
    """`make_user(Role.CITY_REVIEWER, "city-410100")`: a user with that role in that organisation."""

    def make(role: str, *codes: str) -> User:
        user = User.objects.create_user(username=f"{role}-{'-'.join(codes)}", password="a long enough one")
        for code in codes:
            Membership.objects.create(user=user, organisation=Organisation.objects.get(code=code), role=role)
        return user

    return make


@pytest.fixture
def office(make_user: Callable[..., User]) -> User:
    return make_user(Role.OFFICE_STAFF, "office")
