"""Users of every role in the pack's tree of organisations."""

from collections.abc import Callable

import pytest

from accounts.enums import Role
from accounts.models import Membership, Organisation, User


@pytest.fixture
def make_user(pack: None) -> Callable[..., User]:
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
