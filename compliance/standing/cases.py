"""Procedures with their cases (程序现状)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from django.urls import reverse
from django.utils.translation import gettext as _

from assessments.enums import ChangeStatus, EvaluationStatus, MeasureStatus, ProceedingStatus, RunStatus
from assessments.models import DesignationChange, Evaluation, Measure, Proceeding, Run, Scheme
from parks.models import Region, ZoneSuccession
from policy.enums import ProvisionStatus
from policy.models import Document
from policy.standing import Provided, Standing


def provide(document: Document) -> Provided:
    """Procedures the portal carries out, with how many cases they have; a group query each."""
    told = Provided()
    in_province = {"zone__city__code__startswith": document.region_prefix}
    schemes = Scheme.objects.of_province(document.region_code)
    published = schemes.published().count()
    told.by_instrument["assessment_scheme"].append(
        _cases(published, _("已发布考核办法 %(n)s 个") % {"n": published}, "scheme_list")
    )
    stages = Counter(Proceeding.objects.filter(run__scheme__in=schemes).order_by().values_list("status", flat=True))
    runs = Run.objects.filter(scheme__in=schemes, status=RunStatus.DONE).count()
    final = stages.pop(ProceedingStatus.FINAL, 0)
    stages.pop(ProceedingStatus.ABANDONED, None)
    facts = {"runs": runs, "going": sum(stages.values()), "final": final}
    words = _("考核计算 %(runs)s 次，程序办理中 %(going)s 项、已定稿 %(final)s 项") % facts
    told.by_instrument["dynamic_management"].append(_cases(runs, words, "run_list"))
    told.by_instrument["enterprise_evaluation"].append(_evaluations(document))
    measures = Counter(Measure.objects.filter(**in_province).order_by().values_list("status", flat=True))
    facts = {"open": measures[MeasureStatus.OPEN], "all": sum(measures.values())}
    words = _("处置措施 %(all)s 项，未解除 %(open)s 项") % facts
    told.by_instrument["sanction_ladder"].append(_cases(facts["all"], words, "measure_list"))
    changes = Counter(DesignationChange.objects.filter(**in_province).order_by().values_list("status", flat=True))
    facts = {"all": sum(changes.values()), "due": changes[ChangeStatus.DUE]}
    words = _("称号变动 %(all)s 项，待批准 %(due)s 项") % facts
    told.by_instrument["zone_upgrade"].append(_cases(facts["all"], words, "designation_changes"))
    merged = ZoneSuccession.objects.filter(
        successor__city__code__startswith=document.region_prefix, kind__in=["merger", "trust"]
    ).count()
    told.by_instrument["zone_merger"].append(_cases(merged, _("登记整合、托管 %(n)s 项") % {"n": merged}, "zone_list"))
    versions = document.versions.count()
    told.by_instrument["policy_version"].append(
        _cases(versions, _("留存版本 %(n)s 个") % {"n": versions}, "policy_compare")
    )
    return told


def _evaluations(document: Document) -> Standing:
    """Evaluations of enterprises in the province: how many were computed, how many are final, enterprises of these."""
    done = Evaluation.objects.filter(
        organisation__path__startswith=_office_path(document), status=EvaluationStatus.DONE
    )
    rows = list(
        done.order_by("-year", "-final_at").values_list("year", "final_at", "summary__enterprises", "synthetic")
    )
    final = [row for row in rows if row[1] is not None]
    newest = [row for row in final if row[0] == final[0][0]] if final else []
    facts = {"all": len(rows), "final": len(final), "year": final[0][0] if final else "—"}
    words = _("企业评价 %(all)s 次，已定稿 %(final)s 次") % facts
    if newest:
        facts |= {"firms": sum(row[2] or 0 for row in newest)}
        words += _("；%(year)s 年度 %(firms)s 家") % facts
    standing = _cases(len(rows), words, "evaluation_list")
    return replace(standing, synthetic=any(row[3] for row in rows))


def _office_path(document: Document) -> str:
    """The path of the province's office, below which all its bodies stand."""
    code = f"{document.region_prefix:0<6}"
    office = Region.objects.filter(code=code).values_list("office__path", flat=True).first()
    return office or "/none/"


def _cases(number: int, words: str, url_name: str) -> Standing:
    if not number:
        return Standing(ProvisionStatus.NO_DATA, _("可以办理，尚无办件"), reverse(url_name))
    return Standing(ProvisionStatus.CARRIED, words, reverse(url_name))
