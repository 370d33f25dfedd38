"""What the segments room gives from one customer to another: places in static segments, the path of the scores."""

from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import Fate, owned
from hub.segments.models import SegmentMember
from hub.segments.values.models import ChurnSample, CustomerBuying, CustomerScore, ScoreChange

OWNED = (
    owned(SegmentMember),
    owned(ScoreChange),
    owned(CustomerScore, Fate.DERIVED),
    owned(CustomerBuying, Fate.DERIVED),
    owned(ChurnSample, Fate.KEPT),
)


def reassign(merge: Journal) -> int:
    """Returns how many rows were given. Scores go: they are made anew from the orders of both."""
    return merge.give(OWNED)
