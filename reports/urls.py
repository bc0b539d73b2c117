from django.urls import path

from reports import views

urlpatterns = [
    path("dashboard/", views.Dashboard.as_view(), name="dashboard"),
    path("zones/<slug:code>/profile/", views.ZoneProfile.as_view(), name="zone_profile"),
    path("corrections/<int:pk>/impact/", views.correction_impact, name="correction_impact"),
]
