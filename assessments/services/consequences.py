"""What a final decision changes (结果运用) is written: statuses, measures, designations to be changed; policy 十（四） P195–P200."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.enums import NoticeKind
from accounts.models import User
from accounts.services import Letter, notices_post
from assessments import clock
from assessments.enums import DecisionOutcome, MeasureStatus
from assessments.exceptions import ProceedingChanged
from assessments.following import Following, following
from assessments.models import Decision, DesignationChange, Measure, Proceeding, ZoneStatus
from assessments.publishing import current_decisions
from assessments.selectors.consequences import barred_from_rising
from assessments.services.measures import end_measure


def promotion_faults(proceeding: Proceeding) -> list[str]:
    """Why decisions to promote can't stand: a zone with an open measure gets no support for its upgrade (P199)."""
    rising = [d for d in current_decisions(proceeding) if d.outcome == DecisionOutcome.PROMOTE]
    barred = barred_from_rising({decision.zone_id for decision in rising}, clock.today())
    message = _("%(zone)s：有未解除的处置措施，依 P199 不支持升级。请先解除措施，或改为其他决定并写明理由。")
    return [message % {"zone": decision.zone.name} for decision in rising if decision.zone_id in barred]


def consequences_apply(*, by: User, proceeding: Proceeding, on: date, seen: str | None = None) -> dict[str, Any]:
    """Write what the decisions of a proceeding change from `on` (结果运用), in the caller's transaction.

    `seen`: the digest of what the caller was shown beforehand. Raises ProceedingChanged when it would be something else now.
    Returns what was done, for the chain of acts: counts, and the zones of measures, changes and withheld promotions.
    """
    found = following(proceeding, on, lock=True)
    if seen is not None and seen != found.digest:
        message = _(
            "定稿将带来的变动与您看到的不同了（有措施、设定或日期在此期间变动）。请核对页面上现在的变动后再定稿。"
        )
        raise ProceedingChanged(message, current=proceeding.revision)
    for measure, reason in found.ended:
        end_measure(measure, MeasureStatus.ESCALATED, by=by, on=on, reason=reason)
    for measure in found.measures:
        measure.opened_by = by
    ZoneStatus.objects.bulk_create(found.statuses)
    Measure.objects.bulk_create(found.measures)
    DesignationChange.objects.bulk_create(found.changes)
    _tell(found)
    return {
        "statuses": dict(Counter(str(row.kind) for row in found.statuses)),
        "measures": {measure.zone.code: str(measure.step) for measure in found.measures},
        "changes": {change.zone.code: str(change.direction) for change in found.changes},
        "withheld": [decision.zone.code for decision in found.withheld],
    }


def _tell(found: Following) -> None:
    measures = {measure.zone_id: measure for measure in found.measures}
    letters = []
    for decision in found.decisions:
        letter = _final_letter(found.proceeding, decision, measures.get(decision.zone_id))
        letters += [(user, letter) for user in found.people[decision.zone.administration.path]]
    notices_post(letters=letters, mail=True)


def _final_letter(proceeding: Proceeding, decision: Decision, measure: Measure | None) -> Letter:
    words = {}
    for language in ("zh-hans", "en"):
        with override(language):
            facts = {
                "year": proceeding.year,
                "zone": decision.zone.name,
                "outcome": decision.get_outcome_display(),
                "number": proceeding.bulletin_number,
            }
            title = _("考核结果已定稿：%(year)s 年 %(zone)s") % facts
            text = _("决定为“%(outcome)s”，见通报 %(number)s。") % facts
            if measure is not None:
                due = measure.due_on or _("以批准文件为准")
                text += _("采取的措施：%(step)s，期限 %(due)s。") % {"step": measure.get_step_display(), "due": due}
            words[language] = title, text
    return Letter(
        kind=NoticeKind.ASSESSMENT,
        key=f"final-{proceeding.pk}-{decision.zone.code}",
        title=words["zh-hans"][0],
        title_en=words["en"][0],
        text=words["zh-hans"][1],
        text_en=words["en"][1],
        url=decision.result.get_absolute_url(),
    )
