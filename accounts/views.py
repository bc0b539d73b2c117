"""The page of API keys: list, make (the secret is shown once), revoke (接口密钥)."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.enums import ApiScope, Permission
from accounts.exceptions import ApiKeyError
from accounts.forms import ApiKeyForm
from accounts.models import ApiKey, User
from accounts.services import apikey_create, apikey_revoke
from common.access import PermissionRequired

PAGE = "accounts/apikey_list.html"
PART = "accounts/_apikeys.html"


@method_decorator(never_cache, name="dispatch")
class ApiKeyListView(PermissionRequired, View):
    """One's own keys and the form for a new one."""

    permission = Permission.APIKEY_MANAGE

    def get(self, request: HttpRequest) -> HttpResponse:
        return _page(request, ApiKeyForm(user=_user(request)))


@method_decorator(never_cache, name="dispatch")
class ApiKeyCreateView(PermissionRequired, View):
    """Answers with the page itself, not a redirect: the secret must not be stored anywhere on its way to the reader."""

    permission = Permission.APIKEY_MANAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ApiKeyForm(request.POST, user=_user(request))
        if not form.is_valid():
            return _page(request, form, status=422)
        try:
            key, secret = apikey_create(by=_user(request), **form.cleaned_data)
        except ApiKeyError as error:
            form.add_error(None, str(error))
            return _page(request, form, status=422)
        return _page(request, ApiKeyForm(user=_user(request)), made=key, token=f"{key.prefix}.{secret}")


class ApiKeyRevokeView(PermissionRequired, View):
    """Someone else's key is not found."""

    permission = Permission.APIKEY_MANAGE
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        key = get_object_or_404(ApiKey, pk=pk, user=_user(request))
        apikey_revoke(by=_user(request), key=key)
        messages.success(request, _("密钥“%(name)s”已吊销，即刻失效。") % {"name": key.name})
        return redirect("apikey_list")


def _user(request: HttpRequest) -> User:
    """Who asks; the views let nobody anonymous in."""
    return cast("User", request.user)


def _page(request: HttpRequest, form: ApiKeyForm, *, status: int = 200, **extra: Any) -> HttpResponse:
    keys = list(ApiKey.objects.filter(user=_user(request)))
    labels = dict(ApiScope.choices)
    rows = [{"key": key, "scopes": [labels.get(scope, scope) for scope in key.scopes]} for key in keys]
    template = PART if request.headers.get("HX-Request") == "true" else PAGE
    context = {"form": form, "rows": rows, **extra}
    return render(request, template, context, status=status)
