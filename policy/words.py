"""The words the policy leaves open, and what was decided on them (未定用语)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.numbers import format_number
from policy.models import Document, Ruling, Term


@dataclass(frozen=True, slots=True)
class TermLine:
    """A word with the value that counts today; `ruling` is None while nobody has decided."""

    term: Term
    ruling: Ruling | None

    @property
    def value(self) -> Decimal | None:
        return self.term.start if self.ruling is None else self.ruling.value

    @property
    def state(self) -> str:
        """Look of the status: decided, a starting value, or nothing at all."""
        if self.ruling is not None:
            return "term_decided"
        return "term_assumed" if self.term.start is not None else "term_open"

    @property
    def shown(self) -> str:
        if self.ruling is not None and self.ruling.text:
            return self.ruling.text
        if self.value is None:
            return ""
        return f"{format_number(self.value)} {self.term.unit}".strip()


@dataclass(frozen=True, slots=True)
class SettingLine:
    """A value that another page keeps (a target's tolerance, a parameter of a method), shown among the words."""

    word: str
    question: str
    value: str
    decider: str
    state: str
    provision: str
    url: str
    set_by: str = ""
    set_at: Any = None


SettingsProvider = Callable[[Document], list[SettingLine]]
_SETTINGS: dict[str, SettingsProvider] = {}


def settings_register(name: str, provider: SettingsProvider) -> None:
    """Have the open values that another app keeps listed beside the words."""
    _SETTINGS[name] = provider


def settings_elsewhere(document: Document) -> list[SettingLine]:
    return [line for provider in _SETTINGS.values() for line in provider(document)]


def term_lines(document: Document) -> list[TermLine]:
    """Every word of a document with what counts today; three queries."""
    newest: dict[int, Ruling] = {}
    for ruling in Ruling.objects.filter(term__document=document).select_related("by").order_by("id"):
        newest[ruling.term_id] = ruling
    terms = Term.objects.filter(document=document).select_related("document").prefetch_related("provisions")
    return [TermLine(term, newest.get(term.pk)) for term in terms]


def term_values(document: Document) -> dict[str, Decimal | None]:
    """The value in force of every word by its key; None where nobody decided and nothing is assumed."""
    decided = dict(Ruling.objects.filter(term__document=document).order_by("id").values_list("term__key", "value"))
    started = dict(Term.objects.filter(document=document).values_list("key", "start"))
    return started | decided


def open_terms(document: Document) -> dict[int, list[Term]]:
    """Words that nobody has decided yet, by provision; one query."""
    found: dict[int, list[Term]] = defaultdict(list)
    terms = Term.objects.filter(document=document, rulings=None).select_related("document")
    for term in terms.prefetch_related("provisions"):
        for provision in term.provisions.all():
            found[provision.pk].append(term)
    return dict(found)


Part = tuple[str, Decimal]
"""The code of an indicator, and its weight in per cent."""
PartsOffer = Callable[[Document], dict[str, str]]
_OFFERS: list[PartsOffer] = []
FEWEST_PARTS, WHOLE = 2, Decimal(100)
FIRST_BASE_YEAR = 2009


def parts_register(offer: PartsOffer) -> None:
    """Have `offer` say of which indicators, by code, a composite of a document may be made: an app above knows them."""
    _OFFERS[:] = [offer]


def parts_offered(document: Document) -> dict[str, str]:
    """Indicators a composite may be made of, by code, with their names in the reader's language."""
    return {code: label for offer in _OFFERS for code, label in offer(document).items()}


def parts_faults(term: Term, parts: Sequence[Part], base_year: int | None) -> dict[str, str]:
    """What is wrong with the parts and base year of a composite, by field."""
    faults = {}
    offered, codes = parts_offered(term.document), [code for code, _weight in parts]
    strange = [code for code in codes if code not in offered]
    total = sum((weight for _code, weight in parts), Decimal(0))
    if strange:
        faults["parts"] = str(_("没有可作分项的指标：%(codes)s。") % {"codes": "、".join(strange)})
    elif len(set(codes)) < len(codes):
        faults["parts"] = str(_("同一指标出现在多行，请合并为一行。"))
    elif len(parts) < FEWEST_PARTS:
        faults["parts"] = str(_("综合指数至少有两个分项。"))
    elif any(weight <= 0 for _code, weight in parts):
        faults["parts"] = str(_("每个分项的权重须大于 0。"))
    elif total != WHOLE:
        faults["parts"] = str(_("权重合计为 %(total)s，应为 100。") % {"total": format_number(total)})
    last = timezone.localdate().year - 1
    if base_year is None or not FIRST_BASE_YEAR <= base_year <= last:
        facts = {"first": FIRST_BASE_YEAR, "last": last}
        faults["base_year"] = str(_("请填写基年，%(first)d 至 %(last)d 之间：那一年的指数为 100。") % facts)
    return faults


def parts_words(term: Term, parts: Sequence[Part], base_year: int) -> str:
    """The parts of a composite in a sentence of Chinese, as it is kept with the decision."""
    with override("zh-hans"):
        offered = parts_offered(term.document)
        told = "、".join(f"{offered.get(code, code)} {format_number(weight)}%" for code, weight in parts)
    return f"{told}；{base_year} 年为 100"[:400]


def ruling_faults(term: Term, value: Decimal | None, text: str, basis: str) -> dict[str, str]:
    """What keeps a decision from being recorded, by field."""
    faults = {}
    if term.numeric and value is None:
        faults["value"] = str(_("请填写确定的数值，单位：%(unit)s。") % {"unit": term.unit or _("无")})
    if value is not None and value < 0:
        faults["value"] = str(_("数值不能为负。"))
    if not term.numeric and not term.composite and not text.strip():
        faults["text"] = str(_("请写明确定的内容。"))
    if not basis.strip():
        faults["basis"] = str(_("请填写确定这一用语的文件或会议，例如“省联席会议办公室〔2018〕3号”。"))
    return faults
