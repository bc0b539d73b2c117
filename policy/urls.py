"""Pages of the policy."""

from django.urls import path

from policy.views import PolicyReaderView

urlpatterns = [
    path("policy/", PolicyReaderView.as_view(), name="policy_reader"),
    path("policy/<slug:code>/", PolicyReaderView.as_view(), name="provision_detail"),
]
