"""Whether a text can be a scheme for the province's zones (办法校验): what the engine finds, and what the registry knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assessments.engine import Fault, SchemeError
from assessments.engine import Scheme as Method
from assessments.engine.basis import Basis
from assessments.engine.scheme import Branch, Leaf
from assessments.exceptions import SchemeFaulty
from assessments.models import Scheme
from assessments.selectors.methods import method_of, version_key
from common.yaml_text import lines_saying
from indicators.models import Indicator
from parks.enums import DesignationLevel, ZoneClass
from policy.models import Provision

LONGEST_TEXT = 400_000
_LIMITS = {"code": 40, "version": 20, "name_zh": 120, "name_en": 200}
_VERSION = re.compile(r"\d+(\.\d+){0,3}")


def checked(text: str) -> Method:
    """The method that a text is.

    Raises:
        SchemeFaulty: with every fault found, each with its line.
    """
    if len(text) > LONGEST_TEXT:
        zh, en = f"全文超过 {LONGEST_TEXT:,} 字", f"the text is longer than {LONGEST_TEXT:,} characters"
        raise SchemeFaulty([Fault("", zh, en)])
    try:
        method = method_of(text)
    except SchemeError as error:
        raise SchemeFaulty(error.faults) from error
    if faults := sorted(_faults(method, text), key=lambda fault: fault.line or 0):
        raise SchemeFaulty(faults)
    return method


def next_version(scheme: Scheme) -> str:
    """The version after the highest that its code has in use: 1.1 after 1.0."""
    taken = Scheme.objects.current().filter(code=scheme.code).values_list("version", flat=True)
    *front, last = version_key(max(taken, key=version_key, default=scheme.version)) or (1, 0)
    return ".".join(map(str, [*(front or [last]), last + 1 if front else 1]))


def _faults(method: Method, text: str) -> Iterator[Fault]:
    for name, most in _LIMITS.items():
        if len(getattr(method, name)) > most:
            yield _at(text, name, f"最多 {most} 字", f"no more than {most} characters")
    if not _VERSION.fullmatch(method.version):
        yield _at(text, "version", "版本写作 1.0、1.1、2.0 这样的数字", "a version is written 1.0, 1.1, 2.0")
    if method.zone_class not in ZoneClass.values:
        yield _at(text, "zone_class", f"没有这个类别：{method.zone_class}", f"no such class: {method.zone_class}")
    if strange := sorted(set(method.levels) - set(DesignationLevel.values)):
        names, known = "、".join(strange), ", ".join(DesignationLevel.values)
        yield _at(text, "levels", f"没有这个级别：{names}；可用 {known}", f"no such level: {names}; there are {known}")
    if not method.official:
        yield _at(
            text, "official", "考核园区的办法须为正式办法（official: true）", "a scheme for zones must be official"
        )
    catalogue = set(Indicator.objects.values_list("code", flat=True))
    for code in sorted(set(method.inputs()) - catalogue - set(method.derive)):
        zh = f"指标目录中没有“{code}”，派生指标中也没有"
        yield _said(text, code, zh, f"neither the catalogue nor derive has “{code}”")
    clauses = {clause for basis in _bases(method) for clause in basis.clauses} | set(method.clauses)
    provisions = set(Provision.objects.filter(code__in=clauses).values_list("code", flat=True))
    for clause in sorted(clauses - provisions):
        yield _said(text, clause, f"政策中没有条款“{clause}”", f"the policy has no provision “{clause}”")


def _bases(method: Method) -> Iterator[Basis]:
    nodes: list[Branch | Leaf] = [*method.branches(), *(placed.leaf for placed in method.placed_leaves())]
    found = [node.basis for node in nodes]
    found += [rule.basis for rule in method.rules]
    found += [setting.basis for setting in method.settings.values()]
    found += [adjustment.basis for adjustment in method.adjustments]
    found += [method.grading.basis] if method.grading is not None else []
    return (basis for basis in found if basis is not None)


def _at(text: str, key: str, zh: str, en: str) -> Fault:
    """A fault at a name of the head."""
    line = next((n for n, line in enumerate(text.splitlines(), start=1) if line.startswith(f"{key}:")), None)
    return Fault(key, zh, en, line)


def _said(text: str, value: str, zh: str, en: str) -> Fault:
    return Fault(value, zh, en, next(lines_saying(text, value), None))
