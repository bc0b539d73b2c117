"""Addresses of rounds."""

from django.urls import path

from indicators.views import round_acts, round_edit, rounds

urlpatterns = [
    path("rounds/", rounds.round_list, name="round_list"),
    path("rounds/new/", round_edit.round_create, name="round_create"),
    path("rounds/<int:pk>/", rounds.round_detail, name="round_detail"),
    path("rounds/<int:pk>/edit/", round_edit.round_change, name="round_change"),
    path("rounds/<int:pk>/copy/", round_edit.round_copy, name="round_copy"),
    path("rounds/<int:pk>/discard/", round_edit.round_discard, name="round_discard"),
    path("rounds/<int:pk>/open/", round_acts.round_open, name="round_open"),
    path("rounds/<int:pk>/close/", round_acts.round_close, name="round_close"),
    path("rounds/<int:pk>/remind/", round_acts.round_remind, name="round_remind"),
    path("rounds/<int:pk>/extend/", round_acts.round_extend, name="round_extend"),
    path("rounds/<int:pk>/export/", rounds.round_export, name="round_export"),
]
