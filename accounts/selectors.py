"""Who may do something somewhere (按权限查人)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

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


def holders_by_path(permissions: Iterable[str], paths: Iterable[str]) -> dict[str, list[User]]:
    """The same for many places at once: those who hold one of `permissions` there, by path, ordered by id; two queries.

    Every path has an entry, an empty one where nobody is.
    """
    wanted, above = set(permissions), {path: _upwards(path) for path in paths}
    roles = [role for role, held in ROLE_PERMISSIONS.items() if wanted & held]
    bodies = Organisation.objects.filter(path__in={step for steps in above.values() for step in steps})
    memberships = Membership.objects.in_force().filter(role__in=roles, organisation__in=bodies, user__is_active=True)
    found: dict[str, dict[int, User]] = defaultdict(dict)
    for membership in memberships.select_related("user", "organisation").order_by("user"):
        found[membership.organisation.path][membership.user_id] = membership.user
    people = {path: {pk: user for step in steps for pk, user in found[step].items()} for path, steps in above.items()}
    return {path: [held[pk] for pk in sorted(held)] for path, held in people.items()}


def _upwards(path: str) -> list[str]:
    """The path and all above it, from the root down."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[: n + 1]) + "/" for n in range(len(parts))]
