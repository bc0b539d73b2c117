"""The command that checks scheme files, and the JSON Schema."""

import json
from io import StringIO
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command

from assessments.engine.json_schema import scheme_schema
from tests.engine.helpers import leaf, scheme_data

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted((ROOT / "packs").rglob("schemes/**/*.yaml"))


def check(*arguments: object) -> str:
    out = StringIO()
    call_command("check_scheme", *(str(argument) for argument in arguments), stdout=out)
    return out.getvalue()


def test_all_shipped_schemes_pass() -> None:
    said = check(*SHIPPED)
    assert said.count("✓") == len(SHIPPED) >= 5
    assert check("--open", *SHIPPED).count("\n") > len(SHIPPED)


def test_every_fault_is_listed_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "faulty.yaml"
    text = yaml.safe_dump(
        scheme_data([leaf("x", weight=60), leaf("x", weight=50, score={"unknown": 1})]), sort_keys=False
    )
    path.write_text(text, encoding="utf-8")
    out = StringIO()
    with pytest.raises(CommandError, match="1 faulty"):
        call_command("check_scheme", str(path), stdout=out)
    said = out.getvalue()
    assert "110" in said  # the weights' sum
    assert "twice" in said  # the code
    assert "unknown" in said
    numbers = [line.lstrip().split()[0] for line in said.splitlines()[1:]]
    assert all(any(part.isdigit() for part in number) or "tree" in number for number in numbers)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        check(tmp_path / "none.yaml")
    with pytest.raises(CommandError, match="at least one"):
        check()


def test_the_json_schema_in_the_documents_is_current() -> None:
    stored = (ROOT / "docs/reference/scheme.schema.json").read_text("utf-8")
    assert json.loads(stored) == json.loads(check("--json-schema")), (
        "manage.py check_scheme --json-schema > docs/reference/scheme.schema.json"
    )


def test_the_json_schema_takes_settings_for_numbers() -> None:
    share = scheme_schema()["$defs"]["QuotaClass"]["properties"]["share"]
    assert r"^\$" in json.dumps(share).replace("\\\\", "\\")
    assert '"number"' in json.dumps(share)
