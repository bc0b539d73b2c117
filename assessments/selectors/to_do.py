"""What of the official process waits for somebody (考核待办): the rows of the home page, each with its day and where to act."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.enums import Permission
from accounts.models import User
from assessments.enums import ProceedingStatus, SchemeStatus
from assessments.models import (
    Decision,
    DesignationChange,
    Measure,
    MeasureOrder,
    Objection,
    Proceeding,
    Publication,
    Result,
    Scheme,
)
from assessments.selectors.proceedings import proceedings_list
from parks.models import Zone


@dataclass(frozen=True)
class ToDo:
    """One thing to do: its look in the table of statuses, what it is about, where to act, since when or until when."""

    look: str
    text: str
    href: str
    note: str = ""
    is_late: bool = False


def to_do(user: User, day: date) -> list[ToDo]:
    """What waits for this person, the second person's work before their own; the number of queries does not depend on the data."""
    rows = [
        *_schemes(user),
        *_proceedings(user),
        *_objections(user),
        *_windows(user, day),
        *_measures(user, day),
    ]
    return sorted(rows, key=lambda row: not row.is_late)


def _schemes(user: User) -> list[ToDo]:
    """Versions somebody else submitted (待发布的办法)."""
    if not user.may(Permission.SCHEME_PUBLISH):
        return []
    pending = (
        Scheme.objects.visible_to(user).filter(status=SchemeStatus.PENDING).exclude(submitted_by=user).defer("text")
    )
    return [
        ToDo("pending", str(scheme), reverse("scheme_changes", args=[scheme.pk]), _since(scheme.submitted_at))
        for scheme in pending.order_by("submitted_at")
    ]


def _proceedings(user: User) -> list[ToDo]:
    """Decisions to make, to confirm, or to make final (拟定、复核、定稿); who decided confirms nothing."""
    stages = []
    if user.may(Permission.DECISION_RECORD):
        stages.append(ProceedingStatus.DECIDING)
    if user.may(Permission.DECISION_CONFIRM):
        stages += [ProceedingStatus.CONFIRMING, ProceedingStatus.REVIEWING]
    if not stages:
        return []
    mine = set(Decision.objects.filter(decided_by=user, confirmed_at=None).values_list("proceeding", flat=True))
    rows = []
    for proceeding in proceedings_list(user).filter(status__in=stages):
        involved = proceeding.submitted_by_id == user.pk or proceeding.pk in mine
        if proceeding.status == ProceedingStatus.CONFIRMING and involved:
            continue
        rows.append(ToDo(proceeding.look, str(proceeding), proceeding.get_absolute_url(), _stands(proceeding)))
    return rows


def _stands(proceeding: Proceeding) -> str:
    match proceeding.status:
        case ProceedingStatus.DECIDING:
            facts = {"n": proceeding.decided or 0, "all": proceeding.zones or 0}  # type: ignore[attr-defined]
            return _("已拟定 %(n)d / %(all)d") % facts
        case ProceedingStatus.CONFIRMING:
            return _since(proceeding.submitted_at)
    if waiting := proceeding.waiting or 0:  # type: ignore[attr-defined]
        return ngettext("%(n)d 件异议待答复，答复后可定稿", "%(n)d 件异议待答复，答复后可定稿", waiting) % {
            "n": waiting
        }
    return _("公示期满，可定稿")


def _objections(user: User) -> list[ToDo]:
    """Objections of proceedings this person had no part in (待答复的异议), as one row."""
    if not user.may(Permission.OBJECTION_ANSWER):
        return []
    case = "publication__proceeding__"
    involved = Q(**{f"{case}submitted_by": user}) | Q(**{f"{case}confirmed_by": user})
    involved |= Q(**{f"{case}decisions__decided_by": user}) | Q(**{f"{case}decisions__confirmed_by": user})
    waiting = Objection.objects.visible_to(user).open().exclude(involved)
    found = waiting.aggregate(n=Count("pk", distinct=True), oldest=Min("filed_at"))
    if not found["n"]:
        return []
    text = ngettext("%(n)d 件异议", "%(n)d 件异议", found["n"]) % found
    return [ToDo("objection_filed", text, reverse("objection_list"), _since(found["oldest"]))]


def _windows(user: User, day: date) -> list[ToDo]:
    """Results of one's own zones against which an objection may still be filed (可提异议的公示)."""
    if not user.may(Permission.OBJECTION_FILE):
        return []
    open_ones = Publication.objects.filter(
        proceeding__status=ProceedingStatus.PUBLIC, run=F("proceeding__run"), closes_on__gte=day
    )
    windows = {run: (pk, closes_on) for run, pk, closes_on in open_ones.values_list("run", "pk", "closes_on")}
    zones = Zone.objects.visible_to(user, Permission.OBJECTION_FILE)
    objected = Objection.objects.open().filter(publication__run=OuterRef("run"), zone=OuterRef("zone"))
    results = Result.objects.filter(run__in=windows, zone__in=zones).exclude(Exists(objected)).order_by("zone__code")
    rows = results.values_list("run", "zone__code", "zone__name")
    return [
        ToDo(
            "proceeding_public",
            _("%(zone)s的考核结果") % {"zone": name},
            reverse("publication_zone", args=[windows[run][0], code]),
            _("%(day)s 前可提出异议") % {"day": windows[run][1]},
        )
        for run, code, name in rows
    ]


def _measures(user: User, day: date) -> list[ToDo]:
    """For the office what is to be confirmed, is overdue or awaits approval, for a zone's people the measures against it (处置措施)."""
    if user.may(Permission.MEASURE_ACT):
        late = Measure.objects.visible_to(user).overdue(day).count()
        due = DesignationChange.objects.visible_to(user).due().count()
        rows = [
            ToDo(order.look, f"{order.zone.name}：{order.get_step_display()}", order.get_absolute_url(), order.issuer)
            for order in MeasureOrder.objects.visible_to(user)
            .waiting()
            .exclude(proposed_by=user)
            .select_related("zone")
        ]
        if late:
            text = ngettext("%(n)d 项处置措施", "%(n)d 项处置措施", late) % {"n": late}
            note = _("须解除、升级或登记执行")
            rows.append(ToDo("measure_overdue", text, reverse("measure_list"), note, is_late=True))
        if due:
            text = ngettext("%(n)d 项称号变动", "%(n)d 项称号变动", due) % {"n": due}
            rows.append(ToDo("change_due", text, reverse("designation_changes"), _("批准文件待登记")))
        return rows
    if not user.may(Permission.OBJECTION_FILE):
        return []
    zones = Zone.objects.visible_to(user, Permission.OBJECTION_FILE)
    against = Measure.objects.open().filter(zone__in=zones).select_related("zone").order_by("due_on", "pk")
    return [
        ToDo(
            measure.look,
            f"{measure.zone.name}：{measure.get_step_display()}",
            measure.get_absolute_url(),
            _("期限 %(day)s") % {"day": measure.due_on} if measure.due_on else "",
            is_late=measure.due_on is not None and measure.due_on < day,
        )
        for measure in against
    ]


def _since(moment: datetime | None) -> str:
    return _("自 %(day)s") % {"day": timezone.localdate(moment)} if moment else ""
