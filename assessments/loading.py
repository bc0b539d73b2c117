"""The assessment methods of a pack (政策包中的考核办法): `schemes/*.yaml`, each published as it stands.

A published text never changes: a file with a known code and version must have the known text, a new text needs a new version.

`schemes/historical/` and `schemes/library/` hold published methods that no zone is assessed by now (方法库): checked like the
others, to be read in the portal, never run. As nothing rests on them, their texts follow the pack.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assessments.engine import Scheme as Method
from assessments.engine import SchemeError, load_scheme
from assessments.engine.basis import Basis
from assessments.engine.scheme import Branch, Leaf
from assessments.enums import SchemeStatus, Subject
from assessments.models import Scheme
from common.packs import Fault, duplicates, has_part, read_csv, read_yaml, region_code
from indicators.models import Indicator
from parks.enums import DesignationLevel, ZoneClass
from policy.carriers import Carried, carriers_write
from policy.enums import InstrumentKind
from policy.models import Document

FOLDER = "schemes"
LIBRARY = ("historical", "library")
OWNER = "assessments"
# Instruments carried out by a page as a whole: (URL name, words).
PAGES: dict[str, tuple[str, str, str]] = {
    "assessment_scheme": ("scheme_list", "考核办法及其版本", "Assessment methods and their versions"),
    "enterprise_evaluation": ("evaluation_list", "企业分类综合评价", "Classified evaluation of enterprises"),
    "dynamic_management": ("run_list", "考核计算与升降建议", "Runs and their proposals up and down"),
}


def check(root: Path, faults: list[Fault]) -> None:
    """Every file is a sound scheme on clauses that the pack has; those outside the library are official ones on its indicators.

    No published text changes.
    """
    catalogue = read_yaml(root, "indicators/catalogue.yaml", []) or {}
    known = {str(item["code"]) for item in catalogue.get("indicators", []) if item.get("scope", "zone") == "zone"}
    if not has_part(root, "indicators/catalogue.yaml"):
        # A pack without a catalogue of its own builds on the one that is loaded.
        known = set(Indicator.objects.for_zones().values_list("code", flat=True))
    clauses = {row["id"] for row in read_csv(root, "policy/provisions.csv", {"id"}, [])}
    read: list[tuple[str, Method]] = []
    for path in [*_files(root), *_library_files(root)]:
        name = str(path.relative_to(root))
        try:
            method = load_scheme(path)
        except SchemeError as error:
            faults += [
                Fault(name, f"{fault.line or '-'} {fault.where}".strip(), f"{fault.message_zh} {fault.message_en}")
                for fault in error.faults
            ]
            continue
        except UnicodeDecodeError:
            faults.append(Fault(name, "-", "不是 UTF-8 文本 is not UTF-8 text"))
            continue
        read.append((name, method))
        taken = Scheme.objects.filter(code=method.code).exclude(region_code__in=["", region_code(root)])
        if taken.exists():
            faults.append(
                Fault(name, method.code, "另一省的办法已有这一代码 a method of another province has this code")
            )
        own = _official_faults(method, known) if path.parent.name == FOLDER else _library_faults(method)
        faults += [Fault(name, where, what) for where, what in [*own, *_clause_faults(method, clauses)]]
    versions = [f"{method.code} {method.version}" for _, method in read]
    faults += [Fault(FOLDER, double, "代码和版本重复 code and version occur twice") for double in duplicates(versions)]


def load(root: Path) -> dict[str, int]:
    """Publish the schemes that are not there yet, and tell the policy page what carries its instruments out."""
    methods = [load_scheme(path) for path in _files(root)]
    for method in methods:
        fields = {**fields_of(method), "status": SchemeStatus.PUBLISHED, "region_code": region_code(root)}
        Scheme.objects.current().get_or_create(code=method.code, version=method.version, defaults=fields)
    library = [load_scheme(path) for path in _library_files(root)]
    for method in library:
        fields = {**fields_of(method), "status": SchemeStatus.LIBRARY, "region_code": region_code(root)}
        Scheme.objects.current().update_or_create(code=method.code, version=method.version, defaults=fields)
    carriers_refresh()
    return {"schemes": len(methods), "library": len(library)}


def fields_of(method: Method) -> dict[str, Any]:
    """What a row of a scheme repeats of its text."""
    return {
        "code": method.code,
        "version": method.version,
        "name_zh": method.name_zh,
        "name_en": method.name_en,
        "zone_class": method.zone_class,
        "levels": list(method.levels),
        "year_from": method.valid_from,
        "year_to": method.valid_to,
        "text": method.text,
        "digest": digest_of(method.text),
    }


def digest_of(text: str) -> str:
    """SHA-256 of a scheme's text: its fingerprint (指纹)."""
    return hashlib.sha256(text.encode()).hexdigest()


def _files(root: Path) -> list[Path]:
    return sorted((root / FOLDER).glob("*.yaml"))


def _library_files(root: Path) -> list[Path]:
    return sorted(path for folder in LIBRARY for path in (root / FOLDER / folder).glob("*.yaml"))


