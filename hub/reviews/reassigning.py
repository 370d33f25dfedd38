"""What the reviews room gives from one customer to another: his reviews and prizes; of two reviews of one product the survivor's stays."""

from sqlalchemy import or_, select

from hub.core.batches import table_of
from hub.customers.merging.journal import Journal
from hub.customers.merging.owning import owned
from hub.reviews.models import Review, ReviewPhoto, ReviewVersion, ReviewWinner

REVIEWS = owned(Review)
OWNED = (REVIEWS, owned(ReviewWinner))


def reassign(merge: Journal) -> int:
    """What hangs on a review that goes is noted before it. Returns how many rows were given."""
    if merge.held is not None and (REVIEWS.table.name, REVIEWS.column) not in merge.held:
        return 0
    twice = select(REVIEWS.table.c.id).where(or_(*REVIEWS.is_twice(merge.from_id, merge.to_id)))
    parts = (table_of(ReviewPhoto), table_of(ReviewVersion))
    gone = sum(merge.remove(part, part.c.review_id.in_(twice)) for part in parts)
    return gone + merge.give(OWNED)
