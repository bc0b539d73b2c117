"""Addresses of the API: every app's `api.py` registers its resources; schema and its page (接口地址)."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import SimpleRouter

import assessments.api
import parks.api
import policy.api
import targets.api
from common.api import HasScope, NotFoundView

router = SimpleRouter()
for resources in (parks.api, targets.api, assessments.api, policy.api):
    resources.register(router)

READERS = [IsAuthenticated, HasScope]

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(permission_classes=READERS), name="api_schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api_schema", permission_classes=READERS), name="api_docs"),
    path("", include(router.urls)),
    re_path(r"^.*\Z", NotFoundView.as_view(), name="api_not_found"),
]
