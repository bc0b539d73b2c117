"""Schemes, runs and results as the REST interface shows them (考核接口)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from assessments.models import Result, Run, Scheme
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
            "finished_at", "attempts", "inputs_digest", "results_digest", "engine_version", "error", "synthetic", "mark",
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
            "proposal", "fired_rules", "synthetic", "mark",
        )  # fmt: skip


class ResultDetailSerializer(ResultSerializer):
    """With the explanation: from raw figures to points, cuts, rules and their clauses."""

    explanation = serializers.SerializerMethodField()

    class Meta(ResultSerializer.Meta):
        fields = (*ResultSerializer.Meta.fields, "explanation")

    def get_explanation(self, result: Result) -> dict[str, Any]:
        return dict(result.explanation)
