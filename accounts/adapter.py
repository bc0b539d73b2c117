"""Login rules on top of django-allauth's."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by an administrator (账号由管理员开设): nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
