"""Shapes of the registry in REST (登记数据的接口格式)."""

from __future__ import annotations

from rest_framework import serializers

from parks.models import Designation, Region, RegionAxis, Zone, ZoneAlias, ZoneEvent


class RegionSerializer(serializers.ModelSerializer[Region]):
    """Years are whole: a code with `valid_to_year` 2019 was last in use in 2018."""

    # `parent` is also an attribute of every serializer; the metaclass takes the field out of its way.
    parent = serializers.CharField(source="parent.code", default=None, allow_null=True)  # type: ignore[assignment]
    successors = serializers.SlugRelatedField[Region](slug_field="code", many=True, read_only=True)

    class Meta:
        model = Region
        fields = [
            "code", "name", "name_en", "level", "kind", "parent", "valid_from_year", "valid_to_year", "successors",
            "province_managed_from", "province_managed_certainty", "certainty", "source",
        ]  # fmt: skip


class RegionRefSerializer(serializers.ModelSerializer[Region]):
    class Meta:
        model = Region
        fields = ["code", "name", "name_en"]


class DesignationSerializer(serializers.ModelSerializer[Designation]):
    """`approved_on` and `ended_on` have the precision of the source; `valid_from` and `valid_to` its first day."""

    zone = serializers.SlugRelatedField[Zone](slug_field="code", read_only=True)

    class Meta:
        model = Designation
        fields = [
            "code", "zone", "name", "zone_class", "subclass", "level", "approved_on", "approval_document",
            "approved_area_ha", "catalogue_2018", "nbs_code", "valid_from", "valid_to", "ended_on", "end_reason",
            "plate_certainty", "name_certainty", "source_grade", "note",
        ]  # fmt: skip


class AliasSerializer(serializers.ModelSerializer[ZoneAlias]):
    class Meta:
        model = ZoneAlias
        fields = ["name", "certainty", "note"]


class EventSerializer(serializers.ModelSerializer[ZoneEvent]):
    class Meta:
        model = ZoneEvent
        fields = ["year", "happened_on", "kind", "title", "rank", "certainty", "source_grade", "note"]


class ZoneSerializer(serializers.ModelSerializer[Zone]):
    city = RegionRefSerializer(read_only=True)
    county = RegionRefSerializer(read_only=True, allow_null=True)
    designations = DesignationSerializer(many=True, read_only=True)
    aliases = AliasSerializer(many=True, read_only=True)

    class Meta:
        model = Zone
        fields = [
            "code", "name", "city", "county", "leading_industries", "planned_area_km2", "built_area_km2", "star",
            "star_note", "designations", "aliases", "name_certainty", "fact_certainty", "source_grade", "note",
        ]  # fmt: skip


class ZoneDetailSerializer(ZoneSerializer):
    """A single zone also brings its timeline."""

    events = EventSerializer(many=True, read_only=True)

    class Meta(ZoneSerializer.Meta):
        fields = [*ZoneSerializer.Meta.fields, "events"]


class AxisPlaceSerializer(serializers.ModelSerializer[RegionAxis]):
    """`quote`: the policy's own words where it names the place itself; `recorded_by` is null for what came with the pack."""

    region = RegionRefSerializer(read_only=True)
    recorded_by = serializers.CharField(
        source="recorded_by.display_name", read_only=True, allow_null=True, default=None
    )

    class Meta:
        model = RegionAxis
        fields = ["axis", "region", "document", "quote", "recorded_by", "recorded_at"]
