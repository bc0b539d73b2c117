"""The page of notices: what the portal told me, what is unread, what went out by e-mail (通知)."""

from __future__ import annotations

from typing import cast

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.enums import NoticeKind
from accounts.models import Notice, User
from common.access import permission_required

PAGE_SIZE = 30


@require_safe
@permission_required()
def notice_list(request: HttpRequest) -> HttpResponse:
    """One's own notices, newest first; `unread=1` and `kind=` narrow them."""
    mine = _user(request).notices.all()
    counts = mine.aggregate(all=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
    unread, kind = request.GET.get("unread") == "1", request.GET.get("kind", "")
    shown = mine.unread() if unread else mine
    if kind in NoticeKind.values:
        shown = shown.filter(kind=kind)
    here = reverse("notice_list")
    tabs = [
        {"label": _("全部"), "href": here, "active": not unread, "count": counts["all"]},
        {"label": _("未读"), "href": f"{here}?unread=1", "active": unread, "count": counts["unread"]},
    ]
    context = {
        "page_obj": Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page")),
        "tabs": tabs,
        "unread": counts["unread"],
        "kinds": NoticeKind.choices,
        "kind": kind,
        "only_unread": unread,
        "mail_kind": settings.MAIL_KIND,
    }
    return render(request, "accounts/notice_list.html", context)


@require_safe
@permission_required()
def notice_open(request: HttpRequest, pk: int) -> HttpResponseBase:
    """To the place a notice tells of; from then on it counts as read. Someone else's is not found."""
    notice = get_object_or_404(Notice, pk=pk, recipient=_user(request))
    services.notice_read(by=_user(request), notice=notice)
    return redirect(notice.url or "notice_list")


@require_POST
@permission_required()
def notices_read(request: HttpRequest) -> HttpResponseBase:
    """Mark all as read."""
    services.notices_read(by=_user(request))
    return redirect("notice_list")


def _user(request: HttpRequest) -> User:
    """Who asks; the views let nobody anonymous in."""
    return cast("User", request.user)
