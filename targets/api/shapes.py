"""What targets look like over the API (目标接口的形状)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.api import SyntheticSerializer
from targets.enums import Measure, Verdict
from targets.models import Judgement, Progress, Quota, ReportedProgress, Target
from targets.selectors import narrowed


class TargetSerializer(serializers.ModelSerializer[Target]):
    """A promise of the policy with its clause and its measure; a qualitative one has no value."""

    provision = serializers.CharField(source="provision.code")
    quote = serializers.CharField(source="provision.quote")

    class Meta:
        model = Target
        fields = (
            "code", "provision", "quote", "name_zh", "name_en", "year", "operator", "value", "unit", "tolerance_pct",
            "tolerance_by", "tolerance_by_en", "measure", "spec", "lead", "note_zh", "note_en", "origin", "as_of",
            "baseline_year", "baseline_value", "baseline_source", "path", "milestones", "method", "judged_by", "revision",
            "withdrawn_at", "withdrawal",
        )  # fmt: skip


class ProgressSerializer(SyntheticSerializer, serializers.ModelSerializer[Progress]):
    """A target's value at the end of a year; `detail` names the zones counted, nearest and missing in one's territory."""

    target = serializers.CharField(source="target.code")
    detail = serializers.SerializerMethodField()

    def get_detail(self, row: Progress) -> dict[str, Any]:
        return narrowed(row.detail, self.context["visible"])

    class Meta:
        model = Progress
        fields = (
            "id", "target", "year", "value", "numerator", "denominator", "status", "detail", "computed_at", "synthetic", "mark",
        )  # fmt: skip


class ReportedSerializer(SyntheticSerializer, serializers.ModelSerializer[ReportedProgress]):
    """A figure as it was reported for a year; vintage 1 first, later ones are late data. `digest` chains to the one before."""

    target = serializers.CharField(source="target.code")

    class Meta:
        model = ReportedProgress
        fields = (
            "id", "target", "year", "vintage", "reason", "note", "value", "numerator", "denominator", "status", "goal",
            "target_revision", "data_change_id", "digest", "reported_at", "synthetic", "mark",
        )  # fmt: skip


class QuotaSerializer(serializers.ModelSerializer[Quota]):
    """A city's or a zone's part of a target, of the division that counts."""

    target = serializers.CharField(source="sheet.target.code")
    city = serializers.CharField(source="region.code", allow_null=True, default=None)
    zone = serializers.CharField(source="zone.code", allow_null=True, default=None)
    number = serializers.IntegerField(source="sheet.number")
    whole = serializers.DecimalField(source="sheet.whole", max_digits=14, decimal_places=2)
    set_at = serializers.DateTimeField(source="sheet.set_at")

    class Meta:
        model = Quota
        fields = ("id", "target", "city", "zone", "value", "whole", "number", "set_at")


class JudgementSerializer(SyntheticSerializer, serializers.ModelSerializer[Judgement]):
    """The office's judgement on a qualitative goal, with its evidence; never changed."""

    target = serializers.CharField(source="target.code")

    class Meta:
        model = Judgement
        fields = (
            "id", "target", "year", "verdict", "evidence", "on", "file_name", "file_digest", "judged_at", "synthetic", "mark",
        )  # fmt: skip


