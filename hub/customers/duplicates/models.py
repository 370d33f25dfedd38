"""Pairs of customers who may be one, the keys by which they are found, and addresses that a household shares."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.customers.duplicates.words import PairState
from hub.customers.models import Address, Customer


class CustomerPair(Base):
    """Two customers who may be one: `left_id` < `right_id`. `points` 0-100; `reasons` is a list of {"why", "points"}.

    `is_exact`: an address or card is the same but for its spelling. A pair that was decided is never opened again.
    """

    __tablename__ = "customer_pairs"
    __table_args__ = (
        UniqueConstraint("left_id", "right_id"),
        Index("ix_customer_pairs_right", "right_id"),
        Index("ix_customer_pairs_queue", "state", "points", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    left_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    right_id: Mapped[int] = mapped_column(ForeignKey(Customer.id))
    state: Mapped[PairState] = mapped_column(words(PairState))
    points: Mapped[int]
    is_exact: Mapped[bool]
    reasons: Mapped[list[Any]]
    found_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None]


class DuplicateKey(Base):
    """A customer in a block: only those who share a key are compared. `key` is a hash of its kind and value.

    The mark of the same transaction holds the customer; each of some fifteen keys need not look him up again.
    """

    __tablename__ = "duplicate_keys"

    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, index=True)


class DuplicateMark(Base):
    """What a customer looked like when his keys were made; a customer who looks otherwise is compared anew."""

    __tablename__ = "duplicate_marks"
    __table_args__ = (Index("ix_duplicate_marks_waiting", "customer_id", postgresql_where="NOT is_compared"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), primary_key=True, autoincrement=False)
    fingerprint: Mapped[int]
    is_compared: Mapped[bool]


class DuplicateRun(Base):
    """One walk over all customers: first the keys of who changed (`after_id` is how far), then their pairs."""

    __tablename__ = "duplicate_runs"
    __table_args__ = (Index("ix_duplicate_runs_open", "id", postgresql_where="ended_at IS NULL"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None]
    after_id: Mapped[int] = mapped_column(default=0)
    is_marked: Mapped[bool] = mapped_column(default=False)
    marked_count: Mapped[int] = mapped_column(default=0)
    pair_count: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]


class AddressLink(Base):
    """A person who shares an address that belongs to another customer: the mail of a family, the phone of a couple."""

    __tablename__ = "address_links"
    __table_args__ = (UniqueConstraint("address_id", "customer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    address_id: Mapped[int] = mapped_column(ForeignKey(Address.id, ondelete="CASCADE"))
    customer_id: Mapped[int] = mapped_column(ForeignKey(Customer.id), index=True)
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[int | None]
