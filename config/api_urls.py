"""Addresses of the API: every app's `api.py` registers its resources; schema and its page (接口地址)."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

import accounts.api
import assessments.api
import compliance.api
import indicators.api
import parks.api
import policy.api
import registers.api
import reports.api
import targets.api
from common.api import HasScope, NotFoundView
from config.api_docs import ApiDocsView

router = SimpleRouter()
for resources in (
    parks.api,
    registers.api,
    indicators.api,
    targets.api,
    assessments.api,
    compliance.api,
    policy.api,
    accounts.api,
    reports.api,
):
    resources.register(router)

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated, HasScope]), name="api_schema"),
    path("docs/", ApiDocsView.as_view(), name="api_docs"),
    path("", include(router.urls)),
    re_path(r"^.*\Z", NotFoundView.as_view(), name="api_not_found"),
]
