"""Who may do something somewhere (按权限查人)."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.enums import ROLE_PERMISSIONS
from accounts.models import Membership, Organisation, User


def holders(permission: str, *paths: str) -> QuerySet[User]:
    """Active people who hold `permission` today in an organisation at any of `paths` or above one, each once, by id.

    "/office/city/" is reached from "/office/" and from itself.
    """
    above = {step for path in paths for step in _upwards(path)}
    roles = [role for role, held in ROLE_PERMISSIONS.items() if permission in held]
    bodies = Organisation.objects.filter(path__in=above)
    memberships = Membership.objects.in_force().filter(role__in=roles, organisation__in=bodies)
    return User.objects.filter(is_active=True, pk__in=memberships.values("user")).order_by("pk")


def _upwards(path: str) -> list[str]:
    """The path and all above it, from the root down."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]
