"""The policy's part of a pack: document, provisions with their exact quotes, instruments (政策文件的检查与加载)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from common.packs import Fault, duplicates, read_csv, read_yaml, sync
from policy import declarations, outline
from policy.enums import InstrumentKind
from policy.models import Document, DocumentVersion, Instrument, Provision, Term

DOCUMENT, TEXT = "policy/document.yaml", "policy/text.txt"
PROVISIONS, INSTRUMENTS = "policy/provisions.csv", "policy/instruments.csv"
TERMS, WHY = "policy/terms.yaml", "policy/not_carried_out.yaml"  # a pack may do without either
PROVISION_COLUMNS = {
    "id", "section", "kind", "year", "quote_zh", "start", "end", "gloss_en", "instrument_key", "subject", "note_en",
}  # fmt: skip
INSTRUMENT_COLUMNS = {"key", "kind", "name_zh", "name_en", "subject", "fields", "provisions"}
DOCUMENT_KEYS = ("code", "number", "title", "title_en", "issuer", "issued_on")
TERM_KEYS = {"key", "word", "provisions", "question", "decider"}
Row = dict[str, str]


def check(root: Path, faults: list[Fault]) -> None:
    """Append every fault of the policy's files: gaps, quotes that are not in the text, keys that lead nowhere."""
    text = _read_text(root, faults)
    instruments = read_csv(root, INSTRUMENTS, INSTRUMENT_COLUMNS, faults)
    provisions = read_csv(root, PROVISIONS, PROVISION_COLUMNS, faults)
    meta = read_yaml(root, DOCUMENT, faults)
    _check_document(meta, faults)
    _check_instruments(instruments, provisions, faults)
    _check_provisions(provisions, text, {row["key"]: row for row in instruments}, faults)
    _check_terms(_terms(root, faults), {row["id"] for row in provisions}, text, faults)
    unknown = _why(root, faults).keys() - {row["key"] for row in instruments}
    faults += [Fault(WHY, key, "没有这个政策工具 no such instrument") for key in sorted(unknown)]
    if isinstance(meta, dict):
        _check_foreign_codes(str(meta.get("code")), [row["id"] for row in provisions], faults)


def load(root: Path) -> dict[str, int]:
    """Write the checked files; loading again changes nothing. What the pack no longer holds is removed."""
    faults: list[Fault] = []
    meta = read_yaml(root, DOCUMENT, faults)
    values = {key: meta[key] for key in DOCUMENT_KEYS[1:]} | {
        "text": _read_text(root, faults),
        "headings_en": meta.get("headings_en") or {},
        "region_code": str(meta.get("region") or ""),
    }
    document, _created = Document.objects.update_or_create(code=meta["code"], defaults=values)
    why = _why(root, faults)
    instruments = _load_instruments(document, read_csv(root, INSTRUMENTS, INSTRUMENT_COLUMNS, faults), why)
    rows = read_csv(root, PROVISIONS, PROVISION_COLUMNS, faults)
    provisions = _load_provisions(document, instruments, rows)
    document.provisions.exclude(code__in=provisions).delete()
    document.instruments.exclude(key__in=instruments).delete()
    terms = _load_terms(document, _terms(root, faults))
    _keep_version(document, rows)
    return {"Document": 1, "Instrument": len(instruments), "Provision": len(provisions), "Term": terms}


def _terms(root: Path, faults: list[Fault]) -> list[dict[str, Any]]:
    found = (read_yaml(root, TERMS, faults) or []) if (root / TERMS).is_file() else []
    if isinstance(found, list) and all(isinstance(entry, dict) for entry in found):
        return found
    faults.append(Fault(TERMS, "-", "应为列表 must be a list of mappings"))
    return []


def _why(root: Path, faults: list[Fault]) -> dict[str, list[str]]:
    """What is lacking for an instrument to be carried out, in Chinese and English, by its key."""
    found = (read_yaml(root, WHY, faults) or {}) if (root / WHY).is_file() else {}
    if isinstance(found, dict) and all(isinstance(words, list) and len(words) == 2 for words in found.values()):
        return found
    faults.append(Fault(WHY, "-", "应为“代码: [中文, 英文]” must be key: [Chinese, English]"))
    return {}


def _read_text(root: Path, faults: list[Fault]) -> str:
    path = root / TEXT
    if not path.is_file():
        faults.append(Fault(TEXT, "-", "文件不存在 file is missing"))
        return ""
    # Without newline translation: the offsets of the provisions count every character of the file.
    with path.open(encoding="utf-8", newline="") as stream:
        return stream.read()


# ---- checks ---------------------------------------------------------------------------------------------------


