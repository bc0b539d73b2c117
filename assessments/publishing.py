"""Publishing at one moment (公示): what the page shows is fixed then; shared by the service and the task of the clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from assessments.chain import act_record, head
from assessments.enums import Disclosure, ProceedingActKind, ProceedingStatus
from assessments.inputs import digest
from assessments.letters import tell_published, tell_window_closed
from assessments.models import Decision, Proceeding, Publication
from assessments.workdays import workday_after


def current_decisions(proceeding: Proceeding) -> list[Decision]:
    """The decision in force of each zone, the newest version, with zone, city and result."""
    rows = proceeding.decisions.order_by("zone_id", "-version").distinct("zone_id")
    rows = rows.select_related("zone__city", "zone__administration", "result").defer("result__explanation")
    return list(rows.annotate(grade=F("result__explanation__grade")))


@transaction.atomic
def publish(proceeding_id: int, *, by: User | None, now: datetime) -> Publication | None:
    """Publish a confirmed proceeding whose moment has come (公示); None when it is not due or already out."""
    proceeding = Proceeding.objects.select_for_update(no_key=True).get(pk=proceeding_id)
    due = proceeding.status == ProceedingStatus.EMBARGOED and proceeding.publish_at and proceeding.publish_at <= now
    if not due:
        return None
    decisions = current_decisions(proceeding)
    content = public_content(proceeding, decisions)
    proceeding.status = ProceedingStatus.PUBLIC
    proceeding.revision += 1
    proceeding.save(update_fields=["status", "revision"])
    closes_on = workday_after(timezone.localdate(now), proceeding.window_days)
    fixed = {"content": digest(content), "closes_on": closes_on.isoformat(), "disclosure": proceeding.disclosure}
    act_record(proceeding, ProceedingActKind.PUBLISHED, by=by, content=fixed)
    publication = Publication.objects.create(
        proceeding=proceeding,
        run=proceeding.run,
        sequence=proceeding.publications.count() + 1,
        published_at=now,
        closes_on=closes_on,
        disclosure=proceeding.disclosure,
        content=content,
        digest=fixed["content"],
        head=head(proceeding),
        synthetic=proceeding.synthetic,
    )
    tell_published(publication, decisions)
    return publication


@transaction.atomic
def close_window(proceeding_id: int, *, today: Any) -> bool:
    """End the window for objections once its last day is over (公示期满)."""
    proceeding = Proceeding.objects.select_for_update(no_key=True).get(pk=proceeding_id)
    newest = proceeding.publications.order_by("-sequence").first()
    if proceeding.status != ProceedingStatus.PUBLIC or newest is None or newest.closes_on >= today:
        return False
    proceeding.status = ProceedingStatus.REVIEWING
    proceeding.revision += 1
    proceeding.save(update_fields=["status", "revision"])
    act_record(proceeding, ProceedingActKind.WINDOW_CLOSED, by=None)
    tell_window_closed(proceeding, newest)
    return True


def public_content(proceeding: Proceeding, decisions: Iterable[Decision]) -> dict[str, Any]:
    """What the public page shows, as plain data: as much of each zone as the disclosure allows, nothing else."""
    rows = [_row(decision) for decision in decisions]
    match proceeding.disclosure:
        case Disclosure.OWN:
            rows = []
        case Disclosure.TOP:
            listed = [row for row in rows if row["rank"] is not None and row["rank"] <= (proceeding.top_n or 0)]
            rows = [{name: row[name] for name in ("zone", "name", "city", "rank")} for row in listed]
        case Disclosure.GRADES:
            rows = [{name: part for name, part in row.items() if name not in ("rank", "group_size")} for row in rows]
    return {
        "zone_class": proceeding.zone_class,
        "year": proceeding.year,
        "scheme": [proceeding.run.scheme.name_zh, proceeding.run.scheme.name_en, proceeding.run.scheme.version],
        "window_days": proceeding.window_days,
        "rows": sorted(rows, key=lambda row: (row.get("rank") or 10**6, row["zone"])),
    }


def _row(decision: Decision) -> dict[str, Any]:
    result = decision.result
    return {
        "zone": decision.zone.code,
        "name": decision.zone.name,
        "city": decision.zone.city.name,
        "rank": result.rank,
        "group_size": result.group_size,
        "grade": (decision.grade or {}).get("code", ""),  # type: ignore[attr-defined]
        "outcome": decision.outcome,
    }
