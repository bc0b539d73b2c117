"""Whom the acts of a proceeding concern, and what they are told (考核通知): each with the page where they can act on it."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import override

from accounts.enums import NoticeKind, Permission
from accounts.models import Organisation, User
from accounts.selectors import holders_by_path
from accounts.services import Letter, notices_post
from assessments.enums import MeasureStep
from assessments.models import Decision, MeasureOrder, Objection, Proceeding, ProceedingAct, Publication


def _office(permission: Permission, but: Iterable[User | None] = ()) -> list[User]:
    """Those who hold the permission for the whole province, `but` some."""
    left_out = {user.pk for user in but if user is not None}
    people = holders_by_path([permission], Organisation.objects.filter(parent=None).values_list("path", flat=True))
    found = {user.pk: user for path in sorted(people) for user in people[path]}
    return [user for pk, user in sorted(found.items()) if pk not in left_out]


def _send(people: Iterable[User], letter: Letter, *, mail: bool = False) -> None:
    notices_post(letters=[(user, letter) for user in people], mail=mail)


def tell_submitted(proceeding: Proceeding, act: ProceedingAct) -> None:
    """Those who may confirm: decisions wait for them."""
    _send(
        _office(Permission.DECISION_CONFIRM, but=[act.actor]),
        Letter(
            kind=NoticeKind.ASSESSMENT,
            key=f"proceeding-act-{act.pk}",
            title=f"待复核：{proceeding.year} 年考核决定",
            title_en=f"To confirm: decisions on the assessment of {proceeding.year}",
            text="全部园区的决定已提交，须由没有参与拟定的人复核。",
            text_en="All decisions have been submitted; somebody who made none of them has to confirm.",
            url=proceeding.get_absolute_url(),
        ),
    )


def tell_back(proceeding: Proceeding, act: ProceedingAct) -> None:
    """Who submitted: the decisions came back, with the reason."""
    if proceeding.submitted_by is None or proceeding.submitted_by_id == act.actor_id:
        return
    _send(
        [proceeding.submitted_by],
        Letter(
            kind=NoticeKind.ASSESSMENT,
            key=f"proceeding-act-{act.pk}",
            title=f"已退回拟定：{proceeding.year} 年考核决定",
            title_en=f"Handed back: decisions on the assessment of {proceeding.year}",
            text=act.reason,
            text_en=act.reason,
            url=proceeding.get_absolute_url(),
        ),
    )


def tell_published(publication: Publication, decisions: Iterable[Decision]) -> None:
    """Each zone's people hear of it at the same moment, with the way to an objection and its last day."""
    decisions = list(decisions)
    proceeding = publication.proceeding
    people = holders_by_path([Permission.OBJECTION_FILE], {d.zone.administration.path for d in decisions})
    letters = [
        (
            user,
            Letter(
                kind=NoticeKind.ASSESSMENT,
                key=f"publication-{publication.pk}-{decision.zone.code}",
                title=f"考核结果公示：{proceeding.year} 年 {decision.zone.name}",
                title_en=f"Assessment results published: {proceeding.year}, {decision.zone.name}",
                text=f"公示至 {publication.closes_on}。如有异议，请在此之前提出并附佐证，逾期视为无异议。",
                text_en=f"Open until {publication.closes_on}. Object with evidence before then; silence counts as consent.",
                url=reverse("publication_zone", args=[publication.pk, decision.zone.code]),
            ),
        )
        for decision in decisions
        for user in people[decision.zone.administration.path]
    ]
    notices_post(letters=letters, mail=True)


def tell_window_closed(proceeding: Proceeding, publication: Publication) -> None:
    """The office: the window is over; answer what is open, then finalise."""
    _send(
        _office(Permission.DECISION_CONFIRM),
        Letter(
            kind=NoticeKind.ASSESSMENT,
            key=f"window-closed-{publication.pk}",
            title=f"公示期满：{proceeding.year} 年考核",
            title_en=f"Window over: assessment of {proceeding.year}",
            text="异议全部答复后即可定稿。",
            text_en="Once every objection is answered the result can be made final.",
            url=proceeding.get_absolute_url(),
        ),
    )


def tell_objected(objection: Objection) -> None:
    """Those who answer objections."""
    _send(
        _office(Permission.OBJECTION_ANSWER),
        Letter(
            kind=NoticeKind.ASSESSMENT,
            key=f"objection-{objection.pk}",
            title=f"新的异议：{objection.zone.name}",
            title_en=f"A new objection: {objection.zone.name}",
            text="须由没有参与这次决定的人答复。",
            text_en="To be answered by somebody who took no part in the decisions.",
            url=objection.get_absolute_url(),
        ),
        mail=True,
    )


def tell_ordered(order: MeasureOrder) -> None:
    """Those who may confirm: a measure ordered outside a decision waits for them."""
    zone, step = order.zone.name, MeasureStep(order.step).label
    with override("zh-hans"):
        title = f"待复核：考核决定之外的措施 {zone} {step}"
    with override("en"):
        title_en = f"To confirm: a measure outside a decision, {zone}, {step}"
    _send(
        _office(Permission.DECISION_CONFIRM, but=[order.proposed_by]),
        Letter(
            kind=NoticeKind.ASSESSMENT,
            key=f"measure-order-{order.pk}",
            title=title,
            title_en=title_en,
            text=f"依据 {order.issuer} {order.document_number}，须由登记人以外的人复核后才采取。",
            text_en=f"By {order.issuer}, {order.document_number}; it takes effect once somebody else than its recorder confirms.",
            url=order.get_absolute_url(),
        ),
    )


def tell_order_settled(order: MeasureOrder) -> None:
    """Who recorded it: it was not confirmed, with the reason."""
    _send(
        [order.proposed_by],
        Letter(
            kind=NoticeKind.ASSESSMENT,
            key=f"measure-order-{order.pk}-{order.status}",
            title=f"复核未通过：考核决定之外的措施 {order.zone.name}",
            title_en=f"Not confirmed: a measure outside a decision, {order.zone.name}",
            text=order.answer,
            text_en=order.answer,
            url=order.get_absolute_url(),
        ),
    )


def tell_answered(objection: Objection) -> None:
    """The zone's people: their objection was answered."""
    path = objection.zone.administration.path
    verdict, verdict_en = ("成立", "upheld") if objection.status == "upheld" else ("不成立", "not upheld")
    _send(
        holders_by_path([Permission.OBJECTION_FILE], [path])[path],
        Letter(
            kind=NoticeKind.ASSESSMENT,
            key=f"objection-answered-{objection.pk}",
            title=f"异议已答复（{verdict}）：{objection.zone.name}",
            title_en=f"Objection answered ({verdict_en}): {objection.zone.name}",
            text=objection.answer,
            text_en=objection.answer,
            url=objection.get_absolute_url(),
        ),
        mail=True,
    )
