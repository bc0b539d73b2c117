"""Enterprises with yearly figures, and an evaluation made final, for the tests of access, of queries and of the thing itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from accounts.models import User
from assessments.engine import load_scheme
from assessments.enums import SchemeStatus
from assessments.evaluations.execute import execute
from assessments.loading import fields_of
from assessments.models import Evaluation, Scheme
from assessments.services import evaluation_finalise, evaluation_start
from parks.models import Region, Zone
from registers.creditcode import check_character
from registers.definition import Definition, as_json
from registers.models import Enterprise, Register, RegisterVersion
from registers.services import entry_create

PACK = Path(__file__).resolve().parents[1] / "packs/henan-2017"
YEAR = 2023
PLAIN = {
    "tax_assessed": "100",
    "land_used": "10",
    "main_business_revenue": "2000",
    "industrial_value_added": "400",
    "rd_expenditure": "40",
    "energy_use": "200",
    "emission": "2",
    "employees": "20",
    "production_year": 2015,
    "above_scale_year": 2016,
}


def credit_code(number: int) -> str:
    """A code with a right check character that means nobody."""
    first = f"91410100MX{number:07d}"
    return first + check_character(first)


def prepare() -> Scheme:
    """The registers and the method of the pack."""
    for position, code in enumerate(("enterprise_figures", "class_measures"), start=900):
        text = (PACK / f"registers/{code}.yaml").read_text(encoding="utf-8")
        spec = Definition.model_validate(yaml.safe_load(text))
        register, _made = Register.objects.get_or_create(
            code=code,
            defaults={
                "name_zh": spec.name[0],
                "name_en": spec.name[1],
                "place": spec.place,
                "section": "六(一)",
                "position": position,
                "definition": as_json(spec),
            },
        )
        RegisterVersion.objects.get_or_create(register=register, version=1, defaults={"definition": as_json(spec)})
    return scheme_of("enterprise-start")


def scheme_of(name: str) -> Scheme:
    """A method of the pack's library."""
    method = load_scheme(PACK / f"schemes/library/{name}.yaml")
    fields = {**fields_of(method), "status": SchemeStatus.LIBRARY}
    return Scheme.objects.get_or_create(code=method.code, version=method.version, defaults=fields)[0]


def enterprise(number: int, zone: Zone) -> Enterprise:
    return Enterprise.objects.get_or_create(
        credit_code=credit_code(number), defaults={"name": f"企业{number}", "zone": zone}
    )[0]


def figures(firm: Enterprise, by: User, year: int = YEAR, *, above: bool = True, **given: Any) -> None:
    """The line of the register; None leaves a figure out."""
    data: Mapping[str, Any] = {"enterprise": firm.credit_code, "year": year, "above_scale": above, **PLAIN, **given}
    data = {code: value for code, value in data.items() if value is not None}
    register = Register.objects.get(code="enterprise_figures")
    entry_create(by=by, register=register, place=firm.zone.code, given=data)


def measure(region: Region, by: User, grade: str, field: str, title: str, **given: Any) -> None:
    data = {
        "title": title,
        "evaluation_class": grade,
        "field": field,
        "document_no": "测〔2023〕1号",
        "effective_date": "2023-01-01",
        "status": "in_force",
        **given,
    }
    data = {code: value for code, value in data.items() if value is not None}
    register = Register.objects.get(code="class_measures")
    entry_create(by=by, register=register, place=region.code, given=data)


def final(evaluation: Evaluation, by: User) -> Evaluation:
    return evaluation_finalise(
        by=by, evaluation_id=evaluation.pk, document="测〔2024〕9号", on=date(YEAR + 1, 9, 1), note="公示无异议"
    )


def bring(zones: Iterable[Zone], region: Region, people: Mapping[str, User], size: int) -> Evaluation:
    """Three enterprises in each zone, what follows from a class, and an evaluation of the region made final."""
    scheme, by = prepare(), people["office"]
    for at, zone in enumerate(zones):
        for number in range(3):
            firm = enterprise(1000 * size + 10 * at + number, zone)
            figures(firm, by, tax_assessed=str(100 + 10 * number))
    measure(region, by, "a", "land", f"优先供地{size}")
    evaluation = evaluation_start(by=by, scheme=scheme, year=YEAR, place=region, above_scale=True)
    execute(evaluation.pk)
    second = User.objects.get_or_create(username="root2", defaults={"is_superuser": True})[0]
    return final(Evaluation.objects.get(pk=evaluation.pk), second)


def names(evaluation: Evaluation, zone: Zone) -> dict[str, object]:
    """What addresses are filled in from."""
    result = evaluation.results.filter(zone=zone).select_related("enterprise").earliest("pk")
    return {
        "evaluation": evaluation.pk,
        "evaluated_firm": result.enterprise.credit_code,
        "evaluation_result": result.pk,
        "evaluation_scheme": evaluation.scheme_id,
    }
