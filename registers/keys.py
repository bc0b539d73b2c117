"""Combinations of fields that may stand once in a register (唯一键)."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from typing import Any

from registers.definition import Definition, chosen
from registers.enums import FieldType


def keys_of(spec: Definition, place: str, data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The fields of each combination with the digest of their answers; none where one is not answered.

    Of several choices each stands for itself: two entries of a project may not share a tag.
    """
    several = {each.code for each in spec.of_type(FieldType.CHOICES)}
    for number, codes in enumerate(spec.unique):
        answers = [
            chosen(data.get(code)) if code in several else [place if code == spec.place else data.get(code)]
            for code in codes
        ]
        for values in itertools.product(*answers):
            if all(value is not None for value in values):
                text = json.dumps([number, codes, list(values)], ensure_ascii=False)
                yield tuple(codes), hashlib.sha256(text.encode()).hexdigest()
