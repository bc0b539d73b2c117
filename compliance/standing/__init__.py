"""How the provisions stand, told to the policy page by the floor that sees all others (条款现状的来源)."""

from __future__ import annotations

from compliance import composites
from compliance.standing import cases, figures, promises, registers, rulebook, rules, settings
from policy.standing import provider_register
from policy.words import parts_register, settings_register
from targets.rules import rulebook_register


def register() -> None:
    """Have the policy page ask here; called once when the portal starts."""
    provider_register("rules", rules.provide)
    provider_register("tasks", rules.provide_tasks)
    provider_register("targets", promises.provide, permission="target.view")
    provider_register("indicators", figures.provide, permission="zone.view")
    provider_register("registers", registers.provide, permission="zone.view")
    provider_register("classes", registers.provide_classes, permission="zone.view")
    provider_register("procedures", cases.provide, permission="zone.view")
    rulebook_register(rulebook.book())
    parts_register(composites.offered)
    settings_register("axes", settings.of_axes)
    settings_register("targets", settings.of_targets)
    settings_register("schemes", settings.of_schemes)
    settings_register("consequences", settings.of_consequences)
