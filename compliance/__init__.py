"""Is it so? Rules of the policy over registry and cases, breaches, exemptions, tasks (合规与任务)."""
