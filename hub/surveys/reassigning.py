"""What the surveys room gives from one customer to another: invitations and answers."""

from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.surveys.models import Answer, Invitation
from hub.surveys.whys.models import WhyAnswer

OWNED = (owned(Invitation), owned(Answer), owned(WhyAnswer))


def reassign(merge: Journal) -> int:
    """Returns how many rows were given."""
    return merge.give(OWNED)
