"""The sets of a round, row by row: its cities, forms and items, so that the trail tells who added and removed which."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pghistory
from django.db import models

from indicators.models import locks
from indicators.models.collection import Round

M = TypeVar("M", bound=models.Model)


def _followed(name: str) -> Callable[[type[M]], type[M]]:
    """Write a row of the event model `name` whenever one is added to the set or removed from it."""
    return pghistory.track(
        pghistory.InsertEvent("added"),
        pghistory.DeleteEvent("removed"),
        obj_field=None,
        model_name=name,
        meta=locks.history_kept(),
    )


@_followed("RoundCityEvent")
class RoundCity(Round.cities.through):  # type: ignore[name-defined]
    """A city whose zones a round asks; none: all."""

    class Meta:
        proxy = True


@_followed("RoundFormEvent")
class RoundForm(Round.forms.through):  # type: ignore[name-defined]
    """A form that a round was put together of."""

    class Meta:
        proxy = True


@_followed("RoundIndicatorEvent")
class RoundIndicator(Round.indicators.through):  # type: ignore[name-defined]
    """An item that a round asks."""

    class Meta:
        proxy = True
