"""Pages of accounts."""

from django.urls import path

from accounts import notice_views, views

urlpatterns = [
    path("notices/", notice_views.notice_list, name="notice_list"),
    path("notices/read/", notice_views.notices_read, name="notices_read"),
    path("notices/<int:pk>/", notice_views.notice_open, name="notice_open"),
    path("keys/", views.ApiKeyListView.as_view(), name="apikey_list"),
    path("keys/new/", views.ApiKeyCreateView.as_view(), name="apikey_create"),
    path("keys/<int:pk>/revoke/", views.ApiKeyRevokeView.as_view(), name="apikey_revoke"),
]
