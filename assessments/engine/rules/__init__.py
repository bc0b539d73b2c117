"""Proposal rules (升降建议规则): who should be promoted, watched or demoted, and why.

Every rule is a frozen model; ``evaluate`` gives, for each unit, whether it fired, whether that could be known at all,
the measured value and the threshold. A rule whose threshold is not set yet is inactive: it is reported, and never fires.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from assessments.engine.peers import Scope
from assessments.engine.rules.base import (
    ADVERSE,
    COMPARE,
    Comparison,
    Condition,
    Finding,
    Outcome,
    PastYear,
    Require,
    Rounding,
    RuleContext,
    Standing,
    needed,
    places_for,
    rounded,
    switched_off,
)
from assessments.engine.rules.measures import Combine, Comparing, Coverage, Event, Threshold, met
from assessments.engine.rules.past import Cooldown, FirstTime, GradeRule
from assessments.engine.rules.places import Tail, Top

__all__ = [
    "ADVERSE",
    "COMPARE",
    "Combine",
    "Comparing",
    "Comparison",
    "Condition",
    "Cooldown",
    "Coverage",
    "Event",
    "Finding",
    "FirstTime",
    "GradeRule",
    "Outcome",
    "PastYear",
    "Require",
    "Rounding",
    "Rule",
    "RuleContext",
    "Scope",
    "Standing",
    "Tail",
    "Threshold",
    "Top",
    "met",
    "needed",
    "places_for",
    "rounded",
    "switched_off",
]

Rule = Annotated[
    Tail | Top | Threshold | Event | Coverage | Combine | GradeRule | FirstTime | Cooldown, Field(discriminator="kind")
]