class TargetWriteSerializer(serializers.Serializer[Any]):
    """A target of the office's own, field by field as in the form; which ones are asked depends on `measure`.

    `conditions` is one test a line (`tax_revenue > 1,000 万元`), `milestones` are `2026=10; 2028=20`, `provision` is its code.
    Without `year` it holds at any time.
    """

    measure = serializers.ChoiceField(choices=Measure.choices)
    name_zh = serializers.CharField(max_length=120)
    name_en = serializers.CharField(max_length=200)
    year = serializers.IntegerField(required=False, allow_null=True)
    provision = serializers.CharField(max_length=16)
    lead = serializers.CharField(max_length=24)
    operator = serializers.CharField(max_length=8, required=False)
    value = serializers.DecimalField(max_digits=14, decimal_places=2, required=False)
    unit = serializers.CharField(max_length=12, required=False)
    zone_class = serializers.CharField(max_length=10, required=False, allow_blank=True)
    level = serializers.CharField(max_length=20, required=False, allow_blank=True)
    conditions = serializers.CharField(max_length=2000, required=False)
    expression = serializers.CharField(max_length=400, required=False, allow_blank=True)
    numerator = serializers.CharField(max_length=60, required=False)
    denominator = serializers.CharField(max_length=60, required=False, allow_blank=True)
    factor = serializers.FloatField(required=False)
    indicator = serializers.CharField(max_length=60, required=False, allow_blank=True)
    figure = serializers.CharField(max_length=60, required=False)
    rule = serializers.CharField(max_length=60, required=False)
    since = serializers.IntegerField(required=False)
    by = serializers.ChoiceField(choices=["points", "percent"], required=False)
    proxies = serializers.ListField(child=serializers.CharField(max_length=60), required=False)
    tolerance_pct = serializers.DecimalField(max_digits=5, decimal_places=2, required=False)
    tolerance_by = serializers.CharField(max_length=120)
    tolerance_by_en = serializers.CharField(max_length=240, required=False, allow_blank=True)
    path = serializers.CharField(max_length=12, required=False)
    milestones = serializers.CharField(max_length=400, required=False, allow_blank=True)
    method = serializers.CharField(max_length=10, required=False)
    judged_by = serializers.CharField(max_length=160, required=False)
    baseline_year = serializers.IntegerField(required=False, allow_null=True)
    baseline_value = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True)
    baseline_source = serializers.CharField(max_length=240, required=False, allow_blank=True)
    as_of = serializers.DateField(required=False, allow_null=True)
    note_zh = serializers.CharField(max_length=400, required=False, allow_blank=True)
    note_en = serializers.CharField(max_length=500, required=False, allow_blank=True)
    change_note = serializers.CharField(max_length=400, required=False)


class TrialSerializer(serializers.Serializer[Any]):
    """A year of what the target would show."""

    year = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    numerator = serializers.FloatField(allow_null=True)
    denominator = serializers.FloatField(allow_null=True)
    status = serializers.CharField()
    synthetic = serializers.BooleanField()


class TrialAnswerSerializer(serializers.Serializer[Any]):
    """The answer to a trial: nothing was saved."""

    dry_run = serializers.BooleanField()
    progress = TrialSerializer(many=True)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=400)


class JudgementWriteSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    verdict = serializers.ChoiceField(choices=Verdict.choices)
    evidence = serializers.CharField(max_length=5000)
    on = serializers.DateField()
    file = serializers.FileField(required=False)


class DivisionSerializer(serializers.Serializer[Any]):
    """A division that counts: its number (0: not divided yet), what was divided, what the parts come to, the parts by code."""

    target = serializers.CharField()
    city = serializers.CharField(allow_null=True)
    number = serializers.IntegerField()
    whole = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    total = serializers.DecimalField(max_digits=16, decimal_places=2, allow_null=True)
    reason = serializers.CharField(allow_blank=True)
    parts = serializers.DictField(child=serializers.DecimalField(max_digits=14, decimal_places=2))


class DivisionWriteSerializer(serializers.Serializer[Any]):
    """Parts by code of city, or of zone with `city`; a sum that differs from the whole needs `reason`."""

    city = serializers.CharField(max_length=6, required=False, allow_null=True)
    parts = serializers.DictField(child=serializers.DecimalField(max_digits=14, decimal_places=2), allow_empty=False)
    reason = serializers.CharField(max_length=400, required=False, allow_blank=True)


class ReportWriteSerializer(serializers.Serializer[Any]):
    year = serializers.IntegerField(min_value=2000, max_value=2100)
    note = serializers.CharField(max_length=400, required=False, allow_blank=True)


class ReportAnswerSerializer(serializers.Serializer[Any]):
    """Codes of targets reported for the first time, of those with late data, and how many stood as reported."""

    dry_run = serializers.BooleanField()
    first = serializers.ListField(child=serializers.CharField())
    late = serializers.ListField(child=serializers.CharField())
    unchanged = serializers.IntegerField()
