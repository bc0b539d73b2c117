"""Breaches, rule checks and tasks as the API shows them."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.statuses import look
from compliance.models import Breach, RuleCheck, Task, TaskNote
from compliance.rules import RULES
from compliance.standing.rules import needs_of
from compliance.words import mend_of, name_of, what_of


class BreachSerializer(serializers.ModelSerializer[Breach]):
    document = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    zone = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    region = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    rule_name = serializers.SerializerMethodField()
    what = serializers.SerializerMethodField()
    mend = serializers.SerializerMethodField()
    exempt = serializers.BooleanField(read_only=True)
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Breach
        fields = [
            "id", "document", "rule", "rule_name", "force", "subject", "label", "zone", "region", "what", "mend", "facts",
            "since", "first_seen", "last_seen", "ended_at", "exempt", "synthetic", "url",
        ]  # fmt: skip

    def get_rule_name(self, breach: Breach) -> str:
        return name_of(breach.rule)

    def get_what(self, breach: Breach) -> str:
        return what_of(breach)

    def get_mend(self, breach: Breach) -> str:
        return mend_of(breach)


class RuleCheckSerializer(serializers.ModelSerializer[RuleCheck]):
    document = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    name = serializers.SerializerMethodField()
    needs = serializers.SerializerMethodField()

    class Meta:
        model = RuleCheck
        fields = [
            "document",
            "rule",
            "name",
            "instrument",
            "force",
            "state",
            "examined",
            "unknown",
            "needs",
            "checked_at",
        ]

    def get_name(self, check: RuleCheck) -> str:
        return name_of(check.rule)

    def get_needs(self, check: RuleCheck) -> str:
        rule = RULES.get(check.rule)
        if rule is None:
            return ""
        return needs_of(rule) if check.state == "waiting" else str(rule.needs)


class TaskSerializer(serializers.ModelSerializer[Task]):
    provision = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    city = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    work = serializers.CharField(source="words", read_only=True)
    status_label = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Task
        fields = [
            "id", "provision", "lead", "city", "work", "deadline", "status", "status_label", "percent", "done_on",
            "revision", "synthetic", "url",
        ]  # fmt: skip

    def get_url(self, task: Task) -> str:
        return task.get_absolute_url() if task.pk else ""  # one that a trial would make has no page

    def get_status_label(self, task: Task) -> str:
        return str(look(task.look).label)


class TaskNoteSerializer(serializers.ModelSerializer[TaskNote]):
    """What was said of a task's progress, by whom, when; never changed."""

    by = serializers.CharField(source="by.username")

    class Meta:
        model = TaskNote
        fields = ["at", "by", "text", "percent", "status"]


class TaskDetailSerializer(TaskSerializer):
    """A task with every note on it."""

    notes = TaskNoteSerializer(many=True, read_only=True)

    class Meta(TaskSerializer.Meta):
        fields = [*TaskSerializer.Meta.fields, "notes"]


class AssignSerializer(serializers.Serializer[Any]):
    """Provisions by code to a lead department and cities by code; null among them is the department's own task."""

    provisions = serializers.ListField(child=serializers.CharField(max_length=16), allow_empty=False)
    lead = serializers.CharField(max_length=24)
    cities = serializers.ListField(child=serializers.CharField(max_length=6, allow_null=True), allow_empty=False)
    deadline = serializers.DateField()
    work = serializers.CharField(max_length=240, required=False, allow_blank=True)


class AssignedSerializer(serializers.Serializer[Any]):
    dry_run = serializers.BooleanField()
    made = TaskSerializer(many=True)


class ReportSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=2000)
    percent = serializers.IntegerField()
    status = serializers.CharField(max_length=16)


class ExtendSerializer(serializers.Serializer[Any]):
    deadline = serializers.DateField()
    text = serializers.CharField(max_length=2000)
