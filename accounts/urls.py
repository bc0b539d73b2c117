"""Pages of accounts."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("keys/", views.ApiKeyListView.as_view(), name="apikey_list"),
    path("keys/new/", views.ApiKeyCreateView.as_view(), name="apikey_create"),
    path("keys/<int:pk>/revoke/", views.ApiKeyRevokeView.as_view(), name="apikey_revoke"),
]
