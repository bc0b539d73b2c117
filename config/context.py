"""What every page needs: navigation by permission, who is logged in, the version (页面公共上下文)."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from indicators.models import ProvinceValue, Return


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the navigation: URL name, icon, label, and the permissions of which one is enough (none: log-in is)."""

    name: str
    icon: str
    label: Promise
    permissions: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    """Other paths that belong to it; * stands for any part of one."""


@dataclass(frozen=True, slots=True)
class Group:
    """A headed section of the navigation; `key` names it where the reader's browser remembers which are closed."""

    key: str
    label: Promise | None
    entries: tuple[Entry, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "start",
        None,
        (
            Entry("home", "home", _("首页")),
            Entry("dashboard", "layout-dashboard", _("全省总览"), ("target.view",)),
        ),
    ),
    Group(
        "zones",
        _("园区与数据"),
        (
            Entry("zone_list", "building-factory-2", _("园区"), ("zone.view",)),
            Entry("figure_list", "table", _("数据"), ("zone.view",)),
            Entry("register_list", "clipboard-list", _("台账"), ("register.view",), ("/enterprises/",)),
            Entry("evaluation_list", "award", _("企业评价"), ("register.view",)),
        ),
    ),
    Group(
        "collection",
        _("数据报送"),
        (
            Entry("round_list", "file-pencil", _("填报"), ("return.view",), ("/returns/", "/uploads/")),
            Entry(
                "review_queue",
                "checklist",
                _("审核"),
                ("return.review_city", "return.review_office"),
                also=("/returns/*/review/",),
            ),
            Entry("department_home", "database", _("部门数据"), ("department.load",)),
            Entry("reconciliation_list", "git-compare", _("核对"), ("return.view",)),
            Entry("correction_list", "versions", _("更正"), ("return.view",)),
            Entry("province_series", "chart-line", _("全省数据"), ("province_series.enter",)),
            Entry("indicator_list", "list-details", _("指标目录"), also=("/rules/",)),
        ),
    ),
    Group(
        "policy",
        _("政策落实"),
        (
            Entry("policy_reader", "book-2", _("政策")),
            Entry("target_list", "target-arrow", _("目标"), ("target.view",)),
            Entry(
                "task_list",
                "list-check",
                pgettext_lazy("several", "任务"),
                ("zone.view",),
                ("/policy/departments/", "/policy/cities/"),
            ),
            Entry("breach_list", "shield-check", _("合规"), ("zone.view",)),
        ),
    ),
    Group(
        "assessment",
        _("考核评价"),
        (
            Entry("run_list", "chart-bar", _("考核"), ("run.view",)),
            Entry("standing_list", "list-numbers", _("即时名次"), ("run.view",)),
            Entry(
                "proceeding_list",
                "rubber-stamp",
                _("考核程序"),
                ("decision.record", "decision.confirm"),
                ("/calendar/",),
            ),
            Entry("publication_list", "bell-ringing", pgettext_lazy("several", "公示")),
            Entry(
                "objection_list",
                "message-circle",
                pgettext_lazy("several", "异议"),
                ("objection.file", "objection.answer"),
            ),
            Entry("measure_list", "gavel", _("结果运用"), ("run.view",), ("/designation-changes/", "/bulletins/")),
            Entry("incident_list", "alert-triangle", _("事故和问题"), ("run.view",)),
            Entry("scheme_list", "scale", _("考核办法"), ("scheme.view",)),
            Entry("simulation", "adjustments", _("考核模拟"), ("scheme.edit", "scheme.publish")),
        ),
    ),
    Group(
        "system",
        _("系统"),
        (
            Entry("api_docs", "api", _("数据接口")),
            Entry("apikey_list", "key", _("接口密钥"), ("apikey.manage",)),
            Entry("admin:index", "settings", _("管理"), ("superuser",)),
        ),
    ),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `nav` (groups of items this user may open), `memberships`, `portal_version`."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"nav": [], "portal_version": settings.VERSION}
    held = set(user.permission_names) | ({"superuser"} if user.is_superuser else set())
    groups = [
        {
            "key": group.key,
            "label": group.label,
            "items": [item for entry in group.entries if (item := _item(entry, held))],
        }
        for group in GROUPS
    ]
    _mark_active(groups, request.path)
    return {
        "nav": [group for group in groups if group["items"]],
        "memberships": user.current_memberships,
        "portal_version": settings.VERSION,
    }


def demonstration(request: HttpRequest) -> dict[str, Any]:
    """Context of every whole page: `demo_data_present`, whether the site holds synthetic figures (演示数据)."""
    if getattr(request, "htmx", False):
        return {}
    held = [
        model.objects.filter(synthetic=True).order_by().values("synthetic")[:1] for model in (Return, ProvinceValue)
    ]
    return {"demo_data_present": bool(held[0].union(held[1]))}


def notices(request: HttpRequest) -> dict[str, Any]:
    """Context of every whole page: `unread_notices`, how many notices the reader has not opened yet (未读通知)."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "htmx", False):
        return {}
    return {"unread_notices": user.notices.unread().count()}


def _item(entry: Entry, held: set[str]) -> dict[str, Any] | None:
    if entry.permissions and held.isdisjoint(entry.permissions):
        return None
    try:
        url = reverse(entry.name)
    except NoReverseMatch:  # an app that is not installed in this deployment has no line in the navigation
        return None
    return {
        "name": entry.name,
        "url": url,
        "icon": entry.icon,
        "label": entry.label,
        "also": entry.also,
        "active": False,
    }


def _mark_active(groups: list[dict[str, Any]], path: str) -> None:
    """Mark the item whose address, or one that belongs to it, is the longest start of the path; home only for itself."""
    starts = [
        (start, item)
        for group in groups
        for item in group["items"]
        for start in (item["url"], *item["also"])
        if path == start or (start != "/" and fnmatchcase(path, f"{start}*"))
    ]
    if starts:
        max(starts, key=lambda hit: len(hit[0]))[1]["active"] = True
