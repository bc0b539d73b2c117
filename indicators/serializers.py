"""Shapes of collection in REST (填报数据的接口格式)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api import SyntheticSerializer
from indicators.checks import rule_codes, rule_equation
from indicators.enums import Absence
from indicators.models import CheckRule, Evidence, Form, Indicator, Return, ReturnAct, Round, Value
from parks.models import Region


class IndicatorSerializer(serializers.ModelSerializer[Indicator]):
    """A derived indicator has a `formula` over codes of base ones and is never filled in."""

    class Meta:
        model = Indicator
        fields = (
            "code", "name_zh", "name_en", "dimension", "kind", "scope", "unit", "unit_en", "decimals", "direction",
            "definition_zh", "definition_en", "formula", "department", "source", "certainty", "frequency",
            "zone_classes", "required", "minimum", "maximum",
        )  # fmt: skip


class RuleSerializer(serializers.ModelSerializer[CheckRule]):
    """A rule on figures. `equation` is what must hold in the formula language, empty for comparisons; `indicators` are the
    items it is about, those it names or those that follow from the catalogue.
    """

    equation = serializers.SerializerMethodField()
    indicators = serializers.SerializerMethodField()

    class Meta:
        model = CheckRule
        fields = (
            "code", "kind", "severity", "equation", "indicators", "parameters", "zone_classes", "levels", "condition",
            "message_zh", "message_en", "basis",
        )  # fmt: skip

    def get_equation(self, rule: CheckRule) -> str:
        return rule_equation(rule)

    def get_indicators(self, rule: CheckRule) -> list[str]:
        return rule_codes(rule, self.context["catalogue"])


class RoundSerializer(serializers.ModelSerializer[Round]):
    """A round; `indicators` are the items of its `forms` as they stood when it was put together."""

    cities = serializers.SlugRelatedField[Region](slug_field="code", many=True, read_only=True)
    forms = serializers.SlugRelatedField[Form](slug_field="code", many=True, read_only=True)
    indicators = serializers.SlugRelatedField[Indicator](slug_field="code", many=True, read_only=True)

    class Meta:
        model = Round
        fields = (
            "id", "year", "period", "frequency", "name", "status", "zone_classes", "levels", "cities", "forms", "opens_on",
            "due_on", "closes_on", "review_steps", "reminder_days", "indicators",
        )  # fmt: skip


class ReturnSerializer(SyntheticSerializer, serializers.ModelSerializer[Return]):
    """One zone's filing. `revision` is its ETag, and what `If-Match` must hold on a write."""

    zone = serializers.CharField(source="zone.code", read_only=True)
    year = serializers.IntegerField(source="round.year", read_only=True)

    class Meta:
        model = Return
        fields = (
            "id", "round", "year", "zone", "status", "revision", "due_on", "submitted_at", "accepted_at", "synthetic", "mark",
        )  # fmt: skip


class ActSerializer(serializers.ModelSerializer[ReturnAct]):
    """An act with its place in the hash chain; `cells` are reasons for sending back by indicator code."""

    actor = serializers.CharField(default="")
    organisation = serializers.CharField(source="organisation.code", default="")

    class Meta:
        model = ReturnAct
        fields = (
            "kind",
            "at",
            "actor",
            "organisation",
            "reason",
            "cells",
            "return_revision",
            "previous_digest",
            "digest",
        )


class ReturnDetailSerializer(ReturnSerializer):
    """A single return also brings its acts."""

    acts = ActSerializer(many=True, read_only=True)

    class Meta(ReturnSerializer.Meta):
        fields = (*ReturnSerializer.Meta.fields, "acts")  # type: ignore[assignment]


class ValueSerializer(SyntheticSerializer, serializers.ModelSerializer[Value]):
    """A figure in its indicator's unit; `number` null means unknown, and `absence` says why. Never 0 for missing.

    `status` is that of its return; empty for a published figure, which has none.
    """

    zone = serializers.CharField(source="zone.code", read_only=True)
    indicator = serializers.CharField(source="indicator.code", read_only=True)
    unit = serializers.CharField(source="indicator.unit", read_only=True)
    return_id = serializers.IntegerField(source="return_ref_id", allow_null=True, read_only=True)
    status = serializers.CharField(source="return_ref.status", default="", read_only=True)

    class Meta:
        model = Value
        fields = (
            "id", "zone", "indicator", "year", "period", "number", "unit", "absence", "comment", "source", "source_note",
            "certainty", "return_id", "status", "revision", "updated_at", "synthetic", "mark",
        )  # fmt: skip


class CellListSerializer(serializers.ListSerializer[Any]):
    """A whole sheet at most: longer lists are a mistake."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"allow_empty": False, "max_length": 300} | kwargs)


class CellSerializer(serializers.Serializer[Any]):
    """A cell to save: a number in the indicator's unit, or a reason for none; a comment where the rules ask for one."""

    indicator = serializers.CharField(source="indicator_code", max_length=60)
    number = serializers.DecimalField(max_digits=20, decimal_places=4, allow_null=True, default=None)
    absence = serializers.ChoiceField(choices=Absence.choices, allow_blank=True, default="")
    comment = serializers.CharField(max_length=500, allow_blank=True, default="")

    class Meta:
        list_serializer_class = CellListSerializer


class FindingSerializer(serializers.Serializer[Any]):
    """What the checks found; `indicators` are the cells it concerns, `to_mend` whether it keeps the return back."""

    rule = serializers.CharField()
    kind = serializers.CharField()
    severity = serializers.CharField()
    message = serializers.CharField()
    indicators = serializers.ListField(source="codes", child=serializers.CharField())
    basis = serializers.CharField()
    explained = serializers.BooleanField()
    to_mend = serializers.BooleanField()
    suggested = serializers.FloatField(allow_null=True)


class EvidenceSerializer(serializers.ModelSerializer[Evidence]):
    """A file that proves a figure; `indicator` empty: the return as a whole. `removed_at` set: taken back, file kept."""

    return_id = serializers.IntegerField(source="return_ref_id", read_only=True)
    indicator = serializers.CharField(source="indicator.code", default="", read_only=True)
    sha256 = serializers.CharField(source="digest", read_only=True)
    uploaded_by = serializers.CharField(read_only=True)

    class Meta:
        model = Evidence
        fields = (
            "id", "return_id", "indicator", "name", "size", "sha256", "content_type", "uploaded_by", "uploaded_at", "removed_at",
        )  # fmt: skip


class EvidenceUploadSerializer(serializers.Serializer[Any]):
    """A file for an item of a return, or for the return as a whole without `indicator`."""

    return_id = serializers.IntegerField(min_value=1, max_value=2**31)
    indicator = serializers.CharField(max_length=60, allow_blank=True, default="")
    file = serializers.FileField(allow_empty_file=True)
