"""Who sees what of an assessment at which stage (权限表): the one place that says so.

Before its moment of publication a run is the office's alone. From then on a zone's people see their own result, those of a
city or county the results of their territory, a department those of its duty; everybody, without log-in too, sees what the
office chose to disclose (`Publication.content`). `Run.objects.visible_to`, `Result.objects.visible_to` and all that is built
on them follow this table; tests/assessments/test_access.py walks every role through every stage and page. A run also freezes
places of earlier years, which may never have been published: `selectors.years_told` says which of them go with a result. The
reason of a verdict is part of the verdict: where a rule counts earlier years, its finding is told whole.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from accounts.enums import OrganisationKind, Permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User


class Viewer(StrEnum):
    """In which part somebody looks (查看身份)."""

    OFFICE = "office"  # decides, confirms, starts runs, answers objections
    TERRITORY = "territory"  # city and county
    PARK = "park"
    DEPARTMENT = "department"
    ANYBODY = "anybody"  # not logged in, or without the right to see results


class Stage(StrEnum):
    """Where a run stands (阶段): computed only, in the stages of a proceeding that rests on it, or published."""

    COMPUTED = "computed"
    DECIDING = "deciding"
    CONFIRMING = "confirming"
    EMBARGOED = "embargoed"
    PUBLIC = "public"
    REVIEWING = "reviewing"
    FINAL = "final"


class Sight(StrEnum):
    """How much of a run's results may be seen (可见范围)."""

    NOTHING = "nothing"
    DISCLOSED = "disclosed"  # what the public page shows
    REACH = (
        "reach"  # beside it the whole results of the zones one may see results of: the own one, the territory, the duty
    )
    ALL = "all"


PUBLISHED = (Stage.PUBLIC, Stage.REVIEWING, Stage.FINAL)
"""What was published is never secret again: a run another took the place of stays at the stage PUBLIC."""

_OFFICE_RIGHTS = (
    Permission.RUN_START,
    Permission.DECISION_RECORD,
    Permission.DECISION_CONFIRM,
    Permission.OBJECTION_ANSWER,
)
_OFFICE = dict.fromkeys(Stage, Sight.ALL)
_HELD_BACK = dict.fromkeys((Stage.COMPUTED, Stage.DECIDING, Stage.CONFIRMING, Stage.EMBARGOED), Sight.NOTHING)
_CONCERNED = _HELD_BACK | dict.fromkeys(PUBLISHED, Sight.REACH)

SIGHTS: Mapping[Viewer, Mapping[Stage, Sight]] = {
    Viewer.OFFICE: _OFFICE,
    Viewer.TERRITORY: _CONCERNED,
    Viewer.PARK: _CONCERNED,
    Viewer.DEPARTMENT: _CONCERNED,
    Viewer.ANYBODY: _HELD_BACK | dict.fromkeys(PUBLISHED, Sight.DISCLOSED),
}


def viewer_of(user: User | AnonymousUser) -> Viewer:
    """The part in which a person looks; of several the one that sees most."""
    if not user.is_authenticated or not user.may(Permission.RUN_VIEW):
        return Viewer.ANYBODY
    if any(user.may(permission) for permission in _OFFICE_RIGHTS):
        return Viewer.OFFICE
    if user.duties_with(Permission.RUN_VIEW):
        return Viewer.DEPARTMENT
    kinds = {membership.organisation.kind for membership in user.current_memberships}
    return Viewer.PARK if kinds == {OrganisationKind.PARK} else Viewer.TERRITORY


def stages(viewer: Viewer, sight: Sight) -> frozenset[Stage]:
    """The stages at which this viewer sees exactly so much."""
    return frozenset(stage for stage, seen in SIGHTS[viewer].items() if seen == sight)
