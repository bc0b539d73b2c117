"""Plans must not be read as actual figures (计划数不得当作实际数, R19): what a file's headers and kinds say."""

from __future__ import annotations

import re
from collections.abc import Iterable

from indicators.checks.parameters import Intake
from indicators.enums import RuleKind
from indicators.models import CheckRule


def plan_words() -> tuple[str, ...]:
    """The words by which the rules tell a plan; one query."""
    given = CheckRule.objects.filter(kind=RuleKind.INTAKE).values_list("parameters", flat=True)
    return tuple(word for parameters in given for word in Intake.model_validate(parameters).words)


def plan_word(text: str, words: Iterable[str], names: Iterable[str] = ()) -> str:
    """The word by which a header, title or kind says that it holds plans and not actual figures; empty when it does not.

    `names` are those of the catalogue: a name may hold such a word (规划面积, "Planned area") and is no plan for that.
    Latin words count only as whole words, whatever their case.
    """
    left = text.casefold()
    for name in sorted(names, key=len, reverse=True):
        left = left.replace(name.casefold(), " ")
    for word in words:
        wanted = re.escape(word.casefold())
        if re.search(rf"\b{wanted}\b" if word.isascii() else wanted, left):
            return word
    return ""