def _library_faults(method: Method) -> Iterator[tuple[str, str]]:
    """What a method of the library may not be: (place, fault)."""
    if method.official:
        yield "official", "方法库中的办法不作正式考核（official: false） a scheme of the library is not official"
    if method.zone_class not in {*ZoneClass.values, *Subject.values}:
        yield "zone_class", f"没有这个对象 no such subject: {method.zone_class}"
    if Scheme.objects.of_zones().filter(code=method.code, version=method.version).exists():
        yield "version", "园区考核办法已有这一代码和版本 the zones' schemes have this code and version"


def _clause_faults(method: Method, clauses: set[str]) -> Iterator[tuple[str, str]]:
    if unknown := set(cited_clauses(method)) - clauses:
        yield "clauses", f"没有条款 no such provision: {', '.join(sorted(unknown))}"


def _official_faults(method: Method, known: set[str]) -> Iterator[tuple[str, str]]:
    """What only the catalogue and the database can tell of a scheme to be published: (place, fault)."""
    if not method.official:
        yield "official", "政策包中的办法须为正式办法（official: true） a scheme of a pack must be official"
    if method.zone_class not in ZoneClass.values:
        yield "zone_class", f"没有这个类别 no such class: {method.zone_class}"
    if strange := set(method.levels) - set(DesignationLevel.values):
        yield "levels", f"没有这个级别 no such level: {', '.join(sorted(strange))}"
    if Scheme.objects.in_hand().filter(code=method.code, version=method.version).exists():
        yield "version", "门户中有同一代码和版本的草稿 the portal has a draft of this code and version"
    if unknown := set(method.inputs()) - known - set(method.derive):
        yield "tree", f"没有指标 no such indicator: {', '.join(sorted(unknown))}"
    published = Scheme.objects.published().filter(code=method.code, version=method.version).first()
    if published is not None and published.digest != digest_of(method.text):
        yield (
            "version",
            f"版本 {method.version} 已发布，内容不得再改，请换新版本号 this version is published and may not change; give a new version",
        )


def cited_clauses(method: Method) -> dict[str, list[tuple[str, str]]]:
    """Clauses a scheme names, each with what rests on it: (Chinese, English) words."""
    cited: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for clause in method.clauses:
        cited[clause].append(("", ""))
    for basis, zh, en in _rested(method):
        for clause in basis.clauses if basis is not None else ():
            cited[clause].append((zh, en))
    return dict(cited)


def _rested(method: Method) -> Iterator[tuple[Basis | None, str, str]]:
    for rule in method.rules:
        yield rule.basis, f"规则：{rule.text_zh or rule.id}", f"rule: {rule.text_en or rule.id}"
    nodes: list[Branch | Leaf] = [*method.branches(), *(placed.leaf for placed in method.placed_leaves())]
    for node in nodes:
        yield node.basis, f"指标：{node.name_zh}", f"indicator: {node.name_en}"
    for setting in method.settings.values():
        yield setting.basis, f"参数：{setting.name_zh}", f"setting: {setting.name_en}"
    for adjustment in method.adjustments:
        yield adjustment.basis, f"加减分：{adjustment.name_zh}", f"adjustment: {adjustment.name_en}"
    if method.grading is not None:
        yield method.grading.basis, "等级", "grades"


def carriers_refresh() -> None:
    """Tell each policy's page what carries its instruments out: the pages of assessment, and its province's published schemes."""
    for document in Document.objects.all():
        carriers_write(OWNER, _carried(document), document=document.code)


def _carried(document: Document) -> list[Carried]:
    wanted = [Carried(key, url_name, "", zh, en) for key, (url_name, zh, en) in PAGES.items()]
    # A scheme judges and proposes; procedures (扩区、升级、撤销 …) are carried out by cases, not by it.
    judged = document.provisions.exclude(instrument__kind=InstrumentKind.PROCEDURE)
    holders = dict(judged.values_list("code", "instrument__key"))
    for scheme in Scheme.objects.published().of_province(document.region_code):
        method, pk = load_scheme(scheme.text), str(scheme.pk)
        words = {"mandatory_dimensions": [("发布前检查三个必考维度", "three dimensions checked before publishing")]}
        for clause, what in cited_clauses(method).items():
            if clause in holders:
                words.setdefault(holders[clause], []).extend(what)
        wanted += [Carried(key, "scheme_detail", pk, *_label(method, said)) for key, said in words.items()]
    return wanted


def _label(method: Method, said: list[tuple[str, str]]) -> tuple[str, str]:
    """`《办法》1.0 · 规则:…`, cut to what a carrier's label holds."""
    zh = ";".join(dict.fromkeys(zh for zh, _ in said if zh))
    en = "; ".join(dict.fromkeys(en for _, en in said if en))
    title = f"《{method.name_zh}》{method.version}", f"{method.name_en} {method.version}"
    return _cut(f"{title[0]} · {zh}" if zh else title[0], 160), _cut(f"{title[1]} · {en}" if en else title[1], 200)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"
