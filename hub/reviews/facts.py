"""What happens to reviews."""

from dataclasses import dataclass

from hub.core.facts import Fact


@dataclass(frozen=True, kw_only=True)
class ReviewWritten(Fact):
    """A customer wrote a review, or changed his: it waits for the staff."""

    review_id: int
    order_id: int
    store_id: int
    stars: int


@dataclass(frozen=True, kw_only=True)
class ReviewDecided(Fact):
    """The staff published it or refused it; `state` is a `ReviewState`."""

    review_id: int
    order_id: int
    store_id: int
    state: str
