"""Addresses of the registry; names as in docs/architecture.md."""

from django.urls import path

from parks import axis_views, lineage_views, views

urlpatterns = [
    path("zones/", views.ZoneList.as_view(), name="zone_list"),
    path("zones/by-city/", views.CitySummary.as_view(), name="zone_by_city"),
    path("zones/export/", views.zone_export, name="zone_export"),
    path("zones/axes/", axis_views.axis_list, name="axis_list"),
    path("zones/axes/<slug:axis>/", axis_views.axis_edit, name="axis_edit"),
    path("zones/<slug:code>/", views.ZoneDetail.as_view(), name="zone_detail"),
    path("zones/<slug:code>/succession/", lineage_views.zone_succession, name="zone_succession"),
    path("zones/<slug:code>/succession/withdraw/", lineage_views.succession_withdraw, name="succession_withdraw"),
    path("zones/<slug:code>/shares/", lineage_views.zone_shares, name="zone_shares"),
]
