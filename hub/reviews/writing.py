"""A customer writes a review, or changes the one there is; what it said before is kept."""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select

from hub.channels.mail_parsing.file_types import sniff_type
from hub.core import files, loose_files, pictures, signing
from hub.core.db import db
from hub.core.errors import Gone, Invalid, NotFound
from hub.core.facts import record
from hub.core.text import N_
from hub.customers.actions import lock_customer
from hub.reviews import rules
from hub.reviews.facts import ReviewWritten
from hub.reviews.models import Review, ReviewPhoto, ReviewVersion
from hub.reviews.queries import CLOSED, get_page
from hub.reviews.rows import Item, ReviewPage
from hub.reviews.rules import Written
from hub.reviews.words import ReviewState

PAGE = "review-page"
PRESS_AGAIN = N_("Please press the button once more.")


@dataclass(frozen=True)
class Sent:
    """What came with the words: new photos as they were sent, and the ids of those that go."""

    photos: Sequence[bytes] = ()
    dropped_ids: Collection[int] = ()


NO_PHOTOS = Sent()


def sign_page(page: ReviewPage, item: Item, *, machine_now: datetime) -> str:
    """What the form sends back: what it is about, and when it was opened."""
    shown = {"o": page.order_id, "i": item.position, "at": machine_now.timestamp()}
    return signing.sign(PAGE, shown)


def write_review(
    token: str,
    position: int,
    written: Written,
    *,
    sent: Sent = NO_PHOTOS,
    nonce: str,
    least_seconds: float,
    machine_now: datetime,
    now: datetime,
) -> int:
    """Keep what was written; it waits for the staff. The same again changes nothing. Returns the review's id.

    Raises NotFound and Gone for the link, Invalid for a photo that is too large or none (field photos), and when the page
    was sent too fast or too late: a machine does that.
    """
    page = get_page(token, now=now)
    lock_customer(page.customer_id)
    item = get_page(token, now=now).find_item(position)
    if item is None:
        raise NotFound(CLOSED)
    _check_nonce(page, item, nonce, least_seconds=least_seconds, machine_now=machine_now)
    photos, dropped = _photos_of(item, sent)
    row = _find(page, item)
    if row is not None and not (photos or dropped) and _is_same(row, written):
        return row.id
    row = _begin(page, item, written, now=now) if row is None else _change(row, written, now=now)
    _keep_photos(row, photos, dropped, machine_now=machine_now)
    _tell(row, now=now)
    return row.id


def _tell(row: Review, *, now: datetime) -> None:
    fact = ReviewWritten(
        customer_id=row.customer_id,
        review_id=row.id,
        order_id=row.order_id,
        store_id=row.store_id,
        stars=row.stars,
    )
    record(fact, now=now)


def _check_nonce(
    page: ReviewPage, item: Item, nonce: str, *, least_seconds: float, machine_now: datetime
) -> None:
    try:
        seen = signing.read(PAGE, nonce, now=machine_now)
    except (NotFound, Gone):
        raise Invalid(PRESS_AGAIN) from None
    opened_at = datetime.fromtimestamp(seen["at"], UTC)
    is_ours = (seen["o"], seen["i"]) == (page.order_id, item.position)
    if not is_ours or not rules.is_nonce_age_good(opened_at, machine_now, least_seconds=least_seconds):
        raise Invalid(PRESS_AGAIN)


def _photos_of(item: Item, sent: Sent) -> tuple[list[tuple[str, bytes]], set[int]]:
    """The new ones, bare, and the ids of those that go; a form that was sent twice brings nothing new."""
    rules.check_sizes([len(each) for each in sent.photos])
    mine = {photo.sha256: photo.id for photo in item.review.photos} if item.review else {}
    fresh: dict[str, tuple[str, bytes]] = {}
    for content in sent.photos:
        kind = sniff_type(content)
        bare = pictures.strip(content, kind)
        digest = hashlib.sha256(bare).hexdigest()
        if digest not in mine:
            fresh[digest] = (kind, bare)
    dropped = set(mine.values()) & set(sent.dropped_ids)
    rules.check_count(len(mine) - len(dropped) + len(fresh))
    return list(fresh.values()), dropped


def _find(page: ReviewPage, item: Item) -> Review | None:
    return db.session.scalar(
        select(Review).where(Review.customer_id == page.customer_id, Review.sku == item.sku)
    )


def _is_same(row: Review, written: Written) -> bool:
    return (row.stars, row.points, row.text, row.description, row.public_name) == (
        written.stars,
        dict(written.points),
        written.words,
        written.description,
        written.public_name,
    )


def _begin(page: ReviewPage, item: Item, written: Written, *, now: datetime) -> Review:
    row = Review(
        order_id=page.order_id,
        customer_id=page.customer_id,
        store_id=page.store_id,
        sku=item.sku,
        product_name=item.name,
        language=page.language,
        experienced_at=page.experienced_at,
        written_at=now,
    )
    _write(row, written, now=now)
    db.session.add(row)
    db.session.flush()
    return row


def _change(row: Review, written: Written, *, now: datetime) -> Review:
    """What had been decided was about the words of before."""
    db.session.add(
        ReviewVersion(
            review_id=row.id,
            version=row.version,
            state=row.state,
            stars=row.stars,
            points=row.points,
            text=row.text,
            description=row.description,
            public_name=row.public_name,
            answer=row.answer,
            reason=row.reason,
            reason_words=row.reason_words,
            changed_at=row.changed_at,
        )
    )
    row.version += 1
    row.decided_at = row.decided_by_id = row.published_at = row.reason = row.answered_at = None
    row.reason_words = row.answer = ""
    _write(row, written, now=now)
    db.session.flush()
    return row


def _write(row: Review, written: Written, *, now: datetime) -> None:
    row.state = ReviewState.WAITING
    row.stars, row.points = written.stars, {key: value.value for key, value in written.points.items()}
    row.text, row.description = written.words, written.description
    row.public_name, row.changed_at = written.public_name, now


def _keep_photos(
    row: Review, photos: Sequence[tuple[str, bytes]], dropped_ids: Collection[int], *, machine_now: datetime
) -> None:
    """What is taken away leaves the shelf too, within a week."""
    mine = ReviewPhoto.review_id == row.id
    if dropped_ids:
        gone = delete(ReviewPhoto).where(mine, ReviewPhoto.id.in_(dropped_ids)).returning(ReviewPhoto.sha256)
        loose_files.note_loose(db.session.scalars(gone).all(), machine_now=machine_now)
    for media_type, content in photos:
        digest = files.keep(content)
        photo = ReviewPhoto(review_id=row.id, sha256=digest, media_type=media_type, size_bytes=len(content))
        db.session.add(photo)
    db.session.flush()
