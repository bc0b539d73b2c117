"""Who may do something somewhere (按权限查人)."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.enums import ROLE_PERMISSIONS
from accounts.models import Membership, Organisation, User


def holders(permission: str, path: str) -> QuerySet[User]:
    """Active people who hold `permission` today in the organisation at `path` or one above it, each once.

    "/office/city/" is reached from "/office/" and from itself.
    """
    parts = path.strip("/").split("/")
    above = ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]
    roles = [role for role, held in ROLE_PERMISSIONS.items() if permission in held]
    bodies = Organisation.objects.filter(path__in=above)
    memberships = Membership.objects.in_force().filter(role__in=roles, organisation__in=bodies)
    return User.objects.filter(is_active=True, pk__in=memberships.values("user"))
