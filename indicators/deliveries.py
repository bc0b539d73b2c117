"""What a department hands over, figure by figure, and what may be wrong with it (部门数据)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from parks.models import Zone

PLAN = re.compile("计划|目标|预计|plan(?!ned)|target|forecast", re.IGNORECASE)
"""R19: targets must not be read as actuals. What a figure, its comment or its column may not say of itself."""


@dataclass(frozen=True)
class Delivered:
    """One figure of a delivery (一条部门数据). `place` is where it stands: a JSON pointer, a line, the address of a cell.

    `zone` is a code or name; `zone_name`, where the delivery has both, must be that zone's. `fault` is what reading its
    number came upon.
    """

    place: str
    zone: str
    indicator: str
    number: Decimal | None = None
    absence: str = ""
    unit: str = ""
    comment: str = ""
    zone_name: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a figure, or with the whole (`place` ""); `choices` are the zones that may be meant by `given`."""

    place: str
    code: str
    message: str
    given: str = ""
    choices: tuple[Zone, ...] = ()
