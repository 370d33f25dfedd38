"""Lists of reviews: the queue of the staff, and what is shown of a product."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select, tuple_

from hub.core.db import db
from hub.core.errors import Invalid
from hub.core.paging import Page, decode_key, make_page
from hub.core.text import N_
from hub.reviews.models import Review
from hub.reviews.queries import review_row, with_photos
from hub.reviews.rows import Rating, ReviewRow
from hub.reviews.words import ReviewState

QUEUE_SIZE = 50
SHOWN_SIZE = 20
BAD_PAGE = N_("This page address is not valid. Please start again from the first page.")


@dataclass(frozen=True)
class QueueFilters:
    """`product` is a sku or a part of a name."""

    state: ReviewState | None = ReviewState.WAITING
    stars: int | None = None
    product: str = ""


def list_queue(filters: QueueFilters, after: str | None = None, size: int = QUEUE_SIZE) -> Page[ReviewRow]:
    """Who waits longest comes first; of the others the newest. Raises Invalid for a mangled page key."""
    place = tuple_(Review.changed_at, Review.id)
    found = _filtered(filters)
    is_oldest_first = filters.state is ReviewState.WAITING
    if after:
        here = _read_key(after)
        found = found.where(place > here if is_oldest_first else place < here)
    order = (Review.changed_at, Review.id)
    found = found.order_by(*(order if is_oldest_first else (each.desc() for each in order)))
    rows = [review_row(row) for row in db.session.scalars(found.limit(size + 1))]
    return make_page(rows, size=size, key=lambda row: (row.changed_at, row.id))


def _filtered(filters: QueueFilters) -> Select[Any]:
    found = select(Review)
    if filters.state is not None:
        found = found.where(Review.state == filters.state)
    if filters.stars is not None:
        found = found.where(Review.stars == filters.stars)
    if filters.product:
        named = Review.product_name.icontains(filters.product, autoescape=True)
        found = found.where(or_(Review.sku == filters.product, named))
    return found


def count_waiting() -> int:
    """How many reviews wait for the staff."""
    waiting = select(func.count()).where(Review.state == ReviewState.WAITING)
    return db.session.scalar(waiting) or 0


def list_shown(sku: str, after: str | None = None, size: int = SHOWN_SIZE) -> Page[ReviewRow]:
    """Published reviews of a product, the newest first. Raises Invalid for a mangled page key."""
    found = select(Review).where(Review.sku == sku, Review.state == ReviewState.PUBLISHED)
    if after:
        found = found.where(tuple_(Review.published_at, Review.id) < _read_key(after))
    newest = found.order_by(Review.published_at.desc(), Review.id.desc()).limit(size + 1)
    rows = with_photos(db.session.scalars(newest).all())
    return make_page(rows, size=size, key=lambda row: (row.published_at, row.id))


def get_rating(sku: str) -> Rating:
    """Of all that is published about a product, whatever the page shows."""
    shown = (Review.sku == sku, Review.state == ReviewState.PUBLISHED)
    count, total = db.session.execute(select(func.count(), func.sum(Review.stars)).where(*shown)).one()
    return Rating(count, float(total) / count if count else 0.0)


def find_name(sku: str) -> str | None:
    """What the product is called in its newest published review; None without one."""
    found = select(Review.product_name).where(Review.sku == sku, Review.state == ReviewState.PUBLISHED)
    return db.session.scalar(found.order_by(Review.published_at.desc()).limit(1))


def _read_key(after: str) -> tuple[datetime, int]:
    match decode_key(after):
        case [datetime() as at, int() as review_id]:
            return at, review_id
        case _:
            raise Invalid(BAD_PAGE)
