"""The JSON Schema of scheme files, for editors that complete and check while one writes (办法文件的 JSON Schema)."""

from __future__ import annotations

from typing import Any

from assessments.engine.scheme import Scheme

_REFERENCE = {"type": "string", "pattern": r"^\$[a-z_][a-z0-9_]*$", "description": "a setting, $name"}


def scheme_schema() -> dict[str, Any]:
    """What pydantic says of a scheme, with `$name` allowed wherever a number stands."""
    schema = _with_references(Scheme.model_json_schema(mode="validation"))
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "考核办法 Scheme"}


def _with_references(node: Any) -> Any:
    if isinstance(node, list):
        return [_with_references(item) for item in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") in ("number", "integer"):
        return {"anyOf": [node, _REFERENCE]}
    return {key: _with_references(value) for key, value in node.items()}
