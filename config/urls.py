"""Addresses of the project; every app brings its own list."""

from django.contrib import admin
from django.urls import include, path

from config import health, views

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("", views.Home.as_view(), name="home"),
    path("", include("reports.urls")),
    path("", include("compliance.urls")),
    path("", include("assessments.urls")),
    path("", include("targets.urls")),
    path("", include("indicators.urls")),
    path("", include("registers.urls")),
    path("", include("parks.urls")),
    path("", include("policy.urls")),
    path("", include("accounts.urls")),
    path("api/v1/", include("config.api_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
