"""Addresses of schemes, runs and results (考核); included at the root by config.urls."""

from django.urls import path

from assessments import views

urlpatterns = [
    path("schemes/", views.SchemeList.as_view(), name="scheme_list"),
    path("schemes/<int:pk>/", views.SchemeDetail.as_view(), name="scheme_detail"),
    path("assessments/", views.RunList.as_view(), name="run_list"),
    path("assessments/start/", views.start, name="run_start"),
    path("assessments/<int:pk>/", views.RunDetail.as_view(), name="run_detail"),
    path("assessments/<int:pk>/progress/", views.progress, name="run_progress"),
    path("assessments/<int:pk>/cancel/", views.cancel, name="run_cancel"),
    path("assessments/<int:pk>/export/", views.export, name="run_export"),
    path("assessments/<int:pk>/<str:code>/", views.ResultDetail.as_view(), name="result_detail"),
]
