"""Who may open a page (页面权限): anonymous → log-in; outside one's territory 404; inside without the right 403.

The views stay short: `permission = "zone.view"` on a `PermissionRequired` view; the object comes from a queryset
narrowed by `visible_to(user)` (so that what lies outside is not found), and `require` asks for a right over it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

View = Callable[..., HttpResponseBase]


def require(user: Any, permission: str | tuple[str, ...], path: str | None = None) -> None:
    """Raise PermissionDenied (403) unless the user holds `permission`, or one of several, over `path` when given."""
    names = (permission,) if isinstance(permission, str) else permission
    if not any(user.may(name, path) for name in names):
        raise PermissionDenied(_("您的角色没有进行此项操作的权限。如工作需要，请联系系统管理员调整任职。"))


def ask_login(request: HttpRequest) -> HttpResponseBase:
    """To the log-in page and back; a partial request (htmx) moves the whole page, not the part."""
    if request.headers.get("HX-Request") == "true":
        back = request.headers.get("HX-Current-URL", request.get_full_path())
        return HttpResponse(status=204, headers={"HX-Redirect": redirect_to_login(back).url})
    return redirect_to_login(request.get_full_path())


class LoginRequired:
    """A class-based view for everyone who is logged in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return ask_login(request)
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc, no-any-return]


class PermissionRequired(LoginRequired):
    """A class-based view for those who hold `permission` (a name, or a tuple of which one is enough) anywhere."""

    permission: str | tuple[str, ...]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            require(request.user, self.permission)
        return super().dispatch(request, *args, **kwargs)


def permission_required(*permissions: str) -> Callable[[View], View]:
    """The same for a view that is a function; without a name, being logged in is enough."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return ask_login(request)
            if permissions:
                require(request.user, permissions)
            return view(request, *args, **kwargs)

        return guarded

    return decorate
