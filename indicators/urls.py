"""Addresses of collection; names as in docs/architecture.md."""

from django.urls import path

from indicators.views import catalogue, province, returns, reviews, rounds

urlpatterns = [
    path("indicators/", catalogue.indicator_list, name="indicator_list"),
    path("indicators/<slug:code>/", catalogue.indicator_detail, name="indicator_detail"),
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("rounds/<int:pk>/open/", rounds.round_open, name="round_open"),
    path("returns/<int:pk>/", returns.return_form, name="return_form"),
    path("returns/<int:pk>/values/<slug:code>/", returns.value_save, name="value_save"),
    path("returns/<int:pk>/submit/", returns.return_submit, name="return_submit"),
    path("returns/<int:pk>/return/", reviews.return_return, name="return_return"),
    path("returns/<int:pk>/accept/", reviews.return_accept, name="return_accept"),
    path("returns/<int:pk>/review/", reviews.return_review, name="return_review"),
    path("reviews/", reviews.review_queue, name="review_queue"),
    path("province-series/", province.province_series, name="province_series"),
]
