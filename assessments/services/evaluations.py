"""Writes on evaluations of enterprises (企业综合评价的办理): start, make final. The work itself is a task."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import Permission
from accounts.models import Organisation, User
from assessments.engine import Scheme as Method
from assessments.engine import SchemeError, load_scheme
from assessments.enums import EvaluationStatus
from assessments.exceptions import EvaluationRefused
from assessments.models import Evaluation, Scheme
from assessments.selectors.evaluations import usable_schemes
from assessments.tasks import evaluation_execute
from parks.models import Region, Zone

LENGTHS = {"settings_basis": 240, "final_document": 80, "final_note": 500}
FIRST_YEAR = 2000


def evaluation_start(
    *,
    by: User,
    scheme: Scheme,
    year: int,
    place: Region | Zone,
    above_scale: bool,
    settings: Mapping[str, float] | None = None,
    settings_basis: str = "",
) -> Evaluation:
    """Queue an evaluation of the territory's enterprises (发起评价); the one that waits already if there is one.

    `settings` are values other than the method's own, each wants the paper it rests on (`settings_basis`).

    Raises:
        PermissionDenied: `by` does not handle evaluations of the territory.
        EvaluationRefused: the method cannot be used or not for the year, the year is not over, a setting is impossible.
    """
    body = body_of(place)
    if body is None or not by.may(Permission.ENTERPRISE_EVALUATE, body.path):
        raise PermissionDenied(_("您没有办理企业综合评价的权限，或该地不在您的辖区内。"))
    faults = _scheme_faults(scheme, year)
    changed, setting_faults = changed_settings(scheme, settings or {})
    faults |= setting_faults
    basis = settings_basis.strip()
    if changed and not 2 <= len(basis) <= LENGTHS["settings_basis"]:
        faults["settings_basis"] = _("改用了办法以外的参数值，请写明依据的文件（2 至 240 字）。")
    if faults:
        raise EvaluationRefused(faults)
    with transaction.atomic():
        evaluation, created = Evaluation.objects.get_or_create(
            scheme=scheme,
            year=year,
            region=place if isinstance(place, Region) else None,
            zone=place if isinstance(place, Zone) else None,
            above_scale=above_scale,
            status=EvaluationStatus.QUEUED,
            defaults={
                "text": scheme.text,
                "text_digest": scheme.digest,
                "settings": changed,
                "settings_basis": basis if changed else "",
                "organisation": body,
                "requested_by": by,
            },
        )
        if created:
            # Robust: when the broker is away it stays queued, and evaluations_recover sends it again.
            transaction.on_commit(lambda: evaluation_execute.delay(evaluation.pk), robust=True)
    return evaluation


@transaction.atomic
def evaluation_finalise(*, by: User, evaluation_id: int, document: str, on: date | None, note: str = "") -> Evaluation:
    """Make an evaluation final after its publication (定稿): with the paper that announced it; never undone.

    A later one of the same year and territory takes its place by being made final too.

    Raises:
        Http404: no such evaluation in the territory.
        PermissionDenied: `by` does not handle it, or started it: a second person makes it final.
        EvaluationRefused: not computed, final already, or the paper is lacking.
    """
    rows = Evaluation.objects.visible_to(by).select_for_update(of=("self",), no_key=True)
    evaluation = rows.select_related("organisation", "zone", "region").filter(pk=evaluation_id).first()
    if evaluation is None:
        raise Http404
    if not by.may(Permission.ENTERPRISE_EVALUATE, evaluation.organisation.path):
        raise PermissionDenied(_("您没有办理企业综合评价的权限，或该地不在您的辖区内。"))
    if evaluation.requested_by_id == by.pk:
        raise PermissionDenied(_("评价由您发起，须由另一人定稿。"))
    faults = _final_faults(evaluation, document, on, note)
    if faults:
        raise EvaluationRefused(faults)
    evaluation.final_by, evaluation.final_at, evaluation.final_on = by, timezone.now(), on
    evaluation.final_document, evaluation.final_note = document.strip(), note.strip()
    evaluation.save(update_fields=["final_by", "final_at", "final_on", "final_document", "final_note"])
    return evaluation


def _final_faults(evaluation: Evaluation, document: str, on: date | None, note: str) -> dict[str, str]:
    faults: dict[str, str] = {}
    if evaluation.status != EvaluationStatus.DONE:
        faults[""] = _("这次评价没有结果，不能定稿。")
    elif evaluation.final_at:
        faults[""] = _("这次评价已于 %(day)s 定稿。") % {"day": timezone.localdate(evaluation.final_at)}
    if not 2 <= len(document.strip()) <= LENGTHS["final_document"]:
        faults["final_document"] = _("请填公布的文号（2 至 80 字）。")
    if on is None:
        faults["final_on"] = _("请填公布日期。")
    elif on > timezone.localdate():
        faults["final_on"] = _("公布日期不能晚于今天。")
    elif on.year <= evaluation.year:
        faults["final_on"] = _("公布日期须在 %(year)s 年度结束以后。") % {"year": evaluation.year}
    if len(note.strip()) > LENGTHS["final_note"]:
        faults["final_note"] = _("最多 %(most)d 字。") % {"most": LENGTHS["final_note"]}
    return faults


def body_of(place: Region | Zone) -> Organisation | None:
    """In whose territory an evaluation of the place lies."""
    return place.administration if isinstance(place, Zone) else place.office


def _scheme_faults(scheme: Scheme, year: int) -> dict[str, str]:
    if scheme.pk not in {usable.pk for usable in usable_schemes()}:
        return {
            "scheme": _("《%(scheme)s》不能用于企业评价：没有分类标准，或要读台账中没有的数据。") % {"scheme": scheme}
        }
    if not scheme.applies_to(year):
        return {"year": _("《%(scheme)s》不适用于 %(year)s 年度。") % {"scheme": scheme, "year": year}}
    if not FIRST_YEAR <= year < timezone.localdate().year:
        return {"year": _("%(year)s 年尚未结束或过早，不能评价。") % {"year": year}}
    return {}


def changed_settings(scheme: Scheme, given: Mapping[str, float]) -> tuple[dict[str, float], dict[str, str]]:
    """The settings that differ from the method's own, and what is wrong with them, by `setting_<name>`."""
    method: Method = load_scheme(scheme.text)
    changed: dict[str, float] = {}
    faults: dict[str, str] = {}
    for name, value in given.items():
        known = method.settings.get(name)
        if known is None:
            faults[""] = _("办法没有参数“%(name)s”。") % {"name": name[:40]}
        elif known.value is None or float(known.value) != float(value):
            changed[name] = float(value)
    if changed and not faults:
        try:
            load_scheme(scheme.text, settings=changed)
        except SchemeError as error:
            told = " ".join(str(fault) for fault in error.faults[:3])
            faults[""] = _("参数的取值不能用：%(faults)s") % {"faults": told}
    return changed, faults
