"""Write the tables of rules, kinds and forms into docs/reference/rules.md (审核关系表).

`python -m scripts.rule_tables` rewrites them from the pack and the kinds' parameters; a test checks that they are current.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "docs/reference/rules.md"
PACK = ROOT / "packs/henan-2017"
_PLACE = re.compile(r"(<!-- table (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


def kinds() -> str:
    """Every kind with its parameters and to what it applies."""
    from indicators.checks.parameters import KINDS
    from indicators.enums import RuleKind

    lines = ["| kind | 类型 | parameters | items |", "|---|---|---|---|"]
    for name, kind in KINDS.items():
        parameters = ", ".join(f"`{field}`" for field in kind.parameters.model_fields) or "–"
        items = "named, or all it can apply to" if kind.applies else "those of its expression or parameters"
        lines.append(f"| `{name}` | {RuleKind(name).label} | {parameters} | {'–' if name == 'intake' else items} |")
    return "\n".join(lines)


def rules() -> str:
    """Every rule of the pack: code, kind, severity, what must hold, basis."""
    from indicators.checks import rule_equation
    from indicators.models import CheckRule
    from indicators.pack import read_files

    files = read_files(PACK, [])
    assert files is not None
    lines = ["| code | kind | severity | what must hold, or for which items | basis |", "|---|---|---|---|---|"]
    for entry in files.rules:
        what = rule_equation(CheckRule(**entry.model_dump())) or ", ".join(entry.items)
        shown = f"`{what}`" if what else "all it can apply to"
        if entry.kind == "intake":
            shown = "files that are read"
        held = [*entry.zone_classes, *entry.levels, *([f"if `{entry.condition}`"] if entry.condition else [])]
        shown += f" ({', '.join(map(str, held))})" if held else ""
        lines.append(f"| {entry.code} | {entry.kind} | {entry.severity} | {shown} | {entry.basis} |")
    return "\n".join(lines)


def forms() -> str:
    """Every form of the pack with the number of its items and its source."""
    from indicators.pack import read_files

    files = read_files(PACK, [])
    assert files is not None
    lines = ["| code | 表式 | frequency | items | source |", "|---|---|---|---|---|"]
    lines += [f"| `{f.code}` | {f.name_zh} | {f.frequency} | {len(f.items)} | {f.source} |" for f in files.forms]
    return "\n".join(lines)


def rewritten(text: str) -> str:
    """The document with its tables as code and pack have them now."""
    tables = {"kinds": kinds, "rules": rules, "forms": forms}
    return _PLACE.sub(lambda found: f"{found[1]}{tables[found[2]]()}\n{found[4]}", text)


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    DOCUMENT.write_text(rewritten(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{DOCUMENT.name} rewritten")


if __name__ == "__main__":
    main()
