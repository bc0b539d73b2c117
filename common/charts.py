"""Charts from plain data: one spec gives the ECharts option and the table beside it (图表).

A spec is a JSON-serialisable mapping, so that a snapshot can store it:

* ``kind``: "bar", "line", "stacked", "contributions", "scatter" or "map";
* ``columns``: list of ``{"key", "label"}`` with optional ``"unit"`` and ``"digits"`` (2 unless told);
* ``rows``: list of mappings by column key; ``href`` in a row makes bar, point or area a link; missing is ``None``;
* ``x``: key of the category (scatter: of the horizontal number; map: of the six-digit code, names under ``name``);
* ``y``: list of keys drawn, one series each (scatter: one key; map: one key, the coloured figure);
* optional ``band`` of a line chart (``{"low", "high", "label"}``: keys of two more columns, a shaded range between them);
* optional ``horizontal`` (bars lie), ``reference`` (list of ``{"label", "value"}``, dashed lines), ``label`` (scatter: key of the
  point's name), ``source``, ``note``, ``synthetic``, ``options`` (merged over the ECharts option, JSON only).

Functions (number formats, links, themes, the map's outlines) are added by static/js/charts.js.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from common.numbers import format_number, to_decimal

KINDS = frozenset({"bar", "line", "stacked", "contributions", "scatter", "map"})
Spec = Mapping[str, Any]


class ChartSpecError(ValueError):
    """A chart spec that cannot be drawn; the message names what is missing."""


def check(spec: Spec) -> None:
    """Raise ChartSpecError naming the first fault of a spec."""
    kind = spec.get("kind")
    if kind not in KINDS:
        raise ChartSpecError(f"chart kind {kind!r} is unknown; use one of {', '.join(sorted(KINDS))}")
    keys = {column["key"] for column in spec.get("columns", ())}
    wanted = [spec.get("x"), *spec.get("y", ())]
    if not spec.get("y") or any(key not in keys for key in wanted):
        raise ChartSpecError(f"{kind} chart: x and y must name columns; got {wanted}, columns are {sorted(keys)}")


def option(spec: Spec) -> dict[str, Any]:
    """The ECharts option (JSON only) of a spec."""
    build = {"scatter": _scatter, "map": _map}.get(spec["kind"], _cartesian)
    return _merge(build(spec), spec.get("options", {}))


def table(spec: Spec) -> dict[str, Any]:
    """Columns (with the CSS class of numbers) and formatted rows of the table beside the chart."""
    numeric = {*spec["y"], *([spec["x"]] if spec["kind"] == "scatter" else [])}
    numeric |= {column["key"] for column in spec["columns"] if "digits" in column}
    columns = [{**column, "css": "num" if column["key"] in numeric else ""} for column in spec["columns"]]
    rows = [{"href": row.get("href", ""), "cells": [_cell(column, row) for column in columns]} for row in spec["rows"]]
    return {"columns": columns, "rows": rows}


def embed(value: object) -> SafeString:
    """JSON text that is safe inside a <script type="application/json"> element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return SafeString(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Decimal) else str(value)


def _cell(column: Spec, row: Spec) -> dict[str, Any]:
    value = row.get(column["key"])
    text = format_number(value, column.get("digits", 2)) if column["css"] else ("" if value is None else str(value))
    return {"text": text, "css": column["css"]}


def _number(row: Spec, key: str) -> float | None:
    number = to_decimal(row.get(key))
    return None if number is None else float(number)


def _column(spec: Spec, key: str) -> Spec:
    return next(column for column in spec["columns"] if column["key"] == key)


def _points(spec: Spec, key: str) -> list[Any]:
    """Values of one series; a row with a link becomes a mapping that carries it."""
    values = [(_number(row, key), row.get("href")) for row in spec["rows"]]
    return [{"value": value, "href": href} if href and value is not None else value for value, href in values]


