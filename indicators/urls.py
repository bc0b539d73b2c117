"""Addresses of collection; names as in docs/architecture.md."""

from django.urls import include, path

from indicators.views import (
    answers,
    bulk,
    catalogue,
    cells,
    evidence,
    history,
    province,
    questions,
    returns,
    reviews,
    rounds,
    rules,
)

urlpatterns = [
    path("indicators/", catalogue.indicator_list, name="indicator_list"),
    path("indicators/<slug:code>/", catalogue.indicator_detail, name="indicator_detail"),
    path("rules/", rules.rule_list, name="rule_list"),
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("rounds/<int:pk>/open/", rounds.round_open, name="round_open"),
    path("returns/<int:pk>/", returns.return_form, name="return_form"),
    path("returns/<int:pk>/values/<slug:code>/", cells.value_save, name="value_save"),
    path("returns/<int:pk>/news/", cells.return_news, name="return_news"),
    path("returns/<int:pk>/evidence/", evidence.evidence_add, name="evidence_add"),
    path("returns/<int:pk>/evidence/<slug:code>/", evidence.evidence_add, name="evidence_add"),
    path("evidence/<int:pk>/", evidence.evidence_file, name="evidence_file"),
    path("evidence/<int:pk>/remove/", evidence.evidence_remove, name="evidence_remove"),
    path("returns/<int:pk>/submit/", returns.return_submit, name="return_submit"),
    path("returns/<int:pk>/return/", reviews.return_return, name="return_return"),
    path("returns/<int:pk>/accept/", reviews.return_accept, name="return_accept"),
    path("returns/<int:pk>/review/", reviews.return_review, name="return_review"),
    path("questions/<int:pk>/answer/", answers.question_answer, name="question_answer"),
    path("returns/<int:pk>/questions/", questions.question_ask, name="question_ask"),
    path("questions/<int:pk>/close/", questions.question_close, name="question_close"),
    path("reviews/", reviews.review_queue, name="review_queue"),
    path("reviews/bulk/", bulk.review_bulk, name="review_bulk"),
    path("reviews/bulk/<uuid:request_id>/", bulk.review_batch, name="review_batch"),
    path("", include("indicators.urls_departments")),
    path("province-series/", province.province_series, name="province_series"),
    path("returns/<int:pk>/values/<slug:code>/history/", history.value_history, name="value_history"),
    path(
        "zones/<slug:code>/values/<slug:indicator>/<path:period>/history/",
        history.figure_history,
        name="figure_history",
    ),
]