def _check_document(meta: Any, faults: list[Fault]) -> None:
    if meta is None:
        return
    if not isinstance(meta, dict):
        faults.append(Fault(DOCUMENT, "-", "应为键值对 must be a mapping"))
        return
    faults += [Fault(DOCUMENT, key, "不能为空 must not be empty") for key in DOCUMENT_KEYS if not meta.get(key)]
    if meta.get("issued_on") and not isinstance(meta["issued_on"], dt.date):
        faults.append(Fault(DOCUMENT, "issued_on", f"不是日期 is not a date: {meta['issued_on']}"))
    if not re.fullmatch(r"(\d{6})?", str(meta.get("region") or "")):
        faults.append(Fault(DOCUMENT, "region", f"应为六位行政区划代码 must be six digits: {meta['region']}"))
    if not isinstance(meta.get("headings_en") or {}, dict):
        faults.append(Fault(DOCUMENT, "headings_en", "应为键值对 must be a mapping"))


def _check_instruments(rows: list[Row], provisions: list[Row], faults: list[Fault]) -> None:
    repeated = sorted(duplicates([row["key"] for row in rows]))
    faults += [Fault(INSTRUMENTS, key, "代码重复 key occurs twice") for key in repeated]
    users: dict[str, set[str]] = {}
    for provision in provisions:
        users.setdefault(provision["instrument_key"], set()).add(provision["id"])
    for row in rows:
        empty = [column for column in ("key", "name_zh", "name_en", "subject", "fields") if not row[column]]
        faults += [Fault(INSTRUMENTS, row["key"] or "-", f"{column} 不能为空 must not be empty") for column in empty]
        if row["kind"] not in InstrumentKind.values:
            faults.append(Fault(INSTRUMENTS, row["key"], f"未知类型 unknown kind: {row['kind']}"))
        else:
            faults.extend(
                Fault(INSTRUMENTS, row["key"], what) for what in declarations.faults(row["kind"], row["fields"])
            )
        listed = set(filter(None, row["provisions"].split("|")))
        if listed != users.get(row["key"], set()):
            different = ", ".join(sorted(listed ^ users.get(row["key"], set())))
            faults.append(
                Fault(INSTRUMENTS, row["key"], f"条款对应不一致 provisions differ from provisions.csv: {different}")
            )


def _check_provisions(rows: list[Row], text: str, instruments: dict[str, Row], faults: list[Fault]) -> None:
    lines = outline.read(text)
    repeated = sorted(duplicates([row["id"] for row in rows]))
    faults += [Fault(PROVISIONS, code, "编号重复 code occurs twice") for code in repeated]
    for row in rows:
        faults.extend(Fault(PROVISIONS, row["id"] or "-", what) for what in _provision_faults(row, instruments))
        if text:
            faults.extend(Fault(PROVISIONS, row["id"] or "-", what) for what in _place_faults(row, text, lines))


def _provision_faults(row: Row, instruments: dict[str, Row]) -> list[str]:
    found = []
    if not re.fullmatch(r"[A-Z]\d+[a-z]?", row["id"]):
        found.append("编号应为字母加数字 code must be a letter and digits")
    found += [
        f"{column} 不能为空 must not be empty" for column in ("quote_zh", "gloss_en", "subject") if not row[column]
    ]
    if row["kind"] not in InstrumentKind.values:
        found.append(f"未知类型 unknown kind: {row['kind']}")
    if row["year"] and not re.fullmatch(r"\d{4}", row["year"]):
        found.append(f"年份不是四位数字 year is not four digits: {row['year']}")
    instrument = instruments.get(row["instrument_key"])
    if instrument is None:
        found.append(f"没有这个政策工具 no such instrument: {row['instrument_key']}")
    elif instrument["kind"] != row["kind"]:
        found.append(f"类型与政策工具不同 kind differs from its instrument's: {row['kind']}, {instrument['kind']}")
    return found


def _place_faults(row: Row, text: str, lines: list[outline.Line]) -> list[str]:
    """Whether the quote stands at its offsets, within one line, in the section it names."""
    if not (row["start"].isdigit() and row["end"].isdigit()):
        return [f"起止位置不是整数 offsets are not integers: {row['start']}, {row['end']}"]
    start, end = int(row["start"]), int(row["end"])
    if not start < end <= len(text):
        return [f"起止位置越界 offsets lie outside the text: {start}, {end}"]
    if text[start:end] != row["quote_zh"]:
        return [f"引文与原文不符 quote is not the text at {start}:{end}: {text[start:end]}"]
    line = next((line for line in lines if line.start <= start and end <= line.end), None)
    if line is None:
        return ["引文跨越段落 quote crosses lines"]
    if line.section != row["section"]:
        return [f"章节应为 {line.section} section should be {line.section}: {row['section']}"]
    return []


