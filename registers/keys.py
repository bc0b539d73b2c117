"""Combinations of fields that may stand once in a register (唯一键)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from registers.definition import Definition


def keys_of(spec: Definition, place: str, data: Mapping[str, Any]) -> Iterator[tuple[tuple[str, ...], str]]:
    """The fields of each combination with the digest of their answers; none where one is not answered."""
    for number, codes in enumerate(spec.unique):
        values = [place if code == spec.place else data.get(code) for code in codes]
        if all(value is not None for value in values):
            text = json.dumps([number, codes, values], ensure_ascii=False)
            yield tuple(codes), hashlib.sha256(text.encode()).hexdigest()
