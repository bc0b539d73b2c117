"""What the registry tells the floors above, which listen (登记变动)."""

from django.dispatch import Signal

# Whose figures belong to whom changed: `zones`, the areas concerned, and `year`, the first one it matters in.
# Sent inside the transaction, so that what a listener writes is kept or dropped with the change.
lineage_changed = Signal()
