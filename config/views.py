"""The home page by role (首页)."""

from __future__ import annotations

from typing import Any, cast

from django.views.generic import TemplateView

from accounts.models import User
from common.access import LoginRequired
from config import home


class Home(LoginRequired, TemplateView):
    """What is due, what waits for me, what changed."""

    template_name = "config/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | home.page(cast("User", self.request.user))
