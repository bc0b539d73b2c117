"""Pages of the policy."""

from django.urls import path

from policy import views

urlpatterns = [
    path("policy/", views.PolicyReaderView.as_view(), name="policy_reader"),
    path("policy/export/", views.provision_export, name="provision_export"),
    path("policy/words/", views.term_list, name="term_list"),
    path("policy/words/<slug:document>/<slug:key>/", views.term_detail, name="term_detail"),
    path("policy/words/<slug:document>/<slug:key>/decide/", views.ruling_record, name="ruling_record"),
    path("policy/compare/", views.policy_compare, name="policy_compare"),
    path("policy/<slug:code>/", views.PolicyReaderView.as_view(), name="provision_detail"),
]
