"""What the signups room gives from one customer to another: what was sent by a form."""

from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.signups.models import SignupEntry

OWNED = (owned(SignupEntry),)


def reassign(merge: Journal) -> int:
    """Returns how many rows were given."""
    return merge.give(OWNED)
