"""Pages of targets (目标页面)."""

from targets.views.board import TargetDetail, TargetList, cities_export, judgement_file, target_export
from targets.views.office import (
    target_edit,
    target_judge,
    target_new,
    target_quotas,
    target_report,
    target_restore,
    target_settings,
    target_withdraw,
)

__all__ = [
    "TargetDetail",
    "TargetList",
    "cities_export",
    "judgement_file",
    "target_edit",
    "target_export",
    "target_judge",
    "target_new",
    "target_quotas",
    "target_report",
    "target_restore",
    "target_settings",
    "target_withdraw",
]
