"""Reading a policy pack's files (政策包), and the faults found in them.

Each app has a `loading.py` with two functions: `check(root, faults)` reads its files below `root` and appends every
fault it finds; `load(root)` writes them idempotently and returns counts by model name. `load_pack` calls all checks
before any load, so a pack is loaded whole or not at all.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import models

from common.yaml_text import loaded

M = TypeVar("M", bound=models.Model)


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a pack: the file, the place in it (row or key), and what is wrong."""

    file: str
    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.file} [{self.where}] {self.what}"


def read_csv(root: Path, name: str, columns: set[str], faults: list[Fault]) -> list[dict[str, str]]:
    """Rows of a CSV file as dicts of stripped strings; a missing file or column is a fault and gives no rows."""
    path = root / name
    if not path.is_file():
        faults.append(Fault(name, "-", "文件不存在 file is missing"))
        return []
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = columns - set(reader.fieldnames or [])
        if missing:
            faults.append(Fault(name, "1", f"缺少列 missing columns: {', '.join(sorted(missing))}"))
            return []
        return [{key: (cell or "").strip() for key, cell in row.items() if key} for row in reader]


def read_yaml(root: Path, name: str, faults: list[Fault]) -> Any:
    """The content of a YAML file; None, with a fault, when it is missing or can't be parsed."""
    path = root / name
    if not path.is_file():
        faults.append(Fault(name, "-", "文件不存在 file is missing"))
        return None
    try:
        return loaded(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        faults.append(Fault(name, "-", f"YAML 无法解析 cannot be parsed: {error}"))
        return None


def document_code(root: Path) -> str:
    """The code of the policy document a pack brings; empty when its file can't be read."""
    meta = read_yaml(root, "policy/document.yaml", [])
    return str(meta.get("code") or "") if isinstance(meta, dict) else ""


def region_code(root: Path) -> str:
    """The code of the province a pack's document is for; empty for any."""
    meta = read_yaml(root, "policy/document.yaml", [])
    return str(meta.get("region") or "") if isinstance(meta, dict) else ""


def has_part(root: Path, name: str) -> bool:
    """Whether a pack brings a part, a directory or a file; a small one may do without."""
    return (root / name).exists()


def duplicates(values: list[str]) -> set[str]:
    """Values that occur more than once."""
    seen: set[str] = set()
    return {value for value in values if value in seen or seen.add(value)}  # type: ignore[func-returns-value]


def sync(
    manager: models.Manager[M], key: tuple[str, ...], wanted: Iterable[M], *, keep: Collection[str] = ()
) -> list[M]:
    """Insert rows whose `key` is new, update those that differ, leave the rest alone; returns the rows with their ids.

    A row that is unchanged is not written, so its history stays quiet. Fields in `keep` are the office's to edit: a pack
    gives them when it makes the row and never again.
    """

    def key_of(row: M) -> tuple[Any, ...]:
        return tuple(getattr(row, name) for name in key)

    fields = [f for f in manager.model._meta.concrete_fields if not f.primary_key and f.name not in keep]  # noqa: SLF001
    present = {key_of(row): row for row in manager.all()}
    rows, new, changed = list(wanted), [], []
    for row in rows:
        held = present.get(key_of(row))
        if held is None:
            new.append(row)
            continue
        row.pk = held.pk
        if any(_prepared(field, row) != _prepared(field, held) for field in fields):
            changed.append(row)
    manager.bulk_create(new)
    if changed:
        manager.bulk_update(changed, [field.name for field in fields])
    return rows


def _prepared(field: models.Field[Any, Any], row: models.Model) -> Any:
    """A field as it would be stored: "1.0" and Decimal(1) are the same number."""
    return field.get_prep_value(getattr(row, field.attname))
