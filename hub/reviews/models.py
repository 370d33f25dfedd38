"""Reviews of products, what they said before, their photos; prize draws among those who wrote."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.core.words import Language
from hub.reviews.words import RefusalReason, ReviewState


class Review(Base):
    """One review a customer and product, as it stands. `version` counts what he wrote: a decision is about one of them.

    `points` are his verdicts by key; `description` is for the staff and never published; `experienced_at` is when he
    had the product. `answer` is the chain's, `reason` and `reason_words` those of a refusal.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("customer_id", "sku"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        Index("ix_reviews_queue", "state", "changed_at", "id"),
        Index(
            "ix_reviews_product",
            "sku",
            "product_name",
            postgresql_using="gin",
            postgresql_ops={"sku": "gin_trgm_ops", "product_name": "gin_trgm_ops"},
        ),
        Index("ix_reviews_shown", "sku", "published_at", "id", postgresql_where="state = 'published'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    sku: Mapped[str]
    product_name: Mapped[str]
    language: Mapped[Language] = mapped_column(words(Language))
    state: Mapped[ReviewState] = mapped_column(words(ReviewState))
    version: Mapped[int] = mapped_column(default=1)
    stars: Mapped[int]
    points: Mapped[dict[str, Any]]
    text: Mapped[str]
    description: Mapped[str]
    public_name: Mapped[str]
    experienced_at: Mapped[datetime]
    written_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None]
    published_at: Mapped[datetime | None]
    reason: Mapped[RefusalReason | None] = mapped_column(words(RefusalReason))
    reason_words: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]


class ReviewVersion(Base):
    """What a review said before it was changed, and what had become of it."""

    __tablename__ = "review_versions"
    __table_args__ = (UniqueConstraint("review_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    version: Mapped[int]
    state: Mapped[ReviewState] = mapped_column(words(ReviewState))
    stars: Mapped[int]
    points: Mapped[dict[str, Any]]
    text: Mapped[str]
    description: Mapped[str]
    public_name: Mapped[str]
    answer: Mapped[str]
    reason: Mapped[RefusalReason | None] = mapped_column(words(RefusalReason))
    reason_words: Mapped[str]
    changed_at: Mapped[datetime]


class ReviewPhoto(Base):
    """A photo of a review, on the shelf without what the camera wrote beside the picture."""

    __tablename__ = "review_photos"
    __table_args__ = (UniqueConstraint("review_id", "sha256"), Index("ix_review_photos_file", "sha256"))

    id: Mapped[int] = mapped_column(primary_key=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id", ondelete="CASCADE"))
    sha256: Mapped[str]
    media_type: Mapped[str]
    size_bytes: Mapped[int]


class ReviewDraw(Base):
    """A prize draw among those who wrote in a period. `commitment` is the SHA-256 of the seed, public from the first day.

    `entries` are the numbers of the reviews that took part, written down when it was drawn: numbers, no persons.
    """

    __tablename__ = "review_draws"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prize: Mapped[str]
    rules_fr: Mapped[str]
    rules_en: Mapped[str]
    since_on: Mapped[date]
    until_on: Mapped[date]
    winner_count: Mapped[int]
    seed: Mapped[str]
    commitment: Mapped[str]
    entries: Mapped[list[Any]]
    created_at: Mapped[datetime]
    drawn_at: Mapped[datetime | None]


class ReviewWinner(Base):
    """Who won: `rank` in the order of the draw, `number` of the review. A prize not taken passes on to a later rank."""

    __tablename__ = "review_winners"
    __table_args__ = (UniqueConstraint("draw_id", "rank"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draw_id: Mapped[int] = mapped_column(ForeignKey("review_draws.id"))
    rank: Mapped[int]
    number: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    drawn_at: Mapped[datetime]
    passed_on_at: Mapped[datetime | None]
    reason: Mapped[str]
