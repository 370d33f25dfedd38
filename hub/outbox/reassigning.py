"""What the outbox gives from one customer to another: messages and holds."""

from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.outbox.models import Hold, OutboundMessage

OWNED = (owned(OutboundMessage), owned(Hold))


def reassign(merge: Journal) -> int:
    """Returns how many rows were given."""
    return merge.give(OWNED)
