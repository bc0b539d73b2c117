"""Whether a year is ready for an official run (发起前检查): what is still open, each with a number and a way to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from assessments.enums import SchemeStatus
from assessments.models import Scheme
from assessments.selectors.methods import method_of, replaced_by
from indicators.enums import CorrectionStatus, Frequency
from indicators.models import Correction, Question, Return, Round
from indicators.selectors import differences
from indicators.selectors.reconciliation import DECIDED

LABELS: dict[str, Promise] = {
    "returns": _("报表全部确认"),
    "questions": _("质询全部答复并关闭"),
    "reconciliations": _("与部门数据的差异全部裁定"),
    "corrections": _("更正申请全部裁定"),
    "scheme": _("考核办法已发布"),
    "newest": _("该年度没有更新的版本"),
    "settings": _("办法的参数全部确定"),
}
OPEN_WORDS: dict[str, Promise] = {
    "returns": _("%(count)s / %(total)s 个园区的报表未确认"),
    "questions": _("%(count)s 件质询未关闭"),
    "reconciliations": _("%(count)s 处差异未裁定"),
    "corrections": _("%(count)s 件更正申请未裁定"),
    "scheme": _("办法未发布"),
    "newest": _("该年度已由新版本取代"),
    "settings": _("%(count)s / %(total)s 个参数未定，用到它们的规则不参加判断"),
}


@dataclass(frozen=True)
class Check:
    """One precondition: how many are still open, of how many where that is known, and where to look."""

    code: str
    count: int
    total: int | None = None
    url: str = ""

    @property
    def ok(self) -> bool:
        return not self.count

    @property
    def label(self) -> str:
        return str(LABELS[self.code])

    @property
    def words(self) -> str:
        """What is open, in the reader's language."""
        return str(OPEN_WORDS[self.code]) % {"count": self.count, "total": self.total}

    def as_data(self) -> dict[str, Any]:
        """As frozen on the run."""
        return {"code": self.code, "ok": self.ok, "count": self.count, "total": self.total}


def checks_of(frozen: list[dict[str, Any]]) -> list[Check]:
    """The checklist of a run as it was seen when it was started."""
    return [Check(row["code"], row["count"], row["total"]) for row in frozen]


def readiness(scheme: Scheme, year: int, user: User) -> list[Check]:
    """The preconditions of an official run of `scheme` over `year`, over the zones of its class at the end of that year."""
    zones = set(scheme.zones(year).values_list("pk", flat=True))
    checks: list[Callable[[], Check]] = [
        lambda: _returns(zones, year),
        lambda: _questions(zones, year),
        lambda: _reconciliations(zones, year, user),
        lambda: _corrections(zones, year),
        lambda: Check("scheme", int(scheme.status != SchemeStatus.PUBLISHED), url=scheme.get_absolute_url()),
        lambda: _newest(scheme, year),
        lambda: _settings(scheme),
    ]
    return [check() for check in checks]


def _returns(zones: set[int], year: int) -> Check:
    yearly = Return.objects.accepted().filter(round__frequency=Frequency.YEAR, round__year=year, zone__in=zones)
    accepted = yearly.values("zone").distinct().count()
    rounds = Round.objects.filter(returns__zone__in=zones, frequency=Frequency.YEAR, year=year).order_by("-pk")
    newest = rounds.values_list("pk", flat=True).first()
    url = reverse("round_detail", args=[newest]) if newest else reverse("round_list")
    return Check("returns", len(zones) - accepted, len(zones), url)


def _questions(zones: set[int], year: int) -> Check:
    asked = Question.objects.open().filter(
        return_ref__zone__in=zones, return_ref__round__frequency=Frequency.YEAR, return_ref__round__year=year
    )
    return Check("questions", asked.count(), url=reverse("review_queue"))


def _reconciliations(zones: set[int], year: int, user: User) -> Check:
    waiting = differences(user).filter(zone__in=zones, period=str(year)).exclude(state=DECIDED)
    return Check(
        "reconciliations", waiting.count(), url=f"{reverse('reconciliation_list')}?{urlencode({'period': year})}"
    )


def _corrections(zones: set[int], year: int) -> Check:
    asked = Correction.objects.open().filter(
        return_ref__zone__in=zones, return_ref__round__frequency=Frequency.YEAR, return_ref__round__year=year
    )
    query = urlencode({"status": CorrectionStatus.PROPOSED})
    return Check("corrections", asked.count(), url=f"{reverse('correction_list')}?{query}")


def _newest(scheme: Scheme, year: int) -> Check:
    """Of one code the newest version applies; an older one is run only for a reason, after an objection say."""
    newer = replaced_by(scheme, year)
    return Check("newest", int(newer is not None), url=(newer or scheme).get_absolute_url())


def _settings(scheme: Scheme) -> Check:
    settings = method_of(scheme.text).settings.values()
    undecided = sum(setting.value is None for setting in settings)
    return Check("settings", undecided, len(settings), scheme.get_absolute_url())
