"""The hash that chains a return's acts (办理记录哈希链): SHA-256 over the digest before and the act's own content."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC

from indicators.models import ReturnAct


def digest(act: ReturnAct, previous: str) -> str:
    """The digest of an act that follows one with digest `previous` ("" for the first), as 64 hex digits."""
    content = {
        "previous": previous,
        "return": act.return_ref_id,
        "kind": str(act.kind),
        "actor": act.actor_id,
        "organisation": act.organisation_id,
        "at": act.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "reason": act.reason,
        "revision": act.return_revision,
    }
    if act.cells:
        content["cells"] = act.cells
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
