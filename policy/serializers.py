"""Provisions and instruments as the API shows them."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from policy import declarations, outline
from policy.models import Carrier, Instrument, Provision, Ruling, Term
from policy.standing import ProvisionState, provision_states
from policy.words import TermLine


class CarrierSerializer(serializers.ModelSerializer[Carrier]):
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Carrier
        fields = ["owner", "label_zh", "label_en", "url"]


class StandingSerializer(serializers.Serializer[Any]):
    status = serializers.CharField()
    words = serializers.CharField()
    url = serializers.CharField()
    series = serializers.ListField(child=serializers.ListField(child=serializers.FloatField()))
    synthetic = serializers.BooleanField()


class StateSerializer(serializers.Serializer[Any]):
    """How a provision stands now, in words of the reader's language; `open_words` still need a decision."""

    status = serializers.CharField()
    standings = StandingSerializer(many=True)
    why = serializers.CharField()
    departments = serializers.SerializerMethodField()
    open_words = serializers.SerializerMethodField()

    def get_departments(self, state: ProvisionState) -> list[str]:
        return sorted(state.departments)

    def get_open_words(self, state: ProvisionState) -> list[str]:
        return [term.word for term in state.terms]


class ProvisionSerializer(serializers.ModelSerializer[Provision]):
    document = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    chapter = serializers.SerializerMethodField()
    instrument = serializers.SlugRelatedField[Any](slug_field="key", read_only=True)
    carried = serializers.SerializerMethodField()
    state = serializers.SerializerMethodField()
    carriers = CarrierSerializer(many=True, read_only=True, source="instrument.carriers")
    url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Provision
        fields = [
            "code", "document", "chapter", "section", "kind", "year", "quote", "start", "end", "gloss_en", "note_en",
            "subject", "instrument", "carried", "state", "carriers", "url",
        ]  # fmt: skip

    def _state(self, provision: Provision) -> ProvisionState:
        context: Any = self.context
        states: dict[int, dict[int, ProvisionState]] = context.setdefault("states", {})
        if provision.document_id not in states:
            states[provision.document_id] = provision_states(provision.document, self.context["request"].user)
        return states[provision.document_id][provision.pk]

    def get_carried(self, provision: Provision) -> bool:
        return self._state(provision).is_carried

    @extend_schema_field(StateSerializer)
    def get_state(self, provision: Provision) -> dict[str, Any]:
        return dict(StateSerializer(self._state(provision)).data)

    def get_chapter(self, provision: Provision) -> str:
        return outline.chapter_of(provision.section)


class EntrySerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    detail = serializers.CharField()
    open = serializers.BooleanField()


class FactSerializer(serializers.Serializer[Any]):
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.CharField()
    code = serializers.BooleanField()
    open = serializers.BooleanField()


class DeclarationSerializer(serializers.Serializer[Any]):
    """What the instrument declares, in the words of the reader's language; `open` still needs a decision."""

    facts = FactSerializer(many=True)
    title = serializers.CharField()
    entries = EntrySerializer(many=True)


class InstrumentSerializer(serializers.ModelSerializer[Instrument]):
    document = serializers.SlugRelatedField[Any](slug_field="code", read_only=True)
    provisions = serializers.SlugRelatedField[Any](slug_field="code", many=True, read_only=True)
    declaration = serializers.SerializerMethodField()
    carriers = CarrierSerializer(many=True, read_only=True)

    class Meta:
        model = Instrument
        fields = [
            "key", "document", "kind", "name_zh", "name_en", "subject", "fields", "declaration", "provisions", "carriers",
        ]  # fmt: skip

    def get_declaration(self, instrument: Instrument) -> dict[str, Any]:
        declared = declarations.explain(instrument.kind, instrument.fields)
        return dict(DeclarationSerializer(declared).data)


class RulingSerializer(serializers.ModelSerializer[Ruling]):
    """A decision on a word: value or words, the document it rests on, the day; none is ever changed.

    Of a composite `parts` are pairs of indicator and weight in per cent, `base_year` the year in which it is 100.
    """

    by = serializers.CharField(source="by.username")

    class Meta:
        model = Ruling
        fields = ["value", "text", "parts", "base_year", "basis", "decided_on", "by", "at"]


class TermSerializer(serializers.ModelSerializer[Term]):
    """A word that the policy leaves open: what counts today, who must decide, every decision so far (newest first)."""

    document = serializers.CharField(source="document.code")
    provisions = serializers.SlugRelatedField[Any](slug_field="code", many=True, read_only=True)
    state = serializers.SerializerMethodField(help_text=_("term_decided 已确定，term_assumed 起始设定，term_open 未定"))
    value = serializers.SerializerMethodField(method_name="get_counting", help_text=_("现在采用的数值；未定的为空"))
    shown = serializers.SerializerMethodField(help_text=_("现在采用的内容"))
    rulings = RulingSerializer(many=True, read_only=True)

    class Meta:
        model = Term
        fields = [
            "id", "document", "key", "word", "question_zh", "question_en", "numeric", "composite", "unit", "start", "decider_zh",
            "decider_en", "provisions", "state", "value", "shown", "rulings",
        ]  # fmt: skip

    def get_state(self, term: Term) -> str:
        return _line(term).state

    def get_counting(self, term: Term) -> str | None:
        value = _line(term).value
        return None if value is None else f"{value.normalize():f}"

    def get_shown(self, term: Term) -> str:
        return _line(term).shown


def _line(term: Term) -> TermLine:
    return TermLine(term, next(iter(term.rulings.all()), None))


class RulingWriteSerializer(serializers.Serializer[Any]):
    value = serializers.DecimalField(max_digits=16, decimal_places=4, required=False, allow_null=True)
    text = serializers.CharField(max_length=400, required=False, allow_blank=True)
    parts = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField(max_length=60), min_length=2, max_length=2),
        required=False,
        help_text=_('综合指数的分项：指标代码和权重（%），例如 [["land_output_rate", "40"], …]，合计 100'),
    )
    base_year = serializers.IntegerField(required=False, allow_null=True, help_text=_("综合指数的基年，那一年为 100"))
    basis = serializers.CharField(max_length=160)
    decided_on = serializers.DateField()

    def validate_parts(self, parts: list[list[str]]) -> list[tuple[str, Decimal]]:
        try:
            return [(code, Decimal(weight)) for code, weight in parts]
        except InvalidOperation:
            raise serializers.ValidationError(_("权重须是数字。")) from None
