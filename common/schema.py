"""What the OpenAPI description says of every operation: its problems, `ETag` and conditional headers (接口描述)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext

from common.api import PROBLEM_JSON, TITLES

PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "description": "urn:yuanqu:problem:<code>"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "JSON Pointer"},
                    "parameter": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "request_id": {"type": "string"},
    },
}
READ_PROBLEMS = (400, 401, 403, 404)
WRITE_PROBLEMS = (409, 412, 422, 428)
METHODS = {"get", "post", "put", "patch", "delete"}


def add_problems(result: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
    """Postprocessing hook of drf-spectacular: every operation names the problems it may answer with."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for path in result.get("paths", {}).values():
        for method, operation in path.items():
            if method not in METHODS:
                continue
            codes = READ_PROBLEMS if method == "get" else READ_PROBLEMS + WRITE_PROBLEMS
            for code in codes:
                operation["responses"].setdefault(str(code), _problem(code))
    return result


def _problem(code: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": gettext(TITLES[code]), "content": {PROBLEM_JSON: {"schema": schema}}}
