"""All registers, and one with its entries (台账总览、台账条目)."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pandas as pd
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.enums import Permission
from accounts.models import User
from common.access import permission_required
from policy.models import Document
from policy.outline import LineKind, chapter_of
from policy.outline import read as read_outline
from registers.definition import Definition, said
from registers.enums import MeasureKind, Place
from registers.filters import entry_filter, number_of
from registers.models import Entry, Register
from registers.rights import kept_by, may_keep
from registers.selectors import entries_of, listed, register_counts, totals
from registers.selectors.counts import with_numbers
from registers.views.common import PER_PAGE, find_register, linked, user_of

YEARS = 5
"""Years of figures that a register's page shows, this one the last."""


@require_safe
@permission_required(Permission.REGISTER_VIEW)
def register_list(request: HttpRequest) -> HttpResponse:
    """Every register by chapter of the policy: who keeps it, how many entries, when one last changed."""
    user, word = user_of(request), request.GET.get("q", "").strip()
    lines = totals(user)
    kept = kept_by(user, [line.register for line in lines])
    if word:
        lines = [line for line in lines if _named(line.register, word)]
    if request.GET.get("mine"):
        lines = [line for line in lines if line.register.pk in kept]
    titles = chapter_titles()
    chapters = [
        {"title": titles.get(chapter, chapter), "lines": list(group)}
        for chapter, group in groupby(lines, key=lambda line: chapter_of(line.register.section))
    ]
    context = {
        "chapters": chapters,
        "kept": kept,
        "word": word,
        "mine": bool(request.GET.get("mine")),
        "registers": len(lines),
        "filled": sum(line.entries > 0 for line in lines),
        "entries": sum(line.entries for line in lines),
        "synthetic": any(line.synthetic for line in lines),
    }
    return render(request, "registers/register_list.html", context)


def chapter_titles() -> dict[str, str]:
    """The headings of the policy's chapters by their numerals, in the reader's language."""
    english = (get_language() or "").startswith("en")
    titles: dict[str, str] = {}
    for document in Document.objects.all():
        for line in read_outline(document.text):
            if line.kind == LineKind.CHAPTER:
                title = (document.text[line.start : line.head_end] or document.text[line.start : line.end]).strip()
                titles.setdefault(line.section, document.headings_en.get(line.section, title) if english else title)
    return titles


def _named(register: Register, word: str) -> bool:
    spec = register.spec
    texts = (*spec.name, *spec.purpose, register.code, *spec.clauses, *(text for f in spec.fields for text in f.name))
    return any(word.lower() in text.lower() for text in texts)


@require_safe
@permission_required()
def entry_count(request: HttpRequest, code: str) -> HttpResponse:
    """A few words on how the register stands, for the page of the policy; nothing for those who see no registers."""
    register = find_register(code)
    if not user_of(request).may(Permission.REGISTER_VIEW):
        return HttpResponse()
    standing = Entry.objects.visible_to(user_of(request)).standing().filter(register=register)
    return render(request, "registers/_count.html", {"count": standing.count()})


@require_safe
@permission_required(Permission.REGISTER_VIEW)
def entry_list(request: HttpRequest, code: str) -> HttpResponse:
    """The entries of a register in the user's territory, filtered by its own fields, and the figures it gives."""
    register, user = find_register(code), user_of(request)
    spec = register.spec
    chosen = entry_filter(register, brief=True)(request.GET, entries_of(register, user))
    page = Paginator(in_order(chosen.qs, spec, request.GET.get("sort", "")), PER_PAGE).get_page(request.GET.get("page"))
    columns = spec.columns
    rows = listed(register, list(page.object_list), columns)
    context = {
        "register": register,
        "spec": spec,
        "purpose": said(spec.purpose),
        "question": said(spec.open_question) if spec.open_question else "",
        "filter": chosen,
        "page_obj": page,
        "columns": [{"key": c.code, "label": c.label, "unit": c.unit_label, "num": c.is_number} for c in columns]
        + [{"key": d.code, "label": d.label, "unit": d.unit_label, "num": True, "derived": True} for d in spec.derived],
        "rows": [(row.entry, linked(row.answers)) for row in rows],
        "may_keep": may_keep(user, spec) and register.active,
        "may_export": user.may(Permission.EXPORT),
        "figures": figures_of(register, user),
        "years": _years(),
    }
    return render(request, "registers/entry_list.html", context)


def in_order(entries: QuerySet[Entry], spec: Definition, sort: str) -> QuerySet[Entry]:
    """Sorted as asked: by place, title, date or a number of its own; else the newest first."""
    key = sort.removeprefix("-")
    each = spec.field(key)
    if each is not None and each.is_number:
        entries, key = entries.annotate(sorted_by=number_of(spec, key)), "sorted_by"
    elif each is not None:
        key = f"data__{key}"
    elif key == "place":
        key = "zone__code" if spec.place == Place.ZONE else "region__code"
    elif key not in {"title", "dated", "changed_at"}:
        return entries.order_by("-dated", "-pk") if spec.date else entries.order_by("-pk")
    return entries.order_by(f"-{key}" if sort.startswith("-") else key, "-pk")


def _years() -> list[int]:
    now = timezone.localdate().year
    return list(range(now - YEARS + 1, now + 1))


def figures_of(register: Register, user: User) -> list[dict[str, Any]]:
    """The register's figures for the user's territory, one line a measure, a ratio from the sums of its parts."""
    spec, years = register.spec, _years()
    if not spec.measures:
        return []
    key = "zone__code" if spec.place == Place.ZONE else "region__code"
    places = set(Entry.objects.visible_to(user).filter(register=register).order_by().values_list(key, flat=True))
    measured = {measure.code for measure in spec.measures}
    frame = register_counts(measured, years, places=places - {None})
    summed = frame.groupby(["measure", "year"], as_index=False)[["part", "whole", "entries", "undated"]].sum()
    kinds = {measure.code: measure.kind for measure in spec.measures}
    numbers = with_numbers(summed, kinds) if len(summed) else summed
    lines = []
    for measure in spec.measures:
        own = numbers[numbers["measure"] == measure.code] if len(numbers) else numbers
        by_year = {row["year"]: row for row in own.to_dict("records")}
        lines.append(
            {
                "measure": measure,
                "digits": 2 if measure.kind == MeasureKind.SHARE else None,
                "note": said(measure.note) if measure.note else "",
                "time": _time(spec, measure.in_year, measure.until),
                "cells": [_cell(by_year.get(year)) for year in years],
                "undated": max((row["undated"] for row in by_year.values()), default=0),
            }
        )
    return lines


def _cell(row: Any) -> float | None:
    return None if row is None or pd.isna(row["number"]) else float(row["number"])


def _time(spec: Definition, in_year: str, until: str) -> str:
    """When an entry counts, in words."""
    each = spec.field(in_year or until)
    if each is None:
        return _("按现状")
    return (_("按“%(date)s”所在年份") if in_year else _("“%(date)s”在年末以前")) % {"date": each.label}
