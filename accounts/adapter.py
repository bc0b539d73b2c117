"""Login rules on top of django-allauth's (登录规则)."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator (账号由管理员开设): nobody signs up.

    Repeated failures lock a user name for the address they came from.
    """

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": _(
            "登录失败次数过多，此用户名已在本机地址暂时锁定。请 15 分钟后再试；忘记密码请联系系统管理员重设。"
        ),
        "username_password_mismatch": _("用户名或密码不正确。连续失败 5 次将暂时锁定。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By user name alone anyone could lock anyone out. Guessing many names meets the limit per address.
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{self.get_client_ip(request)}"
