"""What the reviews room hands out: frozen rows instead of ORM objects."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.core.words import Language
from hub.reviews.words import RefusalReason, ReviewState, Verdict


@dataclass(frozen=True)
class PhotoRow:
    id: int
    sha256: str
    media_type: str


@dataclass(frozen=True, kw_only=True)
class ReviewRow:
    """A review as it stands; a list leaves `photos` empty unless it shows them."""

    id: int
    order_id: int
    customer_id: int
    store_id: int
    sku: str
    product_name: str
    language: Language
    state: ReviewState
    version: int
    stars: int
    points: Mapping[str, Verdict]
    text: str
    description: str
    public_name: str
    experienced_at: datetime
    written_at: datetime
    changed_at: datetime
    decided_at: datetime | None
    published_at: datetime | None
    reason: RefusalReason | None
    reason_words: str
    answer: str
    answered_at: datetime | None
    photos: tuple[PhotoRow, ...] = ()


@dataclass(frozen=True)
class VersionRow:
    """What a review said before."""

    version: int
    state: ReviewState
    stars: int
    text: str
    public_name: str
    answer: str
    reason: RefusalReason | None
    changed_at: datetime


@dataclass(frozen=True)
class Item:
    """A product of an order and the customer's review of it, if there is one. `position` names it in addresses."""

    position: int
    sku: str
    name: str
    review: ReviewRow | None


@dataclass(frozen=True)
class ReviewPage:
    """What the page behind a link shows: the products of the order, each once."""

    order_id: int
    customer_id: int
    store_id: int
    language: Language
    experienced_at: datetime
    usual_name: str
    items: tuple[Item, ...]

    def find_item(self, position: int) -> Item | None:
        return next((item for item in self.items if item.position == position), None)


@dataclass(frozen=True)
class Rating:
    """Of the published reviews of a product; the average is 0 without any."""

    count: int
    average: float
