from django.urls import path

from targets import views

urlpatterns = [
    path("targets/", views.TargetList.as_view(), name="target_list"),
    path("targets/export/", views.target_export, name="target_export"),
    path("targets/new/", views.target_new, name="target_new"),
    path("targets/report/", views.target_report, name="target_report"),
    path("targets/judgements/<int:pk>/file/", views.judgement_file, name="judgement_file"),
    path("targets/<slug:code>/", views.TargetDetail.as_view(), name="target_detail"),
    path("targets/<slug:code>/cities/export/", views.cities_export, name="target_cities_export"),
    path("targets/<slug:code>/edit/", views.target_edit, name="target_edit"),
    path("targets/<slug:code>/settings/", views.target_settings, name="target_settings"),
    path("targets/<slug:code>/withdraw/", views.target_withdraw, name="target_withdraw"),
    path("targets/<slug:code>/restore/", views.target_restore, name="target_restore"),
    path("targets/<slug:code>/judge/", views.target_judge, name="target_judge"),
    path("targets/<slug:code>/quotas/", views.target_quotas, name="target_quotas"),
]
