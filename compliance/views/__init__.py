"""Pages of rules, breaches and tasks."""
