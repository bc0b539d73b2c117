"""Links to workbooks on pages of others (表格入口)."""

from __future__ import annotations

from typing import Any

from django import template

from accounts.enums import ROLE_PERMISSIONS, OrganisationKind, Permission
from indicators.models import Round

register = template.Library()


@register.inclusion_tag("indicators/_round_workbook_links.html", takes_context=True)
def round_workbook_links(context: dict[str, Any], round_: Round) -> dict[str, Any]:
    """`{% round_workbook_links round %}`: the round's workbook of many returns, for whoever fills in for several zones."""
    memberships = context["request"].user.current_memberships
    fills = [m.organisation for m in memberships if Permission.RETURN_FILL in ROLE_PERMISSIONS[m.role]]
    return {"round": round_, "shown": any(body.kind != OrganisationKind.PARK for body in fills)}
