"""Schemes, runs and results as the REST interface shows them (考核接口)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from assessments.enums import IncidentKind, Severity
from assessments.models import Incident, Result, Run, Scheme
from assessments.selectors import years_told
from common.api import SyntheticSerializer


class SchemeSerializer(serializers.ModelSerializer[Scheme]):
    """A method in its YAML text; `digest` is the SHA-256 of the text, `parent` the version it was made from.

    `levels`: levels of plates it is for, empty for all. Those of a pack are published without people.
    """

    submitted_by = serializers.CharField(source="submitted_by.username", default=None)
    published_by = serializers.CharField(source="published_by.username", default=None)

    class Meta:
        model = Scheme
        fields = (
            "id", "code", "version", "parent", "name_zh", "name_en", "zone_class", "levels", "year_from", "year_to", "status",
            "revision", "submitted_by", "submitted_at", "published_by", "published_at", "digest", "text",
        )  # fmt: skip


class RunSerializer(SyntheticSerializer, serializers.ModelSerializer[Run]):
    scheme = serializers.CharField(source="scheme.code")
    scheme_version = serializers.CharField(source="scheme.version")
    zone_class = serializers.CharField(source="scheme.zone_class")

    class Meta:
        model = Run
        fields = (
            "id", "scheme", "scheme_version", "zone_class", "year", "status", "stage", "progress", "requested_at", "started_at",
            "finished_at", "attempts", "inputs_digest", "results_digest", "engine_version", "checklist", "override_reason",
            "error", "synthetic", "mark",
        )  # fmt: skip


class ResultSerializer(SyntheticSerializer, serializers.ModelSerializer[Result]):
    """One zone's outcome in a list, without its explanation."""

    year = serializers.IntegerField(source="run.year")
    scheme = serializers.CharField(source="run.scheme.code")
    zone = serializers.CharField(source="zone.code")
    zone_name = serializers.CharField(source="zone.name")

    class Meta:
        model = Result
        fields: tuple[str, ...] = (
            "id", "run", "year", "scheme", "zone", "zone_name", "score", "rank", "peer_group", "group_size", "coverage",
            "proposal", "rank_low", "rank_high", "holds", "within_noise", "cut_gap", "fired_rules", "synthetic", "mark",
        )  # fmt: skip


class ResultDetailSerializer(ResultSerializer):
    """With the explanation: from raw figures to points, cuts, rules and their clauses.

    `past` tells of earlier years only what the reader may know of them (`years_told`).
    """

    explanation = serializers.SerializerMethodField()

    class Meta(ResultSerializer.Meta):
        fields = (*ResultSerializer.Meta.fields, "explanation")

    def get_explanation(self, result: Result) -> dict[str, Any]:
        told = years_told(result.run, self.context["request"].user)
        explanation = dict(result.explanation)
        explanation["past"] = [entry for entry in explanation.get("past", []) if entry["year"] in told]
        return explanation


class IncidentSerializer(SyntheticSerializer, serializers.ModelSerializer[Incident]):
    """An incident with its document; `withdrawn_at` is set on one that no longer counts."""

    zone = serializers.CharField(source="zone.code")
    zone_name = serializers.CharField(source="zone.name")
    reported_by = serializers.CharField(source="reported_by.code")

    class Meta:
        model = Incident
        fields = (
            "id", "zone", "zone_name", "kind", "severity", "on", "title", "document_number", "issuer", "reported_by",
            "recorded_at", "withdrawn_at", "withdrawal", "synthetic", "mark",
        )  # fmt: skip


class IncidentRequestSerializer(serializers.Serializer[Any]):
    """An incident to be recorded; the severity must be one of its kind."""

    zone = serializers.CharField(max_length=8, help_text=_("园区编号"))
    kind = serializers.ChoiceField(choices=IncidentKind.choices)
    severity = serializers.ChoiceField(choices=Severity.choices)
    on = serializers.DateField()
    title = serializers.CharField(max_length=160)
    document_number = serializers.CharField(max_length=80)
    issuer = serializers.CharField(max_length=80)


class WithdrawalSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=2000)
