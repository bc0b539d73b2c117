"""The hash that chains a proceeding's acts (程序记录哈希链); its head is printed on the bulletin."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Any

from accounts.models import Organisation, User
from assessments import clock
from assessments.enums import ProceedingActKind
from assessments.inputs import digest as digest_of
from assessments.models import Proceeding, ProceedingAct


def act_record(
    proceeding: Proceeding,
    kind: ProceedingActKind,
    *,
    by: User | None,
    reason: str = "",
    content: Mapping[str, Any] | None = None,
) -> ProceedingAct:
    """Append an act to the chain of a proceeding, which the caller holds locked; nobody acts where a task does."""
    act = ProceedingAct(
        proceeding=proceeding,
        kind=kind,
        actor=by,
        organisation=_body(by),
        at=clock.now(),
        reason=reason,
        content=dict(content or {}),
        previous_digest=head(proceeding),
    )
    act.digest = act_digest(act)
    act.save()
    return act


def head(proceeding: Proceeding) -> str:
    """The digest of the newest act; "" before the first."""
    return proceeding.acts.order_by("-pk").values_list("digest", flat=True).first() or ""


def is_intact(proceeding: Proceeding) -> bool:
    """Whether every act still is what its digest says, each following the one before."""
    previous = ""
    for act in proceeding.acts.order_by("pk"):
        if act.previous_digest != previous or act_digest(act) != act.digest:
            return False
        previous = act.digest
    return True


def act_digest(act: ProceedingAct) -> str:
    """SHA-256 over the digest before and the act's own content, as 64 hex digits."""
    return digest_of(
        {
            "previous": act.previous_digest,
            "proceeding": act.proceeding_id,
            "kind": str(act.kind),
            "actor": act.actor_id,
            "organisation": act.organisation_id,
            "at": act.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "reason": act.reason,
            "content": act.content,
        }
    )


def _body(by: User | None) -> Organisation | None:
    return by.current_memberships[0].organisation if by is not None and by.current_memberships else None
