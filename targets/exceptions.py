"""What can go wrong with targets, in words that say what to do about it (目标错误)."""

from __future__ import annotations

from django.utils.translation import gettext as _


class TargetRefused(Exception):
    """An act on a target that can't be done as asked; `faults` say why by field, "" for the whole. Nothing was saved."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class TargetChanged(Exception):
    """The target has moved on since the person read it; `current` is its revision now."""

    def __init__(self, current: int) -> None:
        super().__init__(_("这项目标在您打开之后已被他人修改。请重新打开，核对后再改。"))
        self.current = current