def _cartesian(spec: Spec) -> dict[str, Any]:
    kind, horizontal = spec["kind"], spec.get("horizontal", spec["kind"] == "contributions")
    categories: dict[str, Any] = {"type": "category", "data": [str(row.get(spec["x"], "")) for row in spec["rows"]]}
    unit = _column(spec, spec["y"][0]).get("unit", "")
    amounts: dict[str, Any] = {"type": "value", "name": unit}
    if horizontal:
        categories["inverse"] = True
        amounts["nameLocation"] = "end"
    series = [_series(spec, key) for key in spec["y"]]
    band = _band(spec)
    if spec.get("reference"):
        axis = "xAxis" if horizontal else "yAxis"
        lines = [{axis: line["value"], "name": line["label"]} for line in spec["reference"]]
        series[0]["markLine"] = {"symbol": "none", "data": lines, "label": {"formatter": "{b}"}}
    return {
        "portal": {"kind": kind, "digits": [_column(spec, key).get("digits", 2) for key in spec["y"]]}
        | ({"band": str(spec["band"]["label"])} if band else {}),
        "xAxis": amounts if horizontal else categories,
        "yAxis": categories if horizontal else amounts,
        "legend": {"show": len(series) > 1} | ({"data": [line["name"] for line in series]} if band else {}),
        "series": [*series, *band],
    }


def _band(spec: Spec) -> list[dict[str, Any]]:
    """Two piled areas: an unseen one up to the lower limit, and the shaded range on it."""
    if not spec.get("band"):
        return []
    keys = (spec["band"]["low"], spec["band"]["high"])
    pairs = [tuple(_number(row, key) for key in keys) for row in spec["rows"]]
    low = [None if None in pair else pair[0] for pair in pairs]
    width = [None if a is None or b is None else b - a for a, b in pairs]
    base = {"type": "line", "stack": "band", "stackStrategy": "all", "silent": True, "band": True}
    return [base | {"name": "low", "data": low}, base | {"name": "range", "data": width}]


def _series(spec: Spec, key: str) -> dict[str, Any]:
    column = _column(spec, key)
    series: dict[str, Any] = {
        "type": "line" if spec["kind"] == "line" else "bar",
        "name": str(column["label"]),
        "data": _points(spec, key),
    }
    if spec["kind"] in {"stacked", "contributions"}:
        series["stack"] = "total"
    if spec["kind"] == "line":
        series["connectNulls"] = False
    return series


def _scatter(spec: Spec) -> dict[str, Any]:
    across, up = _column(spec, spec["x"]), _column(spec, spec["y"][0])
    points = [
        {
            "value": [_number(row, spec["x"]), _number(row, spec["y"][0])],
            "name": str(row.get(spec.get("label", ""), "")),
        }
        | ({"href": row["href"]} if row.get("href") else {})
        for row in spec["rows"]
    ]
    return {
        "portal": {"kind": "scatter", "digits": [across.get("digits", 2), up.get("digits", 2)]},
        "xAxis": {"type": "value", "name": _with_unit(across), "nameLocation": "middle", "nameGap": 28, "scale": True},
        "yAxis": {"type": "value", "name": _with_unit(up), "scale": True},
        "series": [{"type": "scatter", "data": points, "name": str(up["label"])}],
    }


def _map(spec: Spec) -> dict[str, Any]:
    key = spec["y"][0]
    column = _column(spec, key)
    data = [
        {"code": str(row[spec["x"]]), "name": str(row.get("name", "")), "value": _number(row, key)}
        | ({"href": row["href"]} if row.get("href") else {})
        for row in spec["rows"]
    ]
    return {
        "portal": {
            "kind": "map",
            "digits": [column.get("digits", 2)],
            "unit": str(column.get("unit", "")),
            "label": str(column["label"]),
            "data": data,
            "missing": _("无数据"),
            "high": _("高"),
            "low": _("低"),
        },
    }


def _with_unit(column: Spec) -> str:
    return f"{column['label']}（{column['unit']}）" if column.get("unit") else str(column["label"])


def _merge(base: dict[str, Any], over: Spec) -> dict[str, Any]:
    merged = dict(base)
    for key, value in over.items():
        old = merged.get(key)
        merged[key] = _merge(old, value) if isinstance(old, dict) and isinstance(value, Mapping) else value
    return merged
