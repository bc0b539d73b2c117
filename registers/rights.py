"""Who may keep a register (登记权限): the body that keeps it and those above it, and the department that answers for it."""

from __future__ import annotations

from accounts.enums import ROLE_PERMISSIONS, OrganisationKind, Permission
from accounts.models import Membership, User
from registers.definition import Definition
from registers.enums import Keeper
from registers.models import Register

_RANK: dict[str, int] = {
    OrganisationKind.PARK: 0,
    OrganisationKind.COUNTY: 1,
    OrganisationKind.CITY: 2,
    OrganisationKind.OFFICE: 3,
}
_LEAST: dict[str, int] = {Keeper.PARK: 0, Keeper.COUNTY: 1, Keeper.CITY: 2, Keeper.OFFICE: 3}


def may_keep(user: User, spec: Definition, path: str | None = None) -> bool:
    """Whether the user may write entries of the register, and with `path`, those of the body at that path."""
    if not user.is_active:
        return False
    if user.is_superuser or spec.department in user.duties_with(Permission.REGISTER_KEEP):
        return True
    return any(
        _RANK.get(each.organisation.kind, -1) >= _LEAST[spec.kept_by]
        and (path is None or path.startswith(each.organisation.path))
        for each in keeping(user)
    )


def keeping(user: User) -> list[Membership]:
    """The user's memberships in which registers may be written."""
    return [each for each in user.current_memberships if Permission.REGISTER_KEEP in ROLE_PERMISSIONS[each.role]]


def kept_by(user: User, registers: list[Register]) -> set[int]:
    """Those of the registers of which the user may write some entry."""
    return {register.pk for register in registers if may_keep(user, register.spec)}
