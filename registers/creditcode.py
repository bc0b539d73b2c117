"""The unified social credit code (统一社会信用代码), GB 32100-2015: 18 characters, the last of which checks the others."""

from __future__ import annotations

import re
import unicodedata

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""31 characters: I, O, S, V and Z are left out because they are misread."""
LENGTH = 18
_SHAPE = re.compile(rf"[{ALPHABET}]{{2}}[0-9]{{6}}[{ALPHABET}]{{10}}")
_WEIGHTS = [3**place % 31 for place in range(17)]


def normalised(text: str) -> str:
    """As people type it (full width, small letters, spaces, the name behind it) → as it is stored."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", text)).upper()[:LENGTH]


def check_character(first_17: str) -> str:
    """The eighteenth character for the first seventeen."""
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def is_well_formed(code: str) -> bool:
    """Whether the 18 characters have the standard's shape, whatever the last says."""
    return _SHAPE.fullmatch(code) is not None


def is_valid(code: str) -> bool:
    """Whether it is well formed and its last character agrees with the others."""
    return is_well_formed(code) and check_character(code[:17]) == code[17]
