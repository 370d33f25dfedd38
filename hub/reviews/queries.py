"""What others look up about reviews: one customer's page, one review, what plans ask."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hub.core.batches import among
from hub.core.db import db
from hub.core.errors import Gone, NotFound
from hub.core.questions import Question, Rows
from hub.core.text import N_
from hub.core.words import Language
from hub.customers.queries import get_customers
from hub.orders.queries import get_orders
from hub.orders.rows import OrderRow
from hub.orders.words import OrderState
from hub.reviews import rules
from hub.reviews.links import BAD_LINK, read_token
from hub.reviews.models import Review, ReviewPhoto, ReviewVersion
from hub.reviews.rows import Item, PhotoRow, ReviewPage, ReviewRow, VersionRow
from hub.reviews.words import ReviewState, Verdict

CLOSED = N_("This order can no longer be reviewed. Please write to us if something is not right.")
NO_REVIEW = N_("This review does not exist.")
NO_PHOTO = N_("This photo does not exist.")
OVER = frozenset({OrderState.CANCELLED, OrderState.RETURNED})


def get_page(token: str, *, now: datetime) -> ReviewPage:
    """Raises NotFound for a mangled link, Gone for one that is too old or whose order or customer is no more."""
    order_id = read_token(token, now=now)
    order = get_orders([order_id]).get(order_id)
    if order is None:
        raise NotFound(BAD_LINK)
    customer = get_customers([order.customer_id]).get(order.customer_id)
    if customer is None or customer.is_erased or order.state in OVER:
        raise Gone(CLOSED)
    return ReviewPage(
        order_id=order.id,
        customer_id=customer.id,
        store_id=order.store_id,
        language=Language(customer.language),
        experienced_at=order.delivered_at or order.placed_at,
        usual_name=rules.usual_name(customer.first_name, customer.last_name),
        items=_items_of(order),
    )


def _items_of(order: OrderRow) -> tuple[Item, ...]:
    """Each product once, however many lines it has."""
    names = {line.sku: line for line in reversed(order.lines)}
    lines = sorted(names.values(), key=lambda line: line.position)
    mine = {row.sku: row for row in _list_mine(order.customer_id, [line.sku for line in lines])}
    return tuple(
        Item(line.position, line.sku, " ".join(line.name.split()) or line.sku, mine.get(line.sku))
        for line in lines
    )


def _list_mine(customer_id: int, skus: Sequence[str]) -> list[ReviewRow]:
    found = select(Review).where(Review.customer_id == customer_id, Review.sku.in_(skus))
    rows = db.session.scalars(found.execution_options(populate_existing=True))
    return with_photos(rows.all())


def get_review(review_id: int) -> ReviewRow:
    """With its photos. Raises NotFound."""
    row = db.session.get(Review, review_id)
    if row is None:
        raise NotFound(NO_REVIEW)
    return with_photos([row])[0]


def list_versions(review_id: int) -> list[VersionRow]:
    """What it said before, newest first."""
    found = select(ReviewVersion).where(ReviewVersion.review_id == review_id)
    return [
        VersionRow(
            row.version,
            row.state,
            row.stars,
            row.text,
            row.public_name,
            row.answer,
            row.reason,
            row.changed_at,
        )
        for row in db.session.scalars(found.order_by(ReviewVersion.version.desc()))
    ]


def get_photo(photo_id: int, *, review_id: int | None = None, is_published: bool = False) -> PhotoRow:
    """Of that review, or of any that is published. Raises NotFound."""
    found = select(ReviewPhoto).where(ReviewPhoto.id == photo_id)
    if review_id is not None:
        found = found.where(ReviewPhoto.review_id == review_id)
    if is_published:
        found = found.join(Review, Review.id == ReviewPhoto.review_id)
        found = found.where(Review.state == ReviewState.PUBLISHED)
    row = db.session.scalar(found)
    if row is None:
        raise NotFound(NO_PHOTO)
    return _photo(row)


def ask_written_moments(customer_ids: Collection[int]) -> Question[dict[int, dict[str, datetime]]]:
    """By customer when he first wrote about which product: for the exit of a plan."""
    about = select(Review.customer_id, Review.sku, Review.written_at)

    def read(rows: Rows) -> dict[int, dict[str, datetime]]:
        found: dict[int, dict[str, datetime]] = {}
        for customer_id, sku, written_at in rows:
            found.setdefault(customer_id, {})[sku] = written_at
        return found

    return Question((about.where(among(Review.customer_id, customer_ids)),), read)


def with_photos(rows: Sequence[Review]) -> list[ReviewRow]:
    """In their order, in one more statement."""
    ids = [row.id for row in rows]
    photos: dict[int, list[PhotoRow]] = {}
    if ids:
        found = select(ReviewPhoto).where(ReviewPhoto.review_id.in_(ids)).order_by(ReviewPhoto.id)
        for photo in db.session.scalars(found):
            photos.setdefault(photo.review_id, []).append(_photo(photo))
    return [review_row(row, photos.get(row.id, ())) for row in rows]


def review_row(row: Review, photos: Sequence[PhotoRow] = ()) -> ReviewRow:
    return ReviewRow(
        **{name: getattr(row, name) for name in _SAME},
        points={key: Verdict(value) for key, value in row.points.items()},
        photos=tuple(photos),
    )


_SAME: tuple[Any, ...] = tuple(
    name for name in ReviewRow.__dataclass_fields__ if name not in {"points", "photos"}
)


def _photo(row: ReviewPhoto) -> PhotoRow:
    return PhotoRow(row.id, row.sha256, row.media_type)
