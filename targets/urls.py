from django.urls import path

from targets import views

urlpatterns = [
    path("targets/", views.TargetList.as_view(), name="target_list"),
    path("targets/<slug:code>/", views.TargetDetail.as_view(), name="target_detail"),
]
