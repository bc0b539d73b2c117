"""The app of registers, where this deployment has it (台账应用)."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def has_registers() -> bool:
    return apps.is_installed("registers")


def register_model(name: str) -> Any:
    """A model of the registers' app; ask `has_registers` before."""
    return apps.get_model("registers", name)


def active_registers() -> set[str]:
    """Codes of the registers the packs have today."""
    if not has_registers():
        return set()
    return set(register_model("Register").objects.filter(active=True).values_list("code", flat=True))
