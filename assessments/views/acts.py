"""The acts that a proceeding's page offers (可办理事项): with their form, service and words, by status and right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.enums import Permission
from accounts.models import User
from assessments import services
from assessments.enums import ProceedingStatus
from assessments.forms_proceedings import (
    AbandonForm,
    ActForm,
    ConfirmForm,
    FinaliseForm,
    HandBackForm,
    ReopenForm,
    SubmitForm,
)
from assessments.models import Proceeding


@dataclass(frozen=True)
class Act:
    """An act: when it is offered, to whom, its form and service, its words."""

    name: str
    status: ProceedingStatus
    permission: Permission
    form: type[ActForm]
    service: Callable[..., Any]
    label: Promise
    hint: Promise
    done: Promise
    icon: str
    confirm: Promise | str = ""
    main: bool = False


ACTS: dict[str, Act] = {
    act.name: act
    for act in (
        Act(
            "submit",
            ProceedingStatus.DECIDING,
            Permission.DECISION_RECORD,
            SubmitForm,
            services.proceeding_submit,
            pgettext_lazy("act", "提交复核"),
            gettext_lazy("全部园区都有决定后，交由另一人复核。复核通过前可以退回修改。"),
            gettext_lazy("已提交，等待另一人复核。"),
            "send",
            main=True,
        ),
        Act(
            "abandon",
            ProceedingStatus.DECIDING,
            Permission.DECISION_RECORD,
            AbandonForm,
            services.proceeding_abandon,
            gettext_lazy("中止程序"),
            gettext_lazy("例如办法有误。中止后同一类别、年度可以重新启动；已有的记录保留。"),
            gettext_lazy("考核程序已中止。"),
            "ban",
            gettext_lazy("确定中止这次考核程序？不能恢复。"),
        ),
        Act(
            "confirm",
            ProceedingStatus.CONFIRMING,
            Permission.DECISION_CONFIRM,
            ConfirmForm,
            services.proceeding_confirm,
            pgettext_lazy("act", "复核通过"),
            gettext_lazy("通过后全部决定锁定，到公示时刻自动公示。"),
            gettext_lazy("复核通过，决定已锁定，到时自动公示。"),
            "check",
            gettext_lazy("确定复核通过？全部决定随即锁定。"),
            main=True,
        ),
        Act(
            "hand-back",
            ProceedingStatus.CONFIRMING,
            Permission.DECISION_CONFIRM,
            HandBackForm,
            services.proceeding_hand_back,
            pgettext_lazy("act", "退回拟定"),
            gettext_lazy("写明哪些决定需要修改、为什么。"),
            gettext_lazy("已退回拟定。"),
            "arrow-back-up",
        ),
        Act(
            "reopen",
            ProceedingStatus.EMBARGOED,
            Permission.DECISION_CONFIRM,
            ReopenForm,
            services.proceeding_reopen,
            pgettext_lazy("act", "撤回重拟"),
            gettext_lazy("公示之前可以撤回。已复核的决定保留原版，修改的成为新版。"),
            gettext_lazy("已撤回，可以重新拟定。"),
            "arrow-back-up",
            gettext_lazy("确定撤回？到时不会公示，须重新提交、复核。"),
        ),
        Act(
            "finalise",
            ProceedingStatus.REVIEWING,
            Permission.DECISION_CONFIRM,
            FinaliseForm,
            services.proceeding_finalise,
            pgettext_lazy("act", "定稿"),
            gettext_lazy("公示期满、异议全部答复后定稿；有异议成立的，须先更换计算并重新公示。"),
            gettext_lazy("已定稿。结果从此不再变动。"),
            "rubber-stamp",
            gettext_lazy("确定定稿？定稿后不能再改。"),
            main=True,
        ),
    )
}


@dataclass(frozen=True)
class Offer:
    """An act as the page offers it; `why_not` says why this reader can't do it."""

    act: Act
    form: ActForm
    why_not: str

    @property
    def url_name(self) -> str:
        return f"proceeding_{self.act.name.replace('-', '_')}"

    @property
    def failed(self) -> bool:
        return self.form.is_bound


def offered(user: User, proceeding: Proceeding, failed: ActForm | None = None, seen: str = "") -> list[Offer]:
    """What may be done now; `failed` is the form that was refused, shown with what was typed.

    `seen`: the digest of the changes that the page shows beside it.
    """
    offers = []
    for act in ACTS.values():
        if act.status != proceeding.status:
            continue
        initial = {"base_revision": proceeding.revision, "seen": seen}
        form = act.form(proceeding=proceeding, initial=initial)
        if isinstance(failed, act.form):
            now = {"base_revision": str(proceeding.revision), "seen": seen}
            data = {**failed.data.dict(), **now}  # type: ignore[attr-defined]
            form = act.form(data, proceeding=proceeding)
        offers.append(Offer(act, form, _why_not(user, proceeding, act)))
    return offers


def _why_not(user: User, proceeding: Proceeding, act: Act) -> str:
    if not user.may(act.permission):
        return _("您没有办理此项的权限，可以查看。")
    if act.name == "confirm":
        own = proceeding.decisions.filter(confirmed_at=None, decided_by=user).exists()
        if own or proceeding.submitted_by_id == user.pk:
            return _("决定由您拟定或提交，须由他人复核。")
    return ""