def _check_terms(entries: list[dict[str, Any]], codes: set[str], text: str, faults: list[Fault]) -> None:
    keys = [str(entry.get("key", "")) for entry in entries]
    faults += [Fault(TERMS, key, "代码重复 key occurs twice") for key in sorted(duplicates(keys))]
    for entry, key in zip(entries, keys, strict=True):
        if missing := sorted(TERM_KEYS - entry.keys()):
            faults.append(Fault(TERMS, key or "-", f"缺少 missing: {', '.join(missing)}"))
            continue
        if unknown := sorted(set(entry["provisions"]) - codes):
            faults.append(Fault(TERMS, key, f"没有条款 no such provision: {', '.join(unknown)}"))
        if text and str(entry["word"]) not in text:
            faults.append(Fault(TERMS, key, f"原文没有这个用语 the word is not in the text: {entry['word']}"))
        faults += [
            Fault(TERMS, key, f"{name} 应为中英文两项 must be Chinese and English")
            for name in ("question", "decider")
            if not (isinstance(entry[name], list) and len(entry[name]) == 2)
        ]
        try:
            Decimal(str(entry.get("start") or 0))
        except InvalidOperation:
            faults.append(Fault(TERMS, key, f"start 不是数 is not a number: {entry['start']}"))


def _check_foreign_codes(document_code: str, codes: list[str], faults: list[Fault]) -> None:
    taken = Provision.objects.filter(code__in=codes).exclude(document__code=document_code)
    for provision in taken.select_related("document"):
        what = f"编号已用于另一文件 code belongs to another document: {provision.document.code}"
        faults.append(Fault(PROVISIONS, provision.code, what))


# ---- writing --------------------------------------------------------------------------------------------------


def _load_instruments(document: Document, rows: list[Row], why: dict[str, list[str]]) -> dict[str, Instrument]:
    fields = ["kind", "name_zh", "name_en", "subject", "fields"]
    made = []
    for row in rows:
        why_zh, why_en = why.get(row["key"], ("", ""))
        told = {name: row[name] for name in fields} | {"why_zh": why_zh, "why_en": why_en}
        made.append(Instrument(document=document, key=row["key"], **told))
    Instrument.objects.bulk_create(
        made,
        update_conflicts=True,
        unique_fields=["document", "key"],
        update_fields=[*fields, "why_zh", "why_en"],
    )
    wanted = {row["key"] for row in rows}
    return {instrument.key: instrument for instrument in document.instruments.all() if instrument.key in wanted}


def _load_provisions(document: Document, instruments: dict[str, Instrument], rows: list[Row]) -> list[str]:
    provisions = [
        Provision(
            document=document,
            code=row["id"],
            section=row["section"],
            kind=row["kind"],
            year=int(row["year"]) if row["year"] else None,
            quote=row["quote_zh"],
            start=int(row["start"]),
            end=int(row["end"]),
            gloss_en=row["gloss_en"],
            note_en=row["note_en"],
            subject=row["subject"],
            instrument=instruments[row["instrument_key"]],
        )
        for row in rows
    ]
    Provision.objects.bulk_create(
        provisions,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "section", "kind", "year", "quote", "start", "end", "gloss_en", "note_en", "subject", "instrument",
        ],
    )  # fmt: skip
    return [row["id"] for row in rows]


def _load_terms(document: Document, entries: list[dict[str, Any]]) -> int:
    """Write the words left open; one with a decision stays even when the pack drops it, for the decision's sake."""
    provisions = dict(document.provisions.values_list("code", "pk"))
    terms = [
        Term(
            document=document,
            key=entry["key"],
            word=entry["word"],
            question_zh=entry["question"][0],
            question_en=entry["question"][1],
            numeric=bool(entry.get("numeric", True)),
            composite=bool(entry.get("composite", False)),
            unit=str(entry.get("unit") or ""),
            start=None if entry.get("start") is None else Decimal(str(entry["start"])),
            decider_zh=entry["decider"][0],
            decider_en=entry["decider"][1],
            position=position,
        )
        for position, entry in enumerate(entries, start=1)
    ]
    sync(document.terms, ("key",), terms)
    document.terms.exclude(key__in=[term.key for term in terms]).filter(rulings=None).delete()
    links = Term.provisions.through.objects
    held = set(links.filter(term__document=document).values_list("term_id", "provision_id"))
    wanted = {
        (term.pk, provisions[code]) for term, entry in zip(terms, entries, strict=True) for code in entry["provisions"]
    }
    links.bulk_create(links.model(term_id=term, provision_id=provision) for term, provision in sorted(wanted - held))
    for term, provision in sorted(held - wanted):
        links.filter(term_id=term, provision_id=provision).delete()
    return len(terms)


def _keep_version(document: Document, rows: list[Row]) -> None:
    """Keep the wording that was loaded as a version of its own, unless the newest one is the same."""
    kept = [
        {
            "code": row["id"], "section": row["section"], "kind": row["kind"], "year": row["year"],
            "quote": row["quote_zh"], "gloss_en": row["gloss_en"], "instrument": row["instrument_key"],
        }
        for row in rows
    ]  # fmt: skip
    whole = json.dumps([document.text, document.number, kept], ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    newest = document.versions.order_by("-number").first()
    if newest is not None and newest.digest == digest:
        return
    DocumentVersion.objects.create(
        document=document,
        number=1 if newest is None else newest.number + 1,
        issued_on=document.issued_on,
        document_number=document.number,
        text=document.text,
        provisions=kept,
        digest=digest,
    )
