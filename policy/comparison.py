"""Two wordings of a policy compared, provision by provision (政策版本对照)."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from policy.models import DocumentVersion

FACTS = ("kind", "year", "instrument", "section")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that both wordings have (`same`), that only the older one had (`gone`), or only the newer one has (`new`)."""

    text: str
    kind: str


@dataclass(frozen=True, slots=True)
class Change:
    """A provision in both wordings that is not the same in both; `facts` are (name, before, after)."""

    code: str
    before: dict[str, Any]
    after: dict[str, Any]
    pieces: list[Piece]
    facts: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Difference:
    """What came, changed and went; `moved` are pairs of codes under which the very same words stand."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    gone: list[dict[str, Any]] = field(default_factory=list)
    moved: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)
    same: int = 0


def compare(old: DocumentVersion, new: DocumentVersion) -> Difference:
    """Provisions are the same ones by their code; what has another code but the very same words only moved."""
    before = {row["code"]: row for row in old.provisions}
    after = {row["code"]: row for row in new.provisions}
    foreign = old.document_id != new.document_id
    gone = [row for code, row in before.items() if foreign or code not in after]
    came = [row for code, row in after.items() if foreign or code not in before]
    moved, left = [], []
    by_words = {row["quote"]: row for row in gone}
    for row in came:
        match = by_words.pop(row["quote"], None)
        (moved.append((match, row)) if match is not None else left.append(row))
    held = {id(match) for match, _row in moved}
    changed, same = [], 0
    for code in [] if foreign else [code for code in after if code in before]:
        one, other = before[code], after[code]
        facts = [(name, str(one[name]), str(other[name])) for name in FACTS if one[name] != other[name]]
        if one["quote"] == other["quote"] and not facts:
            same += 1
        else:
            changed.append(Change(code, one, other, pieces(one["quote"], other["quote"]), facts))
    return Difference(left, changed, [row for row in gone if id(row) not in held], moved, same)


def pieces(old: str, new: str) -> list[Piece]:
    """The words of both, cut where they differ."""
    found = []
    for operation, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if operation == "equal":
            found.append(Piece(old[a:b], "same"))
            continue
        if a < b:
            found.append(Piece(old[a:b], "gone"))
        if c < d:
            found.append(Piece(new[c:d], "new"))
    return found
