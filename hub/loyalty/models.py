"""Promo pools, their codes, who was given one, and the orders on which they came back."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.core.db import Base, words
from hub.loyalty.words import GrantState, PoolKind, RedemptionVerdict


class PromoPool(Base):
    """Codes with the same worth and dates. `discount_percent` or `discount_cents` is what one code takes off an order.

    A code ends at `ends_at`, and `valid_days` after it was given when that comes first. `alerted_at` is set when the
    chain was told that few codes are left, and cleared when there are enough again.
    """

    __tablename__ = "promo_pools"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[PoolKind] = mapped_column(words(PoolKind))
    discount_percent: Mapped[int | None]
    discount_cents: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    valid_days: Mapped[int | None]
    is_single_use: Mapped[bool] = mapped_column(default=True)
    alert_below: Mapped[int] = mapped_column(default=100)
    alerted_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]


class PromoCode(Base):
    """One code as customers type it, in its normal form. `grant_id` is set while somebody holds a unique one."""

    __tablename__ = "promo_codes"
    __table_args__ = (Index("ix_promo_codes_free", "pool_id", "id", postgresql_where="grant_id IS NULL"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("promo_pools.id"))
    code: Mapped[str] = mapped_column(unique=True)
    grant_id: Mapped[int | None]
    created_at: Mapped[datetime]


class PromoGrant(Base):
    """A code given to a customer by one message; `reference` is that message's key, so giving twice gives once."""

    __tablename__ = "promo_grants"
    __table_args__ = (
        Index("ix_promo_grants_code", "code_id", "customer_id"),
        Index("ix_promo_grants_reserved", "id", postgresql_where="state = 'reserved'"),
        Index("ix_promo_grants_customer", "customer_id", "granted_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pool_id: Mapped[int] = mapped_column(ForeignKey("promo_pools.id"), index=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("promo_codes.id"))
    customer_id: Mapped[int | None]
    reference: Mapped[str] = mapped_column(unique=True)
    state: Mapped[GrantState] = mapped_column(words(GrantState))
    granted_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]


class PromoRedemption(Base):
    """A code on an order, also one we do not know or that was no longer good: kept with its verdict."""

    __tablename__ = "promo_redemptions"
    __table_args__ = (
        UniqueConstraint("order_id", "code"),
        Index("ix_promo_redemptions_code", "code_id", "redeemed_at"),
        Index("ix_promo_redemptions_latest", "redeemed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    customer_id: Mapped[int]
    code: Mapped[str]
    code_id: Mapped[int | None] = mapped_column(ForeignKey("promo_codes.id"))
    verdict: Mapped[RedemptionVerdict] = mapped_column(words(RedemptionVerdict))
    redeemed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
