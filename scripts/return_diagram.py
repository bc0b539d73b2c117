"""Draw a return's statuses from the table of moves into docs/reference/return-status.md (报表状态图).

`python -m scripts.return_diagram` rewrites the diagram in the document; a test checks that it is current.
"""

from __future__ import annotations

import os
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs/reference/return-status.md"
BEGIN, END = "```mermaid\n", "```"


def diagram() -> str:
    """The state diagram in Mermaid's language. Raises KeyError for a move without words."""
    from indicators.enums import EDITABLE_STATUSES, RETURN_MOVES, ReturnStatus

    words = {
        (ReturnStatus.DRAFT, ReturnStatus.SUBMITTED): "报送 submit",
        (ReturnStatus.RETURNED, ReturnStatus.SUBMITTED): "再次报送 submit again",
        (ReturnStatus.SUBMITTED, ReturnStatus.RETURNED): "退回 return",
        (ReturnStatus.SUBMITTED, ReturnStatus.CITY_ACCEPTED): "市级审核通过 accept (city)",
        (ReturnStatus.SUBMITTED, ReturnStatus.ACCEPTED): "唯一环节通过 accept (the only step)",
        (ReturnStatus.CITY_ACCEPTED, ReturnStatus.RETURNED): "省级退回 return (office)",
        (ReturnStatus.CITY_ACCEPTED, ReturnStatus.ACCEPTED): "省级确认 accept (office)",
    }
    lines = ["stateDiagram-v2"]
    for status in ReturnStatus:
        editable = " ✎" if status in EDITABLE_STATUSES else ""
        lines.append(f"    {status.value} : {status.label} {status.value}{editable}")
    lines.append(f"    [*] --> {ReturnStatus.DRAFT.value} : 下发 open the round")
    lines += [
        f"    {status.value} --> {target.value} : {words[status, target]}"
        for status in ReturnStatus
        for target in ReturnStatus
        if target in RETURN_MOVES[status]
    ]
    lines += [f"    {status.value} --> [*]" for status in ReturnStatus if not RETURN_MOVES[status]]
    return "\n".join(lines)


def redrawn(text: str) -> str:
    """The document with the diagram as the table of moves has it now."""
    before, rest = text.split(BEGIN, 1)
    return before + BEGIN + diagram() + "\n" + END + rest.split(END, 1)[1]


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    DOCUMENT.write_text(redrawn(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{DOCUMENT.name} redrawn")


if __name__ == "__main__":
    main()
