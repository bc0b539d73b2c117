"""What the registers tell the floors above, which listen (台账变动)."""

from django.dispatch import Signal

# Entries were written or withdrawn: `entries`, of any registers. Sent inside the transaction, so that what a listener
# writes is kept or dropped with the change.
entries_changed = Signal()
