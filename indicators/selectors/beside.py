"""Beside the cells of a return: its evidence, and whether anything about it is new (佐证材料与新动态)."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from indicators.models import Answer, Evidence, Question, Return


def evidence_of(return_: Return) -> dict[str, list[Evidence]]:
    """The evidence of a return by indicator code, "" for the return as a whole; without what was taken back. One query."""
    files: dict[str, list[Evidence]] = defaultdict(list)
    for one in return_.evidence.kept().filter(correction=None).select_related("indicator", "uploaded_by"):
        files[one.indicator.code if one.indicator else ""].append(one)
    return dict(files)


def with_news(returns: QuerySet[Return]) -> QuerySet[Return]:
    """Returns that know, in the same query, what `news_token` tells."""
    files = Evidence.objects.filter(return_ref=OuterRef("pk")).order_by().values("return_ref")
    asked = Question.objects.filter(return_ref=OuterRef("pk")).order_by().values("return_ref")
    answers = Answer.objects.filter(question__return_ref=OuterRef("pk")).order_by().values("question__return_ref")
    return returns.annotate(
        news_files=_number(Subquery(files.annotate(n=Count("pk") + Count("removed_at")).values("n"))),
        news_asked=_number(Subquery(asked.annotate(n=Count("pk") + Count("closed_at")).values("n"))),
        news_answers=_number(Subquery(answers.annotate(n=Count("pk")).values("n"))),
    )


def news_token(return_: Return) -> str:
    """Counters "figures.files.talk": each is another number as soon as something of its kind has changed.

    The return must come from `with_news`.
    """
    talk = return_.news_asked + return_.news_answers  # type: ignore[attr-defined]
    return f"{return_.revision}.{return_.news_files}.{talk}"  # type: ignore[attr-defined]


def _number(count: Subquery) -> Coalesce:
    return Coalesce(count, 0, output_field=IntegerField())
