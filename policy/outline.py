"""The shape of a policy document, read from its plain text (文件结构).

Chinese official documents follow one numbering (GB/T 9704): 一、 for chapters, (一) for sections, 1. for items. The
lines before the first chapter are the title, the number, the addressees and the preamble; after the last paragraph
stand the issuer and the date.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

NUMERALS = "一二三四五六七八九十"
CHAPTER = re.compile(rf"([{NUMERALS}]+)、")
SECTION = re.compile(rf"[(（]([{NUMERALS}]+)[)）]")
ITEM = re.compile(r"(\d+)[.．]")
DATE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日")
HEAD, FOOT = "抬头", "落款"


class LineKind(StrEnum):
    TITLE = "title"
    NUMBER = "number"
    ADDRESS = "address"
    CHAPTER = "chapter"
    SECTION = "section"
    ITEM = "item"
    PLAIN = "plain"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `text[start:end]`, its heading being `text[start:head_end]` (empty for plain paragraphs)."""

    start: int
    end: int
    head_end: int
    kind: LineKind
    section: str
    chapter: str


def read(text: str) -> list[Line]:
    """The lines of a document in order; empty lines are left out."""
    lines: list[Line] = []
    chapter = section = item = ""
    start = 0
    for raw in text.splitlines(keepends=True):
        body = raw.rstrip("\r\n")
        kind, number = _kind_of(body, chapter, len(lines))
        if kind == LineKind.CHAPTER:
            chapter, section, item = number, "", ""
        elif kind == LineKind.SECTION:
            section, item = f"({number})", ""
        elif kind == LineKind.ITEM:
            item = number
        if body.strip():
            where = f"{chapter}{section}{item}" or HEAD
            lines.append(Line(start, start + len(body), start + _head(kind, body), kind, where, chapter))
        start += len(raw)
    return _sign(text, lines)


def chapter_of(section: str) -> str:
    """The chapter of a section: "一(二)3" → "一"; "抬头" and "落款" stand for themselves."""
    return re.split(r"[(（\d]", section, maxsplit=1)[0]


def _kind_of(body: str, chapter: str, position: int) -> tuple[LineKind, str]:
    if match := CHAPTER.match(body):
        return LineKind.CHAPTER, match[1]
    if not chapter:
        return _kind_at_head(body, position), ""
    for kind, pattern in ((LineKind.SECTION, SECTION), (LineKind.ITEM, ITEM)):
        if match := pattern.match(body):
            return kind, match[1]
    return LineKind.PLAIN, ""


def _kind_at_head(body: str, position: int) -> LineKind:
    if position == 0:
        return LineKind.TITLE
    if body.endswith("号") and "〔" in body:
        return LineKind.NUMBER
    return LineKind.ADDRESS if body.endswith((":", "：")) else LineKind.PLAIN


def _head(kind: LineKind, body: str) -> int:
    """Length of the heading: a chapter is one; sections and items begin with one that ends at the first full stop."""
    if kind == LineKind.CHAPTER:
        return len(body)
    if kind in {LineKind.SECTION, LineKind.ITEM}:
        return body.find("。") + 1
    return 0


def _sign(text: str, lines: list[Line]) -> list[Line]:
    """Mark the issuer and the date at the end."""
    if not lines or not DATE.fullmatch(text[lines[-1].start : lines[-1].end].strip()):
        return lines
    foot = [Line(line.start, line.end, line.start, LineKind.SIGNATURE, FOOT, "") for line in lines[-2:]]
    return lines[:-2] + foot
